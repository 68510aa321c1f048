"""A Parquet file as the program takes it: its columns, how many rows it says it has, and then the rows, read apart."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import IO, Final

import pyarrow as pa

from grading.formats.isolated import Reading
from grading.formats.parquet import READER, rows_told
from grading.formats.reader_process import Limits

#: what reading one file may take of a processor [s]: so much, and a second more for so many bytes
_CPU_SECONDS: Final = 120
_BYTES_A_SECOND: Final = 1 << 20


class ParquetFile:
    """An open Parquet file, to be used inside `with` and read once.

    `schema` are its own columns and types, `rows` is how many it says it has. `isolate` reads it in a process of its
    own, with limits; without, a file made to do so can end this one.

    Raises UsageError for a file that is damaged, expands too far, or gives other rows than it says.
    """

    def __init__(self, source: IO[bytes] | bytes, name: str, size: int, isolate: bool = True) -> None:
        limits = Limits(cpu_seconds=_CPU_SECONDS + size // _BYTES_A_SECOND)
        self._reading = Reading(
            reader=READER, source=source, name=name, what="a Parquet file", limits=limits, isolate=isolate
        )
        self._tables = iter(self._reading)
        with contextlib.ExitStack() as stack:
            stack.enter_context(self._reading)
            self.schema, self.rows = rows_told(next(self._tables).schema)
            stack.pop_all()

    def __enter__(self) -> ParquetFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process that reads it."""
        self._reading.__exit__()

    def tables(self, types: pa.Schema | None = None) -> Iterator[pa.Table]:
        """The rows, in the `types` of another part of the same table where they are given."""
        for table in self._tables:
            yield table if types is None or table.schema.equals(types) else table.cast(types)
