"""The grade at every value of one measurement that can be measured: in the digits of a report, as far as usual."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from grading.case import Case
from grading.errors import UsageError
from grading.explanation.value_text import in_unit, report_value
from grading.reference.measurement import Number
from grading.reference.scale import Numbers
from grading.reference.units import convert
from grading.uncertainty.outcomes import Outcome, Swept
from grading.uncertainty.sweep import decision_of, number_of, sweep
from grading.writing import quantity

#: digits more than a report prints that a present value may have
_FINER = 2


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring values with one outcome, from `first` to `last`, both included, in the unit they are shown in;
    `printed` is in the digits of a report."""

    first: float
    last: float
    printed: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Measurable:
    """The values that are shown of one measurement, from `low` to `high` in steps of `digit` [`unit`], and the outcome
    along them."""

    number: Number
    unit: str
    low: float
    high: float
    digit: float
    runs: tuple[Run, ...]

    @property
    def places(self) -> int:
        """The decimals of the values that are shown."""
        return max(round(-math.log10(self.digit)), 0)

    def at(self, value: float) -> int:
        """The place of the run that holds a value; the last that begins at it or below."""
        return max((place for place, run in enumerate(self.runs) if run.first <= value), default=0)

    def moved(self, value: float, steps: int) -> float:
        """A value some steps of the catalogue away, and no further than the ends."""
        return self.nearest(value + steps * convert(self.number.step, self.number.unit, self.unit))

    def tip(self, value: float, up: bool) -> float | None:
        """The nearest measurable value above or below with another outcome; None where there is none."""
        place = self.at(value) + (1 if up else -1)
        if not 0 <= place < len(self.runs):
            return None
        return self.runs[place].first if up else self.runs[place].last

    def share(self, value: float) -> float:
        """How far along the range a value lies, from 0 to 1."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    def nearest(self, value: float) -> float:
        """The nearest value that is shown."""
        inside = min(max(round(value / self.digit) * self.digit, self.low), self.high)
        return round(inside, self.places)

    def printed(self, value: float) -> str:
        """A value in the digits of a report, with its unit."""
        return in_unit(report_value(self.number, convert(value, self.unit, self.number.unit), None), self.unit)


def measurable(case: Case, name: str, unit: str = "") -> Measurable:
    """The grade of a case at every measurable value of a number that it holds, while the rest stays.

    Shown is what is usual among patients by the catalogue, else what is plausible; and so much more that it holds the
    present value and every plausible value at which the outcome changes. `unit` is one of the number's, by default the
    catalogue's. Raises UsageError as `sweep` does, and for a number that the case does not have.

    >>> from grading import grade
    >>> found = measurable(grade("mitral", pisa_radius=0.9, aliasing_velocity=40, peak_velocity=500), "pisa_radius")
    >>> [(run.printed, run.outcome.grade) for run in found.runs]
    [('0.3 to 0.6 cm', 'mild'), ('0.7 to 0.8 cm', 'moderate'), ('0.9 to 1.3 cm', 'severe')]
    >>> found.tip(0.9, up=False)
    0.8
    """
    number = number_of(name)
    present = float(decision_of(case).filled.columns.get(name, np.array([np.nan]))[0])
    if np.isnan(present):
        raise UsageError(f"{number.label} was neither entered nor worked out in this case; enter it to move it")
    places = _decimals(present, number.decimals)
    swept = sweep(case, name, _grid(number, present, places))
    low, high = _shown(number, present, swept)
    kept = (swept.values >= low) & (swept.values <= high)
    outcomes = [one for one, inside in zip(swept.outcomes, kept, strict=True) if inside]
    unit = unit or number.unit
    values = convert(swept.values[kept], number.unit, unit)
    digit = convert(10.0**-places, number.unit, unit)
    empty = Measurable(number, unit, float(values[0]), float(values[-1]), digit, ())
    return replace(empty, runs=_runs(empty, values, outcomes))


def _decimals(present: float, least: int) -> int:
    """The digits in which the present value can be shown, not many more than a report prints."""
    return next((n for n in range(least, least + _FINER) if round(present, n) == present), least + _FINER)


def _grid(number: Number, present: float, places: int) -> Numbers:
    """Every plausible value in these digits."""
    assert number.hard is not None
    soft = number.soft or number.hard
    low, high = max(soft.low, number.hard.low), min(soft.high, number.hard.high)
    digit = 10.0**-places
    first, last = np.ceil(low / digit - 1e-6), np.floor(high / digit + 1e-6)
    values = np.round(np.arange(first, last + 1) * digit, places)
    values = np.unique(np.append(values, round(present, places)))
    return values[~number.hard.outside(values)]


def _shown(number: Number, present: float, swept: Swept) -> tuple[float, float]:
    """The ends of what is shown."""
    values = swept.values
    if number.usual is None:
        return float(values[0]), float(values[-1])
    changes = [
        place for place in range(1, len(values)) if swept.outcomes[place].result != swept.outcomes[place - 1].result
    ]
    wanted = [number.usual.low, number.usual.high, present]
    wanted += [float(values[at]) for change in changes for at in (change - 1, change)]
    return min(wanted), max(wanted)


def _runs(found: Measurable, values: Numbers, outcomes: Sequence[Outcome]) -> tuple[Run, ...]:
    starts = [at for at in range(len(values)) if at == 0 or outcomes[at].result != outcomes[at - 1].result]
    ends = [*(at - 1 for at in starts[1:]), len(values) - 1]
    return tuple(_run(found, values[a], values[b], outcomes[a]) for a, b in zip(starts, ends, strict=True))


def _run(found: Measurable, first: float, last: float, outcome: Outcome) -> Run:
    starts, ends = f"{first:.{found.places}f}", f"{last:.{found.places}f}"
    printed = starts if starts == ends else f"{starts} to {ends}"
    return Run(float(first), float(last), quantity(printed, found.unit), outcome)
