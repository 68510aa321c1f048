"""The parts of an explanation, as frozen records; `as_json` writes them as plain dictionaries and lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from grading.reference.catalogue import load_catalogue
from grading.reference.scale import SEVERITY
from grading.writing import quantity


def named(name: str) -> dict[str, str]:
    """The metadata of a field that JSON calls otherwise."""
    return {"json": name}


def as_json(value: Any) -> Any:
    """A record, or anything that holds records, as dictionaries, lists, texts, numbers, true, false and null.

    >>> as_json(RuleSource(at="Figure 18", reading=None))
    {'at': 'Figure 18', 'reading': None}
    """
    if is_dataclass(value):
        pairs = ((f.metadata.get("json", f.name), getattr(value, f.name)) for f in fields(value))
        return {name: as_json(part) for name, part in pairs if name}
    if isinstance(value, Mapping):
        return {name: as_json(part) for name, part in value.items()}
    return [as_json(part) for part in value] if isinstance(value, tuple | list) else value


@dataclass(frozen=True, slots=True)
class RuleSource:
    """Where the deciding rule is printed, and what of it is a reading; None for neither."""

    at: str | None
    reading: str | None


@dataclass(frozen=True, slots=True)
class EnteredWord:
    """A word as it was entered."""

    measurement: str
    label: str
    typed: str
    value: str

    @property
    def text(self) -> str:
        """The word in a sentence."""
        return load_catalogue().words[self.measurement].text(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredNumber:
    """A number as it was typed, with its unit, and in the catalogue's unit."""

    measurement: str
    label: str
    typed: str
    unit: str
    value: float
    catalogue_unit: str

    @property
    def text(self) -> str:
        """The number as it was typed, with its unit: '45 mm2'; a ratio has no unit."""
        return quantity(self.typed, self.unit)


@dataclass(frozen=True, slots=True)
class StepCount:
    """How many criteria were met for one step, of how many that can be."""

    met: int
    possible: int


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How many criteria of a group were assessed, of how many, and how many argue for each step."""

    assessed: int
    criteria: int
    steps: Mapping[str, StepCount]

    def to_dict(self) -> dict[str, Any]:
        """The steps beside the two numbers."""
        return {"assessed": self.assessed, "criteria": self.criteria, **as_json(self.steps)}


@dataclass(frozen=True, slots=True, kw_only=True)
class BandView:
    """One band of a criterion: the step it argues for ('IV', 'severe+', or None), the grade that is, how sentences call
    it, its text in the paper's digits, and its ends in the table's unit (None where it has none)."""

    label: str | None
    grade: str | None
    called: str
    text: str
    low: float | None
    high: float | None

    @property
    def is_severe(self) -> bool:
        """True when it argues for severe or worse."""
        return self.grade in SEVERITY[SEVERITY.index("severe") :]


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionView:
    """One criterion of the table: its value, the band that falls in, what it argues for, and where it stands.

    `value` is in the table's unit, or the word; `decimals` is the fewest decimals, from two, that keep a number in its
    band; `in_band` counts from 1. Of several scales for one measurement the one `in_force` is read. `phrase`: the
    finding as a report calls it; `listed`: what the paper lists it as that its figure does not count; `void_in`: the
    finding that forbids to count it.
    """

    group: str
    measurement: str
    label: str
    assessed: bool
    value: float | str | None
    phrase: str | None
    listed: str | None
    void_in: str | None
    entered: str | None
    unit: str | None
    decimals: int | None = field(metadata=named("shown"))
    band: str | None
    argues_for: str | None
    verdicts: Mapping[str, str]
    why_not_assessed: str | None
    counted: bool
    in_force: bool
    since: tuple[str, ...]
    instead_of: str | None
    cut_offs: str
    bands: tuple[BandView, ...]
    in_band: int | None
    at: str | None
    reading: str | None
    note: str | None
    rests_on: str

    @property
    def own_band(self) -> BandView | None:
        """The band the value falls in, None when it is not assessed."""
        return self.bands[self.in_band - 1] if self.in_band else None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """A group of the table with its criteria, in the paper's order; `dissent`: the quantities say one step, and not
    all of them."""

    name: str
    title: str
    at: str
    role: str
    counted: bool
    count: GroupCount
    dissent: bool
    criteria: tuple[CriterionView, ...]

    @property
    def is_quantitative(self) -> bool:
        """True for a group of quantities, whether they give steps or define severe only."""
        return "quantitative" in (self.role, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedView:
    """A value that was worked out and is read: by which formula, from what. A word has no unit."""

    measurement: str
    label: str
    value: float | str
    unit: str | None
    method: str
    parts: str = field(metadata=named("from"))


@dataclass(frozen=True, slots=True)
class CautionView:
    """A sentence to keep in mind, and its place; a `general` one belongs to every study of the valve."""

    text: str
    at: str
    general: bool = False


@dataclass(frozen=True, slots=True)
class ChangedGrade:
    """A grade with its range, and the values of a measurement that would give it."""

    values: tuple[str, ...]
    grade: str
    grade_low: str | None
    grade_high: str | None

    @property
    def settles(self) -> bool:
        """True for a definite grade."""
        return self.grade not in ("indeterminate", "insufficient_data")


@dataclass(frozen=True, slots=True)
class Change:
    """What one more measurement could change: its values, by the grade each would give."""

    measurement: str
    label: str
    outcomes: tuple[ChangedGrade, ...]


@dataclass(frozen=True, slots=True)
class Led:
    """What the signs made of the quantities: `pull` is where they point ('severe', 'mild' or ''); `raised_to` the grade
    a `step` was raised to, or '', and why; '' for the signs themselves."""

    pull: str
    raised_to: str = ""
    because: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A PISA that was begun: what it lacks, in words, and the measurements themselves."""

    label: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """The answer of another method beside the case's own, never mixed with it."""

    guideline: str
    verdict: str
    reason: str
