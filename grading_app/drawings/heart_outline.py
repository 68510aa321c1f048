"""The outline of one side of the heart: an atrium above, a ventricle below, and the great vessel beside the atrium."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from grading.case import Case
from grading_app.drawings.findings import first_known, number, word
from grading_app.drawings.svg import Point

#: the panel
WIDTH, HEIGHT = 480.0, 388.0
#: units of the drawing in one centimetre, for what is drawn to scale; chambers are schematic
SCALE = 30.0
#: where the plane of the valves lies, the width of the heart's share of the panel, and of the notes beside it
BASE, HEART_WIDTH, NOTES_WIDTH = 176.0, 310.0, 170.0
_LEFT, _CURTAIN = 56.0, 10.0
#: half the width of a valve that leaks and of its neighbour, for the inlet and the outlet
_INLET, _OUTLET = (62.0, 46.0), (42.0, 25.0)
#: in order of preference
WIDTHS = ("vena_contracta_width", "vena_contracta_width_biplane")


@dataclass(frozen=True, slots=True)
class Site:
    """Where a valve lies: its chambers with the measurements of their sizes, and whether it is the inlet."""

    atrium: str
    atrium_size: str
    ventricle: str
    ventricle_size: str
    vessel: str
    inlet: bool
    right_heart: bool

    @property
    def receiving(self) -> str:
        """The chamber that the leak runs into."""
        return self.atrium if self.inlet else self.ventricle

    @property
    def notes_left(self) -> bool:
        """True when the leaking valve is nearer to the left edge, so that the notes stand there."""
        return self.inlet == self.right_heart


_LEFT_HEART = ("left atrium", "la_size", "left ventricle", "lv_size", "aorta")
_RIGHT_HEART = ("right atrium", "ra_size", "right ventricle", "rv_size", "pulmonary artery")
SITES: Mapping[str, Site] = MappingProxyType(
    {
        "mitral": Site(*_LEFT_HEART, inlet=True, right_heart=False),
        "aortic": Site(*_LEFT_HEART, inlet=False, right_heart=False),
        "tricuspid": Site(*_RIGHT_HEART, inlet=True, right_heart=True),
        "pulmonic": Site(*_RIGHT_HEART, inlet=False, right_heart=True),
    }
)


@dataclass(frozen=True, slots=True)
class Heart:
    """The outline for one case, in coordinates in which the outlet lies left; `place` brings them to the drawing.

    `gap` is half the width of the orifice, and `grown` says of atrium and ventricle whether they are dilated.
    """

    site: Site
    gap: float
    grown: tuple[bool, bool]

    @property
    def outlet(self) -> Point:
        """Left and right edge of the valve of the vessel."""
        half = _OUTLET[1] if self.site.inlet else max(_OUTLET[0], self.gap + 6)
        return _LEFT, _LEFT + 2 * half

    @property
    def inlet(self) -> Point:
        """Left and right edge of the valve between atrium and ventricle."""
        half = max(_INLET[0], self.gap + 6) if self.site.inlet else _INLET[1]
        left = self.outlet[1] + _CURTAIN
        return left, left + 2 * half

    @property
    def leaking(self) -> Point:
        """Left and right edge of the valve that leaks."""
        return self.inlet if self.site.inlet else self.outlet

    @property
    def orifice(self) -> Point:
        """The middle of the leak."""
        return sum(self.leaking) / 2, BASE + (16 if self.site.inlet else -4)

    @property
    def back(self) -> float:
        """The direction of the leak: -1 up into the atrium, 1 down into the ventricle."""
        return -1.0 if self.site.inlet else 1.0

    @property
    def atrium(self) -> list[Point]:
        """The atrium's wall from its outer hinge over the roof to the inner one."""
        left, right = self.inlet
        bulge, height = (42.0, 112.0) if self.grown[0] else (12.0, 90.0)
        outer = [(0.7, 0.2), (1.0, 0.5), (0.55, 0.8)]
        wall = [(right + bulge * b, BASE - height * h) for b, h in outer]
        roof = [
            (left + (right + bulge - left) * x, BASE - height * h) for x, h in ((0.7, 0.97), (0.42, 1.0), (0.15, 0.9))
        ]
        return [
            (right, BASE),
            *wall,
            *roof,
            (left + 2, BASE - 0.6 * height),
            (left, BASE - 0.25 * height),
            (left, BASE),
        ]

    @property
    def ventricle(self) -> list[Point]:
        """The ventricle's wall from its outer hinge round the apex to the edge of the outlet."""
        left, right = self.outlet[0], self.inlet[1]
        bulge, depth = (30.0, 184.0) if self.grown[1] else (0.0, 170.0)
        middle, half = (left + right) / 2, (right - left) / 2
        steps = [(1.0, 0.28), (0.94, 0.52), (0.72, 0.78), (0.4, 0.95)]
        outer = [(middle + (half + bulge) * w, BASE + depth * d) for w, d in steps]
        inner = [(2 * middle - x, y) for x, y in reversed(outer)]
        return [(right, BASE), *outer, (middle, BASE + depth), *inner, (left, BASE)]

    @property
    def receiving(self) -> list[Point]:
        """The wall of the chamber that the leak runs into."""
        return self.atrium if self.site.inlet else self.ventricle

    def place(self, points: Sequence[Point]) -> list[Point]:
        """Points of the outline as points of the drawing."""
        offset = NOTES_WIDTH if self.site.notes_left else 0.0
        return [(offset + (HEART_WIDTH - x if self.site.right_heart else x), y) for x, y in points]


def width_name(case: Case) -> str | None:
    """The measurement that gives the vena contracta its width, or None."""
    return first_known(case, WIDTHS)


def gap_width(case: Case) -> float | None:
    """The width of the vena contracta to scale, or None when it was not measured."""
    name = width_name(case)
    return None if name is None else (number(case, name) or 0.0) * SCALE


def heart_of(case: Case) -> Heart:
    """The outline that fits a case; what is not known is drawn as usual."""
    site = SITES[case.valve]
    width = gap_width(case)
    schematic = 12.0 if word(case, "coaptation_defect") == "yes" else 4.0
    sizes = (site.atrium_size, site.ventricle_size)
    grown = tuple(word(case, size) == "dilated" if first_known(case, (size,)) else False for size in sizes)
    return Heart(site, (schematic if width is None else width) / 2, (grown[0], grown[1]))
