"""The published tables, as data.

See README.md in this folder; `grading.guideline` and `grading.catalogue` read them.
"""
