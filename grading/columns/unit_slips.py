"""Columns that are in another unit than they say or are taken for: found by their values, before anything is graded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from grading.columns.cells import read_column
from grading.columns.column import Column
from grading.columns.plan import Plan
from grading.errors import UsageError, option
from grading.reading.cells import CellFormat
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number
from grading.reference.scale import Mask, Numbers
from grading.reference.units import convert, ratio

#: how many rows are looked at
SAMPLE_ROWS = 2_000
#: fewer values than this are cells, not a column
FEWEST = 5
#: shares of a column: values that are ordinary in a unit, and values that are not
MOST, HALF = 0.9, 0.5
#: how much likelier one unit must be than another, as a logarithm: to be taken (10 to 1), and to doubt a unit (20 to 1)
LIKELIER, DOUBTED = 2.3, 3.0
#: how far a value that cannot be is from the usual ones, as `Usual.oddity` counts
IMPOSSIBLE = 8.0
#: the share of a column that makes a slip of some of its rows, where a unit is assumed and where it is declared
SOME, MANY = 0.02, 0.1
#: units nearer to each other than this cannot be told apart by single values
FACTOR = 10

#: the first SAMPLE_ROWS cells of the column at an index, in one piece or several
Sample = Callable[[int], Iterable[pa.Array]]
#: True when a grade depends on whether a column is in another unit
Matters = Callable[[Column, str], bool]


@dataclass(frozen=True, slots=True)
class Slip:
    """A column whose values (the least and the most) look like `other`, all or some or as well as like `assumed`."""

    header: str
    values: str
    assumed: str
    other: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def check_units(
    plan: Plan, sample: Sample, cell_format: CellFormat, matters: Matters = lambda *_: True, *, declared: bool = True
) -> None:
    """Stop when a column holds values of another unit, or may as well. Raises UsageError with the units to give."""
    slips = find_slips(plan, sample, cell_format, matters, declared=declared)
    if slips:
        pairs = [text for slip in slips for text in (slip.header, slip.other)]
        give = option("units", *pairs)
        raise UsageError(f"{'; '.join(map(str, slips))}. Give {give} (or the unit it is taken for, to insist on it)")


def find_slips(
    plan: Plan, sample: Sample, cell_format: CellFormat, matters: Matters = lambda *_: True, *, declared: bool = True
) -> list[Slip]:
    """The columns that hold values of another unit than they say or are taken for, and those that may as well.

    A unit that the user gave is not questioned, nor one that stands in the cells of a column of its own. A column that
    names no unit is asked about only where `matters` says that a grade depends on it; `declared`: units in headers are
    questioned too.
    """
    questioned = ("catalogue", "header") if declared else ("catalogue",)
    slips = []
    for column in plan.columns:
        number = load_catalogue()[column.measurement]
        if not isinstance(number, Number) or not number.also or column.unit_from not in questioned:
            continue
        if column.unit_index is not None:
            continue
        parts = [read_column(column, cells, cell_format).values for cells in sample(column.index)]
        values = np.concatenate([*parts, np.empty(0)])
        values = values[np.isfinite(values) & (values > 0)]
        if len(values) and (slip := _slip(column, number, values, matters)) is not None:
            slips.append(slip)
    return slips


def _slip(column: Column, number: Number, values: Numbers, matters: Matters) -> Slip | None:
    """What another unit says of the values [catalogue unit], None where nothing speaks for one."""
    bare = convert(values, number.unit, column.unit)
    declared = column.unit_from == "header"
    for other in (unit for unit in number.units if unit != column.unit):
        own, alternative = _Fit(number, values), _Fit(number, convert(bare, other, number.unit))
        said = f"says {column.unit}, and" if declared else "names no unit, and"
        ends = f"{bare.min():g} to {bare.max():g}"
        whole = len(values) >= FEWEST and alternative.ordinary.mean() >= MOST
        if whole and (own.ordinary.mean() < HALF or alternative.likelier(own) >= DOUBTED):
            problem = f"its values ({ends}) do not look like {column.unit} but like {other}"
        elif count := _slipped(own, alternative, declared, float(ratio(column.unit, other))):
            problem = f"{count} of {len(values)} of its values ({ends}) look like {other} and the others do not"
        elif not declared and _undecided(own, alternative) and matters(column, other):
            problem = _open_between(own, ends, column.unit, other)
        else:
            continue
        return Slip(column.header, ends, column.unit, other, f"column {column.header!r} {said} {problem}")
    return None


def _open_between(own: _Fit, ends: str, unit: str, other: str) -> str:
    """Why values that are ordinary in another unit are asked about: as true of them as can be said."""
    elsewhere = "fractions" if other == "fraction" else f"in {other}"
    impossible, total = int(np.count_nonzero(~own.possible)), len(own.possible)
    if impossible:
        count = "" if impossible == total else f"{impossible} of {total} of "
        return f"{count}its values ({ends}) cannot be in {unit}, and may be {elsewhere}"
    if not own.ordinary.any():
        return f"its values ({ends}) are unusual in {unit}, and may be {elsewhere}"
    return f"its values ({ends}) may as well be {elsewhere} as in {unit}"


class _Fit:
    """How well values [catalogue unit] fit a measurement."""

    def __init__(self, number: Number, values: Numbers) -> None:
        soft = number.soft.outside(values) if number.soft else np.zeros(len(values), np.bool_)
        hard = number.hard.outside(values) if number.hard else np.zeros(len(values), np.bool_)
        self.possible: Mask = ~hard
        self.ordinary: Mask = ~(hard | soft)
        self.known = number.usual is not None
        far = number.usual.oddity(values) if number.usual else np.where(self.ordinary, 0.0, LIKELIER)
        self.oddity = np.where(hard, IMPOSSIBLE, np.minimum(far, IMPOSSIBLE))

    def likelier(self, other: _Fit) -> float:
        """By how much these values are likelier than the other ones, as a logarithm; 0 where nothing is known."""
        return float(np.mean(other.oddity - self.oddity)) if self.known else 0.0


def _slipped(own: _Fit, alternative: _Fit, declared: bool, factor: float) -> int:
    """How many of the values look like the other unit, where some do and others do not; 0 for single ones."""
    if 1 / FACTOR < factor < FACTOR:
        return 0
    odd = own.oddity - alternative.oddity >= DOUBTED if own.known else ~own.ordinary
    count = int(np.count_nonzero(odd & alternative.ordinary))
    total = len(own.oddity)
    return count if 1 < count < total and count >= (MANY if declared else SOME) * total else 0


def _undecided(own: _Fit, alternative: _Fit) -> bool:
    """True when the other unit is about as likely, all in all; of a few cells, when it is likelier, and ordinary for
    all where one of them cannot be in this one."""
    few = len(own.oddity) < FEWEST
    if alternative.possible.mean() < MOST:
        return False
    if few and not own.possible.all() and not alternative.ordinary.all():
        return False
    if not own.known:
        return bool(alternative.ordinary.mean() >= MOST)
    return own.likelier(alternative) < (0 if few else LIKELIER)
