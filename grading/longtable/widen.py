"""Lines of some studies made wide: one text a study and column, and what is to be said of single studies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from grading.longtable.block import Indexes, Lines
from grading.longtable.cell_text import texts_in_column
from grading.longtable.column import WideColumn
from grading.longtable.doubt import Doubt
from grading.longtable.group import Group
from grading.longtable.line_issue import LineIssue
from grading.reading.cells import CellFormat
from grading.reading.distinct import distinct


@dataclass(frozen=True, slots=True)
class WideCells:
    """A text for every study in every column, and issues and doubts of single studies, in the order of the columns."""

    columns: list[pa.Array]
    issues: list[LineIssue]
    doubts: list[Doubt]


class Widener:
    """Makes lines wide, some studies at a time; it may be asked from several threads.

    Args:
        columns: the columns of the wide table.
        kinds: how many kinds of lines there are.
        rule: what repeats come to.
        reading: how values are written.
    """

    def __init__(self, columns: Sequence[WideColumn], kinds: int, rule: str, reading: CellFormat) -> None:
        self.columns, self._rule, self._reading = list(columns), rule, reading
        self._column_of = np.full(kinds, -1, np.int64)
        #: kinds whose text does not stand in the cell as it is typed
        self._changed = np.zeros(kinds, np.bool_)
        self._refused = np.zeros(kinds, np.bool_)
        for place, column in enumerate(self.columns):
            for number, kind in column.kinds.items():
                self._column_of[number] = place
                self._refused[number] = bool(kind.meaning.problem)
                self._changed[number] = self._refused[number] or kind.meaning.unit not in ("", column.unit)

    def widen(self, lines: Lines, studies: int) -> WideCells:
        """The lines of studies 0 to `studies`, in the order of the file."""
        lines = _few_texts(lines)
        place = self._column_of[lines.kinds]
        cell = lines.studies.astype(np.int64) * len(self.columns) + place
        pool = _Pool(lines)
        self._change(pool, lines)
        #: the line that every cell is taken from: the first with a value, else the first of all
        holder = np.full(studies * len(self.columns), -1, np.int64)
        absent, present = np.flatnonzero(~lines.present), np.flatnonzero(lines.present)
        for some in (absent, present):
            holder[cell[some[::-1]]] = some[::-1]
        where = pool.places[holder] if len(lines) else holder
        times = np.bincount(cell[present], minlength=len(holder))
        several = present[(times[cell[present]] > 1) | self._refused[lines.kinds[present]]]
        issues: list[LineIssue] = []
        doubts: list[Doubt] = []
        for number, members in _by_column(several, place):
            group = Group(self.columns[number], lines.take(members), pool.texts(members), members, self._reading)
            issues += group.refusals()
            for taken in group.taken(self._rule):
                at = (taken.issue.row or 0) * len(self.columns) + number
                where[at] = pool.add(taken.text) if taken.place is None else pool.places[taken.place]
                issues.append(taken.issue)
                doubts += [taken.doubt] if taken.doubt else []
        texts = pool.all()
        where[holder < 0] = len(texts) - 1
        wide = where.reshape(studies, len(self.columns))
        return WideCells([texts.take(pa.array(wide[:, number])) for number in range(wide.shape[1])], issues, doubts)

    def _change(self, pool: _Pool, lines: Lines) -> None:
        """Put texts that are in another unit than their column, or refused, as they can stand in it."""
        changed = np.flatnonzero(self._changed[lines.kinds] & lines.present)
        for number in np.unique(lines.kinds[changed]).tolist():
            at = changed[lines.kinds[changed] == number]
            column = self.columns[int(self._column_of[number])]
            first, which = distinct(lines.values[at].astype(np.int64))
            texts = lines.texts.take(pa.array(lines.values[at[first]]))
            pool.replace(at, texts_in_column(column, column.kinds[number], texts, self._reading), which)


class _Pool:
    """The texts that may stand in cells, and which of them every line has."""

    def __init__(self, lines: Lines) -> None:
        self.places = lines.values.astype(np.int64)
        self._parts, self._size = [lines.texts], len(lines.texts)
        self._made: list[str] = []

    def replace(self, rows: NDArray[np.int64], texts: Sequence[str], which: Indexes) -> None:
        """Give some lines other texts."""
        self.places[rows] = self._size + which
        self._parts.append(pa.array(texts, pa.string()))
        self._size += len(texts)

    def texts(self, rows: NDArray[np.int64]) -> pa.Array:
        """The texts of some lines."""
        if len(self._parts) > 1:
            self._parts = [pa.concat_arrays(self._parts)]
        return self._parts[0].take(pa.array(self.places[rows]))

    def add(self, text: str) -> int:
        """The place of one more text."""
        self._made.append(text)
        return self._size + len(self._made) - 1

    def all(self) -> pa.Array:
        """Every text, and a blank one at the end."""
        return pa.concat_arrays([*self._parts, pa.array(self._made, pa.string()), pa.array([""])])


def _few_texts(lines: Lines) -> Lines:
    """The lines with no more texts than they need, where they have many more."""
    if len(lines.texts) <= 2 * len(lines) + 1:
        return lines
    first, which = distinct(lines.values.astype(np.int64))
    return replace(lines, values=which, texts=lines.texts.take(pa.array(lines.values[first])))


def _by_column(rows: NDArray[np.int64], place: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Each column's lines, in the order of the columns."""
    order = np.argsort(place[rows], kind="stable")
    columns = place[rows][order]
    bounds = [*np.flatnonzero(np.diff(columns, prepend=-1)).tolist(), len(rows)]
    for start, end in pairwise(bounds):
        yield int(columns[start]), rows[order[start:end]]
