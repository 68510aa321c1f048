"""What several tests share: a second reading of the clinical specification, and rows drawn for it."""
