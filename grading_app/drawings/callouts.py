"""Words beside a drawing with lines to what they name: no words on words, no line across another or through words."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from grading_app.drawings.svg import Point, element, line, text
from grading_app.drawings.typeface import ABOVE, BELOW, BOLD, REGULAR, TEXT, width, wrapped

#: the height of a line of words, the room between two callouts, and between words and their line
ROW, APART, _GAP = 18.0, 9.0, 6.0


@dataclass(frozen=True, slots=True)
class Column:
    """The room for callouts: `edge` is its side towards the drawing, `left` says that it lies left of it."""

    edge: float
    outer: float
    top: float
    bottom: float
    left: bool

    @property
    def room(self) -> float:
        """How wide a line of words may be."""
        return abs(self.outer - self.edge) - _GAP

    @property
    def foot(self) -> float:
        """Where words begin, or end where the column lies left of the drawing."""
        return self.edge - _GAP if self.left else self.edge + _GAP


@dataclass(frozen=True, slots=True)
class Callout:
    """Lines of words with their weights, the point of the drawing they name, and their colour."""

    lines: tuple[tuple[str, int], ...]
    point: Point
    ink: str

    @property
    def height(self) -> float:
        """How high the words are."""
        return ROW * len(self.lines)


def lines_of(label: str, value: str, room: float) -> tuple[tuple[str, int], ...]:
    """A label, and its value in bold, on one line where they fit and else below each other."""
    if not value:
        return tuple((row, REGULAR) for row in wrapped(label, room))
    labels = [(row, REGULAR) for row in wrapped(label, room)]
    return (*labels, *((row, BOLD) for row in wrapped(value, room, TEXT, BOLD)))


def tall(callouts: Sequence[Callout]) -> float:
    """How much room callouts need above each other."""
    return sum(one.height + APART for one in callouts) - APART if callouts else 0.0


def arranged(callouts: Sequence[Callout], column: Column) -> list[tuple[Callout, float]]:
    """Callouts with the top of each: near their points, apart from each other, and no two lines crossing."""
    ordered = sorted(callouts, key=lambda one: one.point[1])
    for _ in range(len(ordered) ** 2):
        tops = _tops(ordered, column)
        leaders = [leader(one, top, column) for one, top in zip(ordered, tops, strict=True)]
        pairs = itertools.combinations(range(len(ordered)), 2)
        meeting = next(((a, b) for a, b in pairs if crossing(leaders[a], leaders[b])), None)
        if meeting is None:
            break
        a, b = meeting
        ordered[a], ordered[b] = ordered[b], ordered[a]
    return list(zip(ordered, _tops(ordered, column), strict=True))


def _tops(ordered: Sequence[Callout], column: Column) -> list[float]:
    """The top of every callout: as near to its point as the others let it."""
    tops: list[float] = []
    free = column.top
    for one in ordered:
        tops.append(max(free, one.point[1] - one.height / 2))
        free = tops[-1] + one.height + APART
    limit = column.bottom + APART
    for place in reversed(range(len(ordered))):
        tops[place] = limit = min(tops[place], limit - ordered[place].height - APART)
    return tops


def leader(one: Callout, top: float, column: Column) -> tuple[Point, Point]:
    """The line from the words to the point they name."""
    return (column.edge, top + one.height / 2), one.point


def crossing(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """True for two lines that cross."""
    return _turn(*one, other[0]) * _turn(*one, other[1]) < 0 and _turn(*other, one[0]) * _turn(*other, one[1]) < 0


def _turn(start: Point, end: Point, point: Point) -> float:
    return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])


def callout_shapes(placed: Sequence[tuple[Callout, float]], column: Column, ink: str, paper: str) -> str:
    """The words and their lines; a line ends in a dot."""
    return "".join(_shape(one, top, column, ink, paper) for one, top in placed)


def _shape(one: Callout, top: float, column: Column, ink: str, paper: str) -> str:
    anchor = "end" if column.left else "start"
    words = "".join(
        text((column.foot, top + ROW * (row + 0.5) + TEXT * (ABOVE - BELOW) / 2 - 0.5), said, one.ink, anchor,
             font_weight=float(weight))
        for row, (said, weight) in enumerate(one.lines)
    )  # fmt: skip
    start, end = leader(one, top, column)
    halo = line(start, end, paper, stroke_width=3.0, stroke_opacity=0.7)
    dot = element("circle", cx=end[0], cy=end[1], r=3.0, fill=ink, stroke=paper, stroke_width=1.0)
    return halo + line(start, end, ink, stroke_width=1.0, class_="leader") + dot + words


def box(foot: Point, words: str, anchor: str, size: float = TEXT, weight: int = REGULAR) -> tuple[float, ...]:
    """The room that words take: left, top, right and bottom."""
    wide = width(words, size, weight)
    left = foot[0] - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
    return left, foot[1] - ABOVE * size, left + wide, foot[1] + BELOW * size
