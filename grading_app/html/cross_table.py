"""A cross table as plain HTML: how rows stand by two sides at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from grading.reference.scale import by_severity
from grading.writing import in_words
from grading_app.palette import GRADE_COLOURS, Theme


def sides(counts: Mapping[tuple[str, str], int]) -> tuple[list[str], list[str]]:
    """The grades of the rows and of the columns, from mild to severe.

    >>> sides({("severe", "severe"): 2, ("mild", "not_severe"): 1})
    (['mild', 'severe'], ['not_severe', 'severe'])
    """
    return by_severity({row for row, _ in counts}), by_severity({column for _, column in counts})


def cross_table(
    corner: tuple[str, str],
    rows: Sequence[str],
    columns: Sequence[str],
    counts: Mapping[tuple[str, str], int],
    theme: Theme,
) -> str:
    """Counts by row and column with their sums. Cells in which both give the same grade have a thick frame; the colour
    of a grade stands beside its word. Every text is escaped.

    >>> from grading_app.palette import THEMES
    >>> table = cross_table(("a", "<b>"), ["mild"], ["mild", "severe"], {("mild", "severe"): 2}, THEMES["light"])
    >>> "a \\\\ &lt;b&gt;" in table, table.count("<td")
    (True, 6)
    """
    style = f"padding:.3em .5em;border:1px solid {theme.faint};text-align:right;white-space:nowrap"
    text = escape(f"{corner[0]} \\ {corner[1]}")
    head = f'<th scope="col" style="{style};text-align:left">{text}</th>'
    head += "".join(f'<th scope="col" style="{style}">{_named(name, theme)}</th>' for name in (*columns, "all"))
    body = ""
    for row in (*rows, "all"):
        numbers = [_number(counts, row, column) for column in (*columns, "all")]
        cells = zip(numbers, (*columns, "all"), strict=True)
        body += f'<tr><th scope="row" style="{style};text-align:left">{_named(row, theme)}</th>'
        body += (
            "".join(_cell(number, row == column and row in GRADE_COLOURS, style, theme) for number, column in cells)
            + "</tr>"
        )
    return (
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;margin:.5em 0">'
        f"<tr>{head}</tr>{body}</table></div>"
    )


def _number(counts: Mapping[tuple[str, str], int], row: str, column: str) -> int:
    return sum(n for (one, other), n in counts.items() if row in (one, "all") and column in (other, "all"))


def _named(name: str, theme: Theme) -> str:
    """A grade behind a mark in its colour."""
    colour = GRADE_COLOURS.get(name)
    place = "display:inline-block;width:.8em;height:.8em;margin-right:.4em"
    mark = f'<span aria-hidden="true" style="{place};background:{colour};border:1px solid {theme.faint}"></span>'
    return (mark if colour else "") + escape(in_words(name))


def _cell(number: int, same: bool, style: str, theme: Theme) -> str:
    frame = f";outline:2px solid {theme.ink};outline-offset:-2px;font-weight:600" if same else ""
    return f'<td style="{style}{frame}">{number:,}</td>'
