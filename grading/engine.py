"""The engine: columns in, decisions out. A single case is one row; there is no other path to a grade.

Every row of a table reads the band its measurement falls in, groups count the bands, and the first rule that holds
decides. Everything the explanation needs is kept in the arrays the decision was made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from grading.condition import Condition
from grading.derived import OPERATORS, Columns, Filled, fill, holds
from grading.guideline import Group, Row, Table
from grading.scale import CERTAINTIES, GRADES, Codes, Mask

#: rows graded at a time: small enough that a chunk's arrays stay in the processor's cache
CHUNK = 65_536
_GRADE = {grade: code for code, grade in enumerate(GRADES)}
_CERTAINTY = {certainty: code for code, certainty in enumerate(CERTAINTIES)}
_NOTHING = np.int8(0)


@dataclass(slots=True)
class Tally:
    """What one group says in each row; steps count from 1, 0 is none.

    `agree_low` to `agree_high` are the steps the group agrees on (both 0 when unresolved); `outvoted` marks rows where a
    majority decided against a row of another grade.
    """

    group: Group
    bands: dict[str, Codes]
    measured: Codes
    counts: dict[str, Codes]
    low: Codes
    high: Codes
    agree_low: Codes
    agree_high: Codes
    outvoted: Mask


@dataclass(slots=True)
class Decision:
    """The engine's answer for n rows, all int8 codes: `rule` is a position in `table.rules` from 1 (0: no rule holds)."""

    table: Table
    filled: Filled
    tallies: Mapping[str, Tally]
    rule: Codes
    grade: Codes
    low: Codes
    high: Codes
    certainty: Codes


def band(row: Row, columns: Columns) -> Codes | None:
    """The band of one criterion in every row, 0 where it is not assessed; None when it is assessed in no row."""
    column = columns.get(row.name)
    if column is None:
        return None
    code: Codes = column if row.scale is None else row.scale.band(column, row.ratio)
    for condition in row.given:
        true = holds(condition, columns)
        if true is None:
            return None
        code = np.where(true, code, _NOTHING)
    for condition in row.unless:
        void = holds(condition, columns)
        if void is not None:
            code = np.where(void, _NOTHING, code)
    return code


def tally(group: Group, columns: Columns, rows: int) -> Tally:
    """Read every criterion of a group and count."""
    bands: dict[str, Codes] = {}
    measured = np.zeros(rows, dtype=np.int8)
    counts = {step: np.zeros(rows, dtype=np.int8) for step in group.steps}
    for row in group.rows:
        code = band(row, columns)
        if code is None:
            continue
        if row.instead_of in bands:
            code = np.where(bands[row.instead_of] == 0, code, _NOTHING)
        bands[row.name] = code
        measured += (code != 0).view(np.int8)
        for step, count in counts.items():
            for position in row.bands(step):
                count += (code == position).view(np.int8)
    result = Tally(group, bands, measured, counts, *(np.zeros(rows, dtype=np.int8) for _ in range(4)), measured < 0)
    if group.role == "quantitative" and bands:
        _agree(result)
    return result


def _interval(group: Group, row: Row, code: Codes) -> tuple[Codes, Codes]:
    """The lowest and highest step each band is compatible with."""
    if row.labels == tuple(group.steps):
        return code, code
    ends = np.array([(0, 0), *(group.interval(label) for label in row.labels)], dtype=np.int8)
    return ends[code, 0], ends[code, 1]


def _agree(tally: Tally) -> None:
    """Find the step a group agrees on: one that all share; else, of three or more within one step, the one that more
    than half name; else, of two neighbours with one name, both."""
    group = tally.group
    top = np.int8(len(group.steps))
    ends = [_interval(group, row, tally.bands[row.name]) for row in group.rows if row.name in tally.bands]
    lowest, shared_high = (np.full(len(tally.measured), top + 1, dtype=np.int8) for _ in range(2))
    for low, high in ends:
        np.minimum(lowest, np.where(low == 0, top + 1, low), out=lowest)
        np.minimum(shared_high, np.where(high == 0, top + 1, high), out=shared_high)
    shared_low = np.maximum.reduce([low for low, _ in ends])
    tally.high = np.maximum.reduce([high for _, high in ends])
    speaks = tally.high != 0
    tally.low = np.where(speaks, lowest, _NOTHING)
    shared = speaks & (shared_low <= shared_high)
    tally.agree_low = np.where(shared, shared_low, _NOTHING)
    tally.agree_high = np.where(shared, shared_high, _NOTHING)
    neighbours = speaks & ~shared & (tally.high - tally.low == 1)
    if not neighbours.any():
        return
    names = np.array([0, *(_GRADE[grade] for grade in group.steps.values()), 0], dtype=np.int8)
    for_high = np.zeros_like(tally.low)
    voters = np.zeros_like(tally.low)
    for low, high in ends:
        exact = (low == high) & (low != 0)
        voters += exact.view(np.int8)
        for_high += (exact & (low == tally.high)).view(np.int8)
    several = neighbours & (voters >= 3) & (voters == tally.measured)
    for_low = voters - for_high
    winner = np.where(for_high > for_low, tally.high, tally.low)
    majority = several & (for_high != for_low)
    one_name = names[tally.low] == names[tally.high]
    pair = neighbours & (voters == 2) & (tally.measured == 2) & one_name
    tally.outvoted = majority & ~one_name
    for end, pair_end in ((tally.agree_low, tally.low), (tally.agree_high, tally.high)):
        np.copyto(end, winner, where=majority)
        np.copyto(end, pair_end, where=pair)


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
    for position in range(len(table.rules), 0, -1):
        masks = []
        for condition in table.rules[position - 1].when:
            if condition.text not in cache:
                cache[condition.text] = met(condition, tallies, columns)
            masks.append(cache[condition.text])
        if not any(mask is None for mask in masks):
            np.copyto(decided, np.int8(position), where=np.logical_and.reduce(masks) if masks else True)
    return decided


def _named(token: str, tallies: Mapping[str, Tally]) -> Codes | None:
    """The grade a tally such as 'quantitative.low' is called in each row; None for a plain grade."""
    group, dot, end = token.partition(".")
    if not dot:
        return None
    tally = tallies[group]
    names = np.array([0, *(_GRADE[grade] for grade in tally.group.steps.values())], dtype=np.int8)
    return names[{"low": tally.low, "high": tally.high, "agree": tally.agree_high}[end]]


def _by_rule(table: Table, tallies: Mapping[str, Tally], decided: Codes, tokens: Iterable[str]) -> Codes:
    """Look up a grade per rule; tallies are read row by row."""
    tokens = tuple(tokens)
    blank = ("insufficient_data",)
    result = np.array([0, *(_GRADE.get(t, 0) if t not in blank else 0 for t in tokens)], dtype=np.int8)[decided]
    for token in {t for t in tokens if "." in t}:
        named = _named(token, tallies)
        asked = np.isin(decided, [i for i, t in enumerate(tokens, 1) if t == token])
        np.copyto(result, named, where=asked)
    return result


def decide(table: Table, columns: Columns, rows: int) -> Decision:
    """Grade `rows` rows of `columns` (catalogue units, NaN or code 0 for unknown) by one table."""
    filled = fill(table.valve, columns)
    tallies = {name: tally(group, filled.columns, rows) for name, group in table.groups.items()}
    rules = table.rules
    decided = first_rule(table, tallies, filled.columns, rows)
    low = _by_rule(table, tallies, decided, (rule.low for rule in rules))
    high = _by_rule(table, tallies, decided, (rule.high for rule in rules))
    static = [_GRADE.get(rule.grade, 0) for rule in rules]
    grade = np.array([_GRADE["indeterminate"], *static], dtype=np.int8)[decided]
    np.copyto(grade, high, where=grade == 0)
    certainty = np.array(
        [_CERTAINTY["indeterminate"], *(_CERTAINTY.get(rule.certainty, 0) for rule in rules)], dtype=np.int8
    )[decided]
    for name, tally_ in tallies.items():
        asked = [i for i, rule in enumerate(rules, 1) if rule.certainty == f"{name}.agree"]
        if asked:
            _settle(tally_, np.isin(decided, asked), certainty, low, high)
    return Decision(table, filled, tallies, decided, grade, low, high, certainty)


def _settle(tally: Tally, asked: Mask, certainty: Codes, low: Codes, high: Codes) -> None:
    """A grade that rests on a group is as certain as the group: one voice, a majority (its range spans both), or all."""
    np.copyto(certainty, np.int8(_CERTAINTY["quantified"]), where=asked)
    np.copyto(certainty, np.int8(_CERTAINTY["single_parameter"]), where=asked & (tally.measured == 1))
    outvoted = asked & tally.outvoted
    if outvoted.any():
        names = np.array([0, *(_GRADE[grade] for grade in tally.group.steps.values())], dtype=np.int8)
        np.copyto(certainty, np.int8(_CERTAINTY["majority"]), where=outvoted)
        np.copyto(low, names[tally.low], where=outvoted)
        np.copyto(high, np.maximum(high, names[tally.high]), where=outvoted)


def decide_chunks(table: Table, columns: Columns, rows: int, threads: int = 2) -> list[Decision]:
    """`decide` in cache-sized chunks on several threads (numpy releases the interpreter lock in large operations)."""
    starts = range(0, rows, CHUNK)

    def one(start: int) -> Decision:
        part: dict[str, Any] = {name: column[start : start + CHUNK] for name, column in columns.items()}
        return decide(table, part, min(CHUNK, rows - start))

    if len(starts) < 2 or threads < 2:
        return [one(start) for start in starts]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, starts))
