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
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np

from grading.catalogue import tables
from grading.cells import reading
from grading.columns import Column, Plan, plan_columns
from grading.errors import UsageError
from grading.guideline import load_guideline
from grading.report import NOTICE
from grading.results import STATUSES, Coded, result_names
from grading.rows import Graded, grade_rows
from grading.sinks import open_sink, safe
from grading.slips import SAMPLE_ROWS, check_units
from grading.sources import Chunk, Job, Source, chain, detect_decimal, open_source, sample, take_rows

ISSUE_HEADER = ("row", "line", "column", "value", "severity", "message")


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


def run(job: Job, progress: Callable[[int, int], None] = lambda rows, size: None) -> Summary:
    """Grade a file. `progress` is told rows and bytes after every chunk.

    Raises UsageError; writes all three files or none.
    """
    try:
        return _run(job, progress)
    except OSError as error:
        raise UsageError(f"the run stopped, nothing was written: {error}") from error


def _run(job: Job, progress: Callable[[int, int], None]) -> Summary:
    for guideline in job.guidelines:
        load_guideline(guideline)
    _refuse_targets(job)
    with contextlib.ExitStack() as stack:
        source = open_source(job, stack)
        plan = plan_columns(source.header, job.options)
        names = [*result_names(plan, job.guidelines), "echograde_status", "echograde_issues"]
        taken = [name for name in names if name in source.header]
        if taken:
            raise UsageError(f"the input already has a column {taken[0]!r}; was it graded before? Remove or rename it")
        first = take_rows(source.chunks, SAMPLE_ROWS)
        decimal = job.decimal or detect_decimal(source, plan, first)
        how = reading(job.missing, decimal)
        source.read_as += "" if source.csv is None else f", decimal {'comma' if decimal == ',' else 'point'}"
        summary = Summary(read_as=source.read_as, plan=plan)
        check_units(plan, lambda index: sample(first, index), how)
        files = _Files(job, stack)
        sink = open_sink(job, source, first, names, files.out, stack)
        for chunk in chain(first, source.chunks):
            graded = grade_rows(plan, job.guidelines, chunk.column, chunk.rows, how)
            sink.write(chunk, graded)
            files.write_issues(chunk, graded, summary.rows)
            summary.add(graded, chunk.rows)
            progress(summary.rows, chunk.size)
        sink.close()
        files.finish(manifest(job, source, summary))
    return summary


def _refuse_targets(job: Job) -> None:
    """Outputs must be files of a kind that is written, and none of them the input."""
    if job.target.suffix.lower() in (".xlsx", ".xls", ".ods"):
        raise UsageError(f"{job.target.name}: spreadsheets are not written; choose a .csv or .parquet file")
    if job.target.is_dir():
        raise UsageError(f"{job.target} is a folder; name a file to write")
    for path in (job.target, job.issues_path, job.manifest_path):
        if path.is_dir():
            raise UsageError(f"{path} is a folder; name a file to write")
        if path.resolve() == job.source.resolve():
            raise UsageError(f"{path.name} would overwrite the input; choose another name with -o")


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
    """What is needed to repeat and to trust a run.

    It holds no time and no path, so that equal runs give equal files.
    """
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
