"""What one more measurement could change: every unmeasured value is tried in every band, through the same engine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from grading.engine.columns import Columns
from grading.engine.decide import Decision, decide
from grading.engine.methods import METHODS
from grading.explanation.derived import is_known
from grading.explanation.missing import conditions, fails
from grading.explanation.value_text import value_text
from grading.explanation.views import Change, ChangedGrade
from grading.reference.catalogue import load_catalogue
from grading.reference.derivation import ReadFromNumber
from grading.reference.measurement import Number, Word
from grading.reference.scale import GRADES, Scale
from grading.reference.table import Row, Table
from grading.reference.units import convert, ratio
from grading.writing import plain, quantity

#: words that void a study or state the result; they are not measurements that could settle it
NOT_TRIED = ("image_quality", "clinical_discordance", "regurgitation")
#: a number that feeds a formula is tried at every value a report can print, or at every tenth where those are more
MOST_VALUES = 500


class Trial(NamedTuple):
    """One value tried for one measurement [catalogue unit], and its place in line; `band` is that of the `scale` [unit]
    by which a criterion, or a word that is worked out, reads it directly."""

    measurement: Number | Word
    value: float
    place: int
    scale: Scale | None = None
    unit: str = ""
    band: int = 0


#: a grade with the ends of its range
Result = tuple[str, str, str]


def what_would_change(table: Table, columns: Columns, decision: Decision) -> list[Change]:
    """For each unmeasured measurement that alone could change the grade: the values, and the grade each would give.

    Those that could lead to a definite grade stand first.
    """
    trials = list(_trials(table, decision))
    if not trials:
        return []
    answer = decide(table, _trial_columns(columns, trials), len(trials))
    now = _result(decision, 0)
    trials_by_result: dict[str, dict[Result, list[Trial]]] = {}
    for row, trial in enumerate(trials):
        by_result = trials_by_result.setdefault(trial.measurement.name, {})
        by_result.setdefault(_result(answer, row), []).append(trial)
    changes = [_change(name, results) for name, results in trials_by_result.items() if set(results) != {now}]
    group = table.group("quantitative")
    quantities = [row.name for row in group.rows] if group else []

    def rank(change: Change) -> tuple[bool, int]:
        settles = any(outcome.settles for outcome in change.outcomes)
        name = change.measurement
        return not settles, quantities.index(name) if name in quantities else len(quantities)

    return sorted(changes, key=rank)


def _trial_columns(columns: Columns, trials: Sequence[Trial]) -> Columns:
    """The case once for each trial, with the trial's value in its row."""
    rows = len(trials)
    repeated: dict[str, Any] = {name: np.repeat(column, rows) for name, column in columns.items()}
    for row, trial in enumerate(trials):
        name = trial.measurement.name
        if name not in repeated:
            is_word = isinstance(trial.measurement, Word)
            repeated[name] = np.zeros(rows, np.int8) if is_word else np.full(rows, np.nan)
        repeated[name][row] = trial.value
    return repeated


def _change(name: str, results: Mapping[Result, list[Trial]]) -> Change:
    values_text = _values_writer(results.values())
    outcomes = (
        ChangedGrade(tuple(values_text(trials)), grade, low or None, high or None)
        for (grade, low, high), trials in results.items()
    )
    return Change(name, load_catalogue()[name].label, tuple(outcomes))


def _values_writer(outcomes: Collection[list[Trial]]) -> Callable[[list[Trial]], list[str]]:
    """Words as words; a number by the bands of its scale where each has one outcome, else by its values."""
    first = next(iter(outcomes))[0]
    if isinstance(first.measurement, Word):
        return _words
    bands = [band for trials in outcomes for band in {trial.band for trial in trials}]
    return _runs if first.scale is None or len(bands) > len(set(bands)) else _by_bands


def _words(trials: list[Trial]) -> list[str]:
    return [value_text(trial.measurement, trial.value) for trial in trials]


def _by_bands(trials: list[Trial]) -> list[str]:
    """Neighbouring bands of a scale as one, in the paper's digits."""
    scale, unit = trials[0].scale, trials[0].unit
    assert scale is not None
    texts, bands = [], sorted({trial.band for trial in trials})
    while bands:
        last = next(b for b in bands if b + 1 not in bands)
        texts.append(scale.text(bands[0], unit, last))
        bands = [b for b in bands if b > last]
    return texts


def _runs(trials: list[Trial]) -> list[str]:
    """Values that were tried next to each other, as '20 to 41 cm'."""
    number = trials[0].measurement
    assert isinstance(number, Number)
    unit = trials[0].unit or number.unit
    runs: list[list[Trial]] = []
    for trial in trials:
        if runs and trial.place == runs[-1][-1].place + 1:
            runs[-1].append(trial)
        else:
            runs.append([trial])
    ends = [[plain(convert(trial.value, number.unit, unit)) for trial in (run[0], run[-1])] for run in runs]
    return [quantity(low if low == high else f"{low} to {high}", unit) for low, high in ends]


def _result(decision: Decision, row: int) -> Result:
    grade, low, high = (GRADES[code[row]] for code in (decision.grade, decision.low, decision.high))
    return grade, low, high


def _trials(table: Table, decision: Decision) -> Iterator[Trial]:
    """A value of every kind for everything that was neither entered nor worked out."""
    by_name: dict[str, Row] = {}
    for _, row in sorted(table.rows(), key=lambda pair: bool(pair[1].given)):
        by_name.setdefault(row.name, row)
    stand_ins = {row.name for g, row in table.rows() if row.instead_of and g.row(row.instead_of).name != row.name}
    for measurement in load_catalogue().enterable(table.valve):
        name = measurement.name
        if name in NOT_TRIED or name in stand_ins or is_known(name, decision):
            continue
        if isinstance(measurement, Word):
            yield from (Trial(measurement, code, code) for code in range(1, len(measurement.values) + 1))
        else:
            yield from _numbers(measurement, by_name.get(name), decision)


def _numbers(number: Number, row: Row | None, decision: Decision) -> Iterator[Trial]:
    """A value inside every band of the row that reads the number, and every cut-off itself; the same for words that are
    read from it; and where it feeds a formula every value that a report can print."""
    valve = decision.table.valve
    values = {float(v * row.ratio) for v in row.scale.inside()} if row and row.scale else set()
    derivations = [w.derivation for w in load_catalogue().words.values() if w.derivation and valve in w.valves]
    lines = [line for derivation in derivations for line in derivation.lines if line.source == number.name]
    values |= {float(v * ratio(line.unit, number.unit)) for line in lines for v in line.scale.inside()}
    scale, unit = (row.scale, row.unit) if row else (None, "")
    if any(number.name in (*method.inputs, *method.optional) and valve in method.valves for method in METHODS):
        limits = number.soft or number.hard
        assert limits is not None
        step = 10.0**-number.decimals
        first = max(limits.low, step)
        while (limits.high - first) / step > MOST_VALUES:
            step *= 10
        values |= set(np.round(np.arange(first, limits.high + step / 2, step), 9).tolist())
    elif row is None:
        scale, unit = _one_scale(lines, decision)
    ordered = np.array(sorted(values))
    bands = scale.band(ordered, ratio(unit, number.unit)).tolist() if scale else [0] * len(ordered)
    for place, (value, band) in enumerate(zip(ordered.tolist(), bands, strict=True)):
        yield Trial(number, value, place, scale, unit, band)


def _one_scale(lines: Sequence[ReadFromNumber], decision: Decision) -> tuple[Scale | None, str]:
    """The scale [unit] by which every word that can be read off a number cuts it; None where the cut-offs differ."""
    open_to = [line for line in lines if not any(fails(c, decision) for c in conditions(line.given))]
    scales = {(line.scale.cuts, line.scale.closed, line.unit): (line.scale, line.unit) for line in open_to}
    return scales.popitem()[1] if len(scales) == 1 else (None, "")
