"""Records of a CSV file: their cells by column, and their original bytes with results spliced behind them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from grading.csvfile import DELIMITERS, Dialect, Layout, Piece
from grading.errors import UsageError
from grading.issues import as_bytes

#: texts by code, and the code of every row
Texts = tuple[pa.Array, NDArray[np.integer]]


def read_cells(piece: Piece, wanted: Sequence[int] | None = None) -> tuple[dict[int, pa.Array], int]:
    """The wanted columns (default: all) as dictionary-encoded text, and how many of their distinct cells were not in
    the file's encoding.

    As many rows as records, or a UsageError that names the line.
    """
    layout = piece.layout
    if b'"' in piece.data:
        _refuse_stray_quotes(piece, layout)
    table = _parse(piece, layout, range(len(layout.header)) if wanted is None else wanted)
    if table.num_rows != len(piece.kept):
        lines = piece.lines()
        raise UsageError(
            f"{layout.name}: lines {lines[0]}-{lines[-1]}: a quote or carriage return in a cell breaks the rows "
            f"({table.num_rows} rows where {len(lines)} lines were counted); put such cells in quotes"
        )
    columns, foreign = {}, 0
    for name in table.column_names:
        column = table.column(name)
        whole = column.chunk(0) if column.num_chunks == 1 else column.unify_dictionaries().combine_chunks()
        texts, count = decoded(whole.dictionary, layout.dialect)
        columns[int(name)] = pa.DictionaryArray.from_arrays(whole.indices, texts)
        foreign += count
    return columns, foreign


def _parse(piece: Piece, layout: Layout, wanted: Sequence[int]) -> pa.Table:
    names = [str(i) for i in range(len(layout.header))]
    if not len(piece.kept):
        return pa.table({str(i): pa.array([], pa.binary()).dictionary_encode() for i in wanted})
    ragged: list[tuple[int | None, int]] = []

    def remember(row: pacsv.InvalidRow) -> str:
        ragged.append((row.number, row.actual_columns))
        return "error"

    try:
        return pacsv.read_csv(
            pa.py_buffer(piece.data),
            read_options=pacsv.ReadOptions(column_names=names, block_size=len(piece.data) + 1, use_threads=False),
            parse_options=pacsv.ParseOptions(
                delimiter=layout.dialect.delimiter, newlines_in_values=True, ignore_empty_lines=True,
                invalid_row_handler=remember,
            ),
            convert_options=pacsv.ConvertOptions(
                include_columns=[str(i) for i in wanted] or names[:1], strings_can_be_null=False, null_values=[],
                column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.binary())),
            ),
        )  # fmt: skip
    except pa.ArrowInvalid as error:
        if not ragged:
            raise UsageError(f"{layout.name}: near line {piece.line}: {error}") from error
        number, found = ragged[0]
        lines = piece.lines()
        line = lines[number - 1] if number is not None and number <= len(lines) else lines[0]
        raise UsageError(
            f"{layout.name}: line {line} has {found} cells, the header has {len(names)}; is a cell with a "
            f"{DELIMITERS.get(layout.dialect.delimiter, 'delimiter')} in it not in quotes?"
        ) from error


def _refuse_stray_quotes(piece: Piece, layout: Layout) -> None:
    """A quote may open or close a cell, or stand doubled in a quoted one; elsewhere it would move what is behind it."""
    view = np.frombuffer(piece.data, np.uint8)
    quotes = np.flatnonzero(view == 34)
    beside = np.frombuffer(layout.dialect.delimiter.encode() + b'\r\n"', np.uint8)
    opening, closing = quotes[0::2], quotes[1::2]
    stray = np.concatenate([
        opening[(opening > 0) & ~np.isin(view[opening - 1], beside)],
        closing[(closing < len(view) - 1) & ~np.isin(view[np.minimum(closing + 1, len(view) - 1)], beside)],
    ])  # fmt: skip
    if len(stray):
        line = piece.line + piece.data.count(b"\n", 0, int(stray.min()))
        raise UsageError(
            f"{layout.name}: line {line}: a quote inside a cell; put the whole cell in quotes and double those in it"
        )


def decoded(texts: pa.Array, dialect: Dialect) -> tuple[pa.Array, int]:
    """Cells as text, and how many were not in the file's encoding: those are taken as Windows-1252, or, where the user
    declared the encoding, hold a replacement sign that no number or word has."""
    if dialect.encoding.casefold() in ("utf-8", "utf8"):
        try:
            return texts.cast(pa.string()), 0
        except pa.ArrowInvalid:
            pass
    read, foreign = [], 0
    for cell in texts.to_pylist():
        try:
            read.append(cell.decode(dialect.encoding))
        except UnicodeDecodeError:
            foreign += 1
            read.append(cell.decode(dialect.encoding if dialect.declared else "cp1252", "replace"))
    return pa.array(read, pa.string()), foreign


def encoded(texts: pa.Array, encoding: str) -> pa.Array:
    """Text as bytes of an encoding; what it cannot say becomes '?'."""
    if encoding.casefold() in ("utf-8", "utf8") or pc.all(pc.string_is_ascii(texts)).as_py() is not False:
        return texts.cast(pa.binary())
    return pa.array([text.encode(encoding, "replace") for text in texts.to_pylist()], pa.binary())


def splice(piece: Piece, columns: Sequence[Texts]) -> pa.Buffer:
    """The piece's records with result cells (bytes, quoted, each behind its delimiter) behind them, each with its own
    line end.

    The last record of a file may lack a line end; it gets one.
    """
    offsets = np.empty(2 * len(piece.ends) + 1, np.int32)
    offsets[0], offsets[1::2], offsets[2::2] = 0, piece.bodies, piece.ends
    parts = pa.Array.from_buffers(
        pa.binary(), 2 * len(piece.ends), [None, pa.py_buffer(offsets), pa.py_buffer(piece.data)]
    )
    pool = [parts, pa.array([b"\n"], pa.binary())]
    base = len(parts) + 1
    order = np.empty((len(piece.kept), len(columns) + 2), np.int32)
    order[:, 0], order[:, -1] = 2 * piece.kept, 2 * piece.kept + 1
    for place, (texts, codes) in enumerate(columns, 1):
        order[:, place] = codes
        order[:, place] += base
        pool.append(texts)
        base += len(texts)
    if len(order) and piece.bodies[-1] == piece.ends[-1]:
        order[-1, -1] = len(parts)
    # with wide offsets, taking is three times as fast: the size of the result is not guessed
    return as_bytes(pa.concat_arrays(pool).cast(pa.large_binary()).take(pa.array(order.ravel())))
