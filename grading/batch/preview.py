"""A file before it is graded: how it is read, what its columns are taken for, and what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from grading.batch.first_rows import header_hint
from grading.batch.job import Job
from grading.batch.open_source import open_source
from grading.batch.piece import cells_of
from grading.batch.run import as_wide, first_cells, planned
from grading.batch.source import Source
from grading.columns.cells import as_text
from grading.columns.headers import fold
from grading.columns.hints import hints_of
from grading.columns.plan import Column, Options, Plan, read_header, without_valve
from grading.columns.unit_slips import Slip, find_slips
from grading.errors import UsageError
from grading.longtable.line_issue import LineIssue

#: rows that are shown
FIRST_ROWS = 20
#: how many different cells of a column are named as examples
_EXAMPLES = 4


@dataclass(frozen=True, slots=True)
class ColumnPreview:
    """A header and what it is taken for: a column (its measurement is '' where it is not used), some of its cells, and
    why it is not used, or not as it seems."""

    column: Column
    examples: tuple[str, ...] = ()
    note: str = ""

    @property
    def used(self) -> bool:
        """True when it is taken for a measurement, or for the valve of its row."""
        return self.column.measurement != ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a look at a file shows.

    `refusal` is the sentence for what stands in the way of a run, '' where nothing is known to. `header` and `first`
    are the headers and first rows of the file as it is; `columns` are those that are graded, of a long table the ones
    it is turned into. `plan` is there when they can be graded, `slips` are whole columns in another unit than assumed,
    and `long` holds the issues of a long table that are about no single row. `nameless` are columns that leave their
    valve open where nothing else says it, and `named_valves` the valves that the others name. What was not reached
    before a refusal is empty.
    """

    name: str
    refusal: str = ""
    read_as: str = ""
    header: tuple[str, ...] = ()
    columns: tuple[ColumnPreview, ...] = ()
    plan: Plan | None = None
    slips: tuple[Slip, ...] = ()
    first: tuple[tuple[str, ...], ...] = ()
    long: tuple[LineIssue, ...] = ()
    nameless: tuple[Column, ...] = ()
    named_valves: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """True when a run would begin."""
        return not self.refusal and not self.slips


def preview(job: Job) -> Preview:
    """Read the start of a file (the whole of a long one) as a run would, and say what it is taken for. Grades nothing.

    Raises nothing for what is wrong with the file or the options: that is the refusal.

    >>> from grading.batch.in_memory import job_of
    >>> from grading.formats.upload import Upload
    >>> found = preview(job_of(Upload("a.csv", b"mr_eroa,age\\n45,61\\n40,50\\n35,70\\n30,48\\n25,55\\n")))
    >>> found.read_as, found.slips[0].assumed, found.slips[0].other
    ('comma between cells, utf-8, decimal point', 'cm2', 'mm2')
    """
    found, hint = Preview(job.source.name), ""
    try:
        with ExitStack() as stack:
            source = open_source(job, stack)
            found = replace(found, read_as=source.read_as, header=tuple(source.header))
            # a title above the header makes the lines below it look broken: the header is said first
            hint = header_hint(source) if job.long is None and not job.options.columns else ""
            source.peek()
            found = replace(found, first=first_rows(source))
            source, options = as_wide(job, source, stack)
            if job.long is not None:
                source.peek()
            columns = tuple(_understood(source.header, options, first_rows(source)))
            found = replace(found, read_as=source.read_as, columns=columns, long=tuple(source.general))
            found = replace(found, **_open_valves([one.column for one in columns], options))
            plan, _ = planned(job, source, options)
            start = first_cells(job, source, plan)
            columns = tuple(_as_planned(columns, plan))
            matters = start.matters(job, plan)
            sample, wide = start.cells.__getitem__, job.long is None
            slips = tuple(find_slips(plan, sample, start.cell_format, matters, declared=wide))
            return replace(found, read_as=start.read_as, columns=columns, plan=plan, slips=slips)
    except UsageError as error:
        return replace(found, refusal=hint or error.sentence)


def first_rows(source: Source) -> tuple[tuple[str, ...], ...]:
    """The first rows of an open source as text, once it was looked at."""
    if not source.peeked or not source.header:
        return ()
    cells = cells_of(source.peeked[0], range(len(source.header)))
    columns = [_texts(cells[index].slice(0, FIRST_ROWS)) for index in range(len(source.header))]
    return tuple(zip(*columns, strict=True))


def _texts(cells: pa.Array) -> list[str]:
    try:
        return [text or "" for text in as_text(cells).to_pylist()]
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return [f"({cells.type})"] * len(cells)


def _understood(header: Sequence[str], options: Options, first: Sequence[Sequence[str]]) -> list[ColumnPreview]:
    """Every header by itself, whether the table as a whole can be graded or not."""
    columns = [_read_or_refused(index, name, options) for index, name in enumerate(header)]
    unknown = [name for name, (column, _) in zip(header, columns, strict=True) if column is None]
    hints = hints_of([name for name in unknown if name not in options.columns])
    previews = []
    for index, (name, (column, refusal)) in enumerate(zip(header, columns, strict=True)):
        examples = tuple(dict.fromkeys(row[index] for row in first if row[index].strip()))[:_EXAMPLES]
        unused = Column(index=index, header=name, measurement="", valve="")
        note = refusal or ("" if column is not None else " ".join(hints.get(name, [])))
        previews.append(ColumnPreview(column or unused, examples, note))
    return previews


def _open_valves(columns: Sequence[Column], options: Options) -> dict[str, Any]:
    """The columns without a valve and the valves that others name, where rows are not said to be about one."""
    if options.valve is not None or any(column.measurement == "valve" for column in columns):
        return {}
    named = dict.fromkeys(column.valve for column in columns if column.valve)
    return {"nameless": tuple(without_valve(columns)), "named_valves": tuple(named)}


def _read_or_refused(index: int, name: str, options: Options) -> tuple[Column | None, str]:
    """What a header means, or why it cannot be used."""
    try:
        return read_header(index, name, options), ""
    except UsageError as error:
        return None, error.sentence


def _as_planned(columns: Sequence[ColumnPreview], plan: Plan) -> list[ColumnPreview]:
    """The columns as the plan has them: with the valve of the table, or set aside because of it."""
    used = {column.index: column for column in (plan.valve_column, *plan.columns) if column is not None}
    return [
        replace(one, column=used.get(one.column.index, replace(one.column, measurement="", unit="", matched_by="")))
        for one in columns
    ]


def ordered_columns(columns: Sequence[ColumnPreview]) -> list[ColumnPreview]:
    """Columns in an order to look at: those that are used, those of which something is to be said, and the others."""
    return sorted(columns, key=lambda one: (not one.used, not one.note))


def likely_readers(header: Sequence[str]) -> list[str]:
    """The headers in the order in which they may hold a reader's grades: those that say so come first, blank ones not.

    >>> likely_readers(["id", "comment", "MR grade (reader)"])
    ['MR grade (reader)', 'id', 'comment']
    """
    signs = ("reader", "grade", "severity")
    named = [name for name in header if name.strip()]
    return sorted(named, key=lambda name: not any(sign in fold(name) for sign in signs))
