"""A chunk of rows graded.

In: columns of cells and a plan. Out: result columns, issues by row, a status for each row.
"""
