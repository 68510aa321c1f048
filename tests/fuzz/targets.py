"""What may be given any bytes: each target reads them as one thing, takes a sentence for an answer, and holds its laws.

`test_targets.py` replays `tests/corpus/` and some changes of it; `guided.py` lets coverage choose what to try.
"""

from __future__ import annotations

import atexit
import contextlib
import math
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

import numpy as np
import pyarrow as pa

from grading.agreement.read_grade import read_grade
from grading.agreement.vocabulary import WORDS, parse_reader_map, vocabulary
from grading.columns.column import Options
from grading.columns.plan import plan_columns
from grading.errors import TableError, UsageError
from grading.formats.dicom_sr import read_reports
from grading.formats.excel import headed, read_grid
from grading.formats.fhir import read_observations
from grading.formats.small_file import read_toml_file
from grading.formats.statistics_files import read_statistics_file
from grading.formats.upload import Upload
from grading.reading.cells import CellFormat, read_numbers, read_words
from grading.reading.values import read_values
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import VALVES, Number
from grading.reference.table_reader import read_table
from grading.reference.units import UNITS, read_number, read_unit, split_quantity
from grading_app.case.link import read_query

Target = Callable[[bytes], None]
_FOLDER: Final = tempfile.TemporaryDirectory()
atexit.register(_FOLDER.cleanup)
#: lines of one input that are looked at
MOST_LINES: Final = 12


def lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").split("\n")[:MOST_LINES]


def headers(data: bytes) -> None:
    """Headers of a table: each column that is used is one of them, once, in a unit that measures what it is."""
    given = lines(data)
    try:
        plan = plan_columns(given, Options("mitral"))
    except UsageError:
        return
    catalogue = load_catalogue()
    for column in plan.columns:
        assert given[column.index] == column.header
        measurement = catalogue[column.measurement]
        assert not isinstance(measurement, Number) or column.unit in measurement.units
    places = [(column.measurement, column.valve) for column in plan.columns]
    assert len(set(places)) == len(places)


def cells(data: bytes) -> None:
    """Cells of a column: a value, a blank, or a sentence; the same as of one case, and alone as among others."""
    texts = lines(data)[:4]
    number = load_catalogue()["eroa"]
    assert isinstance(number, Number)
    for cell_format in (CellFormat(), CellFormat(decimal=",")):
        column = read_numbers(pa.array(texts), number, "mm2", cell_format)
        values = np.asarray(column.values, dtype=float)
        for row, text in enumerate(texts):
            alone = read_numbers(pa.array([text]), number, "mm2", cell_format)
            assert np.array_equal([values[row]], np.asarray(alone.values, dtype=float), equal_nan=True)
            assert bool(column.unusable[row]) == bool(alone.unusable[0])
            used = not math.isnan(values[row])
            assert not (used and column.unusable[row])
            assert not (values[row] == 0 and any(digit in text.lower().partition("e")[0] for digit in "123456789"))
        _, _, sentences = column.describe(np.flatnonzero(column.unusable | column.impossible | column.odd))
        assert all(sentence.as_py() for sentence in sentences)
    word = load_catalogue().words["cw_jet"]
    read_words(pa.array(texts), word, CellFormat())
    case = read_values({"eroa": texts[0], "cw_jet": texts[-1]}, "mitral")
    assert set(case.entered) <= {"eroa", "cw_jet"}


def units(data: bytes) -> None:
    """A unit: one of ours, or none; however it is spelled it stays the one it is."""
    for text in lines(data):
        unit = read_unit(text)
        assert unit is None or (unit in UNITS and read_unit(unit) == unit and read_unit(f" {unit}\t") == unit)
        quantity = split_quantity(text)
        assert quantity is None or math.isfinite(quantity[0]) or "e" in text.lower()
        value = read_number(text)
        assert value is None or value == float(text.strip())


def reader_words(data: bytes) -> None:
    """A reader's text: a range of grades the right way up, or why it is none; blanks around it change nothing."""
    for text in lines(data)[:4]:
        for scale in (WORDS, *vocabulary().scales):
            for valve in ("", *VALVES[:2]):
                grade = read_grade(text, scale, valve=valve)
                assert grade == read_grade(f"  {text} ", scale, valve=valve)
                assert bool(grade.aside) != bool(grade.low and grade.high)


def toml_table(data: bytes) -> None:
    """A table of a guideline, or a user's map of words."""
    file = _InMemory(data)
    with contextlib.suppress(TableError):
        read_table(file)  # type: ignore[arg-type]
    path = Path(_FOLDER.name) / "map.toml"
    path.write_bytes(data)
    with contextlib.suppress(UsageError):
        parse_reader_map(read_toml_file(path, "reader_map"))


def link(data: bytes) -> None:
    """The query of a link: what is read of it is of the catalogue, and nothing raises."""
    # a browser or a server in front takes no longer address
    pairs = parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True)[:1_000]
    found = read_query(pairs)
    assert all(sentence.strip() for sentence in found.refused)
    assert set(found.values) <= {measurement.name for measurement in load_catalogue().enterable()}


class _InMemory:
    """A file with a name, as the loader of tables takes it."""

    name = "fuzzed.toml"

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read_bytes(self) -> bytes:
        return self._data

    def read_text(self, encoding: str = "utf-8") -> str:
        return self._data.decode(encoding)


def _reads(read: Callable[[Upload], object]) -> Target:
    """A file of another program: a table, or a sentence."""

    def target(data: bytes) -> None:
        try:
            read(Upload("a", data))
        except UsageError as error:
            assert str(error).strip()

    return target


TARGETS: Final[dict[str, Target]] = {
    "headers": headers,
    "cells": cells,
    "units": units,
    "reader_words": reader_words,
    "toml_table": toml_table,
    "link": link,
    "xlsx": _reads(lambda file: headed(read_grid(file, isolate=False))),
    "dicom": _reads(lambda file: read_reports(file, isolate=False)),
    "fhir": _reads(lambda file: read_observations(file, isolate=False)),
    # its parser is written in C, and a file made to do so ends the process it runs in
    "sav": _reads(read_statistics_file),
}
