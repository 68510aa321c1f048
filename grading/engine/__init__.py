"""The decision: arrays in, decisions out, one engine for a case and for a million rows.

In: columns in catalogue units (NaN or code 0 where unknown) and a table.
Out: what was filled in, the tallies, the decision.
"""
