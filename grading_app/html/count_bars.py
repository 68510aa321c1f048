"""Counts of grades and statuses as bars of plain HTML: the word, the bar in its colour, the number and its share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from grading.reference.guideline import references
from grading.reference.measurement import VALVES
from grading.reference.scale import by_severity
from grading.writing import in_words
from grading_app.html.render import render
from grading_app.palette import GRADE_COLOURS

#: rejected rows have a blank grade, which a run counts under this name
BLANK = "(blank)"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its word, its count, its share in percent, and its colour ('' for what is no grade)."""

    word: str
    count: int
    percent: float
    colour: str


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


def count_bars(title: str, counts: Mapping[str, int]) -> Markup:
    """One block of bars in the order given. A bar has its grade's colour, or a faint one."""
    total = sum(counts.values())
    return render("count_bars.html", title=title, bars=[_bar(grade, count, total) for grade, count in counts.items()])


def _bar(grade: str, count: int, total: int) -> Bar:
    word = "rejected" if grade == BLANK else in_words(grade)
    return Bar(word, count, 100 * count / total if total else 0, GRADE_COLOURS.get(grade, ""))


def beside(blocks: Iterable[Markup]) -> Markup:
    """Blocks beside each other, as many as the page has room for."""
    return render("beside.html", blocks=list(blocks))
