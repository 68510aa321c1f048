"""What one more measurement could change: every unmeasured value is tried in every band, through the same engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from grading.catalogue import Number, Word, load_catalogue
from grading.derived import Columns, known
from grading.engine import Decision, decide
from grading.methods import METHODS
from grading.report import in_words
from grading.scale import GRADES
from grading.table import Row, Table

#: words that void a study or state the result; they are not measurements that could settle it
NOT_TRIED = ("image_quality", "clinical_discordance", "regurgitation")
GRID = 9


class Tried(NamedTuple):
    """One value tried for one measurement; `band` is that of `row` when a criterion reads it directly, else its place
    in line."""

    measurement: Number | Word
    value: float
    shown: str
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
    rows = [
        {"values": _merged(tried), "grade": grade, "grade_low": low or None, "grade_high": high or None}
        for (grade, low, high), tried in results.items()
    ]
    return {"measurement": name, "label": load_catalogue()[name].label, "outcomes": rows}


def _merged(tried: list[Tried]) -> list[str]:
    """How to say the values of one outcome: neighbouring bands as one, words and single values as a list."""
    row = tried[0].row
    if row is None and isinstance(tried[0].measurement, Number):
        return _runs(tried)
    if row is None or row.scale is None:
        return list(dict.fromkeys(one.shown for one in tried))
    said, bands = [], sorted({one.band for one in tried})
    while bands:
        last = next(b for b in bands if b + 1 not in bands)
        said.append(row.scale.text(bands[0], row.unit, last))
        bands = [b for b in bands if b > last]
    return said


def _runs(tried: list[Tried]) -> list[str]:
    """Values that were tried next to each other, as '20 to 41 cm'."""
    unit = tried[0].measurement.unit if isinstance(tried[0].measurement, Number) else ""
    runs: list[list[Tried]] = []
    for one in tried:
        if runs and one.band == runs[-1][-1].band + 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    ends = [(run[0].value, run[-1].value) for run in runs]
    return [f"{low:g} to {high:g} {unit}" if low != high else f"{low:g} {unit}" for low, high in ends]


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
            for value in measurement.values:
                yield Tried(measurement, measurement.code(value), in_words(value))
        elif name in by_name:
            yield from _in_bands(measurement, by_name[name])
        else:
            yield from _on_grid(measurement, table.valve)


def _known(decision: Decision, name: str) -> bool:
    column = decision.filled.columns.get(name)
    return column is not None and bool(known(column)[0])


def _in_bands(number: Number, row: Row) -> Iterator[Tried]:
    """A value inside every band of the row that reads the number, and every cut-off itself."""
    assert row.scale is not None
    for value in (float(v * row.ratio) for v in row.scale.inside()):
        band = int(row.scale.band(np.array([value]), row.ratio)[0])
        yield Tried(number, value, "", row, band)


def _on_grid(number: Number, valve: str) -> Iterator[Tried]:
    """For a number that only feeds words and formulas: values on both sides of the words' limits, and a grid of usual
    ones."""
    derivations = [w.derivation for w in load_catalogue().words.values() if w.derivation and valve in w.valves]
    lines = [line for derivation in derivations for line in derivation.lines if line.source == number.name]
    values = {float(v) for line in lines for v in line.scale.inside()}
    if any(number.name in (*method.inputs, *method.optional) and valve in method.valves for method in METHODS):
        limits = number.soft or number.hard
        assert limits is not None
        lowest = limits.low if limits.low > 0 else limits.high / GRID
        values |= {float(f"{v:.2g}") for v in np.geomspace(lowest, limits.high, GRID)}
    for place, value in enumerate(sorted(values)):
        yield Tried(number, value, f"{value:g} {number.unit}", None, place)
