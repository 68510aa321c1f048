"""The same case with other values: measurement error, a sweep of one value, where the grade tips.

In: a graded case. Out: shares of grades, the outcome of every step, tipping points.
"""

from grading.uncertainty.answer import Uncertainty
from grading.uncertainty.draws import uncertainty
from grading.uncertainty.sweep import steps
from grading.uncertainty.tipping import tipping_points

__all__ = ["Uncertainty", "steps", "tipping_points", "uncertainty"]
