"""A cross table as plain HTML: how rows stand by two sides at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grading.reference.scale import by_severity
from grading_app.html.render import render
from grading_app.palette import GRADE_COLOURS


@dataclass(frozen=True, slots=True)
class Count:
    """One cell: its count, and whether both sides say the same grade."""

    count: int
    is_same: bool


def sides(counts: Mapping[tuple[str, str], int]) -> tuple[list[str], list[str]]:
    """The grades of the rows and of the columns, from mild to severe.

    >>> sides({("severe", "severe"): 2, ("mild", "not_severe"): 1})
    (['mild', 'severe'], ['not_severe', 'severe'])
    """
    return by_severity({row for row, _ in counts}), by_severity({column for _, column in counts})


def cross_table(
    corner: tuple[str, str], rows: Sequence[str], columns: Sequence[str], counts: Mapping[tuple[str, str], int]
) -> Markup:
    """Counts by row and column with their sums. Cells in which both give the same grade have a thick frame; the colour
    of a grade stands beside its word.

    >>> table = cross_table(("a", "<b>"), ["mild"], ["mild", "severe"], {("mild", "severe"): 2})
    >>> "a \\\\ &lt;b&gt;" in table, table.count("<td")
    (True, 6)
    """
    columns = (*columns, "all")
    lines = [(row, [_count(counts, row, column) for column in columns]) for row in (*rows, "all")]
    return render("cross_table.html", corner=corner, columns=columns, rows=lines)


def _count(counts: Mapping[tuple[str, str], int], row: str, column: str) -> Count:
    number = sum(n for (one, other), n in counts.items() if row in (one, "all") and column in (other, "all"))
    return Count(number, row == column and row in GRADE_COLOURS)
