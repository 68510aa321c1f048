"""Grading files: CSV or Parquet in, CSV or Parquet out, an issues file and a run manifest beside it, and on request the
tidy rows.

Rows stream through in pieces; every input row reaches the output in order. Where the outputs go, to files or to memory,
is the business of `outputs`.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import pyarrow as pa

from grading.batch.agreed import Agreed
from grading.batch.destinations import Destination, FileDestination, issues_start, refuse_targets
from grading.batch.first_rows import alone_hint, contents_of, header_hint, refuse_summary, refuse_units_row, units_below
from grading.batch.job import Job
from grading.batch.open_source import open_source
from grading.batch.piece import NumberColumns, PieceGrader, TablePiece
from grading.batch.pools import engine
from grading.batch.result_cells import CellStyle
from grading.batch.source import Source, detect_decimal, sample
from grading.batch.summary import Apostrophes, Summary, manifest
from grading.batch.tidy_file import tidy_maker
from grading.batch.tidy_schema import tidy_schema
from grading.batch.workers import ahead, in_order
from grading.batch.writers import open_sink
from grading.columns.code_values import code_warnings
from grading.columns.plan import Options, Plan, plan_columns
from grading.columns.unit_slips import Matters, check_units
from grading.errors import UsageError, named, why, written
from grading.formats.upload import STANDARD
from grading.longtable.line_issue import LineIssue
from grading.reading.cells import CellFormat, reading
from grading.reading.values import WARNING
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import load_guideline
from grading.reference.measurement import Number
from grading.rows.grader import Grader
from grading.rows.result_names import OF_EVERY_ROW, result_names
from grading.rows.schema import SchemaCheck
from grading.rows.unit_matters import unit_matters

#: result cells spliced at a time, so that many guidelines on many valves need no more memory than one
CELLS_AT_A_TIME = 1_000_000


def run(job: Job, progress: Callable[[int, int], None] = lambda rows, size: None) -> Summary:
    """Grade a file. `progress` is told rows so far and bytes read after every piece.

    Raises UsageError; writes all files or none (to standard output only the graded rows, as they come).
    """
    refuse_targets(job)
    try:
        return run_into(job, progress, lambda stack, permissions: FileDestination(job, stack, permissions))
    except BrokenPipeError:
        raise
    except OSError as error:
        if job.target == STANDARD:
            raise UsageError(f"standard output: the run stopped before its end: {why(error)}") from error
        raise UsageError(f"{job.target.name}: the run stopped, nothing was written: {why(error)}") from error


def run_into(
    job: Job, progress: Callable[[int, int], None], place: Callable[[contextlib.ExitStack, int | None], Destination],
    agreed: Agreed | None = None,
) -> Summary:  # fmt: skip
    """Grade a file into the outputs that `place` opens once the input is understood, told who may read it.

    A file that is a part of a table is read as is `agreed` for all of them. Raises UsageError.
    """
    for guideline in job.guidelines:
        load_guideline(guideline)
    with contextlib.ExitStack() as stack:
        source = open_source(job, stack)
        stack.enter_context(named(source.name))
        source, options = as_wide(job, source, stack)
        plan, names = _kept_to(agreed, job, source) if agreed is not None else planned(job, source, options)
        if source.csv is not None:
            source.csv.piece_records = min(source.csv.piece_records, max(256, CELLS_AT_A_TIME // len(names)))
        if job.source != STANDARD and job.threads != 1:
            source.stream = ahead(source.stream)
        first = first_cells(job, source, plan, agreed)
        recipe = _recipe(job, source, plan, first)
        source.general = (*source.general, *_code_issues(job, plan, first))
        executor, at_a_time = stack.enter_context(engine(job.engine, job.scheduler, job.threads))
        outputs = place(stack, source.parts.permissions)
        sink = open_sink(job, source, names, source.delimiter, outputs.out, stack)
        outputs.issues.write(issues_start(source.general, job.excel_safe))
        if recipe.tidy is not None:
            outputs.tidy.write(recipe.tidy.start)
        summary = Summary(general=tuple(source.general), plan=plan, cell_format=recipe.grader.cell_format)
        summary.severities.update(issue.severity for issue in source.general)
        summary.apostrophes = Apostrophes(sink.apostrophes) if job.excel_safe else None
        schema = SchemaCheck()
        for outcome in in_order(executor, recipe.apply, source.pieces(), at_a_time):
            sink.write(outcome.graded)
            outputs.issues.write(outcome.issues)
            if outcome.tidy is not None:
                outputs.tidy.writelines(outcome.tidy.lines())
            summary.add(outcome)
            schema.add(outcome.refused, outcome.accepted)
            progress(summary.rows, outcome.size)
        if job.as_tables and not summary.rows:
            sink.write(recipe.apply(TablePiece(table=source.schema.empty_table(), row=0, name=source.name)).graded)
        sink.close()
        schema.confirm()
        summary.read_as = first.read_as + (", and cp1252 where bytes are not that" if summary.foreign else "")
        described = b"" if recipe.tidy is None else _json(tidy_schema(recipe.tidy, plan, job.guidelines))
        record = _json(manifest(job, source, summary))
        source.parts.confirm()
        outputs.finish(record, described)
    return summary


def _code_issues(job: Job, plan: Plan, first: FirstCells) -> Iterator[LineIssue]:
    """Numbers that may stand for what was not measured."""
    for header, sentence in code_warnings(plan, first.cells.__getitem__, first.cell_format):
        yield LineIssue(0, None, header, "", WARNING, written(sentence, job.write_option))


def _json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def as_wide(job: Job, source: Source, stack: contextlib.ExitStack) -> tuple[Source, Options]:
    """The source as a table of one study or valve a row, and what is left to say of its columns. Raises UsageError."""
    if job.long is None and source.long is None:
        return source, job.options
    from grading.batch.long_source import widened

    return widened(job, source, stack)


def planned(job: Job, source: Source, options: Options) -> tuple[Plan, list[str]]:
    """What the columns of a wide source are, and the names of the results. Raises UsageError."""
    options = replace(options, row_units=units_below(job, source))
    contents = contents_of(source)
    try:
        plan = plan_columns(source.headers, options, contents)
    except UsageError as error:
        hint = header_hint(source) if not options.columns else ""
        raise UsageError(hint or error.sentence + alone_hint(source)) from error
    if not job.units_row:
        refuse_units_row(source, plan)
    refuse_summary(source, plan)
    names = [*result_names(plan, job.guidelines), *OF_EVERY_ROW]
    taken = [name for name in names if name in source.headers]
    if taken:
        raise UsageError(f"the input already has a column {taken[0]!r}; was it graded before? Remove or rename it")
    return plan, names


def _kept_to(agreed: Agreed, job: Job, source: Source) -> tuple[Plan, list[str]]:
    """The columns and results that are agreed. Raises UsageError for a part of another table."""
    agreed.refuse_other(source)
    # a line of units is no row of a part either
    units_below(job, source)
    return agreed.plan, list(agreed.names)


def agree(job: Job) -> Agreed:
    """How a table is read of which a file is one part. Raises UsageError for one that is not read part by part."""
    with contextlib.ExitStack() as stack:
        source = open_source(job, stack)
        stack.enter_context(named(source.name))
        if job.long is not None or source.long is not None:
            raise UsageError(
                "one measurement a line is not graded part by part, for the lines of a study may stand in two parts; "
                "name a file to write"
            )
        plan, names = planned(job, source, job.options)
        first = first_cells(job, source, plan)
        _refuse_slips(job, plan, first)
        return Agreed(
            first=source.name, header=tuple(source.header), delimiter=source.delimiter,
            beside=tuple(source.beside), plan=plan, names=tuple(names), cell_format=first.cell_format,
        )  # fmt: skip


class FirstCells(NamedTuple):
    """The first cells of the matched columns by their index, how they are written, and how the file is read."""

    cells: dict[int, list[pa.Array]]
    cell_format: CellFormat
    read_as: str

    def matters(self, job: Job, plan: Plan) -> Matters:
        """Whether a grade of these rows depends on the unit of a column."""
        return unit_matters(plan, job.guidelines, self.cell_format, self.cells.__getitem__)


def first_cells(job: Job, source: Source, plan: Plan, agreed: Agreed | None = None) -> FirstCells:
    """How the cells of a source are written, from a look at its first rows, or as is agreed."""
    cells = sample(source.peek(), plan.indexes, source.texts_beside)
    settled = source.decimal or job.decimal if agreed is None else agreed.cell_format.decimal
    decimal = settled or detect_decimal(source, plan, cells)
    mark = "" if source.csv is None else f", decimal {'comma' if decimal == ',' else 'point'}"
    return FirstCells(cells, reading(job.missing, decimal, job.write_option), source.read_as + mark)


def _recipe(job: Job, source: Source, plan: Plan, first: FirstCells) -> PieceGrader:
    """How every piece is graded. Raises UsageError for a column in another unit."""
    _refuse_slips(job, plan, first)
    decimal, catalogue = first.cell_format.decimal, load_catalogue()
    own = [c for c in plan.columns if c.index < len(source.header)]
    numbers = [c.index for c in own if decimal == "." and isinstance(catalogue[c.measurement], Number)]
    grader = Grader(plan, job.guidelines, first.cell_format)
    # a table that is no CSV file is written as UTF-8
    encoding = "utf-8" if source.csv is None else source.csv.dialect.encoding
    style = CellStyle(source.delimiter, encoding, job.excel_safe)
    return PieceGrader(
        grader=grader, as_tables=job.as_tables, style=style, several=source.several, numbers=NumberColumns(numbers),
        tidy=tidy_maker(job, source.header, plan), beside=source.texts_beside,
    )  # fmt: skip


def _refuse_slips(job: Job, plan: Plan, first: FirstCells) -> None:
    """Raises UsageError for a column in another unit."""
    check_units(plan, first.cells.__getitem__, first.cell_format, first.matters(job, plan), declared=job.long is None)
