"""Inputs of the batch mode as a stream of pieces, CSV or Parquet: a file, a folder of parts, standard input, or a file
in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from grading.batch.job import Job, Long
from grading.batch.parts import Parts
from grading.batch.piece import TablePiece, Work, cells_of, repeated
from grading.columns.plan import Plan
from grading.columns.unit_slips import SAMPLE_ROWS
from grading.errors import UsageError
from grading.formats.csv_file import CsvFile
from grading.formats.csv_piece import CsvPiece
from grading.formats.upload import Upload
from grading.longtable.line_issue import LineIssue
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number

if TYPE_CHECKING:
    from grading.formats.parquet_file import ParquetFile


@dataclass(slots=True, kw_only=True)
class Source:
    """An open input: its files, headers and types (a CSV file's are text), how it was understood, its pieces, and
    issues that are about no single row. `several`: it is more than one file. `mark`: what a CSV file of it begins
    with. `long`: how it is to be made wide, where that is known of its kind. `beside`: the columns that the folders of
    a part name, and their text in all its rows; they stand behind the header."""

    name: str
    parts: Parts
    header: list[str]
    read_as: str
    csv: CsvFile | None
    schema: pa.Schema
    stream: Iterator[Work]
    peeked: list[Work] = field(default_factory=list)
    delimiter: str = ","
    decimal: str | None = None
    general: Sequence[LineIssue] = ()
    several: bool = False
    mark: bytes = b""
    long: Long | None = None
    beside: Mapping[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> list[str]:
        """The columns of the file and those beside it."""
        return [*self.header, *self.beside]

    @property
    def texts_beside(self) -> dict[int, str]:
        """The text of every column beside the file, by its index."""
        return dict(enumerate(self.beside.values(), len(self.header)))

    def peek(self) -> Sequence[Work]:
        """The first pieces, until they hold SAMPLE_ROWS rows; they are read once."""
        if not self.peeked:
            rows = 0
            while rows < SAMPLE_ROWS and (piece := next(self.stream, None)) is not None:
                self.peeked.append(piece)
                rows += len(piece)
        return self.peeked

    def pieces(self) -> Iterator[Work]:
        """The first pieces, each let go as it is passed on, and then the others.

        Raises UsageError for what is no table, and at the end where the input is no longer what was read.
        """
        while self.peeked:
            yield self.peeked.pop(0)
        yield from self.stream
        self.parts.confirm()


def open_csvs(job: Job, parts: Parts) -> Source:
    """CSV files with one header, as one table."""

    def opened(place: int) -> CsvFile:
        file = parts.opened[0] if place == 0 and parts.opened else parts.open(place)
        return CsvFile(
            file, file.name, job.delimiter, job.encoding, job.block_bytes, job.skip_lines, job.units_row
        )  # fmt: skip

    first = opened(0)

    def pieces() -> Iterator[CsvPiece]:
        row = 0
        for place in range(len(parts.inputs)):
            file = first if place == 0 else opened(place)
            _refuse_other_part(first, file)
            file.piece_records = first.piece_records
            for piece in file.pieces(row):
                row = piece.row + len(piece)
                yield piece
            parts.opened[place].end()

    read_as = first.dialect.text() + _files(parts)
    texts = pa.schema([pa.field(name, pa.string()) for name in first.header])
    return Source(
        name=first.name, parts=parts, header=first.header, read_as=read_as, csv=first, schema=texts, stream=pieces(),
        delimiter=first.dialect.delimiter, several=len(parts.inputs) > 1, mark=first.mark,
    )  # fmt: skip


def csv_source(parts: Parts, file: CsvFile, read_as: str, ended: Callable[[], None]) -> Source:
    """One CSV file that comes out of another; `ended` is called when it was read to its end."""

    def pieces() -> Iterator[CsvPiece]:
        yield from file.pieces(0)
        ended()

    return Source(
        name=file.name, parts=parts, header=file.header, read_as=read_as, csv=file,
        schema=pa.schema([pa.field(name, pa.string()) for name in file.header]), stream=pieces(),
        delimiter=file.dialect.delimiter, mark=file.mark,
    )  # fmt: skip


def _files(parts: Parts) -> str:
    return f", {len(parts.inputs)} files" if len(parts.inputs) > 1 else ""


def _refuse_other_part(first: CsvFile, file: CsvFile) -> None:
    if file.header != first.header or file.dialect.delimiter != first.dialect.delimiter:
        raise UsageError(f"{file.name}: its header is not that of {first.name}; parts of one table need the same")


def open_parquets(job: Job, parts: Parts, stack: contextlib.ExitStack) -> Source:
    """Parquet files with the same columns, as one table."""
    # loading what reads them takes longer than grading a small CSV file
    from grading.formats.parquet_file import ParquetFile

    def opened(place: int) -> ParquetFile:
        watched = parts.opened[0] if place == 0 and parts.opened else parts.open(place)
        part = parts.inputs[place]
        given = part.data if isinstance(part, Upload) else watched.stream
        return stack.enter_context(ParquetFile(given, watched.name, watched.size, isolate=not job.trusted))

    first = opened(0)

    def pieces() -> Iterator[TablePiece]:
        row, types = 0, None
        for place in range(len(parts.inputs)):
            file, watched = first if place == 0 else opened(place), parts.opened[place]
            if not file.schema.equals(first.schema):
                raise UsageError(f"{watched.name}: its columns are not those of {first_name}")
            for table in file.tables(types):
                types = table.schema
                size = watched.size * len(table) // max(file.rows, 1)
                yield TablePiece(table=table, row=row, name=watched.name, size=size)
                row += table.num_rows
            file.close()
            watched.read_whole()
            watched.end()

    first_name = parts.opened[0].name
    return Source(
        name=first_name, parts=parts, header=list(first.schema.names), read_as="Parquet" + _files(parts), csv=None,
        schema=first.schema, stream=pieces(), several=len(parts.inputs) > 1,
    )  # fmt: skip


def sample(first: Sequence[Work], indexes: Sequence[int], beside: Mapping[int, str]) -> dict[int, list[pa.Array]]:
    """The first SAMPLE_ROWS cells of some columns, however the rows fell into pieces."""
    found: dict[int, list[pa.Array]] = {index: [] for index in indexes}
    own = [index for index in sorted(found) if index not in beside]
    left = SAMPLE_ROWS
    for piece in first:
        rows = piece.head(left) if isinstance(piece, CsvPiece) else piece
        cells = cells_of(rows, own) | repeated(beside, len(rows))
        for index, parts in found.items():
            parts.append(cells[index].slice(0, left))
        left -= min(left, len(piece))
    return found


def detect_decimal(source: Source, plan: Plan, cells: dict[int, list[pa.Array]]) -> str:
    """A comma in a semicolon file where a matched column of numbers uses it, else a point."""
    if source.delimiter != ";":
        return "."
    numbers = [c.index for c in plan.columns if isinstance(load_catalogue()[c.measurement], Number)]
    return "," if comma_decimals(part for index in numbers for part in cells[index]) else "."


def comma_decimals(parts: Iterable[pa.Array]) -> bool:
    """True when a cell is a number with a decimal comma."""
    pattern = r"^\s*[+-]?[0-9]+,[0-9]+\s*$"
    return any(pc.any(pc.match_substring_regex(part.cast(pa.string()), pattern)).as_py() for part in parts)
