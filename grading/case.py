"""One patient, one valve: read what was typed, grade it as a one-row batch, keep everything an explanation needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

from grading.catalogue import VALVES, load_catalogue
from grading.engine import Decision, decide
from grading.entry import ERROR, Issue, Reading, read_values
from grading.errors import UsageError, nearest
from grading.guideline import DEFAULT_GUIDELINE, load_guideline
from grading.reasons import sentence
from grading.scale import CERTAINTIES, GRADES
from grading.table import Table


@dataclass(slots=True)
class Case:
    """The graded case. `grade` is None for a rejected case; `grade_low` and `grade_high` are None where there is no
    range."""

    table: Table | None
    guideline: str
    valve: str
    reading: Reading
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

    def explain(self) -> str:
        """Every criterion, its band and place, the rule, what is missing and what would change it, for a terminal."""
        from grading.terminal import text

        return text(self, self.to_dict())

    def compare(self, guidelines: Sequence[str] | None = None) -> str:
        """The same values by every guideline that covers the valve (or by those named): where they differ, and why."""
        from grading.compare import text

        return text(self, guidelines)

    def to_dict(self) -> dict[str, Any]:
        """The same as `explain`, as plain dictionaries and lists ready for JSON."""
        from grading.explain import describe

        return describe(self)


def status_of(grade: str) -> str:
    """The status a grade stands for."""
    return grade if grade in ("indeterminate", "insufficient_data", "not_covered") else "graded"


def not_covered(guideline: str, valve: str) -> str:
    """The sentence for a valve a guideline has no table for."""
    covered = ", ".join(load_guideline(guideline).tables)
    return f"{guideline} does not grade {valve} regurgitation (it covers: {covered}); choose another guideline."


def check_valve(valve: str) -> str:
    """The canonical name of a valve: 'MR' is mitral. Raises UsageError."""
    word = load_catalogue().words["valve"]
    code = word.read(str(valve))
    if code is None:
        raise UsageError(f"no valve {valve!r}.{nearest(str(valve), VALVES)} There are: {', '.join(VALVES)}")
    return word.values[code - 1]


def regrade(case: Case, guideline: str) -> Case:
    """The same values by another guideline. Raises UsageError for one that does not exist."""
    return _grade(case.valve, guideline, case.reading)


def _grade(valve: str, guideline: str, reading: Reading) -> Case:
    table = load_guideline(guideline).tables.get(valve)
    decision = None if table is None or reading.rejected else decide(table, reading.columns(), 1)
    return Case(table, guideline, valve, reading, decision)


@overload
def grade(valve: str, guideline: str = DEFAULT_GUIDELINE, **values: Any) -> Case: ...
@overload
def grade(valve: str, guideline: Sequence[str], **values: Any) -> list[Case]: ...
def grade(valve: str, guideline: str | Sequence[str] = DEFAULT_GUIDELINE, **values: Any) -> Case | list[Case]:
    """Grade one valve of one patient.

    Args:
        valve: mitral, aortic, tricuspid or pulmonic.
        guideline: an id of `list_guidelines()`; a list of ids gives a list of Cases.
        values: measurements by catalogue name; a number is in the catalogue's unit, a text may carry its own ('45
        mm2').
    Returns:
        A Case; an impossible or unreadable value gives status 'rejected' with the sentence in `issues`.
    Raises:
        UsageError: for a valve, guideline or measurement that does not exist.

    >>> case = grade("mitral", eroa=0.45, regurgitant_volume=62, regurgitant_fraction=52)
    >>> case.grade, case.certainty, case.rule
    ('severe', 'quantified', 13)
    >>> grade("mitral", eroa="35 cm2").status
    'rejected'
    """
    valve = check_valve(valve)
    reading = read_values(values)
    if isinstance(guideline, str) or guideline is None:
        return _grade(valve, guideline, reading)
    return [_grade(valve, one, reading) for one in guideline]
