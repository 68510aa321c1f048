"""Parquet files as tables of some thousand rows, without ever holding more text than is bearable."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from grading.errors import UsageError
from grading.formats.upload import Input, seekable

BATCH_ROWS = 65_536
#: rows written as one group: the same however the rows came in
GROUP_ROWS = 131_072
#: text that one batch of a column may hold
MOST_TEXT = 256 * 1024 * 1024
#: a column that is stored this many times smaller than it is, and is this large, is no table of measurements
MOST_EXPANSION, LARGE = 500, 100_000_000


def open_parquet(path: Input, stack: contextlib.ExitStack) -> tuple[pq.ParquetFile, pa.Schema]:
    """Open a file, and its own types. Raises UsageError when it is damaged or expands too far."""
    with _readable(path.name):
        with pq.ParquetFile(seekable(path)) as file:
            schema = file.schema_arrow
            _refuse_expansion(file, path.name)
        texts = [f.name for f in schema if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)]
        return stack.enter_context(pq.ParquetFile(seekable(path), read_dictionary=texts)), schema


@contextlib.contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno:
            raise
        raise UsageError(f"{name}: not a readable Parquet file (damaged or cut short); export it again") from error
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UsageError(f"{name}: not a readable Parquet file (damaged or cut short); export it again") from error


def _refuse_expansion(file: pq.ParquetFile, name: str) -> None:
    """Refuse a file of which a column is stored far smaller than it is. Row groups count together."""
    for place in range(file.metadata.num_columns):
        groups = [file.metadata.row_group(group).column(place) for group in range(file.metadata.num_row_groups)]
        stored, whole = (sum(sizes) for sizes in zip(*map(_sizes, groups), strict=True)) if groups else (0, 0)
        if whole > LARGE and whole > MOST_EXPANSION * stored:
            raise UsageError(
                f"{name}: column {groups[0].path_in_schema!r} expands from {stored:,} to {whole:,} bytes; "
                "such a file is not read"
            )


def _sizes(column: pq.ColumnChunkMetaData) -> tuple[int, int]:
    return column.total_compressed_size, column.total_uncompressed_size


def batches(file: pq.ParquetFile, schema: pa.Schema, name: str, own: pa.Schema | None = None) -> Iterator[pa.Table]:
    """The rows in tables of BATCH_ROWS with the file's own types, but text of few spellings dictionary-encoded.

    `own`: the types that another part of the same table came in, for all parts come in the same. Raises UsageError for
    rows of too much text.
    """
    row = 0
    with _readable(name):
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            for field, column in zip(schema, batch.columns, strict=True):
                size = _text_size(column)
                if size > MOST_TEXT:
                    raise UsageError(
                        f"{name}: column {field.name!r} holds {size >> 20:,} MB of text in rows {row + 1} to "
                        f"{row + batch.num_rows}; at most {MOST_TEXT >> 20} MB are read at a time"
                    )
            row += batch.num_rows
            if own is None:
                own = pa.schema([_kept(f, c) for f, c in zip(schema, batch.columns, strict=True)], schema.metadata)
            columns = [c if c.type == f.type else c.cast(f.type) for f, c in zip(own, batch.columns, strict=True)]
            yield pa.Table.from_arrays(columns, schema=own)


def _kept(field: pa.Field, column: pa.Array) -> pa.Field:
    """A column that is read as a dictionary stays one where that is shorter."""
    few = pa.types.is_dictionary(column.type) and 2 * len(column.dictionary) <= len(column)
    return field.with_type(column.type) if few else field


def _text_size(column: pa.Array) -> int:
    """Bytes of text when written out."""
    if not pa.types.is_dictionary(column.type):
        return 0
    if not (pa.types.is_string(column.type.value_type) or pa.types.is_large_string(column.type.value_type)):
        return 0
    lengths = np.append(pc.binary_length(column.dictionary).to_numpy(zero_copy_only=False), 0)
    codes = pc.fill_null(column.indices, len(lengths) - 1).to_numpy()
    return int(lengths[codes].astype(np.int64).sum())
