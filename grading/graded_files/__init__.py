"""What a graded file says.

In: a graded file. Out: its counts, its rows as a table, the values of each grade, the first table of
a paper, how rows move between guidelines.
"""
