"""A long input, one measurement a line, as a source of wide pieces, one study a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
import pyarrow as pa

from grading.batch.job import Job
from grading.batch.piece import TablePiece, Work, cells_of
from grading.batch.source import Source, comma_decimals
from grading.errors import UsageError
from grading.formats.csv_piece import CsvPiece
from grading.longtable.pivot import LineIssue, Pivot, Wide, guess_columns
from grading.reading.cells import reading
from grading.rows.issues import Issues

#: studies in a piece
STUDIES = 32_768


def widened(job: Job, source: Source) -> Source:
    """The long table of a source as a wide one. It is held in memory, some tens of bytes a line.

    Raises UsageError when its columns cannot be told, or hold no measurement.
    """
    assert job.long is not None
    if job.options.columns:
        raise UsageError("it names headers of a wide table; in a long one, rename the labels", about="columns")
    how = guess_columns(source.header, job.long.columns, job.long.one_study, job.long.repeats)
    value = source.header.index(how.value) if how.value in source.header else 0
    source.peek()
    commas = source.delimiter == ";" and comma_decimals(cells_of(piece, [value])[value] for piece in source.peeked)
    decimal = job.decimal or ("," if commas else ".")
    pivot = Pivot(source.header, how, job.options.valve, reading(job.missing, decimal), job.options.units)
    for piece in source.pieces():
        cells = cells_of(piece, sorted(pivot.places.values()))
        pivot.add({role: cells[place] for role, place in pivot.places.items()}, _lines(piece))
    wide = pivot.finish()
    general = [issue for issue in wide.issues if issue.row is None]
    read_as = (
        f"{source.read_as}, long layout: {', '.join(f'{r} {source.header[i]!r}' for r, i in pivot.places.items())}"
    )
    return Source(
        name=source.name, parts=source.parts, header=wide.header, read_as=read_as, csv=None, schema=wide.table.schema,
        stream=_batches(job, wide), delimiter=source.delimiter, decimal=decimal, general=general,
        several=source.several, mark=source.mark,
    )  # fmt: skip


def _lines(piece: Work) -> np.ndarray:
    """The line of every row in its file; a Parquet file's rows count from 1."""
    return piece.lines() if isinstance(piece, CsvPiece) else piece.row + 1 + np.arange(len(piece))


def _batches(job: Job, wide: Wide) -> Iterator[TablePiece]:
    own = sorted((issue for issue in wide.issues if issue.row is not None), key=lambda issue: issue.row or 0)
    rows = np.array([issue.row for issue in own], np.int64)
    for start in range(0, len(wide.lines), STUDIES):
        first, last = np.searchsorted(rows, (start, start + STUDIES)).tolist()
        part = slice(start, start + STUDIES)
        issues = tuple(_columns(own[first:last], start))
        table = wide.table.slice(start, STUDIES)
        yield TablePiece(table=table, row=start, name=job.source.name, lines=wide.lines[part], issues=issues)


def _columns(issues: Sequence[LineIssue], before: int) -> Iterator[Issues]:
    """Issues of single studies as columns of issues."""
    kind = sorted(issues, key=lambda issue: (issue.column, issue.severity))
    for (column, severity), alike in groupby(kind, key=lambda issue: (issue.column, issue.severity)):
        some = list(alike)
        yield Issues(
            np.array([issue.row for issue in some], np.int64) - before, column, severity, np.arange(len(some)),
            pa.array([issue.value for issue in some], pa.string()),
            pa.array([issue.message for issue in some], pa.string()),
            np.array([issue.line for issue in some], np.int64),
        )  # fmt: skip
