"""Grading files: CSV or Parquet in, CSV or Parquet out, an issues file and a run manifest beside it.

Rows stream through in blocks; every input row reaches the output in order. Everything is written to temporary files
beside the target and renamed at the end, so a run that is stopped leaves no half-written output.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from grading.case import ERROR
from grading.catalogue import Number, load_catalogue, tables
from grading.cells import Reading, reading
from grading.columns import Column, Options, Plan, plan_columns
from grading.csvfile import BLOCK_BYTES, Block, CsvFile, quoted, splice
from grading.errors import UsageError
from grading.explain import NOTICE
from grading.frame import STATUSES, Coded, Graded, Values, grade_rows, read_column, result_names
from grading.guideline import load_guideline
from grading.units import convert

PARQUET_ROWS = 65_536
#: how many rows are looked at to tell whether a column without a unit is in another one than assumed
SAMPLE_ROWS = 2_000
ISSUE_HEADER = ("row", "line", "column", "value", "severity", "message")


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
class Summary:
    """What a run did: rows, rows by status, grades by column, issues by severity, and how the input was read."""

    rows: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    grades: dict[str, Counter[str]] = field(default_factory=dict)
    severities: Counter[str] = field(default_factory=Counter)
    read_as: str = ""
    plan: Plan | None = None

    @property
    def rejected(self) -> int:
        """How many rows were not graded because a cell is impossible or unreadable."""
        return self.statuses["rejected"]

    def add(self, graded: Graded, rows: int) -> None:
        """Count one chunk."""
        self.rows += rows
        for code, count in zip(*np.unique(graded.status, return_counts=True), strict=True):
            self.statuses[STATUSES[code]] += int(count)
        self.severities.update(issue.severity for issue in graded.issues)
        for column in graded.columns:
            if column.name.endswith("_grade") and isinstance(column, Coded) and "quantitative" not in column.name:
                grades = self.grades.setdefault(column.name, Counter())
                for code, count in zip(*np.unique(column.codes, return_counts=True), strict=True):
                    grades[column.texts[code] or "(blank)"] += int(count)


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
    decimal: str
    csv: CsvFile | None
    chunks: Iterator[Chunk]


# --- reading ---------------------------------------------------------------------------------------------------------


def open_source(job: Job, stack: contextlib.ExitStack) -> Source:
    """Open the input by its ending. Raises UsageError when it cannot be read."""
    try:
        if job.source.suffix == ".parquet":
            return _open_parquet(job, stack)
        stream = stack.enter_context(job.source.open("rb"))
    except (OSError, pa.ArrowInvalid) as error:
        raise UsageError(f"cannot read {job.source}: {error}") from error
    file = CsvFile(stream, job.source.name, job.delimiter, job.encoding, job.block_bytes)
    first = list(_take_rows(_csv_chunks(file), SAMPLE_ROWS))
    decimal = job.decimal or _decimal(file, first)
    read_as = f"{file.dialect.text()}, decimal {'comma' if decimal == ',' else 'point'}"
    return Source(file.header, read_as, decimal, file, _chain(first, _csv_chunks(file)))


def _csv_chunks(file: CsvFile) -> Iterator[Chunk]:
    for block in file.blocks():
        table = block.cells
        size = block.records.nbytes
        yield Chunk(len(block), lambda i, t=table: t.column(i), table, block, size)  # type: ignore[misc]


def _take_rows(chunks: Iterator[Chunk], rows: int) -> Iterator[Chunk]:
    while rows > 0 and (chunk := next(chunks, None)) is not None:
        rows -= chunk.rows
        yield chunk


def _chain(first: list[Chunk], rest: Iterator[Chunk]) -> Iterator[Chunk]:
    while first:
        yield first.pop(0)
    yield from rest


def _decimal(file: CsvFile, first: list[Chunk]) -> str:
    """A comma in a semicolon file whose number cells use it, else a point."""
    if file.dialect.delimiter != ";":
        return "."
    pattern = r"^\s*[+-]?[0-9]+,[0-9]+\s*$"
    found = any(pc.any(pc.match_substring_regex(c.table.column(i), pattern)).as_py()
                for c in first for i in range(c.table.num_columns) if c.rows)  # fmt: skip
    return "," if found else "."


def _open_parquet(job: Job, stack: contextlib.ExitStack) -> Source:
    file = stack.enter_context(pq.ParquetFile(job.source))

    def chunks() -> Iterator[Chunk]:
        for batch in file.iter_batches(batch_size=PARQUET_ROWS):
            table = pa.Table.from_batches([batch])
            yield Chunk(len(batch), lambda i, t=table: t.column(i), table, None, table.nbytes)  # type: ignore[misc]

    return Source(list(file.schema_arrow.names), "Parquet", ".", None, chunks())


# --- units that do not fit -------------------------------------------------------------------------------------------


def check_units(plan: Plan, chunks: Sequence[Chunk], how: Reading) -> None:
    """Stop when a column that names no unit holds values of another one. Raises UsageError with the --unit to give."""
    slips = []
    for column in plan.columns:
        number = load_catalogue()[column.measurement]
        if not isinstance(number, Number) or column.unit_from != "catalogue" or not number.also:
            continue
        parts = [read_column(column, chunk.column(column.index), how).values for chunk in chunks]
        values = np.concatenate([*parts, np.empty(0)])[:SAMPLE_ROWS]
        other = _better_unit(number, values[np.isfinite(values) & (values != 0)])
        if other:
            shown = f"{values[np.isfinite(values)].min():g} to {values[np.isfinite(values)].max():g}"
            slips.append((column.header, shown, number.unit, other))
    if slips:
        found = "; ".join(
            f"column {header!r} names no unit, and its values ({shown}) do not look like {unit} but like {other}"
            for header, shown, unit, other in slips
        )
        give = " ".join(f"--unit '{header}={other}'" for header, _, _, other in slips)
        raise UsageError(f"{found}. Give {give} (or the catalogue's unit, to insist on it)")


def _better_unit(number: Number, values: Any) -> str | None:
    """The unit in which nearly all values are ordinary, when most are not in the assumed one."""
    if len(values) < 5 or _ordinary(number, values) >= 0.5:
        return None
    return next((u for u in number.also if _ordinary(number, convert(values, u, number.unit)) >= 0.9), None)


def _ordinary(number: Number, values: Any) -> float:
    limits = [limit for limit in (number.hard, number.soft) if limit is not None]
    return float(np.mean(~np.logical_or.reduce([limit.outside(values) for limit in limits])))


# --- writing ---------------------------------------------------------------------------------------------------------


class Sink:
    """Where graded chunks go. Subclasses write; leaving the stack closes."""

    def write(self, chunk: Chunk, graded: Graded) -> None:
        """Write the rows of one chunk with their results."""
        raise NotImplementedError


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
        given = [column.cast(pa.string()) for column in chunk.table.columns]
        made = [number_texts(c) if isinstance(c, Values) else self._texts(c) for c in graded.columns]
        self.writer.write_table(pa.Table.from_arrays([*given, *made], schema=self.schema))

    def _texts(self, column: Coded) -> pa.Array:
        texts = [safe(text) if self.excel_safe else text for text in column.texts]
        return pa.array(texts, pa.string()).take(pa.array(column.codes))


class TableParquet(Sink):
    """Anything to Parquet: input columns as they were (a CSV file's as text), results as text and numbers."""

    def __init__(self, stream: IO[bytes], stack: contextlib.ExitStack, header: Sequence[str]) -> None:
        self.stream, self.stack, self.header = stream, stack, header
        self.writer: pq.ParquetWriter | None = None

    def write(self, chunk: Chunk, graded: Graded) -> None:
        names = [*self.header, *(column.name for column in graded.columns)]
        table = pa.Table.from_arrays([*chunk.table.columns, *(column.arrow() for column in graded.columns)], names=names)
        if self.writer is None:
            self.writer = self.stack.enter_context(pq.ParquetWriter(self.stream, table.schema))
        self.writer.write_table(table)


def number_texts(column: Values) -> pa.Array:
    """Numbers as plain decimal text, blank for NaN."""
    return pc.fill_null(pa.array(column.values, from_pandas=True).cast(pa.string()), "")


def safe(text: str) -> str:
    """A cell that a spreadsheet will not take for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


# --- a run -----------------------------------------------------------------------------------------------------------


def run(job: Job, progress: Callable[[int, int], None] = lambda rows, size: None) -> Summary:
    """Grade a file. `progress` is told rows and bytes after every chunk. Raises UsageError; writes all three files or none."""
    for guideline in job.guidelines:
        load_guideline(guideline)
    with contextlib.ExitStack() as stack:
        source = open_source(job, stack)
        how = reading(job.missing, source.decimal)
        plan = plan_columns(source.header, job.options)
        names = [*result_names(plan, job.guidelines), "echograde_status", "echograde_issues"]
        taken = [name for name in names if name in source.header]
        if taken:
            raise UsageError(f"the input already has a column {taken[0]!r}; was it graded before? Remove or rename it")
        summary = Summary(read_as=source.read_as, plan=plan)
        first = list(_take_rows(source.chunks, SAMPLE_ROWS))
        check_units(plan, first, how)
        files = _Files(job, stack)
        sink = _open_sink(job, source, first, names, files.out, stack)
        for chunk in _chain(first, source.chunks):
            graded = grade_rows(plan, job.guidelines, chunk.column, chunk.rows, how)
            sink.write(chunk, graded)
            files.write_issues(chunk, graded, summary.rows)
            summary.add(graded, chunk.rows)
            progress(summary.rows, chunk.size)
        if isinstance(sink, TableParquet) and sink.writer is not None:
            sink.writer.close()
        if isinstance(sink, TableCsv):
            sink.writer.close()
        files.finish(manifest(job, source, summary))
    return summary


def _open_sink(
    job: Job, source: Source, first: Sequence[Chunk], names: Sequence[str], out: IO[bytes], stack: contextlib.ExitStack
) -> Sink:
    if job.target.suffix == ".parquet":
        return TableParquet(out, stack, source.header)
    if source.csv is not None:
        return SplicedCsv(source.csv, out, names, job.excel_safe)
    schema = first[0].table.schema if first else pa.schema([pa.field(n, pa.string()) for n in source.header])
    return TableCsv(out, schema, names, job.excel_safe)


class _Files:
    """The three outputs of a run, under temporary names until `finish`."""

    def __init__(self, job: Job, stack: contextlib.ExitStack) -> None:
        self.job = job
        self.paths = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in
                      (job.issues_path, job.manifest_path, job.target)}  # fmt: skip
        stack.callback(self._clear)
        try:
            self.out: IO[bytes] = stack.enter_context(self.paths[job.target].open("wb"))
            text = self.paths[job.issues_path].open("w", encoding="utf-8", newline="")
        except OSError as error:
            raise UsageError(f"cannot write beside {job.target}: {error}") from error
        self.issues_file = stack.enter_context(text)
        self.issues = csv.writer(self.issues_file, lineterminator="\n")
        self.issues.writerow(ISSUE_HEADER)

    def write_issues(self, chunk: Chunk, graded: Graded, before: int) -> None:
        """Add the issues of one chunk; rows count from 1."""
        neutral = safe if self.job.excel_safe else str
        for i in graded.issues:
            place = (before + i.row + 1, chunk.line(i.row), neutral(i.column), neutral(i.value))
            self.issues.writerow((*place, i.severity, neutral(i.message)))

    def finish(self, said: dict[str, Any]) -> None:
        """Put everything in its place, the graded file last."""
        text = json.dumps(said, indent=2, ensure_ascii=False) + "\n"
        self.paths[self.job.manifest_path].write_text(text, encoding="utf-8")
        self.out.close()
        self.issues_file.close()
        for path, temporary in self.paths.items():
            os.replace(temporary, path)

    def _clear(self) -> None:
        for temporary in self.paths.values():
            temporary.unlink(missing_ok=True)


def manifest(job: Job, source: Source, summary: Summary) -> dict[str, Any]:
    """What is needed to repeat and to trust a run. It holds no time and no path, so that equal runs give equal files."""
    from grading import __version__

    assert summary.plan is not None
    with job.source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "echograde": __version__,
        "notice": NOTICE,
        "guidelines": {
            guideline: {valve: table.digest for valve, table in load_guideline(guideline).tables.items()}
            for guideline in job.guidelines
        },
        "catalogue": {
            name: hashlib.sha256((tables() / name).read_bytes()).hexdigest()
            for name in ("measurements.toml", "derived.toml")
        },
        "input": {"name": job.source.name, "sha256": digest, "read_as": source.read_as, "rows": summary.rows},
        "options": {
            "valve": job.options.valve,
            "columns": dict(job.options.columns),
            "units": dict(job.options.units),
            "set": dict(job.options.constants),
            "missing": list(job.missing),
            "excel_safe": job.excel_safe,
        },
        "columns": [matched(column) for column in _all_columns(summary.plan)],
        "unmatched": list(summary.plan.unmatched),
        "status": dict(sorted(summary.statuses.items())),
        "grades": {name: dict(sorted(counts.items())) for name, counts in summary.grades.items()},
        "issues": dict(sorted(summary.severities.items())),
    }


def _all_columns(plan: Plan) -> list[Column]:
    return [*([plan.valve_column] if plan.valve_column else []), *plan.columns]


def matched(column: Column) -> dict[str, str]:
    """How one column was understood."""
    return {
        "header": column.header,
        "measurement": column.measurement,
        "valve": column.valve,
        "unit": column.unit,
        "unit_from": column.unit_from,
        "matched_by": column.matched_by,
    }


def has_errors(summary: Summary) -> bool:
    """True when some rows could not be graded: the run's exit code is 1."""
    return summary.rejected > 0 or summary.severities[ERROR] > 0
