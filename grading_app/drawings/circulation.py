"""The way of the blood through a healthy heart, beside the same heart with one leaking valve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from grading.reference.catalogue import check_valve
from grading_app.drawings.curves import fine
from grading_app.drawings.heart_outline import SITES
from grading_app.drawings.svg import (
    BLOOD,
    Drawing,
    Point,
    Shape,
    arrow,
    dash,
    document,
    element,
    jet_stops,
    path,
    smooth,
    text,
)
from grading_app.drawings.typeface import BOLD
from grading_app.palette import Theme

_SIZE, _HEART, _LEGEND, _ROW = (480.0, 596.0), 240.0, 394.0, 25.0
#: the outer side of both ventricles
_MUSCLE: tuple[Point, ...] = (
    *((30.0, 222.0), (22.0, 244.0), (26.0, 276.0), (48.0, 314.0), (90.0, 346.0), (134.0, 364.0), (160.0, 366.0)),
    *((186.0, 350.0), (207.0, 314.0), (216.0, 276.0), (214.0, 240.0), (206.0, 222.0)),
)
#: chamber -> its inner outline
_CHAMBERS: Mapping[str, tuple[Point, ...]] = MappingProxyType(
    {
        "right atrium": (
            *((84.0, 225.0), (87.0, 200.0), (84.0, 174.0), (68.0, 157.0), (44.0, 157.0), (26.0, 172.0), (22.0, 200.0)),
            (34.0, 225.0),
        ),
        "right ventricle": (
            *((34.0, 225.0), (31.0, 252.0), (40.0, 284.0), (66.0, 316.0), (100.0, 336.0), (118.0, 338.0)),
            *((115.0, 312.0), (107.0, 280.0), (104.0, 250.0), (107.0, 225.0)),
        ),
        "left atrium": (
            *((196.0, 225.0), (210.0, 212.0), (218.0, 190.0), (210.0, 166.0), (190.0, 155.0), (168.0, 158.0)),
            *((154.0, 174.0), (151.0, 200.0), (155.0, 225.0)),
        ),
        "left ventricle": (
            *((196.0, 225.0), (199.0, 256.0), (195.0, 292.0), (181.0, 326.0), (163.0, 347.0), (148.0, 341.0)),
            *((133.0, 310.0), (127.0, 274.0), (127.0, 246.0), (131.0, 225.0)),
        ),
    }
)
_ATRIA = ("right atrium", "left atrium")
_ARTERY: tuple[Point, ...] = ((97.0, 228.0), (97.0, 170.0), (97.0, 128.0), (92.0, 104.0))
_AORTA: tuple[Point, ...] = (
    *((141.0, 228.0), (141.0, 184.0), (130.0, 144.0), (84.0, 128.0), (34.0, 134.0), (15.0, 166.0)),
)
_BODY_VEIN: tuple[Point, ...] = ((14.0, 330.0), (10.0, 268.0), (12.0, 214.0), (40.0, 190.0))
_LUNG_VEIN: tuple[Point, ...] = ((206.0, 100.0), (210.0, 126.0), (202.0, 166.0))
_VESSELS = ((_ARTERY, False), (_BODY_VEIN, False), (_LUNG_VEIN, True), (_AORTA, True))
#: one lung, the other is its mirror image
_LUNG: tuple[Point, ...] = (
    *((112.0, 60.0), (104.0, 44.0), (84.0, 38.0), (58.0, 50.0), (42.0, 78.0), (40.0, 106.0), (60.0, 112.0)),
    *((88.0, 104.0), (108.0, 108.0), (113.0, 86.0)),
)
#: valve -> its middle and half its width
_VALVES: Mapping[str, tuple[Point, float]] = MappingProxyType(
    {
        "tricuspid": ((59.0, 225.0), 25.0),
        "pulmonic": ((97.0, 212.0), 9.0),
        "aortic": ((141.0, 212.0), 9.0),
        "mitral": ((175.0, 225.0), 21.0),
    }
)
#: (words, where the number stands in the heart)
_STEPS: tuple[tuple[str, Point], ...] = (
    ("veins of the body", (13.0, 296.0)),
    ("right atrium", (68.0, 176.0)),
    ("right ventricle", (62.0, 292.0)),
    ("lungs", (120.0, 78.0)),
    ("left atrium", (170.0, 178.0)),
    ("left ventricle", (164.0, 300.0)),
    ("aorta, to the body", (56.0, 129.0)),
)
#: how much larger an atrium (True) or a ventricle is that takes the leak
_GROWN = {True: 1.13, False: 1.07}
#: the jet from the valve to its tip: half its width, and how far on
_JET: tuple[Point, ...] = ((4.0, -5.0), (7.0, 12.0), (11.0, 28.0), (7.0, 38.0))


def normal_and_leak(valve: str, theme: Theme) -> Drawing:
    """A healthy heart and one whose `valve` leaks, side by side, with the way of the blood in numbers.

    Both are shown while that valve should be closed. Raises UsageError for a valve that does not exist.

    >>> from grading_app.palette import THEMES
    >>> normal_and_leak("mitral", THEMES["light"]).title
    'A healthy heart, and one with mitral regurgitation'
    """
    valve = check_valve(valve)
    sides = (("Healthy", ""), (f"{valve.capitalize()} leak", valve))
    shapes = [element("defs", _colours(SITES[valve].inlet))]
    for place, (heading, leaking) in enumerate(sides):
        heart = text((_HEART / 2, 24.0), heading, theme.ink, "middle", font_size=19.0, font_weight=float(BOLD))
        heart += _heart(leaking, SITES[valve].inlet, theme)
        shapes.append(element("g", heart, transform=f"translate({_HEART * place:g} 0)"))
    shapes.append(_legend(valve, theme))
    title = f"A healthy heart, and one with {valve} regurgitation"
    return document(title, " ".join(_sentences(valve)), _SIZE, theme, shapes)


def _sentences(valve: str) -> list[str]:
    site, into = SITES[valve], SITES[valve].receiving
    way = ", ".join(f"{place} {words}" for place, (words, _) in enumerate(_STEPS, 1))
    phase = "the ventricles squeeze" if site.inlet else "the ventricles fill"
    return [
        f"Two schematic hearts side by side while {phase}.",
        f"Numbered arrows show the way of the blood in both: {way}.",
        "Blood is blue and has little oxygen from 1 to the lungs; it is red and rich in oxygen from there to 7.",
        f"Left: the {valve} valve is closed and no blood runs back.",
        f"Right: the {valve} valve leaks, a jet runs back into the {into}, and the {into} is drawn larger.",
    ]


def _heart(leaking: str, systole: bool, theme: Theme) -> str:
    into = SITES[leaking].receiving if leaking else ""
    outlines = {name: _outline(name, name == into) for name in _CHAMBERS}
    shapes = [_lungs(theme), *(_vessel(points, rich, theme) for points, rich in _VESSELS)]
    shapes += [_atrium(outlines[name], theme) for name in _ATRIA]
    shapes.append(_muscle(into.endswith("ventricle"), theme))
    shapes += [_blood(outlines[name], name.startswith("left"), theme) for name in _CHAMBERS]
    shapes += [_valve(name, SITES[name].inlet == systole, name == leaking, theme) for name in _VALVES]
    shapes += [_flow(systole), _leak(leaking, theme) if leaking else ""]
    shapes += [_number(place, point, theme) for place, (_, point) in enumerate(_STEPS, 1)]
    return "".join(shapes)


def _outline(name: str, grown: bool) -> list[Point]:
    """The inner side of a chamber; where it takes the leak it is larger away from its valve."""
    points = _CHAMBERS[name]
    more = _GROWN[name in _ATRIA] if grown else 1.0
    x0, y0 = sum(x for x, _ in points) / len(points), 225.0
    return fine([(x0 + (x - x0) * (more if y != y0 else 1.0), y0 + (y - y0) * more) for x, y in points])


def _muscle(grown: bool, theme: Theme) -> str:
    """Both ventricles' muscle, larger where one of them is."""
    more = 1.05 if grown else 1.0
    points = [(120 + (x - 120) * more, 225 + (y - 225) * more) for x, y in [*_MUSCLE, _MUSCLE[0]]]
    return Shape(fine(points), {"fill": theme.tissue, "stroke": theme.rim, "stroke_width": 1.0}, closed=True).svg


def _atrium(points: list[Point], theme: Theme) -> str:
    rim = Shape(points, {"stroke": theme.rim, "stroke_width": 11.0}).svg
    return rim + Shape(points, {"stroke": theme.tissue, "stroke_width": 9.0}).svg


def _blood(points: list[Point], rich: bool, theme: Theme) -> str:
    ground = Shape(points, {"fill": theme.paper}, closed=True).svg
    blood = Shape(points, {"fill": BLOOD[rich], "fill_opacity": 0.38}, closed=True).svg
    return ground + blood + Shape(points, {"stroke": theme.rim}).svg


def _vessel(points: Sequence[Point], rich: bool, theme: Theme) -> str:
    shape = smooth(points)
    look = ((theme.rim, 25.0, 1.0), (theme.tissue, 23.0, 1.0), (theme.paper, 17.0, 1.0), (BLOOD[rich], 17.0, 0.38))
    return "".join(path(shape, stroke=ink, stroke_width=width, stroke_opacity=shade) for ink, width, shade in look)


def _lungs(theme: Theme) -> str:
    """Both lungs, blue where blood comes in and red where it leaves, and the windpipe between them."""
    other = [(240.0 - x, y) for x, y in _LUNG]
    rings = [f"{smooth([*points, points[0]])} Z" for points in (_LUNG, other)]
    pipe = path(smooth([(120.0, 34.0), (120.0, 52.0), (108.0, 62.0)]), stroke=theme.faint, stroke_width=3.0)
    pipe += path(smooth([(120.0, 52.0), (132.0, 62.0)]), stroke=theme.faint, stroke_width=3.0)
    lobes = "".join(
        path(ring, fill=theme.paper, stroke=theme.rim, stroke_width=2.0)
        + path(ring, fill="url(#oxygen)", fill_opacity=0.5)
        for ring in rings
    )
    return lobes + pipe


def _valve(name: str, closed: bool, leaks: bool, theme: Theme) -> str:
    """Two leaflets: across their opening when closed, along the flow when open, apart when they leak."""
    (x, y), half = _VALVES[name]
    onward = 1 if SITES[name].inlet else -1
    tip, deep = (half * 0.3 if leaks else 0.0, half * 0.36) if closed else (half * 0.8, half * 0.95)
    bend = (half * 0.55, deep * 0.6) if closed else (half * 0.96, deep * 0.5)
    look: dict[str, str | float] = {"stroke": theme.ink, "stroke_width": 3.6, "stroke_linecap": "round"}
    leaflets = [[(x + s * half, y), (x + s * bend[0], y + onward * bend[1]), (x + s * tip, y + onward * deep)]
                for s in (-1, 1)]  # fmt: skip
    return "".join(path(smooth(leaflet), **look, class_=f"{name}-leaflet") for leaflet in leaflets)


def _flow(systole: bool) -> str:
    """The way of the blood; broken where it waits behind closed valves in this phase."""
    fills = (
        (((59.0, 196.0), (59.0, 226.0), (66.0, 266.0)), False),
        (((178.0, 196.0), (177.0, 226.0), (170.0, 272.0)), True),
    )
    leaves = (((84.0, 272.0), *_ARTERY), False), (((146.0, 272.0), *_AORTA), True)
    ways = [(way, systole) for way in fills] + [(way, not systole) for way in leaves]
    ways += [((_BODY_VEIN, False), False), ((_LUNG_VEIN, True), False)]
    return "".join(arrow(points, BLOOD[rich], 5.0, **dash(not waits)) for (points, rich), waits in ways)


def _colours(upward: bool) -> str:
    """The colours of a jet from its neck to its tip, and of blood on its way through the lungs."""
    neck = 1.0 if upward else 0.0
    stops = "".join(element("stop", offset=o, stop_color=BLOOD[rich]) for o, rich in ((0.35, False), (0.65, True)))
    oxygen = element("linearGradient", stops, id="oxygen", gradientUnits="userSpaceOnUse", x1=40.0, x2=200.0)
    return oxygen + element("linearGradient", jet_stops(), id="leak", x1=0.0, x2=0.0, y1=neck, y2=1 - neck)


def _leak(valve: str, theme: Theme) -> str:
    """The jet back through the valve."""
    (x, y), _ = _VALVES[valve]
    back = -1 if SITES[valve].inlet else 1
    points = [(x + wide, y + back * far) for wide, far in _JET]
    points += [(x, y + 41.0 * back), *((2 * x - a, b) for a, b in reversed(points))]
    drop = path(smooth(points) + " Z", fill="url(#leak)", stroke=theme.ink, stroke_width=1.5, class_="leak")
    return drop + arrow([(x, y), (x, y + 31.0 * back)], "#000000", 4.0)


def _number(place: int, point: Point, theme: Theme) -> str:
    disc = element("circle", cx=point[0], cy=point[1], r=11.0, fill=theme.paper, stroke=theme.ink, stroke_width=1.5)
    return disc + text((point[0], point[1] + 5.5), str(place), theme.ink, "middle", font_weight=float(BOLD))


def _legend(valve: str, theme: Theme) -> str:
    """What the numbers and the colours mean."""
    shapes = ""
    for place, (words, _) in enumerate(_STEPS):
        x, y = (20.0, _LEGEND + _ROW * place) if place < 4 else (250.0, _LEGEND + _ROW * (place - 4))
        shapes += _number(place + 1, (x, y), theme) + text((x + 18, y + 5.5), words, theme.ink)
    rows = (
        (BLOOD[False], True, "blue: little oxygen"),
        (BLOOD[True], True, "red: rich in oxygen"),
        (theme.faint, False, "broken: waits for these valves to open"),
    )
    for row, (colour, solid, words) in enumerate(rows):
        y = _LEGEND + _ROW * (row + 4) + 8
        shapes += arrow([(10.0, y), (46.0, y)], colour, 5.0, **dash(solid)) + text((60.0, y + 5.5), words, theme.ink)
    y = _LEGEND + _ROW * 7 + 8
    jet = element("rect", x=10.0, y=y - 7, width=38.0, height=14.0, rx=7.0, fill="url(#leak)", stroke=theme.ink)
    return shapes + jet + text((60.0, y + 5.5), f"leak: back into the {SITES[valve].receiving}", theme.ink)
