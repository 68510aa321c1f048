"""Issues of a chunk as columns: what is wrong or odd with which cell, in the order of rows, as text and as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grading.formats.csv_text import _cell, csv_lines

HEADER = ("row", "line", "column", "value", "severity", "message")


@dataclass(frozen=True, slots=True)
class RowIssue:
    """One thing wrong or odd in one row of a chunk."""

    row: int
    column: str
    value: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class Issues:
    """Issues of equal weight and column: the row of each within its chunk, and which of a few sentences it is; of
    each of those the cell as typed and the sentence. `lines`: where an issue is not about the line of its row."""

    rows: NDArray[np.int64]
    column: str
    severity: str
    which: NDArray[np.integer]
    values: pa.Array
    messages: pa.Array
    lines: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.rows)


def same_issue(rows: NDArray[np.int64], column: str, severity: str, value: str, message: str) -> Issues:
    """One sentence for several rows."""
    texts = (pa.array([text], pa.string()) for text in (value, message))
    return Issues(rows, column, severity, np.zeros(len(rows), np.int32), *texts)


def repeated(text: str, times: int) -> pa.Array:
    """One text so many times."""
    return pa.array([text], pa.string()).take(pa.array(np.zeros(times, np.int32)))


@dataclass(frozen=True, slots=True)
class IssueReport:
    """All issues of a chunk in the order of rows, within a row in the order of columns: row and line of each (0: the
    row's), and which sentence it is; of each of those column, value, weight and sentence."""

    rows: NDArray[np.int64]
    lines: NDArray[np.int64]
    which: NDArray[np.int64]
    columns: pa.Array
    values: pa.Array
    severities: pa.Array
    messages: pa.Array

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[RowIssue]:
        texts = (self.columns, self.values, self.severities, self.messages)
        parts = list(zip(*(column.to_pylist() for column in texts), strict=True))
        for row, which in zip(self.rows.tolist(), self.which.tolist(), strict=True):
            yield RowIssue(row, *parts[which])

    def by_severity(self) -> dict[str, int]:
        """How many of each weight."""
        weights = self.severities.take(pa.array(self.which))
        return {item["values"]: item["counts"] for item in pc.value_counts(weights).to_pylist()}

    def texts(self, rows: int) -> tuple[list[Any] | pa.Array, NDArray[np.int32]]:
        """(texts, the code of every row): all that is to be said of a row, '' where nothing is."""
        if not len(self):
            return [""], np.zeros(rows, np.int32)
        sentences = pc.binary_join_element_wise(self.severities, self.messages, ": ")
        first = np.flatnonzero(np.diff(self.rows, prepend=-1))
        times = np.diff(first, append=len(self))
        several = times > 1
        together = sentences.take(pa.array(self.which[np.repeat(several, times)]))
        offsets = pa.array(np.cumsum([0, *times[several]]).astype(np.int32))
        joined = pc.binary_join(pa.ListArray.from_arrays(offsets, together), "; ")
        codes = np.zeros(rows, np.int32)
        codes[self.rows[first]] = 1 + self.which[first]
        codes[self.rows[first[several]]] = 1 + len(sentences) + np.arange(len(joined))
        return pa.concat_arrays([pa.array([""]), sentences, joined]), codes

    def csv(self, before: int, lines: NDArray[np.int64] | None, place: str = "", excel_safe: bool = False) -> pa.Array:
        """The lines of an issues file. `before`: rows before this chunk; `lines`: the line of every row of it;
        `place`: the file it came from, where there are several; `excel_safe`: no cell that a spreadsheet would run."""
        texts = (self.columns, self.values, self.severities, self.messages)
        tails = csv_lines(texts, excel_safe).take(pa.array(self.which))
        numbers = pa.array(self.rows + before + 1).cast(pa.string())
        own = self.lines if lines is None else np.where(self.lines > 0, self.lines, lines[self.rows])
        where = pa.array(own).cast(pa.string()) if lines is not None else repeated("", len(self))
        if place:
            named = repeated(place, len(self))
            where = named if lines is None else pc.binary_join_element_wise(named, where, ":")
            where = _cell(where, excel_safe)
        return pc.binary_join_element_wise(numbers, where, tails, ",")


def ordered(parts: Sequence[Issues], places: Mapping[str, int]) -> IssueReport:
    """Issues of several columns as one report; `places` orders columns, unknown ones stand last."""
    parts = [issues for issues in parts if len(issues)]
    if not parts:
        blank, none = pa.array([], pa.string()), np.zeros(0, np.int64)
        return IssueReport(none, none, none, blank, blank, blank, blank)
    sizes = [len(issues.messages) for issues in parts]
    before = np.cumsum([0, *sizes[:-1]])
    each = pa.array(np.repeat(np.arange(len(parts)), sizes))
    rows = np.concatenate([issues.rows for issues in parts])
    place = np.repeat([places.get(issues.column, len(places)) for issues in parts], [len(i) for i in parts])
    order = np.lexsort((place, rows))
    return IssueReport(
        rows[order],
        np.concatenate([np.zeros(len(i), np.int64) if i.lines is None else i.lines for i in parts])[order],
        np.concatenate([issues.which + start for issues, start in zip(parts, before, strict=True)])[order],
        pa.array([issues.column for issues in parts], pa.string()).take(each),
        pa.concat_arrays([issues.values for issues in parts]),
        pa.array([issues.severity for issues in parts], pa.string()).take(each),
        pa.concat_arrays([issues.messages for issues in parts]),
    )
