"""The right heart round the aorta as a short-axis view of the great vessels cuts it: right atrium to the left, the
ventricle over the aorta, the pulmonary artery to the right.

Lengths are in cm, x to the right, y towards the ventricle.
"""

from __future__ import annotations

from grading_app.drawings.anatomy import Anatomy, Chamber, Moment, Ring, Vessel
from grading_app.drawings.curves import beside, fine, moved, turned
from grading_app.drawings.svg import Point

#: the hinges of both rings: of the tricuspid valve, and of the pulmonic one
_INLET: tuple[Point, Point] = ((-4.0, 1.55), (-1.55, 0.35))
_OUTLET: tuple[Point, Point] = ((1.62, 0.75), (3.9, 1.05))
_OUTER = ((4.15, 2.3), (3.55, 3.7), (2.2, 4.7), (0.3, 5.1), (-1.7, 4.7), (-3.2, 3.7), (-3.95, 2.5))
_INNER = ((-1.3, 1.05), (-0.55, 1.58), (0.4, 1.62), (1.2, 1.15))
_ATRIUM = ((-1.5, -0.9), (-1.75, -2.2), (-2.6, -3.0), (-3.8, -3.0), (-4.75, -2.1), (-5.0, -0.6), (-4.6, 0.8))
#: the pulmonary artery from its valve to where it divides
_LEFT_WALL = ((1.62, 0.75), (1.5, 0.2), (1.75, -0.5), (1.95, -1.4), (1.5, -2.3), (0.2, -2.75), (-1.2, -2.7))
_RIGHT_WALL = ((3.9, 1.05), (4.2, 0.45), (4.05, -0.3), (4.0, -1.4), (4.25, -2.6), (4.55, -3.7))
_FORK = ((-1.1, -4.0), (0.6, -4.1), (2.0, -3.75), (2.75, -3.1), (3.05, -3.5), (3.25, -4.1))
_WALL = 0.4


def outflow_heart(moment: Moment) -> Anatomy:
    """The right heart and the pulmonary artery at one moment."""
    out = (0.75 if moment.ventricle else 0.0) - 0.8 * moment.squeeze
    outlet = _widened(Ring(_OUTLET), moment.outlet)
    shift = outlet.hinges[1][0] - _OUTLET[1][0]
    outer = [(x + (shift if x > 2 else 0.0), y + out * min(1.0, (y - 1.0) / 2.5)) for x, y in _OUTER]
    wall = fine([outlet.hinges[1], *outer, _INLET[0]])
    inner = fine([_INLET[1], *_INNER, outlet.hinges[0]])
    cavity = [*wall, *inner]
    outside = beside(wall, [_WALL * (1 + 0.3 * moment.squeeze)] * len(wall))
    return Anatomy(
        atrium=Chamber("RA", fine([_INLET[1], *_ATRIUM, _INLET[0]]), rich=False),
        ventricle=Chamber("RV", cavity, rich=False),
        mouth=[],
        apex=(1.2, 4.9 + out),
        inlet=Ring(_INLET),
        outlet=outlet,
        vessel=_artery(shift),
        muscle=[[*wall, *reversed(outside)]],
        neighbours=[Chamber("Ao", _circle((0.0, 0.0), 1.45), rich=True)],
        cusps=[[(0.0, 0.0), (1.4 * x, 1.4 * y)] for x, y in ((0.0, -1.0), (0.87, 0.5), (-0.87, 0.5))],
        edges=[wall, inner],
    )


def _widened(ring: Ring, width: float) -> Ring:
    return Ring((ring.hinges[0], moved(ring.hinges[0], (ring.along, max(ring.width, width)))))


def _artery(shift: float) -> Vessel:
    right = [(x + shift, y) for x, y in _RIGHT_WALL]
    return Vessel("PA", fine(_LEFT_WALL), fine(right), rich=False, fork=fine(_FORK))


def _circle(middle: Point, radius: float) -> list[Point]:
    ways = [turned((0.0, radius), 15.0 * step) for step in range(25)]
    return [moved(middle, (way, 1.0)) for way in ways]
