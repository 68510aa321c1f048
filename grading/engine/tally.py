"""What the criteria of a group say in each row: the band of every criterion, the counts, the steps they span."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from grading.engine.columns import ENTERED, Columns, holds, may_hold
from grading.reference.scale import Codes, Mask
from grading.reference.table import ALL, Group, Row

NO_SOURCES: Final[Mapping[str, Codes]] = {}


@dataclass(slots=True, kw_only=True)
class Tally:
    """What one group says in each row; steps count from 1, 0 is none.

    `low`, `high`: the lowest and highest step of any row. Each row names an interval of steps: `floor` is the highest
    of their low ends, `least` to `most` the steps between which all of them meet, `favoured` the one that more than
    half of them allow. `agree_low` to `agree_high`: the steps the group agrees on (0 when unresolved). `own`: counts
    without the rows that are not the valve's own.
    """

    group: Group
    bands: dict[str, Codes]
    measured: Codes
    counts: dict[str, Codes]
    own: dict[str, Codes]
    low: Codes
    high: Codes
    floor: Codes
    least: Codes
    most: Codes
    favoured: Codes
    agree_low: Codes
    agree_high: Codes
    ends: list[tuple[Codes, Codes]] = field(default_factory=list)

    @property
    def apart(self) -> Codes:
        """How many steps lie between `least` and `most`; -1 where nothing was measured."""
        return np.where(self.measured != 0, self.most - self.least, np.int8(-1))

    @property
    def dispute(self) -> Codes:
        """How many steps two rows contradict each other by; 0 where all intervals meet."""
        return np.where((self.measured != 0) & (self.floor == self.most), self.most - self.least, np.int8(0))


def band(row: Row, columns: Columns, sources: Mapping[str, Codes] = NO_SOURCES) -> Codes | None:
    """The band of one criterion in every row, 0 where it is not assessed; None when it is assessed in no row."""
    column = columns.get(row.name)
    if column is None:
        return None
    code: Codes = column if row.scale is None else row.scale.band(column, row.ratio)
    if row.entered_only and row.name in sources:
        code = code * (sources[row.name] == ENTERED)
    for condition in row.given:
        true = holds(condition, columns)
        if true is None:
            return None
        code = code * true
    for condition in row.unless:
        void = may_hold(condition, columns)
        if void is not None:
            code = code * ~void
    return code


def tally(group: Group, columns: Columns, rows: int, sources: Mapping[str, Codes] = NO_SOURCES) -> Tally:
    """Read every criterion of a group and count; a weak one is read and not counted."""
    bands: dict[str, Codes] = {}
    taken: dict[str, Mask] = {}
    measured = np.zeros(rows, dtype=np.int8)
    counts = {step: np.zeros(rows, dtype=np.int8) for step in group.steps}
    own = counts if all(row.own for row in group.rows) else {step: count.copy() for step, count in counts.items()}
    for row in group.rows:
        code = band(row, columns, sources)
        before = taken.get(row.instead_of)
        if code is None:
            if before is not None:
                taken[row.key] = before
            continue
        if before is not None:
            code = code * ~before
        taken[row.key] = code != 0 if before is None else before | (code != 0)
        bands[row.key] = code
        if row.weak:
            continue
        measured += (code != 0).view(np.int8)
        for step in group.steps:
            for position in row.bands(step):
                met = (code == position).view(np.int8)
                counts[step] += met
                if row.own and own is not counts:
                    own[step] += met
    result = blank_tally(group, bands=bands, measured=measured, counts=counts, own=own)
    if group.role == "quantitative" and bands:
        _span(result)
    return result


def blank_tally(
    group: Group, *, bands: dict[str, Codes], measured: Codes, counts: dict[str, Codes], own: dict[str, Codes]
) -> Tally:
    """A tally of counts alone."""
    none = np.zeros_like(measured)
    return Tally(
        group=group, bands=bands, measured=measured, counts=counts, own=own, low=none, high=none, floor=none,
        least=none, most=none, favoured=none, agree_low=none, agree_high=none,
    )  # fmt: skip


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


def _span(tally: Tally) -> None:
    """The steps a group spans and meets in, the one most of its rows allow, and the one they agree on."""
    group = tally.group
    counted = [row for row in group.rows if row.key in tally.bands and not row.weak]
    tally.ends = [_interval(group, row, tally.bands[row.key]) for row in counted]
    lows, highs = [low for low, _ in tally.ends], [high for _, high in tally.ends]
    tally.low, tally.high = _least(lows), np.maximum.reduce(highs)
    tally.floor, ceiling = np.maximum.reduce(lows), _least(highs)
    tally.least, tally.most = np.minimum(tally.floor, ceiling), np.maximum(tally.floor, ceiling)
    shared = (tally.floor != 0) & (tally.floor <= ceiling)
    tally.agree_low, tally.agree_high = tally.floor * shared, ceiling * shared
    several = ~shared & (tally.measured >= 3)
    neighbours = ~shared & (tally.high - tally.low == 1)
    if several.any() or neighbours.any():
        tally.favoured = _favoured(tally, ceiling)
        _agree_by_most(tally, neighbours)


def _favoured(tally: Tally, ceiling: Codes) -> Codes:
    """Of the two inner ends the one that more than half of the rows allow; if both are, the one more allow; else 0."""
    above, below = np.zeros_like(tally.measured), np.zeros_like(tally.measured)
    for low, high in tally.ends:
        above += ((low != 0) & (low <= tally.floor) & (tally.floor <= high)).view(np.int8)
        below += ((low != 0) & (low <= ceiling) & (ceiling <= high)).view(np.int8)
    half = tally.measured
    by_floor = (2 * above > half) & ((2 * below <= half) | (above > below))
    by_ceiling = (2 * below > half) & ((2 * above <= half) | (below > above))
    favoured: Codes = tally.floor * by_floor + ceiling * by_ceiling
    return favoured


def _agree_by_most(tally: Tally, neighbours: Mask) -> None:
    """Of three or more exact steps that are neighbours the one most name; of two neighbours with one name, both."""
    exact = neighbours.copy()
    for low, high in tally.ends:
        exact &= low == high
    names = list(tally.group.steps.values())
    one_name = np.zeros_like(neighbours)
    for step, (name, above) in enumerate(pairwise(names), 1):
        if name == above:
            one_name |= tally.low == step
    several = exact & (tally.measured >= 3) & (tally.favoured != 0)
    pair = exact & (tally.measured == 2) & one_name
    np.copyto(tally.agree_low, tally.favoured, where=several)
    np.copyto(tally.agree_high, tally.favoured, where=several)
    np.copyto(tally.agree_low, tally.low, where=pair)
    np.copyto(tally.agree_high, tally.high, where=pair)


def together(tallies: Sequence[Tally]) -> Tally:
    """The counts of several groups as one."""
    steps = tallies[0].group.steps
    measured = np.add.reduce([tally.measured for tally in tallies])
    counts = {step: np.add.reduce([tally.counts[step] for tally in tallies]) for step in steps}
    own = {step: np.add.reduce([tally.own[step] for tally in tallies]) for step in steps}
    bands = {f"{tally.group.name}.{key}": band for tally in tallies for key, band in tally.bands.items()}
    rows = tuple(row for tally in tallies for row in tally.group.rows)
    group = Group(name=ALL, title="All criteria", at="", role="criteria", steps=steps, rows=rows)
    return blank_tally(group, bands=bands, measured=measured, counts=counts, own=own)


#: step of a group -> where it stands in a row's tally, by the notation's name
STEP_OF: Final[Mapping[str, Callable[[Tally], Codes]]] = {
    "low": lambda tally: tally.low,
    "high": lambda tally: tally.high,
    "floor": lambda tally: tally.floor,
    "least": lambda tally: tally.least,
    "most": lambda tally: tally.most,
    "favoured": lambda tally: tally.favoured,
}
#: count of a group -> the same
COUNT_OF: Final[Mapping[str, Callable[[Tally], Codes]]] = {
    "measured": lambda tally: tally.measured,
    "apart": lambda tally: tally.apart,
    "dispute": lambda tally: tally.dispute,
}
