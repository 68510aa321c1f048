"""What one more measurement could change: every unmeasured value is tried in every band, through the same engine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple

import numpy as np

from grading.engine.decide import Decision, decide
from grading.engine.fill import Columns, known
from grading.engine.methods import METHODS
from grading.reference.catalogue import Number, Word, load_catalogue
from grading.reference.scale import GRADES
from grading.reference.table import Row, Table
from grading.reference.units import convert, ratio
from grading.writing import in_words, plain, quantity

#: words that void a study or state the result; they are not measurements that could settle it
NOT_TRIED = ("image_quality", "clinical_discordance", "regurgitation")
#: a number that feeds a formula is tried at every value a report can print, or at every tenth where those are more
MOST_VALUES = 500


class Tried(NamedTuple):
    """One value tried for one measurement [catalogue unit], and its place in line; `band` is that of `row` when a
    criterion reads it directly."""

    measurement: Number | Word
    value: float
    place: int
    row: Row | None = None
    band: int = 0


def what_would_change(table: Table, columns: Columns, decision: Decision) -> list[dict[str, Any]]:
    """For each unmeasured measurement that alone could change the grade: the values, and the grade each would give.

    Those that could lead to a definite grade stand first.
    """
    tried = list(_candidates(table, decision))
    rows = len(tried)
    if not rows:
        return []
    trial: dict[str, Any] = {name: np.repeat(column, rows) for name, column in columns.items()}
    for position, one in enumerate(tried):
        if one.measurement.name not in trial:
            is_word = isinstance(one.measurement, Word)
            trial[one.measurement.name] = np.zeros(rows, np.int8) if is_word else np.full(rows, np.nan)
        trial[one.measurement.name][position] = one.value
    answer = decide(table, trial, rows)
    now = _result(decision, 0)
    outcomes: dict[str, dict[tuple[str, str, str], list[Tried]]] = {}
    for row, one in enumerate(tried):
        outcomes.setdefault(one.measurement.name, {}).setdefault(_result(answer, row), []).append(one)
    changes = [_change(name, results) for name, results in outcomes.items() if set(results) != {now}]
    group = table.group("quantitative")
    first = [row.name for row in group.rows] if group else []

    def rank(change: dict[str, Any]) -> tuple[bool, int]:
        settles = any(o["grade"] not in ("indeterminate", "insufficient_data") for o in change["outcomes"])
        return not settles, first.index(change["measurement"]) if change["measurement"] in first else len(first)

    return sorted(changes, key=rank)


def _change(name: str, results: dict[tuple[str, str, str], list[Tried]]) -> dict[str, Any]:
    said = _how_to_say(results.values())
    rows = [
        {"values": said(tried), "grade": grade, "grade_low": low or None, "grade_high": high or None}
        for (grade, low, high), tried in results.items()
    ]
    return {"measurement": name, "label": load_catalogue()[name].label, "outcomes": rows}


def _how_to_say(outcomes: Collection[list[Tried]]) -> Callable[[list[Tried]], list[str]]:
    """Words as words; a number by the bands of its criterion where each has one outcome, else by its values."""
    one = next(iter(outcomes))[0]
    if isinstance(one.measurement, Word):
        return _words
    bands = [band for tried in outcomes for band in {other.band for other in tried}]
    row = one.row
    return _runs if row is None or len(bands) > len(set(bands)) else lambda tried: _by_bands(tried, row)


def _words(tried: list[Tried]) -> list[str]:
    return [in_words(one.measurement.values[int(one.value) - 1]) for one in tried if isinstance(one.measurement, Word)]


def _by_bands(tried: list[Tried], row: Row) -> list[str]:
    """Neighbouring bands of a criterion as one, in the paper's digits."""
    assert row.scale is not None
    said, bands = [], sorted({one.band for one in tried})
    while bands:
        last = next(b for b in bands if b + 1 not in bands)
        said.append(row.scale.text(bands[0], row.unit, last))
        bands = [b for b in bands if b > last]
    return said


def _runs(tried: list[Tried]) -> list[str]:
    """Values that were tried next to each other, as '20 to 41 cm'."""
    number, row = tried[0].measurement, tried[0].row
    assert isinstance(number, Number)
    unit = row.unit if row else number.unit
    runs: list[list[Tried]] = []
    for one in tried:
        if runs and one.place == runs[-1][-1].place + 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    ends = [[plain(convert(one.value, number.unit, unit)) for one in (run[0], run[-1])] for run in runs]
    return [quantity(low if low == high else f"{low} to {high}", unit) for low, high in ends]


def _result(decision: Decision, row: int) -> tuple[str, str, str]:
    grade, low, high = (GRADES[code[row]] for code in (decision.grade, decision.low, decision.high))
    return grade, low, high


def _candidates(table: Table, decision: Decision) -> Iterator[Tried]:
    """A value of every kind for everything that was neither entered nor worked out."""
    by_name: dict[str, Row] = {}
    for _, row in sorted(table.rows(), key=lambda pair: bool(pair[1].given)):
        by_name.setdefault(row.name, row)
    stand_ins = {row.name for g, row in table.rows() if row.instead_of and g.row(row.instead_of).name != row.name}
    for measurement in load_catalogue().enterable(table.valve):
        name = measurement.name
        if name in NOT_TRIED or name in stand_ins or _known(decision, name):
            continue
        if isinstance(measurement, Word):
            yield from (Tried(measurement, code, code) for code in range(1, len(measurement.values) + 1))
        else:
            yield from _numbers(measurement, by_name.get(name), table.valve)


def _known(decision: Decision, name: str) -> bool:
    column = decision.filled.columns.get(name)
    return column is not None and bool(known(column)[0])


def _numbers(number: Number, row: Row | None, valve: str) -> Iterator[Tried]:
    """A value inside every band of the row that reads the number, and every cut-off itself; the same for words that are
    read from it; and where it feeds a formula every value that a report can print."""
    values = {float(v * row.ratio) for v in row.scale.inside()} if row and row.scale else set()
    derivations = [w.derivation for w in load_catalogue().words.values() if w.derivation and valve in w.valves]
    lines = [line for derivation in derivations for line in derivation.lines if line.source == number.name]
    values |= {float(v * ratio(line.unit, number.unit)) for line in lines for v in line.scale.inside()}
    if any(number.name in (*method.inputs, *method.optional) and valve in method.valves for method in METHODS):
        limits = number.soft or number.hard
        assert limits is not None
        step = 10.0**-number.decimals
        first = max(limits.low, step)
        while (limits.high - first) / step > MOST_VALUES:
            step *= 10
        values |= set(np.round(np.arange(first, limits.high + step / 2, step), 9).tolist())
    ordered = np.array(sorted(values))
    bands = row.scale.band(ordered, row.ratio).tolist() if row and row.scale else [0] * len(ordered)
    for place, (value, band) in enumerate(zip(ordered.tolist(), bands, strict=True)):
        yield Tried(number, value, place, row, band)
