"""Records of a CSV file: their cells by column, and their original bytes with results spliced behind them."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from grading.errors import UsageError, option, why
from grading.formats.csv_piece import DELIMITERS, CsvPiece, Dialect, Layout, refuse_strays
from grading.formats.csv_text import as_bytes
from grading.reading.cells import Typed

#: texts by code, and the code of every row
Texts = tuple[pa.Array, NDArray[np.integer]]


class ReadCells(NamedTuple):
    """Columns of a piece by index, whether bytes of it are not in the file's encoding, and which columns are no numbers
    though they were taken for such."""

    columns: dict[int, pa.Array | Typed]
    foreign: bool
    no_numbers: frozenset[int] = frozenset()


def read_cells(
    piece: CsvPiece, wanted: Sequence[int] | None = None, numbers: frozenset[int] = frozenset()
) -> ReadCells:
    """The wanted columns (default: all): dictionary-encoded text, or Typed where one of `numbers` holds nothing else.

    As many rows as records, or a UsageError that names the line.
    """
    layout = piece.layout
    foreign = _is_foreign(piece)
    refuse_strays(piece.data, layout.dialect.delimiter, layout.name, piece.line)
    wanted = range(len(layout.header)) if wanted is None else wanted
    if not len(piece.kept):
        return ReadCells({i: pa.array([], pa.string()).dictionary_encode() for i in wanted}, foreign)
    tried = numbers & set(wanted)
    table, held = _parse(piece, wanted, tried)
    if table.num_rows != len(piece.kept):
        lines = piece.lines()
        raise UsageError(
            f"{layout.name}: lines {lines[0]}-{lines[-1]}: a quote or carriage return in a cell breaks the rows "
            f"({table.num_rows} rows where {len(lines)} lines were counted); put such cells in quotes"
        )
    columns: dict[int, pa.Array | Typed] = {}
    for name in table.column_names:
        column = table.column(name)
        whole = column.chunk(0) if column.num_chunks == 1 else column.unify_dictionaries().combine_chunks()
        if pa.types.is_floating(whole.type):
            texts_of = partial(_typed_texts, piece, int(name))
            columns[int(name)] = Typed(whole.to_numpy(zero_copy_only=False), texts_of)
        else:
            texts = decoded(whole.dictionary, layout.dialect)
            columns[int(name)] = pa.DictionaryArray.from_arrays(whole.indices, texts)
    return ReadCells(columns, foreign, tried - held)


def _parse(piece: CsvPiece, wanted: Sequence[int], tried: frozenset[int]) -> tuple[pa.Table, frozenset[int]]:
    """The cells as Arrow reads them, and which columns were read as numbers; one that turns out to be none is read
    again as text."""
    layout = piece.layout
    while True:
        try:
            table = _table(piece.data, layout, wanted, tried)
        except pa.ArrowInvalid as error:
            unlike = re.match(r"In CSV column #(\d+):.*CSV conversion error", str(error), re.DOTALL)
            if unlike is None or not tried:
                raise _refusal(error, piece) from error
            place = int(unlike[1])
            tried = tried - {place} if place in tried else frozenset()
            continue
        # Arrow also reads inf, nan and the like as numbers
        odd = {i for i in tried if not _plain_numbers(table.column(str(i)))}
        zeros = [i for i in tried - odd if pc.any(pc.equal(table.column(str(i)), 0)).as_py()]
        odd |= set(zeros) if zeros and _may_hold_tiny(piece.data) else set()
        if not odd:
            return table, tried
        tried -= odd


def _plain_numbers(column: pa.ChunkedArray) -> bool:
    """True when every number is finite; their sum is, but for numbers that are too large together."""
    return math.isfinite(pc.sum(column).as_py() or 0) or pc.all(pc.is_finite(column)).as_py() is not False


def _may_hold_tiny(data: bytes) -> bool:
    """True where a number may stand that is no zero and reads as one: with a power of ten of three digits or more, or
    with hundreds of zeros."""
    view = np.frombuffer(data, np.uint8)
    signs = np.flatnonzero(view[1:-3] == ord("-")) + 1
    powers = np.isin(view[signs - 1], np.frombuffer(b"eE", np.uint8))
    for ahead in (1, 2, 3):
        following = view[signs + ahead]
        powers &= (following >= ord("0")) & (following <= ord("9"))
    return bool(powers.any()) or b"0" * 300 in data


def _table(data: bytes, layout: Layout, wanted: Sequence[int], numbers: Collection[int] = ()) -> pa.Table:
    names = [str(i) for i in range(len(layout.header))]
    # a byte order mark within a file is part of its cell, and would be dropped at the start of a buffer
    mark = b"\n" if data.startswith(b"\xef\xbb\xbf") else b""
    types = dict.fromkeys(names, pa.dictionary(pa.int32(), pa.binary())) | {str(i): pa.float64() for i in numbers}
    return pacsv.read_csv(
        pa.py_buffer(mark + data),
        read_options=pacsv.ReadOptions(column_names=names, block_size=len(data) + 2, use_threads=False),
        parse_options=pacsv.ParseOptions(
            delimiter=layout.dialect.delimiter, newlines_in_values=True, ignore_empty_lines=True
        ),
        convert_options=pacsv.ConvertOptions(
            include_columns=[str(i) for i in wanted] or names[:1], strings_can_be_null=False, null_values=[""],
            column_types=types,
        ),
    )  # fmt: skip


def _refusal(error: Exception, piece: CsvPiece) -> UsageError:
    """Why a piece is no table, with the line."""
    layout, lines = piece.layout, piece.lines()
    ragged = re.search(r"Row #(\d+): Expected \d+ columns, got (\d+)", str(error))
    if ragged is None:
        return UsageError(f"{layout.name}: near line {piece.line}: {why(error)}")
    mark = DELIMITERS.get(layout.dialect.delimiter, "delimiter")
    return UsageError(
        f"{layout.name}: line {lines[min(int(ragged[1]), len(lines)) - 1]} has {ragged[2]} cells, the header has "
        f"{len(layout.header)}; is a cell with a {mark} in it not in quotes?"
    )


def _typed_texts(piece: CsvPiece, index: int, rows: NDArray[np.int64]) -> pa.Array:
    """A column's cells as they stand in some rows."""
    starts, kept = piece.starts, piece.kept[rows]
    records = [piece.data[starts[i] : piece.bodies[i]] for i in kept.tolist()]
    column = _table(b"\n".join(records) + b"\n", piece.layout, [index]).column(0)
    texts = column.unify_dictionaries().combine_chunks().dictionary_decode()
    return decoded(texts, piece.layout.dialect)


def _is_foreign(piece: CsvPiece) -> bool:
    """True when the bytes are not in the file's encoding. Raises UsageError when the user declared it."""
    dialect = piece.layout.dialect
    if dialect.recoded or piece.data.isascii():
        return False
    try:
        piece.data.decode(dialect.encoding)
    except UnicodeDecodeError as error:
        if dialect.declared:
            line = piece.line + piece.data.count(b"\n", 0, error.start)
            said = f"bytes that are not {dialect.encoding}; give {option('encoding')} (cp1252 for most Windows exports)"
            raise UsageError(f"{piece.layout.name}: line {line}: {said}") from error
        return True
    return False


def decoded(texts: pa.Array, dialect: Dialect) -> pa.Array:
    """Cells as text; one that is not in the file's encoding is taken as Windows-1252."""
    if dialect.encoding.casefold() in ("utf-8", "utf8"):
        try:
            return texts.cast(pa.string())
        except pa.ArrowInvalid:
            pass
    return pa.array([_decoded(cell, dialect.encoding) for cell in texts.to_pylist()], pa.string())


def _decoded(cell: bytes, encoding: str) -> str:
    try:
        return cell.decode(encoding)
    except UnicodeDecodeError:
        return cell.decode("cp1252", "replace")


def encoded(texts: pa.Array, encoding: str) -> pa.Array:
    """Text as bytes of an encoding; what it cannot say becomes '?'."""
    if encoding.casefold() in ("utf-8", "utf8") or pc.all(pc.string_is_ascii(texts)).as_py() is not False:
        return texts.cast(pa.binary())
    return pa.array([text.encode(encoding, "replace") for text in texts.to_pylist()], pa.binary())


def splice(piece: CsvPiece, columns: Sequence[Texts]) -> pa.Buffer:
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
