"""Whole columns in another unit than assumed: found by their values, before anything is graded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from grading.columns.cells import read_column
from grading.columns.plan import Plan
from grading.errors import UsageError, option
from grading.reading.cells import CellFormat
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number
from grading.reference.units import convert

#: how many rows are looked at
SAMPLE_ROWS = 2_000
#: fewer values than this are cells, not a column
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Slip:
    """A column that names no unit: its values (the least and the most) look like `other` and not like `assumed`."""

    header: str
    values: str
    assumed: str
    other: str

    def __str__(self) -> str:
        like = f"do not look like {self.assumed} but like {self.other}"
        return f"column {self.header!r} names no unit, and its values ({self.values}) {like}"


def check_units(plan: Plan, sample: Callable[[int], Iterable[pa.Array]], cell_format: CellFormat) -> None:
    """Stop when a column that names no unit holds values of another one. Raises UsageError with the units to give."""
    slips = find_slips(plan, sample, cell_format)
    if slips:
        pairs = [text for slip in slips for text in (slip.header, slip.other)]
        give = option("units", *pairs)
        raise UsageError(f"{'; '.join(map(str, slips))}. Give {give} (or the catalogue's unit, to insist on it)")


def find_slips(plan: Plan, sample: Callable[[int], Iterable[pa.Array]], cell_format: CellFormat) -> list[Slip]:
    """The columns that name no unit and hold values of another than the catalogue's.

    `sample(index)` gives the first SAMPLE_ROWS cells of a column, in one piece or several.
    """
    slips = []
    for column in plan.columns:
        number = load_catalogue()[column.measurement]
        if not isinstance(number, Number) or column.unit_from != "catalogue" or not number.also:
            continue
        parts = [read_column(column, cells, cell_format).values for cells in sample(column.index)]
        values = np.concatenate([*parts, np.empty(0)])
        other = _better_unit(number, values[np.isfinite(values) & (values != 0)])
        if other:
            ends = f"{values[np.isfinite(values)].min():g} to {values[np.isfinite(values)].max():g}"
            slips.append(Slip(column.header, ends, number.unit, other))
    return slips


def _better_unit(number: Number, values: Any) -> str | None:
    """The unit in which nearly all values are ordinary, when most are not in the assumed one."""
    if len(values) < FEWEST or _ordinary(number, values) >= 0.5:
        return None
    return next((u for u in number.also if _ordinary(number, convert(values, u, number.unit)) >= 0.9), None)


def _ordinary(number: Number, values: Any) -> float:
    limits = [limit for limit in (number.hard, number.soft) if limit is not None]
    return float(np.mean(~np.logical_or.reduce([limit.outside(values) for limit in limits])))
