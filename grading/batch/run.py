"""Grading files: CSV or Parquet in, CSV or Parquet out, an issues file and a run manifest beside it.

Rows stream through in pieces; every input row reaches the output in order. Where the outputs go, to files or to memory,
is the business of `outputs`.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

import pyarrow as pa

from grading.batch.destinations import Destination, FileDestination, issues_start, refuse_targets
from grading.batch.job import STANDARD, Job
from grading.batch.long_source import widened
from grading.batch.piece import PieceGrader, TablePiece
from grading.batch.pools import engine
from grading.batch.source import Source, detect_decimal, open_source, sample
from grading.batch.summary import Summary, manifest
from grading.batch.workers import ahead, in_order
from grading.batch.writers import open_sink
from grading.columns.plan import Options, Plan, plan_columns
from grading.columns.unit_slips import check_units
from grading.errors import UsageError, about, why
from grading.reading.cells import CellFormat, reading
from grading.reference.catalogue import Number, load_catalogue
from grading.reference.guideline import load_guideline
from grading.rows.grader import Grader
from grading.rows.refusals import Refusals
from grading.rows.result_names import result_names

#: result cells spliced at a time, so that many guidelines on many valves need no more memory than one
CELLS_AT_A_TIME = 1_000_000


def run(job: Job, progress: Callable[[int, int], None] = lambda rows, size: None) -> Summary:
    """Grade a file. `progress` is told rows so far and bytes read after every piece.

    Raises UsageError; writes all three files or none (to standard output only the graded rows, as they come).
    """
    refuse_targets(job)
    try:
        return run_into(job, progress, lambda stack: FileDestination(job, stack))
    except BrokenPipeError:
        raise
    except OSError as error:
        if job.target == STANDARD:
            raise UsageError(f"standard output: the run stopped before its end: {why(error)}") from error
        raise UsageError(f"{job.target.name}: the run stopped, nothing was written: {why(error)}") from error


def run_into(
    job: Job, progress: Callable[[int, int], None], place: Callable[[contextlib.ExitStack], Destination]
) -> Summary:
    """Grade a file into the outputs that `place` opens once the input is understood. Raises UsageError."""
    for guideline in job.guidelines:
        load_guideline(guideline)
    with contextlib.ExitStack() as stack:
        source = open_source(job, stack)
        stack.enter_context(about(source.name))
        source, options = as_wide(job, source, stack)
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
            sink.write(recipe.apply(TablePiece(source.schema.empty_table(), 0, source.name)).graded)
        sink.close()
        refusals.confirm()
        summary.read_as = source.read_as + (", and cp1252 where bytes are not that" if summary.foreign else "")
        said = json.dumps(manifest(job, source, summary), indent=2, ensure_ascii=False) + "\n"
        outputs.finish(said.encode("utf-8", "backslashreplace"))
    return summary


def as_wide(job: Job, source: Source, stack: contextlib.ExitStack) -> tuple[Source, Options]:
    """The source as a table of one study or valve a row, and what is left to say of its columns. Raises UsageError."""
    if job.long is None:
        return source, job.options
    return widened(job, source, stack)


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


def first_cells(job: Job, source: Source, plan: Plan) -> tuple[CellFormat, dict[int, list[pa.Array]]]:
    """How the cells of a source are written, from a look at its first rows, and those of its matched columns."""
    if not source.first:
        source.look()
    cells = sample(source.first, [column.index for column in plan.columns])
    decimal = source.decimal or job.decimal or detect_decimal(source, plan, cells)
    source.read_as += "" if source.csv is None else f", decimal {'comma' if decimal == ',' else 'point'}"
    return reading(job.missing, decimal), cells


def _recipe(job: Job, source: Source, plan: Plan) -> PieceGrader:
    """How every piece is graded. Raises UsageError for a column in another unit."""
    how, cells = first_cells(job, source, plan)
    check_units(plan, cells.__getitem__, how)
    decimal, catalogue = how.decimal, load_catalogue()
    numbers = {c.index for c in plan.columns if decimal == "." and isinstance(catalogue[c.measurement], Number)}
    grader = Grader(plan, job.guidelines, how)
    return PieceGrader(grader, job.to_parquet, source.delimiter, job.excel_safe, source.several, numbers)
