"""Lines of a long table as their column of the wide one has them: their values read, their texts in its unit."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from grading.longtable.block import Lines
from grading.longtable.column import WideColumn
from grading.longtable.kinds import Kind
from grading.longtable.labels import Meaning
from grading.reading.cells import CellFormat, ReadColumn, read_numbers, read_words
from grading.reference.measurement import Number
from grading.reference.scale import Mask, Numbers
from grading.reference.units import clean, convert
from grading.writing import plain


def texts_in_column(column: WideColumn, kind: Kind, texts: pa.Array, reading: CellFormat) -> list[str]:
    """Values of one kind as they can stand in their column: in its unit, or with the unit that is refused."""
    typed: list[str] = texts.to_pylist()
    meaning, number = kind.meaning, column.measurement
    if meaning.problem:
        return [f"{text} {kind.unit or meaning.unit}" for text in typed]
    assert isinstance(number, Number)
    numbers = np.asarray(read_numbers(texts, number, meaning.unit, reading).values, np.float64)
    usable = np.isfinite(numbers)
    written = iter(numbers_in_column(column, numbers[usable], reading))
    return [next(written) if ready else text for ready, text in zip(usable.tolist(), typed, strict=True)]


def numbers_in_column(column: WideColumn, values: Numbers, reading: CellFormat) -> list[str]:
    """Numbers [catalogue unit] as texts of cells."""
    assert isinstance(column.measurement, Number)
    numbers = convert(clean(values), column.measurement.unit, column.unit)
    return [plain(number).replace(".", reading.decimal) for number in numbers.tolist()]


def values_of(column: WideColumn, lines: Lines, reading: CellFormat) -> tuple[Numbers, Mask]:
    """The values of lines as the check of cells will read them, and which of them it will refuse."""
    values, refused = np.zeros(len(lines)), np.zeros(len(lines), np.bool_)
    for place in np.unique(lines.kinds).tolist():
        at = np.flatnonzero(lines.kinds == place)
        meaning = column.kinds[place].meaning
        cells = _cells(lines.texts.take(pa.array(lines.values[at])), meaning, column, reading)
        values[at] = cells.values
        refused[at] = cells.unusable | cells.impossible | bool(meaning.problem)
    return values, refused


def _cells(texts: pa.Array, meaning: Meaning, column: WideColumn, reading: CellFormat) -> ReadColumn:
    if isinstance(column.measurement, Number):
        unit = column.measurement.unit if meaning.problem else meaning.unit
        return read_numbers(texts, column.measurement, unit, reading)
    return read_words(texts, column.measurement, reading)
