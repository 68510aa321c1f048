"""The work on one piece of a file: its rows graded and written, wherever it is done: a thread, or another machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from grading.batch.doubts import settled
from grading.batch.result_cells import CellStyle, result_cells, table_lines
from grading.batch.tidy_file import TidyMaker, TidyPiece
from grading.columns.cells import as_text
from grading.formats.csv_cells import read_cells, splice
from grading.formats.csv_piece import CsvPiece
from grading.formats.csv_text import as_bytes
from grading.formats.formula_cells import safe_piece
from grading.longtable.doubt import Doubt
from grading.reference.measurement import VALVES
from grading.rows.coded import Coded, Values
from grading.rows.grader import Graded, Grader
from grading.rows.issues import Issues
from grading.rows.result_columns import STATUSES


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePiece:
    """Rows of a table that is no CSV file: how many stand before them, their lines, issues and doubts where they have
    some, the file they came from, and their share of its size [bytes]."""

    table: pa.Table
    row: int
    name: str
    lines: NDArray[np.int64] | None = None
    issues: tuple[Issues, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    size: int = 0

    def __len__(self) -> int:
        return int(self.table.num_rows)


Work: TypeAlias = CsvPiece | TablePiece


def cells_of(piece: Work, wanted: Sequence[int]) -> dict[int, pa.Array]:
    """Some columns of a piece by index, as they are there; a CSV file's as text. Raises UsageError for no table."""
    if isinstance(piece, CsvPiece):
        return read_cells(piece, wanted).columns
    return {index: piece.table.column(index).combine_chunks() for index in wanted}


def repeated(texts: Mapping[int, str], rows: int) -> dict[int, pa.Array]:
    """Columns of one text in every row."""
    return {index: pa.repeat(pa.scalar(text), rows) for index, text in texts.items()}


@dataclass(slots=True, kw_only=True)
class GradedPiece:
    """What came of one piece: the graded rows as bytes or as a table, the lines of the issues file, and counts.

    `apostrophes`: how many cells of which column got one, so that no spreadsheet runs them. `tidy`: the rows of the
    tidy file, where there is one.
    """

    rows: int
    size: int
    graded: pa.Buffer | pa.Table
    issues: pa.Buffer
    statuses: Counter[str]
    grades: dict[str, Counter[str]] = field(default_factory=dict)
    valve_statuses: dict[str, Counter[str]] = field(default_factory=dict)
    severities: dict[str, int] = field(default_factory=dict)
    refused: dict[str, set[float]] = field(default_factory=dict)
    accepted: dict[str, tuple[float, float]] = field(default_factory=dict)
    foreign: bool = False
    apostrophes: Counter[str] = field(default_factory=Counter)
    tidy: TidyPiece | None = None


class NumberColumns:
    """Columns in which nothing but numbers has been met so far, which are read faster; the answer is the same.

    Threads share it: what one strikes while another reads is at worst tried once more.
    """

    def __init__(self, indexes: Sequence[int] = ()) -> None:
        self.indexes = frozenset(indexes)

    def strike(self, indexes: frozenset[int]) -> None:
        """Columns that hold something else."""
        self.indexes -= indexes


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceGrader:
    """How every piece of a run is graded and written. `several`: the input is several files, issues name theirs.
    `beside`: columns behind those of the pieces, by index, and their text in every row."""

    grader: Grader
    as_tables: bool
    style: CellStyle
    several: bool
    numbers: NumberColumns
    tidy: TidyMaker | None = None
    beside: Mapping[int, str] = field(default_factory=dict)

    def apply(self, piece: Work) -> GradedPiece:
        """Grade one piece. Raises UsageError where it is no table."""
        if isinstance(piece, TablePiece):
            table, issues = settled(piece.table, piece.issues, piece.doubts, self.grader)
            beside = repeated(self.beside, len(piece))

            def cells(index: int) -> pa.Array:
                return beside[index] if index in beside else table.column(index).combine_chunks()

            graded = self.grader.grade(cells, len(piece), issues)
            tidy = self._tidy(piece, graded, cells)
            if self.as_tables:
                return self._graded(piece, graded, _with_results(table, graded.columns), tidy=tidy)
            lines, apostrophes = table_lines(table, graded.columns, self.style)
            return self._graded(piece, graded, lines, apostrophes=apostrophes, tidy=tidy)
        if self.as_tables:
            read = read_cells(piece)
            graded = self.grader.grade(self._cells(read.columns, piece), len(piece))
            texts = [as_text(read.columns[index]) for index in sorted(read.columns)]
            table = _with_results(pa.table(texts, list(piece.layout.header)), graded.columns)
            tidy = self._tidy(piece, graded, read.columns.__getitem__)
            return self._graded(piece, graded, table, foreign=read.foreign, tidy=tidy)
        read = read_cells(piece, self._wanted(), self.numbers.indexes)
        self.numbers.strike(read.no_numbers)
        graded = self.grader.grade(self._cells(read.columns, piece), len(piece))
        safe, apostrophes = safe_piece(piece) if self.style.excel_safe else (piece, Counter())
        lines = splice(safe, result_cells(graded.columns, self.style))
        tidy = self._tidy(piece, graded, read.columns.__getitem__)
        return self._graded(piece, graded, lines, foreign=read.foreign, apostrophes=apostrophes, tidy=tidy)

    def _wanted(self) -> list[int]:
        own = [index for index in self.grader.plan.indexes if index not in self.beside]
        return own if self.tidy is None else sorted({*own, *self.tidy.places})

    def _cells(self, own: Mapping[int, Any], piece: CsvPiece) -> Callable[[int], Any]:
        return {**own, **repeated(self.beside, len(piece))}.__getitem__

    def _tidy(self, piece: Work, graded: Graded, cells: Callable[[int], Any]) -> TidyPiece | None:
        if self.tidy is None:
            return None
        return self.tidy.make(self.grader.plan, self.grader.guidelines, graded, cells, piece.row)

    def _graded(self, piece: Work, graded: Graded, written: pa.Buffer | pa.Table, **counts: Any) -> GradedPiece:
        return GradedPiece(
            rows=len(piece), size=piece.size, graded=written, issues=self._issue_lines(piece, graded),
            statuses=Counter({STATUSES[i]: n for i, n in enumerate(np.bincount(graded.status).tolist()) if n}),
            grades=_counts_of(graded.columns, is_grade),
            valve_statuses=_counts_of(graded.columns, is_valve_status),
            severities=graded.issues.by_severity(), refused=graded.refused, accepted=graded.accepted, **counts,
        )  # fmt: skip

    def _issue_lines(self, piece: Work, graded: Graded) -> pa.Buffer:
        if not len(graded.issues):
            return pa.py_buffer(b"")
        lines = piece.lines() if isinstance(piece, CsvPiece) else piece.lines
        name = piece.layout.name if isinstance(piece, CsvPiece) else piece.name
        return as_bytes(graded.issues.csv(piece.row, lines, name if self.several else "", self.style.excel_safe))


def is_grade(name: str) -> bool:
    """True for the columns whose grades are counted."""
    return name.endswith("_grade") and not name.endswith("quantitative_grade")


def is_valve_status(name: str) -> bool:
    """True for the columns of the status of one valve of several."""
    return name.endswith("_status") and name.removesuffix("_status") in VALVES


def _counts_of(columns: Sequence[Coded | Values], wanted: Callable[[str], bool]) -> dict[str, Counter[str]]:
    return {c.name: _counts(c) for c in columns if isinstance(c, Coded) and wanted(c.name)}


def _counts(column: Coded) -> Counter[str]:
    counts: Counter[str] = Counter()
    for code, number in enumerate(np.bincount(column.codes).tolist()):
        if number:
            counts[column.texts[code] or "(blank)"] += number
    return counts


def _with_results(table: pa.Table, columns: Sequence[Coded | Values]) -> pa.Table:
    """The table as it was (a CSV file's as text), results as text and numbers."""
    made = {column.name: column.arrow() for column in columns}
    fields = [*table.schema, *(pa.field(name, column.type) for name, column in made.items())]
    return pa.Table.from_arrays([*table.columns, *made.values()], schema=pa.schema(fields))
