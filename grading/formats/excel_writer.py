"""Tables written as an Excel sheet, row by row, by XlsxWriter.

XlsxWriter and not openpyxl: in its mode of constant memory it takes half the time (2.4 million cells in 10 s, openpyxl
18 s), needs nothing else, and is released several times a year. Every cell is written as what it is: a text is never
taken for a formula, a link or a number.
"""

from __future__ import annotations

import datetime
import re
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from grading.errors import UsageError
from grading.formats.foreign import CELLS, need, text_of

MOST_ROWS, MOST_COLUMNS, MOST_TEXT = 1_048_576, 16_384, 32_767
_TIME = re.compile(r"-?(\d+):(\d\d):(\d\d)\Z")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?(e[+-]\d+)?\Z")
#: what a program may take a typed text for, when a reader opens the cell and leaves it again
_FORMULA_STARTS = ("=", "+", "-", "@")
_MADE = datetime.datetime(2000, 1, 1)
_FIRST_DATE = datetime.datetime(1900, 3, 1)


class SheetWriter:
    """One sheet, written table by table, inside `with`; the file is complete when it ends.

    Text columns that `grading.formats.excel` read keep the kinds of their cells: numbers, dates, TRUE and FALSE. The
    same tables give the same bytes.

    Args:
        target: a file, or a stream in memory.
        name: the sheet's.
    Raises:
        UsageError: when Excel cannot hold the table.
    """

    def __init__(self, target: Path | IO[bytes], name: str = "echograde") -> None:
        self._module = need("xlsxwriter", "excel", "Excel workbooks")
        self._target, self._name = target, name
        self._stack = ExitStack()
        self._row = 0

    def __enter__(self) -> SheetWriter:
        beside = self._target.parent if isinstance(self._target, Path) else None
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix=".echograde-", dir=beside))
        target = str(self._target) if isinstance(self._target, Path) else self._target
        self._book = self._module.Workbook(target, {"constant_memory": True, "tmpdir": folder})
        self._book.set_properties({"created": _MADE})
        self._sheet = self._book.add_worksheet(self._name)
        self._sheet.freeze_panes(1, 0)
        self._bold = self._book.add_format({"bold": True})
        self._quoted = self._book.add_format({"quote_prefix": True})
        self._date = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._hours = self._book.add_format({"num_format": "[h]:mm:ss"})
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._stack:
            if kind is None:
                self._book.close()
            else:
                # what is not complete is no workbook; the caller's temporary file goes with it
                self._book.fileclosed = True
                self._sheet._opt_close()

    def write(self, table: pa.Table) -> None:
        """Add the rows of a table; the first one's names are the header."""
        if self._row == 0:
            self._header(table.column_names)
        if self._row + table.num_rows > MOST_ROWS:
            raise UsageError(f"an Excel sheet holds at most {MOST_ROWS:,} rows, header included; write CSV or Parquet")
        writers = [self._writer(field) for field in table.schema]
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
            for place, (write, value) in enumerate(zip(writers, row, strict=True)):
                if value is not None:
                    write(place, value)
            self._row += 1

    def _header(self, names: list[str]) -> None:
        if len(names) > MOST_COLUMNS:
            raise UsageError(f"an Excel sheet holds at most {MOST_COLUMNS:,} columns; write CSV or Parquet")
        for place, name in enumerate(names):
            self._text(place, name, self._bold)
        self._row = 1

    def _writer(self, field: pa.Field) -> Callable[[int, Any], None]:
        """How the cells of a column are written."""
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if pa.types.is_boolean(kind):
            return lambda place, value: self._sheet.write_boolean(self._row, place, value)
        if pa.types.is_floating(kind) or pa.types.is_integer(kind):
            return self._number
        kinds = ((field.metadata or {}).get(CELLS) or b"").decode().split()
        return (lambda place, value: self._typed(place, value, kinds)) if kinds else self._other

    def _number(self, place: int, value: float) -> None:
        if value - value != 0:  # a number that Excel has not
            if value == value:
                self._text(place, str(value))
        elif isinstance(value, int) and abs(value) >= 10**15:
            self._text(place, str(value))
        else:
            self._sheet.write_number(self._row, place, value)

    def _other(self, place: int, value: Any) -> None:
        self._text(place, value if isinstance(value, str) else text_of(value) or "")

    def _text(self, place: int, text: str, style: Any = None) -> None:
        if len(text) > MOST_TEXT:
            column = f"column {place + 1}, row {self._row + 1}"
            raise UsageError(f"an Excel cell holds at most {MOST_TEXT:,} characters ({column}); write CSV or Parquet")
        if text:
            quoted = self._quoted if text.startswith(_FORMULA_STARTS) else None
            self._sheet.write_string(self._row, place, text, style or quoted)

    def _typed(self, place: int, text: str, kinds: list[str]) -> None:
        """A text that was another kind of cell where it came from, if its column has such cells and it reads as one."""
        if "number" in kinds and _NUMBER.match(text):
            self._sheet.write_number(self._row, place, float(text))
        elif "boolean" in kinds and text in ("TRUE", "FALSE"):
            self._sheet.write_boolean(self._row, place, text == "TRUE")
        elif "date" not in kinds or not self._dated(place, text):
            self._text(place, text)

    def _dated(self, place: int, text: str) -> bool:
        if match := _TIME.match(text):
            hours, minutes, seconds = map(int, match.groups())
            duration = datetime.timedelta(hours=hours, minutes=minutes, seconds=seconds)
            if text.startswith("-"):
                return False
            self._sheet.write_datetime(self._row, place, duration, self._hours)
            return True
        try:
            moment = datetime.datetime.fromisoformat(text)
        except ValueError:
            return False
        if moment < _FIRST_DATE or moment.tzinfo is not None:
            return False
        self._sheet.write_datetime(self._row, place, moment, self._moment if "T" in text else self._date)
        return True
