"""The explanation of one case: it only reads the arrays the decision was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from grading.engine.decide import Decision
from grading.engine.fill import read_by
from grading.explanation.cautions import cautions
from grading.explanation.criteria import criteria
from grading.explanation.derived import derived
from grading.explanation.disagreements import disagreements
from grading.explanation.graded import GradedCase
from grading.explanation.reasons import quantitative_grade
from grading.explanation.report import NOTICE, report
from grading.explanation.views import (
    CautionView,
    Change,
    CriterionView,
    DerivedView,
    EnteredNumber,
    EnteredWord,
    GroupCount,
    GroupView,
    RuleSource,
    StepCount,
    as_json,
)
from grading.explanation.whatif import what_would_change
from grading.reading.values import Entered, Issue
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import load_guideline
from grading.reference.measurement import Number
from grading.version import VERSION


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Everything about one case. The parts behind the issues are empty for a case that was not graded."""

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
    cautions: tuple[CautionView, ...] = ()
    report: str
    notice: str = NOTICE
    echograde: str = VERSION
    case: GradedCase = field(repr=False, compare=False)

    @property
    def criteria(self) -> tuple[CriterionView, ...]:
        """The criteria of all groups."""
        return tuple(criterion for group in self.groups for criterion in group.criteria)

    @cached_property
    def would_change(self) -> tuple[Change, ...]:
        """What one more measurement could change; worked out when it is asked for."""
        decision = self.case.decision
        if decision is None:
            return ()
        return tuple(what_would_change(decision.table, self.case.reading.columns(), decision))

    def to_dict(self) -> dict[str, Any]:
        """All of it, with what could change, as dictionaries and lists ready for JSON."""
        counts = {name: count.to_dict() for name, count in self.counts.items()}
        calculated = {"counts": counts, "criteria": self.criteria, "would_change": self.would_change}
        return {key: as_json(calculated.get(key, getattr(self, key))) for key in KEYS}


#: what `Explanation.to_dict` holds, in this order
KEYS = (
    "valve", "guideline", "citation", "scheme", "rests_on", "status", "grade", "grade_low", "grade_high", "certainty",
    "stage", "reason", "rule", "entered", "issues", "rule_source", "quantitative_grade", "counts", "criteria",
    "derived", "disagreements", "unused", "cautions", "would_change", "report", "notice", "echograde",
)  # fmt: skip


def describe(case: GradedCase) -> Explanation:
    """Everything about one case."""
    explanation = Explanation(
        valve=case.valve,
        guideline=case.guideline,
        citation=load_guideline(case.guideline).cited,
        scheme=case.table.scheme if case.table else None,
        rests_on=case.table.rests_on if case.table else None,
        status=case.status,
        grade=case.grade,
        grade_low=case.grade_low,
        grade_high=case.grade_high,
        certainty=case.certainty,
        stage=case.stage,
        reason=case.reason,
        rule=case.rule,
        entered=tuple(_entered(entered) for entered in case.reading.entered.values()),
        issues=tuple(case.issues),
        report=report(case),
        case=case,
    )
    if case.decision is None:
        return explanation
    return replace(
        explanation,
        rule_source=rule_source(case.decision),
        quantitative_grade=quantitative_grade(case.decision, 0) or None,
        counts=counts(case.decision),
        groups=groups(case, case.decision),
        derived=tuple(derived(case.decision)),
        disagreements=tuple(disagreements(case.decision)),
        unused=unused(case, case.decision),
        cautions=tuple(cautions(case.decision)),
    )


def _entered(entered: Entered) -> EnteredNumber | EnteredWord:
    measurement = load_catalogue()[entered.name]
    if not isinstance(measurement, Number):
        value = measurement.values[int(entered.value) - 1]
        return EnteredWord(entered.name, measurement.label, entered.typed, value)
    return EnteredNumber(
        measurement=entered.name,
        label=measurement.label,
        typed=entered.typed,
        unit=entered.unit,
        value=entered.value,
        catalogue_unit=measurement.unit,
    )


def rule_source(decision: Decision) -> RuleSource | None:
    """Where the rule stands that decided; None where none did."""
    position = int(decision.rule[0])
    if not position:
        return None
    rule = decision.table.rules[position - 1]
    return RuleSource(rule.at or None, rule.reading or None)


def counts(decision: Decision) -> dict[str, GroupCount]:
    """How many criteria were met for each grade, of how many, and how many were assessed, per group."""
    return {
        name: GroupCount(
            int(tally.measured[0]),
            tally.group.size,
            {
                step: StepCount(int(count[0]), tally.group.possible(step))
                for step, count in tally.counts.items()
                if tally.group.possible(step)
            },
        )
        for name, tally in decision.tallies.items()
    }


def groups(case: GradedCase, decision: Decision) -> tuple[GroupView, ...]:
    """Every group of the table with its criteria."""
    views, count = tuple(criteria(case, decision)), counts(decision)
    return tuple(
        GroupView(
            name=group.name,
            title=group.title,
            at=group.at,
            role=group.role,
            counted=group.counted,
            count=count[group.name],
            criteria=tuple(view for view in views if view.group == group.name),
        )
        for group in decision.table.groups.values()
    )


def unused(case: GradedCase, decision: Decision) -> tuple[str, ...]:
    """Entered measurements that this table reads nowhere, neither itself nor through something worked out."""
    read = read_by(decision.table)
    return tuple(name for name in case.reading.entered if name not in read)
