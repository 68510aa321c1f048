"""The engine: columns in, decisions out. A single case is one row; there is no other path to a grade.

Every row of a table reads the band its measurement falls in, groups count the bands, and the first rule that holds
decides. Everything the explanation needs is kept in the arrays the decision was made from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grading.engine.columns import NO_LEAK_ELSEWHERE, Columns, Filled
from grading.engine.fill import fill
from grading.engine.lead import Led, lead_rows
from grading.engine.roots import one_root
from grading.engine.rule_tests import met
from grading.engine.tally import STEP_OF, Tally, tally, together
from grading.reference.scale import CERTAINTIES, GRADES, Codes, Mask
from grading.reference.table import ALL, Table

_GRADE = {grade: code for code, grade in enumerate(GRADES)}
_CERTAINTY = {certainty: code for code, certainty in enumerate(CERTAINTIES)}


@dataclass(slots=True, kw_only=True)
class Decision:
    """The engine's answer for n rows, as int8 codes: `rule` and `stage` are positions from 1 (0: none); `led` holds
    where the quantities lead, for tables that ask it."""

    table: Table
    filled: Filled
    tallies: Mapping[str, Tally]
    rule: Codes
    grade: Codes
    low: Codes
    high: Codes
    certainty: Codes
    stage: Codes
    led: Led | None = None


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


def _by_rule(tallies: Mapping[str, Tally], decided: NDArray[np.intp], tokens: tuple[str, ...]) -> Codes:
    """The grade each row's rule names; a tally such as 'quantitative.low' is read row by row."""
    named, of_tallies = _named(tokens)
    result: Codes = named.take(decided, mode="clip")
    for (group, step), rules in of_tallies.items():
        tally = tallies[group]
        np.copyto(result, _called(tally, STEP_OF[step](tally)), where=rules.take(decided, mode="clip"))
    return result


@cache
def _named(tokens: tuple[str, ...]) -> tuple[Codes, Mapping[tuple[str, str], Mask]]:
    """The grade that each rule names, from position 1, and for a step of a group which rules leave it to that."""
    codes = np.array([0, *(_GRADE.get(token, 0) for token in tokens)], dtype=np.int8)
    names = np.array(["", *tokens])
    steps = {token: token.split(".") for token in tokens if "." in token}
    return codes, {(group, step): names == token for token, (group, step) in steps.items()}


def decide(table: Table, columns: Columns, rows: int, leaking: Mapping[str, Mask] = NO_LEAK_ELSEWHERE) -> Decision:
    """Grade `rows` rows of `columns` (catalogue units, NaN or code 0 for unknown) by one table.

    `leaking`: rows in which another valve leaks, by valve; what that makes invalid is not filled in.
    """
    return decide_filled(table, fill(table.valve, columns, leaking), rows)


def decide_filled(table: Table, filled: Filled, rows: int) -> Decision:
    """The same for columns that are filled in already, so that several tables of a valve can share them."""
    tallies = {name: tally(group, filled.columns, rows, filled.sources) for name, group in table.groups.items()}
    if table.counts_all:
        tallies[ALL] = together([voice for voice in tallies.values() if voice.group.counted])
    return decide_from(table, tallies, filled.columns, rows, filled)


def decide_from(
    table: Table, tallies: Mapping[str, Tally], columns: Columns, rows: int, filled: Filled | None = None
) -> Decision:
    """The decision that follows from tallies and the words that rules ask for."""
    rule = first_rule(table, tallies, columns, rows)
    rules, decided = table.rules, rule.astype(np.intp)
    low = _by_rule(tallies, decided, tuple([rule.low for rule in rules]))
    high = _by_rule(tallies, decided, tuple([rule.high for rule in rules]))
    grade = _by_rule(tallies, decided, tuple([rule.grade for rule in rules]))
    np.copyto(grade, _GRADE["indeterminate"], where=rule == 0)
    no_range = (grade == _GRADE["insufficient_data"]) | (grade == _GRADE["not_covered"])
    for end in (low, high):
        np.copyto(end, np.int8(0), where=no_range)
    certainty = _certainties(tuple([rule.certainty for rule in rules])).take(decided, mode="clip")
    led = _lead(table, tallies, columns, rule, (grade, low, high, certainty))
    if filled is not None:
        _one_root(table, filled, tallies, rule, grade, certainty)
    stage = _stage(table, tallies, columns, grade)
    return Decision(
        table=table, filled=filled or Filled(dict(columns)), tallies=tallies, rule=rule, grade=grade, low=low,
        high=high, certainty=certainty, stage=stage, led=led,
    )  # fmt: skip


@cache
def _certainties(texts: tuple[str, ...]) -> Codes:
    """The code of each rule's certainty, or of what its group makes of it, from position 1."""
    return np.array([_CERTAINTY[t.partition(".")[2] or t] for t in ("indeterminate", *texts)], dtype=np.int8)


def _lead(
    table: Table, tallies: Mapping[str, Tally], columns: Columns, rule: Codes, answer: tuple[Codes, ...]
) -> Led | None:
    """Put in what the quantities lead to, where the rule leaves it to them."""
    if table.lead is None:
        return None
    led = lead_rows(table.lead, tallies, columns, len(rule))
    where = rule == len(table.rules)
    for column, of_lead in zip(answer, (led.grade, led.low, led.high, led.certainty), strict=True):
        np.copyto(column, of_lead, where=where)
    return led


def _one_root(
    table: Table, filled: Filled, tallies: Mapping[str, Tally], rule: Codes, grade: Codes, certainty: Codes
) -> None:
    """A grade that rests on one measurement is one by a single parameter, however many quantities follow from it."""
    groups = [rule.certainty.partition(".")[0] if "." in rule.certainty else "" for rule in table.rules]
    if table.lead is not None:
        groups[-1] = table.lead.group
    decided = rule.astype(np.intp)
    for name in {group for group in groups if group}:
        asked = _look_up([False, *(group == name for group in groups)], decided, np.bool_)
        asked &= grade != _GRADE["indeterminate"]
        if asked.any():
            voices = [t for n, t in tallies.items() if n != ALL and t.group.counted and name in (ALL, n)]
            np.copyto(certainty, np.int8(_CERTAINTY["single_parameter"]), where=asked & one_root(voices, filled))


def _stage(table: Table, tallies: Mapping[str, Tally], columns: Columns, grade: Codes) -> Codes:
    """The position from 1 of the first stage whose grade and conditions are known to hold, 0 where none."""
    reached = np.zeros_like(grade)
    for position in range(len(table.stages), 0, -1):
        stage = table.stages[position - 1]
        where: Mask | None = np.isin(grade, [_GRADE[name] for name in stage.grades])
        for condition in stage.when:
            mask = met(condition, tallies, columns)
            where = None if where is None or mask is None else where & mask
        if where is not None:
            np.copyto(reached, np.int8(position), where=where)
    return reached
