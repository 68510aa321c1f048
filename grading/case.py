"""One patient, one valve: read what was typed, grade it as a one-row batch, keep everything an explanation needs."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

import numpy as np

from grading.catalogue import VALVES, Number, Word, load_catalogue
from grading.engine import Decision, decide
from grading.errors import UsageError, nearest
from grading.guideline import Table, load_guideline
from grading.limits import impossible, plain, unusual
from grading.reasons import sentence
from grading.scale import CERTAINTIES, GRADES
from grading.tokens import is_missing, why_no_number, why_no_word
from grading.units import convert, read_unit, split_quantity

ERROR, WARNING, NOTE = "error", "warning", "note"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong or odd with a value: the measurement, the value as typed, how grave, and the sentence."""

    column: str
    value: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class Entered:
    """A value as it was typed, and as the engine sees it: a number in the catalogue's unit, or a word's code."""

    name: str
    typed: str
    unit: str
    value: float


@dataclass(slots=True)
class Reading:
    """What could be read of the values given."""

    entered: dict[str, Entered] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    @property
    def rejected(self) -> bool:
        """True when an impossible or unreadable value forbids grading."""
        return any(issue.severity == ERROR for issue in self.issues)

    def columns(self) -> dict[str, Any]:
        """The engine's one-row columns."""
        words = load_catalogue().words
        return {
            e.name: np.array([e.value], dtype=np.int8 if e.name in words else np.float64) for e in self.entered.values()
        }


def _typed(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    try:
        return plain(float(value)) if isinstance(value, numbers.Real) and not isinstance(value, bool) else str(value)
    except OverflowError:
        return str(value)


def read_values(values: Mapping[str, Any]) -> Reading:
    """Read values by catalogue name: numbers in the catalogue's unit, or text such as '45 mm2', or words.

    None, NaN, blank and the documented missing words are not measured. Raises UsageError for a name not in the
    catalogue;
    a bad value is an issue, never an exception.
    """
    catalogue, reading = load_catalogue(), Reading()
    known = {measurement.name for measurement in catalogue.enterable()}
    for name, value in values.items():
        if name not in known:
            raise UsageError(f"no measurement {name!r}.{nearest(name, known)} See 'echograde template' for all names.")
        if value is None or (isinstance(value, float | np.floating) and math.isnan(value)):
            continue
        measurement = catalogue[name]
        if isinstance(measurement, Word):
            _read_word(measurement, value, reading)
        else:
            _read_number(measurement, value, reading)
    return reading


def _read_word(word: Word, value: Any, reading: Reading) -> None:
    typed = {True: "yes", False: "no"}[bool(value)] if isinstance(value, bool | np.bool_) else _typed(value)
    code = word.read(typed)
    if code is not None:
        reading.entered[word.name] = Entered(word.name, typed, "", code)
    elif not is_missing(typed):
        reading.issues.append(Issue(word.name, typed, ERROR, why_no_word(word, typed)))


def _read_number(number: Number, value: Any, reading: Reading) -> None:
    typed = _typed(value)
    if is_missing(typed):
        return
    split = split_quantity(typed)
    if split is None or isinstance(value, bool | np.bool_) or split[1][:1] in (",", "."):
        reading.issues.append(Issue(number.name, typed, ERROR, why_no_number(number, typed)))
        return
    bare, unit_typed = split
    unit = read_unit(unit_typed) if unit_typed else number.unit
    if unit not in number.units:
        allowed = ", ".join(number.units)
        message = f"{number.label} {typed!r}: {unit_typed!r} is not one of its units; give the value in {allowed}"
        reading.issues.append(Issue(number.name, typed, ERROR, message))
        return
    digits = typed.removesuffix(unit_typed).strip() if unit_typed else typed
    exact = convert(bare, unit, number.unit)
    column = np.array([exact])
    if number.hard is not None and (number.hard.outside(column)[0] or not math.isfinite(exact)):
        reading.issues.append(Issue(number.name, typed, ERROR, impossible(number, bare, digits, unit)))
        return
    if number.soft is not None and number.soft.outside(column)[0]:
        reading.issues.append(Issue(number.name, typed, WARNING, unusual(number, bare, digits, unit)))
    reading.entered[number.name] = Entered(number.name, digits, unit, exact)


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

        return text(self)

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
def grade(valve: str, guideline: str = "ase-2017", **values: Any) -> Case: ...
@overload
def grade(valve: str, guideline: Sequence[str], **values: Any) -> list[Case]: ...
def grade(valve: str, guideline: str | Sequence[str] = "ase-2017", **values: Any) -> Case | list[Case]:
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
