"""The heart that fits a case: its side, the size of its chambers, where the leak is, and how it lies in a panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from grading.case import Case
from grading_app.drawings.anatomy import Anatomy, Moment, Ring
from grading_app.drawings.findings import first_known, number, word
from grading_app.drawings.leaflets import (
    Closing,
    Leak,
    blended,
    inlet_leaflets,
    inlet_leak,
    inlet_open,
    outlet_leaflets,
    outlet_leak,
    outlet_open,
    to_apex,
)
from grading_app.drawings.left_heart import left_heart
from grading_app.drawings.outflow_heart import outflow_heart
from grading_app.drawings.right_heart import right_heart
from grading_app.drawings.svg import Point
from grading_app.drawings.views import USUAL, View

#: the panel
WIDTH, HEIGHT = 480.0, 484.0
#: units of the drawing in one centimetre, for what is drawn to scale; chambers are in proportion, and schematic
SCALE = 28.0
#: the top of the heart's share of the panel
TOP = 40.0
#: in order of preference
WIDTHS = ("vena_contracta_width", "vena_contracta_width_biplane")
#: half the width of a hole that was not measured, where the leaflets meet and where they do not [cm]
_SEEN, _GAPING = 0.07, 0.2


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
        """True when the notes stand left of the heart."""
        return self.right_heart and self.inlet


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
#: valve -> what cuts its heart, where the origin of the heart lies across the panel, and where the notes begin
_CUTS: Mapping[str, tuple[Callable[[Moment], Anatomy], float, float]] = MappingProxyType(
    {
        "mitral": (left_heart, 128.0, 286.0),
        "aortic": (left_heart, 128.0, 286.0),
        "tricuspid": (right_heart, 372.0, 226.0),
        "pulmonic": (outflow_heart, 152.0, 300.0),
    }
)
#: the room between the heart and the notes
_CLEAR = 8.0
#: valve -> where its leaflets meet: the share of the ring from the left, and how deep below it [cm]
_MEETING: Mapping[str, Point] = MappingProxyType(
    {"mitral": (0.6, 0.45), "aortic": (0.5, 0.5), "tricuspid": (0.6, 0.45), "pulmonic": (0.5, 0.45)}
)
#: lengths of leaflets, left and right, of the mitral and of the tricuspid valve [cm]
_LENGTHS: Mapping[bool, tuple[float, float]] = MappingProxyType({False: (2.2, 1.3), True: (2.0, 1.4)})
#: how deep the leaflets of a tethered mitral valve meet [cm]
_TETHERED = 1.0
#: how far the ventricle has squeezed in the moment of a systolic and of a diastolic leak
SQUEEZE: Mapping[bool, float] = MappingProxyType({True: 0.6, False: 0.05})


@dataclass(frozen=True, slots=True, kw_only=True)
class Heart:
    """The heart of one case in cm, and how it is laid into the panel; `leaflets` are those of the valve that leaks,
    `others` those of the other valve."""

    site: Site
    anatomy: Anatomy
    closing: Closing
    leak: Leak
    leaflets: list[list[Point]]
    others: list[list[Point]]
    origin: Point
    up: bool

    @property
    def atrium(self) -> list[Point]:
        """The atrium's wall from its right hinge round to its left one."""
        return self.anatomy.atrium.outline

    @property
    def ventricle(self) -> list[Point]:
        """The ventricle's wall."""
        return self.anatomy.ventricle.outline

    @property
    def receiving(self) -> list[Point]:
        """The wall of the chamber that the leak runs into."""
        return self.atrium if self.site.inlet else self.ventricle

    def place(self, points: Sequence[Point]) -> list[Point]:
        """Points of the heart as points of the drawing."""
        x0, y0 = self.origin
        sign = -1.0 if self.up else 1.0
        return [(x0 + SCALE * x, y0 + sign * SCALE * y) for x, y in points]


def width_name(case: Case) -> str | None:
    """The measurement that gives the vena contracta its width, or None."""
    return first_known(case, WIDTHS)


def gap_width(case: Case) -> float | None:
    """The width of the vena contracta [cm], or None when it was not measured."""
    name = width_name(case)
    return None if name is None else number(case, name) or 0.0


def heart_of(case: Case, view: View = USUAL) -> Heart:
    """The heart that fits a case, in the phase in which its valve leaks; what is not known is drawn as usual."""
    site, closing = SITES[case.valve], closing_of(case, view)
    moment = moment_of(case, closing, SQUEEZE[site.inlet])
    return heart_at(case.valve, view, closing, moment, (0.0, 1.0))


def heart_at(valve: str, view: View, closing: Closing, moment: Moment, opened: tuple[float, float]) -> Heart:
    """The heart at one moment; `opened` says how far the leaking and the other valve are open, from 0 to 1."""
    site = SITES[valve]
    anatomy = _CUTS[valve][0](moment)
    inlet, outlet = anatomy.inlet, anatomy.outlet
    lengths = _LENGTHS[site.right_heart]
    if site.inlet:
        leak, closed = inlet_leak(inlet, closing), inlet_leaflets(inlet, closing)
        leaflets = blended(closed, inlet_open(inlet, lengths), opened[0])
        others = blended(_shut(outlet), outlet_open(outlet), opened[1]) if outlet else []
    else:
        assert outlet is not None
        way = to_apex(outlet, anatomy.apex)
        leak, closed = outlet_leak(outlet, closing, way), outlet_leaflets(outlet, closing, way)
        leaflets = blended(closed, outlet_open(outlet), opened[0])
        sound = Closing(share=0.6, depth=0.45)
        others = blended(inlet_leaflets(inlet, sound), inlet_open(inlet, lengths), opened[1])
    return Heart(
        site=site,
        anatomy=anatomy,
        closing=closing,
        leak=leak,
        leaflets=leaflets,
        others=others,
        origin=_origin(valve, anatomy, view),
        up=view.apex == "up",
    )


def _shut(outlet: Ring) -> list[list[Point]]:
    """The cusps of a sound valve of a great vessel, closed."""
    return outlet_leaflets(outlet, Closing(share=0.5, depth=0.5), (-outlet.base[0], -outlet.base[1]))


def notes_edge(valve: str) -> float:
    """Where the notes beside the heart begin, across the panel."""
    return _CUTS[valve][2]


def _origin(valve: str, anatomy: Anatomy, view: View) -> Point:
    """Where the heart's origin lies, so that the heart stands in the middle of the panel's height, clear of notes."""
    _, x, edge = _CUTS[valve]
    if SITES[valve].notes_left:
        x = max(x, edge + _CLEAR - SCALE * min(anatomy.widths))
    else:
        x = min(x, edge - _CLEAR - SCALE * max(anatomy.widths))
    return x, (TOP + HEIGHT) / 2 + SCALE * anatomy.middle * (1 if view.apex == "up" else -1)


def closing_of(case: Case, view: View) -> Closing:
    """How the leaking valve of a case closes."""
    share, depth = _MEETING[case.valve]
    apart = word(case, "coaptation_defect") == "yes"
    width = gap_width(case)
    half = (_GAPING if apart else _SEEN) if width is None else width / 2
    flail = flail_side(case.valve, view) if word(case, "flail_leaflet") == "yes" else ""
    if case.valve == "mitral" and word(case, "mechanism") == "secondary" and not flail:
        depth = _TETHERED
    return Closing(share=share, depth=depth, half=half, flail=flail, apart=apart)


def flail_side(valve: str, view: View) -> str:
    """The side of the drawing on which the flail leaflet hinges: the posterior mitral leaflet at the lateral wall, the
    right coronary cusp at the septum, the anterior tricuspid leaflet at the free wall."""
    return "right" if valve == "mitral" and view.leaflet == "posterior" else "left"


def moment_of(case: Case, closing: Closing, squeeze: float) -> Moment:
    """The sizes of the chambers, and rings that have room for the hole."""
    site = SITES[case.valve]
    atrium, ventricle = (
        bool(first_known(case, (size,))) and word(case, size) == "dilated"
        for size in (site.atrium_size, site.ventricle_size)
    )
    room = 2 * closing.half + 0.6
    rings = {"inlet": room} if site.inlet else {"outlet": room}
    return Moment(squeeze=squeeze, atrium=atrium, ventricle=ventricle, **rings)
