"""What a case says about one measurement: its value, its word, and how it is printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from grading.case import Case
from grading.engine.columns import known
from grading.explanation.value_text import report_value
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number, Word


def columns(case: Case) -> Mapping[str, Any]:
    """Everything known of a case: with what was worked out when it was graded, else as it was entered."""
    return case.decision.filled.columns if case.decision else case.reading.columns()


def is_known(case: Case, name: str) -> bool:
    """True when a measurement was entered or worked out."""
    column = columns(case).get(name)
    return column is not None and bool(known(column)[0])


def number(case: Case, name: str) -> float | None:
    """The value of a number in the catalogue's unit, or None."""
    return float(columns(case)[name][0]) if is_known(case, name) else None


def word(case: Case, name: str) -> str | None:
    """The canonical value of a word, or None.

    >>> from grading import grade
    >>> word(grade("mitral", cw_jet="dense"), "cw_jet")
    'dense'
    """
    if not is_known(case, name):
        return None
    return load_catalogue().words[name].values[int(columns(case)[name][0]) - 1]


def first_known(case: Case, names: Iterable[str]) -> str | None:
    """The first of several measurements that is known and belongs to the valve, or None."""
    belonging = (name for name in names if belongs(case, name))
    return next((name for name in belonging if is_known(case, name)), None)


def belongs(case: Case, name: str) -> bool:
    """True when a measurement is one of this valve."""
    return case.valve in load_catalogue()[name].valves


def printed(case: Case, name: str) -> tuple[str, str]:
    """Label and value as a report prints them; the value of what is not known is 'not entered'.

    >>> from grading import grade
    >>> printed(grade("mitral", pisa_radius="9 mm"), "pisa_radius")
    ('PISA radius', '0.9 cm')
    """
    measurement = load_catalogue()[name]
    return measurement.label, value_text(case, measurement)


def value_text(case: Case, measurement: Number | Word) -> str:
    """The value with its unit, or the word, or 'not entered'."""
    if not is_known(case, measurement.name):
        return "not entered"
    if isinstance(measurement, Number):
        return report_value(measurement, float(columns(case)[measurement.name][0]), case.table)
    said = word(case, measurement.name)
    return measurement.text(said) if said else ""
