"""A long table, one measurement a line, turned into the wide one that the rest of the batch reads, one study a row.

Nothing is judged here: what cannot be read reaches the wide table as typed, and its check of cells rejects it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from grading.errors import UsageError, nearest, option
from grading.longtable.coding import Chunk, Coder, Fact
from grading.longtable.column import unit_issues, wide_columns
from grading.longtable.kinds import Census, Kinds, language_issues, unused_labels
from grading.longtable.labels import Labels, names_of
from grading.longtable.line_issue import LineIssue, counted
from grading.longtable.roles import LongColumns, guess_columns
from grading.longtable.spill import SpillFile
from grading.longtable.store import BlockStore
from grading.longtable.wide import WideTable
from grading.longtable.widen import Widener
from grading.reading.cells import CellFormat
from grading.reading.values import ERROR, WARNING
from grading.reference.catalogue import check_valve

__all__ = ["LineIssue", "LongColumns", "Pivot", "Wide", "guess_columns"]

#: how many line numbers a sentence names
MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Wide:
    """One row a study, in the order of their first lines, all text: the study's id, then one column a measurement.

    `lines` is the line of each study's first line; `issues` stand in the order of their lines.
    """

    header: list[str]
    table: pa.Table
    lines: NDArray[np.int64]
    issues: list[LineIssue]


@dataclass(slots=True)
class _Unplaced:
    """Lines that cannot be placed: how many, and the first of them."""

    count: int
    first: list[int]

    def add(self, lines: NDArray[np.int64]) -> None:
        self.count += len(lines)
        self.first += lines[: MOST_LINES - len(self.first)].tolist()

    def issue(self, what: str, column: str, severity: str) -> Iterator[LineIssue]:
        """One issue for all of them."""
        if self.count:
            more = f" and {self.count - MOST_LINES} more" if self.count > MOST_LINES else ""
            which = ", ".join(map(str, self.first)) + more
            message = f"no {what} is named, so {counted(self.count)} cannot be used ({which}); fill in {column!r}"
            yield LineIssue(self.first[0], None, column, "", severity, message)


class Pivot:
    """Gathers a long table chunk by chunk and gives the wide one.

    Args:
        header: the headers of the file.
        how: which of them hold what.
        valve: the valve of every line that names none, or None.
        reading: how values are written; the default is a decimal point and no further missing codes.
        units: label, valve_measurement or measurement -> the unit of its lines that give none. They are used up here:
            the plan of the wide table needs no units.
        spill: opens a file for what does not fit into `most_bytes` of memory (see `store`); None keeps everything
            there.
        of_valves: columns that hold names of valves and are not used.
    Raises:
        UsageError: when a named column is not there, or the rule for repeats or the valve is unknown.

    >>> how = LongColumns("study", "label", "value", "unit", None)
    >>> pivot = Pivot(["study", "label", "value", "unit"], how, None)
    >>> pivot.add({"id": pa.array(["7", "7"]), "name": pa.array(["MR VC", "MR ERO"]),
    ...            "value": pa.array(["6", "0.40"]), "unit": pa.array(["mm", "cm²"])}, np.array([2, 3]))
    >>> pivot.finish().table.to_pylist()
    [{'study': '7', 'mitral_vena_contracta_width_mm': '6', 'mitral_eroa_cm2': '0.40'}]
    """

    def __init__(
        self, header: Sequence[str], how: LongColumns, valve: str | None, reading: CellFormat | None = None,
        units: Mapping[str, str] | None = None, spill: Callable[[], SpillFile] | None = None,
        most_bytes: int | None = None, of_valves: Sequence[str] = (),
    ) -> None:  # fmt: skip
        if valve is not None:
            check_valve(valve)
        self.how = how
        #: role -> index of its column: what `add` wants
        self.places = how.places(header)
        self._kept_labels = tuple(name for name in how.keep if name not in header)
        self._reading, self._units = reading or CellFormat(), dict(units or {})
        self._kinds = Kinds(Labels(valve, self._reading, self._units))
        facts = [Fact(role=f"study {name}") for name in (*how.of_a_study, *how.keep) if name in header]
        facts += [Fact(label=name) for name in self._kept_labels]
        self._coder = Coder(how, tuple(facts), self._kinds, self._reading)
        self._store = BlockStore(spill, most_bytes)
        self._spill = spill
        self._of_valves = () if valve is not None or how.valve is not None else tuple(of_valves)
        self._rows = 0
        self._every, self._present = Census.empty(), Census.empty()
        self._nameless, self._of_no_study = _Unplaced(0, []), _Unplaced(0, [])

    @property
    def labels(self) -> frozenset[str]:
        """The labels that were met and are measurements."""
        return frozenset(kind.label for kind in self._kinds if kind.meaning.measurement)

    def code(self, cells: Mapping[str, pa.Array], lines: NDArray[np.int64]) -> Chunk:
        """A chunk coded: the column of every role in `places`, and the line in the file of each of its rows. It may be
        done in any thread, and `take` wants the chunks in their order."""
        return self._coder.code(cells, np.asarray(lines, np.int64))

    def take(self, chunk: Chunk) -> None:
        """Take the next chunk."""
        for census, own in ((self._every, chunk.every), (self._present, chunk.present)):
            own.first[own.first >= 0] += self._rows
            census.add(own)
        chunk.block.studies.numbers[:] += self._rows
        self._rows += chunk.rows
        self._nameless.add(chunk.nameless)
        self._of_no_study.add(chunk.of_no_study)
        self._store.add(chunk.block)

    def add(self, cells: Mapping[str, pa.Array], lines: NDArray[np.int64]) -> None:
        """Code a chunk and take it."""
        self.take(self.code(cells, lines))

    def wide(self) -> WideTable:
        """The wide table of everything added; asked for once.

        Raises UsageError when no label is a measurement, or lines of one id are of several studies.
        """
        self._check_names_used()
        columns = wide_columns(self._kinds, self._every, self._present)
        if not columns:
            raise UsageError(self._nothing())
        issues = [
            *self._of_no_study.issue("study", self.how.id or "", ERROR),
            *self._nameless.issue("measurement", self.how.name, WARNING),
            *unused_labels(self._kinds, self._every, self._kept_labels),
            *language_issues(self._kinds, self._every, self.how.name),
            *unit_issues(columns, self._present),
        ]
        widener = Widener(columns, len(self._kinds), self.how.repeats, self._reading)
        return WideTable(self.how, self._kept_labels, widener, self._store, issues, self._spill)

    def finish(self) -> Wide:
        """The wide table at once."""
        wide = self.wide()
        pieces = list(wide.pieces())
        issues, before = list(wide.issues), 0
        for piece in pieces:
            issues += [replace(issue, row=before + (issue.row or 0)) for issue in piece.issues]
            before += len(piece)
        return Wide(
            wide.header,
            pa.concat_tables([wide.schema.empty_table(), *(piece.table for piece in pieces)]).combine_chunks(),
            np.concatenate([np.empty(0, np.int64), *(piece.lines for piece in pieces)]),
            sorted(issues, key=lambda issue: issue.line),
        )

    def _check_names_used(self) -> None:
        met = [self._kinds[place] for place in self._every.met()]
        usable = {name for kind in met if kind.meaning.measurement for name in names_of(kind.meaning, kind.label)}
        for name in self._units:
            if name not in usable:
                raise UsageError(f"there is no label or measurement {name!r}.{nearest(name, usable)}", about="units")
        labels = {kind.label for kind in met}
        for name in self._kept_labels:
            if name not in labels:
                raise UsageError(f"there is no column or label {name!r}.{nearest(name, labels)}", about="keep")

    def _nothing(self) -> str:
        kinds = [self._kinds[place] for place in self._every.met()]
        labels = ", ".join(repr(label) for label in dict.fromkeys(kind.label for kind in kinds[:MOST_LINES]))
        reasons = [kind.meaning.problem for kind in kinds if kind.meaning.severity in (ERROR, WARNING)]
        why = f". The first: {reasons[0]}" if reasons else f"; give {option('name')} if they stand elsewhere"
        if self._of_valves:
            name = self._of_valves[0]
            why += f". Column {name!r} holds names of valves: use it with {option('valve_column', name)}"
        return (
            f"no label in column {self.how.name!r} is a measurement used for grading (found: {labels or 'none'}){why}"
        )
