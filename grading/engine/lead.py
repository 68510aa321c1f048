"""Where the quantities lead, with the signs at hand: the outcome of every measured step, and what follows from all.

A step leads to one outcome for each pull of the signs; the range of a row spans the outcomes of all its quantities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from grading.engine.fill import Columns
from grading.engine.rule_tests import all_hold
from grading.engine.tally import Tally
from grading.reference.scale import CERTAINTIES, GRADES, SEVERITY, Codes
from grading.reference.table import NO_PULL, TO_MILD, Lead

_GRADE: Final = {grade: code for code, grade in enumerate(GRADES)}
_INDETERMINATE: Final = _GRADE["indeterminate"]
_PULLS: Final = 3


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
    for position, conditions in lead.pulls.items():
        mask = all_hold(conditions, tallies, columns)
        if mask is not None:
            np.copyto(pull, np.int8(position), where=mask)
    steps = [tally.bands[row.key] for row in tally.group.rows if row.key in tally.bands and not row.weak]
    raised = _raised(lead, steps, pull, tallies, columns)
    outcomes = _Outcomes(lead, tally)
    voices = [outcomes.of(step, pull, raised) for step in steps]
    severity = np.array([SEVERITY.index(grade) if grade in SEVERITY else -1 for grade in GRADES], np.int8)
    low, high = _extremes(voices, severity, rows)
    grade = _common_grade(voices, rows)
    middle = _middle(tally, steps)
    if middle is not None:
        of_middle, _, _ = outcomes.of(middle, pull, raised)
        np.copyto(grade, of_middle, where=(grade == _INDETERMINATE) & (middle != 0))
    certainty = np.full(rows, np.int8(CERTAINTIES.index("majority")))
    alike = (low == high) & _all_name(voices, grade)
    np.copyto(certainty, np.int8(CERTAINTIES.index("quantified")), where=alike)
    np.copyto(certainty, np.int8(CERTAINTIES.index("indeterminate")), where=grade == _INDETERMINATE)
    return Led(grade=grade, low=low, high=high, certainty=certainty, pull=pull, raised=raised)


class _Outcomes:
    """The outcomes of a lead as look-up tables by step, pull and raise."""

    def __init__(self, lead: Lead, tally: Tally) -> None:
        self.raises = len(lead.raises) + 1
        size = (len(tally.group.steps) + 1) * _PULLS * self.raises
        self.grade, self.low, self.high = (np.zeros(size, np.int8) for _ in range(3))
        for step, by_pull in enumerate(lead.outcomes, 1):
            for pull, outcome in enumerate(by_pull):
                for raised in range(self.raises):
                    place = self._place(step, pull, raised)
                    to = lead.raises[raised - 1] if raised else None
                    names = (to.to,) * 3 if to and to.step == step else (outcome.grade, outcome.low, outcome.high)
                    self.grade[place], self.low[place], self.high[place] = (_GRADE[name] for name in names)

    def _place(self, step: int, pull: int, raised: int) -> int:
        return (step * _PULLS + pull) * self.raises + raised

    def of(self, step: Codes, pull: Codes, raised: Codes) -> tuple[Codes, Codes, Codes]:
        """(grade, low, high) that one quantity leads to in every row; 0 where it was not measured."""
        place = (step.astype(np.int16) * _PULLS + pull) * self.raises + raised
        return self.grade[place], self.low[place], self.high[place]


def _raised(lead: Lead, steps: list[Codes], pull: Codes, tallies: Mapping[str, Tally], columns: Columns) -> Codes:
    """The first raise that holds and meets a measured quantity; the signs must not point to mild."""
    raised = np.zeros(len(pull), np.int8)
    for position in range(len(lead.raises), 0, -1):
        line = lead.raises[position - 1]
        mask = all_hold(line.when, tallies, columns)
        if mask is not None:
            met = np.logical_or.reduce([step == line.step for step in steps]) if steps else False
            np.copyto(raised, np.int8(position), where=mask & met & (pull != TO_MILD))
    return raised


def _extremes(voices: list[tuple[Codes, Codes, Codes]], severity: NDArray[np.int8], rows: int) -> tuple[Codes, Codes]:
    """The mildest low end and the most severe high end of what all quantities lead to."""
    low, high = np.zeros(rows, np.int8), np.zeros(rows, np.int8)
    for grade, least, most in voices:
        measured = grade != 0
        np.copyto(low, least, where=measured & ((low == 0) | (severity[least] < severity[low])))
        np.copyto(high, most, where=measured & ((high == 0) | (severity[most] > severity[high])))
    return low, high


def _common_grade(voices: list[tuple[Codes, Codes, Codes]], rows: int) -> Codes:
    """The grade that every measured quantity names; indeterminate where they name several, or none."""
    common = np.zeros(rows, np.int8)
    for grade, _, _ in voices:
        differs = (grade != 0) & (common != 0) & (grade != common)
        common = np.where(differs, np.int8(_INDETERMINATE), np.where(grade == 0, common, grade))
    return common


def _all_name(voices: list[tuple[Codes, Codes, Codes]], named: Codes) -> NDArray[np.bool_]:
    every = np.ones(len(named), np.bool_)
    for grade, _, _ in voices:
        every &= (grade == 0) | (grade == named)
    return every


def _middle(tally: Tally, steps: list[Codes]) -> Codes | None:
    """The middle step of three that span one step, else 0; None where no row has three."""
    three = (tally.measured == 3) & (tally.high - tally.low == 1)
    if not three.any():
        return None
    total = np.add.reduce([step.astype(np.int8) for step in steps])
    middle: Codes = ((total - tally.low - tally.high) * three).astype(np.int8)
    return middle
