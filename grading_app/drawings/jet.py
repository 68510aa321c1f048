"""The colour jet of a leak: how large, which way, and its shape inside the chamber it runs into."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grading.case import Case
from grading_app.drawings.findings import first_known, number, word
from grading_app.drawings.heart_outline import SCALE, Heart
from grading_app.drawings.svg import JET, Point, area, dash, element, jet_stops, path, smooth
from grading_app.palette import Theme

#: what gives the jet its size, in order of preference
SIZES = ("jet_area_ratio", "jet_area", "jet_width_ratio", "jet_csa_ratio", "colour_jet")
#: how much of the chamber or tract a jet is drawn over when only a word is known
_BY_EYE: Mapping[str, float] = MappingProxyType(
    {"small_central": 0.12, "intermediate": 0.32, "large_central": 0.6, "eccentric_wall_impinging": 0.4}
)
_UNKNOWN, _TILT = 0.08, 32.0
#: a jet about its axis: how far along, and how much of its greatest half-width
_OUTLINE = ((0.3, 0.62), (0.62, 1.0), (0.88, 0.78), (0.99, 0.3))


#: place, size and colour of the speckles of turbulent flow, in a tile of 43 by 38
_SPECKLES = (
    *((4, 5, 5, 0), (19, 3, 3, 2), (31, 9, 5, 1), (11, 17, 4, 2), (25, 20, 4, 0)),
    *((6, 29, 5, 1), (36, 27, 3, 2), (18, 33, 4, 0), (29, 35, 3, 1), (40, 16, 3, 0)),
)


@dataclass(frozen=True, slots=True)
class Jet:
    """What is known of a jet: the measurement that gives its size (None: not entered), the share of the chamber or
    tract it takes, and whether it is central, eccentric or hugs the wall."""

    source: str | None
    share: float
    course: str


def jet_of(case: Case, heart: Heart) -> Jet | None:
    """The jet of a case, or None where it is known that there is none."""
    source = first_known(case, SIZES)
    share = _UNKNOWN if source is None else _share(case, source, heart)
    absent = source is None and word(case, "regurgitation") == "none"
    return None if absent or share == 0 else Jet(source, share, _course(case))


def _share(case: Case, source: str, heart: Heart) -> float:
    if source == "colour_jet":
        return _BY_EYE[word(case, source) or ""]
    value = number(case, source) or 0.0
    if source == "jet_area":
        return min(1.0, value * SCALE**2 / area(heart.atrium))
    return math.sqrt(value / 100) if source == "jet_csa_ratio" else value / 100


def _course(case: Case) -> str:
    if word(case, "colour_jet") == "eccentric_wall_impinging":
        return "wall"
    return "eccentric" if word(case, "jet_direction") == "eccentric" else "central"


def outline(jet: Jet, heart: Heart) -> list[Point]:
    """The jet's edge from one side of the orifice round to the other, in the coordinates of the heart.

    A free jet into an atrium takes its share of the drawn area; one into a ventricle its share of the tract's width.
    """
    if jet.course == "wall":
        return _along_wall(jet, heart)
    length, half = _extent(jet, heart)
    angle = math.radians(_TILT if jet.course == "eccentric" else 6.0 if heart.site.inlet else -8.0)
    if not heart.site.inlet and jet.course == "eccentric":
        angle = -angle / 1.4
    side = [(length * along, half * wide) for along, wide in _OUTLINE]
    drop = [(0.0, heart.gap), *side, (length, 0.0), *((a, -w) for a, w in reversed(side)), (0.0, -heart.gap)]
    x, y = heart.orifice
    sine, cosine, back = math.sin(angle), math.cos(angle), heart.back
    return [
        (x + across * cosine - back * along * sine, y + back * along * cosine + across * sine) for along, across in drop
    ]


def _extent(jet: Jet, heart: Heart) -> tuple[float, float]:
    """Length and greatest half-width of a free jet."""
    if not heart.site.inlet:
        left, right = heart.outlet
        return 40 + 80 * jet.share, max(3.0, jet.share * (right - left) / 2)
    unit = [(0.0, 0.0), *_OUTLINE, (1.0, 0.0)]
    coefficient = 2 * area(unit)
    wanted = jet.share * area(heart.atrium)
    longest = heart.orifice[1] - min(y for _, y in heart.atrium) - 4
    length = min(longest, math.sqrt(wanted / (coefficient * 0.32)))
    return length, wanted / (coefficient * length)


def _along_wall(jet: Jet, heart: Heart) -> list[Point]:
    """A crescent on the wall away from the neighbouring valve, farther round for a larger share."""
    wall = heart.receiving if heart.site.inlet else heart.receiving[::-1]
    steps = len(wall) - 2 if heart.site.inlet and jet.share > 0.3 else len(wall) // 2 - 1
    outer = wall[1:steps]
    middle = (sum(x for x, _ in wall) / len(wall), sum(y for _, y in wall) / len(wall))
    depth = 0.3 + 0.4 * jet.share
    thick = [depth * (1 - 0.6 * place / len(outer)) for place in range(len(outer))]
    inner = [(x + (middle[0] - x) * t, y + (middle[1] - y) * t) for (x, y), t in zip(outer, thick, strict=True)]
    x, y = heart.orifice
    sideways = heart.gap if heart.site.inlet else -heart.gap
    return [(x + sideways, y), *outer, *reversed(inner), (x - sideways, y)]


def jet_shapes(jet: Jet, heart: Heart, theme: Theme) -> str:
    """The jet, kept inside its chamber; a thin broken outline where it was not entered."""
    points = heart.place(outline(jet, heart))
    if jet.source is None:
        shape = path(smooth(points), stroke=theme.faint, stroke_width=1.5, **dash(known=False))
    else:
        shape = path(smooth(points) + " Z", fill="url(#flow)") + path(smooth(points) + " Z", fill="url(#mosaic)")
    inside = [*heart.place(heart.receiving), *heart.place(_mouth(heart))]
    clip = element("clipPath", path(smooth(inside) + " Z", fill=theme.ink), id="chamber")
    return element("defs", clip + _flow(heart) + _mosaic()) + element(
        "g", shape, clip_path="url(#chamber)", class_="jet"
    )


def _mouth(heart: Heart) -> list[Point]:
    """The way between the hinges past the orifice, so that a jet may start beyond the plane of the valves."""
    left, right = heart.leaking
    if heart.site.inlet:
        return [(left + 8, heart.orifice[1] + 6), (right - 8, heart.orifice[1] + 6)]
    return [(left, heart.orifice[1] - 6), (right, heart.orifice[1] - 6)]


def _flow(heart: Heart) -> str:
    x, y = heart.place([heart.orifice])[0]
    return element("radialGradient", jet_stops(), id="flow", gradientUnits="userSpaceOnUse", cx=x, cy=y, r=130.0)


def _mosaic() -> str:
    """Speckles of the neighbouring colours, as turbulent flow shows them."""
    circles = "".join(
        element("ellipse", cx=x, cy=y, rx=size, ry=0.6 * size, fill=JET[colour], fill_opacity=0.4)
        for x, y, size, colour in _SPECKLES
    )
    return element("pattern", circles, id="mosaic", width=43.0, height=38.0, patternUnits="userSpaceOnUse")
