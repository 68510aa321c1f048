"""Cells that a spreadsheet would run as formulas found in the bytes of a file, and an apostrophe before each."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from grading.formats.csv_piece import NEWLINE, QUOTE, RETURN, CsvPiece
from grading.formats.csv_text import FORMULA_SIGNS, HARMLESS

_APOSTROPHE = ord("'")
_SIGNS = np.zeros(256, np.bool_)
_SIGNS[[ord(sign) for sign in FORMULA_SIGNS]] = True


def formula_places(data: bytes, delimiter: str) -> NDArray[np.int64]:
    """Where in whole records the text of a cell begins that would run: after its quote, where it has one.

    >>> formula_places(b'a,=1+1,"=2","x,=3",-5,-5+cmd\\n', ",").tolist()
    [2, 8, 22]
    """
    mark = ord(delimiter)
    view = np.concatenate([np.full(2, NEWLINE, np.uint8), np.frombuffer(data, np.uint8)])
    places = np.flatnonzero(_SIGNS[view[2:]])
    sign, before, earlier = view[places + 2], view[places + 1], view[places]
    quoted = (before == QUOTE) & _ends_cell(earlier, mark)
    starts = (quoted | _ends_cell(before, mark)) & (sign != mark)
    # a carriage return that ends a line is no text
    following = np.append(view, np.full(1, NEWLINE, np.uint8))[places + 3]
    starts &= (sign != RETURN) | (following != NEWLINE)
    places, quoted = places[starts], quoted[starts]
    quotes = np.flatnonzero(view[2:] == QUOTE)
    outside = np.searchsorted(quotes, places - quoted) % 2 == 0
    end = rb"([\r\n" + re.escape(delimiter.encode()) + rb"]|\Z)"
    bare, in_quotes = (re.compile(HARMLESS.encode() + quote + end) for quote in (b"", b'"'))
    found = zip(places[outside].tolist(), quoted[outside].tolist(), strict=True)
    runs = [place for place, has_quote in found if not (in_quotes if has_quote else bare).match(data, place)]
    return np.array(runs, np.int64)


def _ends_cell(marks: NDArray[np.uint8], delimiter: int) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (marks == delimiter) | (marks == NEWLINE)
    return found


def neutralised(data: bytes, places: NDArray[np.int64]) -> bytes:
    """The bytes with an apostrophe at each place."""
    return np.insert(np.frombuffer(data, np.uint8), places, _APOSTROPHE).tobytes()


def safe_bytes(data: bytes, delimiter: str) -> bytes:
    """Whole records in which no cell runs."""
    return neutralised(data, formula_places(data, delimiter))


def safe_piece(piece: CsvPiece) -> CsvPiece:
    """A piece of a file in which no cell runs."""
    places = formula_places(piece.data, piece.layout.dialect.delimiter)
    if not len(places):
        return piece
    bodies, ends, inner = (cuts + np.searchsorted(places, cuts) for cuts in (piece.bodies, piece.ends, piece.inner))
    return replace(piece, data=neutralised(piece.data, places), bodies=bodies, ends=ends, inner=inner)
