"""Texts as they must stand in a CSV file: quoted, and on request so that a spreadsheet runs none of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: what a cell begins with that a spreadsheet runs
FORMULA_SIGNS = ("=", "+", "@", "\t", "\r", "-")


#: a number, or nothing but signs, runs nothing
HARMLESS = r"[+-]+\s*(([0-9]+[.,]?[0-9]*|[.,][0-9]+)([eE][+-]?[0-9]+)?\s*)?"


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
    signs = pc.match_substring_regex(texts, f"^[{''.join(FORMULA_SIGNS)}]")
    runs = pc.and_(signs, pc.invert(pc.match_substring_regex(texts, f"^{HARMLESS}$")))
    return pc.if_else(runs, pc.binary_join_element_wise("'", texts, ""), texts)
