"""Texts as they must stand in a CSV file: quoted, and on request so that a spreadsheet runs none of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: a mark that no reader sees, which a spreadsheet drops before it looks at the cell
_UNSEEN: Final = "\ufeff"
#: what a cell begins with that a spreadsheet runs, the full-width signs of East Asian keyboards too
_SIGNS: Final = "=+@\t\r\n＝＋－＠-"  # the hyphen last: in brackets it would mean a range
#: every character that a cell which runs can begin with
FORMULA_STARTS: Final = (_UNSEEN, *_SIGNS)
_FORMULA: Final = f"^{_UNSEEN}*[{_SIGNS}]"
#: a number, or nothing but signs, runs nothing
_HARMLESS: Final = r"^[+-]+\s*(([0-9]+[.,]?[0-9]*|[.,][0-9]+)([eE][+-]?[0-9]+)?\s*)?$"


def _cell(texts: pa.Array, excel_safe: bool) -> pa.Array:
    return quoted(safe(texts) if excel_safe else texts, ",")


def csv_lines(columns: Sequence[pa.Array], excel_safe: bool) -> pa.Array:
    """Lines of an issues file from its columns, each with its line end."""
    cells = [_cell(column, excel_safe) for column in columns]
    return pc.binary_join_element_wise(pc.binary_join_element_wise(*cells, ","), "", "\n")


def quoted(texts: pa.Array, delimiter: str) -> pa.Array:
    """Texts as they must stand in a CSV file."""
    data = bytes(as_bytes(texts))
    marks = [mark for mark in ('"', delimiter, "\n", "\r") if mark.encode() in data]
    if not marks:
        return texts
    special = reduce(pc.or_, (pc.match_substring(texts, mark) for mark in marks))
    inner = pc.replace_substring(texts, '"', '""') if '"' in marks else texts
    return pc.if_else(special, pc.binary_join_element_wise('"', inner, '"', ""), texts)


def as_bytes(texts: pa.Array) -> pa.Buffer:
    """All texts of an array, one behind the other."""
    if not len(texts):
        return pa.py_buffer(b"")
    _, offsets, data = texts.buffers()
    wide = pa.types.is_large_binary(texts.type)
    bounds = np.frombuffer(offsets, np.int64 if wide else np.int32)
    first, last = bounds[[texts.offset, texts.offset + len(texts)]].tolist()
    return data.slice(first, last - first) if data is not None else pa.py_buffer(b"")


def safe_text(text: str) -> str:
    """`safe` for one cell.

    >>> safe_text("=1+1"), safe_text("-5")
    ("'=1+1", '-5')
    """
    return str(safe(pa.array([text]))[0])


def safe(texts: pa.Array) -> pa.Array:
    """Cells with an apostrophe before those that a spreadsheet would run; numbers stay as they are."""
    return pc.if_else(runs(texts), pc.binary_join_element_wise("'", texts, ""), texts)


def runs(texts: pa.Array) -> pa.BooleanArray:
    """True for cells that a spreadsheet would run."""
    harmless = pc.match_substring_regex(texts, _HARMLESS)
    return pc.and_(pc.match_substring_regex(texts, _FORMULA), pc.invert(harmless))
