"""Files as bytes: CSV records, UTF-16, Parquet, uploads, and cells that no spreadsheet runs.

In: an open file. Out: pieces of whole records, and cells as Arrow text.
"""
