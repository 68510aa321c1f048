"""The colour jet of a leak: how large, which way, and its shape inside the chamber it runs into."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grading.case import Case
from grading_app.drawings.curves import at_share, beside, fine, length, spaced, turned
from grading_app.drawings.findings import first_known, number, word
from grading_app.drawings.heart_outline import SCALE, Heart, flail_side
from grading_app.drawings.svg import JET, Point, Shape, area, dash, element, inside, jet_stops, path
from grading_app.drawings.views import USUAL, View
from grading_app.palette import Theme

#: what gives the jet its size, in order of preference
SIZES = ("jet_area_ratio", "jet_area", "jet_width_ratio", "jet_csa_ratio", "colour_jet")
#: how much of the chamber or tract a jet is drawn over when only a word is known
_BY_EYE: Mapping[str, float] = MappingProxyType(
    {"small_central": 0.12, "intermediate": 0.32, "large_central": 0.6, "eccentric_wall_impinging": 0.35}
)
_UNKNOWN = 0.08
#: how far an eccentric jet leans, into an atrium and into a ventricle [degrees]
_TILT: Mapping[bool, float] = MappingProxyType({True: 32.0, False: 20.0})
#: a jet about its axis: how far along, and how much of its greatest half-width
_OUTLINE = ((0.3, 0.62), (0.62, 1.0), (0.88, 0.78), (0.99, 0.3))
#: a jet along a wall: how far along, and how much of its greatest thickness
_BAND = ((0.0, 0.8), (0.2, 1.0), (0.4, 0.95), (0.6, 0.8), (0.8, 0.55), (0.93, 0.3), (1.0, 0.08))
#: the share of the wall's length at which such a jet has reached the wall
_REACHED = 0.14
#: the colours of turbulent flow from the darkest to the lightest patch
_PATCHES = (2, 2, 1, 0, 1, 0)


@dataclass(frozen=True, slots=True)
class Jet:
    """What is known of a jet: the measurement that gives its size (None: not entered), the share of the chamber or
    tract it takes, whether it is 'central', 'eccentric' or hugs the 'wall', and the side it leans to, 'left' or 'right'
    in the drawing ('' for a central one)."""

    source: str | None
    share: float
    course: str
    side: str


def jet_of(case: Case, heart: Heart, view: View = USUAL) -> Jet | None:
    """The jet of a case, or None where it is known that there is none."""
    source = first_known(case, SIZES)
    share = _UNKNOWN if source is None else _share(case, source, heart)
    absent = source is None and word(case, "regurgitation") == "none"
    course = _course(case)
    side = "" if course == "central" else jet_side(case, view)
    return None if absent or share == 0 else Jet(source, share, course, side)


def jet_side(case: Case, view: View) -> str:
    """The side an eccentric jet leans to: away from a leaflet that is flail or prolapses, which no measurement names;
    over a leaflet held back by the ventricle, the posterior one, in secondary mitral regurgitation.

    A jet of the aortic valve leans to the anterior mitral leaflet.
    """
    if case.valve == "mitral" and word(case, "mechanism") == "secondary" and word(case, "flail_leaflet") != "yes":
        return "right"
    return "left" if flail_side(case.valve, view) == "right" else "right"


def _share(case: Case, source: str, heart: Heart) -> float:
    if source == "colour_jet":
        return _BY_EYE[word(case, source) or ""]
    value = number(case, source) or 0.0
    if source == "jet_area":
        return min(1.0, value / area(heart.atrium))
    return math.sqrt(value / 100) if source == "jet_csa_ratio" else value / 100


def _course(case: Case) -> str:
    if word(case, "colour_jet") == "eccentric_wall_impinging":
        return "wall"
    return "eccentric" if word(case, "jet_direction") == "eccentric" else "central"


def outline(jet: Jet, heart: Heart) -> list[Point]:
    """The jet's edge from the right side of the orifice round to the left, in cm.

    A free jet into an atrium takes its share of the drawn area; one into a ventricle its share of the tract's width.
    """
    if jet.course == "wall" and heart.site.inlet:
        return _along_wall(jet, heart)
    way = turned(heart.leak.way, _lean(jet, heart))
    far, half = _extent(jet, heart, way)
    side = [(far * along, half * wide) for along, wide in _OUTLINE]
    across = (-way[1], way[0]) if heart.site.inlet else (way[1], -way[0])
    x, y = heart.leak.middle
    rounded = [*side, (far, 0.0), *((along, -wide) for along, wide in reversed(side))]
    free = [(x + way[0] * a + across[0] * w, y + way[1] * a + across[1] * w) for a, w in rounded]
    return [heart.leak.at(0.0, heart.leak.half), *free, heart.leak.at(0.0, -heart.leak.half)]


def _lean(jet: Jet, heart: Heart) -> float:
    """How far the jet turns from the way through the orifice, which a flail leaflet has turned already [degrees]."""
    if not jet.side or heart.closing.flail:
        return 0.0
    return _TILT[heart.site.inlet] * (1 if (jet.side == "right") == heart.site.inlet else -1)


def _extent(jet: Jet, heart: Heart, way: Point) -> tuple[float, float]:
    """Length and greatest half-width of a free jet [cm]."""
    ring = heart.anatomy.outlet
    if not heart.site.inlet and ring is not None:
        return 1.5 + 2.7 * jet.share, max(0.1, jet.share * ring.width / 2)
    unit = [(0.0, 0.0), *_OUTLINE, (1.0, 0.0)]
    coefficient = 2 * area(unit)
    wanted = jet.share * area(heart.atrium)
    far = min(_room(heart, way), math.sqrt(wanted / (coefficient * 0.32)))
    return far, wanted / (coefficient * far)


def _room(heart: Heart, way: Point) -> float:
    """How far it is from the orifice to the wall that a jet would meet [cm]."""
    x, y = heart.leak.middle
    steps = [step / 10 for step in range(10, 90)]
    return max([1.0, *(far for far in steps if inside((x + way[0] * far, y + way[1] * far), heart.atrium))]) - 0.15


def _along_wall(jet: Jet, heart: Heart) -> list[Point]:
    """A band along the wall that the jet leans to, farther round for a larger share."""
    wall = heart.atrium if jet.side == "right" else heart.atrium[::-1]
    end = min(0.9, 0.5 + 0.5 * jet.share)
    thick = min(0.85, jet.share * area(heart.atrium) / (0.7 * end * length(wall)))
    outer = [at_share(wall, _REACHED + (end - _REACHED) * along) for along, _ in _BAND]
    inward = -1.0 if jet.side == "left" else 1.0
    inner = beside(outer, [inward * thick * wide for _, wide in _BAND])
    ends = [heart.leak.at(0.0, side * heart.leak.half) for side in ((1, -1) if jet.side == "left" else (-1, 1))]
    ring = [*fine([ends[0], *inner, outer[-1]])[:-1], *reversed(outer), ends[1]]
    return ring if jet.side == "left" else ring[::-1]


def jet_middle(jet: Jet, heart: Heart) -> Point:
    """A point in the midst of the jet, for what is said of it."""
    points = outline(jet, heart)
    if jet.course == "wall" and heart.site.inlet:
        rim = spaced([*points, points[0]], 101)
        return (rim[22][0] + rim[70][0]) / 2, (rim[22][1] + rim[70][1]) / 2
    (x, y), (other_x, other_y) = points[2], points[-3]
    return (x + other_x) / 2, (y + other_y) / 2


def jet_shapes(jet: Jet, heart: Heart, theme: Theme) -> str:
    """The jet, kept inside its chamber; a thin broken outline where it was not entered."""
    edge = Shape(jet_points(jet, heart), {}, closed=True).way
    if jet.source is None:
        drawn = path(edge, stroke=theme.faint, stroke_width=1.5, **dash(known=False))
    else:
        drawn = path(edge, fill="url(#flow)", filter="url(#soft)")
        drawn += path(edge, fill=JET[1], filter="url(#mosaic)", opacity=0.45)
    room = "".join(Shape(heart.place(ring), {"fill": theme.ink}, closed=True).svg for ring in jet_room(heart))
    clip = element("clipPath", room, id="chamber")
    return element("defs", clip + jet_defs(heart)) + element("g", drawn, clip_path="url(#chamber)", class_="jet")


def jet_points(jet: Jet, heart: Heart) -> list[Point]:
    """The smooth edge of a jet in the drawing."""
    return heart.place(spaced(fine(outline(jet, heart)), 64))


def jet_room(heart: Heart) -> list[list[Point]]:
    """The rings a jet may be seen in: its chamber, and the way there from the orifice."""
    return [[*heart.receiving, *heart.anatomy.mouth], _mouth(heart)]


def jet_defs(heart: Heart) -> str:
    """What fills a jet: its colours, its patches, and its soft edge."""
    blur = element("filter", element("feGaussianBlur", stdDeviation=1.6), id="soft")
    return blur + _flow(heart) + _mosaic()


def _mouth(heart: Heart) -> list[Point]:
    """The way between the hinges past the orifice, so that a jet may start beyond the plane of the valve."""
    leaking = heart.anatomy.inlet if heart.site.inlet else heart.anatomy.outlet
    assert leaking is not None
    x, y = heart.leak.middle
    left, right = leaking.hinges
    back = heart.leak.at(-0.15, -heart.leak.half - 0.4), heart.leak.at(-0.15, heart.leak.half + 0.4)
    return [left, back[0], (x, y), back[1], right]


def _flow(heart: Heart) -> str:
    x, y = heart.place([heart.leak.middle])[0]
    return element("radialGradient", jet_stops(), id="flow", gradientUnits="userSpaceOnUse", cx=x, cy=y, r=4.6 * SCALE)


def _mosaic() -> str:
    """A filter that gives a shape the patches of turbulent flow."""
    noise = element("feTurbulence", type="fractalNoise", baseFrequency=0.085, numOctaves=2.0, seed=4.0)
    grey = element("feColorMatrix", type="matrix", values="3.4 0 0 0 -1.2 3.4 0 0 0 -1.2 3.4 0 0 0 -1.2 0 0 0 0 1")
    tables = (" ".join(f"{int(JET[place][at : at + 2], 16) / 255:.2f}" for place in _PATCHES) for at in (1, 3, 5))
    turned = "".join(element(f"feFunc{c}", type="table", tableValues=t) for c, t in zip("RGB", tables, strict=True))
    soft = element("feGaussianBlur", in_="SourceAlpha", stdDeviation=1.6, result="soft")
    colours = element("feComponentTransfer", turned, result="patches")
    cut = element("feComposite", in_="patches", in2="soft", operator="in")
    return element("filter", noise + grey + colours + soft + cut, id="mosaic", color_interpolation_filters="sRGB")
