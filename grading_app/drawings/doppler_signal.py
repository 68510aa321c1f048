"""The CW Doppler signal of a leak as numbers: how fast, how long, and how its velocity falls."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grading.case import Case
from grading.reference.catalogue import load_catalogue
from grading.reference.units import convert
from grading_app.drawings.findings import belongs, number, word
from grading_app.drawings.heart_outline import SITES
from grading_app.drawings.svg import Point

#: the part of the peak that is left when the gradient has halved, as pressure goes with the square of velocity
HALF = 1 / math.sqrt(2)
#: ends of the velocity axis with their steps, and ends of the time axis, of which the first that has room is taken
_VELOCITIES = (
    (0.5, 0.25),
    (1.0, 0.5),
    (2.0, 1.0),
    (3.0, 1.0),
    (4.0, 1.0),
    (5.0, 1.0),
    (6.0, 2.0),
    (8.0, 2.0),
    (10.0, 2.0),
)
_TIMES = (600.0, 800.0, 1200.0, 1600.0, 2400.0, 4800.0)
#: share of diastole after which a falling signal reaches zero, where only a word is known
_FALLS: Mapping[str | None, float] = MappingProxyType({"steep": 0.6, "intermediate": 1.0, "slow": 1.8, None: 1.8})
_ROUNDED = ((0.0, 0.0), (0.1, 0.56), (0.28, 0.91), (0.5, 1.0), (0.72, 0.91), (0.9, 0.56), (1.0, 0.0))
_TRIANGULAR = ((0.0, 0.0), (0.09, 0.62), (0.2, 1.0), (1.0, 0.0))
_SINE = tuple((step / 8, math.sin(math.pi * step / 8)) for step in range(9))
_RISE, _LATE, _EARLY = 0.05, 0.45, 0.62


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal.

    `points` are (share of the phase, share of the peak); `peak` [m/s] and the ends of both axes are None where they
    were not measured; `half_time` is the share of the time axis at which the pressure has halved.
    """

    points: tuple[Point, ...]
    peak: float | None
    axis: tuple[float, float] | None
    time: float | None
    half_time: float | None
    slope_known: bool

    @property
    def summit(self) -> Point:
        """The point of the peak."""
        return max(self.points, key=lambda point: point[1])

    def level(self, time: float) -> float:
        """The share of the peak that a falling signal has at a share of its time axis."""
        end, left = self.points[2]
        return max(0.0, 1 - time * (1 - left) / end)


def velocity_unit() -> str:
    """The unit of the velocity axis, the one in which a Doppler display is labelled."""
    return load_catalogue().numbers["peak_velocity"].also[0]


def signal_of(case: Case) -> Signal:
    """The signal of a case: systolic for a valve between atrium and ventricle, else diastolic."""
    typed = number(case, "peak_velocity")
    unit = load_catalogue().numbers["peak_velocity"].unit
    peak = None if typed is None else convert(typed, unit, velocity_unit())
    axis = None if peak is None else next(pair for pair in _VELOCITIES if pair[0] >= peak * 1.04)
    if SITES[case.valve].inlet:
        return Signal(_systolic(case), peak, axis, None, None, slope_known=True)
    zero, time, half_time = _fall(case)
    end = min(zero, _end(case))
    left = 1 - end / zero
    points = ((-_RISE, 0.0), (0.0, 1.0), (end, left), *(((end, 0.0),) if left else ()))
    known = time is not None or word_of(case, "deceleration_rate") is not None
    return Signal(points, peak, axis, time, half_time, known)


def word_of(case: Case, name: str) -> str | None:
    """The word of a measurement of this valve, or None."""
    return word(case, name) if belongs(case, name) else None


def _systolic(case: Case) -> tuple[Point, ...]:
    shapes = {"dense_triangular": _TRIANGULAR, "sine_wave": _SINE}
    shape = shapes.get(word(case, "cw_jet") or "", _ROUNDED)
    begin = _LATE if word_of(case, "holosystolic") == "no" else 0.0
    return tuple((begin + (1 - begin) * time, velocity) for time, velocity in shape)


def _fall(case: Case) -> tuple[float, float | None, float | None]:
    """When the signal reaches zero as a share of the time axis, the axis' end [ms], and where the half-time lies."""
    half_time = number(case, "pressure_half_time")
    duration = number(case, "deceleration_time") if belongs(case, "deceleration_time") else None
    if half_time is None and duration is None:
        return _FALLS[word_of(case, "deceleration_rate")], None, None
    longest = max(time for time in (half_time, (duration or 0.0) * (1 - HALF)) if time is not None)
    axis = next(end for end in _TIMES if end >= longest * 1.4)
    zero = half_time / (1 - HALF) if half_time is not None else duration or 0.0
    return zero / axis, axis, None if half_time is None else half_time / axis


def _end(case: Case) -> float:
    """When the signal ends, as a share of diastole."""
    share = number(case, "pr_index") if belongs(case, "pr_index") else None
    if share is not None:
        return share
    return _EARLY if word_of(case, "early_termination") == "yes" else 1.0
