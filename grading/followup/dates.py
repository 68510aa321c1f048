"""Dates of studies, read strictly: ISO 8601, or day and month in the order that was said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Final

from grading.errors import UsageError, option
from grading.reading.checks import is_missing

#: what `date_order` may be, and how the texts are called
ORDERS: Final = {"iso": "year-month-day", "dmy": "day-month-year", "mdy": "month-day-year"}
_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)
#: as DICOM writes it
_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_TURNED = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})", re.ASCII)
_YEARS = range(1900, 2101)


@dataclass(frozen=True, slots=True, order=True)
class StudyDate:
    """The day of a study, and the time where it says one."""

    day: date
    at: time | None = None

    @property
    def text(self) -> str:
        """'2024-03-01', '2024-03-01 10:22'."""
        return self.day.isoformat() + (f" {self.at.isoformat('minutes')}" if self.at else "")

    def comes_before(self, other: StudyDate) -> bool | None:
        """Whether this study was the earlier one; None where both are of one day and the times do not tell."""
        if self.day != other.day:
            return self.day < other.day
        if self.at is None or other.at is None or self.at == other.at:
            return None
        return self.at < other.at


def check_order(order: str) -> None:
    """Raises UsageError for an order that there is not."""
    if order not in ORDERS:
        raise UsageError(f"expected {', '.join(ORDERS)}, found {order!r}", about="date_order")


def read_date(text: str, order: str = "iso") -> StudyDate | str:
    """A date, or the sentence that says why it is none.

    >>> read_date("2024-03-01T10:22").text, read_date("1.3.2024", "dmy").text
    ('2024-03-01 10:22', '2024-03-01')
    >>> read_date("2024-02-30")
    "'2024-02-30' is no day of the calendar"
    """
    text = text.strip()
    if is_missing(text):
        return "no date"
    found = _ISO.fullmatch(text) or _BASIC.fullmatch(text)
    turned = _TURNED.fullmatch(text) if order != "iso" else None
    if found is not None:
        year, month, day = (int(found[place]) for place in (1, 2, 3))
    elif turned is not None:
        year, first, second = int(turned[4]), int(turned[1]), int(turned[3])
        day, month = (first, second) if order == "dmy" else (second, first)
    else:
        return f"{_cut(text)} is not read as a date; write it as 2024-03-01"
    try:
        read = date(year, month, day)
        at = _time(found) if found is not None and found.re is _ISO else None
    except ValueError:
        return f"{_cut(text)} is no day of the calendar"
    return StudyDate(read, at) if year in _YEARS else f"{_cut(text)} is in the year {year}; expected 1900 to 2100"


def _time(found: re.Match[str]) -> time | None:
    return time(int(found[4]), int(found[5]), int(found[6] or 0)) if found[4] else None


def _cut(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:37]}...")


def ask_for_order(texts: Sequence[str], column: str) -> None:
    """Raises UsageError where dates begin with day or month, which no date alone can tell apart.

    A date that can be read in one way only is named as a hint; it is not taken for all the others.
    """
    turned = [(row, text, found) for row, text in enumerate(texts, 1) if (found := _TURNED.fullmatch(text.strip()))]
    if not turned:
        return
    row, text, _ = turned[0]
    hints = [(r, t, "dmy" if int(f[1]) > 12 else "mdy") for r, t, f in turned if max(int(f[1]), int(f[3])) > 12]
    hint = (
        f" Row {hints[0][0]} holds {hints[0][1].strip()!r}, which can only be {ORDERS[hints[0][2]]}." if hints else ""
    )
    raise UsageError(
        f"column {column!r}: row {row} holds {text.strip()!r}, which begins with a day or with a month; give "
        f"{option('date_order', 'dmy')} or {option('date_order', 'mdy')}.{hint}"
    )
