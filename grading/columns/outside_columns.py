"""Columns that hold no measurement and say that a valve has a prosthesis, a clip or a repair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grading.columns.contents import Contents, Texts
from grading.reference.catalogue import load_catalogue, valve_of
from grading.reference.outside import OUTSIDE, any_may_be, asks_for_outside, is_outside, valve_outside

#: a finding that is there or not, whose spellings of yes are those of any other
_FLAG = "flail_leaflet"


@dataclass(frozen=True, slots=True)
class OutsideColumn:
    """One such column: its place and header, the valve that the header names, and whether it is what the column is
    about (a text among others may be of another valve, or of another day)."""

    index: int
    header: str
    valve: str
    asked: bool

    def says(self, text: str) -> bool:
        """True for a cell that says so."""
        return is_outside(text) or (is_outside(self.header) and (_is_yes(text) or valve_of(text) is not None))


def outside_columns(others: Sequence[tuple[int, str]], contents: Contents) -> Iterator[OutsideColumn]:
    """Of the columns without a measurement (index, header), those in which it is said, or asked for."""
    for index, header in others:
        column = OutsideColumn(index, header, valve_outside(header), asks_for_outside(header))
        if is_about_outside(header, texts := contents(index)) and texts:
            yield column


def is_about_outside(header: str, texts: Texts) -> bool:
    """True for a column, or a label, that asks what a valve is, or in whose texts it is said."""
    return asks_for_outside(header) or (any_may_be(texts) and any(map(is_outside, texts)))


def outside_notes(columns: Sequence[OutsideColumn], contents: Contents) -> Iterator[str]:
    """What is done with such columns, and the way out, where a valve is met that is not native."""
    for column in columns:
        if any(map(column.says, contents(column.index))):
            found = f"column {column.header!r} names what is no native valve: {OUTSIDE}"
            yield f"{found}; take the column out if it is about something else"


def _is_yes(text: str) -> bool:
    word = load_catalogue().words[_FLAG]
    return word.read(text) == word.code("yes")
