"""Why a decision is as it is: reads the arrays the decision was made from.

In: a graded case or a decision. Out: the explanation as data, its sentences, and its text for a terminal.
"""
