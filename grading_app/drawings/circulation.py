"""The way of the blood through a healthy heart, beside the same heart with one leaking valve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from grading.reference.catalogue import check_valve
from grading_app.drawings.heart_outline import SITES
from grading_app.drawings.svg import Drawing, Point, arrow, dash, document, element, jet_stops, line, path, smooth, text
from grading_app.drawings.typeface import BOLD
from grading_app.palette import Theme

#: blood with little oxygen, and blood with much
BLUE, RED = "#4A80D6", "#DB5450"
_SIZE, _HEART, _LEGEND, _ROW = (480.0, 582.0), 240.0, 378.0, 25.0
#: chamber -> its blood, the middle of its valve end, half its width there, and how deep it is (upwards: negative)
_CHAMBERS: Mapping[str, tuple[str, Point, float, float]] = MappingProxyType(
    {
        "right atrium": (BLUE, (56.0, 216.0), 26.0, -62.0),
        "right ventricle": (BLUE, (72.0, 226.0), 40.0, 92.0),
        "left atrium": (RED, (184.0, 216.0), 26.0, -62.0),
        "left ventricle": (RED, (168.0, 226.0), 40.0, 108.0),
    }
)
#: half the width of a chamber by its depth
_BLOB = ((0.85, 0.0), (1.12, 0.3), (1.0, 0.68), (0.5, 0.95), (0.0, 1.0))
_ARTERY: tuple[Point, ...] = ((98.0, 226.0), (98.0, 170.0), (98.0, 118.0), (98.0, 92.0))
_AORTA: tuple[Point, ...] = (
    (142.0, 226.0),
    (142.0, 170.0),
    (128.0, 136.0),
    (76.0, 124.0),
    (26.0, 132.0),
    (14.0, 166.0),
)
_BODY_VEIN: tuple[Point, ...] = ((14.0, 318.0), (12.0, 260.0), (14.0, 204.0), (40.0, 186.0))
_LUNG_VEIN: tuple[Point, ...] = ((208.0, 92.0), (210.0, 118.0), (203.0, 158.0))
_VESSELS = ((_ARTERY, BLUE), (_BODY_VEIN, BLUE), (_LUNG_VEIN, RED), (_AORTA, RED))
#: valve -> its middle and half its width
_VALVES: Mapping[str, tuple[Point, float]] = MappingProxyType(
    {
        "tricuspid": ((54.0, 220.0), 22.0),
        "pulmonic": ((98.0, 208.0), 10.0),
        "aortic": ((142.0, 208.0), 10.0),
        "mitral": ((186.0, 220.0), 22.0),
    }
)
#: (words, where the number stands in the heart)
_STEPS: tuple[tuple[str, Point], ...] = (
    ("veins of the body", (14.0, 292.0)),
    ("right atrium", (72.0, 172.0)),
    ("right ventricle", (62.0, 284.0)),
    ("lungs", (150.0, 74.0)),
    ("left atrium", (172.0, 172.0)),
    ("left ventricle", (176.0, 290.0)),
    ("aorta, to the body", (50.0, 126.0)),
)
#: how much larger the chamber is that takes the leak
_GROWN = 1.15
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
    shapes = [element("defs", _leak_colour(SITES[valve].inlet))]
    for place, (heading, leaking) in enumerate(sides):
        heart = text((_HEART / 2, 26.0), heading, theme.ink, "middle", font_size=18.0, font_weight=float(BOLD))
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
    shapes, into = [_lungs(theme)], SITES[leaking].receiving if leaking else ""
    shapes += [_vessel(points, colour, theme) for points, colour in _VESSELS]
    shapes += [_chamber(name, _GROWN if name == into else 1.0, theme) for name in _CHAMBERS]
    shapes += [_valve(name, SITES[name].inlet == systole, name == leaking, theme) for name in _VALVES]
    shapes += [_flow(systole), _leak(leaking, theme) if leaking else ""]
    shapes += [_number(place, point, theme) for place, (_, point) in enumerate(_STEPS, 1)]
    return "".join(shapes)


def _chamber(name: str, grown: float, theme: Theme) -> str:
    colour, (x, y), half, depth = _CHAMBERS[name]
    side = [(half * wide * grown, depth * deep * grown) for wide, deep in _BLOB]
    points = [(x + wide, y + deep) for wide, deep in side] + [
        (x - wide, y + deep) for wide, deep in reversed(side[:-1])
    ]
    shape = smooth(points) + " Z"
    wall = path(shape, fill=theme.paper, stroke=theme.tissue, stroke_width=9.0)
    return wall + path(shape, fill=colour, fill_opacity=0.35, stroke=theme.ink)


def _vessel(points: Sequence[Point], colour: str, theme: Theme) -> str:
    shape = smooth(points)
    wall = path(shape, stroke=theme.tissue, stroke_width=24.0)
    return (
        wall
        + path(shape, stroke=theme.paper, stroke_width=17.0)
        + path(shape, stroke=colour, stroke_opacity=0.35, stroke_width=17.0)
    )


def _lungs(theme: Theme) -> str:
    """Both lungs as one bed, blue where blood comes in and red where it leaves."""
    bed: dict[str, str | float] = {"x": 70.0, "y": 48.0, "width": 160.0, "height": 50.0, "rx": 24.0}
    wall = element("rect", **bed, fill=theme.paper, stroke=theme.tissue, stroke_width=9.0)
    stops = "".join(element("stop", offset=o, stop_color=c) for o, c in ((0.25, BLUE), (0.75, RED)))
    colour = element("defs", element("linearGradient", stops, id="oxygen"))
    return wall + colour + element("rect", **bed, fill="url(#oxygen)", fill_opacity=0.35, stroke=theme.ink)


def _valve(name: str, closed: bool, leaks: bool, theme: Theme) -> str:
    """Two leaflets: across their opening when closed, along the flow when open, apart when they leak."""
    (x, y), half = _VALVES[name]
    onward = 1 if SITES[name].inlet else -1
    tip, deep = (7.0 if leaks else 0.0, 5.0) if closed else (half - 4, 16.0)
    leaflets = [((x + s * half, y), (x + s * tip, y + onward * deep)) for s in (-1, 1)]
    look: dict[str, str | float] = {"stroke_width": 4.0, "stroke_linecap": "round", "class_": f"{name}-leaflet"}
    return "".join(line(hinge, end, theme.ink, **look) for hinge, end in leaflets)


def _flow(systole: bool) -> str:
    """The way of the blood; broken where it waits behind closed valves in this phase."""
    fills = (
        (((54.0, 196.0), (54.0, 222.0), (58.0, 264.0)), BLUE),
        (((188.0, 196.0), (188.0, 222.0), (184.0, 264.0)), RED),
    )
    leaves = (((84.0, 262.0), *_ARTERY), BLUE), (((154.0, 262.0), *_AORTA), RED)
    ways = [(way, systole) for way in fills] + [(way, not systole) for way in leaves]
    ways += [((_BODY_VEIN, BLUE), False), ((_LUNG_VEIN, RED), False)]
    return "".join(arrow(points, colour, 5.0, **dash(not waits)) for (points, colour), waits in ways)


def _leak_colour(upward: bool) -> str:
    """The colours of a jet from its neck to its tip."""
    neck = 1.0 if upward else 0.0
    return element("linearGradient", jet_stops(), id="leak", x1=0.0, x2=0.0, y1=neck, y2=1 - neck)


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
        (BLUE, True, "blue: little oxygen"),
        (RED, True, "red: rich in oxygen"),
        (theme.faint, False, "broken: waits for these valves to open"),
    )
    for row, (colour, solid, words) in enumerate(rows):
        y = _LEGEND + _ROW * (row + 4) + 8
        shapes += arrow([(10.0, y), (46.0, y)], colour, 5.0, **dash(solid)) + text((60.0, y + 5.5), words, theme.ink)
    y = _LEGEND + _ROW * 7 + 8
    jet = element("rect", x=10.0, y=y - 7, width=38.0, height=14.0, rx=7.0, fill="url(#leak)", stroke=theme.ink)
    return shapes + jet + text((60.0, y + 5.5), f"leak: back into the {SITES[valve].receiving}", theme.ink)
