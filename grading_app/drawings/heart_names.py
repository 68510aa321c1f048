"""The names inside the heart: each chamber's abbreviation and the walls' names, where nothing else is drawn."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grading_app.drawings.anatomy import Wall
from grading_app.drawings.curves import at_share, direction, moved, spaced
from grading_app.drawings.heart_outline import SCALE, WIDTH, Heart
from grading_app.drawings.svg import Point, inside, text
from grading_app.drawings.typeface import BOLD, REGULAR, TEXT, width
from grading_app.palette import Theme

#: how fine places are tried, and the room kept free round a name
_STEP, _FREE = 9.0, 4.0


@dataclass(frozen=True, slots=True)
class Taken:
    """What a name may not lie on: points along lines, and areas."""

    points: list[Point]
    areas: list[list[Point]]

    def by(self, corners: Sequence[Point]) -> bool:
        """True when something lies in the ring of corners, or they in an area."""
        left, right = min(x for x, _ in corners), max(x for x, _ in corners)
        top, bottom = min(y for _, y in corners), max(y for _, y in corners)
        near = (point for point in self.points if left <= point[0] <= right and top <= point[1] <= bottom)
        if any(inside(point, corners) for point in near):
            return True
        return any(inside(corner, area) for area in self.areas for corner in corners)


def taken_by(lines: Iterable[Sequence[Point]], areas: Iterable[Sequence[Point]]) -> Taken:
    """What lines and areas leave no room for, in the coordinates of the drawing."""
    rings = [list(area) for area in areas]
    points: list[Point] = []
    for one in [*lines, *([*ring, ring[0]] for ring in rings)]:
        points += spaced(list(one), max(2, round(_long(one) / 3)))
    return Taken(points, rings)


def _long(points: Sequence[Point]) -> float:
    return sum(math.dist(a, b) for a, b in itertools.pairwise(points))


def names(heart: Heart, taken: Taken, theme: Theme) -> str:
    """Every name that finds room."""
    walls = "".join(_wall_name(wall, heart, taken, theme) for wall in heart.anatomy.walls)
    return chamber_names(heart, taken, theme) + walls


def chamber_names(heart: Heart, taken: Taken, theme: Theme) -> str:
    """The abbreviation of every chamber and vessel that has room for it."""
    anatomy = heart.anatomy
    chambers = [(anatomy.ventricle.name, anatomy.ventricle.outline), (anatomy.atrium.name, anatomy.atrium.outline)]
    chambers += [(other.name, other.outline) for other in anatomy.neighbours]
    if anatomy.vessel:
        chambers.append((anatomy.vessel.name, [*anatomy.vessel.left, *reversed(anatomy.vessel.right)]))
    return "".join(_chamber_name(name, heart.place(outline), taken, theme) for name, outline in chambers)


def _chamber_name(name: str, outline: list[Point], taken: Taken, theme: Theme) -> str:
    """The abbreviation of a chamber as near to its middle as there is room, or nothing."""
    half, high = width(name, TEXT, BOLD) / 2 + _FREE, TEXT * 0.36 + _FREE
    for x, y in _places(outline):
        corners = [(x - half, y - high), (x + half, y - high), (x + half, y + high), (x - half, y + high)]
        within = all(0 < x < WIDTH and inside((x, y), outline) for x, y in corners)
        if within and not taken.by(corners):
            return text((x, y + TEXT * 0.34), name, theme.ink, "middle", font_weight=float(BOLD), class_="name")
    return ""


def _places(outline: list[Point]) -> Iterator[Point]:
    """Places inside an outline, those near its middle first."""
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    wide, high = round((max(xs) - min(xs)) / 2 / _STEP), round((max(ys) - min(ys)) / 2 / _STEP)
    grid = [(a * _STEP, b * _STEP) for a in range(-wide, wide + 1) for b in range(-high, high + 1)]
    for x, y in sorted(grid, key=lambda step: math.hypot(*step)):
        yield middle[0] + x, middle[1] + y


def _wall_name(wall: Wall, heart: Heart, taken: Taken, theme: Theme) -> str:
    """A wall's name along it, in the first place that is free, or nothing."""
    half, high = width(wall.name, TEXT) / 2 + _FREE, TEXT * 0.36
    for share in (0.32, 0.24, 0.4, 0.48, 0.56):
        start, end = (at_share(wall.inner, share + step) for step in (-0.08, 0.08))
        way = direction(start, end)
        inner = at_share(wall.inner, share)
        (x, y), (far_x, far_y) = heart.place([moved(inner, ((1.0, 0.0), wall.thick / 2)), moved(inner, (way, 1.0))])
        base = heart.place([inner])[0]
        along = direction(base, (far_x, far_y))
        along = along if along[1] < 0 else (-along[0], -along[1])
        across = (-along[1], along[0])
        corners = [
            moved((x, y), (along, a * half), (across, b * high)) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ]
        if not taken.by(corners) and abs(wall.thick) * SCALE > TEXT:
            foot = moved((x, y), (across, TEXT * 0.3))
            turn = f"rotate({math.degrees(math.atan2(along[1], along[0])):.1f} {foot[0]:.1f} {foot[1]:.1f})"
            return text(foot, wall.name, theme.ink, "middle", font_weight=float(REGULAR),
                        transform=turn, class_="name")  # fmt: skip
    return ""
