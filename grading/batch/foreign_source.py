"""Files of other programs as a source: known by their first bytes, whatever they are called."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from grading.batch.job import Job, Long
from grading.batch.parts import Parts
from grading.batch.piece import TablePiece
from grading.batch.source import Source, csv_source
from grading.errors import UsageError, option
from grading.formats.compressed import PACKED, members_of_kind, refuse_inside, unpacked
from grading.formats.csv_file import CsvFile
from grading.formats.dicom_sr import read_reports
from grading.formats.excel import WORKBOOKS, headed, read_grid
from grading.formats.fhir import read_observations
from grading.formats.foreign import ForeignTable, LongTable
from grading.formats.kind import HEAD_BYTES, Kind
from grading.formats.statistics_files import STATISTICS_FILES, read_statistics_file
from grading.longtable.line_issue import LineIssue
from grading.reading.values import NOTE

OBSERVATIONS = ("fhir", "fhir_ndjson")
#: role -> column of what a reader of coded values gives
_LONG_ROLES: Final[Mapping[str, str]] = {
    "id": "study", "name": "measurement", "value": "value", "unit": "unit", "valve": "valve",
}  # fmt: skip
#: rows in a piece
_ROWS = 65_536
#: a row of a sheet that holds so few cells is no header where a later one, of so many looked at, holds more
_FEW_CELLS, _LOOKED_AT = 1, 20


def open_foreign(job: Job, parts: Parts, kind: Kind, stack: contextlib.ExitStack) -> Source:
    """A file of another program. Raises UsageError for one that is not read, saying what it is and the way out."""
    part, isolate = parts.inputs[0], not job.trusted
    if kind.name == "zip" and (files := members_of_kind(parts.opened[0].stream, "dicom")):
        return _long_source(job, parts, read_reports(part, _kept(job), isolate, files))
    if kind.name in PACKED:
        return _unpacked_source(job, parts, kind, stack)
    if kind.name in WORKBOOKS:
        return _table_source(parts, _with_header(read_grid(part, job.sheet, isolate), job))
    if kind.name in STATISTICS_FILES:
        return _table_source(parts, read_statistics_file(part, job.encoding, isolate))
    if kind.name in OBSERVATIONS:
        return _long_source(job, parts, read_observations(part, _kept(job), isolate))
    if kind.name == "dicom":
        return _long_source(job, parts, read_reports(part, _kept(job), isolate))
    raise UsageError(f"{part.name}: {kind.refusal()}")


def open_reports(job: Job, parts: Parts) -> Source:
    """A folder of DICOM structured reports, one study each."""
    assert isinstance(job.source, Path)
    return _long_source(job, parts, read_reports(job.source, _kept(job), not job.trusted))


def _kept(job: Job) -> tuple[str, ...]:
    return job.long.keep if job.long is not None else job.keep


def _unpacked_source(job: Job, parts: Parts, kind: Kind, stack: contextlib.ExitStack) -> Source:
    """A packed CSV file, unpacked as it is read."""
    watched = parts.opened[0]
    inside, name = stack.enter_context(unpacked(watched.stream, kind.name))
    stream = io.BufferedReader(inside, HEAD_BYTES * 16)
    refuse_inside(stream.peek(HEAD_BYTES)[:HEAD_BYTES], name)
    file = CsvFile(
        stream, name or watched.name, job.delimiter, job.encoding, job.block_bytes, job.skip_lines, job.units_row
    )  # fmt: skip

    def ended() -> None:
        watched.read_whole()
        watched.end()

    return csv_source(parts, file, f"{kind.called}, {file.dialect.text()}", ended)


def _with_header(grid: ForeignTable, job: Job) -> ForeignTable:
    """A sheet with its header. Raises UsageError where the first row is a title above it."""
    filled = [sum(cell.is_valid for cell in _row(grid.table, row)) for row in range(min(_LOOKED_AT, len(grid.table)))]
    if not job.skip_lines and filled and filled[0] <= _FEW_CELLS < max(filled):
        header = next(row for row, cells in enumerate(filled) if cells > _FEW_CELLS)
        title = next(cell.as_py() for cell in _row(grid.table, 0) if cell.is_valid)
        raise UsageError(
            f"only one cell stands in the first row ({title!r}): the header seems to stand in row {header + 1} "
            f"of those that are not blank; give {option('skip_lines', str(header))}"
        )
    return headed(grid, job.skip_lines)


def _row(table: pa.Table, row: int) -> list[pa.Scalar]:
    return [column[row] for column in table.columns]


def _table_source(parts: Parts, foreign: ForeignTable) -> Source:
    """A table of text."""
    notes = [LineIssue(0, None, "", "", NOTE, note) for note in foreign.notes]
    lines = foreign.lines.to_numpy(zero_copy_only=False)
    return _source(parts, foreign.table, foreign.read_as, notes, lines)


def _long_source(job: Job, parts: Parts, coded: LongTable) -> Source:
    """Coded values, one measurement a line, with how they are to be made wide."""
    notes = [LineIssue(0, None, issue.label, issue.value, issue.severity, _about(issue.study, issue.message))
             for issue in coded.issues]  # fmt: skip
    notes += [LineIssue(0, None, "", "", NOTE, note) for note in coded.notes]
    source = _source(parts, coded.table, coded.read_as, notes, None)
    given = job.long or Long(keep=job.keep)
    source.long = Long(
        _LONG_ROLES, repeats=given.repeats, keep=tuple(dict.fromkeys(("file", *given.keep))), unsure=coded.unsure
    )
    return source


def _about(study: str, message: str) -> str:
    return f"study {study}: {message}" if study else message


def _source(
    parts: Parts, table: pa.Table, read_as: str, notes: list[LineIssue], lines: np.ndarray | None
) -> Source:  # fmt: skip
    if table.num_columns == 0:
        raise UsageError(f"{parts.path.name}: it holds no column; expected a header and rows")

    def pieces() -> Iterator[TablePiece]:
        for row in range(0, max(table.num_rows, 1), _ROWS):
            rows = table.slice(row, _ROWS)
            own = None if lines is None else lines[row : row + _ROWS]
            size = sum(file.size for file in parts.opened) if row == 0 else 0
            yield TablePiece(table=rows, row=row, name=parts.path.name, lines=own, size=size)
        for place in range(len(parts.inputs)):
            file = parts.opened[place] if place < len(parts.opened) else parts.open(place)
            file.read_whole()
            file.end()

    return Source(
        name=parts.path.name, parts=parts, header=list(table.column_names), read_as=read_as, csv=None,
        schema=table.schema, stream=pieces(), general=tuple(notes),
    )  # fmt: skip
