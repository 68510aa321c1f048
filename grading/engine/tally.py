"""What the criteria of a group say in each row: the band of every criterion, the counts, the step they agree on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from grading.engine.fill import Columns, holds
from grading.reference.scale import Codes, Mask
from grading.reference.table import ALL, Group, Row


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
