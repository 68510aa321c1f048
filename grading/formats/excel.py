"""Sheets of Excel (.xlsx, .xlsm, .xls) and OpenDocument (.ods) workbooks as text, read by python-calamine.

A sheet comes as a grid: columns A, B, C ..., every row that is not blank, its number beside it. `headed` makes a row
the header; which row that is, the general handling of headers decides, as for a CSV file with a title above its table.
"""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Generator, Sequence
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from grading.errors import UsageError, listed
from grading.formats.excel_cells import Corrections, address, letters, xlsx_corrections
from grading.formats.foreign import CELLS, WHOLE, ForeignTable, need, text_array, text_of
from grading.formats.isolated import Reading
from grading.formats.kind import KINDS, kind_of_file
from grading.formats.ods_cells import ods_corrections
from grading.formats.reader_process import Facts
from grading.formats.upload import Input, Upload
from grading.formats.xls_cells import xls_corrections

#: kinds of file that are read here
WORKBOOKS = ("xlsx", "xls", "ods")
_ROWS = 32_768
_LINE = "\0line"
#: how a text begins that reads as a number or a date
_LIKE_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z")
_LIKE_DATE = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+)?\Z|\d+:\d\d(:\d\d(\.\d+)?)?\Z")
#: classes of cells that are no text
_KINDS = {
    int: "number", float: "number", bool: "boolean", datetime.date: "date", datetime.datetime: "date",
    datetime.time: "date", datetime.timedelta: "date",
}  # fmt: skip


def read_grid(source: Input, sheet: str | None = None, isolate: bool = True) -> ForeignTable:
    """A sheet as a grid of text with the columns A, B, C ...

    Args:
        source: the workbook.
        sheet: its name, or its number from 1; None takes the first that is not hidden.
        isolate: False parses in this process, for a workbook that is trusted.
    Raises:
        UsageError: when it cannot be read, has no such sheet, or the sheet is blank.
    """
    data = source.data if isinstance(source, Upload) else source
    with Reading(
        reader="grading.formats.excel:sheet_tables", source=data, name=source.name, what="a workbook",
        options={"sheet": sheet}, isolate=isolate,
    ) as reading:  # fmt: skip
        parts = list(reading)
    whole = pa.concat_tables(parts)
    types = reading.facts["cells"]
    left = reading.facts["left"]
    fields = [pa.field(letters(left + at), pa.string(), metadata={CELLS: one}) for at, one in enumerate(types)]
    table = pa.Table.from_arrays(whole.columns[1:], schema=pa.schema(fields))
    lines = whole.column(0).combine_chunks()
    return ForeignTable(table=table, lines=lines, read_as=reading.facts["read_as"], notes=tuple(reading.facts["notes"]))


def headed(grid: ForeignTable, skip_lines: int = 0) -> ForeignTable:
    """A grid whose first row, after so many others, is its header. Columns without header and cells are left out.

    Raises UsageError when there is no such row.
    """
    if grid.table.num_rows <= skip_lines:
        rows = f"{grid.table.num_rows} row{'s' * (grid.table.num_rows != 1)}"
        raise UsageError(f"there is no header below {skip_lines} lines: the sheet has {rows} that are not blank")
    names = [column[skip_lines].as_py() or "" for column in grid.table.columns]
    body = grid.table.slice(skip_lines + 1)
    kept = [place for place, name in enumerate(names) if name or body.column(place).null_count < body.num_rows]
    fields = [grid.table.field(place).with_name(names[place]) for place in kept]
    table = pa.Table.from_arrays([body.column(place) for place in kept], schema=pa.schema(fields))
    return ForeignTable(table=table, lines=grid.lines.slice(skip_lines + 1), read_as=grid.read_as, notes=grid.notes)


def sheet_tables(stream: IO[bytes], sheet: str | None) -> Generator[pa.Table, None, Facts]:
    """The reader for `isolated`: some rows of a sheet at a time, their numbers in the first column."""
    calamine = need("python_calamine", "excel", "Excel workbooks")
    kind = kind_of_file(stream)
    if kind is None or kind.name not in WORKBOOKS:
        raise UsageError(kind.refusal() if kind else "this is no workbook; save it as .xlsx or as CSV UTF-8")
    if kind.name == "ods":
        _corrections(stream, kind.name, 0, None)
    book = _opened(calamine, stream)
    place, notes = _place(calamine, book, sheet)
    found = book.get_sheet_by_index(place)
    if found.start is None:
        raise UsageError(f"sheet {found.name!r} is blank; name another one (there are {listed(book.sheet_names)})")
    notes += _merged(found)
    changed = _corrections(stream, kind.name, place, found.name)
    types = [_Types() for _ in range(found.end[1] - found.start[1] + 1)]
    yield from _tables(found, changed, types)
    read_as = f"{kind.called.removeprefix('an ')}, sheet {found.name!r} ({place + 1} of {len(book.sheet_names)})"
    cells = [one.words() for one in types]
    return {"read_as": read_as, "notes": notes + changed.notes, "cells": cells, "left": found.start[1]}


def _opened(calamine: Any, stream: IO[bytes]) -> Any:
    stream.seek(0)
    try:
        return calamine.load_workbook(stream)
    except calamine.PasswordError as error:
        raise UsageError(KINDS["encrypted_office"].refusal()) from error


def _place(calamine: Any, book: Any, wanted: str | None) -> tuple[int, list[str]]:
    """The index of a sheet, and a note on the others when none was wanted."""
    sheets = [
        (place, one.name, one.visible == calamine.SheetVisibleEnum.Visible)
        for place, one in enumerate(book.sheets_metadata)
        if one.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    if not sheets:
        raise UsageError("the workbook has no sheet of cells")
    if wanted is None:
        place, name, _ = next((one for one in sheets if one[2]), sheets[0])
        others = [other for _, other, _ in sheets if other != name]
        return place, [f"sheet {name!r} is read; the workbook also has {listed(others)}"] if others else []
    called = [place for place, name, _ in sheets if name == wanted]
    called = called or [place for place, name, _ in sheets if name.casefold() == wanted.strip().casefold()]
    if len(called) == 1:
        return called[0], []
    if wanted.strip().isdecimal() and 1 <= int(wanted) <= len(book.sheet_names):
        place = int(wanted) - 1
        if any(place == one for one, _, _ in sheets):
            return place, []
    raise UsageError(f"there is no sheet {wanted!r}; the workbook has {listed([name for _, name, _ in sheets], 20)}")


def _corrections(stream: IO[bytes], kind: str, place: int, sheet: str | None) -> Corrections:
    """The cells of a sheet that are shown otherwise than they are read."""
    stream.seek(0)
    if kind == "xls":
        return xls_corrections(stream.read(), place)
    with zipfile.ZipFile(stream) as archive:
        return ods_corrections(archive, sheet) if kind == "ods" else xlsx_corrections(archive, sheet or "")


def _merged(sheet: Any) -> list[str]:
    ranges = sheet.merged_cell_ranges or []
    if not ranges:
        return []
    spans = [f"{address(first[0] + 1, first[1])}:{address(last[0] + 1, last[1])}" for first, last in ranges[:3]]
    more = f" and {len(ranges) - 3} more" if len(ranges) > 3 else ""
    return [f"cells are merged ({', '.join(spans)}{more}): only the first of each holds what is shown"]


class _Types:
    """What kinds of cells a column has, and which of them a text cell looks like."""

    __slots__ = ("alike", "seen")

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.alike: set[str] = set()

    def add(self, cells: Sequence[object], classes: set[type]) -> None:
        """Take some cells, and the classes among them."""
        self.seen |= {name for kind in classes if (name := _KINDS.get(kind))}
        for text in {cell for cell in cells if isinstance(cell, str)} if str in classes else ():
            if _LIKE_NUMBER.match(text):
                self.alike.add("number")
            elif _LIKE_DATE.match(text):
                self.alike.add("date")
            elif text in ("TRUE", "FALSE"):
                self.alike.add("boolean")

    def words(self) -> str:
        """The kinds whose cells can be told from texts."""
        return " ".join(sorted(self.seen - self.alike))


def _tables(sheet: Any, changed: Corrections, types: Sequence[_Types]) -> Generator[pa.Table, None, None]:
    """Rows that are not blank, some thousand at a time; at least one table."""
    left, sent = sheet.start[1], False
    lines: list[int] = []
    rows: list[list[object]] = []
    for line, row in enumerate(sheet.iter_rows(), start=1):
        if line in changed.cells:
            changed.apply(line, left, row)
        if row.count("") < len(row):
            lines.append(line)
            rows.append(row)
        if len(lines) == _ROWS:
            yield _table(lines, rows, types)
            sent, lines, rows = True, [], []
    if lines or not sent:
        yield _table(lines, rows, types)


def _table(lines: Sequence[int], rows: Sequence[Sequence[object]], types: Sequence[_Types]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ((),) * len(types)
    arrays = [pa.array(lines, pa.int64()), *(_texts(column, one) for column, one in zip(columns, types, strict=True))]
    return pa.Table.from_arrays(arrays, names=[_LINE, *map(str, range(len(types)))])


def _texts(cells: Sequence[object], types: _Types) -> pa.Array:
    """Cells of one column as text, its numbers in one go."""
    classes = set(map(type, cells))
    types.add(cells, classes)
    texts = text_array([None if cell.__class__ is float else text_of(cell) for cell in cells])
    if float not in classes:
        return texts
    numbers = pa.array([cell if cell.__class__ is float else None for cell in cells], pa.float64())
    whole = pc.and_(pc.equal(numbers, pc.trunc(numbers)), pc.less(pc.abs(numbers), WHOLE))
    digits = pc.if_else(whole, numbers, None).cast(pa.int64()).cast(pa.string())
    return pc.coalesce(digits, numbers.cast(pa.string()), texts)
