"""Whole records of a CSV file as original bytes: where they end, on which lines they stand, and what would move their
cells."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from grading.errors import UsageError

NEWLINE, RETURN, QUOTE = b'\n\r"'
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written.

    `encoding` is that of the cells as they are spliced; a UTF-16 file is spliced as UTF-8 and `recoded` on the way
    out. `declared`: the user named the encoding, so that a cell in another one is an error.
    """

    delimiter: str
    encoding: str
    declared: bool = False
    recoded: str = ""

    def text(self) -> str:
        """'comma between cells, utf-8'."""
        mark = DELIMITERS.get(self.delimiter, repr(self.delimiter))
        return f"{mark} between cells, {self.recoded or self.encoding}"


@dataclass(frozen=True, slots=True)
class Layout:
    """What is needed to read a piece of a file: its name for sentences, how it is written, its header."""

    name: str
    dialect: Dialect
    header: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CsvPiece:
    """Whole records of a file: their bytes, where each body (without its line end) and each record ends, the newlines
    inside cells, which are no blank lines, how many rows stand before them, and the line of the first."""

    layout: Layout
    data: bytes
    bodies: NDArray[np.int64]
    ends: NDArray[np.int64]
    inner: NDArray[np.int64]
    kept: NDArray[np.int64]
    row: int
    line: int

    def __len__(self) -> int:
        return len(self.kept)

    @property
    def size(self) -> int:
        """Bytes of input."""
        return len(self.data)

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each record begins."""
        return np.concatenate([np.zeros(1, np.int64), self.ends[:-1]])

    def head(self, rows: int) -> CsvPiece:
        """The first rows of the piece, as a piece."""
        if rows >= len(self):
            return self
        last = int(self.kept[rows])
        bodies, ends = self.bodies[:last], self.ends[:last]
        data = self.data[: int(ends[-1])] if last else b""
        inner = self.inner[self.inner < len(data)]
        return replace(self, data=data, bodies=bodies, ends=ends, inner=inner, kept=self.kept[:rows])

    def lines(self) -> NDArray[np.int64]:
        """The line of every kept record in its file."""
        found: NDArray[np.int64] = self.line + self.kept
        return found + np.searchsorted(self.inner, self.starts[self.kept]) if len(self.inner) else found


def record_ends(data: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each record ends (after its newline), and the newlines that end none, for they stand inside quotes."""
    view = np.frombuffer(data, np.uint8)
    marked = view == NEWLINE
    if b'"' not in data:
        return np.flatnonzero(marked) + 1, np.empty(0, np.int64)
    marked |= view == QUOTE
    places = np.flatnonzero(marked)
    quotes = view[places] == QUOTE
    inside = np.logical_xor.accumulate(quotes)
    return places[~(quotes | inside)] + 1, places[~quotes & inside]


def refuse_strays(data: bytes, delimiter: str, name: str, line: int) -> None:
    """Refuse what would move the cells behind it: a quote that neither opens nor closes a cell nor stands doubled in a
    quoted one, and a carriage return outside quotes that ends no line. `line` is that of the first byte."""
    view = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(view == QUOTE) if b'"' in data else np.empty(0, np.int64)
    if len(quotes):
        beside = np.zeros(256, np.bool_)
        beside[list(delimiter.encode() + b'\r\n"')] = True
        opening, closing = quotes[0::2], quotes[1::2]
        stray = np.concatenate([
            opening[(opening > 0) & ~beside[view[opening - 1]]],
            closing[(closing < len(view) - 1) & ~beside[view[np.minimum(closing + 1, len(view) - 1)]]],
        ])  # fmt: skip
        if len(stray):
            line += data.count(b"\n", 0, int(stray.min()))
            said = "a quote inside a cell; put the whole cell in quotes and double those in it"
            raise UsageError(f"{name}: line {line}: {said}")
    if b"\r" in data:
        returns = np.flatnonzero(view == RETURN)
        ends_line = (returns < len(view) - 1) & (view[np.minimum(returns + 1, len(view) - 1)] == NEWLINE)
        stray = returns[~ends_line & (np.searchsorted(quotes, returns) % 2 == 0)]
        if len(stray):
            line += data.count(b"\n", 0, int(stray[0]))
            said = "a carriage return that ends no line; put its cell in quotes, or save the file as CSV UTF-8"
            raise UsageError(f"{name}: line {line}: {said}")
