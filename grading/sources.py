"""Inputs of the batch mode: a job's file as a stream of chunks, CSV or Parquet, and a look at its first rows."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from grading.catalogue import Number, load_catalogue
from grading.columns import Options, Plan
from grading.csvfile import BLOCK_BYTES, Block, CsvFile
from grading.errors import UsageError
from grading.slips import SAMPLE_ROWS

PARQUET_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class Job:
    """One run: what to read, where to write, by which guidelines, and how the input is to be understood."""

    source: Path
    target: Path
    guidelines: tuple[str, ...] = ("ase-2017",)
    options: Options = field(default_factory=Options)
    missing: tuple[str, ...] = ()
    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    excel_safe: bool = False
    block_bytes: int = BLOCK_BYTES

    @property
    def issues_path(self) -> Path:
        """OUT.issues.csv beside OUT.csv."""
        return self.target.with_name(f"{self.target.stem}.issues.csv")

    @property
    def manifest_path(self) -> Path:
        """OUT.run.json beside OUT.csv."""
        return self.target.with_name(f"{self.target.stem}.run.json")


@dataclass(slots=True)
class Chunk:
    """Some rows of any input: the columns by index, and for a CSV file the block they came from."""

    rows: int
    column: Callable[[int], pa.Array]
    table: pa.Table
    block: Block | None
    size: int

    def line(self, row: int) -> int | None:
        """The line of a row in its file."""
        return int(self.block.lines[row]) if self.block is not None else None


@dataclass(slots=True)
class Source:
    """An open input: its headers, how it was understood, and its chunks."""

    header: list[str]
    read_as: str
    csv: CsvFile | None
    chunks: Iterator[Chunk]


def open_source(job: Job, stack: contextlib.ExitStack) -> Source:
    """Open the input by its ending. Raises UsageError when it cannot be read."""
    try:
        if job.source.suffix.lower() == ".parquet":
            return _open_parquet(job, stack)
        stream = stack.enter_context(job.source.open("rb"))
    except (OSError, pa.ArrowInvalid) as error:
        raise UsageError(f"cannot read {job.source}: {error}") from error
    file = CsvFile(stream, job.source.name, job.delimiter, job.encoding, job.block_bytes)
    return Source(file.header, file.dialect.text(), file, _csv_chunks(file))


def _csv_chunks(file: CsvFile) -> Iterator[Chunk]:
    for block in file.blocks():
        table = block.cells
        size = block.records.nbytes
        yield Chunk(len(block), lambda i, t=table: t.column(i), table, block, size)  # type: ignore[misc]


def take_rows(chunks: Iterator[Chunk], rows: int) -> list[Chunk]:
    """The first chunks, until they hold this many rows."""
    taken: list[Chunk] = []
    while rows > 0 and (chunk := next(chunks, None)) is not None:
        taken.append(chunk)
        rows -= chunk.rows
    return taken


def chain(first: list[Chunk], rest: Iterator[Chunk]) -> Iterator[Chunk]:
    """The taken chunks, each let go as it is passed on, and then the others."""
    while first:
        yield first.pop(0)
    yield from rest


def sample(chunks: Sequence[Chunk], index: int) -> Iterator[pa.Array]:
    """The first SAMPLE_ROWS cells of a column, however the rows fell into chunks."""
    left = SAMPLE_ROWS
    for chunk in chunks:
        yield chunk.column(index).slice(0, left)
        left -= min(left, chunk.rows)


def detect_decimal(source: Source, plan: Plan, first: Sequence[Chunk]) -> str:
    """A comma in a semicolon file where a matched column of numbers uses it, else a point."""
    if source.csv is None or source.csv.dialect.delimiter != ";":
        return "."
    pattern = r"^\s*[+-]?[0-9]+,[0-9]+\s*$"
    numbers = [c.index for c in plan.columns if isinstance(load_catalogue()[c.measurement], Number)]
    parts = (part for index in numbers for part in sample(first, index))
    return "," if any(pc.any(pc.match_substring_regex(part, pattern)).as_py() for part in parts) else "."


def _open_parquet(job: Job, stack: contextlib.ExitStack) -> Source:
    file = stack.enter_context(pq.ParquetFile(job.source))

    def chunks() -> Iterator[Chunk]:
        for batch in file.iter_batches(batch_size=PARQUET_ROWS):
            table = pa.Table.from_batches([batch])
            yield Chunk(len(batch), lambda i, t=table: t.column(i), table, None, table.nbytes)  # type: ignore[misc]

    return Source(list(file.schema_arrow.names), "Parquet", None, chunks())
