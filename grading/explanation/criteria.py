"""The criteria of one case: for every row of the table its value, the band it falls in, and why where it has none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from grading.engine.decide import Decision
from grading.engine.fill import holds
from grading.explanation.graded import GradedCase
from grading.explanation.reasons import step_name
from grading.reference.catalogue import Number, load_catalogue
from grading.reference.scale import NO_GRADE
from grading.reference.table import Group, Row
from grading.reference.units import convert
from grading.writing import in_words, joined


def criteria(case: GradedCase, decision: Decision) -> Iterator[dict[str, Any]]:
    """Every criterion of the table: its value, the band it falls in, what that argues for, and where it stands."""
    for group, row in decision.table.rows():
        bands = decision.tallies[group.name].bands
        band = int(bands[row.key][0]) if row.key in bands else 0
        label = row.labels[band - 1] if band else None
        measurement = load_catalogue()[row.name]
        yield {
            "group": group.name,
            "measurement": row.name,
            "label": measurement.label,
            "assessed": band > 0,
            "value": _value(row, decision) if is_known(row.name, decision) else None,
            "entered": _typed(case, row.name),
            "unit": row.unit or None,
            "shown": _places(row, decision),
            "band": band_text(row, band) if band else None,
            "argues_for": None if label in (None, NO_GRADE) else label,
            "verdicts": {step: _verdict(row, band, step) for step in group.steps if row.bands(step)},
            "why_not_assessed": None if band else why_not(row, group, decision),
            "counted": group.counted,
            "in_force": in_force(row, group, decision),
            "since": [in_words(condition.text) for condition in row.given] if len(_same(row, group)) > 1 else [],
            "instead_of": row.instead_of or None,
            "cut_offs": cut_offs(row),
            "bands": bands_of(row, group),
            "in_band": band or None,
            "at": row.at or None,
            "reading": row.reading or None,
            "note": row.note or None,
            "rests_on": row.rests_on,
        }


def _same(row: Row, group: Group) -> list[Row]:
    """The rows of a group that read one measurement, by several scales where there are several."""
    return [other for other in group.rows if other.name == row.name]


def _given(row: Row, decision: Decision) -> bool:
    """True when all that a row asks for is known to hold."""
    held = [holds(condition, decision.filled.columns) for condition in row.given]
    return all(true is not None and bool(true[0]) for true in held)


def in_force(row: Row, group: Group, decision: Decision) -> bool:
    """True for the row that reads its measurement, or would: of several scales the one whose conditions hold, and no
    stand-in for another measurement while that is not needed."""
    bands = decision.tallies[group.name].bands
    if row.key in bands and bands[row.key][0]:
        return True
    same = _same(row, group)
    if any(one.instead_of and group.row(one.instead_of).name != row.name for one in same):
        return False
    held = [one for one in same if _given(one, decision)]
    return row is held[0] if held else not row.instead_of


def _verdict(row: Row, band: int, step: str) -> str:
    return "not assessed" if band == 0 else "met" if band in row.bands(step) else "not met"


def is_known(name: str, decision: Decision) -> bool:
    """True when a measurement was entered or worked out."""
    column = decision.filled.columns.get(name)
    return column is not None and not (np.isnan(column[0]) if column.dtype.kind == "f" else column[0] == 0)


def _value(row: Row, decision: Decision) -> float | str:
    """The value in the table's unit, or the word."""
    column, measurement = decision.filled.columns[row.name], load_catalogue()[row.name]
    if isinstance(measurement, Number):
        return convert(float(column[0]), measurement.unit, row.unit)
    return measurement.values[int(column[0]) - 1]


def _typed(case: GradedCase, name: str) -> str | None:
    entered = case.reading.entered.get(name)
    return None if entered is None else entered.text


def _places(row: Row, decision: Decision) -> int | None:
    """The fewest decimals, from two, that keep a number in its band; None for words and unknown numbers."""
    if row.scale is None or not is_known(row.name, decision):
        return None
    column = decision.filled.columns[row.name]
    value = float(_value(row, decision))
    band = row.scale.band(column, row.ratio)[0]
    return next((n for n in range(2, 9) if row.scale.band(np.array([round(value, n)]))[0] == band), 9)


def band_text(row: Row, band: int) -> str:
    """The band in the paper's digits and unit: '>= 0.40 cm2', or the word."""
    return row.scale.text(band, row.unit) if row.scale else in_words(words_of(row)[band - 1])


def bands_of(row: Row, group: Group) -> list[dict[str, Any]]:
    """Every band of a row, lowest value first: what it argues for ('IV', 'severe+', or None), the grade that is, how
    sentences call it, its text in the paper's digits, and its ends in the table's unit (None where it has none)."""
    cuts: list[float | None] = [None, *(float(c) for c in row.scale.cuts), None] if row.scale else []
    return [
        {
            "label": None if label == NO_GRADE else label,
            "grade": None if label == NO_GRADE else group.steps[label.rstrip("+-")],
            "called": "neither" if label == NO_GRADE else step_name(group, label),
            "text": band_text(row, band),
            "low": cuts[band - 1] if cuts else None,
            "high": cuts[band] if cuts else None,
        }
        for band, label in enumerate(row.labels, 1)
    ]


def words_of(row: Row) -> tuple[str, ...]:
    """The values of a row read in words."""
    return load_catalogue().words[row.name].values


def cut_offs(row: Row) -> str:
    """What argues for what, in the paper's digits: 'mild <= 0.3 cm, severe >= 0.7 cm', or the whole chain of grades."""
    if row.scale and NO_GRADE not in row.labels:
        return in_words(row.scale.chain(row.unit))
    said: dict[str, list[str]] = {}
    for band, label in enumerate(row.labels, 1):
        if label != NO_GRADE:
            said.setdefault(label, []).append(band_text(row, band))
    joint = ": " if row.scale is None else " "
    return ("; " if joint == ": " else ", ").join(
        f"{in_words(label)}{joint}{' or '.join(texts)}" for label, texts in said.items()
    )


def why_not(row: Row, group: Group, decision: Decision) -> str:
    """Why a criterion was not assessed."""
    columns = decision.filled.columns
    if not is_known(row.name, decision):
        return "not entered" if load_catalogue()[row.name].group != "derived" else missing_parts(row.name, decision)
    if row.instead_of:
        original = load_catalogue()[group.row(row.instead_of).name].label
        return f"not needed: {original} is known"
    for condition in row.unless:
        void = holds(condition, columns)
        if void is not None and void[0]:
            return f"void because {in_words(condition.text)}"
    return "not counted: needs " + joined([in_words(condition.text) for condition in row.given])


def missing_parts(name: str, decision: Decision) -> str:
    """Which parts of a derived word are unknown."""
    catalogue = load_catalogue()
    derivation = catalogue.words[name].derivation
    assert derivation is not None
    parts = [catalogue[part].label for part in derivation.inputs if not is_known(part, decision)]
    return f"needs {joined(parts)}" if parts else "its parts do not settle it"
