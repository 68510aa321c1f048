"""Files of other programs as text: each is one Arrow table of text columns (null: nothing there), and what was noted.

`kind` names a file by its first bytes. `excel`, `statistics_files`, `dicom_sr` and `fhir` read one kind each and
`compressed` unpacks; what parses untrusted bytes is run by `isolated` in a process of its own, with limits.
Nothing here knows a measurement's cut-off, and nothing grades.
"""
