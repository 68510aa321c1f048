"""What the engine answers where one measurement of a case is changed: outcomes, steps and tipping points."""

from __future__ import annotations

from dataclasses import dataclass

from grading.engine.decide import Decision
from grading.reference.scale import CERTAINTIES, GRADES, Numbers


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the engine answers for one value; the ends are None where there is no range."""

    grade: str
    grade_low: str | None
    grade_high: str | None
    certainty: str

    @property
    def result(self) -> tuple[str, str | None, str | None]:
        """Grade and range, which tip; the certainty may change without them."""
        return self.grade, self.grade_low, self.grade_high


@dataclass(frozen=True, slots=True)
class Swept:
    """One case with `name` replaced by each of `values` [catalogue unit], one outcome a value.

    `decision` holds the arrays behind them, with everything that follows from the values.
    """

    name: str
    values: Numbers
    outcomes: tuple[Outcome, ...]
    decision: Decision


@dataclass(frozen=True, slots=True)
class Followed:
    """A number that follows from the one that was changed, in the catalogue's unit and as a report prints it."""

    name: str
    label: str
    value: float
    printed: str


@dataclass(frozen=True, slots=True)
class Step:
    """The case at one value of a measurement; `follows` lists the derived numbers that the steps change."""

    value: float
    printed: str
    present: bool
    outcome: Outcome
    follows: tuple[Followed, ...]


@dataclass(frozen=True, slots=True)
class Tipping:
    """A value [catalogue unit] at which grade or range changes, as values rise, from `below` to `above`.

    `belongs_above` says which side the value itself is on. `printed` has as few digits as stay on that side.
    """

    value: float
    printed: str
    below: Outcome
    above: Outcome
    belongs_above: bool


@dataclass(frozen=True, slots=True)
class WordStep:
    """The case with one value of a word; `present` marks the one it was graded with."""

    value: str
    present: bool
    outcome: Outcome


def outcomes(decision: Decision) -> tuple[Outcome, ...]:
    """The engine's answer in words, row by row."""
    codes = zip(decision.grade, decision.low, decision.high, decision.certainty, strict=True)
    return tuple(
        Outcome(GRADES[grade], GRADES[low] or None, GRADES[high] or None, CERTAINTIES[certainty])
        for grade, low, high, certainty in codes
    )
