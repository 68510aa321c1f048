"""The laws of every table: every situation has an answer, with the grade inside its range; and when one finding moves
one class towards worse, neither end of the range falls, and no definite grade becomes milder.

A finding is a criterion that turns (mild, neither, severe) or a quantity that rises by a band. Both are moved on the
grid of all situations, each by itself; where one measurement speaks in two groups the moves follow one another.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grading.engine.decide import Decision
from grading.proofs.situations import Axis, World, counted, speaks_of_neither
from grading.reference.scale import GRADES, NO_RANGE, SEVERITY
from grading.reference.table import Group, Table

Grid = NDArray[Any]
#: a criterion that was assessed and argues for no grade
NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Move:
    """One class towards worse along one axis: from which places to which."""

    name: str
    axis: int
    before: list[int]
    after: list[int]


def unanswered(everything: World, decision: Decision) -> Iterator[str]:
    """Every rule that gives no grade, an open end or a grade outside its range in some situation, with a witness."""
    grade, low, high = (ranks()[codes] for codes in (decision.grade, decision.low, decision.high))
    no_range = np.isin(decision.grade, [GRADES.index(name) for name in NO_RANGE])
    blank = (decision.grade == 0) | (~no_range & ((low < 0) | (high < 0)))
    outside = ~blank & (grade >= 0) & ((grade < low) | (grade > high))
    for found, what in ((blank, "no answer"), (outside, "the grade lies outside its range")):
        for position in np.unique(decision.rule[found & (decision.rule != 0)]).tolist():
            where = found & (decision.rule == position)
            witness = everything.say(int(np.argmax(where)))
            number = decision.table.rules[position - 1].number
            yield f"rule {number}: {what} in {int(where.sum())} situations: {witness}"


def ranks() -> NDArray[np.int8]:
    """The place of every grade code in order of severity; -1 where it has none."""
    order = np.full(len(GRADES), -1, np.int8)
    for rank, grade in enumerate(SEVERITY):
        order[GRADES.index(grade)] = rank
    return order


def falls(table: Table, everything: World, decision: Decision) -> Iterator[str]:
    """Every move after which an end falls or a definite grade is milder, with a witness."""
    ends = {
        name: ranks()[codes].reshape(everything.shape)
        for name, codes in (("grade", decision.grade), ("low end", decision.low), ("high end", decision.high))
    }
    for move in moves(table, everything):
        for name, severity in ends.items():
            before, after = severity.take(move.before, move.axis), severity.take(move.after, move.axis)
            worse = (before >= 0) & (after >= 0) & (after < before)
            if worse.any():
                place = [int(i) for i in np.unravel_index(int(np.argmax(worse)), worse.shape)]
                place[move.axis] = move.before[place[move.axis]]
                witness = everything.say(int(np.ravel_multi_index(place, everything.shape)))
                yield f"{move.name}: the {name} falls in {int(worse.sum())} situations: {witness}"


def count_moves(table: Table, everything: World) -> int:
    """How many pairs of situations one move apart there are."""
    return sum(
        len(move.before) * (everything.rows // everything.axes[move.axis].size) for move in moves(table, everything)
    )


def moves(table: Table, everything: World) -> Iterator[Move]:
    """Every way in which one finding moves one class towards worse."""
    places = {axis.name: place for place, axis in enumerate(everything.axes)}
    for group in counted(table):
        if group.name in places:
            yield from _turns(group, places[group.name], everything.axes[places[group.name]])
            continue
        for row in group.rows:
            axis = places.get(f"{group.name}.{row.key}")
            if axis is not None:
                bands = list(range(1, everything.axes[axis].size))
                rising = bands if _worse_when_higher(row.labels, group) else bands[::-1]
                yield Move(f"{group.name}.{row.key} moves by a band", axis, rising[:-1], rising[1:])


def _worse_when_higher(labels: tuple[str, ...], group: Group) -> bool:
    ends = [group.interval(label) for label in labels if label in group.steps or label[:-1] in group.steps]
    return ends[0] <= ends[-1]


def _turns(group: Group, axis: int, of: Axis) -> Iterator[Move]:
    """A criterion turns towards worse: mild to neither, neither to severe, or at once from one to the other."""
    steps = list(group.steps)
    worst = steps[-1]
    classes = [*steps[:-1], *([NEITHER] if speaks_of_neither(group) else []), worst]
    place = {counts: i for i, counts in enumerate(of.counts)}
    for before, after in itertools.combinations(classes, 2):
        for own in (0, 1) if after == worst else (0,):
            delta = (*(int(step == after) - int(step == before) for step in steps), 0, own)
            to = [tuple(a + b for a, b in zip(counts, delta, strict=True)) for counts in of.counts]
            pairs = [(i, place[counts]) for i, counts in enumerate(to) if counts in place]
            if pairs:
                begin, end = zip(*pairs, strict=True)
                whose = ", the valve's own" if own else ""
                name = f"a {group.name} criterion turns from {before} to {after}{whose}"
                yield Move(name, axis, list(begin), list(end))
