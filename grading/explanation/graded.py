"""One case as the engine decided it: what was read of it, the decision, and its answers by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from grading.engine.decide import Decision, decide
from grading.explanation.reasons import sentence
from grading.reading.values import ERROR, Issue, TypedValues
from grading.reference.guideline import load_guideline, not_covered
from grading.reference.scale import CERTAINTIES, GRADES, status_of
from grading.reference.table import Table

#: the guideline that grades cardiac magnetic resonance, beside those of echocardiography, and how its values begin
CMR_GUIDELINE, CMR = "ase-2017-cmr", "cmr_"


@dataclass(slots=True)
class GradedCase:
    """The graded case. `grade` is None for a rejected case; `grade_low` and `grade_high` are None where there is no
    range."""

    table: Table | None
    guideline: str
    valve: str
    reading: TypedValues
    decision: Decision | None

    @property
    def issues(self) -> list[Issue]:
        """Everything odd about the values entered."""
        return self.reading.issues

    @property
    def grade(self) -> str | None:
        """The grade, 'indeterminate', 'insufficient_data' or 'not_covered'."""
        if self.decision is None:
            return None if self.reading.rejected else "not_covered"
        return GRADES[self.decision.grade[0]]

    @property
    def grade_low(self) -> str | None:
        """The mildest grade the findings allow."""
        return (GRADES[self.decision.low[0]] or None) if self.decision else None

    @property
    def grade_high(self) -> str | None:
        """The most severe grade the findings allow."""
        return (GRADES[self.decision.high[0]] or None) if self.decision else None

    @property
    def certainty(self) -> str | None:
        """How the grade was reached: definite, quantified, majority, single_parameter, probable, indeterminate,
        insufficient."""
        return (CERTAINTIES[self.decision.certainty[0]] or None) if self.decision else None

    @property
    def rule(self) -> int | None:
        """The number of the rule that decided, as the tables and the documentation count them."""
        if self.decision is None or not self.decision.rule[0]:
            return None
        return int(self.decision.table.rules[self.decision.rule[0] - 1].number)

    @property
    def stage(self) -> str | None:
        """The stage of the disease, for guidelines that have stages; None when unknown."""
        if self.decision is None or not self.decision.stage[0]:
            return None
        return str(self.decision.table.stages[self.decision.stage[0] - 1].stage)

    @property
    def status(self) -> str:
        """graded, indeterminate, insufficient_data, rejected or not_covered."""
        if self.reading.rejected:
            return "rejected"
        return status_of(self.grade or "")

    @property
    def reason(self) -> str:
        """Why, in one or two sentences."""
        if self.reading.rejected:
            return " ".join(f"{issue.message}." for issue in self.issues if issue.severity == ERROR)
        if self.decision is None:
            return not_covered(self.guideline, self.valve)
        return sentence(self.decision, 0)

    @classmethod
    def of(cls, valve: str, guideline: str, reading: TypedValues) -> Self:
        """Grade what was read by one guideline. Raises UsageError for a guideline that does not exist."""
        table = load_guideline(guideline).tables.get(valve)
        decision = None if table is None or reading.rejected else decide(table, reading.columns(), 1)
        return cls(table, guideline, valve, reading, decision)

    def by(self, guideline: str) -> Self:
        """The same values by another guideline. Raises UsageError for one that does not exist."""
        return type(self).of(self.valve, guideline, self.reading.taken_by(guideline, self.valve))
