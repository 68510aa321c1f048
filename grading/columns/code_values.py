"""Numbers such as 999 that may stand for "not measured" among values, where they could be values too."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grading.columns.cells import read_column
from grading.columns.plan import Plan
from grading.columns.unit_slips import Sample
from grading.errors import option
from grading.reading.cells import CellFormat
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number
from grading.reference.units import convert
from grading.writing import plain

#: numbers that are typed for what was not measured
_CODES = (77, 88, 99, 777, 888, 999, 7777, 8888, 9999)
#: cells that hold one before it is taken for a code, and how near to it the next lower value may be
_FEWEST, _NEAR = 2, 0.8


def code_warnings(plan: Plan, sample: Sample, cell_format: CellFormat) -> Iterator[tuple[str, str]]:
    """(header, sentence) of the columns of numbers in which the greatest value repeats, is far from the others and is
    one that is often typed for what was not measured."""
    for column in plan.columns:
        number = load_catalogue()[column.measurement]
        if not isinstance(number, Number) or column.unit_index is not None:
            continue
        parts = [read_column(column, cells, cell_format).values for cells in sample(column.index)]
        values = np.concatenate([*parts, np.empty(0)])
        typed = np.round(convert(values[np.isfinite(values)], number.unit, column.unit), 9)
        if not len(typed) or (greatest := float(typed.max())) not in _CODES:
            continue
        others = typed[typed < greatest]
        count = len(typed) - len(others)
        if count >= _FEWEST and len(others) and others.max() <= _NEAR * greatest:
            code, ends = plain(greatest), f"{plain(float(others.min()))} to {plain(float(others.max()))}"
            yield (
                column.header,
                (
                    f"{code} stands in {count} cells of column {column.header!r}, whose other values are {ends}: it is "
                    f"taken as a value; give {option('missing', code)} if it means not measured"
                ),
            )
