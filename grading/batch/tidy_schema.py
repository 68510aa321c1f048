"""What the columns of a tidy file mean, as a Table Schema (Frictionless): levels in order, with their labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grading.batch.tidy_file import TidyMaker
from grading.columns.plan import Plan
from grading.reference.guideline import load_guideline, references
from grading.reference.measurement import VALVES
from grading.reference.scale import CERTAINTIES, GRADES, SEVERITY
from grading.rows.tidy import CODED, code_name
from grading.writing import in_words, upper

_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"


def tidy_schema(maker: TidyMaker, plan: Plan, guidelines: Sequence[str]) -> dict[str, Any]:
    """The schema of a tidy file of these guidelines.

    `levels` of every guideline and valve are its own answers from the mildest: their places, from 0, are the codes.
    """
    told = plan.valves or VALVES
    tables = {name: load_guideline(name).tables for name in guidelines}
    levels = {name: {v: list(found[v].answers) for v in told if v in found} for name, found in tables.items()}
    known = {grade for by_valve in levels.values() for answers in by_valve.values() for grade in answers}
    severities = [grade for grade in SEVERITY if grade in known]
    others = [grade for grade in GRADES[1:] if grade not in SEVERITY]
    fields = [
        _field("row", "integer", "Row of the graded file, from 1"),
        _field("id", "string", f"The study, as column {maker.header!r} names it" if maker.header else "Not named"),
        _field("valve", "string", "Valve; blank where the row names none") | _levels(told),
        _field("guideline", "string", "Guideline")
        | {"categories": [{"value": name, "label": references()[name]["short"]} for name in guidelines]},
        _field("grade", "string", "Grade; blank where the row was rejected") | _levels([*severities, *others]),
        _field("certainty", "string", "What the grade rests on") | _levels(CERTAINTIES[1:]),
        _field("low", "string", "Mildest grade that the findings allow") | _levels(severities, True),
        _field("high", "string", "Most severe grade that the findings allow") | _levels(severities, True),
        _field("rule", "integer", "Number of the rule that decided, in the table of guideline and valve"),
        _field("reason", "string", "Why"),
    ]
    if maker.codes:
        fields += [
            _field(code_name(name), "integer", f"Place of '{name}' among the levels of guideline and valve, from 0")
            for name in CODED
        ]
    return {
        "$schema": _PROFILE,
        "description": "One row for each study, valve and guideline. Grades are ordered within one guideline; the "
        "grades of two guidelines are compared by `levels`, not by their names or codes.",
        "fields": fields,
        "uniqueKeys": [["row", "valve", "guideline"]],
        "missingValues": [""],
        "levels": levels,
    }


def _field(name: str, kind: str, title: str) -> dict[str, Any]:
    return {"name": name, "type": kind, "title": title}


def _levels(values: Sequence[str], ordered: bool = False) -> dict[str, Any]:
    """The texts that a column may hold, in order, with what to call them."""
    levels = [{"value": value, "label": upper(in_words(value))} for value in values]
    return {"categories": levels, "categoriesOrdered": ordered}
