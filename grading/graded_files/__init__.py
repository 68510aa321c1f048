"""What a graded file says.

In: a graded file. Out: its counts, its rows as a table, the values of each grade, how rows move between guidelines.
"""
