"""One measurement of a case replaced by other values while the rest stays, and what follows.

Every answer comes from the engine, which grades all values of a question in one call.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from grading.case import Case
from grading.engine.decide import Decision, decide
from grading.errors import UsageError
from grading.explanation.value_text import report_value
from grading.reading.checks import impossible
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number, Word
from grading.reference.scale import Numbers
from grading.reference.similar import nearest_measurement
from grading.reference.units import clean
from grading.uncertainty.outcomes import Followed, Step, Swept, WordStep, outcomes
from grading.writing import plain, quantity


def sweep(case: Case, name: str, values: Numbers) -> Swept:
    """Grade a case with one number replaced by each of `values`, shape (n,), in the catalogue's unit.

    A value given for a number that is otherwise derived takes its place, as an entered one does. NaN is not measured.
    Raises UsageError for a case without a decision, a name that is no number, and a value out of the possible range.

    >>> from grading import grade
    >>> case = grade("mitral", pisa_radius=0.9, aliasing_velocity=40, peak_velocity=500)
    >>> [outcome.grade for outcome in sweep(case, "pisa_radius", np.array([0.6, 0.8, 0.9])).outcomes]
    ['mild', 'moderate', 'severe']
    """
    number = number_of(name)
    assert number.hard is not None
    values = np.asarray(values, dtype=np.float64)
    outside = values[number.hard.outside(values)]
    if outside.size:
        raise UsageError(impossible(number, float(outside[0]), plain(float(outside[0])), number.unit))
    decision = replaced(case, name, values)
    return Swept(name, values, outcomes(decision), decision)


def steps(case: Case, name: str, step: float | None = None) -> tuple[Step, ...]:
    """A case with one number a step [catalogue unit, the catalogue's own unless given] lower, as it is, and higher.

    A value that would leave the possible range is left out. Raises UsageError as `sweep` does, for a step that is not
    positive, and for a number that the case does not have.

    >>> from grading import grade
    >>> case = grade("mitral", pisa_radius="9 mm", aliasing_velocity=40, peak_velocity=500)
    >>> [(s.printed, s.follows[-1].printed, s.outcome.grade) for s in steps(case, "pisa_radius")]
    [('0.8 cm', '0.32 cm2', 'moderate'), ('0.9 cm', '0.41 cm2', 'severe'), ('1.0 cm', '0.50 cm2', 'severe')]
    """
    number, decision = number_of(name), decision_of(case)
    assert number.hard is not None
    size = number.step if step is None else step
    if not 0 < size < math.inf:
        raise UsageError(f"a step of {size} {number.unit}; expected a number above 0")
    present = float(decision.filled.columns.get(name, np.array([np.nan]))[0])
    if math.isnan(present):
        raise UsageError(f"{number.label} was neither entered nor worked out in this case; enter it, or use sweep")
    three = np.array([clean(np.asarray(present - size)), present, clean(np.asarray(present + size))])
    # 0 is a finding of its own, not a small value
    possible = ~number.hard.outside(three) & (three != 0) | (three == present)
    swept = sweep(case, name, three[possible])
    texts = _printed(case, number, swept)
    return tuple(
        Step(float(value), text, bool(value == present), outcome, followed)
        for value, text, outcome, followed in zip(swept.values, texts, swept.outcomes, _followed(swept), strict=True)
    )


def _printed(case: Case, number: Number, swept: Swept) -> list[str]:
    """Values as a report prints them, with the decimals it takes to tell them apart and to grade them the same when
    they are read back."""
    results = [outcome.result for outcome in swept.outcomes]
    for places in range(number.decimals, 10):
        as_said = replace(number, decimals=places)
        texts = [report_value(as_said, float(value), swept.decision.table) for value in swept.values]
        read_back = np.array([float(text.split()[0]) for text in texts])
        again = [outcome.result for outcome in outcomes(replaced(case, number.name, read_back))]
        if again == results and len(set(texts)) == len(texts):
            return texts
    return [quantity(plain(float(value)), number.unit) for value in swept.values]


def word_steps(case: Case, name: str) -> tuple[WordStep, ...]:
    """A case with each value of a word, in order of severity. Raises UsageError as `sweep` does.

    >>> from grading import grade
    >>> case = grade("mitral", regurgitant_volume=50, elliptical_orifice="no")
    >>> [(step.value, step.present, step.outcome.grade) for step in word_steps(case, "elliptical_orifice")]
    [('no', True, 'moderate'), ('yes', False, 'severe')]
    """
    word = _enterable(name)
    if not isinstance(word, Word):
        raise UsageError(f"{name} is a number, not a finding in words; use steps or sweep")
    codes = np.arange(1, len(word.values) + 1, dtype=np.int8)
    decision = replaced(case, name, codes)
    present = decision_of(case).filled.columns.get(name, np.zeros(1, np.int8))[0]
    graded = zip(word.values, codes, outcomes(decision), strict=True)
    return tuple(WordStep(value, bool(code == present), outcome) for value, code, outcome in graded)


def _enterable(name: str) -> Number | Word:
    known = {measurement.name: measurement for measurement in load_catalogue().enterable()}
    if name not in known:
        raise UsageError(f"no measurement {name!r}.{nearest_measurement(name)} See 'echograde template' for all names.")
    return known[name]


def number_of(name: str) -> Number:
    """A number that can be entered. Raises UsageError for a name that is none."""
    number = _enterable(name)
    if not isinstance(number, Number):
        raise UsageError(f"{name} is a finding in words, not a number; use word_steps")
    return number


def decision_of(case: Case) -> Decision:
    """The decision on a case. Raises UsageError for one that was not graded."""
    if case.decision is None:
        raise UsageError(f"The case was not graded, so no value of it can be changed: {case.reason}")
    return case.decision


def replaced(case: Case, name: str, values: Any) -> Decision:
    """The case once for each of `values`, shape (n,) [catalogue unit, or codes of a word], in place of its own."""
    columns: dict[str, Any] = {key: np.repeat(column, len(values)) for key, column in case.reading.columns().items()}
    return decide(decision_of(case).table, columns | {name: values}, len(values))


def _followed(swept: Swept) -> Iterator[tuple[Followed, ...]]:
    """For each value, the derived numbers that are not the same for all of them."""
    filled, numbers = swept.decision.filled, load_catalogue().numbers
    derived = [name for name in filled.sources if name in numbers and name != swept.name]
    changed = [numbers[name] for name in derived if len(np.unique(filled.columns[name])) > 1]
    for at in range(len(swept.values)):
        pairs = [(n, float(filled.columns[n.name][at])) for n in changed if not np.isnan(filled.columns[n.name][at])]
        yield tuple(
            Followed(n.name, n.label, value, report_value(n, value, swept.decision.table)) for n, value in pairs
        )
