"""One beat of the heart as moments: how far the ventricle has squeezed, which valves stand open, how much leaks.

The timing is that of a resting heart and schematic; how much of systole or diastole leaks follows from the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grading.case import Case
from grading_app.drawings.doppler_signal import signal_of
from grading_app.drawings.findings import belongs, word
from grading_app.drawings.heart_outline import SCALE, SITES, Heart, closing_of, heart_at, moment_of
from grading_app.drawings.views import View

#: moments as shares of a beat from the QRS on: (time, squeeze, inlet valve open, outlet valve open)
_MOMENTS = (
    (0.0, 0.0, 0.35, 0.0),
    (0.04, 0.03, 0.0, 0.0),
    (0.08, 0.08, 0.0, 0.0),
    (0.12, 0.25, 0.0, 1.0),
    (0.22, 0.72, 0.0, 1.0),
    (0.33, 0.98, 0.0, 0.75),
    (0.37, 1.0, 0.0, 0.0),
    (0.43, 0.94, 0.0, 0.0),
    (0.47, 0.8, 0.9, 0.0),
    (0.56, 0.38, 1.0, 0.0),
    (0.66, 0.22, 0.45, 0.0),
    (0.84, 0.17, 0.4, 0.0),
    (0.91, 0.07, 0.9, 0.0),
    (1.0, 0.0, 0.35, 0.0),
)
#: times of all moments
TIMES = tuple(time for time, *_ in _MOMENTS)
#: where systole begins and ends for a leak: while the ventricle's pressure is the higher one
SYSTOLE, DIASTOLE = (0.04, 0.43), (0.37, 1.0)
#: what happens, and the middle of it
PHASES: tuple[tuple[float, str], ...] = (
    (0.06, "isovolumic contraction"),
    (0.2, "ejection"),
    (0.4, "isovolumic relaxation"),
    (0.52, "early filling"),
    (0.75, "diastasis"),
    (0.91, "atrial contraction"),
)
#: how much of the usual squeeze a ventricle of reduced function has
_REDUCED = 0.45
#: how fast a leak grows and fades, as a share of a beat
_EDGE = 0.035


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when something flows, as shares of a beat."""

    start: float
    end: float

    def amount(self, time: float) -> float:
        """How much flows at a time, 0 to 1: it grows and fades within a short while."""
        inside = min(time - self.start, self.end - time)
        return min(1.0, max(0.0, inside / _EDGE))


def leak_window(case: Case) -> Window:
    """When a case leaks: through all of systole or diastole, or the part that its signal shows."""
    points, (start, end) = signal_of(case).points, SYSTOLE if SITES[case.valve].inlet else DIASTOLE
    first, last = max(0.0, points[0][0]), min(1.0, points[-1][0])
    return Window(start + (end - start) * first, start + (end - start) * last)


def forward_windows() -> tuple[list[Window], list[Window]]:
    """When blood flows on through the inlet and through the outlet."""
    return [Window(0.45, 0.66), Window(0.82, 0.99)], [Window(0.1, 0.36)]


def hearts(case: Case, view: View) -> list[Heart]:
    """The heart of a case at every moment; the apex stands still, and the base comes down to it."""
    closing = closing_of(case, view)
    strength = _strength(case)
    relaxed = heart_at(case.valve, view, closing, moment_of(case, closing, 0.0), (0.0, 0.0))
    found = []
    for _, squeeze, inlet, outlet in _MOMENTS:
        moment = moment_of(case, closing, squeeze * strength)
        descent = relaxed.anatomy.apex[1] - heart_at(case.valve, view, closing, moment, (0, 0)).anatomy.apex[1]
        descent = descent if relaxed.anatomy.papillaries else 0.0
        opened = (inlet, outlet) if relaxed.site.inlet else (outlet, inlet)
        heart = heart_at(case.valve, view, closing, replace(moment, stretch=descent), opened)
        x, y = relaxed.origin
        found.append(replace(heart, origin=(x, y + SCALE * descent * (-1 if heart.up else 1))))
    return found


def _strength(case: Case) -> float:
    """How much of the usual squeeze there is."""
    names = [name for name in ("lv_function", "rv_function") if belongs(case, name)]
    return _REDUCED if any(word(case, name) == "reduced" for name in names) else 1.0


def phase_at(time: float, phases: Sequence[tuple[float, str]] = PHASES) -> str:
    """The name of the phase whose middle is nearest to a time.

    >>> phase_at(0.25)
    'ejection'
    """
    return min(phases, key=lambda phase: abs(phase[0] - time))[1]
