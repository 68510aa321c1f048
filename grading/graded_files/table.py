"""A graded file as a table to look at: its rows by status, grade, valve and text, and its columns in a useful order.

Statuses, grades and valves are held; what else stands in the file is read when it is asked for.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from grading.batch.in_memory import InMemory
from grading.batch.piece import cells_of
from grading.columns.cells import as_text
from grading.columns.plan import Plan
from grading.formats.csv_text import safe, safe_text
from grading.formats.memory_file import plain_stream
from grading.formats.upload import Upload
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
    """A graded file, its headers in order and how many rows it has, how its columns were understood, and by which
    guidelines it was graded. `coded` holds the columns of few texts by their place: statuses, grades and valves."""

    file: Upload = field(repr=False)
    header: Sequence[str]
    count: int
    plan: Plan
    guidelines: tuple[str, ...]
    coded: Mapping[int, pa.DictionaryArray] = field(repr=False)

    @property
    def given(self) -> list[str]:
        """The headers of the input."""
        return list(self.header[: -len(result_names(self.plan, self.guidelines)) - len(OF_EVERY_ROW)])

    @property
    def valves(self) -> list[str]:
        """The valves that its rows are about."""
        if self.plan.valve_column is None:
            return list(self.plan.valves)
        said = {valve_of(text) for text in self.coded[self.plan.valve_column.index].dictionary.to_pylist()}
        return [valve for valve in VALVES if valve in said]

    @property
    def grades(self) -> list[str]:
        """The grades that stand in it, in their order."""
        said = {text for place in self.grade_places() for text in self.coded[place].dictionary.to_pylist()}
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
        found = np.ones(self.count, np.bool_)
        if wanted.statuses:
            found &= self._holds(self.header.index(OF_EVERY_ROW[0]), wanted.statuses)
        if wanted.valves and self.plan.valve_column is not None:
            place = self.plan.valve_column.index
            texts = self.coded[place].dictionary.to_pylist()
            found &= self._holds(place, [text for text in texts if valve_of(text) in wanted.valves])
        if wanted.grades:
            places = self.grade_places(wanted.valves)
            found &= np.logical_or.reduce([self._holds(place, wanted.grades) for place in places])
        if wanted.text:
            found &= self._says(wanted.text)
        return found

    def cells(self, places: Sequence[int]) -> Iterator[tuple[int, dict[int, pa.Array]]]:
        """Some columns a piece at a time: how many rows stand before it, and its texts by place; a blank cell is ''."""
        with opened(self.file) as source:
            row = 0
            for piece in source.pieces():
                yield row, {place: filled(cells) for place, cells in cells_of(piece, sorted({*places})).items()}
                row += len(piece)

    def column(self, place: int) -> pa.Array:
        """The texts of one column."""
        return _joined([texts[place] for _, texts in self.cells([place])])

    def shown(self, rows: Mask, columns: Sequence[int], most: int) -> pa.Table:
        """The first `most` of some rows in the columns at those places, with their number in the file; no cell and no
        header that a spreadsheet would run if it is copied, and no two headers alike."""
        numbers = np.flatnonzero(rows)[:most]
        parts: list[list[pa.Array]] = [[] for _ in columns]
        for row, texts in self.cells(columns) if len(numbers) else ():
            here = pa.array(numbers[(numbers >= row) & (numbers < row + len(texts[columns[0]]))] - row)
            for place, part in zip(columns, parts, strict=True):
                part.append(texts[place].take(here))
            if row + len(texts[columns[0]]) > numbers[-1]:
                break
        cells = [safe(_joined(part)) for part in parts]
        return pa.table([pa.array(numbers + 1), *cells], names=["row", *self._shown_names(columns)])

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

    def _holds(self, place: int, texts: Sequence[str]) -> Mask:
        column = self.coded[place]
        marked = pc.is_in(column.dictionary, pa.array(texts, pa.string())).to_numpy(zero_copy_only=False)
        return np.asarray(marked.astype(np.bool_)[column.indices.to_numpy()])

    def _says(self, text: str) -> Mask:
        """The rows in which some cell holds a text, in any case of its letters."""
        parts = [np.zeros(0, np.bool_)]
        for _, texts in self.cells(range(len(self.header))):
            says = [pc.match_substring(cells, text, ignore_case=True) for cells in texts.values()]
            parts.append(np.logical_or.reduce([marked.to_numpy(zero_copy_only=False) for marked in says]))
        return np.concatenate(parts)


def status_order(counts: Mapping[str, int]) -> dict[str, int]:
    """Statuses and their numbers: graded rows first, rejected ones last.

    >>> status_order({"rejected": 1, "graded": 3})
    {'graded': 3, 'rejected': 1}
    """
    return {status: counts[status] for status in (*STATUSES[1:], STATUSES[0]) if counts.get(status)}


def read_graded(graded: InMemory) -> GradedTable:
    """The graded rows of a run in memory as a table. Raises UsageError when they are none."""
    plan = graded.summary.plan
    assert plan is not None
    with opened(graded.graded_file) as source:
        header, guidelines = source.header, graded.job.guidelines
        columns = grade_columns(header)
        grades = (place for guideline in guidelines for place in columns[guideline].values())
        valve = () if plan.valve_column is None else (plan.valve_column.index,)
        parts: dict[int, list[pa.Array]] = {place: [] for place in (header.index(OF_EVERY_ROW[0]), *grades, *valve)}
        rows = 0
        for piece in source.pieces():
            rows += len(piece)
            for place, cells in cells_of(piece, sorted(parts)).items():
                parts[place].append(filled(cells).dictionary_encode())
    coded = {place: _coded(some) for place, some in parts.items()}
    return GradedTable(graded.graded_file, header, rows, plan, guidelines, coded)


def filled(cells: pa.Array) -> pa.Array:
    """Any column as text, '' where a cell is blank."""
    return pc.fill_null(as_text(cells).cast(pa.string()), "")


def _coded(parts: Sequence[pa.Array]) -> pa.DictionaryArray:
    """A column of few texts, from its parts."""
    empty = pa.array([], pa.string()).dictionary_encode()
    whole = pa.chunked_array([empty, *parts]).unify_dictionaries().combine_chunks()
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole


def _joined(parts: Sequence[pa.Array]) -> pa.Array:
    return pa.concat_arrays([pa.array([], pa.string()), *parts])


@dataclass(frozen=True, slots=True)
class Problems:
    """The first lines of an issues file by column, errors before warnings and notes, how many lines there are, and how
    many of each column of the input."""

    first: tuple[Mapping[str, str], ...]
    count: int
    by_column: Mapping[str, int]


def read_problems(issues: Upload, most: int) -> Problems:
    """What an issues file says, no more than `most` lines of it word for word.

    >>> read_problems(Upload("a.issues.csv", b"row,column,severity\\n1,a,note\\n2,b,error\\n"), 1).first
    ({'row': '2', 'column': 'b', 'severity': 'error'},)
    """
    kept: dict[str, list[dict[str, str]]] = {severity: [] for severity in (ERROR, WARNING, NOTE)}
    by_column: Counter[str] = Counter()
    with plain_stream(issues) as stream:
        for line in csv.DictReader(io.TextIOWrapper(stream, "utf-8", "replace", newline="")):
            by_column[line["column"]] += 1
            if len(kept[line["severity"]]) < most:
                kept[line["severity"]].append(line)
    first = [line for lines in kept.values() for line in lines][:most]
    return Problems(tuple(first), by_column.total(), dict(by_column.most_common()))
