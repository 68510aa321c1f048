"""The rules of a table in plain words: conditions, outcomes, certainties, and what hangs on a criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from grading.engine.fill import OPERATORS
from grading.reference.catalogue import Number, load_catalogue
from grading.reference.condition import UNRESOLVED, Condition
from grading.reference.table import ALL, Group, Row, Rule, Table
from grading.writing import in_words, quantity

_COUNTS: Mapping[str, str] = MappingProxyType(
    {">=": "at least", "=": "exactly", "<": "fewer than", "<=": "at most", ">": "more than"}
)
#: a grade that the criteria of a group name themselves
_ENDS: Mapping[str, str] = MappingProxyType(
    {
        "low": "the lowest grade",
        "high": "the highest grade",
        "agree": "the agreed grade",
        "agree_low": "the lowest agreed grade",
        "agree_high": "the highest agreed grade",
    }
)
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
    value = condition.text.rpartition(" ")[2]
    step, _, share = condition.tally.partition(".")
    compared = f"{condition.operator} {in_words(value)}"
    if share:
        said = f"share of criteria for {in_words(step)} {condition.operator} {value}"
    elif step == "agree" and value == UNRESOLVED:
        said = "no agreed grade"
    elif step in _ENDS:
        said = f"{_ENDS[step]} {compared}"
    elif step == "measured":
        said = f"{_count(condition)} assessed"
    elif step == "dissent":
        said = f"{_count(condition)} dissents"
    elif step == "choices":
        said = f"{_COUNTS[condition.operator]} {value} agreed grade"
    else:
        said = f"{_count(condition)} for {in_words(step)}"
    return said + _of(condition.group, table)


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
    values = [in_words(v) for code, v in enumerate(measurement.values, 1) if holds(code, condition.value)]
    every = len(values) == len(measurement.values)
    return f"{measurement.label} known" if every else f"{measurement.label} = {' or '.join(values)}"


def grade_of_rule(token: str, table: Table) -> str:
    """A grade in words, or which grade of a group: 'the lowest grade (Quantitative grades)'."""
    group, dot, end = token.partition(".")
    return _ENDS[end] + _of(group, table) if dot else in_words(token)


def outcome_of_rule(rule: Rule, table: Table) -> str:
    """'severe', 'indeterminate, mild to severe'."""
    grade, low, high = (grade_of_rule(token, table) for token in (rule.grade, rule.low, rule.high))
    return grade if low == high else f"{grade}, {low} to {high}"


def certainty_text(rule: Rule) -> str:
    """'definite', or what a certainty depends on."""
    return AS_THE_GROUP if "." in rule.certainty else in_words(rule.certainty)


def guards_text(row: Row, group: Group, table: Table) -> list[str]:
    """When a criterion is read at all: in whose stead, only if, not if."""
    said = []
    if row.instead_of:
        original = load_catalogue()[group.row(row.instead_of).name].label
        said.append(f"instead of {original} when that is not assessed")
    said += [f"only if {conditions_text(row.given, table)}"] if row.given else []
    said += [f"not if {conditions_text(row.unless, table)}"] if row.unless else []
    return said
