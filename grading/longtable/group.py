"""Lines of one column that cannot be taken as they come: repeats, and values with a refused unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grading.longtable.block import Lines
from grading.longtable.cell_text import number_in_column, values_of
from grading.longtable.column import WideColumn, refusal
from grading.longtable.doubt import Doubt
from grading.longtable.kinds import Kind
from grading.longtable.line_issue import LineIssue
from grading.longtable.repeats import Resolution, resolve
from grading.reading.cells import CellFormat
from grading.reading.values import ERROR
from grading.reference.measurement import Number


class Group:
    """Lines of one column that cannot be taken as they come: repeats, and values with a refused unit."""

    def __init__(
        self, column: WideColumn, lines: Lines, texts: pa.Array, places: NDArray[np.int64], reading: CellFormat
    ) -> None:
        self._column, self._lines, self._texts, self._places, self._reading = column, lines, texts, places, reading
        self._values, self._unusable = values_of(column, lines, reading)

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

    def resolutions(self, rule: str) -> Iterator[tuple[int, Resolution, LineIssue, Doubt | None]]:
        """What every study with lines that differ comes to; a place is one among all lines."""
        number = self._column.measurement if isinstance(self._column.measurement, Number) else None
        for members in self._differing():
            texts = self._texts.take(pa.array(members)).to_pylist()
            found = resolve(
                rule, texts, self._values[members], self._unusable[members], self._lines.ranks[members].tolist(),
                number, self._write,
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

    def _write(self, value: float) -> str:
        return number_in_column(self._column, value, self._reading)

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
