"""The walls of the heart panel: muscle, cavities, the great vessel, and what lies beside this half of the heart."""

from __future__ import annotations

from grading.case import Case
from grading_app.drawings.anatomy import Chamber
from grading_app.drawings.findings import belongs, is_known
from grading_app.drawings.heart_outline import HEIGHT, WIDTH, Heart
from grading_app.drawings.svg import Point, Shape, dash, element
from grading_app.palette import Theme


def fading(heart: Heart, shapes: str) -> str:
    """Shapes that fade towards the edge of the panel, where they are not drawn on."""
    stops = ((0.93, 1.0), (1.0, 0.0)) if heart.site.notes_left else ((0.0, 0.0), (0.1, 1.0))
    white = "".join(element("stop", offset=o, stop_color="#FFFFFF", stop_opacity=s) for o, s in stops)
    fade = element("linearGradient", white, id="fade")
    mask = element("mask", element("rect", width=WIDTH, height=HEIGHT, fill="url(#fade)"), id="fading")
    return element("defs", fade + mask) + element("g", shapes, mask="url(#fading)")


def neighbours(heart: Heart, theme: Theme) -> list[Shape]:
    """What lies beside this half of the heart."""
    shapes = [shape for chamber in heart.anatomy.neighbours for shape in _neighbour(chamber, heart, theme)]
    return [*shapes, *(Shape(heart.place(cusp), {"stroke": theme.faint}) for cusp in heart.anatomy.cusps)]


def _neighbour(chamber: Chamber, heart: Heart, theme: Theme) -> list[Shape]:
    wall = heart.place(chamber.wall or chamber.outline)
    blood = Shape(heart.place(chamber.outline), {"fill": _blood(chamber.rich, theme)}, closed=True)
    return [*_thin(wall, 7.0, theme), blood, Shape(wall, {"stroke": theme.rim, "stroke_width": 0.8})]


def _thin(wall: list[Point], width: float, theme: Theme) -> list[Shape]:
    """A thin wall of even width round a line, most of which the blood on one side covers."""
    return [
        Shape(wall, {"stroke": theme.rim, "stroke_width": width}),
        Shape(wall, {"stroke": theme.tissue, "stroke_width": width - 2}),
    ]


def _blood(rich: bool, theme: Theme) -> str:
    return theme.rich if rich else theme.poor


def walls(heart: Heart, case: Case, theme: Theme) -> list[Shape]:
    """The great vessel, muscle and cavities, the edges of both chambers, and the muscle within the ventricle."""
    anatomy = heart.anatomy
    shapes = [*_vessel(heart, theme), *(_muscle(heart.place(one), theme) for one in anatomy.muscle)]
    shapes += _thin(heart.place(anatomy.atrium.outline), 9.0, theme)
    for chamber, mouth in ((anatomy.atrium, []), (anatomy.ventricle, anatomy.mouth)):
        room = heart.place([*chamber.outline, *mouth])
        shapes.append(Shape(room, {"fill": _blood(chamber.rich, theme)}, closed=True))
    edges = [(edge, heart.site.ventricle_size) for edge in anatomy.edges or [heart.ventricle]]
    shapes += [_edge(heart.place(points), case, size, theme) for points, size in
               [*edges, (heart.atrium, heart.site.atrium_size)]]  # fmt: skip
    inner = [*anatomy.bands, *(one.outline for one in anatomy.papillaries)]
    return [*shapes, *(_muscle(heart.place(one), theme) for one in inner)]


def _muscle(points: list[Point], theme: Theme) -> Shape:
    return Shape(points, {"fill": theme.tissue, "stroke": theme.rim, "stroke_width": 1.0}, closed=True)


def _edge(points: list[Point], case: Case, size: str, theme: Theme) -> Shape:
    """The edge of a chamber: broken where its size matters and was not entered, faint where it does not matter."""
    if not belongs(case, size):
        return Shape(points, {"stroke": theme.rim, "stroke_width": 1.0})
    return Shape(points, {"stroke": theme.ink, "stroke_width": 1.5, **dash(is_known(case, size))})


def _vessel(heart: Heart, theme: Theme) -> list[Shape]:
    """The walls of the great vessel, with the bulges above its valve, and the blood between them."""
    vessel = heart.anatomy.vessel
    if vessel is None:
        return []
    sides = [heart.place(wall) for wall in (vessel.left, vessel.right, vessel.fork) if wall]
    room = heart.place([*vessel.left, *vessel.fork, *reversed(vessel.right)])
    blood = Shape(room, {"fill": _blood(vessel.rich, theme)}, closed=True)
    rims = [Shape(wall, {"stroke": theme.rim, "stroke_width": 1.0}) for wall in sides]
    return [*(shape for wall in sides for shape in _thin(wall, 9.0, theme)), blood, *rims]
