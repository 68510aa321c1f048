"""That a table says what it must: every situation enumerated, every cut-off moved by one printed digit.

In: a table and its vectors. Out: failures, and notes for a person to judge.
"""
