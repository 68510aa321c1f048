"""Outputs of the batch mode: CSV lines as they come, or a Parquet file in groups of a fixed size."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from grading.csvfile import recoding
from grading.issues import quoted
from grading.parquetfile import GROUP_ROWS
from grading.sources import Job, Source


class Sink:
    """Where graded pieces go, in order. Subclasses write; leaving the stack closes."""

    def write(self, graded: Any) -> None:
        """Write the rows of one piece with their results."""
        raise NotImplementedError

    def close(self) -> None:
        """Finish the file."""


class CsvSink(Sink):
    """Lines of CSV behind a header: that of the input file byte for byte, and the names of the results."""

    def __init__(self, source: Source, stream: IO[bytes], names: Sequence[str], delimiter: str) -> None:
        if source.csv is None:
            cells = quoted(pa.array([*source.header, *names], pa.string()), delimiter)
            header, ending = delimiter.join(cells.to_pylist()).encode(), b"\n"
            self.stream = stream
        else:
            given = source.csv.header_bytes.rstrip(b"\r\n")
            header, ending = given + (delimiter + delimiter.join(names)).encode(), source.csv.header_bytes[len(given) :]
            self.stream = recoding(stream, source.csv.dialect)
        self.stream.write(header + (ending or b"\n"))

    def write(self, graded: pa.Buffer) -> None:
        self.stream.write(graded)


class ParquetSink(Sink):
    """A Parquet file: row groups hold the same rows whatever the pieces were."""

    def __init__(self, stream: IO[bytes], stack: contextlib.ExitStack) -> None:
        self.stream, self.stack = stream, stack
        self.writer: pq.ParquetWriter | None = None
        self.waiting: list[pa.Table] = []
        self.rows = 0

    def write(self, graded: pa.Table) -> None:
        self.waiting.append(graded)
        self.rows += graded.num_rows
        while self.rows >= GROUP_ROWS:
            self._write_group(GROUP_ROWS)

    def _write_group(self, rows: int) -> None:
        whole = pa.concat_tables(self.waiting)
        if self.writer is None:
            self.writer = self.stack.enter_context(pq.ParquetWriter(self.stream, whole.schema))
        self.writer.write_table(whole.slice(0, rows).combine_chunks(), row_group_size=rows)
        self.waiting = [whole.slice(rows)]
        self.rows -= rows

    def close(self) -> None:
        if self.rows:
            self._write_group(self.rows)
        if self.writer is None:
            self.writer = self.stack.enter_context(pq.ParquetWriter(self.stream, self.waiting[0].schema))
        self.writer.close()


def open_sink(
    job: Job, source: Source, names: Sequence[str], delimiter: str, out: IO[bytes], stack: contextlib.ExitStack
) -> Sink:
    """The sink that the target's ending asks for."""
    if job.to_parquet:
        return ParquetSink(out, stack)
    return CsvSink(source, out, names, delimiter)
