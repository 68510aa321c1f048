"""Files as bytes: CSV records, UTF-16, Parquet, uploads, cells that no spreadsheet runs, and files of other programs.

In: an open file. Out: pieces of whole records, and cells as Arrow text; or one Arrow table of text columns (null:
nothing there), and what was noted. `kind` names a file by its first bytes. `excel`, `statistics_files`, `dicom_sr` and
`fhir` read one kind each and `compressed` unpacks; what parses untrusted bytes is run by `isolated` in a process of its
own, with limits. Nothing here knows a cut-off, and nothing grades.
"""
