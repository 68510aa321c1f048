"""What every reader of a foreign format gives: one table of text columns, and what is to be said of it."""

from __future__ import annotations

import datetime
import importlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType

import pyarrow as pa

from grading.errors import UsageError

#: up to here every whole number is written with all its digits; a spreadsheet keeps 15
_WHOLE = 1e15


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
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value != value:
            return None
        return str(int(value)) if value.is_integer() and abs(value) < _WHOLE else repr(value)
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


def text_table(names: Sequence[str], columns: Iterable[Sequence[str | None]]) -> pa.Table:
    """A table of text columns. Surrogates, which no file should hold, come out as the replacement character."""
    arrays = [pa.array([None if cell is None else _clean(cell) for cell in column], pa.string()) for column in columns]
    return pa.Table.from_arrays(arrays, names=[_clean(name) for name in names])


def _clean(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def need(module: str, extra: str, what: str) -> ModuleType:
    """A module that comes with an extra. Raises UsageError saying how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UsageError(
            f"{what} are read by {module}, which is not installed; give: pip install 'echograde[{extra}]'"
        ) from error
