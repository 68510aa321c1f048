"""The explanation of one case as one record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from grading.explanation.views import (
    Beside,
    CautionView,
    Change,
    CriterionView,
    DerivedView,
    EnteredNumber,
    EnteredWord,
    GroupCount,
    GroupView,
    Led,
    RuleSource,
    Unfinished,
)
from grading.reading.values import Issue


def nothing_changes() -> Sequence[Change]:
    """What one more value could change of a case that was not graded."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Everything about one case. The parts behind the issues are empty for a case that was not graded.

    `stage_needs`: what a stage waits for where there is none. `grades` are those of the table; `asked` the findings
    that the deciding rule asks about by themselves; `witness` is the measurement that several quantities rest on, with
    its value, and `witnesses` how many do; `beside` the answer of another method.
    `changes` works out what one more value could change.
    """

    valve: str
    guideline: str
    citation: str
    scheme: str | None
    rests_on: str | None
    status: str
    grade: str | None
    grade_low: str | None
    grade_high: str | None
    certainty: str | None
    stage: str | None
    stage_reason: str = ""
    stage_needs: tuple[str, ...] = ()
    reason: str
    rule: int | None
    entered: tuple[EnteredNumber | EnteredWord, ...]
    issues: tuple[Issue, ...]
    rule_source: RuleSource | None = None
    quantitative_grade: str | None = None
    counts: Mapping[str, GroupCount] = field(default_factory=dict)
    groups: tuple[GroupView, ...] = ()
    derived: tuple[DerivedView, ...] = ()
    disagreements: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    cautions: tuple[CautionView, ...] = ()
    next_test: str = ""
    grades: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    led: Led | None = None
    witness: str = ""
    witnesses: int = 0
    unfinished: Unfinished | None = None
    beside: Beside | None = None
    changes: Callable[[], Sequence[Change]] = field(default=nothing_changes, repr=False, compare=False)

    @property
    def criteria(self) -> tuple[CriterionView, ...]:
        """The criteria of all groups."""
        return tuple(criterion for group in self.groups for criterion in group.criteria)

    @cached_property
    def would_change(self) -> tuple[Change, ...]:
        """What one more measurement could change; worked out when it is asked for."""
        return tuple(self.changes())

    def word(self, name: str) -> str | None:
        """The word that was entered for a measurement, or None."""
        words = (view for view in self.entered if isinstance(view, EnteredWord))
        return next((view.value for view in words if view.measurement == name), None)
