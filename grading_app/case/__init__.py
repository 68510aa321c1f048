"""The form of one case, its link, and how far its grade depends on error."""
