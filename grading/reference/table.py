"""The parts of a guideline table, as frozen objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

from grading.reference.condition import Condition
from grading.reference.scale import NO_GRADE, SEVERITY, Scale

#: the tallies over all counted groups together
ALL = "all"
#: the outcome of a rule that leaves it to the quantities and the signs
LEAD = "lead"
#: where the signs point, as a position: nowhere, to severe, to mild
NO_PULL, TO_SEVERE, TO_MILD = 0, 1, 2
PULLS = ("none", "severe", "mild")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One criterion: how the values of one measurement divide into bands, and which step each band argues for.

    `key` names the row in its table; it is the measurement's name unless one measurement has several rows. A `weak` row
    is shown and never counted; one that is not the valve's `own` (a chamber) never contradicts a record of none; one
    read as `entered_only` is not assessed where it was worked out. `unless_reading`: why `unless` is this project's
    decision. `listed`: what the paper lists a finding as that the line does not count, by word (or by `-`).
    """

    key: str
    name: str
    labels: tuple[str, ...]
    scale: Scale | None
    unit: str
    ratio: Fraction
    given: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    unless_reading: str = ""
    instead_of: str = ""
    at: str = ""
    reading: str = ""
    note: str = ""
    rests_on: str = "paper"
    listed: Mapping[str, str] = field(default_factory=dict)
    weak: bool = False
    own: bool = True
    entered_only: bool = False

    def bands(self, step: str) -> tuple[int, ...]:
        """The bands (from 1) that argue for a step."""
        return _bands(self.labels, step)


@cache
def _bands(labels: tuple[str, ...], step: str) -> tuple[int, ...]:
    return tuple(place for place, label in enumerate(labels, 1) if label.rstrip("+-") == step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows that are counted together. `steps` maps each step, mildest first, to the grade it is called."""

    name: str
    title: str
    at: str
    role: str
    steps: Mapping[str, str]
    rows: tuple[Row, ...]

    @property
    def counted(self) -> bool:
        """False for a group that is shown beside a result and never counted."""
        return self.role != "supportive"

    def possible(self, step: str) -> int:
        """How many criteria can argue for a step; a stand-in shares its criterion's place."""
        return sum(bool(row.bands(step)) for row in self.rows if not row.instead_of and not row.weak)

    def row(self, key: str) -> Row:
        """The row with a key."""
        return next(row for row in self.rows if row.key == key)

    @property
    def size(self) -> int:
        """How many criteria the group has."""
        return sum(not row.instead_of and not row.weak for row in self.rows)

    def interval(self, label: str) -> tuple[int, int]:
        """The steps (from 1) a label is compatible with; (0, 0) for a band that argues for no grade."""
        if label == NO_GRADE:
            return 0, 0
        position = list(self.steps).index(label.rstrip("+-")) + 1
        return (1 if label.endswith("-") else position), (len(self.steps) if label.endswith("+") else position)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of the decision. `low` and `high` are grades, or a tally such as 'quantitative.low' that names one.

    `shared`: the line of a list that several tables include, as that list writes it.
    """

    number: int
    when: tuple[Condition, ...]
    grade: str
    low: str
    high: str
    certainty: str
    because: str
    at: str = ""
    reading: str = ""
    shared: str = ""

    @property
    def source(self) -> str:
        """'published (Figure 18)' or 'reading' with its words, or both."""
        parts = [f"published ({self.at})"] if self.at else []
        return "; ".join([*parts, f"reading: {self.reading}"] if self.reading else parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one quantity of a step leads to: a grade (or indeterminate) and a range; `mark`: P published, R reading."""

    grade: str
    low: str
    high: str
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    """A step that leads to a higher grade while its conditions hold, unless the signs point to mild."""

    step: int
    to: str
    when: tuple[Condition, ...]
    because: str
    at: str = ""
    reading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Where one quantity of each step leads: `outcomes[step - 1][pull]`; `pulls`: when the signs point where."""

    group: str
    pulls: tuple[tuple[int, tuple[Condition, ...]], ...]
    outcomes: tuple[tuple[Outcome, ...], ...]
    raises: tuple[Raise, ...]


@dataclass(frozen=True, slots=True)
class Caution:
    """A sentence shown beside a result while its conditions are known to hold. It never changes the grade.

    A `general` one belongs to every study of its valve: what no field asks.
    """

    when: tuple[Condition, ...]
    text: str
    at: str
    general: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the disease beside the grade: the first whose grade and conditions are known to hold, else blank."""

    stage: str
    grades: tuple[str, ...]
    when: tuple[Condition, ...]
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One guideline for one valve. `digest` covers its file and every list that it includes; `counts_all` is true when
    the rules ask for tallies over all counted groups together."""

    guideline: str
    valve: str
    scheme: str
    rests_on: str
    next_test: str
    grades: tuple[str, ...]
    groups: Mapping[str, Group]
    rules: tuple[Rule, ...]
    lead: Lead | None
    cautions: tuple[Caution, ...]
    stages: tuple[Stage, ...]
    digest: str
    counts_all: bool = field(init=False)

    def __post_init__(self) -> None:
        asked = {condition.group for rule in self.rules for condition in rule.when}
        asked |= {rule.certainty.partition(".")[0] for rule in self.rules}
        object.__setattr__(self, "counts_all", ALL in asked)

    @property
    def answers(self) -> tuple[str, ...]:
        """The grades that a study can be given, mildest first: its own, and none and trace where a rule gives them."""
        recorded = {rule.grade for rule in self.rules} & {"none", "trace"}
        return tuple(sorted({*recorded, *self.grades}, key=SEVERITY.index))

    def group(self, role: str) -> Group | None:
        """The first group with a role, or None."""
        return next((group for group in self.groups.values() if group.role == role), None)

    def rows(self) -> Iterator[tuple[Group, Row]]:
        """Every row with its group, in the order of the file."""
        for group in self.groups.values():
            for row in group.rows:
                yield group, row

    def conditions(self) -> Iterator[Condition]:
        """Every condition that the decision asks: of rules, of where the signs point, of what raises a step."""
        for rule in self.rules:
            yield from rule.when
        if self.lead is not None:
            for _, conditions in self.lead.pulls:
                yield from conditions
            for raised in self.lead.raises:
                yield from raised.when
