"""The engine: columns in, decisions out. A single case is one row; there is no other path to a grade.

Every row of a table reads the band its measurement falls in, groups count the bands, and the first rule that holds
decides. Everything the explanation needs is kept in the arrays the decision was made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grading.engine.fill import OPERATORS, Columns, Filled, fill, holds
from grading.engine.tally import Tally, tally, together
from grading.reference.condition import Condition
from grading.reference.scale import CERTAINTIES, GRADES, Codes, Mask
from grading.reference.table import ALL, Table

_GRADE = {grade: code for code, grade in enumerate(GRADES)}
_CERTAINTY = {certainty: code for code, certainty in enumerate(CERTAINTIES)}
#: grades that stand without a range
NO_RANGE = ("insufficient_data", "not_covered")


@dataclass(slots=True)
class Decision:
    """The engine's answer for n rows, as int8 codes: `rule` and `stage` are positions from 1 (0: none)."""

    table: Table
    filled: Filled
    tallies: Mapping[str, Tally]
    rule: Codes
    grade: Codes
    low: Codes
    high: Codes
    certainty: Codes
    stage: Codes


def met(condition: Condition, tallies: Mapping[str, Tally], columns: Columns) -> Mask | None:
    """Where a rule's condition is known to hold; None for nowhere."""
    if not condition.group:
        return holds(condition, columns)
    tally = tallies[condition.group]
    compare = OPERATORS[condition.operator]
    result: Mask
    if condition.tally == "measured":
        result = compare(tally.measured, condition.value)
    elif condition.tally in tally.counts:
        result = compare(tally.counts[condition.tally], condition.value)
    elif condition.tally == "choices":
        choices = (tally.agree_high - tally.agree_low + 1) * (tally.agree_low != 0)
        result = compare(choices, condition.value) & (choices != 0)
    elif condition.tally == "dissent":
        result = compare(tally.dissent, condition.value) & (tally.agree_low != 0)
    elif condition.tally.endswith(".share"):
        count = tally.counts[condition.tally.removesuffix(".share")]
        # both sides times the number measured: no division, and no grade from nothing
        result = compare(count, condition.value * tally.measured) & (tally.measured != 0)
    elif condition.tally in ("low", "high"):
        end = tally.low if condition.tally == "low" else tally.high
        result = compare(end, condition.value) & (end != 0)
    elif condition.value == 0:
        result = (tally.measured != 0) & (tally.agree_low == 0)
    else:
        both = compare(tally.agree_low, condition.value) & compare(tally.agree_high, condition.value)
        result = both & (tally.agree_low != 0)
    return result


def first_rule(table: Table, tallies: Mapping[str, Tally], columns: Columns, rows: int) -> Codes:
    """The position from 1 of the first rule whose conditions all hold, 0 where none does."""
    decided = np.zeros(rows, dtype=np.int8)
    cache: dict[str, Mask | None] = {}
    everywhere = np.ones(rows, dtype=np.bool_)
    for position in range(len(table.rules), 0, -1):
        where: Mask | None = everywhere
        for condition in table.rules[position - 1].when:
            if condition.text not in cache:
                cache[condition.text] = met(condition, tallies, columns)
            mask = cache[condition.text]
            where = None if where is None or mask is None else mask if where is everywhere else where & mask
        if where is not None:
            np.copyto(decided, np.int8(position), where=where)
    return decided


def _look_up(values: Sequence[Any], positions: NDArray[np.intp], dtype: type = np.int8) -> Any:
    """`values[position]` for every row."""
    return np.array(values, dtype=dtype).take(positions, mode="clip")


def _called(tally: Tally, steps: Codes) -> Codes:
    """The grade each step of a group is called."""
    called: Codes = _look_up([0, *(_GRADE[grade] for grade in tally.group.steps.values())], steps.astype(np.intp))
    return called


def _by_rule(tallies: Mapping[str, Tally], decided: NDArray[np.intp], tokens: Iterable[str]) -> Codes:
    """The grade each row's rule names; a tally such as 'quantitative.low' is read row by row."""
    tokens = tuple(tokens)
    result: Codes = _look_up([0, *(0 if t in NO_RANGE else _GRADE.get(t, 0) for t in tokens)], decided)
    for token in {t for t in tokens if "." in t}:
        group, _, end = token.partition(".")
        tally = tallies[group]
        ends = {"low": tally.low, "high": tally.high, "agree_low": tally.agree_low}
        steps = ends.get(end, tally.agree_high)
        asked = _look_up([False, *(t == token for t in tokens)], decided, np.bool_)
        np.copyto(result, _called(tally, steps), where=asked)
    return result


def decide(table: Table, columns: Columns, rows: int) -> Decision:
    """Grade `rows` rows of `columns` (catalogue units, NaN or code 0 for unknown) by one table."""
    return decide_filled(table, fill(table.valve, columns), rows)


def decide_filled(table: Table, filled: Filled, rows: int) -> Decision:
    """The same for columns that are filled in already, so that several tables of a valve can share them."""
    tallies = {name: tally(group, filled.columns, rows) for name, group in table.groups.items()}
    if table.counts_all:
        tallies[ALL] = together([voice for voice in tallies.values() if voice.group.counted])
    return decide_from(table, tallies, filled.columns, rows, filled)


def decide_from(
    table: Table, tallies: Mapping[str, Tally], columns: Columns, rows: int, filled: Filled | None = None
) -> Decision:
    """The decision that follows from tallies and the words that rules ask for."""
    rule = first_rule(table, tallies, columns, rows)
    rules, decided = table.rules, rule.astype(np.intp)
    low = _by_rule(tallies, decided, (rule.low for rule in rules))
    high = _by_rule(tallies, decided, (rule.high for rule in rules))
    undecided = _GRADE["indeterminate"]
    grade = _look_up([undecided, *(_GRADE.get(rule.grade, 0) for rule in rules)], decided)
    np.copyto(grade, high, where=grade == 0)
    unsure = _CERTAINTY["indeterminate"]
    certainty = _look_up([unsure, *(_CERTAINTY.get(rule.certainty, 0) for rule in rules)], decided)
    for name, voice in tallies.items():
        rests = [rule.certainty == f"{name}.agree" for rule in rules]
        if any(rests):
            _settle(voice, _look_up([False, *rests], decided, np.bool_), certainty, low, high)
    stage = _stage(table, tallies, columns, grade)
    return Decision(table, filled or Filled(dict(columns)), tallies, rule, grade, low, high, certainty, stage)


def _stage(table: Table, tallies: Mapping[str, Tally], columns: Columns, grade: Codes) -> Codes:
    """The position from 1 of the first stage whose grade and conditions are known to hold, 0 where none."""
    found = np.zeros_like(grade)
    for position in range(len(table.stages), 0, -1):
        stage = table.stages[position - 1]
        where: Mask | None = np.isin(grade, [_GRADE[name] for name in stage.grades])
        for condition in stage.when:
            mask = met(condition, tallies, columns)
            where = None if where is None or mask is None else where & mask
        if where is not None:
            np.copyto(found, np.int8(position), where=where)
    return found


def _settle(tally: Tally, asked: Mask, certainty: Codes, low: Codes, high: Codes) -> None:
    """A grade that rests on a group is as certain as it is: one voice, a majority (its range spans both), or all."""
    np.copyto(certainty, np.int8(_CERTAINTY["quantified"]), where=asked)
    np.copyto(certainty, np.int8(_CERTAINTY["single_parameter"]), where=asked & (tally.measured == 1))
    outvoted = asked & tally.outvoted
    if outvoted.any():
        np.copyto(certainty, np.int8(_CERTAINTY["majority"]), where=outvoted)
        np.copyto(low, _called(tally, tally.low), where=outvoted)
        np.copyto(high, _called(tally, tally.high), where=outvoted)
