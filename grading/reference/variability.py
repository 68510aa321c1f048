"""How far a reading of a measurement may be off, and where that figure comes from."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grading.errors import TableError, UsageError


@dataclass(frozen=True, slots=True)
class Variability:
    """One standard deviation of repeated readings: `percent` of the value, or `sd` in the catalogue's unit.

    `at` is its place in a paper, `reading` the reason where it is this project's assumption; 0 holds a value as it is.
    Raises UsageError unless exactly one of `percent` and `sd` is given, as a number of 0 or more.

    >>> Variability(percent=10).deviation(0.9), Variability(sd=0.1).text("cm")
    (0.09, '0.1 cm')
    >>> Variability(percent=-1)
    Traceback (most recent call last):
    grading.errors.UsageError: a measurement error of -1; expected a number of 0 or more (0 holds the value as it is)
    """

    percent: float | None = None
    sd: float | None = None
    at: str = ""
    reading: str = ""

    def __post_init__(self) -> None:
        given = [size for size in (self.percent, self.sd) if size is not None]
        if len(given) != 1:
            found = "both `percent` and `sd`" if given else "neither `percent` nor `sd`"
            raise UsageError(f"a measurement error with {found}; give exactly one of them")
        size: object = given[0]
        usable = isinstance(size, numbers.Real) and not isinstance(size, bool) and 0 <= float(size) < math.inf
        if not usable:
            raise UsageError(
                f"a measurement error of {size!r}; expected a number of 0 or more (0 holds the value as it is)"
            )

    def deviation(self, value: float) -> float:
        """One standard deviation at a value, both in the catalogue's unit."""
        return float(self.sd) if self.sd is not None else abs(value) * float(self.percent or 0) / 100

    @property
    def source(self) -> str:
        """'published (place)', 'reading: why', or '' for an error that came with neither."""
        return f"published ({self.at})" if self.at else f"reading: {self.reading}" if self.reading else ""

    def text(self, unit: str) -> str:
        """'10 % of the value' or '0.1 cm'; `unit` is the catalogue's."""
        if self.sd is None:
            return f"{self.percent:g} % of the value"
        return f"{self.sd:g} {'percentage points' if unit == '%' else unit}".removesuffix(" 1")


def read_error(row: Mapping[str, Any], where: str) -> Variability:
    """An error as the catalogue holds it. Raises TableError for one without size or source."""
    if not row.get("at") and not row.get("reading"):
        raise TableError(f"{where}: citation missing: give `at` (place in the paper) or `reading` (our assumption)")
    try:
        error = Variability(**row)
    except UsageError as wrong:
        raise TableError(f"{where}: {wrong}") from wrong
    if error.deviation(1) == 0:
        raise TableError(f"{where}: an error of 0; expected a positive number, or no `error` for what is not measured")
    return error
