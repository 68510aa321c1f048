"""A long input, one measurement a line, as a source of wide pieces, one study a row."""

from __future__ import annotations

import contextlib
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby

import numpy as np
import pyarrow as pa

from grading.batch.job import Job, Long
from grading.batch.piece import TablePiece, Work, cells_of
from grading.batch.source import Source, comma_decimals
from grading.columns.cells import as_text
from grading.columns.contents import counted, holds_valves
from grading.columns.outside_columns import is_about_outside
from grading.columns.plan import IGNORED, Options
from grading.errors import UsageError, written
from grading.formats.csv_piece import CsvPiece
from grading.formats.upload import Upload
from grading.longtable.coding import Chunk
from grading.longtable.line_issue import LineIssue
from grading.longtable.mixture import mixtures
from grading.longtable.piece import WidePiece
from grading.longtable.pivot import Pivot, guess_columns
from grading.longtable.roles import LongColumns
from grading.longtable.spill import SpillFile
from grading.longtable.wide import WideTable
from grading.reading.cells import reading
from grading.reference.outside import asks_for_outside
from grading.rows.issues import Issues

#: lines in a piece: few pieces take less time
LINES = 131_072
#: lines that are looked at to tell what a column holds
FIRST_LINES = 32_768
#: pieces that are coded at a time
_THREADS = 2


def widened(job: Job, source: Source, stack: contextlib.ExitStack) -> tuple[Source, Options]:
    """The long table of a source as a wide one, and what is left to say of its columns.

    A large table waits in files without names, which `stack` closes; one that was uploaded stays in memory.

    Raises UsageError when its columns cannot be told, or hold no measurement.
    """
    long = source.long or job.long
    assert long is not None
    if job.options.columns:
        raise UsageError("it names headers of a wide table; in a long one, rename the labels", about="columns")
    if source.csv is not None:
        source.csv.piece_records = LINES
    source.peek()
    how, about_valves = _columns(long, source)
    value = source.header.index(how.value) if how.value in source.header else 0
    commas = source.delimiter == ";" and comma_decimals(cells_of(piece, [value])[value] for piece in source.peeked)
    decimal = job.decimal or ("," if commas else ".")

    def spill() -> SpillFile:
        return stack.enter_context(SpillFile())

    first = _first_lines(source, (*how.ids, how.name, *how.rest))
    of_valves = [name for name in how.rest if holds_valves(counted(first[name].combine_chunks()))]
    pivot = Pivot(
        source.header, how, job.options.valve, reading(job.missing, decimal), job.options.units,
        None if isinstance(job.source, Upload) else spill, of_valves=of_valves,
    )  # fmt: skip
    for chunk in _coded(pivot, source):
        pivot.take(chunk)
    wide = pivot.wide()
    ids, others = ({name: first[name] for name in names} for names in (how.ids, how.rest))
    mixed = (
        replace(issue, message=written(issue.message, job.write_option))
        for issue in mixtures(ids, first[how.name], others, pivot.labels)
    )
    roles = [("id", name) for name in how.ids]
    roles += [(r, source.header[i]) for r, i in pivot.places.items() if r != "id" and " " not in r]
    named = ", ".join(f"{role} {name!r}" for role, name in roles)
    kept = {name: IGNORED for name in wide.kept if name not in about_valves}
    return Source(
        name=source.name, parts=source.parts, header=wide.header, csv=None, schema=wide.schema, decimal=decimal,
        read_as=f"{source.read_as}, long layout: {named}", stream=_pieces(job, wide, long.unsure),
        delimiter=source.delimiter, general=(*source.general, *mixed, *wide.issues), several=source.several,
        mark=source.mark,
    ), replace(job.options, columns=kept, units={})  # fmt: skip


def _columns(long: Long, source: Source) -> tuple[LongColumns, Sequence[str]]:
    """Which column holds what, by the headers and the first lines; the columns and labels that ask whether a valve is
    native are among those that are kept, and named once more."""
    texts: dict[str, Counter[str]] = {header: Counter() for header in source.header}
    for piece in source.peeked:
        cells = cells_of(piece.head(FIRST_LINES) if isinstance(piece, CsvPiece) else piece, range(len(texts)))
        for index, header in enumerate(source.header):
            texts[header].update(counted(cells[index]))
    how = guess_columns(
        source.header, long.columns, long.one_study, long.repeats, also=long.more_ids, keep=long.keep, first=texts
    )
    columns = [name for name in (*how.rest, *how.keep) if name in texts and is_about_outside(name, texts[name])]
    about = [*columns, *(label for label in texts.get(how.name, ()) if asks_for_outside(label))]
    rest = tuple(name for name in how.rest if name not in about)
    return replace(how, keep=tuple(dict.fromkeys((*how.keep, *about))), rest=rest), about


def _first_lines(source: Source, headers: Sequence[str]) -> dict[str, pa.ChunkedArray]:
    """Some columns of the first lines, those that are there."""
    places = {source.header.index(header): header for header in headers if header in source.header}
    parts: dict[str, list[pa.Array]] = {header: [pa.array([], pa.string())] for header in headers}
    for piece in source.peeked:
        cells = cells_of(piece.head(FIRST_LINES) if isinstance(piece, CsvPiece) else piece, sorted(places))
        for place, header in places.items():
            parts[header].append(as_text(cells[place]).cast(pa.string()))
    return {header: pa.chunked_array(arrays) for header, arrays in parts.items()}


def _coded(pivot: Pivot, source: Source) -> Iterator[Chunk]:
    """The chunks of a table in their order, each coded in a thread of its own while the next is read."""
    wanted = sorted(set(pivot.places.values()))

    def code(piece: Work) -> Chunk:
        cells = cells_of(piece, wanted)
        return pivot.code({role: cells[place] for role, place in pivot.places.items()}, _lines(piece))

    waiting: deque[Future[Chunk]] = deque()
    with ThreadPoolExecutor(_THREADS) as pool:
        try:
            for piece in source.pieces():
                waiting.append(pool.submit(code, piece))
                if len(waiting) > _THREADS:
                    yield waiting.popleft().result()
        except UsageError:
            # what is wrong further up in the file is to be said first
            for chunk in waiting:
                chunk.result()
            raise
        while waiting:
            yield waiting.popleft().result()


def _lines(piece: Work) -> np.ndarray:
    """The line of every row in its file; a Parquet file's rows count from 1."""
    return piece.lines() if isinstance(piece, CsvPiece) else piece.row + 1 + np.arange(len(piece))


def _pieces(job: Job, wide: WideTable, unsure: str) -> Iterator[TablePiece]:
    before = 0
    for piece in wide.pieces():
        if unsure and piece.doubts:
            first = piece.doubts[0]
            differ = f"{first.column} has values that are no repeats of one another ({first.text})"
            raise UsageError(f"{job.source.name}: {differ}, and {unsure}")
        yield _piece(piece, before, job.source.name)
        before += len(piece)


def _piece(piece: WidePiece, before: int, name: str) -> TablePiece:
    issues = tuple(_issues(sorted(piece.issues, key=lambda issue: (issue.row, issue.line))))
    return TablePiece(
        table=piece.table, row=before, name=name, lines=piece.lines, issues=issues, doubts=tuple(piece.doubts)
    )


def _issues(issues: Sequence[LineIssue]) -> Iterator[Issues]:
    """Issues of single studies as columns of issues."""
    kind = sorted(issues, key=lambda issue: (issue.column, issue.severity))
    for (column, severity), alike in groupby(kind, key=lambda issue: (issue.column, issue.severity)):
        some = list(alike)
        yield Issues(
            np.array([issue.row for issue in some], np.int64), column, severity, np.arange(len(some)),
            pa.array([issue.value for issue in some], pa.string()),
            pa.array([issue.message for issue in some], pa.string()),
            np.array([issue.line for issue in some], np.int64),
        )  # fmt: skip
