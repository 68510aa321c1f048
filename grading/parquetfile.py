"""Parquet files as tables of some thousand rows, without ever holding more text than is bearable."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from grading.errors import UsageError

BATCH_ROWS = 65_536
#: rows written as one group: the same however the rows came in
GROUP_ROWS = 131_072
#: text that one batch of a column may hold
MOST_TEXT = 256 * 1024 * 1024
#: a column that is stored this many times smaller than it is, and is this large, is no table of measurements
MOST_EXPANSION, LARGE = 500, 256 * 1024 * 1024


def open_parquet(path: Path, stack: contextlib.ExitStack) -> pq.ParquetFile:
    """Open a file. Raises UsageError when it expands too far."""
    with pq.ParquetFile(path) as file:
        texts = [f.name for f in file.schema_arrow if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)]
        _refuse_expansion(file, path.name)
    return stack.enter_context(pq.ParquetFile(path, read_dictionary=texts))


def _refuse_expansion(file: pq.ParquetFile, name: str) -> None:
    for group in range(file.metadata.num_row_groups):
        for place in range(file.metadata.num_columns):
            column = file.metadata.row_group(group).column(place)
            stored, whole = max(column.total_compressed_size, 1), column.total_uncompressed_size
            if whole > LARGE and whole > MOST_EXPANSION * stored:
                raise UsageError(
                    f"{name}: column {column.path_in_schema!r} expands from {stored:,} to {whole:,} bytes; "
                    "such a file is not read"
                )


def batches(file: pq.ParquetFile, name: str) -> Iterator[pa.Table]:
    """The rows in tables of BATCH_ROWS, text dictionary-encoded. Raises UsageError for rows of too much text."""
    row = 0
    for batch in file.iter_batches(batch_size=BATCH_ROWS):
        for field, column in zip(batch.schema, batch.columns, strict=True):
            size = _text_size(column)
            if size > MOST_TEXT:
                raise UsageError(
                    f"{name}: column {field.name!r} holds {size >> 20:,} MB of text in rows {row + 1} to "
                    f"{row + batch.num_rows}; at most {MOST_TEXT >> 20} MB are read at a time"
                )
        row += batch.num_rows
        yield pa.Table.from_batches([batch])


def _text_size(column: pa.Array) -> int:
    """Bytes of text when written out."""
    if not pa.types.is_dictionary(column.type):
        return 0
    lengths = np.append(pc.binary_length(column.dictionary).to_numpy(zero_copy_only=False), 0)
    codes = pc.fill_null(column.indices, len(lengths) - 1).to_numpy()
    return int(lengths[codes].astype(np.int64).sum())
