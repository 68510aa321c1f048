"""How far the grade of one case depends on measurement error: the same case measured again, some thousand times over.

Every measured number is drawn anew from a normal distribution around the value entered, its standard deviation the
measurement error; all draws are graded in one call of the engine, so whatever follows from a number follows here too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from grading.case import Case
from grading.engine.decide import Decision, decide
from grading.errors import UsageError
from grading.explanation.value_text import report_value
from grading.reading.checks import span
from grading.reading.values import Entered
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number, Word
from grading.reference.scale import GRADES, Codes, Numbers
from grading.reference.similar import nearest_measurement
from grading.reference.table import Group, Row
from grading.reference.variability import Variability
from grading.uncertainty.answer import Assumed, Band, Chance, Criterion, HeldAsEntered, Quantity, Uncertainty

#: how often draws outside the possible range are drawn again before the error is refused as too large
REDRAWN = 100
MOST_DRAWS = 1_000_000
#: grades that are no step of severity stand last
LAST = ("indeterminate", "insufficient_data", "not_covered")


def uncertainty(
    case: Case, errors: Mapping[str, Variability] | None = None, draws: int = 4000, seed: int = 0
) -> Uncertainty:
    """Grade `draws` perturbed copies of a case and count.

    A draw outside the possible range is drawn again, never clamped. Held as entered: words, a 0 that says "nothing
    seen", and numbers without an error. One seed gives the same draws in every run and for every unit of entry, and
    those of one measurement do not depend on the others. A share is known to about 0.8 % (one standard error) or
    better at 4000 draws.

    Args:
        case: from `grade`.
        errors: measurement -> Variability instead of the catalogue's; of measurements not entered they have no effect.
        draws: how many copies, 1 to 1,000,000.
        seed: 0 or more.
    Raises:
        UsageError: for a name that is no number of the catalogue, for draws or a seed that cannot be, and for an error
            so large that hardly a draw is possible (draws still out of range after 100 redrawings).

    >>> from grading import grade
    >>> answer = uncertainty(grade("mitral", pisa_radius="9 mm", aliasing_velocity=40, peak_velocity="5 m/s"))
    >>> answer.grade, {grade: round(share, 1) for grade, share in answer.grades.items()}
    ('severe', {'mild': 0.0, 'moderate': 0.5, 'severe': 0.5})
    >>> [(q.label, q.printed, round(q.mean, 2), round(q.standard_deviation, 2)) for q in answer.quantities]
    [('EROA', '0.41 cm2', 0.41, 0.08)]
    """
    errors = errors or {}
    _check(errors, draws, seed)
    own = (case.status, case.reason, case.grade, case.grade_low, case.grade_high, draws, seed)
    if case.decision is None:
        return Uncertainty(*own)
    columns: dict[str, Any] = {name: np.repeat(column, draws) for name, column in case.reading.columns().items()}
    assumed, held = [], []
    for entered in case.reading.entered.values():
        plan = _planned(entered, errors)
        if isinstance(plan, Variability):
            number = load_catalogue().numbers[entered.name]
            columns[number.name] = _drawn(number, entered.value, plan, draws, seed)
            assumed.append(_assumed(entered, number, plan))
        else:
            held.append(HeldAsEntered(entered.name, load_catalogue()[entered.name].label, entered.text, plan))
    decision = decide(case.decision.table, columns, draws)
    quantities = tuple(_quantities(case.decision, decision))
    return Uncertainty(*own, tuple(_chances(decision)), quantities, tuple(assumed), tuple(held))


def _check(errors: Mapping[str, Variability], draws: int, seed: int) -> None:
    known = [m.name for m in load_catalogue().enterable() if isinstance(m, Number)]
    for name, error in errors.items():
        if name not in known:
            raise UsageError(f"no number {name!r} to give a measurement error.{nearest_measurement(name)}")
        if not isinstance(error, Variability):
            raise UsageError(
                f"the error of {name} is {error!r}; expected Variability(percent=...) or Variability(sd=...)"
            )
    if not 1 <= draws <= MOST_DRAWS:
        raise UsageError(f"{draws} draws; give a number from 1 to {MOST_DRAWS:,}")
    if seed < 0:
        raise UsageError(f"seed {seed} is negative; give 0 or more")


def _planned(entered: Entered, errors: Mapping[str, Variability]) -> Variability | str:
    """The error a value is varied by, or why it is held."""
    measurement = load_catalogue()[entered.name]
    if isinstance(measurement, Word):
        return "a finding in words"
    if entered.value == 0:
        return "0 says that nothing was seen"
    error = errors.get(entered.name, measurement.error)
    if error is None:
        return "no measurement error is assumed for it"
    return error if error.deviation(entered.value) else "its error was set to 0"


def _drawn(number: Number, value: float, error: Variability, draws: int, seed: int) -> Numbers:
    """Draws around `value` inside the possible range, from a stream of random numbers of the measurement's own."""
    assert number.hard is not None
    stream, deviation = np.random.default_rng([seed, *number.name.encode()]), error.deviation(value)
    drawn = stream.normal(value, deviation, draws)
    for _ in range(REDRAWN):
        outside = np.flatnonzero(number.hard.outside(drawn))
        if not outside.size:
            return drawn
        drawn[outside] = stream.normal(value, deviation, outside.size)
    said = f"{number.label}: a measurement error of {error.text(number.unit)} leaves the possible range"
    raise UsageError(f"{said} ({span(number.hard, number, number.unit)}) nearly always; give a smaller one")


def _assumed(entered: Entered, number: Number, error: Variability) -> Assumed:
    source, deviation = error.source or "given for this calculation", error.deviation(entered.value)
    text = error.text(number.unit)
    return Assumed(number.name, number.label, entered.text, text, deviation, number.unit, source)


def _chances(decision: Decision) -> list[Chance]:
    """Every grade and range that occurs with its share, mildest first."""
    order = ("", *decision.table.answers, *LAST)
    results = np.stack([decision.grade, decision.low, decision.high], axis=1)
    occurring, counts = np.unique(results, axis=0, return_counts=True)
    named = [tuple(GRADES[code] for code in codes) for codes in occurring]
    ranked = sorted(zip(named, counts, strict=True), key=lambda pair: [order.index(grade) for grade in pair[0]])
    return [Chance(g, low or None, high or None, int(n) / len(results)) for (g, low, high), n in ranked]


def _quantities(own: Decision, decision: Decision) -> Iterator[Quantity]:
    """Every number that a criterion assesses in some draw and that is not the same in all."""
    names = dict.fromkeys(row.name for _, row in decision.table.rows() if row.scale is not None)
    for number in (load_catalogue().numbers[name] for name in names if name in decision.filled.columns):
        column: Numbers = decision.filled.columns[number.name]
        known = column[~np.isnan(column)]
        criteria = tuple(_criteria(number.name, decision))
        if not criteria or (known.size == column.size and np.ptp(known) == 0):
            continue
        value = own.filled.columns.get(number.name, np.array([np.nan]))[0]
        present = None if np.isnan(value) else float(value)
        printed = None if present is None else report_value(number, present, decision.table)
        mean, deviation = float(known.mean()), float(known.std())
        yield Quantity(number.name, number.label, number.unit, present, printed, mean, deviation, criteria)


def _criteria(name: str, decision: Decision) -> Iterator[Criterion]:
    """The rows that read a number, where any draw is assessed by them."""
    for group, row in decision.table.rows():
        codes = decision.tallies[group.name].bands.get(row.key) if row.name == name else None
        if codes is not None and codes.any():
            yield _criterion(group, row, codes)


def _criterion(group: Group, row: Row, codes: Codes) -> Criterion:
    assert row.scale is not None
    shares = np.bincount(codes.astype(np.intp), minlength=len(row.labels) + 1) / len(codes)
    texts = [row.scale.text(band, row.unit) for band in range(1, len(row.labels) + 1)]
    bands = [Band(label, text, float(s)) for label, text, s in zip(row.labels, texts, shares[1:], strict=True)]
    return Criterion(row.key, group.title, group.counted, row.at, row.reading, tuple(bands), float(shares[0]))
