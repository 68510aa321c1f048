"""What some thousand perturbed copies of one case say: the chances of grades and bands, and what they rest on."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

#: what the shares mean; it stands beside them wherever they are shown
MEANING = (
    "Shares of repeated readings of the same values, each number with its assumed measurement error and independent of "
    "the others. They say how much the grade depends on measurement error; not which grade is true, and not how likely "
    "the patient is to have the disease."
)


@dataclass(frozen=True, slots=True)
class Chance:
    """The share of draws (0 to 1) with one grade and range; the ends are None where there is no range."""

    grade: str
    grade_low: str | None
    grade_high: str | None
    share: float


@dataclass(frozen=True, slots=True)
class Band:
    """One band of a criterion: the step it argues for ('-' for no grade), its text in the paper's digits, its share."""

    argues_for: str
    text: str
    share: float


@dataclass(frozen=True, slots=True)
class Criterion:
    """How the draws fall into the bands of one row, by rising value; with `not_assessed` the shares sum to 1."""

    key: str
    group: str
    counted: bool
    at: str
    reading: str
    bands: tuple[Band, ...]
    not_assessed: float


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of an assessed criterion that varies, entered or derived, in the catalogue's `unit`.

    `value` and `printed` are the case's own (None where it does not follow); `mean` and `standard_deviation` are over
    the draws in which the number is known.
    """

    name: str
    label: str
    unit: str
    value: float | None
    printed: str | None
    mean: float
    standard_deviation: float
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Assumed:
    """A measurement that was varied: as typed, its error in words, one standard deviation in `unit`, and the source."""

    name: str
    label: str
    typed: str
    error: str
    standard_deviation: float
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class HeldAsEntered:
    """A measurement that stayed as it was entered, and why."""

    name: str
    label: str
    typed: str
    why: str


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """The answer. `chances` stand mildest first; they are empty for a case without a decision, and `reason` says why.

    `grade`, `grade_low` and `grade_high` are the case's own, from the values as entered.
    """

    status: str
    reason: str
    grade: str | None
    grade_low: str | None
    grade_high: str | None
    draws: int
    seed: int
    chances: tuple[Chance, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    assumed: tuple[Assumed, ...] = ()
    held: tuple[HeldAsEntered, ...] = ()
    meaning: str = MEANING

    @property
    def grades(self) -> dict[str, float]:
        """Grade -> share of draws, whatever the range, mildest first."""
        shares: dict[str, float] = {}
        for chance in self.chances:
            shares[chance.grade] = shares.get(chance.grade, 0.0) + chance.share
        return shares

    @property
    def as_entered(self) -> float:
        """The share of draws with the grade and range of the values as entered; 0 where they hold at one exact value
        only."""
        own = (self.grade, self.grade_low, self.grade_high)
        return sum(c.share for c in self.chances if (c.grade, c.grade_low, c.grade_high) == own)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain dictionaries and lists, ready for JSON."""
        answer: dict[str, Any] = _plain(self)
        return answer


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
