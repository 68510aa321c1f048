"""Columns that hold the units of another column, row by row: which measurement each is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grading.columns.column import Column
from grading.columns.contents import Contents, Texts, holds_units, unit_of
from grading.columns.headers import fold, match, split_unit
from grading.errors import UsageError, listed, option
from grading.reading.checks import is_missing
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number
from grading.reference.units import read_unit


def with_unit_columns(columns: Sequence[Column], others: Sequence[tuple[int, str]], contents: Contents) -> list[Column]:
    """The columns of measurements, those with a column of units knowing it. `others`: index and header of the rest.

    Raises UsageError where a column holds units and does not say of which measurement.
    """
    named = list(columns)
    for index, header in others:
        base = unit_of(header)
        place = _named(base, named) if base else None
        if place is None:
            texts = contents(index)
            # one that is called no more than a unit is taken for one, whatever its cells are
            if _is_of_another(base, named, others) or (base != "" and not holds_units(texts)):
                continue
            place = _beside(index, header, texts, named)
        if place is None or named[place].unit_from in ("units", "columns"):
            continue
        if named[place].unit_index is not None:
            both = listed([named[place].unit_header, header])
            raise UsageError(f"columns {both} could each hold the unit of {named[place].header!r}; {_aside(header)}")
        named[place] = replace(named[place], unit_index=index, unit_header=header, unit_from=_origin(named[place]))
    return named


def _is_of_another(base: str | None, columns: Sequence[Column], others: Sequence[tuple[int, str]]) -> bool:
    """True where a unit column names a measurement that none of the columns holds, or one that is not read."""
    if not base:
        return False
    meaning = match(base)
    if meaning is not None:
        return bool(meaning.valve) or all(column.measurement != meaning.measurement for column in columns)
    return fold(base) in {name for _, header in others for name in (fold(header), fold(split_unit(header)[0]))}


def _origin(column: Column) -> str:
    """A unit in the header stays the one that the cells must repeat."""
    return column.unit_from if column.unit_from == "header" else "column"


def _aside(header: str) -> str:
    return f"set one aside ({option('columns', header, 'ignore')})"


def _named(base: str, columns: Sequence[Column]) -> int | None:
    """The column that a unit column names: by its header, or by measurement and valve; without a valve, the only one of
    the measurement."""
    meaning = match(base)
    for place, column in enumerate(columns):
        if not isinstance(load_catalogue()[column.measurement], Number):
            continue
        if fold(base) in (fold(column.header), fold(split_unit(column.header)[0])):
            return place
        if meaning is not None and (meaning.measurement, meaning.valve) == (column.measurement, column.valve):
            return place
    if meaning is None or meaning.valve:
        return None
    same = [place for place, column in enumerate(columns) if column.measurement == meaning.measurement]
    return same[0] if len(same) == 1 else None


def _beside(index: int, header: str, texts: Texts, columns: Sequence[Column]) -> int | None:
    """The column that units without a name belong to: the one to the left, or the only one that has such units."""
    units = {read_unit(text) for text in texts if not is_missing(text)}
    fitting = [
        place
        for place, column in enumerate(columns)
        if column.unit_from == "catalogue" and units and units <= set(_number(column).units)
    ]
    left = [place for place in fitting if columns[place].index == index - 1]
    if left or len(fitting) == 1:
        return (left or fitting)[0]
    some = [c.header for c in columns if c.unit_from == "catalogue" and units & set(_number(c).units)]
    if not some:
        return None
    raise UsageError(
        f"column {header!r} holds units ({listed(sorted(texts))}) and does not say of which column "
        f"({listed(some)}); call it {some[0] + '_unit'!r} or the like, or write the units into the headers"
    )


def _number(column: Column) -> Number:
    number = load_catalogue()[column.measurement]
    assert isinstance(number, Number)
    return number
