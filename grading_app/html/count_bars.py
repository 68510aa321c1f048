"""Counts of grades and statuses as bars of plain HTML: the word, the bar in its colour, the number and its share."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from grading.reference.guideline import references
from grading.reference.measurement import VALVES
from grading.reference.scale import by_severity
from grading.writing import in_words
from grading_app.palette import GRADE_COLOURS, Theme

#: rejected rows have a blank grade, which a run counts under this name
BLANK = "(blank)"
_GRID = (
    "display:grid;grid-template-columns:minmax(7em,10em) 1fr auto;gap:.25em .75em;align-items:center;margin:.4em 0 1em"
)


def grade_order(counts: Mapping[str, int]) -> dict[str, int]:
    """Grades and their numbers from none to the most severe; what is no grade stands last.

    >>> grade_order({"severe": 2, "(blank)": 1, "mild": 3})
    {'mild': 3, 'severe': 2, '(blank)': 1}
    """
    return {grade: counts[grade] for grade in by_severity(counts)}


def heading(column: str) -> str:
    """What a column of grades is about.

    >>> heading("mitral_ase_2017_grade"), heading("esc_2021_grade")
    ('Mitral, ASE 2017', 'ESC 2021')
    """
    bare = column.removesuffix("_grade")
    valve = next((valve for valve in VALVES if bare.startswith(f"{valve}_")), "")
    guideline = bare.removeprefix(f"{valve}_").replace("_", "-")
    short = references()[guideline]["short"] if guideline in references() else guideline
    return f"{valve.capitalize()}, {short}" if valve else short


def count_bars(title: str, counts: Mapping[str, int], theme: Theme) -> str:
    """One block of bars in the order given. Every text is escaped; a bar has its grade's colour, or a faint one."""
    total = sum(counts.values())
    rows = "".join(_bar(grade, count, total, theme) for grade, count in counts.items())
    return f'<div><strong>{escape(title)}</strong><div role="list" style="{_GRID}">{rows}</div></div>'


def _bar(grade: str, count: int, total: int, theme: Theme) -> str:
    share = 100 * count / total if total else 0
    word = "rejected" if grade == BLANK else in_words(grade)
    colour = GRADE_COLOURS.get(grade, theme.faint)
    fill = f"width:{share:.1f}%;min-width:3px;height:1em;background:{colour};border:1px solid {theme.faint}"
    bar = f'<span aria-hidden="true"><span style="display:block;{fill}"></span></span>'
    number = f'<span style="text-align:right">{count:,} ({share:.1f} %)</span>'
    return f'<div role="listitem" style="display:contents"><span>{escape(word)}</span>{bar}{number}</div>'
