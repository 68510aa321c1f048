"""Why a mitral valve leaks: six close views of the valve while it should be closed, each with its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grading_app.drawings.anatomy import Ring
from grading_app.drawings.curves import fine, mixed, moved
from grading_app.drawings.leaflets import Closing, inlet_leaflets
from grading_app.drawings.svg import (
    BLOOD,
    JET,
    Drawing,
    Point,
    Shape,
    document,
    element,
    jet_stops,
    path,
    smooth,
    text,
)
from grading_app.drawings.typeface import BOLD
from grading_app.palette import Theme

_WIDE, _TALL, _SCALE = 240.0, 262.0, 38.0
#: the ring of a sound valve, and of a stretched one [cm]
_SOUND, _STRETCHED = Ring(((-1.5, 0.0), (1.5, 0.0))), Ring(((-1.95, 0.0), (1.95, 0.0)))
#: the tips of both papillary muscles, and how far a large ventricle takes them away [cm]
_TIPS, _AWAY = ((-1.12, 1.9), (1.16, 1.9)), 0.35
#: (heading, second line, what is drawn)
_PANELS: tuple[tuple[str, str, str], ...] = (
    ("A sound valve", "both leaflets meet", "sound"),
    ("Prolapse", "a floppy leaflet bulges back", "prolapse"),
    ("A torn cord", "one leaflet flails", "flail"),
    ("A stretched ring", "the leaflets are pulled apart", "stretched"),
    ("Scar or calcium", "stiff leaflets do not close", "stiff"),
    ("Infection", "a hole in a leaflet", "hole"),
)


def mechanisms(theme: Theme) -> Drawing:
    """The six views.

    >>> from grading_app.palette import THEMES
    >>> mechanisms(THEMES["light"]).title
    'Why a mitral valve leaks'
    """
    shapes = [element("defs", _colours())]
    for place, (heading, words, kind) in enumerate(_PANELS):
        panel = _panel(heading, words, kind, theme)
        shapes.append(element("g", panel, transform=f"translate({_WIDE * (place % 2):g} {_TALL * (place // 2):g})"))
    said = "; ".join(f"{heading.lower()}, {words}" for heading, words, _ in _PANELS)
    words = f"Six schematic close views of the mitral valve, the atrium above and the ventricle below: {said}."
    return document("Why a mitral valve leaks", words, (2 * _WIDE, 3 * _TALL), theme, shapes)


def _place(points: Sequence[Point]) -> list[Point]:
    return [(_WIDE / 2 + _SCALE * x, 146 + _SCALE * y) for x, y in points]


def _panel(heading: str, words: str, kind: str, theme: Theme) -> str:
    ring = _STRETCHED if kind == "stretched" else _SOUND
    head = text((_WIDE / 2, 24.0), heading, theme.ink, "middle", font_size=18.0, font_weight=float(BOLD))
    head += text((_WIDE / 2, 44.0), words, theme.ink, "middle")
    leaflets = _LEAFLETS[kind](ring)
    tips = [
        (x + (_AWAY if x > 0 else -_AWAY) * (kind == "stretched"), y + _AWAY * (kind == "stretched")) for x, y in _TIPS
    ]
    shapes = [head, _walls(ring, theme), _jet(kind), _cords(leaflets, tips, kind == "flail", theme)]
    return "".join([*shapes, _drawn(leaflets, kind, theme), _chambers(theme) if kind == "sound" else ""])


def _chambers(theme: Theme) -> str:
    """The names of both chambers."""
    return "".join(text(place, name, theme.ink, "middle") for place, name in _NAMES)


def _walls(ring: Ring, theme: Theme) -> str:
    """The walls of the atrium above and the ventricle below, cut off at the panel's edge."""
    half = ring.width / 2
    atrium = [[(s * half, 0.0), (s * (half + 0.25), -0.6), (s * (half + 0.3), -2.3)] for s in (-1, 1)]
    ventricle = [[(s * half, 0.0), (s * (half + 0.1), 1.0), (s * (half - 0.1), 2.7)] for s in (-1, 1)]
    room = _place([*fine(atrium[0])[::-1], *fine(ventricle[0]), *fine(ventricle[1])[::-1], *fine(atrium[1])])
    shapes = [Shape(room, {"fill": BLOOD[True], "fill_opacity": 0.14}, closed=True)]
    for walls, width in ((atrium, 8.0), (ventricle, 17.0)):
        for wall in walls:
            shapes.append(Shape(_place(fine(wall)), {"stroke": theme.rim, "stroke_width": width + 2}))
            shapes.append(Shape(_place(fine(wall)), {"stroke": theme.tissue, "stroke_width": width}))
    return "".join(shape.svg for shape in shapes)


def _billow(ring: Ring) -> list[list[Point]]:
    """A right leaflet that bulges over the ring into the atrium."""
    left, _ = inlet_leaflets(ring, Closing(share=0.55, depth=0.05, half=0.09))
    right = ring.hinges[1]
    tip = ring.at(0.35, 0.02)
    return [left, fine([right, ring.at(1.25, 0.55), ring.at(0.8, 0.72), ring.at(0.45, 0.4), tip])]


_LEAFLETS: dict[str, Callable[[Ring], list[list[Point]]]] = {
    "sound": lambda ring: inlet_leaflets(ring, Closing(share=0.55, depth=0.4, half=0.0)),
    "prolapse": _billow,
    "flail": lambda ring: inlet_leaflets(ring, Closing(share=0.55, depth=0.35, half=0.2, flail="right")),
    "stretched": lambda ring: inlet_leaflets(ring, Closing(share=0.55, depth=0.8, half=0.22, apart=True)),
    "stiff": lambda ring: inlet_leaflets(ring, Closing(share=0.55, depth=0.3, half=0.3, apart=True)),
    "hole": lambda ring: inlet_leaflets(ring, Closing(share=0.62, depth=0.4, half=0.0)),
}
_NAMES: tuple[tuple[Point, str], ...] = (((_WIDE / 2, 92.0), "atrium"), ((_WIDE / 2, 243.0), "ventricle"))
#: where the leak comes from, and where it goes [cm]
_WAYS: dict[str, tuple[Point, Point]] = {
    "prolapse": ((0.25, 0.0), (-0.9, -1.9)),
    "flail": ((0.2, 0.3), (-1.0, -1.8)),
    "stretched": ((0.2, 0.75), (0.15, -1.8)),
    "stiff": ((0.15, 0.3), (0.1, -1.7)),
    "hole": ((-0.72, 0.3), (-0.6, -1.6)),
}


def _jet(kind: str) -> str:
    """The leak as a drop of colour from its hole to its tip."""
    if kind not in _WAYS:
        return ""
    start, end = _place(_WAYS[kind])
    way = (end[0] - start[0], end[1] - start[1])
    across = (-way[1] / 60, way[0] / 60)
    steps = ((0.0, 4.0), (0.35, 9.0), (0.7, 13.0), (0.92, 9.0))
    sides = [[moved(start, (way, along), (across, side * wide)) for along, wide in steps] for side in (1, -1)]
    shape = smooth([*sides[0], end, *reversed(sides[1]), sides[0][0]])
    return path(f"{shape} Z", fill="url(#leak)", class_="leak")


def _cords(leaflets: list[list[Point]], tips: Sequence[Point], torn: bool, theme: Theme) -> str:
    """Papillary muscles and the cords from them to the leaflets; a torn one hangs loose."""
    look: dict[str, str | float] = {"stroke": theme.rim, "stroke_width": 1.3}
    shapes = []
    for which, tip in enumerate(tips):
        muscle = [
            (tip[0] - 0.3, 2.9),
            (tip[0] - 0.2, tip[1] + 0.2),
            tip,
            (tip[0] + 0.2, tip[1] + 0.2),
            (tip[0] + 0.3, 2.9),
        ]
        shapes.append(Shape(_place(fine(muscle)), {"fill": theme.tissue, "stroke": theme.rim}, closed=True))
        held = [0, 1] if not torn else [0]
        ends = [leaflets[one][-5] for one in held] + (
            [leaflets[which][len(leaflets[which]) // 2]] if which in held else []
        )
        shapes += [Shape(_place([tip, end]), look) for end in ends]
    if torn:
        end = leaflets[1][-1]
        shapes.append(
            Shape(_place(fine([end, moved(end, ((0.15, -0.2), 1.0)), moved(end, ((0.0, -0.38), 1.0))])), look)
        )
        loose = [tips[1], moved(tips[1], ((0.2, -0.4), 1.0)), moved(tips[1], ((0.5, -0.35), 1.0))]
        shapes.append(Shape(_place(fine(loose)), look))
    return "".join(shape.svg for shape in shapes)


def _drawn(leaflets: list[list[Point]], kind: str, theme: Theme) -> str:
    """The leaflets; stiff ones are thick and lumpy, an infected one has a hole and a growth."""
    width = 8.0 if kind == "stiff" else 4.5
    look: dict[str, str | float] = {"stroke": theme.ink, "stroke_width": width, "stroke_linecap": "round"}
    shapes = "".join(path(smooth(_place(leaflet)), **look) for leaflet in leaflets)
    if kind == "stiff":
        lumps = [mixed(leaflet[0], leaflet[-1], share) for leaflet in leaflets for share in (0.35, 0.75)]
        return shapes + "".join(element("circle", cx=x, cy=y, r=6.5, fill=theme.faint) for x, y in _place(lumps))
    if kind == "hole":
        x, y = _place([(-0.72, 0.3)])[0]
        gap = element("circle", cx=x, cy=y, r=6.0, fill=JET[0], stroke=theme.ink, stroke_width=1.5)
        growth = element("circle", cx=x + 22, cy=y - 2, r=7.0, fill=theme.faint)
        return shapes + growth + gap
    return shapes


def _colours() -> str:
    return element("linearGradient", jet_stops(), id="leak", x1=0.0, x2=0.0, y1=1.0, y2=0.0)
