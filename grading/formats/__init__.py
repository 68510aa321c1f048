"""Files as bytes: CSV records, UTF-16, Parquet, uploads, cells that no spreadsheet runs, and files of other programs.

In: an open file. Out: pieces of whole records, and cells as Arrow text; or one Arrow table of text columns (null:
nothing there), and what was noted. `kind` names a file by its first bytes; what parses untrusted bytes is run by
`isolated` in a process of its own, with limits. Nothing here knows a cut-off, and nothing grades.
"""
