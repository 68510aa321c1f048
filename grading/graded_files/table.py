"""A graded file as a table to look at: its rows by status, grade, valve and text, and its columns in a useful order."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from grading.batch.in_memory import InMemory
from grading.batch.piece import cells_of
from grading.columns.cells import as_text
from grading.columns.plan import Plan
from grading.formats.csv_text import safe, safe_text
from grading.graded_files.counts import grade_columns, opened
from grading.reading.values import ERROR, NOTE, WARNING
from grading.reference.catalogue import valve_of
from grading.reference.measurement import VALVES
from grading.reference.scale import GRADES, Mask, by_severity
from grading.rows.result_columns import STATUSES
from grading.rows.result_names import OF_EVERY_ROW, result_names

#: what a person looks at first, of all that is said of a valve
_MAIN = ("grade", "certainty", "grade_low", "grade_high", "reason")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are asked for; what is empty asks for nothing."""

    statuses: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    valves: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class GradedTable:
    """The rows of a graded file as dictionary-encoded text, how its columns were understood, and by which guidelines
    it was graded."""

    table: pa.Table
    plan: Plan
    guidelines: tuple[str, ...]

    @property
    def header(self) -> list[str]:
        """The headers in the order of the file."""
        return list(self.table.column_names)

    @property
    def given(self) -> list[str]:
        """The headers of the input."""
        return self.header[: -len(result_names(self.plan, self.guidelines)) - len(OF_EVERY_ROW)]

    @property
    def valves(self) -> list[str]:
        """The valves that its rows are about."""
        if self.plan.valve_column is None:
            return list(self.plan.valves)
        said = {valve_of(text) for text in self._texts(self.plan.valve_column.index).dictionary.to_pylist()}
        return [valve for valve in VALVES if valve in said]

    @property
    def grades(self) -> list[str]:
        """The grades that stand in it, in their order."""
        said = {text for place in self.grade_places() for text in self._texts(place).dictionary.to_pylist()}
        return [grade for grade in by_severity(said) if grade in GRADES[1:]]

    def grade_places(self, valves: Sequence[str] = ()) -> list[int]:
        """Where grades stand: all, or those of some valves."""
        columns = grade_columns(self.header)
        places = [columns[guideline] for guideline in self.guidelines]
        return [
            place for found in places for valve, place in found.items() if not (valve and valves) or valve in valves
        ]

    def rows(self, wanted: Wanted) -> Mask:
        """True for every row that is wanted in all respects. A grade is one of the wanted valves."""
        found = np.ones(self.table.num_rows, np.bool_)
        if wanted.statuses:
            found &= self._holds(self.header.index(OF_EVERY_ROW[0]), wanted.statuses)
        if wanted.valves and self.plan.valve_column is not None:
            place = self.plan.valve_column.index
            texts = self._texts(place).dictionary.to_pylist()
            found &= self._holds(place, [text for text in texts if valve_of(text) in wanted.valves])
        if wanted.grades:
            places = self.grade_places(wanted.valves)
            found &= np.logical_or.reduce([self._holds(place, wanted.grades) for place in places])
        if wanted.text:
            found &= np.logical_or.reduce([self._says(place, wanted.text) for place in range(len(self.header))])
        return found

    def shown(self, rows: Mask, columns: Sequence[int], most: int) -> pa.Table:
        """The first `most` of some rows in the columns at those places, with their number in the file; no cell and no
        header that a spreadsheet would run if it is copied, and no two headers alike."""
        places = np.flatnonzero(rows)[:most]
        chosen = pa.array(places)
        cells = [safe(self._texts(place).take(chosen).dictionary_decode()) for place in columns]
        return pa.table([pa.array(places + 1), *cells], names=["row", *self._shown_names(columns)])

    def main_columns(self, valves: Sequence[str] = ()) -> list[int]:
        """Where the first column stands, status, what is said of the valves, and issues."""
        header = self.header
        grades = [header[place].removesuffix("_grade") for place in self.grade_places(valves)]
        names = [f"{grade}_{ending}" for grade in grades for ending in _MAIN]
        return [0, *map(header.index, (OF_EVERY_ROW[0], *names, OF_EVERY_ROW[1]))]

    def _shown_names(self, columns: Sequence[int]) -> list[str]:
        names = ["row"]
        for place in columns:
            name = safe_text(self.header[place])
            names.append(f"{name} (column {place + 1})".strip() if name in ("", *names) else name)
        return names[1:]

    def _texts(self, place: int) -> pa.DictionaryArray:
        return self.table.column(place).chunk(0)

    def _holds(self, place: int, texts: Sequence[str]) -> Mask:
        return self._where(place, pc.is_in(self._texts(place).dictionary, pa.array(texts, pa.string())))

    def _says(self, place: int, text: str) -> Mask:
        return self._where(place, pc.match_substring(self._texts(place).dictionary, text, ignore_case=True))

    def _where(self, place: int, texts: pa.Array) -> Mask:
        """The rows whose text is one of those marked."""
        marked = texts.to_numpy(zero_copy_only=False).astype(np.bool_)
        return np.asarray(marked[self._texts(place).indices.to_numpy()])


def status_order(counts: Mapping[str, int]) -> dict[str, int]:
    """Statuses and their numbers: graded rows first, rejected ones last.

    >>> status_order({"rejected": 1, "graded": 3})
    {'graded': 3, 'rejected': 1}
    """
    return {status: counts[status] for status in (*STATUSES[1:], STATUSES[0]) if counts.get(status)}


def read_graded(graded: InMemory) -> GradedTable:
    """The graded rows of a run in memory as a table. Raises UsageError when they are none."""
    assert graded.summary.plan is not None
    with opened(graded.graded_file) as source:
        parts: list[list[pa.Array]] = [[] for _ in source.header]
        for piece in source.pieces():
            for place, cells in cells_of(piece, range(len(source.header))).items():
                parts[place].append(as_text(cells).cast(pa.string()))
        names = source.header
    columns = [pc.dictionary_encode(pc.fill_null(_joined(some), "")) for some in parts]
    return GradedTable(pa.table(columns, names=names), graded.summary.plan, graded.job.guidelines)


def _joined(parts: Sequence[pa.Array]) -> pa.Array:
    return pa.concat_arrays([pa.array([], pa.string()), *parts])


@dataclass(frozen=True, slots=True)
class Problems:
    """The first lines of an issues file by column, errors before warnings and notes, how many lines there are, and how
    many of each column of the input."""

    first: tuple[Mapping[str, str], ...]
    count: int
    by_column: Mapping[str, int]


def read_problems(issues: bytes, most: int) -> Problems:
    """What an issues file says, no more than `most` lines of it word for word.

    >>> read_problems(b"row,column,severity\\n1,a,note\\n2,b,error\\n", 1).first
    ({'row': '2', 'column': 'b', 'severity': 'error'},)
    """
    kept: dict[str, list[dict[str, str]]] = {severity: [] for severity in (ERROR, WARNING, NOTE)}
    by_column: Counter[str] = Counter()
    for line in csv.DictReader(io.TextIOWrapper(io.BytesIO(issues), "utf-8", "replace", newline="")):
        by_column[line["column"]] += 1
        if len(kept[line["severity"]]) < most:
            kept[line["severity"]].append(line)
    first = [line for lines in kept.values() for line in lines][:most]
    return Problems(tuple(first), by_column.total(), dict(by_column.most_common()))
