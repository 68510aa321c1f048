"""The criteria of one case: for every row of the table its value, the band it falls in, and why where it has none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from grading.engine.columns import ENTERED, holds, unreadable
from grading.engine.decide import Decision
from grading.explanation.derived import is_known
from grading.explanation.graded import GradedCase
from grading.explanation.missing import conditions, fails, missing_text
from grading.explanation.rule_text import measurement_text
from grading.explanation.value_text import report_value
from grading.explanation.views import BandView, CriterionView
from grading.explanation.votes import step_name, step_text
from grading.reference.catalogue import load_catalogue
from grading.reference.condition import Condition
from grading.reference.measurement import Number
from grading.reference.scale import NO_GRADE
from grading.reference.table import Group, Row
from grading.reference.units import convert
from grading.writing import joined


def criteria(case: GradedCase, decision: Decision) -> Iterator[CriterionView]:
    """Every criterion of the table: its value, the band it falls in, what that argues for, and where it stands."""
    for group, row in decision.table.rows():
        yield _criterion(group, row, case, decision)


def _criterion(group: Group, row: Row, case: GradedCase, decision: Decision) -> CriterionView:
    band = band_of(group, row, decision)
    entered = case.reading.entered.get(row.name)
    return CriterionView(
        group=group.name,
        measurement=row.name,
        label=load_catalogue()[row.name].label,
        assessed=band > 0,
        value=_value(row, decision) if is_known(row.name, decision) else None,
        phrase=phrase(row.name, decision) if is_known(row.name, decision) else None,
        listed=row.listed.get(_listed_key(row, band)) if band else None,
        void_in=_void_in(row, decision),
        entered=entered.text if entered else None,
        unit=row.unit or None,
        decimals=_decimals(row, decision),
        band=band_text(row, band) if band else None,
        argues_for=row.labels[band - 1] if band and row.labels[band - 1] != NO_GRADE else None,
        verdicts={step: _verdict(row, band, step) for step in group.steps if row.bands(step)},
        why_not_assessed=None if band else why_not(row, group, decision),
        counted=group.counted and not row.weak,
        in_force=in_force(row, group, decision),
        since=tuple(measurement_text(condition) for condition in row.given) if len(_same(row, group)) > 1 else (),
        instead_of=row.instead_of or None,
        cut_offs=cut_offs(row),
        bands=tuple(bands_of(row, group)),
        in_band=band or None,
        at=row.at or None,
        reading=row.reading or None,
        note=row.note or None,
        rests_on=row.rests_on,
    )


def band_of(group: Group, row: Row, decision: Decision) -> int:
    """The band (from 1) of a criterion in the first row, 0 where it is not assessed."""
    bands = decision.tallies[group.name].bands
    return int(bands[row.key][0]) if row.key in bands else 0


def _same(row: Row, group: Group) -> list[Row]:
    """The rows of a group that read one measurement, by several scales where there are several."""
    return [other for other in group.rows if other.name == row.name]


def _given(row: Row, decision: Decision) -> bool:
    """True when all that a row asks for is known to hold."""
    return all(_holds(condition, decision) for condition in row.given)


def is_barred(row: Row, decision: Decision) -> bool:
    """True for a row that asks for another context than the case's: by a word that is known to be another."""
    return any(c.subject in load_catalogue().words and fails(c, decision) for c in row.given)


def _holds(condition: Condition, decision: Decision) -> bool:
    mask = holds(condition, decision.filled.columns)
    return mask is not None and bool(mask[0])


def in_force(row: Row, group: Group, decision: Decision) -> bool:
    """True for the row that reads its measurement, or would: of several scales the one whose conditions hold, and no
    stand-in for another measurement while that is not needed."""
    if band_of(group, row, decision):
        return True
    same = _same(row, group)
    if any(other.instead_of and group.row(other.instead_of).name != row.name for other in same):
        return False
    given = [other for other in same if _given(other, decision)]
    return row is given[0] if given else not row.instead_of


def phrase(name: str, decision: Decision) -> str:
    """A finding as a report calls it: 'EROA 0.41 cm2', 'large central jet'."""
    measurement, column = load_catalogue()[name], decision.filled.columns[name]
    if isinstance(measurement, Number):
        return f"{measurement.label} {report_value(measurement, float(column[0]), decision.table)}"
    value, derivation = measurement.values[int(column[0]) - 1], measurement.derivation
    if derivation is not None and value == derivation.otherwise and value not in measurement.findings:
        # what holds when a claim fails is the finding that failed it
        claims = [condition for claim in derivation.claims.values() for condition in conditions(claim)]
        parts = [phrase(condition.subject, decision) for condition in claims if fails(condition, decision)]
        return joined(parts) if parts else measurement.finding(value)
    return measurement.finding(value)


def _void_in(row: Row, decision: Decision) -> str | None:
    """The other finding that voids a known criterion, or None."""
    if not is_known(row.name, decision):
        return None
    others = (c for c in row.unless if c.subject != row.name and _holds(c, decision))
    return next((phrase(c.subject, decision) for c in others), None)


def _unread_in(row: Row, decision: Decision) -> Condition | None:
    """The condition that would void a criterion and asks for a word that could not be read, or None."""
    columns = decision.filled.columns
    return next((c for c in row.unless if c.subject in columns and unreadable(columns[c.subject])[0]), None)


def _listed_key(row: Row, band: int) -> str:
    """By what a row's `listed` names a band: its word, or what it argues for."""
    return row.labels[band - 1] if row.scale else load_catalogue().words[row.name].values[band - 1]


def _verdict(row: Row, band: int, step: str) -> str:
    return "not assessed" if band == 0 else "met" if band in row.bands(step) else "not met"


def _value(row: Row, decision: Decision) -> float | str:
    """The value in the table's unit, or the word."""
    column, measurement = decision.filled.columns[row.name], load_catalogue()[row.name]
    if isinstance(measurement, Number):
        return convert(float(column[0]), measurement.unit, row.unit)
    return measurement.values[int(column[0]) - 1]


def _decimals(row: Row, decision: Decision) -> int | None:
    """The catalogue's decimals of a number, or the fewest more that keep it in its band; None for words and unknown
    numbers."""
    if row.scale is None or not is_known(row.name, decision):
        return None
    column = decision.filled.columns[row.name]
    value = float(_value(row, decision))
    band = row.scale.band(column, row.ratio)[0]
    least = load_catalogue().numbers[row.name].decimals
    return next((n for n in range(least, 9) if row.scale.band(np.array([round(value, n)]))[0] == band), 9)


def band_text(row: Row, band: int) -> str:
    """The band in the paper's digits and unit: '>= 0.40 cm2', or the word."""
    if row.scale:
        return row.scale.text(band, row.unit)
    word = load_catalogue().words[row.name]
    return word.text(word.values[band - 1])


def bands_of(row: Row, group: Group) -> Iterator[BandView]:
    """Every band of a row, lowest value first."""
    cuts: list[float | None] = [None, *(float(c) for c in row.scale.cuts), None] if row.scale else []
    for band, label in enumerate(row.labels, 1):
        silent = label == NO_GRADE
        yield BandView(
            label=None if silent else label,
            grade=None if silent else group.steps[label.rstrip("+-")],
            called="neither" if silent else step_name(group, label),
            text=band_text(row, band),
            low=cuts[band - 1] if cuts else None,
            high=cuts[band] if cuts else None,
        )


def cut_offs(row: Row) -> str:
    """What supports what, in the paper's digits: 'mild <= 0.3 cm, severe >= 0.7 cm', or the whole chain of grades."""
    if row.scale and NO_GRADE not in row.labels:
        labels = tuple(step_text(label) for label in row.labels)
        return replace(row.scale, labels=labels).chain(row.unit)
    bands: dict[str, list[str]] = {}
    for band, label in enumerate(row.labels, 1):
        if label not in (NO_GRADE, "not_severe"):
            bands.setdefault(label, []).append(band_text(row, band))
    joint, between = (" ", ", ") if row.scale else (": ", "; ")
    return between.join(f"{step_text(label)}{joint}{' or '.join(texts)}" for label, texts in bands.items())


def why_not(row: Row, group: Group, decision: Decision) -> str:
    """Why a criterion was not assessed."""
    sources = decision.filled.sources
    if not is_known(row.name, decision) and not is_barred(row, decision):
        return missing_text(row, decision)
    if row.entered_only and row.name in sources and sources[row.name][0] > ENTERED:
        return "worked out; counted only when it was entered"
    for condition in row.unless:
        if _holds(condition, decision):
            if condition.subject == row.name:
                return "not counted"
            why = f" (our reading: {row.unless_reading})" if row.unless_reading else ""
            return f"void because {measurement_text(condition)}{why}"
    unread = _unread_in(row, decision)
    if unread is not None:
        asked = load_catalogue()[unread.subject].label
        return f"void where {measurement_text(unread)}, and what was entered for {asked} cannot be read"
    lacking = [c for c in row.given if not is_known(c.subject, decision) or not _holds(c, decision)]
    if lacking:
        return "not counted: needs " + joined([measurement_text(condition) for condition in lacking])
    original = row
    while original.name == row.name and original.instead_of:
        original = group.row(original.instead_of)
    known = "another value" if original.name == row.name else load_catalogue()[original.name].label
    return f"not needed: {known} is known"
