"""Lines of some studies made wide: one text a study and column, and what is to be said of single studies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grading.longtable.block import Indexes, Lines
from grading.longtable.column import WideColumn, refusal
from grading.longtable.kinds import Kind
from grading.longtable.labels import Meaning
from grading.longtable.line_issue import LineIssue
from grading.longtable.repeats import Resolution, resolve
from grading.reading.cells import CellFormat, ReadColumn, read_numbers, read_words
from grading.reading.distinct import distinct
from grading.reading.values import ERROR
from grading.reference.measurement import Number
from grading.reference.scale import Mask, Numbers
from grading.reference.units import clean, convert
from grading.writing import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A cell whose repeats lie too far apart: its row and column, the cells that it could be, the text that names them
    all and the sentence, for where the grade is not the same with each."""

    row: int
    column: str
    low: str
    high: str
    text: str
    line: int
    message: str


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
        self._change(pool, lines, place)
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
            group = _Group(self, self.columns[number], lines.take(members), pool.texts(members), members)
            issues += group.refusals()
            for study, resolution, issue, doubt in group.resolutions():
                taken = resolution.place
                at = study * len(self.columns) + number
                where[at] = pool.add(resolution.text) if taken is None else pool.places[taken]
                issues.append(issue)
                doubts += [doubt] if doubt else []
        texts = pool.all()
        where[holder < 0] = len(texts) - 1
        wide = where.reshape(studies, len(self.columns))
        return WideCells([texts.take(pa.array(wide[:, number])) for number in range(wide.shape[1])], issues, doubts)

    def _change(self, pool: _Pool, lines: Lines, place: NDArray[np.int64]) -> None:
        """Put texts that are in another unit than their column, or refused, as they can stand in it."""
        at = np.flatnonzero(self._changed[lines.kinds] & lines.present)
        if not len(at):
            return
        key = lines.kinds[at].astype(np.int64) * len(lines.texts) + lines.values[at]
        first, which = distinct(key)
        texts = []
        for row in at[first].tolist():
            column = self.columns[int(place[row])]
            texts.append(self._as_column(column, column.kinds[int(lines.kinds[row])], lines.texts[lines.values[row]]))
        pool.replace(at, texts, which)

    def _as_column(self, column: WideColumn, kind: Kind, typed: pa.Scalar) -> str:
        text: str = typed.as_py()
        meaning, number = kind.meaning, column.measurement
        if meaning.problem:
            return f"{text} {kind.unit or meaning.unit}"
        assert isinstance(number, Number)
        value = float(read_numbers(pa.array([text]), number, meaning.unit, self._reading).values[0])
        return self.write(column, value) if np.isfinite(value) else text

    def write(self, column: WideColumn, value: float) -> str:
        """A number [catalogue unit] as the text of a cell."""
        assert isinstance(column.measurement, Number)
        number = convert(float(clean(np.asarray(value))), column.measurement.unit, column.unit)
        return plain(number).replace(".", self._reading.decimal)

    @property
    def rule(self) -> str:
        """What repeats come to."""
        return self._rule

    def read(self, column: WideColumn, lines: Lines) -> tuple[Numbers, Mask]:
        """The values of lines as the check of cells will read them, and which of them it will refuse."""
        values, refused = np.zeros(len(lines)), np.zeros(len(lines), np.bool_)
        for number in np.unique(lines.kinds).tolist():
            at = np.flatnonzero(lines.kinds == number)
            meaning = column.kinds[number].meaning
            cells = self._cells(lines.texts.take(pa.array(lines.values[at])), meaning, column)
            values[at] = cells.values
            refused[at] = cells.unusable | cells.impossible | bool(meaning.problem)
        return values, refused

    def _cells(self, texts: pa.Array, meaning: Meaning, column: WideColumn) -> ReadColumn:
        measurement = column.measurement
        if isinstance(measurement, Number):
            unit = measurement.unit if meaning.problem else meaning.unit
            return read_numbers(texts, measurement, unit, self._reading)
        return read_words(texts, measurement, self._reading)


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


class _Group:
    """Lines of one column that cannot be taken as they come: repeats, and values with a refused unit."""

    def __init__(
        self, widener: Widener, column: WideColumn, lines: Lines, texts: pa.Array, places: NDArray[np.int64]
    ) -> None:
        self._widener, self._column, self._lines, self._texts, self._places = widener, column, lines, texts, places
        self._values, self._unusable = widener.read(column, lines)

    def refusals(self) -> Iterator[LineIssue]:
        """The error of every study whose first value that cannot be used has a refused unit."""
        bad = np.flatnonzero(self._unusable)
        _, first = np.unique(self._lines.studies[bad], return_index=True)
        for at in bad[first].tolist():
            kind = self._kind(at)
            if kind.meaning.problem:
                typed, line = self._texts[at].as_py(), int(self._lines.lines[at])
                study = int(self._lines.studies[at])
                yield LineIssue(line, study, self._column.header, typed, ERROR, refusal(kind))

    def resolutions(self) -> Iterator[tuple[int, Resolution, LineIssue, Doubt | None]]:
        """What every study with lines that differ comes to; a place is one among all lines."""
        number = self._column.measurement if isinstance(self._column.measurement, Number) else None
        for members in self._differing():
            texts = self._texts.take(pa.array(members)).to_pylist()
            found = resolve(
                self._widener.rule, texts, self._values[members], self._unusable[members],
                self._lines.ranks[members].tolist(), number, lambda value: self._widener.write(self._column, value),
            )  # fmt: skip
            study, line = int(self._lines.studies[members[0]]), int(self._lines.lines[members[0]])
            given = f"{self._column.measurement.label} is given {len(texts)} times ({self._named(members, texts)})"
            header, message = self._column.header, f"{given}: {found.sentence}"
            issue = LineIssue(line, study, header, found.text, found.severity, message)
            doubt = None
            if found.extremes is not None:
                low, high = (texts[place] for place in found.extremes)
                doubt = Doubt(
                    row=study, column=header, low=low, high=high, text=" / ".join(dict.fromkeys(texts)), line=line,
                    message=f"{given}: {found.doubt}",
                )  # fmt: skip
            taken = None if found.place is None else int(self._places[members[found.place]])
            yield study, replace(found, place=taken), issue, doubt

    def _differing(self) -> Iterator[NDArray[np.int64]]:
        """The lines of every study whose values are not all the same."""
        order = np.argsort(self._lines.studies, kind="stable")
        studies = self._lines.studies[order]
        starts = np.flatnonzero(np.diff(studies, prepend=-1))
        if not len(starts):
            return
        unusable = self._unusable[order]
        values = np.where(unusable, 0, self._values[order])
        differ = np.maximum.reduceat(values, starts) != np.minimum.reduceat(values, starts)
        differ |= np.logical_or.reduceat(unusable, starts)
        ends = np.append(starts[1:], len(order))
        for start, end in zip(starts[differ].tolist(), ends[differ].tolist(), strict=True):
            members = order[start:end]
            if len(members) > 1 and len(pc.unique(self._texts.take(pa.array(members)))) > 1:
                yield members

    def _named(self, members: NDArray[np.int64], texts: Sequence[str]) -> str:
        """The texts of lines, with what sets them apart."""
        kinds = [self._kind(at) for at in members.tolist()]
        parts = list(texts)
        if len({kind.unit for kind in kinds}) > 1:
            typed = self._lines.texts.take(pa.array(self._lines.values[members])).to_pylist()
            parts = [f"{text} {kind.unit}".strip() for text, kind in zip(typed, kinds, strict=True)]
        if len({kind.label for kind in kinds}) > 1:
            parts = [f"{kind.label!r} {text}" for kind, text in zip(kinds, parts, strict=True)]
        return ", ".join(parts)

    def _kind(self, at: int) -> Kind:
        return self._column.kinds[int(self._lines.kinds[at])]


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
