"""What a cut through the heart consists of: cavities, muscle, rings of valves, a vessel, papillary muscles.

Lengths are in cm, x to the right of the picture, y towards the apex.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from grading_app.drawings.curves import direction, fine, mixed, moved
from grading_app.drawings.svg import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One moment of a beat: how far the ventricle has squeezed (0 to 1), whether atrium and ventricle are dilated, how
    wide the rings of both valves must be at least [cm], and how much their descent has stretched the atrium [cm]."""

    squeeze: float
    atrium: bool = False
    ventricle: bool = False
    inlet: float = 0.0
    outlet: float = 0.0
    stretch: float = 0.0


@dataclass(frozen=True, slots=True)
class Ring:
    """The ring that a valve hinges on, cut at two points, the left one first."""

    hinges: tuple[Point, Point]

    @property
    def width(self) -> float:
        """From hinge to hinge [cm]."""
        return math.dist(*self.hinges)

    @property
    def along(self) -> Point:
        """The direction from the left hinge to the right one."""
        return direction(*self.hinges)

    @property
    def base(self) -> Point:
        """The direction away from the ventricle, square to the ring."""
        x, y = self.along
        return y, -x

    def at(self, side: float, height: float) -> Point:
        """A point so far to the right of the ring's middle, and so far from it away from the ventricle."""
        return moved(mixed(*self.hinges, 0.5), (self.along, side), (self.base, height))


@dataclass(frozen=True, slots=True)
class Chamber:
    """A chamber by its abbreviation, its inner outline, whether its blood is rich in oxygen, and the part of a
    neighbouring chamber's outline that is wall."""

    name: str
    outline: list[Point]
    rich: bool
    wall: list[Point] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Vessel:
    """A great vessel between its left and its right wall, both from the ring onwards, and the wall where it divides."""

    name: str
    left: list[Point]
    right: list[Point]
    rich: bool
    fork: list[Point] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Papillary:
    """A papillary muscle: its outline, the tip that the chordae spring from, and the leaflets they go to."""

    outline: list[Point]
    tip: Point
    leaflets: tuple[int, ...] = (0, 1)


@dataclass(frozen=True, slots=True)
class Wall:
    """A wall that is named: its inner side from base to apex, and how thick it is to the right (left: negative)."""

    name: str
    inner: list[Point]
    thick: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Anatomy:
    """Everything that is cut, at one moment.

    `mouth` closes the ventricle's outline between its ends; `muscle` holds closed outlines of walls, and `bands` those
    of muscle within a cavity; `neighbours` lie beside this half of the heart, and `cusps` are leaflets there; `cords`
    run straight from a wall to a leaflet, as (start, leaflet); `edges` are the inner sides of the ventricle's wall
    where its outline has gaps.
    """

    atrium: Chamber
    ventricle: Chamber
    mouth: list[Point]
    apex: Point
    inlet: Ring
    outlet: Ring | None
    vessel: Vessel | None
    muscle: list[list[Point]]
    bands: list[list[Point]] = field(default_factory=list)
    neighbours: list[Chamber] = field(default_factory=list)
    papillaries: list[Papillary] = field(default_factory=list)
    cords: list[tuple[Point, int]] = field(default_factory=list)
    walls: list[Wall] = field(default_factory=list)
    cusps: list[list[Point]] = field(default_factory=list)
    edges: list[list[Point]] = field(default_factory=list)

    @property
    def middle(self) -> float:
        """The height half way between the highest and the lowest point."""
        heights = [y for _, y in self._outlines()]
        return (min(heights) + max(heights)) / 2

    @property
    def widths(self) -> list[float]:
        """How far to the right every point of walls and chambers lies, but for a vessel's."""
        return [x for x, _ in itertools.chain(self.atrium.outline, self.ventricle.outline, *self.muscle)]

    def _outlines(self) -> Iterator[Point]:
        vessel = [self.vessel.left, self.vessel.right, self.vessel.fork] if self.vessel else []
        chambers = [chamber.outline for chamber in (self.atrium, self.ventricle, *self.neighbours)]
        return itertools.chain(*vessel, *chambers, *self.muscle)


def finger(base: tuple[Point, Point], tip: Point, width: float, leaflets: tuple[int, ...] = (0, 1)) -> Papillary:
    """A papillary muscle from its base on a wall to its tip, and which leaflets it holds."""
    way = direction(mixed(*base, 0.5), tip)
    side = (way[1], -way[0])
    near, far = (0.14, width * 0.55), (0.75, width)
    places = ((-1, *far), (-1, *near), (1, *near), (1, *far))
    shoulders = [moved(tip, (way, -back), (side, sign * half)) for sign, back, half in places]
    return Papillary(fine([base[0], *shoulders[:2], tip, *shoulders[2:], base[1]]), tip, leaflets)
