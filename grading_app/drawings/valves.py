"""The valves of the heart panel: leaflets, chordae, the shell of flow convergence, and the width of the leak."""

from __future__ import annotations

import math

from grading.case import Case
from grading_app.drawings.curves import at_share, fine, mixed, moved
from grading_app.drawings.findings import belongs, number
from grading_app.drawings.heart_outline import SCALE, Heart, gap_width
from grading_app.drawings.svg import JET, Point, Shape, element, line, path
from grading_app.palette import Theme

#: the shares of a leaflet's length at which chordae hold it
HELD = (0.66, 0.97)


def streams(heart: Heart, reach: float = 1.0) -> tuple[list[Point], list[Point]]:
    """The ways of the blood through the inlet and through the outlet, the latter empty where it is not cut.

    `reach` is how far they reach into the chambers, in relation to an arrow.
    """
    into, out = heart.anatomy.inlet, heart.anatomy.outlet
    inflow = [into.at(0.1, 2.2 * reach), into.at(0.1, 0.2), into.at(0.2, -2.2 * reach)]
    return inflow, [out.at(0.35 * reach, -2.6 * reach), out.at(0.0, -0.6), out.at(0.0, 2.6)] if out else []


def stream(heart: Heart) -> list[list[Point]]:
    """The way of the blood through the other valve, which is open."""
    inflow, outflow = streams(heart)
    return [way for way in [outflow if heart.site.inlet else inflow] if way]


def leaflet_shapes(leaflets: list[list[Point]], heart: Heart, theme: Theme, kind: str = "leaflet") -> list[Shape]:
    """Leaflets from hinge to tip."""
    look: dict[str, str | float] = {"stroke": theme.ink, "stroke_width": 3.6, "stroke_linecap": "round", "class_": kind}
    return [Shape(heart.place(fine(one)), look) for one in leaflets]


def cords(heart: Heart) -> list[list[Point]]:
    """The chordae from papillary muscles (and the septum) to leaflets; a flail leaflet has lost its own."""
    leaflets = heart.leaflets if heart.site.inlet else heart.others
    held = [which for which in (0, 1) if which != _torn_leaflet(heart)]
    muscles = [(muscle.tip, which) for muscle in heart.anatomy.papillaries for which in muscle.leaflets]
    starts = [(start, which) for start, which in [*muscles, *heart.anatomy.cords] if which in held]
    ends = [(start, at_share(leaflets[which], share)) for start, which in starts for share in HELD]
    return [[start, moved(mixed(start, end, 0.5), ((1.0, 0.0), 0.04)), end] for start, end in ends]


def _torn_leaflet(heart: Heart) -> int | None:
    return {"left": 0, "right": 1}.get(heart.closing.flail) if heart.site.inlet else None


def chordae(heart: Heart, theme: Theme) -> list[Shape]:
    """The chordae, and the torn ends of those of a flail leaflet."""
    look: dict[str, str | float] = {
        "stroke": theme.rim,
        "stroke_width": 1.0,
        "stroke_linecap": "round",
        "class_": "chorda",
    }
    return [Shape(heart.place(fine(one)), look) for one in [*cords(heart), *_torn(heart)]]


def _torn(heart: Heart) -> list[list[Point]]:
    """What is left of torn chordae: at the leaflet's tip, and at the papillary muscle."""
    which = _torn_leaflet(heart)
    if which is None:
        return []
    tips = [at_share(heart.leaflets[which], share) for share in (0.99, 0.86)]
    steps = ((0.18, 0.1), (0.34, -0.04), (0.5, 0.12))
    leak = heart.leak
    curls = [[tip, *(moved(tip, (leak.way, on), (leak.across, aside)) for on, aside in steps)] for tip in tips]
    muscles = [muscle.tip for muscle in heart.anatomy.papillaries[:1]]
    return [*curls, *([tip, moved(tip, ((0.3, -1.0), 0.3)), moved(tip, ((0.8, -0.9), 0.5))] for tip in muscles)]


def shell(heart: Heart, case: Case, theme: Theme) -> str:
    """The shell of flow convergence before the orifice, a half circle of the measured radius."""
    radius = shell_radius(case)
    if not radius:
        return ""
    leak = heart.leak
    places = heart.place([leak.at(0.0, -radius), leak.at(0.0, radius), leak.at(-radius, 0.0)])
    (x0, y0), (x1, y1), (x2, y2) = places
    sweep = int((x1 - x0) * (y2 - y0) < (y1 - y0) * (x2 - x0))
    far = radius * SCALE
    arc = f"M{x0:.2f} {y0:.2f} A{far:.2f} {far:.2f} 0 0 {sweep} {x1:.2f} {y1:.2f} Z"
    clip = element("clipPath", Shape(heart.place(before(heart)), {"fill": theme.ink}, closed=True).svg, id="before")
    return element("defs", clip) + element("g", path(arc, **shell_look(theme)), clip_path="url(#before)")


def shell_radius(case: Case) -> float:
    """The measured radius of flow convergence, or 0 [cm]."""
    return (number(case, "pisa_radius") or 0.0) if belongs(case, "pisa_radius") else 0.0


def shell_look(theme: Theme) -> dict[str, str | float]:
    """What the shell looks like."""
    return {"fill": JET[1], "fill_opacity": 0.6, "stroke": theme.ink, "stroke_width": 1.5, "class_": "shell"}


def before(heart: Heart) -> list[Point]:
    """The room on the near side of the leaflets, from which the leak comes."""
    leak = heart.leak
    edges = [leak.at(0.0, side * leak.half) for side in (-1, 1)]
    left, right = (_until(leaflet, edge) for leaflet, edge in zip(heart.leaflets, edges, strict=True))
    if heart.site.inlet:
        return [*heart.ventricle, *heart.anatomy.mouth, *left, *edges, *reversed(right)]
    vessel = heart.anatomy.vessel
    return [*reversed(vessel.left), *left, *edges, *reversed(right), *vessel.right] if vessel else []


def _until(leaflet: list[Point], edge: Point) -> list[Point]:
    """A leaflet from its hinge to where it is nearest to the edge of the hole."""
    return leaflet[: min(range(len(leaflet)), key=lambda place: math.dist(leaflet[place], edge))]


def width_mark(heart: Heart, case: Case, theme: Theme) -> str:
    """The measured width of the vena contracta between two marks."""
    width = gap_width(case)
    if not width:
        return ""
    start, end = heart.place([heart.leak.at(0.0, -width / 2), heart.leak.at(0.0, width / 2)])
    bar = line(start, end, theme.ink, stroke_width=2.5, class_="vena-contracta")
    marks = [[heart.leak.at(along, side * width / 2) for along in (-0.22, 0.22)] for side in (-1, 1)]
    look: dict[str, str | float] = {"stroke": theme.ink, "stroke_width": 1.6}
    return bar + "".join(Shape(heart.place(mark), look).svg for mark in marks)
