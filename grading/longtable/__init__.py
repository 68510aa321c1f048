"""A long table, one measurement a line, made wide.

In: lines of study, label, value, unit, valve. Out: a row for each study, and what could not be placed.
"""
