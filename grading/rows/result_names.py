"""The names of result columns: fixed by the header and the guidelines alone, before a row is read."""

from __future__ import annotations

from collections.abc import Sequence

from grading.columns.plan import Plan
from grading.engine.methods import METHODS
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import load_guideline
from grading.reference.measurement import VALVES
from grading.reference.table import Table


def tables_for(guidelines: Sequence[str], valve: str) -> dict[str, Table | None]:
    """The table of each guideline for a valve, None where it has none."""
    return {guideline: load_guideline(guideline).tables.get(valve) for guideline in guidelines}


#: what stands behind the result columns of every row
OF_EVERY_ROW = ("echograde_status", "echograde_issues")

_SUFFIXES = (
    "grade", "certainty", "grade_low", "grade_high", "quantitative_grade", "mild_criteria", "severe_criteria",
    "criteria_assessed", "rule", "stage", "reason",
)  # fmt: skip


def suffixes(guideline: str) -> list[str]:
    """The result columns of a guideline; a stage only where it has stages."""
    staged = any(table.stages for table in load_guideline(guideline).tables.values())
    return [suffix for suffix in _SUFFIXES if staged or suffix != "stage"]


def column_prefix(plan: Plan, valve: str) -> str:
    """'mitral_' where a row can hold several valves, else ''."""
    return f"{valve}_" if plan.prefixed else ""


def result_names(plan: Plan, guidelines: Sequence[str]) -> list[str]:
    """The names of the result columns, fixed by the header alone; status and issues follow them."""
    names = []
    valves = plan.valves if plan.valve_column is None else VALVES
    for valve in valves:
        prefix = column_prefix(plan, valve)
        for guideline in guidelines:
            names += [f"{prefix}{guideline.replace('-', '_')}_{suffix}" for suffix in suffixes(guideline)]
    for valve in valves:
        names += [column_prefix(plan, valve) + name for name in derived_names(plan, guidelines, valve)]
        names += [f"{valve}_cautions"] if plan.prefixed else []
    return list(dict.fromkeys([*names, *map(status_name, several_valves(plan))]))


def several_valves(plan: Plan) -> tuple[str, ...]:
    """The valves of every row, where a row has several: each has a status of its own."""
    return plan.valves if plan.valve_column is None and len(plan.valves) > 1 else ()


def status_name(valve: str) -> str:
    """'mitral_status'."""
    return f"{valve}_status"


def derived_names(plan: Plan, guidelines: Sequence[str], valve: str) -> list[str]:
    """The derived values that this header could give for the rows of a valve's tables."""
    names = [derived_name(m) for m in derivable(plan, guidelines, valve)]
    return [*names, "derived_from"] if names else []


def derived_name(measurement: str) -> str:
    """'derived_eroa_cm2', 'derived_left_heart'."""
    number = load_catalogue().numbers.get(measurement)
    endings = {"cm2": "_cm2", "mL": "_ml", "%": "_pct"}
    return f"derived_{measurement}{endings.get(number.unit, '') if number else ''}"


def derivable(plan: Plan, guidelines: Sequence[str], valve: str) -> list[str]:
    known = {c.measurement for c in plan.columns if c.valve in ("", valve)} | set(plan.constants)
    could: set[str] = set()
    for method in METHODS:
        if valve in method.valves and set(method.inputs) <= known | could:
            could.add(method.target)
    for word in load_catalogue().words.values():
        if word.derivation and valve in word.valves and set(word.derivation.inputs) & (known | could):
            could.add(word.name)
    criteria = [row.name for table in tables_for(guidelines, valve).values() if table for _, row in table.rows()]
    return [name for name in dict.fromkeys(criteria) if name in could]
