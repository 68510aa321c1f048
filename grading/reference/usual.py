"""Where the values of a measurement usually lie: how a column that names no unit is told to be in one or in another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grading.errors import TableError, take
from grading.reference.scale import Numbers

#: standard deviations of a normal distribution between its 5th and its 95th percentile
_WIDTH = 3.29


@dataclass(frozen=True, slots=True)
class Usual:
    """The 5th percentile, the median and the 95th of a measurement among patients, in the catalogue's unit.

    `at` is the place where they are printed, `reading` the reason where they are this project's assumption.
    """

    low: float
    median: float
    high: float
    at: str = ""
    reading: str = ""

    def oddity(self, values: Numbers) -> Numbers:
        """How far each value lies from the usual ones: half the squared number of standard deviations of its logarithm.

        The difference of two such numbers is how much likelier, as a logarithm, one reading of the value is.

        >>> Usual(0.1, 1, 10).oddity(np.array([1.0, 10.0])).round(2).tolist()
        [0.0, 1.35]
        """
        deviation = math.log10(self.high / self.low) / _WIDTH
        with np.errstate(divide="ignore", invalid="ignore"):
            away = (np.log10(values) - math.log10(self.median)) / deviation
        odd: Numbers = away**2 / 2
        return odd


def read_usual(row: Mapping[str, Any] | None, where: str) -> Usual | None:
    """The usual values of a row of the catalogue. Raises TableError naming the row."""
    if row is None:
        return None
    take(row, ("low", "median", "high", "at", "reading"), ("low", "median", "high"), where)
    if not 0 < row["low"] < row["median"] < row["high"]:
        raise TableError(f"{where}: expected 0 < low < median < high, found {dict(row)}")
    if ("at" in row) == ("reading" in row):
        raise TableError(f"{where}: name either the place (at) or the reason (reading)")
    return Usual(**row)
