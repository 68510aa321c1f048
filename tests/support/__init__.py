"""What tests share: paths, vectors, the witness of a run, the browser, and a second reading of the specification."""
