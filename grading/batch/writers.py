"""Outputs of the batch mode: CSV lines as they come, or a Parquet file in groups of a fixed size."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from grading.batch.job import Job
from grading.batch.source import Source
from grading.formats.csv_text import quoted, runs, safe
from grading.formats.formula_cells import safe_bytes
from grading.formats.utf16 import recoding

if TYPE_CHECKING:
    import pyarrow.parquet as pq

#: rows of a Parquet file written as one group: the same however the rows came in
GROUP_ROWS = 131_072


class RowWriter:
    """Where graded pieces go, in order. Subclasses write; leaving the stack closes.

    `apostrophes`: how many headers got one, so that no spreadsheet runs them.
    """

    apostrophes = 0

    def write(self, graded: Any) -> None:
        """Write the rows of one piece with their results."""
        raise NotImplementedError

    def close(self) -> None:
        """Finish the file."""


class CsvWriter(RowWriter):
    """Lines of CSV behind a header: the input file's byte for byte, with its mark, and the names of the results."""

    def __init__(
        self, source: Source, stream: IO[bytes], names: Sequence[str], delimiter: str, excel_safe: bool = False
    ) -> None:
        if source.csv is None:
            given_names = pa.array([*source.header, *names], pa.string())
            cells = quoted(safe(given_names) if excel_safe else given_names, delimiter)
            self.apostrophes = int(pc.sum(runs(given_names)).as_py()) if excel_safe else 0
            header, ending = delimiter.join(cells.to_pylist()).encode(), b"\n"
            self.stream = stream
        else:
            given = source.csv.header_bytes.rstrip(b"\r\n")
            ending = source.csv.header_bytes[len(given) :]
            own, self.apostrophes = safe_bytes(given, source.csv.dialect) if excel_safe else (given, 0)
            header = own + (delimiter + delimiter.join(names)).encode()
            self.stream = recoding(stream, source.csv.dialect.recoded)
        self.stream.write(source.mark + header + (ending or b"\n"))

    def write(self, graded: pa.Buffer) -> None:
        self.stream.write(graded)


class ParquetWriter(RowWriter):
    """A Parquet file: row groups hold the same rows whatever the pieces were.

    Text arrives dictionary-encoded, which is written as it is; the schema that is stored names it text again.
    """

    def __init__(self, stream: IO[bytes], stack: contextlib.ExitStack, schema: pa.Schema) -> None:
        self.stream, self.stack, self.schema = stream, stack, schema
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
        writer = self.writer or self._open(whole.schema)
        writer.write_table(whole.slice(0, rows).combine_chunks(), row_group_size=rows)
        self.waiting = [whole.slice(rows)]
        self.rows -= rows

    def _open(self, arriving: pa.Schema) -> pq.ParquetWriter:
        """The writer: a dictionary where one arrives and for the input's numbers, statistics of those only."""
        # loading it takes longer than grading a small CSV file
        import pyarrow.parquet as pq

        given = [field.name for field in self.schema if pa.types.is_primitive(field.type)]
        coded = [field.name for field in arriving if pa.types.is_dictionary(field.type)]
        writer = pq.ParquetWriter(
            self.stream, arriving, use_dictionary=coded + given or False, write_statistics=given or False,
            store_schema=False,
        )  # fmt: skip
        self.writer = self.stack.enter_context(writer)
        results = [pa.field(f.name, getattr(f.type, "value_type", f.type)) for f in list(arriving)[len(self.schema) :]]
        stored = pa.schema([*self.schema, *results], self.schema.metadata).serialize()
        self.writer.add_key_value_metadata({b"ARROW:schema": base64.b64encode(stored)})
        return writer

    def close(self) -> None:
        if self.rows:
            self._write_group(self.rows)
        (self.writer or self._open(self.waiting[0].schema)).close()


class ExcelWriter(RowWriter):
    """A sheet of an Excel workbook: numbers are numbers, and a text is never taken for a formula."""

    def __init__(self, stream: IO[bytes], stack: contextlib.ExitStack) -> None:
        from grading.formats.excel_writer import SheetWriter

        self._stack = contextlib.ExitStack()
        stack.push(self._stack)
        self._sheet = self._stack.enter_context(SheetWriter(stream))

    def write(self, graded: pa.Table) -> None:
        self._sheet.write(graded)

    def close(self) -> None:
        self._stack.close()


def open_sink(
    job: Job, source: Source, names: Sequence[str], delimiter: str, out: IO[bytes], stack: contextlib.ExitStack
) -> RowWriter:
    """The sink that the target's ending asks for."""
    if job.to_parquet:
        return ParquetWriter(out, stack, source.schema)
    if job.to_excel:
        return ExcelWriter(out, stack)
    return CsvWriter(source, out, names, delimiter, job.excel_safe)
