"""Grading files: CSV or Parquet in, CSV or Parquet out, an issues file and a run manifest beside it.

Rows stream through in pieces; every input row reaches the output in order. Where the outputs go, to files or to memory,
is the business of `outputs`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from grading.catalogue import VALVES, Number, load_catalogue, tables
from grading.cells import Reading, reading
from grading.columns import Column, Options, Plan, plan_columns
from grading.engines import ahead, engine, in_order
from grading.entry import ERROR
from grading.errors import UsageError, about, why
from grading.guideline import load_guideline
from grading.longsource import widened
from grading.measured import LineIssue
from grading.methods import METHODS
from grading.outputs import FileOutputs, Outputs, issues_start, refuse_targets
from grading.refusals import Refusals
from grading.report import NOTICE
from grading.resultnames import result_names
from grading.rows import Grader
from grading.sinks import open_sink
from grading.slips import check_units
from grading.sources import STANDARD, Job, Source, detect_decimal, open_source, sample
from grading.work import Batch, Outcome, Recipe

#: result cells spliced at a time, so that many guidelines on many valves need no more memory than one
CELLS_AT_A_TIME = 1_000_000


@dataclass(slots=True)
class Summary:
    """What a run did: rows, rows by status, grades by column, issues by severity, and how the input and its cells were
    read."""

    rows: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    grades: dict[str, Counter[str]] = field(default_factory=dict)
    severities: Counter[str] = field(default_factory=Counter)
    foreign: bool = False
    read_as: str = ""
    plan: Plan | None = None
    general: Sequence[LineIssue] = ()
    how: Reading = field(default_factory=Reading)

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
        for name, counts in outcome.grades.items():
            self.grades.setdefault(name, Counter()).update(counts)


def run(job: Job, progress: Callable[[int, int], None] = lambda rows, size: None) -> Summary:
    """Grade a file. `progress` is told rows so far and bytes read after every piece.

    Raises UsageError; writes all three files or none (to standard output only the graded rows, as they come).
    """
    refuse_targets(job)
    try:
        return run_into(job, progress, lambda stack: FileOutputs(job, stack))
    except BrokenPipeError:
        raise
    except OSError as error:
        if job.target == STANDARD:
            raise UsageError(f"standard output: the run stopped before its end: {why(error)}") from error
        raise UsageError(f"{job.target.name}: the run stopped, nothing was written: {why(error)}") from error


def run_into(
    job: Job, progress: Callable[[int, int], None], place: Callable[[contextlib.ExitStack], Outputs]
) -> Summary:
    """Grade a file into the outputs that `place` opens once the input is understood. Raises UsageError."""
    for guideline in job.guidelines:
        load_guideline(guideline)
    with contextlib.ExitStack() as stack:
        source = open_source(job, stack)
        stack.enter_context(about(source.name))
        source, options = as_wide(job, source)
        plan, names = planned(job, source, options)
        if job.source != STANDARD:
            source.pieces = ahead(source.pieces)
        recipe = _recipe(job, source, plan)
        executor, at_a_time = stack.enter_context(engine(job.engine, job.scheduler))
        outputs = place(stack)
        sink = open_sink(job, source, names, recipe.delimiter, outputs.out, stack)
        outputs.issues.write(issues_start(source.general, job.excel_safe))
        summary = Summary(general=tuple(source.general), plan=plan, how=recipe.grader.how)
        summary.severities.update(issue.severity for issue in source.general)
        refusals = Refusals(stack)
        for outcome in in_order(executor, recipe.apply, source.all(), at_a_time):
            sink.write(outcome.graded)
            outputs.issues.write(outcome.issues)
            summary.add(outcome)
            refusals.add(outcome.refused)
            progress(summary.rows, outcome.size)
        if job.to_parquet and not summary.rows:
            sink.write(recipe.apply(Batch(source.schema.empty_table(), 0, source.name)).graded)
        sink.close()
        refusals.confirm()
        summary.read_as = source.read_as + (", and cp1252 where bytes are not that" if summary.foreign else "")
        said = json.dumps(manifest(job, source, summary), indent=2, ensure_ascii=False) + "\n"
        outputs.finish(said.encode("utf-8", "backslashreplace"))
    return summary


def as_wide(job: Job, source: Source) -> tuple[Source, Options]:
    """The source as a table of one study or valve a row, and what is left to say of its columns. Raises UsageError."""
    if job.long is None:
        return source, job.options
    return widened(job, source), replace(job.options, units={})


def planned(job: Job, source: Source, options: Options) -> tuple[Plan, list[str]]:
    """What the columns of a wide source are, and the names of the results. Raises UsageError."""
    plan = plan_columns(source.header, options)
    names = [*result_names(plan, job.guidelines), "echograde_status", "echograde_issues"]
    taken = [name for name in names if name in source.header]
    if taken:
        raise UsageError(f"the input already has a column {taken[0]!r}; was it graded before? Remove or rename it")
    if source.csv is not None:
        source.csv.piece_records = min(source.csv.piece_records, max(256, CELLS_AT_A_TIME // len(names)))
    return plan, names


def first_cells(job: Job, source: Source, plan: Plan) -> tuple[Reading, dict[int, list[pa.Array]]]:
    """How the cells of a source are written, from a look at its first rows, and those of its matched columns."""
    if not source.first:
        source.look()
    cells = sample(source.first, [column.index for column in plan.columns])
    decimal = source.decimal or job.decimal or detect_decimal(source, plan, cells)
    source.read_as += "" if source.csv is None else f", decimal {'comma' if decimal == ',' else 'point'}"
    return reading(job.missing, decimal), cells


def _recipe(job: Job, source: Source, plan: Plan) -> Recipe:
    """How every piece is graded. Raises UsageError for a column in another unit."""
    how, cells = first_cells(job, source, plan)
    check_units(plan, cells.__getitem__, how)
    decimal, catalogue = how.decimal, load_catalogue()
    numbers = {c.index for c in plan.columns if decimal == "." and isinstance(catalogue[c.measurement], Number)}
    grader = Grader(plan, job.guidelines, how)
    return Recipe(grader, job.to_parquet, source.delimiter, job.excel_safe, source.several, numbers)


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
        "methods": {
            valve: {f"{m.target} by {m.name}": m.formula for m in METHODS if valve in m.valves}
            for valve in summary.plan.valves or VALVES
        },
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
