"""Result columns as cells of a CSV file, each behind its delimiter, and whole tables as its lines."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grading.errors import UsageError
from grading.formats.csv_cells import Texts, encoded
from grading.formats.csv_text import as_bytes, quoted, runs, safe
from grading.rows.coded import Coded, Values

#: a column of so few texts is put together with its neighbours, until there are so many combinations or columns
FEW_TEXTS, MOST_COMBINATIONS, MOST_TOGETHER = 64, 4_096, 32


@dataclass(frozen=True, slots=True)
class CellStyle:
    """How cells are written: the mark between them, their encoding, and whether those that a spreadsheet would run get
    an apostrophe."""

    delimiter: str
    encoding: str = "utf-8"
    excel_safe: bool = False


def result_cells(columns: Sequence[Coded | Values], style: CellStyle) -> list[Texts]:
    """Result columns as bytes, each cell behind its delimiter; neighbours of few texts as one column."""
    together: list[Texts] = []
    few: list[tuple[tuple[str, ...], NDArray[np.integer]]] = []

    def put_together() -> None:
        if few:
            together.append((_combinations(tuple(texts for texts, _ in few), style), _combined(few)))
            few.clear()

    for column in columns:
        if isinstance(column, Coded) and len(column.texts) <= FEW_TEXTS:
            texts = tuple(column.texts) if isinstance(column.texts, list) else tuple(column.texts.to_pylist())
            combinations = math.prod(len(some) for some, _ in few) * len(texts)
            if combinations > MOST_COMBINATIONS or len(few) == MOST_TOGETHER:
                put_together()
            few.append((texts, column.codes))
        else:
            put_together()
            cells, codes = _cells(column, style)
            together.append((pc.binary_join_element_wise(style.delimiter.encode(), cells, b""), codes))
    put_together()
    return together


def table_lines(table: pa.Table, columns: Sequence[Coded | Values], style: CellStyle) -> tuple[pa.Buffer, Counter[str]]:
    """A whole table with its results as lines of CSV, header aside, and how many cells of which column got an
    apostrophe. Raises UsageError for lists and other nests."""
    texts = {name: _text_column(name, table.column(place)) for place, name in enumerate(table.column_names)}
    apostrophes: Counter[str] = Counter()
    if style.excel_safe:
        apostrophes = +Counter({name: pc.sum(runs(text)).as_py() or 0 for name, text in texts.items()})
    given = [quoted(safe(text) if style.excel_safe else text, style.delimiter) for text in texts.values()]
    results = (_cells(column, style) for column in columns)
    cells = [text.cast(pa.binary()) for text in given] + [texts.take(pa.array(codes)) for texts, codes in results]
    lines = pc.binary_join_element_wise(*cells, style.delimiter.encode())
    return as_bytes(pc.binary_join_element_wise(lines, b"", b"\n")), apostrophes


def _cells(column: Coded | Values, style: CellStyle) -> Texts:
    """A result column as the bytes of CSV cells."""
    if isinstance(column, Values):
        filled = np.flatnonzero(~np.isnan(column.values))
        codes = np.zeros(len(column.values), np.int32)
        codes[filled] = np.arange(1, len(filled) + 1)
        numbers = pa.array(column.values[filled]).cast(pa.string())
        return pa.concat_arrays([pa.array([""]), numbers]).cast(pa.binary()), codes
    texts = pa.array(column.texts, pa.string())
    texts = safe(texts) if style.excel_safe else texts
    return encoded(quoted(texts, style.delimiter), style.encoding), column.codes


@lru_cache(maxsize=256)
def _combinations(texts: tuple[tuple[str, ...], ...], style: CellStyle) -> pa.Array:
    """Every combination of a text of each column, as CSV cells, each behind its delimiter."""
    sizes = [len(some) for some in texts]
    places = np.unravel_index(np.arange(math.prod(sizes)), sizes)
    columns = [Coded("", place, list(some)) for place, some in zip(places, texts, strict=True)]
    cells = [texts.take(pa.array(codes)) for texts, codes in (_cells(column, style) for column in columns)]
    return pc.binary_join_element_wise(b"", *cells, style.delimiter.encode())


def _combined(columns: Sequence[tuple[tuple[str, ...], NDArray[np.integer]]]) -> NDArray[np.int32]:
    """The place of every row's combination in `_combinations`."""
    codes = columns[0][1].astype(np.int32)
    for texts, more in columns[1:]:
        codes *= np.int32(len(texts))
        codes += more
    return codes


def _text_column(name: str, column: pa.ChunkedArray) -> pa.Array:
    """A column of any table as CSV cells. Raises UsageError for lists and other nests."""
    try:
        return pc.fill_null(column.combine_chunks().cast(pa.string()), "")
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UsageError(f"column {name!r} holds {column.type}, which a CSV file cannot; write to .parquet") from error
