"""How the grades of each patient moved from study to study.

In: a graded file, its manifest, the columns of patient and date. Out: a line for each study, valve and guideline.
"""
