"""What an echocardiogram of a leaking mitral valve looks like: a drawing of one, with the leak in colour."""

from __future__ import annotations

import math
from collections.abc import Iterable

from grading.case import Case, grade
from grading_app.drawings.callouts import Callout, Column, arranged, callout_shapes
from grading_app.drawings.heart_outline import Heart, heart_of
from grading_app.drawings.heart_walls import neighbours, walls
from grading_app.drawings.jet import jet_of, jet_shapes
from grading_app.drawings.svg import Drawing, Shape, document, element, path, text
from grading_app.drawings.typeface import BOLD
from grading_app.drawings.valves import chordae, leaflet_shapes
from grading_app.palette import Theme

_SIZE, _TIP, _REACH, _HALF = (480.0, 484.0), (240.0, 34.0), 440.0, 40.0
#: how the heart is moved and made smaller, so that it lies in the fan
_SHIFT, _SMALLER = (98.0, 62.0), 0.86
#: where the words stand
_COLUMN = Column(372.0, 478.0, 60.0, 470.0, left=False)
#: the greys of an ultrasound picture
_GREYS = Theme(
    paper="#000000", ink="#F4F4F4", faint="#8C8C8C", tissue="#8E8E8E", rim="#BDBDBD", rich="#0A0A0A", poor="#0A0A0A"
)


def echo_picture(theme: Theme) -> Drawing:
    """The drawing. What it shows is invented.

    >>> from grading_app.palette import THEMES
    >>> echo_picture(THEMES["light"]).title
    'An echocardiogram with a leaking mitral valve, drawn'
    """
    case = grade("mitral", colour_jet="intermediate", la_size="normal", lv_size="normal", vena_contracta_width="5 mm")
    assert isinstance(case, Case)
    heart = heart_of(case)
    fan = _fan()
    clip = element("clipPath", path(fan, fill="#000000"), id="fan")
    picture = element("g", _heart(heart, case), transform=f"translate({_SHIFT[0]:g} {_SHIFT[1]:g}) scale({_SMALLER})")
    grain = element("rect", width=_SIZE[0], height=_SIZE[1], filter="url(#grain)", opacity=0.55)
    shapes = [
        element("defs", clip + _grain()),
        element("rect", width=_SIZE[0], height=_SIZE[1], fill="#000000"),
        element("g", path(fan, fill="#0A0A0A") + picture + grain, clip_path="url(#fan)"),
        _words(heart),
    ]
    words = (
        "A drawing of an ultrasound picture: a fan from the probe at the top, black for blood, grey for the heart's "
        "walls. The left ventricle lies at the top, the left atrium below it, and in that the leak is shown in colour."
    )
    return document("An echocardiogram with a leaking mitral valve, drawn", words, _SIZE, theme, shapes)


def _fan() -> str:
    """The outline of the fan that the probe looks at."""
    x, y = _TIP
    turn = math.radians(_HALF)
    left, right = ((x + side * _REACH * math.sin(turn), y + _REACH * math.cos(turn)) for side in (-1, 1))
    return f"M{x:.1f} {y:.1f}L{left[0]:.1f} {left[1]:.1f}A{_REACH:g} {_REACH:g} 0 0 0 {right[0]:.1f} {right[1]:.1f}Z"


def _heart(heart: Heart, case: Case) -> str:
    jet = jet_of(case, heart)

    def drawn(shapes: Iterable[Shape]) -> str:
        return "".join(shape.svg for shape in shapes)

    parts = [drawn(neighbours(heart, _GREYS)), drawn(walls(heart, case, _GREYS)), drawn(chordae(heart, _GREYS))]
    parts += [drawn(leaflet_shapes([*heart.leaflets, *heart.others], heart, _GREYS))]
    return "".join([*parts, jet_shapes(jet, heart, _GREYS) if jet else ""])


def _grain() -> str:
    """The grain of an ultrasound picture, dark specks over everything."""
    noise = element("feTurbulence", type="fractalNoise", baseFrequency="0.35 0.6", numOctaves=2.0, seed=7.0)
    dark = element("feColorMatrix", type="matrix", values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 2.6 0 0 0 -0.9")
    return element("filter", noise + dark, id="grain", x=0.0, y=0.0, width=1.0, height=1.0)


def _words(heart: Heart) -> str:
    """The names of what is seen, beside the picture."""
    parts = (("left ventricle", (0.6, 4.6)), ("leak", (2.2, -1.4)), ("left atrium", (2.6, -3.2)))
    places = heart.place([place for _, place in parts])
    points = [(_SHIFT[0] + _SMALLER * x, _SHIFT[1] + _SMALLER * y) for x, y in places]
    named = [Callout(((words, BOLD),), point, "#FFFFFF") for (words, _), point in zip(parts, points, strict=True)]
    shapes = callout_shapes(arranged(named, _COLUMN), _COLUMN, "#FFFFFF", "#000000")
    probe = element("rect", x=_TIP[0] - 20, y=8.0, width=40.0, height=24.0, rx=6.0, fill="#8C8C8C")
    return shapes + probe + text((_TIP[0] + 28, _TIP[1] - 8), "probe", "#FFFFFF", font_weight=float(BOLD))
