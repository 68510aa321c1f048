"""The rules of a table in plain words: conditions, outcomes, certainties, and what hangs on a criterion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from grading.engine.columns import OPERATORS
from grading.reference.catalogue import load_catalogue
from grading.reference.condition import OWN, SHARE, Condition
from grading.reference.measurement import Number
from grading.reference.table import ALL, LEAD, PULLS, Group, Lead, Outcome, Row, Rule, Table
from grading.writing import in_words, quantity

_COUNTS: Final = {">=": "at least", "=": "exactly", "<": "fewer than", "<=": "at most", ">": "more than"}
#: a grade that the criteria of a group name themselves
_ENDS: Final = {
    "low": "the lowest grade",
    "high": "the highest grade",
    "floor": "the highest of the low ends",
    "least": "the mildest grade that all meet in",
    "most": "the most severe grade that all meet in",
    "favoured": "the grade that more than half allow",
}
#: how far the criteria of a group lie apart
_DISTANCES: Final = {"apart": "steps left open", "dispute": "steps by which two contradict each other"}
#: the certainty of a rule that leaves it to the group: one value, all of several, or more than half
AS_THE_GROUP = "quantified, majority or single parameter"


def condition_text(condition: Condition, table: Table) -> str:
    """One condition: 'at least 4 criteria for severe (Specific criteria)', 'image quality = poor'."""
    return _tally_text(condition, table) if condition.group else measurement_text(condition)


def conditions_text(conditions: Sequence[Condition], table: Table) -> str:
    """All conditions of a list, which must hold together; 'otherwise' when there is none."""
    return " and ".join(condition_text(condition, table) for condition in conditions) or "otherwise"


def _of(group: str, table: Table) -> str:
    """Which group is meant, where there is more than one."""
    if sum(g.counted for g in table.groups.values()) == 1:
        return ""
    return " (all groups)" if group == ALL else f" ({table.groups[group].title})"


def _count(condition: Condition) -> str:
    number = int(condition.value)
    if condition.operator == "=" and number == 0:
        return "no criterion"
    return f"{_COUNTS[condition.operator]} {number} {'criterion' if number == 1 else 'criteria'}"


def _tally_text(condition: Condition, table: Table) -> str:
    test = condition.test
    assert test is not None
    value = condition.text.rpartition(" ")[2]
    if test.kind == SHARE:
        text = f"share of criteria for {in_words(test.tally)} {condition.operator} {value}"
    elif test.tally in _ENDS:
        text = f"{_ENDS[test.tally]} {condition.operator} {in_words(value)}"
    elif test.tally in _DISTANCES:
        text = f"{_DISTANCES[test.tally]} {condition.operator} {value}"
    elif test.tally == "measured":
        text = f"{_count(condition)} assessed"
    else:
        own = " of the valve's own" if test.kind == OWN else ""
        text = f"{_count(condition)} for {in_words(test.tally)}{own}"
    return text + _of(test.group, table)


def measurement_text(condition: Condition) -> str:
    """One condition on a measurement: 'jet direction = eccentric', 'EROA >= 0.3 cm2', 'mechanism not known'."""
    measurement = load_catalogue()[condition.subject]
    if isinstance(measurement, Number):
        if condition.operator == ">=" and condition.value == 0:
            return f"{measurement.label} known"
        typed = condition.text.split(f" {condition.operator} ")[1]
        value = typed if " " in typed else quantity(typed, measurement.unit)
        return f"{measurement.label} {condition.operator} {value}"
    if condition.asks_unknown:
        return f"{measurement.label} not known"
    holds = OPERATORS[condition.operator]
    values = [measurement.text(v) for code, v in enumerate(measurement.values, 1) if holds(code, condition.value)]
    every = len(values) == len(measurement.values)
    return f"{measurement.label} known" if every else f"{measurement.label} = {' or '.join(values)}"


def grade_of_rule(token: str, table: Table) -> str:
    """A grade in words, or which grade of a group: 'the lowest grade (Quantitative grades)'."""
    group, dot, end = token.partition(".")
    return _ENDS[end] + _of(group, table) if dot else in_words(token)


def outcome_of_rule(rule: Rule, table: Table) -> str:
    """'severe', 'indeterminate, mild to severe'."""
    if rule.grade == LEAD:
        return "where the quantities lead"
    grade, low, high = (grade_of_rule(token, table) for token in (rule.grade, rule.low, rule.high))
    return grade if low == high else f"{grade}, {low} to {high}"


def certainty_text(rule: Rule) -> str:
    """'definite', or what a certainty depends on."""
    return AS_THE_GROUP if "." in rule.certainty or rule.grade == LEAD else in_words(rule.certainty)


def guards_text(row: Row, group: Group, table: Table) -> list[str]:
    """When a criterion is read at all: in whose stead, only if, not if."""
    guards = []
    if row.instead_of:
        original = load_catalogue()[group.row(row.instead_of).name].label
        guards.append(f"instead of {original} when that is not assessed")
    guards += [f"only if {conditions_text(row.given, table)}"] if row.given else []
    why = f" (our reading: {row.unless_reading})" if row.unless_reading else ""
    guards += [f"not if {conditions_text(row.unless, table)}{why}"] if row.unless else []
    return guards


def lead_text(lead: Lead, table: Table) -> list[str]:
    """Where one quantity of each step leads, a line a step, and what raises a step."""
    lines = []
    for step, outcomes in reversed(list(zip(table.groups[lead.group].steps, lead.outcomes, strict=True))):
        cells = [f"{pull_text(pull)}: {_marked(outcome)}" for pull, outcome in enumerate(outcomes)]
        lines.append(f"{in_words(step)}: {'; '.join(cells if lead.pulls else cells[:1])}")
    for raised in lead.raises:
        step = list(table.groups[lead.group].steps)[raised.step - 1]
        lines.append(
            f"{step} is {in_words(raised.to)} when {conditions_text(raised.when, table)}, unless the signs are mild"
        )
    return lines


def pull_text(pull: int) -> str:
    """Where the signs point: 'signs for severe', or 'otherwise'."""
    return f"signs for {PULLS[pull]}" if pull else "otherwise"


def outcome_text(outcome: Outcome) -> str:
    """What one quantity of a step leads to: 'moderate, mild to moderate'."""
    between = f"{in_words(outcome.low)} to {in_words(outcome.high)}"
    return in_words(outcome.grade) if outcome.low == outcome.high else f"{in_words(outcome.grade)}, {between}"


def _marked(outcome: Outcome) -> str:
    return f"{outcome_text(outcome)} [{outcome.mark}]" if outcome.mark else outcome_text(outcome)
