"""The left heart as an apical five-chamber view cuts it: septum to the left, lateral wall to the right.

Lengths are in cm, x to the right, y towards the apex. Proportions are those of a normal adult heart (Lang RM et al., J
Am Soc Echocardiogr 2015;28:1-39), and schematic where a chamber is dilated.
"""

from __future__ import annotations

from grading_app.drawings.anatomy import Anatomy, Chamber, Moment, Papillary, Ring, Vessel, Wall, finger
from grading_app.drawings.curves import beside, fine, mixed, moved, turned
from grading_app.drawings.svg import Point

#: the fibrous curtain between the aortic and the mitral ring, the most basal part of the ventricle
_CURTAIN: tuple[Point, Point] = ((-0.15, -0.05), (0.2, 0.0))
#: width of both rings, and how they slope from the curtain towards the apex [degrees]
_AORTIC, _MITRAL, _SLOPES = 2.05, 2.95, (25.0, 15.0)
#: half the width of a bullet by its depth
_BULLET = ((1.0, 0.16), (1.0, 0.34), (0.95, 0.52), (0.83, 0.69), (0.63, 0.83), (0.35, 0.945))
#: the atrium above its ring: from the middle to the side, and the height, from the lateral hinge round
_ATRIUM = (
    *((1.72, 0.7), (1.98, 1.7), (1.95, 2.8), (1.55, 3.8), (0.75, 4.4)),
    *((-0.2, 4.5), (-1.1, 4.15), (-1.75, 3.3), (-1.95, 2.2), (-1.78, 1.0)),
)
_ATRIUM_HEIGHT = 4.5
#: how much larger a dilated atrium is: to the left, to the right, and in height
_LARGE, _USUAL = (1.2, 1.36, 1.24), (1.0, 1.0, 1.0)
#: the aorta above its ring: half its width by height, with the sinuses
_AORTA = ((1.0, 0.0), (1.3, 0.35), (1.45, 0.9), (1.34, 1.5), (1.2, 1.9), (1.25, 2.6), (1.28, 3.3), (1.28, 4.1))
#: both papillary muscles, which rise from the free wall and never from the septum: the share of the lateral wall where
#: they begin and end, how their tip lies from there, and half their width
_PAPILLARIES = ((0.50, 0.64, (-0.8, -1.45), 0.36), (0.70, 0.84, (-1.35, -2.15), 0.34))


def left_heart(moment: Moment) -> Anatomy:
    """The left heart at one moment."""
    mitral = _ring(_CURTAIN[1], _SLOPES[1], max(_MITRAL, moment.inlet), 1)
    aortic = _ring(_CURTAIN[0], _SLOPES[0], max(_AORTIC, moment.outlet), -1)
    cavity, apex = _cavity(aortic.hinges[0], mitral.hinges[1], moment)
    turn = cavity.index(apex)
    lateral, septal = cavity[:turn], cavity[:turn:-1]
    thick = (0.9 + 0.35 * moment.squeeze) * (0.92 if moment.ventricle else 1.0)
    outer = _outer(cavity, thick)
    return Anatomy(
        atrium=Chamber("LA", _atrium(mitral, moment), rich=True),
        ventricle=Chamber("LV", cavity, rich=True),
        mouth=list(_CURTAIN),
        apex=apex,
        inlet=mitral,
        outlet=aortic,
        vessel=_aorta(aortic),
        muscle=[[*cavity, *reversed(outer)]],
        neighbours=[_right_ventricle(outer)],
        papillaries=_papillaries(lateral),
        walls=[Wall("septum", septal, -thick), Wall("lateral wall", lateral, thick)],
    )


def _ring(curtain: Point, slope: float, width: float, side: int) -> Ring:
    """A valve's ring from the curtain outwards, its hinges from left to right."""
    end = moved(curtain, (turned((side, 0.0), side * slope), width))
    return Ring((curtain, end) if side > 0 else (end, curtain))


def _cavity(septal: Point, lateral: Point, moment: Moment) -> tuple[list[Point], Point]:
    """The ventricle from its lateral hinge round the apex to the septum: a bullet, rounder where it is dilated."""
    half = (3.1 - 0.85 * moment.squeeze) if moment.ventricle else (2.45 - 0.75 * moment.squeeze)
    depth = (9.2 - 1.0 * moment.squeeze) if moment.ventricle else (8.6 - 1.3 * moment.squeeze)
    middle = (septal[0] + lateral[0]) / 2
    apex = (middle + 0.15, depth)

    def wall(hinge: Point, side: int) -> list[Point]:
        aims = [(middle + side * half * wide, hinge[1] + (depth - hinge[1]) * deep, deep) for wide, deep in _BULLET]
        return [hinge, *((mixed(hinge, (x, y), min(1.0, 0.25 + 1.9 * deep))[0], y) for x, y, deep in aims)]

    return fine([*wall(lateral, 1), apex, *reversed(wall(septal, -1))]), apex


def _outer(cavity: list[Point], thick: float) -> list[Point]:
    """The outer side of the muscle round a cavity, which is thinner at the apex and ends at the hinges."""
    middle = (len(cavity) - 1) / 2
    shares = [abs(place - middle) / middle for place in range(len(cavity))]
    return beside(cavity, [thick * min(1.0, 0.62 + 1.2 * share, 0.5 + 5 * (1 - share)) for share in shares])


def _atrium(ring: Ring, moment: Moment) -> list[Point]:
    left, right, tall = _LARGE if moment.atrium else _USUAL
    tall += moment.stretch / _ATRIUM_HEIGHT
    more = (ring.width - _MITRAL) / 2
    outline = [ring.at(x * right + more if x > 0 else x * left - more, y * tall) for x, y in _ATRIUM]
    return fine([ring.hinges[1], *outline, ring.hinges[0]])


def _aorta(ring: Ring) -> Vessel:
    more = ring.width / 2 - 1.0
    left, right = (fine([ring.at(side * (wide + more), high) for wide, high in _AORTA]) for side in (-1, 1))
    return Vessel("Ao", left, right, rich=True)


def _right_ventricle(outer: list[Point]) -> Chamber:
    """The part of the right ventricle that lies beside the septum."""
    septum = outer[len(outer) // 2 :]
    septum = septum[len(septum) // 4 : -3]
    tip, base = septum[0], septum[-1]
    steps = ((1.0, 1.7, 0.3), (1.0, 1.75, 1.3), (0.55, 1.2, 0.0), (0.25, 0.75, 0.0))
    free = [moved(mixed(tip, base, share), ((-1.0, 0.0), left), ((0.0, 1.0), down)) for share, left, down in steps]
    wall = fine([*free, tip])
    return Chamber("RV", [*septum, *wall], rich=False, wall=wall)


def _papillaries(lateral: list[Point]) -> list[Papillary]:
    found = []
    for start, end, (right, down), width in _PAPILLARIES:
        base = lateral[round(start * len(lateral))], lateral[round(end * len(lateral))]
        tip = moved(mixed(*base, 0.5), ((1.0, 0.0), right), ((0.0, 1.0), down))
        found.append(finger(base, tip, width))
    return found
