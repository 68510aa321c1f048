"""The engine: columns in, decisions out. A single case is one row; there is no other path to a grade.

Every row of a table reads the band its measurement falls in, groups count the bands, and the first rule that holds
decides. Everything the explanation needs is kept in the arrays the decision was made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grading.condition import Condition
from grading.derived import OPERATORS, Columns, Filled, fill, holds
from grading.guideline import ALL, Group, Row, Table
from grading.scale import CERTAINTIES, GRADES, Codes, Mask

#: rows graded at a time: small enough that a chunk's arrays stay in the processor's cache
CHUNK = 65536
_GRADE = {grade: code for code, grade in enumerate(GRADES)}
_CERTAINTY = {certainty: code for code, certainty in enumerate(CERTAINTIES)}
#: grades that stand without a range
NO_RANGE = ("insufficient_data", "not_covered")


@dataclass(slots=True)
class Tally:
    """What one group says in each row; steps count from 1, 0 is none.

    `agree_low` to `agree_high` are the steps the group agrees on (both 0 when unresolved); `outvoted` marks rows
    where a
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
    ends: list[tuple[Codes, Codes]] = field(default_factory=list)

    @property
    def dissent(self) -> Codes:
        """How many measured rows argue for another step than the agreed ones."""
        count = np.zeros_like(self.measured)
        for low, high in self.ends:
            count += ((low != 0) & ((low > self.agree_high) | (high < self.agree_low))).view(np.int8)
        return count


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
        code = code * true
    for condition in row.unless:
        void = holds(condition, columns)
        if void is not None:
            code = code * ~void
    return code


def tally(group: Group, columns: Columns, rows: int) -> Tally:
    """Read every criterion of a group and count."""
    bands: dict[str, Codes] = {}
    taken: dict[str, Mask] = {}
    measured = np.zeros(rows, dtype=np.int8)
    counts = {step: np.zeros(rows, dtype=np.int8) for step in group.steps}
    for row in group.rows:
        code = band(row, columns)
        before = taken.get(row.instead_of)
        if code is None:
            if before is not None:
                taken[row.key] = before
            continue
        if before is not None:
            code = code * ~before
        taken[row.key] = code != 0 if before is None else before | (code != 0)
        bands[row.key] = code
        measured += (code != 0).view(np.int8)
        for step, count in counts.items():
            for position in row.bands(step):
                count += (code == position).view(np.int8)
    nothing = np.zeros(rows, dtype=np.int8)
    result = Tally(group, bands, measured, counts, nothing, nothing, nothing, nothing, measured < 0)
    if group.role == "quantitative" and bands:
        _agree(result)
    return result


def _interval(group: Group, row: Row, code: Codes) -> tuple[Codes, Codes]:
    """The lowest and highest step each band is compatible with."""
    if row.labels == tuple(group.steps):
        return code, code
    ends = np.array([(0, 0), *(group.interval(label) for label in row.labels)], dtype=np.int8)
    return ends[code, 0], ends[code, 1]


def _least(steps: Sequence[Codes]) -> Codes:
    """The lowest step that is not 0; 0 where all are.

    (Unsigned, 0 - 1 is the largest number, and that + 1 is 0 again.)
    """
    least: NDArray[np.uint8] = np.minimum.reduce([step.view(np.uint8) - np.uint8(1) for step in steps])
    least += np.uint8(1)
    return least.view(np.int8)


def _agree(tally: Tally) -> None:
    """Find the step a group agrees on: one that all share; else, of three or more within one step, the one that more
    than half name; else, of two neighbours with one name, both."""
    group = tally.group
    ends = [_interval(group, row, tally.bands[row.key]) for row in group.rows if row.key in tally.bands]
    tally.ends = ends
    lows, highs = [low for low, _ in ends], [high for _, high in ends]
    tally.low, tally.high = _least(lows), np.maximum.reduce(highs)
    shared_low, shared_high = np.maximum.reduce(lows), _least(highs)
    shared = (shared_low != 0) & (shared_low <= shared_high)
    tally.agree_low = shared_low * shared
    tally.agree_high = shared_high * shared
    neighbours = ~shared & (tally.high - tally.low == 1)
    if not neighbours.any():
        return
    voters, for_high = np.zeros_like(tally.low), np.zeros_like(tally.low)
    for low, high in ends:
        exact = (low == high) & (low != 0)
        voters += exact.view(np.int8)
        for_high += (exact & (low == tally.high)).view(np.int8)
    all_exact = neighbours & (voters == tally.measured)
    for_low = voters - for_high
    several = all_exact & (voters >= 3)
    one_name = np.zeros_like(neighbours)
    names = list(group.steps.values())
    for step, (name, above) in enumerate(pairwise(names), 1):
        if name == above:
            one_name |= tally.low == step
    pair = all_exact & (voters == 2) & one_name
    for_high_wins, for_low_wins = several & (for_high > for_low), several & (for_low > for_high)
    tally.outvoted = (for_high_wins | for_low_wins) & ~one_name
    np.copyto(tally.agree_low, tally.high, where=for_high_wins)
    np.copyto(tally.agree_low, tally.low, where=for_low_wins | pair)
    np.copyto(tally.agree_high, tally.high, where=for_high_wins | pair)
    np.copyto(tally.agree_high, tally.low, where=for_low_wins)


def together(tallies: Sequence[Tally]) -> Tally:
    """The tallies of several groups as one; it agrees where every measured row argues for the same step."""
    steps = tallies[0].group.steps
    measured = np.add.reduce([tally.measured for tally in tallies])
    counts = {step: np.add.reduce([tally.counts[step] for tally in tallies]) for step in steps}
    argued = [(count != 0) * np.int8(position) for position, count in enumerate(counts.values(), 1)]
    low, high = _least(argued), np.maximum.reduce(argued)
    agrees = low == high
    bands = {f"{tally.group.name}.{key}": band for tally in tallies for key, band in tally.bands.items()}
    rows = tuple(row for tally in tallies for row in tally.group.rows)
    group = Group(ALL, "All criteria", "", "criteria", steps, rows)
    return Tally(group, bands, measured, counts, low, high, low * agrees, high * agrees, ~agrees)


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
        tallies[ALL] = together([voice for voice in tallies.values() if voice.group.role != "supportive"])
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
