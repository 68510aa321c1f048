"""One measurement of a case changed while the rest stays: what follows, and at which values the grade tips.

Every answer comes from the engine, which grades all values of a question in one call.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from grading.case import Case
from grading.catalogue import Number, Word, load_catalogue
from grading.condition import Condition, parse_condition
from grading.engine import Decision, decide
from grading.errors import UsageError, nearest
from grading.limits import impossible, plain, quantity
from grading.outcomes import Followed, Step, Swept, Tipping, WordStep, outcomes
from grading.report import shown
from grading.scale import Mask, Numbers
from grading.table import Table
from grading.units import clean, ratio

#: values tried over the range, and again between two neighbours that differ, until they are TOLERANCE apart
GRID, FINER = 1001, 33
#: how near a tipping point is found, as a share of its value; what follows from a value is cleared at nine decimals
TOLERANCE = 1e-9
#: a found value this near (as a share) to one of few decimals is that one; two changes this near are one
NICE = 1e-6


def sweep(case: Case, name: str, values: Numbers) -> Swept:
    """Grade a case with one number replaced by each of `values`, shape (n,), in the catalogue's unit.

    A value given for a number that is otherwise derived takes its place, as an entered one does. NaN is not measured.
    Raises UsageError for a case without a decision, a name that is no number, and a value out of the possible range.

    >>> from grading import grade
    >>> case = grade("mitral", pisa_radius=0.9, aliasing_velocity=40, peak_velocity=500)
    >>> [outcome.grade for outcome in sweep(case, "pisa_radius", np.array([0.6, 0.8, 0.9])).outcomes]
    ['mild', 'moderate', 'severe']
    """
    number = _number(name)
    assert number.hard is not None
    values = np.asarray(values, dtype=np.float64)
    outside = values[number.hard.outside(values)]
    if outside.size:
        raise UsageError(impossible(number, float(outside[0]), plain(float(outside[0])), number.unit))
    decision = _replaced(case, name, values)
    return Swept(name, values, outcomes(decision), decision)


def steps(case: Case, name: str, step: float | None = None) -> tuple[Step, ...]:
    """A case with one number a step [catalogue unit, the catalogue's own unless given] lower, as it is, and higher.

    A value that would leave the possible range is left out. Raises UsageError as `sweep` does, for a step that is not
    positive, and for a number that the case does not have.

    >>> from grading import grade
    >>> case = grade("mitral", pisa_radius="9 mm", aliasing_velocity=40, peak_velocity=500)
    >>> [(s.printed, s.follows[-1].printed, s.outcome.grade) for s in steps(case, "pisa_radius")]
    [('0.80 cm', '0.32 cm2', 'moderate'), ('0.90 cm', '0.41 cm2', 'severe'), ('1.00 cm', '0.50 cm2', 'severe')]
    """
    number, decision = _number(name), _decision(case)
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
    return tuple(
        Step(float(value), shown(number, float(value), decision.table), bool(value == present), outcome, followed)
        for value, outcome, followed in zip(swept.values, swept.outcomes, _followed(swept), strict=True)
    )


def tipping_points(case: Case, name: str) -> list[Tipping]:
    """Every value in the plausible (else possible) range at which grade or range changes, by rising value.

    The possible range is searched where the present value is outside the plausible one. A 0 that says "nothing seen"
    is no part of it. Every cut-off that reads the number itself is tried on both sides; one that reads what follows
    from it is found on a grid of 1000 steps, so a change and its return within one step can be missed.
    Raises UsageError as `sweep` does.

    >>> from grading import grade
    >>> case = grade("mitral", pisa_radius=0.9, aliasing_velocity=40, peak_velocity=500)
    >>> [(tip.printed, tip.below.grade, tip.above.grade) for tip in tipping_points(case, "pisa_radius")]
    [('0.631 cm', 'mild', 'moderate'), ('0.8921 cm', 'moderate', 'severe')]
    """
    number, decision = _number(name), _decision(case)
    present = float(decision.filled.columns.get(name, np.array([np.nan]))[0])
    low, high = _searched(number, present)
    cuts = np.array([cut for cut in cut_offs(decision.table, name) if low <= cut <= high])
    edges = [np.nextafter(cuts, -np.inf), cuts, np.nextafter(cuts, np.inf)]
    grid = np.unique(np.clip(np.concatenate([np.linspace(low, high, GRID), *edges]), low, high))
    swept = sweep(case, name, grid)
    while (wide := _changes(swept) & (np.diff(swept.values) > TOLERANCE * swept.values[1:])).any():
        ends = swept.values
        finer = np.linspace(ends[:-1][wide], ends[1:][wide], FINER).ravel()
        kept = np.append(_changes(swept), False) | np.append(False, _changes(swept))
        swept = sweep(case, name, np.unique(np.concatenate([ends[kept], finer])))
    found = [_tipping(case, number, swept, *ends) for ends in _apart(swept, cuts)]
    return [tip for tip in found if tip.below.result != tip.above.result]


def around(points: Sequence[Tipping], present: float) -> tuple[Tipping | None, Tipping | None]:
    """The tipping points next below and next above the present value [catalogue unit]; None where there is none."""
    below = [tip for tip in points if tip.value < present or (tip.value == present and tip.belongs_above)]
    above = points[len(below) :]
    return below[-1] if below else None, above[0] if above else None


def just_past(point: Tipping, upwards: bool) -> float:
    """The printed value of a tipping point, or one of its last digit beyond it where the point is on the near side.

    >>> from grading import grade
    >>> point = tipping_points(grade("mitral", eroa=0.35), "eroa")[-1]
    >>> point.printed, just_past(point, upwards=True), just_past(point, upwards=False)
    ('0.40 cm2', 0.4, 0.39)
    """
    text = point.printed.split()[0]
    decimals = len(text.partition(".")[2])
    beyond = 0 if upwards == point.belongs_above else 1 if upwards else -1
    return round(float(text) + beyond * 10.0**-decimals, decimals)


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
    decision = _replaced(case, name, codes)
    present = _decision(case).filled.columns.get(name, np.zeros(1, np.int8))[0]
    graded = zip(word.values, codes, outcomes(decision), strict=True)
    return tuple(WordStep(value, bool(code == present), outcome) for value, code, outcome in graded)


def cut_offs(table: Table, name: str) -> set[float]:
    """Every cut-off [catalogue unit] that a table, or a word worked out for its valve, reads a number against."""
    rows = [row for _, row in table.rows() if row.name == name]
    found = {float(cut * row.ratio) for row in rows if row.scale for cut in row.scale.cuts}
    for word in load_catalogue().words.values():
        for line in word.derivation.lines if word.derivation and table.valve in word.valves else ():
            if line.source == name and table.valve in line.valves:
                to_catalogue = ratio(line.unit, load_catalogue().numbers[name].unit)
                found |= {float(cut * to_catalogue) for cut in line.scale.cuts}
    return found | {condition.value for condition in _conditions(table) if condition.subject == name}


def _conditions(table: Table) -> Iterator[Condition]:
    """Every condition of rules and criteria, and of words worked out for the valve."""
    yield from itertools.chain.from_iterable(rule.when for rule in table.rules)
    for _, row in table.rows():
        yield from (*row.given, *row.unless)
    catalogue = load_catalogue()
    for word in catalogue.words.values():
        if word.derivation and table.valve in word.valves:
            texts = [text for line in word.derivation.lines for text in line.given]
            texts += itertools.chain.from_iterable(word.derivation.claims.values())
            yield from (parse_condition(text, catalogue, word.name) for text in texts)


def _enterable(name: str) -> Number | Word:
    known = {measurement.name: measurement for measurement in load_catalogue().enterable()}
    if name not in known:
        raise UsageError(f"no measurement {name!r}.{nearest(name, known)} See 'echograde template' for all names.")
    return known[name]


def _number(name: str) -> Number:
    number = _enterable(name)
    if not isinstance(number, Number):
        raise UsageError(f"{name} is a finding in words, not a number; use word_steps")
    return number


def _decision(case: Case) -> Decision:
    if case.decision is None:
        raise UsageError(f"The case was not graded, so no value of it can be changed: {case.reason}")
    return case.decision


def _replaced(case: Case, name: str, values: Any) -> Decision:
    """The case once for each value, with that value in place of its own."""
    columns: dict[str, Any] = {key: np.repeat(column, len(values)) for key, column in case.reading.columns().items()}
    return decide(_decision(case).table, columns | {name: values}, len(values))


def _followed(swept: Swept) -> Iterator[tuple[Followed, ...]]:
    """For each value, the derived numbers that are not the same for all of them."""
    filled, numbers = swept.decision.filled, load_catalogue().numbers
    derived = [name for name in filled.sources if name in numbers and name != swept.name]
    changed = [numbers[name] for name in derived if len(np.unique(filled.columns[name])) > 1]
    for at in range(len(swept.values)):
        pairs = [(n, float(filled.columns[n.name][at])) for n in changed if not np.isnan(filled.columns[n.name][at])]
        yield tuple(Followed(n.name, n.label, value, shown(n, value, swept.decision.table)) for n, value in pairs)


def _searched(number: Number, present: float) -> tuple[float, float]:
    """The plausible range inside the possible one, or the possible one where it has to hold the present value."""
    assert number.hard is not None
    low, high = number.hard.low, number.hard.high
    if number.soft is None or number.soft.outside(np.array([present]))[0]:
        return low, high
    return max(low, number.soft.low), min(high, number.soft.high)


def _changes(swept: Swept) -> Mask:
    """Between which neighbours, shape (n - 1,), grade or range changes."""
    answer = swept.decision
    changed: Mask = (np.diff([answer.grade, answer.low, answer.high]) != 0).any(axis=0)
    return changed


def _apart(swept: Swept, cuts: Numbers) -> Iterator[tuple[int, int]]:
    """The positions before and after each change.

    Two derived numbers that reach their cut-offs together do so a hair apart, because float noise is cleared from each
    on its own: such changes are one, unless a cut-off of the number itself lies between them.
    """
    start, changes = 0, [int(at) for at in np.flatnonzero(_changes(swept))]
    for last, at in enumerate(changes, 1):
        low, high = swept.values[at + 1], swept.values[changes[last] if last < len(changes) else -1]
        own = ((cuts >= low) & (cuts <= high)).any()
        if last == len(changes) or own or high - low > NICE * high:
            yield changes[start], at + 1
            start = last


def _tipping(case: Case, number: Number, swept: Swept, before: int, after: int) -> Tipping:
    """The change between two positions, at a value of few decimals if one is there, else at the first value above."""
    below, above, first = swept.outcomes[before], swept.outcomes[after], float(swept.values[after])
    texts = _written(first, number.decimals)
    near = [text for text in texts[:3] if abs(float(text) - first) <= NICE * first]
    answers = outcomes(_replaced(case, number.name, np.array([float(text) for text in near or texts])))
    sides = [answer.result == above.result for answer in answers]
    best = 0 if near else sides.index(True)
    value = float(near[0]) if near else first
    return Tipping(value, quantity((near or texts)[best], number.unit), below, above, sides[best])


def _written(value: float, decimals: int) -> list[str]:
    """Ways to write a value, shortest first: rounded, and from two more decimals on also the next one above that."""
    texts = []
    for places in range(decimals, 13):
        texts.append(f"{value:.{places}f}")
        if places >= decimals + 2:
            texts.append(f"{float(texts[-1]) + 10.0**-places:.{places}f}")
    return texts
