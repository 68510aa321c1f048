"""Cells that a spreadsheet would run as formulas found in the bytes of a file, and an apostrophe before each."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from grading.formats.csv_cells import decoded
from grading.formats.csv_piece import NEWLINE, QUOTE, RETURN, CsvPiece, Dialect
from grading.formats.csv_text import FORMULA_STARTS, runs

_APOSTROPHE = ord("'")
_LINE_ENDS = (NEWLINE, RETURN)


@cache
def _first_bytes(encoding: str) -> NDArray[np.bool_]:
    """The bytes that what a spreadsheet runs can begin with."""
    first = np.zeros(256, np.bool_)
    # what an encoding cannot say becomes '?', which runs nothing
    first[[start.encode(encoding, "replace")[0] for start in FORMULA_STARTS]] = True
    return first


def formula_places(data: bytes, dialect: Dialect) -> NDArray[np.int64]:
    """Where in whole records the text of a cell begins that would run: after its quote, where it has one.

    >>> formula_places(b'a,=1+1,"=2","x,=3",-5,-5+cmd\\n', Dialect(",", "utf-8")).tolist()
    [2, 8, 22]
    """
    mark = ord(dialect.delimiter)
    view = np.concatenate([np.full(2, NEWLINE, np.uint8), np.frombuffer(data, np.uint8)])
    places = np.flatnonzero(_first_bytes(dialect.encoding)[view[2:]])
    sign, before, earlier = view[places + 2], view[places + 1], view[places]
    quoted = (before == QUOTE) & _ends_cell(earlier, mark)
    # bare, a delimiter or the end of a line is no text of a cell
    starts = quoted | (_ends_cell(before, mark) & (sign != mark) & ~np.isin(sign, _LINE_ENDS))
    places, quoted = places[starts], quoted[starts]
    quotes = np.flatnonzero(view[2:] == QUOTE)
    outside = np.searchsorted(quotes, places - quoted) % 2 == 0
    places, quoted = places[outside], quoted[outside]
    marks = np.flatnonzero(_ends_cell(view[2:], mark) | np.isin(view[2:], (QUOTE, RETURN)))
    ends = np.where(quoted, _following(quotes, places, len(data)), _following(marks, places, len(data)))
    # a doubled quote is part of the text, which then is no number
    ends += quoted & (np.append(view, (NEWLINE, NEWLINE))[ends + 3] == QUOTE)
    formulas: NDArray[np.bool_] = runs(decoded(_texts(data, places, ends), dialect)).to_numpy(zero_copy_only=False)
    found: NDArray[np.int64] = places[formulas]
    return found


def _ends_cell(marks: NDArray[np.uint8], delimiter: int) -> NDArray[np.bool_]:
    ends: NDArray[np.bool_] = (marks == delimiter) | (marks == NEWLINE)
    return ends


def _following(marks: NDArray[np.int64], places: NDArray[np.int64], end: int) -> NDArray[np.int64]:
    """The first mark at or after each place."""
    following: NDArray[np.int64] = np.append(marks, end)[np.searchsorted(marks, places)]
    return following


def _texts(data: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> pa.Array:
    """Some stretches of the bytes, none of which reaches into the next."""
    cuts = np.zeros(2 * len(starts) + 1, np.int32)
    cuts[1::2], cuts[2::2] = starts, ends
    stretches = pa.Array.from_buffers(pa.binary(), 2 * len(starts), [None, pa.py_buffer(cuts), pa.py_buffer(data)])
    return stretches.take(pa.array(np.arange(1, 2 * len(starts), 2)))


def neutralised(data: bytes, places: NDArray[np.int64]) -> bytes:
    """The bytes with an apostrophe at each place."""
    return np.insert(np.frombuffer(data, np.uint8), places, _APOSTROPHE).tobytes()


def safe_bytes(data: bytes, dialect: Dialect) -> tuple[bytes, int]:
    """Whole records in which no cell runs, and how many got an apostrophe."""
    places = formula_places(data, dialect)
    return neutralised(data, places), len(places)


def safe_piece(piece: CsvPiece) -> tuple[CsvPiece, Counter[str]]:
    """A piece of a file in which no cell runs, and how many cells of which column got an apostrophe."""
    places = formula_places(piece.data, piece.layout.dialect)
    if not len(places):
        return piece, Counter()
    bodies, ends, inner = (cuts + np.searchsorted(places, cuts) for cuts in (piece.bodies, piece.ends, piece.inner))
    columns = _columns(piece, places)
    counts = Counter({piece.layout.header[i]: n for i, n in enumerate(np.bincount(columns).tolist()) if n})
    return replace(piece, data=neutralised(piece.data, places), bodies=bodies, ends=ends, inner=inner), counts


def _columns(piece: CsvPiece, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """The column of the cell at each place: how many delimiters outside quotes stand before it in its record."""
    view = np.frombuffer(piece.data, np.uint8)
    quotes = np.flatnonzero(view == QUOTE)
    marks = np.flatnonzero(view == ord(piece.layout.dialect.delimiter))
    marks = marks[np.searchsorted(quotes, marks) % 2 == 0]
    begins = piece.starts[np.searchsorted(piece.ends, places, "right")]
    columns: NDArray[np.int64] = np.searchsorted(marks, places) - np.searchsorted(marks, begins)
    return columns
