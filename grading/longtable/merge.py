"""Pieces of the wide table that came part by part, put into the order of the studies' first lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from grading.longtable.doubt import Doubt
from grading.longtable.line_issue import LineIssue
from grading.longtable.piece import WidePiece
from grading.longtable.spill import Place, SpillFile

_NUMBER, _LINE = "number of the first line", "first line"
_ISSUE, _DOUBT = ([field.name for field in fields(kind)] for kind in (LineIssue, Doubt))
_TYPES = {"row": pa.int64(), "line": pa.int64()}


class PartWriter:
    """The pieces of one part, in the order of their studies, waiting in a file."""

    def __init__(self, file: SpillFile) -> None:
        self._file = file
        self._places: list[tuple[Place, Place, Place]] = []

    def add(self, piece: WidePiece) -> None:
        """Put the next piece away."""
        table = piece.table.append_column(_NUMBER, pa.array(piece.numbers)).append_column(_LINE, pa.array(piece.lines))
        (rows,) = table.combine_chunks().to_batches(len(piece)) or [table.schema.empty_table()]
        batches = (rows, _batch(piece.issues, _ISSUE), _batch(piece.doubts, _DOUBT))
        self._places.append(tuple(map(self._file.write, batches)))  # type: ignore[arg-type]

    def pieces(self) -> Iterator[WidePiece]:
        """The pieces, one after the other."""
        for rows, issues, doubts in self._places:
            batch = self._file.read(rows)
            *columns, numbers, lines = batch.columns
            yield WidePiece(
                table=pa.table(columns, names=batch.schema.names[:-2]),
                numbers=numbers.to_numpy(), lines=lines.to_numpy(),
                issues=[LineIssue(**row) for row in self._file.read(issues).to_pylist()],
                doubts=[Doubt(**row) for row in self._file.read(doubts).to_pylist()],
            )  # fmt: skip


def _batch(rows: Sequence[Any], names: Sequence[str]) -> pa.RecordBatch:
    columns = {name: pa.array([getattr(row, name) for row in rows], _TYPES.get(name, pa.string())) for name in names}
    return pa.record_batch(columns)


@dataclass(slots=True)
class _Cursor:
    """A part that is read: the piece at hand, from which row on it is still to be given, and those that follow."""

    piece: WidePiece
    start: int
    following: Iterator[WidePiece]

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The numbers still to be given; some, but at the end of the part."""
        return self.piece.numbers[self.start :]

    def cut(self, bound: int) -> tuple[WidePiece, int, int]:
        """A piece and the rows of it up to a number, which are passed over."""
        piece, start = self.piece, self.start
        self.start = int(np.searchsorted(piece.numbers, bound, side="right"))
        cut = (piece, start, self.start)
        if self.start == len(piece) and (more := next(self.following, None)) is not None:
            self.piece, self.start = more, 0
        return cut


def merged(parts: Sequence[PartWriter], schema: pa.Schema, size: int) -> Iterator[WidePiece]:
    """The pieces of all parts as pieces in the order of their studies, of `size` rows but for the last."""
    cursors = []
    for part in parts:
        following = part.pieces()
        if (piece := next(following, None)) is not None:
            cursors.append(_Cursor(piece, 0, following))
    cuts: list[tuple[WidePiece, int, int]] = []
    missing = size
    while cursors:
        # up to the first end of what is at hand, nothing is between that was not read
        bound = min(int(cursor.numbers[-1]) for cursor in cursors)
        numbers = np.concatenate([cursor.numbers for cursor in cursors])
        numbers = numbers[numbers <= bound]
        if len(numbers) > missing:
            bound = int(np.partition(numbers, missing - 1)[missing - 1])
        cuts += [cut for cursor in cursors if cursor.numbers[0] <= bound for cut in [cursor.cut(bound)]]
        missing -= min(len(numbers), missing)
        cursors = [cursor for cursor in cursors if len(cursor.numbers)]
        if not missing or not cursors:
            yield _together(cuts, schema)
            cuts, missing = [], size


def _together(cuts: Sequence[tuple[WidePiece, int, int]], schema: pa.Schema) -> WidePiece:
    """Some rows of some pieces as one piece."""
    numbers = np.concatenate([piece.numbers[start:end] for piece, start, end in cuts])
    lines = np.concatenate([piece.lines[start:end] for piece, start, end in cuts])
    order = np.argsort(numbers)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    tables = [piece.table.slice(start, end - start) for piece, start, end in cuts]
    table = pa.concat_tables([schema.empty_table(), *tables])
    issues: list[LineIssue] = []
    doubts: list[Doubt] = []
    before = 0
    for piece, start, end in cuts:
        rows = {row: int(place[before + row - start]) for row in range(start, end)} if piece.issues else {}
        issues += [replace(one, row=rows[one.row]) for one in piece.issues if one.row in rows]
        doubts += [replace(one, row=rows[one.row]) for one in piece.doubts if one.row in rows]
        before += end - start
    return WidePiece(
        table=table.combine_chunks().take(pa.array(order)), numbers=numbers[order], lines=lines[order], issues=issues,
        doubts=doubts,
    )  # fmt: skip
