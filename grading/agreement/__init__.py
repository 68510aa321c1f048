"""Agreement with a reader's grades, or of two guidelines.

In: a graded file and a column of a reader's grades (or two guidelines). Out: a matrix, kappa, what was set aside.
"""

from grading.agreement.statistics import Agreement, agreement

__all__ = ["Agreement", "agreement"]
