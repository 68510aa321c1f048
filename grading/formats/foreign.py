"""What every reader of a foreign format gives: one table of text columns, and what is to be said of it."""

from __future__ import annotations

import datetime
import importlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType

import pyarrow as pa

from grading.errors import UsageError

#: metadata of a column's field: which kinds of cells it had that were no text and can be told from texts ("number",
#: "date", "boolean"), and what its own program calls it besides its name
CELLS, LABEL = b"cells", b"label"
#: below this every whole number is written with all its digits
WHOLE = 1e16


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignTable:
    """A file of another program as text.

    `table` has text columns only, null where there is nothing; `lines` is the place of each row in the file, as its own
    program counts it. `read_as` says how the file was read, `notes` are sentences for the report of the run.
    """

    table: pa.Table
    lines: pa.Int64Array
    read_as: str
    notes: tuple[str, ...] = ()


def text_of(value: object) -> str | None:
    """A cell's value as text: a number as short as it can be read back, a date in ISO 8601; None for an empty one.

    >>> [text_of(value) for value in (45.0, 0.1, 1e22, True, "", "007", datetime.date(2026, 4, 3))]
    ['45', '0.1', '1e+22', 'TRUE', None, '007', '2026-04-03']
    """
    if value.__class__ is str:
        return value or None
    if value is None:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value != value:
            return None
        return str(int(value)) if value.is_integer() and abs(value) < WHOLE else repr(value)
    if isinstance(value, datetime.timedelta):
        return _duration(value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def _duration(value: datetime.timedelta) -> str:
    """Hours, minutes and seconds, as '36:00:00'."""
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def text_array(cells: Sequence[str | None]) -> pa.StringArray:
    """A column of texts. Surrogates, which no file should hold, come out as the replacement character."""
    try:
        return pa.array(cells, pa.string())
    except UnicodeEncodeError:
        return pa.array([None if cell is None else _clean(cell) for cell in cells], pa.string())


def text_table(names: Sequence[str], columns: Iterable[Sequence[str | None]]) -> pa.Table:
    """A table of text columns."""
    return pa.Table.from_arrays([text_array(column) for column in columns], names=[_clean(name) for name in names])


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def need(module: str, extra: str, what: str) -> ModuleType:
    """A module that comes with an extra. Raises UsageError saying how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UsageError(
            f"{what} are read by {module}, which is not installed; give: pip install 'echograde[{extra}]'"
        ) from error


@dataclass(frozen=True, slots=True)
class SourceIssue:
    """One thing to report of coded values: error, warning or note; the study ('': several), label, value, sentence."""

    severity: str
    study: str
    label: str
    value: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTable:
    """Coded values as a long table of text, one measurement a line: LONG_COLUMNS, then the columns that were kept.

    `issues` say what was matched and by which codes, what was not, and what is odd. `unsure`: why a study may be of
    several patients, and what to do; repeats in it that are none then stop the run.
    """

    table: pa.Table
    read_as: str
    issues: tuple[SourceIssue, ...] = ()
    unsure: str = ""
    notes: tuple[str, ...] = ()


#: study: a running number; file: where it stands; measurement: 'mr_eroa', read with or without the valve beside it
LONG_COLUMNS = ("study", "file", "measurement", "valve", "value", "unit")
