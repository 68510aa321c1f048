"""How the values of a measurement are spread in each grade of a graded file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from grading.columns.cells import read_column
from grading.columns.plan import Column
from grading.graded_files.table import GradedTable
from grading.reading.cells import CellFormat
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number
from grading.reference.scale import GRADES, by_severity

#: values of a grade that are shown one by one
MOST_VALUES = 150


@dataclass(frozen=True, slots=True)
class Spread:
    """The usable values of the rows of one grade [the catalogue's unit]: how many, their least and most, quartiles and
    median, and some of them from the least to the most."""

    grade: str
    count: int
    least: float
    lower: float
    median: float
    upper: float
    most: float
    values: tuple[float, ...]


def numbers_of(graded: GradedTable) -> list[Column]:
    """The matched columns that hold numbers, in the order of the file."""
    return [column for column in graded.plan.columns if isinstance(load_catalogue()[column.measurement], Number)]


def spreads(graded: GradedTable, column: Column, grades: str, how: CellFormat) -> list[Spread]:
    """The values of a column in each grade of the column `grades`, from mild to severe; grades without values are left
    out.

    `how` is how the cells of the file are written; values that were refused, out of range or blank do not count.
    """
    cells = read_column(column, graded.column(column.index), how)
    usable = np.isfinite(cells.values) & ~cells.unusable & ~cells.impossible
    texts = graded.coded[graded.header.index(grades)]
    found = []
    for grade in by_severity(GRADES[1:]):
        here = pc.equal(texts.dictionary, grade).to_numpy(zero_copy_only=False)[texts.indices.to_numpy()]
        values = np.sort(cells.values[usable & here.astype(np.bool_)])
        if len(values):
            found.append(_spread(grade, values))
    return found


def _spread(grade: str, values: np.ndarray) -> Spread:
    some = values[np.linspace(0, len(values) - 1, min(len(values), MOST_VALUES)).round().astype(np.int64)]
    least, lower, median, upper, most = np.percentile(values, (0, 25, 50, 75, 100)).tolist()
    return Spread(grade, len(values), least, lower, median, upper, most, tuple(some.tolist()))
