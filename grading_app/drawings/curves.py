"""Lines through points: how long they are, parts of them, and lines that run beside them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from grading_app.drawings.svg import Point

#: straight pieces that a smooth line is cut into between two of its points
_PIECES = 6
#: what each of four corners weighs at the ends of those pieces, which run from the second corner to the third
_WEIGHTS = tuple(
    (
        (-t + 2 * t**2 - t**3) / 2,
        (2 - 5 * t**2 + 3 * t**3) / 2,
        (t + 4 * t**2 - 3 * t**3) / 2,
        (t**3 - t**2) / 2,
    )
    for t in (step / _PIECES for step in range(1, _PIECES + 1))
)


def mixed(one: Point, other: Point, share: float) -> Point:
    """The point that lies a share of the way from one to another.

    >>> mixed((0.0, 0.0), (4.0, 2.0), 0.5)
    (2.0, 1.0)
    """
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def moved(point: Point, *steps: tuple[Point, float]) -> Point:
    """A point moved along directions, each by its length.

    >>> moved((0.0, 0.0), ((1.0, 0.0), 3.0), ((0.0, 1.0), 2.0))
    (3.0, 2.0)
    """
    x, y = point
    return x + sum(way[0] * far for way, far in steps), y + sum(way[1] * far for way, far in steps)


def direction(start: Point, end: Point) -> Point:
    """The direction from one point to another, one unit long."""
    far = math.dist(start, end)
    return (end[0] - start[0]) / far, (end[1] - start[1]) / far


def turned(way: Point, degrees: float) -> Point:
    """A direction turned; from the first axis towards the second."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return way[0] * cosine - way[1] * sine, way[0] * sine + way[1] * cosine


def fine(points: Sequence[Point]) -> list[Point]:
    """The smooth line through points (Catmull-Rom) as many short straight pieces."""
    padded = [points[0], *points, points[-1]]
    line = [points[0]]
    for (ax, ay), (bx, by), (cx, cy), (dx, dy) in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        line += [(a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy) for a, b, c, d in _WEIGHTS]
    return line


def length(points: Sequence[Point]) -> float:
    """The length of straight pieces through points."""
    return sum(math.dist(*pair) for pair in itertools.pairwise(points))


def at_share(points: Sequence[Point], share: float) -> Point:
    """The point that lies a share of the way along a line.

    >>> at_share([(0.0, 0.0), (4.0, 0.0), (4.0, 4.0)], 0.75)
    (4.0, 2.0)
    """
    return at_shares(points, [share])[0]


def at_shares(points: Sequence[Point], shares: Sequence[float]) -> list[Point]:
    """The points that lie shares of the way along a line, which rise from 0 to 1."""
    far = [0.0, *itertools.accumulate(math.dist(*pair) for pair in itertools.pairwise(points))]
    found, place = [], 0
    for wanted in (share * far[-1] for share in shares):
        while place < len(points) - 2 and far[place + 1] < wanted:
            place += 1
        step = far[place + 1] - far[place]
        found.append(mixed(points[place], points[place + 1], min(1.0, (wanted - far[place]) / step) if step else 0.0))
    return found


def spaced(points: Sequence[Point], count: int, end: float = 1.0) -> list[Point]:
    """Evenly spaced points of a line, from its start to a share of its length."""
    return at_shares(points, [end * step / (count - 1) for step in range(count)])


def beside(points: Sequence[Point], widths: Sequence[float]) -> list[Point]:
    """The line that runs beside another at the given distances, to the left of someone who walks down a page."""
    ends = [points[0], *points, points[-1]]
    ways = [direction(before, after) for before, after in zip(ends, ends[2:], strict=False)]
    return [moved(point, ((way[1], -way[0]), far)) for point, way, far in zip(points, ways, widths, strict=True)]
