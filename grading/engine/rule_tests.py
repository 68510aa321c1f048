"""Where a condition of a rule is known to hold: on a measurement, or on what a group says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from grading.engine.columns import OPERATORS, Columns, holds
from grading.engine.tally import COUNT_OF, STEP_OF, Tally
from grading.reference.condition import OWN, SHARE, Condition, TallyTest
from grading.reference.scale import Mask


def met(condition: Condition, tallies: Mapping[str, Tally], columns: Columns) -> Mask | None:
    """Where a rule's condition is known to hold; None for nowhere."""
    if condition.test is None:
        return holds(condition, columns)
    tally, test = tallies[condition.test.group], condition.test
    compare = OPERATORS[condition.operator]
    result: Mask
    if test.tally in STEP_OF:
        step = STEP_OF[test.tally](tally)
        result = compare(step, condition.value) & (step != 0)
    elif test.kind == SHARE:
        # both sides times the number measured: no division, and no grade from nothing
        share = condition.value * tally.measured
        result = compare(tally.counts[test.tally], share) & (tally.measured != 0)
    else:
        result = compare(_count(tally, test), condition.value)
        if test.tally in ("apart", "dispute"):
            result = result & (tally.measured != 0)
    return result


def _count(tally: Tally, test: TallyTest) -> np.ndarray:
    if test.kind == OWN:
        return tally.own[test.tally]
    return COUNT_OF[test.tally](tally) if test.tally in COUNT_OF else tally.counts[test.tally]


def all_hold(conditions: Sequence[Condition], tallies: Mapping[str, Tally], columns: Columns) -> Mask | None:
    """Where all conditions are known to hold; None for nowhere. There must be at least one."""
    masks = [met(condition, tallies, columns) for condition in conditions]
    known = [mask for mask in masks if mask is not None]
    return np.logical_and.reduce(known) if len(known) == len(masks) else None
