"""Lines of one column that cannot be taken as they come: repeats, and values with a refused unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from grading.longtable.block import Lines
from grading.longtable.cell_text import numbers_in_column, values_of
from grading.longtable.column import WideColumn, refusal
from grading.longtable.doubt import Doubt
from grading.longtable.line_issue import LineIssue
from grading.longtable.repeats import (
    Resolution,
    in_cell,
    mean_taken,
    one_taken,
    preferred_taken,
    some_of,
    spread,
    unusable_taken,
    words_taken,
)
from grading.reading.cells import CellFormat
from grading.reading.values import ERROR
from grading.reference.measurement import Number


class Taken(NamedTuple):
    """What a study's cell gets: the place of a line among all, or a text that is none of them; and what is said."""

    place: int | None
    text: str
    issue: LineIssue
    doubt: Doubt | None


class Group:
    """Some lines of a column.

    Args:
        column: their column.
        lines: the lines, in the order of the file.
        texts: what would stand in the cell, for each of them.
        places: their places among all lines.
        reading: how values are written.
    """

    def __init__(
        self, column: WideColumn, lines: Lines, texts: pa.Array, places: NDArray[np.int64], reading: CellFormat
    ) -> None:
        order = np.argsort(lines.studies, kind="stable")
        self._column, self._reading = column, reading
        self._lines, self._texts, self._places = lines.take(order), texts.take(pa.array(order)), places[order]
        self._values, self._unusable = values_of(column, self._lines, reading)

    def refusals(self) -> Iterator[LineIssue]:
        """The error of every study whose first value that cannot be used has a refused unit."""
        bad = np.flatnonzero(self._unusable)
        _, first = np.unique(self._lines.studies[bad], return_index=True)
        for at in bad[first].tolist():
            kind = self._column.kinds[int(self._lines.kinds[at])]
            if kind.meaning.problem:
                typed, line = self._texts[at].as_py(), int(self._lines.lines[at])
                study = int(self._lines.studies[at])
                yield LineIssue(line, study, self._column.header, typed, ERROR, refusal(kind))

    def taken(self, rule: str) -> Iterator[Taken]:
        """What every study with lines that differ comes to."""
        rows = self._differing()
        if not len(rows):
            return
        lines, texts = self._lines.take(rows), self._texts.take(pa.array(rows)).to_pylist()
        starts = _starts(lines.studies)
        ranks = np.maximum.reduceat(lines.ranks, starts)
        #: the lines that count (see `block`)
        heavy = np.flatnonzero(lines.ranks == np.repeat(ranks, np.diff(np.append(starts, len(rows)))))
        own = [texts[place] for place in heavy.tolist()]
        bounds = [*_starts(lines.studies[heavy]).tolist(), len(heavy)]
        resolutions = self._resolutions(rule, rows[heavy], own, bounds)
        places, kinds = self._places[rows[heavy]].tolist(), lines.kinds.tolist()
        heads = zip(lines.studies[starts].tolist(), lines.lines[starts].tolist(), ranks.tolist(), strict=True)
        parts = zip(pairwise([*starts.tolist(), len(rows)]), pairwise(bounds), heads, resolutions, strict=True)
        for (start, end), (first, last), (study, line, rank), resolution in parts:
            every, few = texts[start:end], own[first:last]
            if len(set(every)) == 1:
                continue
            if len(few) < len(every) and len(set(few)) == 1:
                resolution = preferred_taken(few[0], rank)
            mixed = len(set(kinds[start:end])) > 1
            named = self._named(lines.take(slice(start, end)), every) if mixed else every
            given = f"{self._column.measurement.label} is given {len(every)} times ({some_of(named)})"
            place = None if resolution.place is None else places[first + resolution.place]
            message = f"{given}: {resolution.sentence}"
            issue = LineIssue(line, study, self._column.header, resolution.text, resolution.severity, message)
            yield Taken(place, resolution.text, issue, self._doubt(issue, given, every, few, resolution))

    def _resolutions(
        self, rule: str, rows: NDArray[np.int64], texts: Sequence[str], bounds: Sequence[int]
    ) -> list[Resolution]:
        """What each study's lines come to; `bounds` parts them."""
        number, starts = self._column.measurement, np.array(bounds[:-1])
        unusable = self._unusable[rows]
        values = np.where(unusable, 0, self._values[rows])
        listed, bad = values.tolist(), np.logical_or.reduceat(unusable, starts).tolist()
        means, apart = [""] * len(starts), [""] * len(starts)
        if isinstance(number, Number):
            numbers = spread(values, starts, number)
            apart = numbers.apart
            means = numbers_in_column(self._column, numbers.means, self._reading) if rule == "mean" else means
        found = []
        for study, (start, end) in enumerate(pairwise(bounds)):
            few, numbers_ = texts[start:end], listed[start:end]
            if bad[study]:
                found.append(unusable_taken(few, unusable[start:end]))
            elif not isinstance(number, Number):
                found.append(words_taken(rule, few))
            elif rule == "mean":
                found.append(mean_taken(numbers_, means[study], apart[study]))
            else:
                found.append(one_taken(rule, few, numbers_, apart[study]))
        return found

    def _doubt(
        self, issue: LineIssue, given: str, texts: Sequence[str], few: Sequence[str], resolution: Resolution
    ) -> Doubt | None:
        if resolution.extremes is None:
            return None
        low, high = (few[place] for place in resolution.extremes)
        return Doubt(
            row=issue.row or 0, column=issue.column, low=low, high=high, text=in_cell(texts),
            line=issue.line, message=f"{given}: {resolution.doubt}",
        )  # fmt: skip

    def _named(self, lines: Lines, texts: Sequence[str]) -> Sequence[str]:
        """The texts of lines, with what sets them apart."""
        kinds = [self._column.kinds[place] for place in lines.kinds.tolist()]
        if len({kind.unit for kind in kinds}) > 1:
            typed = lines.texts.take(pa.array(lines.values)).to_pylist()
            texts = [f"{text} {kind.unit}".strip() for text, kind in zip(typed, kinds, strict=True)]
        if len({kind.label for kind in kinds}) > 1:
            texts = [f"{kind.label!r} {text}" for kind, text in zip(kinds, texts, strict=True)]
        return texts

    def _differing(self) -> NDArray[np.int64]:
        """The lines of every study whose values are not all the same."""
        starts = _starts(self._lines.studies)
        values = np.where(self._unusable, 0, self._values)
        if not len(starts):
            return starts
        differ = np.maximum.reduceat(values, starts) != np.minimum.reduceat(values, starts)
        differ |= np.logical_or.reduceat(self._unusable, starts)
        sizes = np.diff(np.append(starts, len(values)))
        return np.flatnonzero(np.repeat(differ & (sizes > 1), sizes))


def _starts(studies: NDArray[np.int32]) -> NDArray[np.int64]:
    """Where the lines of each study begin, of lines that stand together by study."""
    return np.flatnonzero(np.diff(studies, prepend=-1))
