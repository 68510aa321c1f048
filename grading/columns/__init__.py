"""Which column holds what.

In: headers, cells and what the user says of them.
Out: a plan (column to measurement, valve and unit), unit slips, and the blank template.
"""
