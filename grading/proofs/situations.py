"""Every situation a table can meet, enumerated: counts of criteria, bands of quantities, words its rules ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from grading.engine.tally import Tally, blank_tally, tally, together
from grading.reference.catalogue import load_catalogue
from grading.reference.scale import NO_GRADE, Scale
from grading.reference.table import ALL, Group, Row, Table

#: (number met for each step ..., number measured, number of the worst step that is the valve's own)
Counts = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension of the grid: the counts a group can give, the bands of a quantity, or the values of a word."""

    name: str
    size: int
    counts: tuple[Counts, ...] = ()


@dataclass(slots=True, kw_only=True)
class World:
    """All situations of a table on a grid: its axes, and the tallies and words of every situation."""

    axes: list[Axis]
    rows: int
    tallies: dict[str, Tally] = field(default_factory=dict)
    columns: dict[str, NDArray[np.int8]] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, ...]:
        """How many places each axis has."""
        return tuple(axis.size for axis in self.axes)

    def say(self, position: int) -> str:
        """One situation in words."""
        parts = []
        for name, voice in self.tallies.items():
            if name == ALL:
                continue
            counts = ", ".join(f"{count[position]} {step}" for step, count in voice.counts.items() if count[position])
            parts.append(f"{name}: {counts or 'none'} of {voice.measured[position]} measured")
        catalogue = load_catalogue()
        words = [(name, int(column[position])) for name, column in self.columns.items()]
        parts += [f"{name} = {catalogue.words[name].values[code - 1]}" for name, code in words if code]
        return "; ".join(parts)


def feasible_counts(group: Group) -> tuple[Counts, ...]:
    """Every combination of counts that the group's criteria can give."""
    steps = list(group.steps)
    reached = {(0,) * (len(steps) + 2)}
    for row in voices(group):
        moves = {(0,) * (len(steps) + 2)}
        for label in row.labels:
            step = label.rstrip("+-")
            moves.add((*(int(step == each) for each in steps), 1, int(row.own and step == steps[-1])))
        reached = {tuple(a + b for a, b in zip(before, move, strict=True)) for before in reached for move in moves}
    return tuple(sorted(reached))


def voices(group: Group) -> list[Row]:
    """The rows of a group that each have a voice: no stand-in, none that is weak."""
    return [row for row in group.rows if not row.instead_of and not row.weak]


def speaks_of_neither(group: Group) -> bool:
    """True where a criterion can be assessed and argue for no grade."""
    return any(NO_GRADE in row.labels for row in group.rows)


def counted(table: Table) -> list[Group]:
    """The groups that count."""
    return [group for group in table.groups.values() if group.counted]


def asked_words(table: Table) -> list[str]:
    """The words that rules ask for."""
    words = load_catalogue().words
    return list(dict.fromkeys(c.subject for c in table.conditions() if not c.group and c.subject in words))


def world(table: Table) -> World:
    """Every situation of a table, on a grid."""
    axes: list[Axis] = []
    for group in counted(table):
        if group.role == "quantitative":
            axes += [Axis(f"{group.name}.{row.key}", len(row.labels) + 1) for row in voices(group)]
        else:
            counts = feasible_counts(group)
            axes.append(Axis(group.name, len(counts), counts))
    words = asked_words(table)
    axes += [Axis(word, len(load_catalogue().words[word].values) + 1) for word in words]
    everything = World(axes=axes, rows=int(np.prod([axis.size for axis in axes], dtype=np.int64)))
    at = {axis.name: _spread(place, everything.shape) for place, axis in enumerate(axes)}
    for group in counted(table):
        if group.role == "quantitative":
            everything.tallies[group.name] = tally(*_as_bands(group, at, everything.rows))
        else:
            axis = next(axis for axis in axes if axis.name == group.name)
            everything.tallies[group.name] = _as_counts(group, axis, at[group.name])
    if table.counts_all:
        everything.tallies[ALL] = together(list(everything.tallies.values()))
    everything.columns = {word: at[word].astype(np.int8) for word in words}
    return everything


def _spread(place: int, shape: tuple[int, ...]) -> NDArray[np.int16]:
    """The index along one axis of the grid, for every situation."""
    view = np.arange(shape[place], dtype=np.int16).reshape([-1 if i == place else 1 for i in range(len(shape))])
    return np.broadcast_to(view, shape).reshape(-1)


def _as_bands(
    group: Group, at: Mapping[str, NDArray[np.int16]], rows: int
) -> tuple[Group, dict[str, NDArray[np.float64]], int]:
    """A group whose rows read the axes themselves: band i is the number i, and no other measurement voids a row."""
    read = []
    columns: dict[str, NDArray[np.float64]] = {}
    for row in voices(group):
        cuts = tuple(Fraction(2 * i + 1, 2) for i in range(1, len(row.labels)))
        bands = Scale(row.labels, cuts, (True,) * len(cuts), ("",) * len(cuts))
        own = tuple(replace(c, subject=row.key) for c in row.unless if c.subject == row.name and row.scale is None)
        read.append(replace(row, name=row.key, scale=bands, ratio=Fraction(1), given=(), unless=own))
        values = at[f"{group.name}.{row.key}"].astype(np.float64)
        columns[row.key] = np.where(values == 0, np.nan, values)
    return replace(group, rows=tuple(read)), columns, rows


def _as_counts(group: Group, axis: Axis, at: NDArray[np.int16]) -> Tally:
    """A tally with the counts of an axis."""
    *by_step, measured, own = np.array(axis.counts, np.int8).T
    counts = {step: count[at] for step, count in zip(group.steps, by_step, strict=True)}
    worst = list(group.steps)[-1]
    return blank_tally(group, bands={}, measured=measured[at], counts=counts, own={**counts, worst: own[at]})
