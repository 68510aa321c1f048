"""Inputs of the batch mode as a stream of pieces, CSV or Parquet: a file, a folder of parts, standard input, or a file
in memory."""

from __future__ import annotations

import contextlib
import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc

from grading.batch.job import STANDARD, Job
from grading.batch.piece import TablePiece, Work, cells_of
from grading.columns.plan import Plan
from grading.columns.unit_slips import SAMPLE_ROWS
from grading.errors import UsageError, why
from grading.formats.csv_file import CsvFile
from grading.formats.csv_piece import CsvPiece
from grading.formats.parquet import batches, open_parquet
from grading.formats.upload import Input
from grading.longtable.line_issue import LineIssue
from grading.reference.catalogue import Number, load_catalogue


@dataclass(slots=True)
class Source:
    """An open input: its headers and types (a CSV file's are text), how it was understood, its pieces, and issues that
    are about no single row. `several`: it is more than one file. `mark`: what a CSV file of it begins with."""

    name: str
    header: list[str]
    read_as: str
    csv: CsvFile | None
    schema: pa.Schema
    pieces: Iterator[Work]
    digests: dict[str, str]
    first: list[Work] = field(default_factory=list)
    delimiter: str = ","
    decimal: str | None = None
    general: Sequence[LineIssue] = ()
    several: bool = False
    mark: bytes = b""

    def look(self) -> None:
        """Read the first pieces, until they hold SAMPLE_ROWS rows."""
        rows = 0
        while rows < SAMPLE_ROWS and (piece := next(self.pieces, None)) is not None:
            self.first.append(piece)
            rows += len(piece)

    def all(self) -> Iterator[Work]:
        """The first pieces, each let go as it is passed on, and then the others."""
        while self.first:
            yield self.first.pop(0)
        yield from self.pieces


def open_source(job: Job, stack: contextlib.ExitStack) -> Source:
    """Open the input by its ending. Raises UsageError when it cannot be read."""
    try:
        parts = job.parts
        for part in parts:
            if isinstance(part, Path) and part != STANDARD and part.exists() and not part.is_file():
                raise UsageError(
                    f"{part.name} is a pipe or a device; read it as standard input: echograde grade - < {part}"
                )
        parquet = parts[0].suffix.lower() == ".parquet"
        return _open_parquets(parts, stack) if parquet else _open_csvs(job, parts, stack)
    except (OSError, RuntimeError) as error:
        raise UsageError(f"cannot read {job.source}: {why(error)}") from error


class _Digested:
    """A stream whose bytes are counted into a digest as they are read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream, self.digest = stream, hashlib.sha256()

    def read(self, size: int, /) -> bytes:
        data = self.stream.read(size)
        self.digest.update(data)
        return data


def _open_csvs(job: Job, parts: Sequence[Input], stack: contextlib.ExitStack) -> Source:
    """CSV files with one header, as one table."""
    digests: dict[str, str] = {}

    def opened(path: Input) -> tuple[CsvFile, _Digested]:
        raw = sys.stdin.buffer if path == STANDARD else stack.enter_context(path.open("rb"))
        stream = _Digested(raw)
        name = "standard input" if path == STANDARD else path.name
        return CsvFile(stream, name, job.delimiter, job.encoding, job.block_bytes), stream

    first, stream = opened(parts[0])

    def pieces() -> Iterator[CsvPiece]:
        row = 0
        for place, path in enumerate(parts):
            file, read = (first, stream) if place == 0 else opened(path)
            _refuse_other_part(first, file)
            file.piece_records = first.piece_records
            for piece in file.pieces(row):
                row = piece.row + len(piece)
                yield piece
            digests[file.name] = read.digest.hexdigest()

    read_as = first.dialect.text() + (f", {len(parts)} files" if len(parts) > 1 else "")
    texts = pa.schema([pa.field(name, pa.string()) for name in first.header])
    return Source(
        first.name, first.header, read_as, first, texts, pieces(), digests, delimiter=first.dialect.delimiter,
        several=len(parts) > 1, mark=first.mark,
    )  # fmt: skip


def _refuse_other_part(first: CsvFile, file: CsvFile) -> None:
    if file.header != first.header or file.dialect.delimiter != first.dialect.delimiter:
        raise UsageError(f"{file.name}: its header is not that of {first.name}; parts of one table need the same")


def _open_parquets(parts: Sequence[Input], stack: contextlib.ExitStack) -> Source:
    first, schema = open_parquet(parts[0], stack)
    digests: dict[str, str] = {}

    def pieces() -> Iterator[TablePiece]:
        row, came = 0, None
        for place, path in enumerate(parts):
            file, own = (first, schema) if place == 0 else open_parquet(path, stack)
            if not own.equals(schema):
                raise UsageError(f"{path.name}: its columns are not those of {parts[0].name}")
            for table in batches(file, own, path.name, came):
                came = table.schema
                yield TablePiece(table, row, path.name)
                row += table.num_rows
            digests[path.name] = _digest(path)

    read_as = "Parquet" + (f", {len(parts)} files" if len(parts) > 1 else "")
    several = len(parts) > 1
    return Source(parts[0].name, list(schema.names), read_as, None, schema, pieces(), digests, several=several)


def _digest(part: Input) -> str:
    with part.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def sample(first: Sequence[Work], indexes: Sequence[int]) -> dict[int, list[pa.Array]]:
    """The first SAMPLE_ROWS cells of some columns, however the rows fell into pieces."""
    found: dict[int, list[pa.Array]] = {index: [] for index in indexes}
    left = SAMPLE_ROWS
    for piece in first:
        cells = cells_of(piece.head(left) if isinstance(piece, CsvPiece) else piece, sorted(found))
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
