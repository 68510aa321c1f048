"""Outputs of the batch mode: results behind the original bytes of a CSV file, or as a new CSV or Parquet table."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from grading.csvfile import CsvFile, quoted, splice
from grading.errors import UsageError
from grading.results import Coded, Values
from grading.rows import Graded
from grading.sources import Chunk, Job, Source


class Sink:
    """Where graded chunks go. Subclasses write; leaving the stack closes."""

    def write(self, chunk: Chunk, graded: Graded) -> None:
        """Write the rows of one chunk with their results."""
        raise NotImplementedError

    def close(self) -> None:
        """Finish the file."""


class SplicedCsv(Sink):
    """CSV to CSV: results behind the original bytes of every record."""

    def __init__(self, file: CsvFile, stream: IO[bytes], names: Sequence[str], excel_safe: bool) -> None:
        self.file, self.stream, self.excel_safe = file, stream, excel_safe
        header = file.header_bytes.rstrip(b"\r\n")
        ending = file.header_bytes[len(header) :] or b"\n"
        mark = file.dialect.delimiter
        stream.write(header + (mark + mark.join(names)).encode() + ending)

    def write(self, chunk: Chunk, graded: Graded) -> None:
        assert chunk.block is not None
        dialect = self.file.dialect
        columns = [self._cells(column, dialect.delimiter, dialect.encoding) for column in graded.columns]
        self.stream.write(splice(chunk.block, columns, dialect.delimiter, dialect.encoding))

    def _cells(self, column: Coded | Values, delimiter: str, encoding: str) -> pa.Array:
        if isinstance(column, Values):
            return number_texts(column)
        texts = [quoted(safe(text) if self.excel_safe else text, delimiter) for text in column.texts]
        dictionary = pa.array([text.encode(encoding, "replace") for text in texts], pa.binary())
        return dictionary.take(pa.array(column.codes))


class TableCsv(Sink):
    """Parquet to CSV."""

    def __init__(self, stream: IO[bytes], schema: pa.Schema, names: Sequence[str], excel_safe: bool) -> None:
        fields = [pa.field(n, pa.string()) for n in (*schema.names, *names)]
        self.schema, self.excel_safe = pa.schema(fields), excel_safe
        self.writer = pacsv.CSVWriter(stream, self.schema)

    def write(self, chunk: Chunk, graded: Graded) -> None:
        given = [_text_column(name, chunk.table[name]) for name in chunk.table.column_names]
        made = [number_texts(c) if isinstance(c, Values) else self._texts(c) for c in graded.columns]
        self.writer.write_table(pa.Table.from_arrays([*given, *made], schema=self.schema))

    def close(self) -> None:
        self.writer.close()

    def _texts(self, column: Coded) -> pa.Array:
        texts = [safe(text) if self.excel_safe else text for text in column.texts]
        return pa.array(texts, pa.string()).take(pa.array(column.codes))


class TableParquet(Sink):
    """Anything to Parquet: input columns as they were (a CSV file's as text), results as text and numbers."""

    def __init__(
        self, stream: IO[bytes], stack: contextlib.ExitStack, header: Sequence[str], names: Sequence[str]
    ) -> None:
        self.stream, self.stack, self.header, self.names = stream, stack, header, names
        self.writer: pq.ParquetWriter | None = None

    def write(self, chunk: Chunk, graded: Graded) -> None:
        names = [*self.header, *(column.name for column in graded.columns)]
        table = pa.Table.from_arrays(
            [*chunk.table.columns, *(column.arrow() for column in graded.columns)], names=names
        )
        if self.writer is None:
            self.writer = self.stack.enter_context(pq.ParquetWriter(self.stream, table.schema))
        self.writer.write_table(table)

    def close(self) -> None:
        if self.writer is None:
            empty = pa.schema([pa.field(name, pa.string()) for name in (*self.header, *self.names)])
            self.writer = self.stack.enter_context(pq.ParquetWriter(self.stream, empty))
        self.writer.close()


def _text_column(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of a Parquet file as CSV cells. Raises UsageError for lists and other nests."""
    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UsageError(f"column {name!r} holds {column.type}, which a CSV file cannot; write to .parquet") from error


def number_texts(column: Values) -> pa.Array:
    """Numbers as plain decimal text, blank for NaN."""
    return pc.fill_null(pa.array(column.values, from_pandas=True).cast(pa.string()), "")


def safe(text: str) -> str:
    """A cell that a spreadsheet will not take for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def open_sink(
    job: Job, source: Source, first: Sequence[Chunk], names: Sequence[str], out: IO[bytes], stack: contextlib.ExitStack
) -> Sink:
    if job.target.suffix.lower() == ".parquet":
        return TableParquet(out, stack, source.header, names)
    if source.csv is not None:
        return SplicedCsv(source.csv, out, names, job.excel_safe)
    schema = first[0].table.schema if first else pa.schema([pa.field(n, pa.string()) for n in source.header])
    return TableCsv(out, schema, names, job.excel_safe)
