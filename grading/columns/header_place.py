"""Where the header of a text file seems to stand, and what parts its cells, when the first line is no header."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from grading.columns.headers import match, refusal
from grading.errors import option
from grading.reference.catalogue import load_catalogue, valve_of
from grading.writing import joined

#: lines among which the header is looked for
MOST_LINES = 40
MARKS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class HeaderPlace:
    """How many lines stand above a header, what parts its cells, and how many of them are known."""

    skip: int
    delimiter: str
    known: int

    def ways(self, delimiter: str, skipped: int = 0) -> str:
        """The options that lead there from a file that is read with a delimiter, and so many lines skipped already."""
        ways = [option("skip_lines", str(skipped + self.skip))] if self.skip else []
        ways += [option("delimiter", "tab" if self.delimiter == "\t" else self.delimiter)] * (
            self.delimiter != delimiter
        )
        return joined(ways) if ways else ""


def find_header(lines: Sequence[str]) -> HeaderPlace | None:
    """The line that names most measurements, and what parts its cells; None where no line names any.

    >>> find_header(["Echo lab 2026", "", "id,mr_eroa_cm2,mr_rvol_ml"])
    HeaderPlace(skip=2, delimiter=',', known=2)
    """
    places = [
        HeaderPlace(skip, mark, sum(map(is_known, cells)))
        for skip, line in enumerate(lines[:MOST_LINES])
        for mark in MARKS
        if len(cells := _cells(line, mark)) > 1
    ]
    best = max(places, key=lambda place: (place.known, -place.skip), default=None)
    return best if best is not None and best.known else None


def names_go_down(lines: Sequence[str], place: HeaderPlace) -> bool:
    """True when measurements stand one under another, so that what looks like a header is a row of a turned table.

    >>> names_go_down(["measurement,P1", "MR EROA (cm2),0.4", "MR VC (mm),8"], HeaderPlace(1, ",", 1))
    True
    """
    named, below = (_cells(line, place.delimiter) for line in (*lines[place.skip : place.skip + 2], "")[:2])
    return any(_names_number(one) and _names_number(other) for one, other in zip(named, below, strict=False))


def _names_number(cell: str) -> bool:
    """True for the name of a measured number, which no cell of a column holds as its value."""
    found = match(cell)
    return found is not None and found.measurement in load_catalogue().numbers


def joined_header(first: Sequence[str], second: Sequence[str]) -> str:
    """A cell of a header that takes two lines, valves above and measurements below, as one; '' for any other.

    >>> joined_header(["id", "MR", "", "TR"], ["", "EROA (cm2)", "RVol (mL)", "VC (mm)"])
    'MR EROA (cm2)'
    """
    if any(map(_names_number, first)):
        return ""
    places = [place for place, cell in enumerate(first) if valve_of(cell) is not None]
    below = [place for place in places if _names_number("".join(second[place : place + 1]))]
    return f"{first[below[0]].strip()} {second[below[0]].strip()}" if below else ""


def is_known(cell: str) -> bool:
    """True when a header says something to us, be it that it is not taken."""
    return match(cell) is not None or refusal(cell) is not None


def _cells(line: str, mark: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line), delimiter=mark), [])
    except csv.Error:
        return []
