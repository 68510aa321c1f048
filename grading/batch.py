"""Grading files: CSV or Parquet in, CSV or Parquet out, an issues file and a run manifest beside it.

Rows stream through in pieces; every input row reaches the output in order. Everything is written to temporary files
beside the target and renamed at the end, so a run that is stopped leaves no half-written output.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from grading.catalogue import Number, load_catalogue, tables
from grading.cells import reading
from grading.columns import Column, Plan, plan_columns
from grading.engines import ahead, engine, in_order
from grading.entry import ERROR
from grading.errors import UsageError, about, why
from grading.guideline import load_guideline
from grading.issues import HEADER, as_bytes, csv_lines
from grading.longsource import widened
from grading.measured import LineIssue
from grading.report import NOTICE
from grading.resultnames import result_names
from grading.rows import Grader, confirm_refused
from grading.sinks import open_sink
from grading.slips import check_units
from grading.sources import STANDARD, Job, Source, detect_decimal, open_source, sample
from grading.work import Batch, Outcome, Recipe

#: result cells spliced at a time, so that many guidelines on many valves need no more memory than one
CELLS_AT_A_TIME = 1_000_000


@dataclass(slots=True)
class Summary:
    """What a run did: rows, rows by status, grades by column, issues by severity, and how the input was read."""

    rows: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    grades: dict[str, Counter[str]] = field(default_factory=dict)
    severities: Counter[str] = field(default_factory=Counter)
    foreign: bool = False
    refused: dict[str, set[float]] = field(default_factory=dict)
    read_as: str = ""
    plan: Plan | None = None
    general: Sequence[LineIssue] = ()

    @property
    def rejected(self) -> int:
        """How many rows were not graded because a cell is impossible or unreadable, and lines that name no row."""
        return self.statuses["rejected"] + sum(issue.severity == ERROR for issue in self.general)

    def add(self, outcome: Outcome) -> None:
        """Count one piece."""
        self.rows += outcome.rows
        self.foreign |= outcome.foreign
        self.statuses.update(outcome.statuses)
        self.severities.update(outcome.severities)
        for name, values in outcome.refused.items():
            self.refused.setdefault(name, set()).update(values)
        for name, counts in outcome.grades.items():
            self.grades.setdefault(name, Counter()).update(counts)


def run(job: Job, progress: Callable[[int, int], None] = lambda rows, size: None) -> Summary:
    """Grade a file. `progress` is told rows so far and bytes read after every piece.

    Raises UsageError; writes all three files or none (to standard output only the graded rows, as they come).
    """
    try:
        return _run(job, progress)
    except BrokenPipeError:
        raise
    except OSError as error:
        if job.target == STANDARD:
            raise UsageError(f"standard output: the run stopped before its end: {why(error)}") from error
        raise UsageError(f"{job.target.name}: the run stopped, nothing was written: {why(error)}") from error


def _run(job: Job, progress: Callable[[int, int], None]) -> Summary:
    for guideline in job.guidelines:
        load_guideline(guideline)
    _refuse_targets(job)
    with contextlib.ExitStack() as stack:
        source = open_source(job, stack)
        stack.enter_context(about(source.name))
        source, plan, names = _planned(job, source)
        recipe = _recipe(job, source, plan)
        executor, at_a_time = stack.enter_context(engine(job.engine, job.scheduler))
        files = _Files(job, stack)
        sink = open_sink(job, source, names, recipe.delimiter, files.out, stack)
        files.write_general(source.general)
        summary = Summary(general=tuple(source.general), plan=plan)
        summary.severities.update(issue.severity for issue in source.general)
        pieces = source.all() if job.source == STANDARD else ahead(source.all())
        for outcome in in_order(executor, recipe.apply, pieces, at_a_time):
            sink.write(outcome.graded)
            files.issues.write(outcome.issues)
            summary.add(outcome)
            progress(summary.rows, outcome.size)
        if job.to_parquet and not summary.rows:
            sink.write(recipe.apply(Batch(source.schema.empty_table(), 0, source.name)).graded)
        sink.close()
        confirm_refused(summary.refused)
        summary.read_as = source.read_as + (", and cp1252 where bytes are not that" if summary.foreign else "")
        files.finish(manifest(job, source, summary))
    return summary


def _planned(job: Job, source: Source) -> tuple[Source, Plan, list[str]]:
    """The source as a wide table, what its columns are, and the names of the results. Raises UsageError."""
    options = job.options
    if job.long is not None:
        source, options = widened(job, source), replace(options, units={})
    plan = plan_columns(source.header, options)
    names = [*result_names(plan, job.guidelines), "echograde_status", "echograde_issues"]
    taken = [name for name in names if name in source.header]
    if taken:
        raise UsageError(f"the input already has a column {taken[0]!r}; was it graded before? Remove or rename it")
    if source.csv is not None:
        source.csv.piece_records = min(source.csv.piece_records, max(256, CELLS_AT_A_TIME // len(names)))
    return source, plan, names


def _recipe(job: Job, source: Source, plan: Plan) -> Recipe:
    """How every piece is graded, after a look at the first rows. Raises UsageError for a column in another unit."""
    source.look()
    cells = sample(source.first, [column.index for column in plan.columns])
    decimal = source.decimal or job.decimal or detect_decimal(source, plan, cells)
    source.read_as += "" if source.csv is None else f", decimal {'comma' if decimal == ',' else 'point'}"
    how = reading(job.missing, decimal)
    check_units(plan, cells.__getitem__, how)
    numbers = {c.index for c in plan.columns if decimal == "." and isinstance(load_catalogue()[c.measurement], Number)}
    grader = Grader(plan, job.guidelines, how)
    return Recipe(grader, job.to_parquet, source.delimiter, job.excel_safe, source.several, numbers)


def _refuse_targets(job: Job) -> None:
    """Outputs must be files of a kind that is written, and none of them the input."""
    if job.target == STANDARD:
        return
    if job.target.suffix.lower() in (".xlsx", ".xls", ".ods"):
        raise UsageError(f"{job.target.name}: spreadsheets are not written; choose a .csv or .parquet file")
    try:
        _refuse_places(job)
    except (OSError, RuntimeError) as error:
        raise UsageError(f"cannot use {job.source} and {job.target}: {why(error)}") from error


def _refuse_places(job: Job) -> None:
    for path in (job.target, job.issues_path, job.manifest_path):
        if path.is_dir():
            raise UsageError(f"{path} is a folder; name a file to write")
        if path.exists() and not path.is_file():
            raise UsageError(
                f"{path} is a pipe or a device and would be replaced; name a file, or - for standard output"
            )
        if job.source != STANDARD and path.resolve() == job.source.resolve():
            raise UsageError(f"{path.name} would overwrite the input; choose another name with -o")
    if job.source.is_dir() and job.target.resolve().parent == job.source.resolve():
        raise UsageError(f"{job.target} stands among the parts and would be read as one; choose another place with -o")


class _Files:
    """The three outputs of a run, under temporary names until `finish`; or standard output alone."""

    def __init__(self, job: Job, stack: contextlib.ExitStack) -> None:
        self.job = job
        self.paths: dict[Path, Path] = {}
        if job.target == STANDARD:
            self.out: IO[bytes] = sys.stdout.buffer
            self.issues: IO[bytes] = stack.enter_context(Path(os.devnull).open("wb"))  # noqa: SIM115
            return
        outputs = (job.issues_path, job.manifest_path, job.target)
        self.paths = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in outputs}
        stack.callback(self._clear)
        try:
            self.out = stack.enter_context(self.paths[job.target].open("wb"))
            self.issues = stack.enter_context(self.paths[job.issues_path].open("wb"))
        except OSError as error:
            raise UsageError(f"cannot write beside {job.target}: {why(error)}") from error
        self.issues.write((",".join(HEADER) + "\n").encode())

    def write_general(self, issues: Sequence[LineIssue]) -> None:
        """Add issues that are about no single row."""
        columns = zip(*(("", str(i.line), i.column, i.value, i.severity, i.message) for i in issues), strict=True)
        cells = [pa.array(column, pa.string()) for column in columns]
        if cells:
            self.issues.write(as_bytes(csv_lines(cells, self.job.excel_safe)))

    def finish(self, said: dict[str, Any]) -> None:
        """Put everything in its place, the graded file last."""
        if not self.paths:
            self.out.flush()
            return
        text = json.dumps(said, indent=2, ensure_ascii=False) + "\n"
        self.paths[self.job.manifest_path].write_text(text, encoding="utf-8", errors="backslashreplace")
        self.out.close()
        self.issues.close()
        for path, temporary in self.paths.items():
            os.replace(temporary, path)

    def _clear(self) -> None:
        for temporary in self.paths.values():
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def manifest(job: Job, source: Source, summary: Summary) -> dict[str, Any]:
    """What is needed to repeat and to trust a run.

    It holds no time and no path, so that equal runs give equal files.
    """
    from grading import __version__

    assert summary.plan is not None
    read = [{"name": name, "sha256": digest} for name, digest in source.digests.items()]
    given: dict[str, Any] = {**read[0]} if len(read) == 1 else {"name": job.source.name, "parts": read}
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
        "input": {**given, "read_as": summary.read_as, "rows": summary.rows},
        "options": {
            "valve": job.options.valve,
            "columns": dict(job.options.columns),
            "units": dict(job.options.units),
            "set": dict(job.options.constants),
            "missing": list(job.missing),
            "excel_safe": job.excel_safe,
            **({} if job.long is None else {"layout": "long", "repeats": job.long.repeats}),
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
