"""What can be done to a mitral valve: repair, both kinds of new valve, and a clip, seen from the atrium."""

from __future__ import annotations

import math

from grading_app.drawings.curves import fine
from grading_app.drawings.svg import BLOOD, Drawing, Point, Shape, document, element, line, path, smooth, text
from grading_app.drawings.typeface import BOLD
from grading_app.palette import Theme

_WIDE, _TALL, _MIDDLE = 240.0, 224.0, (120.0, 138.0)
#: the valve's ring, wider than high and flat at the top, where the aorta lies
_RING: tuple[Point, ...] = (
    *((0.0, 60.0), (-38.0, 55.0), (-70.0, 34.0), (-84.0, -4.0), (-62.0, -38.0), (0.0, -46.0), (62.0, -38.0)),
    *((84.0, -4.0), (70.0, 34.0), (38.0, 55.0), (0.0, 60.0)),
)
#: where both leaflets meet
_SEAM: tuple[Point, ...] = ((-70.0, 10.0), (-46.0, 26.0), (0.0, 32.0), (46.0, 26.0), (70.0, 10.0))
_PANELS: tuple[tuple[str, str, str], ...] = (
    ("Repair", "stitches, and a ring for support", "repair"),
    ("Mechanical valve", "two hard discs in a ring", "mechanical"),
    ("Tissue valve", "three leaflets from animal tissue", "tissue"),
    ("Clip (edge-to-edge)", "holds both leaflets together", "clip"),
)
_METAL = "#8A94A3"


def operations(theme: Theme) -> Drawing:
    """The four views.

    >>> from grading_app.palette import THEMES
    >>> operations(THEMES["light"]).title
    'A repair, two kinds of new valve, and a clip'
    """
    shapes = []
    for place, (heading, words, kind) in enumerate(_PANELS):
        head = text((_WIDE / 2, 24.0), heading, theme.ink, "middle", font_size=18.0, font_weight=float(BOLD))
        head += text((_WIDE / 2, 44.0), words, theme.ink, "middle")
        shift = f"translate({_WIDE * (place % 2):g} {_TALL * (place // 2):g})"
        shapes.append(element("g", head + _DRAWN[kind](theme), transform=shift))
    said = "; ".join(f"{heading.lower()}, {words}" for heading, words, _ in _PANELS)
    words = f"Four schematic views of the mitral valve from the atrium: {said}."
    return document("A repair, two kinds of new valve, and a clip", words, (2 * _WIDE, 2 * _TALL), theme, shapes)


def _at(points: tuple[Point, ...] | list[Point]) -> list[Point]:
    return [(_MIDDLE[0] + x, _MIDDLE[1] + y) for x, y in points]


def _valve(theme: Theme) -> str:
    """The valve's own leaflets in their ring."""
    ring = Shape(_at(fine(_RING)), {"fill": theme.tissue, "stroke": theme.rim, "stroke_width": 3.0}, closed=True).svg
    seam = path(smooth(_at(_SEAM)), stroke=theme.ink, stroke_width=3.0, stroke_linecap="round")
    folds = [[(-24.0, 31.0), (-28.0, 54.0)], [(24.0, 31.0), (28.0, 54.0)]]
    return ring + seam + "".join(path(smooth(_at(fold)), stroke=theme.rim, stroke_width=1.5) for fold in folds)


def _repair(theme: Theme) -> str:
    ring = Shape(_at(fine(_RING)), {"stroke": _METAL, "stroke_width": 9.0, "stroke_linejoin": "round"}, closed=True).svg
    outline = _at(fine(_RING))
    ticks = [outline[place] for place in range(0, len(outline), 5)]
    stitches = "".join(line((x - 3, y - 3), (x + 3, y + 3), theme.paper, stroke_width=2.0) for x, y in ticks)
    rows = [_at([(-6.0, y), (6.0, y + 4)]) for y in (36.0, 42.0, 48.0)]
    mend = "".join(Shape(row, {"stroke": theme.ink, "stroke_width": 1.6}).svg for row in rows)
    return _valve(theme) + mend + ring + stitches


def _round(theme: Theme, inner: str) -> str:
    x, y = _MIDDLE
    cuff = element("circle", cx=x, cy=y, r=66.0, fill=theme.paper, stroke=theme.rim, stroke_width=12.0)
    cuff += element("circle", cx=x, cy=y, r=58.0, fill=theme.paper, stroke=_METAL, stroke_width=5.0)
    return cuff + element("circle", cx=x, cy=y, r=55.0, fill=BLOOD[True], fill_opacity=0.14) + inner


def _mechanical(theme: Theme) -> str:
    """Two half discs, ajar."""
    halves = ""
    for side in (-1, 1):
        arc = [
            (side * (4 + 48 * math.cos(turn)), 50 * math.sin(turn)) for turn in (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5)
        ]
        look: dict[str, str | float] = {"fill": _METAL, "stroke": theme.ink, "stroke_width": 2.0}
        halves += Shape(_at(fine(arc)), look, closed=True).svg
    return _round(theme, halves)


def _tissue(theme: Theme) -> str:
    """Three leaflets that meet in the middle."""
    cusps = ""
    for turn in (0.0, 2.094, 4.189):
        ends = [
            (54 * math.sin(turn + part), -54 * math.cos(turn + part))
            for part in (0.0, 0.35, 0.7, 1.05, 1.4, 1.745, 2.094)
        ]
        outline = [(0.0, 0.0), *ends]
        cusps += Shape(_at(outline), {"fill": theme.tissue, "stroke": theme.rim, "stroke_width": 2.0}, closed=True).svg
        cusps += Shape(_at([(0.0, 0.0), ends[0]]), {"stroke": theme.ink, "stroke_width": 3.0}).svg
    return _round(theme, cusps)


def _clip(theme: Theme) -> str:
    """A clip in the middle of the seam, and a hole on each side of it through which blood still flows on."""
    holes = ""
    for side in (-1, 1):
        hole = [(side * 66.0, 10.0), (side * 42.0, 12.0), (side * 14.0, 31.0), (side * 42.0, 36.0), (side * 66.0, 10.0)]
        look: dict[str, str | float] = {"fill": BLOOD[True], "stroke": theme.ink, "stroke_width": 2.5}
        holes += Shape(_at(fine(hole)), look, closed=True).svg
    x, y = _MIDDLE
    clip = element("rect", x=x - 9, y=y + 14, width=18.0, height=36.0, rx=5.0, fill=_METAL, stroke=theme.ink)
    return _valve(theme) + holes + clip + line((x, y + 16), (x, y + 48), theme.ink, stroke_width=1.5)


_DRAWN = {"repair": _repair, "mechanical": _mechanical, "tissue": _tissue, "clip": _clip}
