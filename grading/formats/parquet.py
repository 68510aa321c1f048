"""Parquet files as tables of some thousand rows, without ever holding more text than is bearable.

`read_parquet` is a reader that `isolated` runs: in a process of its own, for a damaged file can make pyarrow abort, or
in this one for a file that is trusted.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator, Sequence
from typing import IO, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from grading.errors import UsageError
from grading.formats.reader_process import Facts

#: the reader, as `isolated` is told of it
READER: Final = f"{__name__}:read_parquet"
#: how the first table says how many rows will follow, in the metadata of its columns
_ROWS: Final = b"echograde.rows"
BATCH_ROWS = 65_536
#: text that one batch of a column may hold
MOST_TEXT = 256 * 1024 * 1024
#: a column that is stored this many times smaller than it is, and is this large, is no table of measurements
MOST_EXPANSION, LARGE = 500, 100_000_000
_UNREADABLE = "not a readable Parquet file"


def read_parquet(stream: IO[bytes]) -> Generator[pa.Table, None, Facts]:
    """A table of the file's own columns without rows, which says how many will follow (`rows_told`), and then the rows
    in tables of at most BATCH_ROWS with the same columns, but text of few spellings dictionary-encoded.

    Raises UsageError when the file is damaged, expands too far, has rows of too much text, or gives another number of
    rows than it says it has.
    """
    with _readable():
        file = pq.ParquetFile(stream)
        schema, groups = file.schema_arrow, _group_rows(file)
        _refuse_expansion(file)
        yield schema.with_metadata({**(schema.metadata or {}), _ROWS: str(sum(groups))}).empty_table()
        texts = [f.name for f in schema if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)]
        rows = pq.ParquetFile(stream, read_dictionary=texts, page_checksum_verification=True)
        yield from _tables(rows, schema, groups)
    return {"rows": sum(groups)}


def rows_told(schema: pa.Schema) -> tuple[pa.Schema, int]:
    """The columns of the first table that `read_parquet` gives as they stand in the file, and how many rows follow."""
    metadata = dict(schema.metadata)
    rows = int(metadata.pop(_ROWS))
    return schema.with_metadata(metadata or None), rows


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (UsageError, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno:
            raise
        # what pyarrow comes to in a damaged file is of no one kind: ArrowInvalid, IndexError, UnicodeDecodeError ...
        raise UsageError(f"{_UNREADABLE} (damaged or cut short); export it again") from error


def _group_rows(file: pq.ParquetFile) -> list[int]:
    """How many rows each row group holds, as the file says."""
    meta = file.metadata
    groups = [int(meta.row_group(group).num_rows) for group in range(meta.num_row_groups)]
    if sum(groups) != meta.num_rows or min(groups, default=0) < 0:
        raise UsageError(
            f"{_UNREADABLE}: it says it has {meta.num_rows:,} rows, and its row groups {sum(groups):,}; export it again"
        )
    return groups


def _refuse_expansion(file: pq.ParquetFile) -> None:
    """Refuse a file of which a column is stored far smaller than it is. Row groups count together."""
    for place in range(file.metadata.num_columns):
        groups = [file.metadata.row_group(group).column(place) for group in range(file.metadata.num_row_groups)]
        stored, whole = (sum(sizes) for sizes in zip(*map(_sizes, groups), strict=True)) if groups else (0, 0)
        if whole > LARGE and whole > MOST_EXPANSION * stored:
            raise UsageError(
                f"column {groups[0].path_in_schema!r} expands from {stored:,} to {whole:,} bytes; "
                "such a file is not read"
            )


def _sizes(column: pq.ColumnChunkMetaData) -> tuple[int, int]:
    return column.total_compressed_size, column.total_uncompressed_size


def _tables(file: pq.ParquetFile, schema: pa.Schema, groups: Sequence[int]) -> Iterator[pa.Table]:
    """The rows of a file, as many of each bundle of row groups as there should be."""
    row, own = 0, None
    for first, last in bundles(groups):
        begun = row
        for batch in file.iter_batches(batch_size=BATCH_ROWS, row_groups=range(first, last)):
            for field, column in zip(schema, batch.columns, strict=True):
                _refuse_text(field.name, _text_size(column), row, batch.num_rows)
            row += batch.num_rows
            if own is None:
                own = pa.schema([_kept(f, c) for f, c in zip(schema, batch.columns, strict=True)], schema.metadata)
            columns = [c if c.type == f.type else c.cast(f.type) for f, c in zip(own, batch.columns, strict=True)]
            yield pa.Table.from_arrays(columns, schema=own)
        expected = sum(groups[first:last])
        if row - begun != expected:
            place = f"row group {first + 1}" if last == first + 1 else f"row groups {first + 1} to {last}"
            raise UsageError(
                f"{_UNREADABLE}: {place} of {len(groups)} should hold {expected:,} rows, and {row - begun:,} could be "
                "read; export it again"
            )


def bundles(groups: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Row groups to be read together, as (first, behind the last): small ones until they fill a batch.

    >>> list(bundles([100_000, 10, 20, 70_000, 5]))
    [(0, 1), (1, 4), (4, 5)]
    """
    first, rows = 0, 0
    for place, count in enumerate(groups, 1):
        rows += count
        if rows >= BATCH_ROWS or place == len(groups):
            yield first, place
            first, rows = place, 0


def _refuse_text(name: str, size: int, row: int, rows: int) -> None:
    if size > MOST_TEXT:
        raise UsageError(
            f"column {name!r} holds {size >> 20:,} MB of text in rows {row + 1} to {row + rows}; "
            f"at most {MOST_TEXT >> 20} MB are read at a time"
        )


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
