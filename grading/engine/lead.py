"""Where the quantities lead, with the signs at hand: the outcome of every measured step, and what follows from all.

A step leads to one outcome for each pull of the signs; the range of a row spans the outcomes of all its quantities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from grading.engine.columns import Columns
from grading.engine.rule_tests import all_hold
from grading.engine.tally import Tally
from grading.reference.scale import CERTAINTIES, GRADES, SEVERITY, Codes, Mask
from grading.reference.table import NO_PULL, PULLS, TO_MILD, Lead

_GRADE: Final = {grade: code for code, grade in enumerate(GRADES)}
_CERTAINTY: Final = {certainty: code for code, certainty in enumerate(CERTAINTIES)}
_INDETERMINATE: Final = "indeterminate"


@dataclass(slots=True, kw_only=True)
class Led:
    """The answer of the quantities for n rows: codes of grades and certainty, where the signs `pull`, and which raise
    (from 1, 0 none) took effect."""

    grade: Codes
    low: Codes
    high: Codes
    certainty: Codes
    pull: Codes
    raised: Codes


def lead_rows(lead: Lead, tallies: Mapping[str, Tally], columns: Columns, rows: int) -> Led:
    """Where the quantities of every row lead; 0 where none was measured."""
    tally = tallies[lead.group]
    pull = np.full(rows, np.int8(NO_PULL))
    for position, conditions in lead.pulls:
        mask = all_hold(conditions, tallies, columns)
        if mask is not None:
            np.copyto(pull, np.int8(position), where=mask)
    present = [count != 0 for count in tally.counts.values()]
    raised = _raised(lead, present, pull, tallies, columns)
    steps = np.zeros(rows, np.int16)
    for bit, mask in enumerate(present):
        steps += mask.view(np.int8).astype(np.int16) << bit
    answers = _answers(lead)
    place = ((steps * (len(present) + 1) + _middle(tally)) * len(PULLS) + pull) * (len(lead.raises) + 1) + raised
    # numpy looks up by wide positions alone, and would widen these four times
    grade, low, high, certainty = answers.take(place.astype(np.intp), axis=1)
    return Led(grade=grade, low=low, high=high, certainty=certainty, pull=pull, raised=raised)


def _raised(lead: Lead, present: Sequence[Mask], pull: Codes, tallies: Mapping[str, Tally], columns: Columns) -> Codes:
    """The first raise that holds and meets a measured quantity; the signs must not point to mild."""
    raised = np.zeros(len(pull), np.int8)
    for position in range(len(lead.raises), 0, -1):
        line = lead.raises[position - 1]
        mask = all_hold(line.when, tallies, columns)
        if mask is not None:
            np.copyto(raised, np.int8(position), where=mask & present[line.step - 1] & (pull != TO_MILD))
    return raised


def _middle(tally: Tally) -> Codes:
    """The middle step of three that span one step, else 0."""
    three = (tally.measured == 3) & (tally.high - tally.low == 1)
    middle = np.zeros_like(tally.measured)
    for step, count in enumerate(tally.counts.values(), 1):
        np.copyto(middle, np.int8(step), where=three & (count >= 2))
    return middle


@cache
def _answers(lead: Lead) -> NDArray[np.int8]:
    """(grade, low, high, certainty) by which steps are present (a bit each), the middle one, the pull and the raise."""
    steps = len(lead.outcomes)
    shape = (1 << steps, steps + 1, len(PULLS), len(lead.raises) + 1)
    answers = np.zeros((4, *shape), np.int8)
    for present, middle, pull, raised in np.ndindex(shape):
        outcomes = {
            step: _outcome(lead, step, pull, raised) for step in range(1, steps + 1) if present >> (step - 1) & 1
        }
        if outcomes:
            answers[:, present, middle, pull, raised] = _answer(outcomes, outcomes.get(middle))
    return answers.reshape(4, -1)


def _outcome(lead: Lead, step: int, pull: int, raised: int) -> tuple[str, str, str]:
    """(grade, low, high) that one quantity of a step leads to."""
    to = lead.raises[raised - 1] if raised else None
    if to is not None and to.step == step:
        return to.to, to.to, to.to
    outcome = lead.outcomes[step - 1][pull]
    return outcome.grade, outcome.low, outcome.high


def _answer(outcomes: Mapping[int, tuple[str, str, str]], middle: tuple[str, str, str] | None) -> tuple[int, ...]:
    """Codes of the answer: the range spans all outcomes; the grade is the one all name, else that of the middle."""
    low = min((low for _, low, _ in outcomes.values()), key=SEVERITY.index)
    high = max((high for _, _, high in outcomes.values()), key=SEVERITY.index)
    named = {grade for grade, _, _ in outcomes.values()}
    grade = next(iter(named)) if len(named) == 1 else middle[0] if middle else _INDETERMINATE
    if grade == _INDETERMINATE:
        certainty = _INDETERMINATE
    else:
        certainty = "quantified" if len(named) == 1 and low == high else "majority"
    return _GRADE[grade], _GRADE[low], _GRADE[high], _CERTAINTY[certainty]
