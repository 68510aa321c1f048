"""A column of numbers beside a column of their units, read row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from grading.columns.cells import as_text, read_column
from grading.columns.column import Column
from grading.reading.cells import CellFormat, CellTexts, ReadColumn, Rows, Typed, coded, refused_cells
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number
from grading.reference.scale import Mask
from grading.reference.units import read_unit


def read_with_units(column: Column, data: pa.Array | Typed, units: pa.Array, cell_format: CellFormat) -> ReadColumn:
    """A column of numbers as the engine takes it, each in the unit of its row.

    A value whose unit is blank, none of the measurement's or not the header's is unusable.
    """
    texts, codes = coded(as_text(units))
    verdicts = [_verdict(column, text or "", cell_format) for text in texts.to_pylist()]
    groups = dict.fromkeys(verdicts[code] for code in np.unique(codes).tolist())
    if len(groups) == 1 and not next(iter(groups))[1]:
        return read_column(replace(column, unit=next(iter(groups))[0]), data, cell_format)
    order = list(groups)
    which = np.array([order.index(verdict) if verdict in groups else 0 for verdict in verdicts] or [0])[codes]
    parts = []
    for place, (unit, problem) in enumerate(order):
        rows = np.flatnonzero(which == place)
        parts.append((rows, _part(replace(column, unit=unit), _taken(data, rows), problem, cell_format)))
    return _joined(which, parts)


def _verdict(column: Column, text: str, cell_format: CellFormat) -> tuple[str, str]:
    """(the unit that a cell names, what is wrong with it)."""
    number = load_catalogue()[column.measurement]
    assert isinstance(number, Number)
    if cell_format.is_missing(text):
        if column.unit_from == "header":
            return column.unit, ""
        return "", f"has no unit: {column.unit_header!r} is blank in its row; fill it in"
    unit = read_unit(text)
    if unit not in number.units:
        allowed = f"which is not one of its units ({', '.join(number.units)})"
        return "", f"is in {text!r} by {column.unit_header!r}, {allowed}"
    if column.unit_from == "header" and unit != column.unit:
        return "", f"is in {unit} by {column.unit_header!r} and in {column.unit} by its header; correct one of them"
    return unit, ""


def _part(column: Column, data: pa.Array | Typed, problem: str, cell_format: CellFormat) -> ReadColumn:
    """Some rows of a column: all in one unit, or refused for one reason."""
    if not problem:
        return read_column(column, data, cell_format)
    texts = data.texts(np.arange(len(data.values))) if isinstance(data, Typed) else as_text(data)
    label = load_catalogue()[column.measurement].label
    return refused_cells(texts, cell_format, lambda typed: f"{label} {typed!r} {problem}")


def _taken(data: pa.Array | Typed, rows: Rows) -> pa.Array | Typed:
    if isinstance(data, Typed):
        return Typed(data.values[rows], lambda some: data.texts(rows[some]))
    return data.take(pa.array(rows))


def _joined(which: NDArray[np.integer], parts: list[tuple[Rows, ReadColumn]]) -> ReadColumn:
    """The parts as one column in the order of its rows."""
    values = np.full(len(which), np.nan)
    masks: dict[str, Mask] = {name: np.zeros(len(which), np.bool_) for name in ("unusable", "impossible", "odd")}
    place = np.zeros(len(which), np.int64)
    for rows, read in parts:
        values[rows] = read.values
        place[rows] = np.arange(len(rows))
        for name, mask in masks.items():
            mask[rows] = getattr(read, name)

    def describe(rows: Rows) -> CellTexts:
        codes = np.zeros(len(rows), np.int64)
        texts: list[Any] = []
        for part, own, offset in _described(rows, which, place, parts):
            codes[part] = own[0] + offset
            texts.append(own[1:])
        cells, sentences = (pa.concat_arrays([pair[side].cast(pa.string()) for pair in texts]) for side in (0, 1))
        return codes, cells, sentences

    return ReadColumn(values, masks["unusable"], masks["impossible"], masks["odd"], describe)


def _described(
    rows: Rows, which: NDArray[np.integer], place: Rows, parts: list[tuple[Rows, ReadColumn]]
) -> Iterator[tuple[Rows, CellTexts, int]]:
    """What each part says of those rows that are its own, and how many texts stand before."""
    offset = 0
    for code, (_, read) in enumerate(parts):
        own = np.flatnonzero(which[rows] == code)
        if len(own):
            described = read.describe(place[rows[own]])
            yield own, described, offset
            offset += len(described[1])
