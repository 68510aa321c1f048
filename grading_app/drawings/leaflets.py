"""The leaflets of a valve: closed, leaking, flail or open, and the hole that they leave.

Every leaflet is a line from its hinge to its tip; those of one valve have the same number of points in every state, so
that one state can turn into another. Lengths are in cm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grading_app.drawings.anatomy import Ring
from grading_app.drawings.curves import direction, fine, mixed, moved, spaced, turned
from grading_app.drawings.svg import Point

#: points of a leaflet
_POINTS = 13
#: how far a flail leaflet turns the leak away from its own side [degrees]
_FLAIL = 24.0


@dataclass(frozen=True, slots=True)
class Leak:
    """A hole: its middle, the direction of the leak, and half its width [cm]."""

    middle: Point
    way: Point
    half: float

    @property
    def across(self) -> Point:
        """The direction from the left leaflet's tip to the right one's."""
        x, y = self.way
        return (-y, x) if y < 0 else (y, -x)

    def at(self, along: float, across: float) -> Point:
        """A point so far along the leak, and so far to the right across it."""
        return moved(self.middle, (self.way, along), (self.across, across))


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How a valve closes: where its leaflets meet as a share of the ring from the left, how deep below it [cm], which
    of them is flail ('left', 'right' or ''), whether they fail to meet, and half the width of the hole [cm]."""

    share: float
    depth: float
    half: float = 0.0
    flail: str = ""
    apart: bool = False


def inlet_leak(ring: Ring, closing: Closing) -> Leak:
    """The hole of a closed valve between atrium and ventricle; it points away from a flail leaflet."""
    turn = {"left": _FLAIL, "right": -_FLAIL}.get(closing.flail, 0.0)
    return Leak(ring.at(ring.width * (closing.share - 0.5), -closing.depth), turned(ring.base, turn), closing.half)


def inlet_leaflets(ring: Ring, closing: Closing) -> list[list[Point]]:
    """Both leaflets of a closed valve between atrium and ventricle."""
    leak = inlet_leak(ring, closing)
    return [_inlet_leaflet(ring, closing, leak, side) for side in (-1, 1)]


def _inlet_leaflet(ring: Ring, closing: Closing, leak: Leak, side: int) -> list[Point]:
    hinge = ring.hinges[0 if side < 0 else 1]
    tip = leak.at(0.0, side * (leak.half + 0.07))
    if closing.flail == {-1: "left", 1: "right"}[side]:
        free = [leak.at(0.4, side * (leak.half + 0.1)), leak.at(0.85, side * (leak.half + 0.34))]
        knee = moved(mixed(hinge, tip, 0.45), (ring.base, -0.28))
        return spaced(fine([hinge, knee, tip, *free]), _POINTS)
    belly = moved(mixed(hinge, tip, 0.5), (ring.base, -0.10 - 0.1 * closing.depth))
    rough = 0.12 if closing.apart else 0.42
    return spaced(fine([hinge, belly, tip, moved(tip, (ring.base, -rough))]), _POINTS)


def inlet_open(ring: Ring, lengths: tuple[float, float], lean: float = 0.3) -> list[list[Point]]:
    """Both leaflets of an open valve between atrium and ventricle, by their lengths; the tips lean inwards."""
    found = []
    for side, long in zip((-1, 1), lengths, strict=True):
        half = ring.width / 2
        rows = ((0.02, 0.35), (0.1, 0.7), (lean, 1.0))
        found.append([ring.at(side * (half - inward), -long * deep) for inward, deep in ((0.0, 0.0), *rows)])
    return [spaced(fine(points), _POINTS) for points in found]


def outlet_leak(ring: Ring, closing: Closing, way: Point) -> Leak:
    """The hole of a closed valve of a great vessel."""
    turn = {"left": -18.0, "right": 18.0}.get(closing.flail, 0.0)
    return Leak(ring.at(0.0, closing.depth), turned(way, turn), closing.half)


def outlet_leaflets(ring: Ring, closing: Closing, way: Point) -> list[list[Point]]:
    """Both cusps of a closed valve of a great vessel: from the ring to where they meet in the middle."""
    leak, half = outlet_leak(ring, closing, way), ring.width / 2
    found = []
    for side in (-1, 1):
        hinge = ring.hinges[0 if side < 0 else 1]
        tip = leak.at(0.0, (side if leak.across[0] * ring.along[0] > 0 else -side) * (leak.half + 0.05))
        if closing.flail == {-1: "left", 1: "right"}[side]:
            belly = [ring.at(side * half * 0.7, -0.25), ring.at(side * half * 0.35, -0.32)]
            found.append([hinge, *belly, moved(tip, (ring.base, -0.35)), moved(tip, (ring.base, -0.05))])
        else:
            belly = [ring.at(side * half * 0.72, 0.0), ring.at(side * (half * 0.3 + leak.half * 0.5), 0.18)]
            found.append([hinge, *belly, tip, moved(tip, (ring.base, 0.1 if closing.apart else 0.38))])
    return [spaced(fine(points), _POINTS) for points in found]


def outlet_open(ring: Ring) -> list[list[Point]]:
    """Both cusps of an open valve of a great vessel, which lie before the sinuses."""
    half = ring.width / 2
    rows = ((1.0, 0.0), (0.97, 0.3), (0.9, 0.8), (0.84, 1.25))
    return [spaced(fine([ring.at(side * half * wide, high) for wide, high in rows]), _POINTS) for side in (-1, 1)]


def blended(closed: Sequence[Sequence[Point]], opened: Sequence[Sequence[Point]], share: float) -> list[list[Point]]:
    """Leaflets on their way from closed (0) to open (1)."""
    pairs = zip(closed, opened, strict=True)
    return [[mixed(a, b, share) for a, b in zip(one, other, strict=True)] for one, other in pairs]


def to_apex(ring: Ring, apex: Point) -> Point:
    """The direction of a free leak from a great vessel: between square to its ring and towards the apex."""
    middle = ring.at(0.0, 0.0)
    square = (-ring.base[0], -ring.base[1])
    return direction((0.0, 0.0), mixed(square, direction(middle, apex), 0.5))
