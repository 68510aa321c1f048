"""The work on one piece of a file: its rows graded and written, wherever it is done: a thread, or another machine."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grading.batch.doubts import settled
from grading.columns.cells import as_text
from grading.errors import UsageError
from grading.formats.csv_cells import Texts, encoded, read_cells, splice
from grading.formats.csv_piece import CsvPiece
from grading.formats.csv_text import as_bytes, quoted, safe
from grading.formats.formula_cells import safe_piece
from grading.longtable.widen import Doubt
from grading.rows.coded import Coded, Values
from grading.rows.grader import Graded, Grader
from grading.rows.issues import Issues
from grading.rows.result_columns import STATUSES


@dataclass(frozen=True, slots=True)
class TablePiece:
    """Rows of a table that is no CSV file: how many stand before them, their lines, issues and doubts where they have
    some, and the file they came from."""

    table: pa.Table
    row: int
    name: str
    lines: NDArray[np.int64] | None = None
    issues: tuple[Issues, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @property
    def size(self) -> int:
        """Bytes of input, about."""
        return int(self.table.nbytes)


Work: TypeAlias = CsvPiece | TablePiece

#: a column of so few texts is put together with its neighbours, until there are so many combinations
FEW_TEXTS, MOST_COMBINATIONS = 64, 4_096


def cells_of(piece: Work, wanted: Sequence[int]) -> dict[int, pa.Array]:
    """Some columns of a piece by index, as they are there; a CSV file's as text. Raises UsageError for no table."""
    if isinstance(piece, CsvPiece):
        return read_cells(piece, wanted)[0]
    return {index: piece.table.column(index).combine_chunks() for index in wanted}


@dataclass(slots=True)
class GradedPiece:
    """What came of one piece: the graded rows as bytes or as a table, the lines of the issues file, and counts."""

    rows: int
    size: int
    graded: pa.Buffer | pa.Table
    issues: pa.Buffer
    statuses: Counter[str]
    grades: dict[str, Counter[str]] = field(default_factory=dict)
    severities: dict[str, int] = field(default_factory=dict)
    refused: dict[str, set[float]] = field(default_factory=dict)
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class PieceGrader:
    """How every piece of a run is graded and written.

    `several`: the input is several files, issues name theirs. `numbers`: columns in which nothing but numbers has been
    met so far, which are read faster; what is said of them is the same.
    """

    grader: Grader
    to_parquet: bool
    delimiter: str
    excel_safe: bool
    several: bool
    numbers: set[int]

    def apply(self, piece: Work) -> GradedPiece:
        """Grade one piece. Raises UsageError where it is no table."""
        if isinstance(piece, CsvPiece):
            cells, foreign = read_cells(piece) if self.to_parquet else read_cells(piece, self._wanted(), self.numbers)
            graded = self.grader.grade(cells.__getitem__, len(piece))
            texts = [as_text(cells[i]) for i in sorted(cells)] if self.to_parquet else []
            table = pa.table(texts, list(piece.layout.header)) if self.to_parquet else None
            return self._outcome(piece, graded, table, foreign)
        table, issues = settled(piece.table, piece.issues, piece.doubts, self.grader)
        graded = self.grader.grade(lambda i: table.column(i).combine_chunks(), len(piece), issues)
        return self._outcome(piece, graded, table, False)

    def _wanted(self) -> list[int]:
        plan = self.grader.plan
        wanted = {column.index for column in plan.columns}
        return sorted(wanted | ({plan.valve_column.index} if plan.valve_column else set()))

    def _outcome(self, piece: Work, graded: Graded, table: pa.Table | None, foreign: bool) -> GradedPiece:
        written: pa.Buffer | pa.Table
        if self.to_parquet:
            assert table is not None
            written = _with_results(table, graded.columns)
        elif isinstance(piece, CsvPiece):
            fused = self._fused(graded.columns, piece.layout.dialect.encoding)
            written = splice(safe_piece(piece) if self.excel_safe else piece, fused)
        else:
            assert table is not None
            written = self._as_csv(table, graded.columns)
        return GradedPiece(
            len(piece), piece.size, written, self._issue_lines(piece, graded),
            Counter({STATUSES[i]: n for i, n in enumerate(np.bincount(graded.status).tolist()) if n}),
            {c.name: _counts(c) for c in graded.columns if isinstance(c, Coded) and is_grade(c.name)},
            graded.issues.by_severity(), graded.refused, foreign,
        )  # fmt: skip

    def _issue_lines(self, piece: Work, graded: Graded) -> pa.Buffer:
        if not len(graded.issues):
            return pa.py_buffer(b"")
        lines = piece.lines() if isinstance(piece, CsvPiece) else piece.lines
        name = piece.layout.name if isinstance(piece, CsvPiece) else piece.name
        said = graded.issues.csv(piece.row, lines, name if self.several else "", self.excel_safe)
        return as_bytes(said)

    def _fused(self, columns: Sequence[Coded | Values], encoding: str) -> list[Texts]:
        """Result columns as CSV cells, each behind its delimiter; neighbours of few texts as one column."""
        style = (self.delimiter, encoding, self.excel_safe)
        fused: list[Texts] = []
        few: list[tuple[tuple[str, ...], NDArray[np.integer]]] = []

        def put_together() -> None:
            if few:
                fused.append((_combinations(tuple(texts for texts, _ in few), *style), _combined(few)))
                few.clear()

        for column in columns:
            if isinstance(column, Coded) and len(column.texts) <= FEW_TEXTS:
                texts = tuple(column.texts) if isinstance(column.texts, list) else tuple(column.texts.to_pylist())
                if math.prod(len(some) for some, _ in few) * len(texts) > MOST_COMBINATIONS:
                    put_together()
                few.append((texts, column.codes))
            else:
                put_together()
                made, codes = _cells(column, *style)
                fused.append((pc.binary_join_element_wise(self.delimiter.encode(), made, b""), codes))
        put_together()
        return fused

    def _as_csv(self, table: pa.Table, columns: Sequence[Coded | Values]) -> pa.Buffer:
        """A whole table as CSV lines, header aside. Raises UsageError for lists and other nests."""
        texts = [_text_column(name, table.column(name)) for name in table.column_names]
        given = [quoted(safe(text) if self.excel_safe else text, self.delimiter) for text in texts]
        made = [
            texts.take(pa.array(codes))
            for texts, codes in (_cells(c, self.delimiter, "utf-8", self.excel_safe) for c in columns)
        ]
        cells = (text.cast(pa.binary()) for text in (*given, *made))
        lines = pc.binary_join_element_wise(*cells, self.delimiter.encode())
        return as_bytes(pc.binary_join_element_wise(lines, b"", b"\n"))


def _cells(column: Coded | Values, delimiter: str, encoding: str, excel_safe: bool) -> Texts:
    """A result column as the bytes of CSV cells."""
    if isinstance(column, Values):
        filled = np.flatnonzero(~np.isnan(column.values))
        codes = np.zeros(len(column.values), np.int32)
        codes[filled] = np.arange(1, len(filled) + 1)
        numbers = pa.array(column.values[filled]).cast(pa.string())
        return pa.concat_arrays([pa.array([""]), numbers]).cast(pa.binary()), codes
    texts = pa.array(column.texts, pa.string())
    texts = safe(texts) if excel_safe else texts
    return encoded(quoted(texts, delimiter), encoding), column.codes


@lru_cache(maxsize=256)
def _combinations(texts: tuple[tuple[str, ...], ...], delimiter: str, encoding: str, excel_safe: bool) -> pa.Array:
    """Every combination of a text of each column, as CSV cells, each behind its delimiter."""
    sizes = [len(some) for some in texts]
    places = np.unravel_index(np.arange(math.prod(sizes)), sizes)
    columns = [Coded("", place, list(some)) for place, some in zip(places, texts, strict=True)]
    made = [
        cells.take(pa.array(codes)) for cells, codes in (_cells(c, delimiter, encoding, excel_safe) for c in columns)
    ]
    return pc.binary_join_element_wise(b"", *made, delimiter.encode())


def _combined(columns: Sequence[tuple[tuple[str, ...], NDArray[np.integer]]]) -> NDArray[np.int32]:
    """The place of every row's combination in `_combinations`."""
    codes = columns[0][1].astype(np.int32)
    for texts, more in columns[1:]:
        codes *= np.int32(len(texts))
        codes += more
    return codes


def is_grade(name: str) -> bool:
    """True for the columns whose grades are counted."""
    return name.endswith("_grade") and not name.endswith("quantitative_grade")


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


def _text_column(name: str, column: pa.ChunkedArray) -> pa.Array:
    """A column of any table as CSV cells. Raises UsageError for lists and other nests."""
    try:
        return pc.fill_null(column.combine_chunks().cast(pa.string()), "")
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UsageError(f"column {name!r} holds {column.type}, which a CSV file cannot; write to .parquet") from error
