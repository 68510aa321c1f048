"""The walls of the heart panel: muscle, cavities, the great vessel, and what lies beside this half of the heart."""

from __future__ import annotations

from grading.case import Case
from grading_app.drawings.anatomy import Chamber
from grading_app.drawings.findings import belongs, is_known
from grading_app.drawings.heart_outline import HEIGHT, WIDTH, Heart
from grading_app.drawings.svg import Point, dash, element, path, straight
from grading_app.palette import Theme


def neighbours(heart: Heart, theme: Theme) -> str:
    """What lies beside this half of the heart, fading where it is not drawn on."""
    stops = ((0.0, 0.0), (0.1, 1.0)) if not heart.site.notes_left else ((0.93, 1.0), (1.0, 0.0))
    fade = element(
        "linearGradient",
        "".join(element("stop", offset=o, stop_color="#FFFFFF", stop_opacity=s) for o, s in stops),
        id="fade",
    )
    mask = element("mask", element("rect", width=WIDTH, height=HEIGHT, fill="url(#fade)"), id="fading")
    shapes = "".join(_neighbour(chamber, heart, theme) for chamber in heart.anatomy.neighbours)
    cusps = "".join(path(straight(heart.place(cusp)), stroke=theme.faint) for cusp in heart.anatomy.cusps)
    return element("defs", fade + mask) + element("g", shapes + cusps, mask="url(#fading)")


def _neighbour(chamber: Chamber, heart: Heart, theme: Theme) -> str:
    blood = path(f"{straight(heart.place(chamber.outline))} Z", fill=_blood(chamber, theme))
    wall = straight(heart.place(chamber.wall or chamber.outline))
    tissue = path(wall, stroke=theme.rim, stroke_width=7.0) + path(wall, stroke=theme.tissue, stroke_width=5.0)
    return tissue + blood + path(wall, stroke=theme.rim, stroke_width=0.8)


def _blood(chamber: Chamber, theme: Theme) -> str:
    return theme.rich if chamber.rich else theme.poor


def walls(heart: Heart, case: Case, theme: Theme) -> str:
    """The great vessel, muscle and cavities, with the edges of both chambers."""
    anatomy = heart.anatomy
    shapes = _vessel(heart, theme)
    shapes += "".join(
        path(f"{straight(heart.place(one))} Z", fill=theme.tissue, stroke=theme.rim, stroke_width=1.0)
        for one in anatomy.muscle
    )
    shapes += path(straight(heart.place(anatomy.atrium.outline)), stroke=theme.rim, stroke_width=9.0)
    shapes += path(straight(heart.place(anatomy.atrium.outline)), stroke=theme.tissue, stroke_width=7.0)
    for chamber, mouth in ((anatomy.atrium, []), (anatomy.ventricle, anatomy.mouth)):
        shapes += path(f"{straight(heart.place([*chamber.outline, *mouth]))} Z", fill=_blood(chamber, theme))
    sizes = [(edge, heart.site.ventricle_size) for edge in anatomy.edges or [heart.ventricle]]
    sizes.append((heart.atrium, heart.site.atrium_size))
    return shapes + "".join(_edge(heart.place(points), case, size, theme) for points, size in sizes)


def _edge(points: list[Point], case: Case, size: str, theme: Theme) -> str:
    """The edge of a chamber: broken where its size matters and was not entered, faint where it does not matter."""
    if not belongs(case, size):
        return path(straight(points), stroke=theme.rim, stroke_width=1.0)
    return path(straight(points), stroke=theme.ink, stroke_width=1.5, **dash(is_known(case, size)))


def _vessel(heart: Heart, theme: Theme) -> str:
    """Both walls of the great vessel, with the bulges above its valve, and the blood between them."""
    vessel = heart.anatomy.vessel
    if vessel is None:
        return ""
    room = heart.place([*vessel.left, *vessel.fork, *reversed(vessel.right)])
    walls = [heart.place(wall) for wall in (vessel.left, vessel.right, vessel.fork) if wall]
    shapes = "".join(path(straight(wall), stroke=theme.rim, stroke_width=9.0) for wall in walls)
    shapes += "".join(path(straight(wall), stroke=theme.tissue, stroke_width=7.0) for wall in walls)
    blood = path(f"{straight(room)} Z", fill=theme.rich if vessel.rich else theme.poor)
    return shapes + blood + "".join(path(straight(wall), stroke=theme.rim, stroke_width=1.0) for wall in walls)


def inner_muscle(heart: Heart, theme: Theme) -> str:
    """Muscle within the ventricle: papillary muscles and bands."""
    shapes = [*heart.anatomy.bands, *(one.outline for one in heart.anatomy.papillaries)]
    return "".join(
        path(f"{straight(heart.place(one))} Z", fill=theme.tissue, stroke=theme.rim, stroke_width=1.0) for one in shapes
    )
