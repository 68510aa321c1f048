"""At which values of one measurement of a case the grade tips, while the rest stays.

Every answer comes from the engine, which grades all values of a question in one call.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from grading.case import Case
from grading.reference.catalogue import load_catalogue
from grading.reference.condition import Condition, Vocabulary, parse_condition
from grading.reference.measurement import Number
from grading.reference.scale import Mask, Numbers
from grading.reference.table import Table
from grading.reference.units import ratio
from grading.uncertainty.outcomes import Swept, Tipping, outcomes
from grading.uncertainty.sweep import decision_of, number_of, replaced, sweep
from grading.writing import quantity

#: values tried over the range, and again between two neighbours that differ, until they are TOLERANCE apart
GRID, FINER = 1001, 33
#: how near a tipping point is found, as a share of its value; what follows from a value is cleared at nine decimals
TOLERANCE = 1e-9
#: a found value this near (as a share) to one of few decimals is that one; two changes this near are one
NICE = 1e-6
#: the least digits of a tipping point that is no value of few decimals
DIGITS = 3


def tipping_points(case: Case, name: str) -> list[Tipping]:
    """Every value in the plausible (else possible) range at which grade or range changes, by rising value.

    The possible range is searched where the present value is outside the plausible one. A 0 that says "nothing seen"
    is no part of it. Every cut-off that reads the number itself is tried on both sides; one that reads what follows
    from it is found on a grid of 1000 steps, so a change and its return within one step can be missed.
    Raises UsageError as `sweep` does.

    >>> from grading import grade
    >>> case = grade("mitral", pisa_radius=0.9, aliasing_velocity=40, peak_velocity=500)
    >>> [(tip.printed, tip.below.grade, tip.above.grade) for tip in tipping_points(case, "pisa_radius")]
    [('0.631 cm', 'mild', 'moderate'), ('0.893 cm', 'moderate', 'severe')]
    """
    number, decision = number_of(name), decision_of(case)
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
    yield from table.conditions()
    for _, row in table.rows():
        yield from (*row.given, *row.unless)
    catalogue = load_catalogue()
    for word in catalogue.words.values():
        if word.derivation and table.valve in word.valves:
            texts = [text for line in word.derivation.lines for text in line.given]
            texts += itertools.chain.from_iterable(word.derivation.claims.values())
            yield from (parse_condition(text, Vocabulary(catalogue), word.name) for text in texts)


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
    """The change between two positions, at a value of few decimals if one is there, else at the first value above.

    That one is written in three digits or more: in the one decimal of a report a length may be half a millimetre off.
    """
    below, above, first = swept.outcomes[before], swept.outcomes[after], float(swept.values[after])
    near = [t for t in _written(first, number.decimals)[:3] if abs(float(t) - first) <= NICE * first]
    texts = _written(first, max(number.decimals, DIGITS - 1 - math.floor(math.log10(first))))
    answers = outcomes(replaced(case, number.name, np.array([float(text) for text in near or texts])))
    sides = [answer.result == above.result for answer in answers]
    best = 0 if near else sides.index(True)
    value = float(near[0]) if near else first
    return Tipping(value, quantity((near or texts)[best], number.unit), below, above, sides[best])


def _written(value: float, decimals: int) -> list[str]:
    """Ways to write a value, shortest first: rounded, and with decimals of its own also the next one above that."""
    texts = []
    for places in range(decimals, 13):
        texts.append(f"{value:.{places}f}")
        if places >= 3:
            texts.append(f"{float(texts[-1]) + 10.0**-places:.{places}f}")
    return texts
