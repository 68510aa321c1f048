"""The right heart as an apical four-chamber view cuts it: free wall to the left, septum to the right.

Lengths are in cm, x to the right, y towards the apex. Proportions are those of a normal adult heart (Lang RM et al., J
Am Soc Echocardiogr 2015;28:1-39). The septal leaflet hinges nearer to the apex than the mitral valve does.
"""

from __future__ import annotations

from grading_app.drawings.anatomy import Anatomy, Chamber, Moment, Ring, Wall, finger
from grading_app.drawings.curves import beside, fine, mixed, moved, turned
from grading_app.drawings.svg import Point

#: the septal hinge, the width of the ring (and of a dilated one), and how it slopes from there to the base [degrees]
_HINGE, _RING, _WIDE_RING, _SLOPE = (1.0, 0.35), 3.2, 4.0, 5.0
#: the free wall from the lateral hinge, and how much of the squeeze and of a dilatation it takes
_FREE_WALL = ((-0.35, 0.9, 0.5), (-0.5, 2.1, 0.95), (-0.1, 3.5, 1.0), (0.75, 5.0, 0.8), (1.85, 6.3, 0.4))
_SEPTUM = ((-0.2, 1.6), (-0.3, 3.0), (-0.15, 4.6), (0.1, 6.0))
_APEX = (-0.1, 7.0)
#: the atrium above its ring: from the middle to the side, and the height, from the septal hinge round
_ATRIUM = (
    *((1.6, 0.8), (1.68, 1.9), (1.6, 3.0), (1.15, 4.0), (0.2, 4.5)),
    *((-0.9, 4.4), (-1.75, 3.75), (-2.1, 2.6), (-2.05, 1.3)),
)
_ATRIUM_HEIGHT = 4.5
_LARGE, _USUAL = (1.36, 1.1, 1.24), (1.0, 1.0, 1.0)
_WALL, _SEPTAL = 0.36, 0.95
#: how far to the right the neighbouring chambers are drawn
_EDGE = 3.75


def right_heart(moment: Moment) -> Anatomy:
    """The right heart at one moment."""
    ring = _ring(max(_WIDE_RING if moment.ventricle else _RING, moment.inlet))
    apex = moved(_HINGE, ((1.0, 0.0), _APEX[0]), ((0.0, 1.0), _APEX[1] - 0.5 * moment.squeeze))
    cavity = fine([_HINGE, *_septum(moment), apex, *reversed(_free_wall(ring.hinges[0], moment)), ring.hinges[0]])
    turn = cavity.index(apex)
    septal, lateral = cavity[:turn], cavity[:turn:-1]
    inner = _left_side(septal, apex)
    foot = lateral[len(lateral) * 11 // 20], lateral[len(lateral) * 14 // 20]
    tip = moved(mixed(*foot, 0.5), ((1.0, 0.0), 1.15), ((0.0, 1.0), -1.15))
    return Anatomy(
        atrium=Chamber("RA", _atrium(ring, moment), rich=False),
        ventricle=Chamber("RV", cavity, rich=False),
        mouth=[],
        apex=apex,
        inlet=ring,
        outlet=None,
        vessel=None,
        muscle=[_muscle(lateral, septal, apex, inner, moment)],
        bands=[_band(lateral, septal)],
        neighbours=_neighbours(inner, moment),
        cusps=[fine([_mitral(inner), moved(_mitral(inner), ((1.0, 0.22), 1.0)), (_EDGE, _mitral(inner)[1] + 0.5)])],
        papillaries=[finger((foot[1], foot[0]), tip, 0.26)],
        cords=[(septal[len(septal) * 2 // 5], 1)],
        walls=[Wall("septum", septal, _SEPTAL)],
    )


def _ring(width: float) -> Ring:
    return Ring((moved(_HINGE, (turned((-1.0, 0.0), _SLOPE), width)), _HINGE))


def _septum(moment: Moment) -> list[Point]:
    """The septum's right side, which bulges into the right ventricle less where that is dilated."""
    bulge = 0.3 if moment.ventricle else 1.0
    return [moved(_HINGE, ((1.0, 0.0), x * bulge), ((0.0, 1.0), y - 0.35)) for x, y in _SEPTUM]


def _free_wall(hinge: Point, moment: Moment) -> list[Point]:
    out = 0.3 * moment.squeeze - (0.75 if moment.ventricle else 0.0)
    return [(hinge[0] + x + out * share, y) for x, y, share in _FREE_WALL]


def _atrium(ring: Ring, moment: Moment) -> list[Point]:
    left, right, tall = _LARGE if moment.atrium else _USUAL
    tall += moment.stretch / _ATRIUM_HEIGHT
    more = (ring.width - _RING) / 2
    outline = [ring.at(x * right + more if x > 0 else x * left - more * (2 - left), y * tall) for x, y in _ATRIUM]
    return fine([ring.hinges[1], *outline, ring.hinges[0]])


def _left_side(septal: list[Point], apex: Point) -> list[Point]:
    """The inner side of the left ventricle from its base along the septum and round to where it is no longer drawn."""
    wall = beside(septal, [_SEPTAL] * len(septal))[: len(septal) * 3 // 4]
    x, y = apex
    return [*wall, *fine([wall[-1], (x + 1.15, y - 0.35), (x + 1.75, y + 0.3), (x + 2.3, y + 0.45), (_EDGE, y + 0.35)])]


def _muscle(lateral: list[Point], septal: list[Point], apex: Point, inner: list[Point], moment: Moment) -> list[Point]:
    """The free wall, the septum, and the left ventricle's muscle round its apex, in one outline."""
    x, y = apex
    free = [*lateral, apex]
    outside = beside(free, [-_WALL * (1 + 0.3 * moment.squeeze)] * len(free))[:-2]
    under = fine([outside[-1], (x + 0.7, y + 0.75), (x + 1.7, y + 1.25), (x + 2.4, y + 1.3), (_EDGE, y + 1.15)])
    crux = [moved(septal[0], ((1.0, 0.0), 0.1), ((0.0, 1.0), -0.6)), _mitral(inner)]
    return [*lateral, apex, *reversed(septal), *crux, *inner, *reversed(under), *reversed(outside)]


def _neighbours(inner: list[Point], moment: Moment) -> list[Chamber]:
    """The parts of the left ventricle and atrium beside the septum; the mitral valve hinges nearer to the base."""
    mitral = _mitral(inner)
    lift = (1.2 if moment.atrium else 1.0) + moment.stretch / _ATRIUM_HEIGHT
    shift = 0.22 if moment.atrium else 0.0
    steps = ((-0.42, -0.7), (-0.42, -1.8), (0.1, -3.0), (1.0, -3.6))
    wall = [moved(mitral, ((1.0, 0.0), x + shift), ((0.0, 1.0), y * lift)) for x, y in steps]
    corner = (_EDGE, mitral[1] + 0.15)
    atrium, ventricle = fine([mitral, *wall, (_EDGE, wall[-1][1] - 0.1)]), [mitral, *inner[2:]]
    return [
        Chamber("LV", [*ventricle, corner], rich=True, wall=ventricle),
        Chamber("LA", [*atrium, corner], rich=True, wall=atrium),
    ]


def _mitral(inner: list[Point]) -> Point:
    """The hinge of the mitral valve at the septum, nearer to the base than the tricuspid one."""
    return moved(inner[0], ((1.0, 0.0), -0.05), ((0.0, -1.0), 0.55))


def _band(lateral: list[Point], septal: list[Point]) -> list[Point]:
    """The moderator band, from the septum to the foot of the papillary muscle."""
    start, end = septal[len(septal) * 2 // 3], lateral[len(lateral) * 2 // 3]
    upper = fine([start, moved(mixed(start, end, 0.5), ((0.0, 1.0), 0.3)), end])
    return [*upper, *(moved(point, ((0.0, 1.0), 0.3)) for point in reversed(upper))]
