"""Shapes as SVG text: every text escaped, every number short, nothing that runs or loads."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import TypeAlias

from grading_app.drawings.typeface import BOLD, FAMILY, TEXT, font_faces
from grading_app.palette import Theme

Point: TypeAlias = tuple[float, float]
#: the colours of fast and turbulent flow, from the core of a jet to its edge; none of them is the colour of a grade
JET = ("#FFE45C", "#2FC4B2", "#2458C6")
#: the colour of blood that is rich in oxygen (True), and poor in it
BLOOD: Mapping[bool, str] = MappingProxyType({True: "#DB5450", False: "#4A80D6"})


@dataclass(frozen=True, slots=True)
class Shape:
    """Points of a drawing joined by straight lines, open or closed, and what they look like."""

    points: Sequence[Point]
    look: Mapping[str, str | float]
    closed: bool = False

    @property
    def way(self) -> str:
        """The points as the data of a path."""
        return straight(self.points) + ("Z" if self.closed else "")

    @property
    def svg(self) -> str:
        """The shape as a path."""
        return path(self.way, **self.look)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing as SVG text, its title, and plain sentences for someone who cannot see it."""

    svg: str
    title: str
    description: str


def number(value: float) -> str:
    """A coordinate in at most two decimals.

    >>> number(36.0), number(1 / 3)
    ('36', '0.33')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")


def element(name: str, content: str = "", /, **attributes: str | float) -> str:
    """One element; `stroke_width=2` becomes stroke-width="2", and `content` is SVG already.

    >>> element("circle", r=3.0, fill="none")
    '<circle r="3" fill="none"/>'
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{said}>{content}</{name}>" if content else f"<{name}{said}/>"


def text(place: Point, words: str, ink: str, anchor: str = "start", /, **attributes: str | float) -> str:
    """Words with the foot of the first, middle or last letter at `place`; the words are escaped."""
    look: dict[str, str | float] = {"text_anchor": anchor, "font_size": TEXT, "fill": ink, **attributes}
    return element("text", escape(words), x=place[0], y=place[1], **look)


def heading(words: str, ink: str) -> str:
    """The heading of a panel."""
    return text((8.0, 24.0), words, ink, font_size=19.0, font_weight=float(BOLD))


def line(start: Point, end: Point, ink: str, /, **attributes: str | float) -> str:
    """A straight line."""
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], stroke=ink, **attributes)


def path(shape: str, /, **attributes: str | float) -> str:
    """A path; without a fill of its own it is only a stroke."""
    look: dict[str, str | float] = {"fill": "none", **attributes}
    return element("path", d=shape, **look)


def straight(points: Iterable[Point]) -> str:
    """A path of straight lines through points, to a tenth of a unit."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}".replace(".0", "") for x, y in points)


def smooth(points: Sequence[Point]) -> str:
    """A path that runs through points without corners (Catmull-Rom, as cubic curves)."""
    padded = [points[0], *points, points[-1]]
    said = f"M{number(points[0][0])} {number(points[0][1])}"
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        first = (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6)
        second = (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6)
        said += " C" + ", ".join(f"{number(x)} {number(y)}" for x, y in (first, second, end))
    return said


def area(points: Sequence[Point]) -> float:
    """The area inside a ring of points, in square units."""
    ring = itertools.pairwise([*points, points[0]])
    return abs(sum(one[0] * other[1] - other[0] * one[1] for one, other in ring)) / 2


def inside(point: Point, ring: Sequence[Point]) -> bool:
    """True for a point inside a ring of points.

    >>> inside((1.0, 1.0), [(0.0, 0.0), (3.0, 0.0), (0.0, 3.0)])
    True
    """
    x, y = point
    within = False
    x0, y0 = ring[-1]
    for x1, y1 in ring:
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            within = not within
        x0, y0 = x1, y1
    return within


def arrow(points: Sequence[Point], ink: str, width: float, /, **attributes: str | float) -> str:
    """A smooth line that ends in a head."""
    (x0, y0), (x, y) = points[-2], points[-1]
    far = ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5
    along = ((x - x0) / far * width, (y - y0) / far * width)
    neck = (x - 1.6 * along[0], y - 1.6 * along[1])
    head = [(neck[0] - 1.4 * along[1], neck[1] + 1.4 * along[0]), (x + along[0], y + along[1])]
    head.append((neck[0] + 1.4 * along[1], neck[1] - 1.4 * along[0]))
    shaft = path(smooth([*points[:-1], neck]), stroke=ink, stroke_width=width, **attributes)
    return shaft + path(straight(head) + " Z", fill=ink)


def dash(known: bool) -> dict[str, str | float]:
    """What a line looks like: solid where the value is known, broken where it was not entered."""
    return {} if known else {"stroke_dasharray": "6 5"}


def jet_stops() -> str:
    """The stops of a gradient from the core of a jet to its edge."""
    return "".join(element("stop", offset=o, stop_color=c) for o, c in zip((0.0, 0.5, 1.0), JET, strict=True))


def document(title: str, description: str, size: Point, theme: Theme, shapes: Iterable[str]) -> Drawing:
    """Shapes on the paper of a theme as one image with its title and description."""
    names = element("title", escape(title), id="title") + element("desc", escape(description), id="description")
    width, height = (number(length) for length in size)
    style = element("style", font_faces() + "text{font-kerning:none}")
    paper = element("rect", width=width, height=height, fill=theme.paper)
    svg = element(
        "svg",
        names + style + paper + "".join(shapes),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby="title description",
        font_family=f"'{FAMILY}','Source Sans 3','Source Sans Pro',sans-serif",
    )
    return Drawing(svg, title, description)
