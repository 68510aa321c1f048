"""Dates of studies: read strictly, and asked about where they could be two."""

from __future__ import annotations

import pytest

from grading.errors import UsageError
from grading.followup.dates import StudyDate, ask_for_order, check_order, read_date

READ = {
    "ISO": ("2024-03-01", "iso", "2024-03-01"),
    "with blanks around it": (" 2024-03-01 ", "iso", "2024-03-01"),
    "with a time": ("2024-03-01T10:22:09", "iso", "2024-03-01 10:22"),
    "as Parquet writes it": ("2024-03-01 00:00:00.000", "iso", "2024-03-01 00:00"),
    "with a zone": ("2024-03-01T10:22+01:00", "iso", "2024-03-01 10:22"),
    "as DICOM writes it": ("20240301", "iso", "2024-03-01"),
    "a leap day": ("2024-02-29", "iso", "2024-02-29"),
    "day first": ("1.3.2024", "dmy", "2024-03-01"),
    "month first": ("3/1/2024", "mdy", "2024-03-01"),
    "ISO where days come first": ("2024-03-01", "dmy", "2024-03-01"),
}


@pytest.mark.parametrize(("text", "order", "day"), READ.values(), ids=READ)
def test_a_date_is_read(text: str, order: str, day: str) -> None:
    found = read_date(text, order)
    assert isinstance(found, StudyDate)
    assert found.text == day


UNREAD = {
    "blank": ("", "iso", "no date"),
    "missing": ("NA", "iso", "no date"),
    "no leap year": ("2023-02-29", "iso", "'2023-02-29' is no day of the calendar"),
    "no month": ("2024-13-01", "iso", "'2024-13-01' is no day of the calendar"),
    "no hour": ("2024-03-01 25:00", "iso", "'2024-03-01 25:00' is no day of the calendar"),
    "a month of 25": ("1/25/2024", "dmy", "'1/25/2024' is no day of the calendar"),
    "two digits of a year": ("1/3/24", "dmy", "'1/3/24' is not read as a date; write it as 2024-03-01"),
    "two marks": ("1/3.2024", "dmy", "'1/3.2024' is not read as a date; write it as 2024-03-01"),
    "one digit of a month": ("2024-3-1", "iso", "'2024-3-1' is not read as a date; write it as 2024-03-01"),
    "a day number of a spreadsheet": ("45352", "iso", "'45352' is not read as a date; write it as 2024-03-01"),
    "other digits": ("२०२४-०३-०१", "iso", "'२०२४-०३-०१' is not read as a date; write it as 2024-03-01"),
    "another age": ("0024-03-01", "iso", "'0024-03-01' is in the year 24; expected 1900 to 2100"),
    "a novel": ("x" * 90, "iso", f"'{'x' * 37}...' is not read as a date; write it as 2024-03-01"),
}


@pytest.mark.parametrize(("text", "order", "sentence"), UNREAD.values(), ids=UNREAD)
def test_what_is_no_date_is_said(text: str, order: str, sentence: str) -> None:
    assert read_date(text, order) == sentence


ASKED = {
    "could be two": (["2024-01-01", "3/4/2024"], "column 'd': row 2 holds '3/4/2024', which begins with a day or with a month; give date_order='dmy' or date_order='mdy'."),
    "one tells": (["3/4/2024", "13/4/2024"], "Row 2 holds '13/4/2024', which can only be day-month-year."),
    "one tells otherwise": (["4/13/2024"], "Row 1 holds '4/13/2024', which can only be month-day-year."),
}  # fmt: skip


@pytest.mark.parametrize(("texts", "sentence"), ASKED.values(), ids=ASKED)
def test_a_date_that_could_be_two_is_asked_about(texts: list[str], sentence: str) -> None:
    with pytest.raises(UsageError) as error:
        ask_for_order(texts, "d")
    assert sentence in str(error.value)


def test_dates_in_iso_are_not_asked_about_and_an_unknown_order_is_refused() -> None:
    ask_for_order(["2024-01-01", "", "soon"], "d")
    with pytest.raises(UsageError, match="date_order=: expected iso, dmy, mdy, found 'ymd'"):
        check_order("ymd")


@pytest.mark.parametrize(
    ("first", "second", "before"),
    [
        ("2024-03-01", "2024-03-02", True),
        ("2024-03-02T08:00", "2024-03-01", False),
        ("2024-03-01T08:00", "2024-03-01T09:00", True),
        ("2024-03-01T08:00", "2024-03-01", None),
        ("2024-03-01T08:00", "2024-03-01T08:00", None),
    ],
)
def test_of_one_day_only_times_tell_which_came_first(first: str, second: str, before: bool | None) -> None:
    one, other = read_date(first), read_date(second)
    assert isinstance(one, StudyDate) and isinstance(other, StudyDate)
    assert one.comes_before(other) is before
