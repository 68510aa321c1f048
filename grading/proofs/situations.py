"""Every situation a table can meet, enumerated: counts of criteria, bands of quantities, words its rules ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from grading.engine.tally import Tally, tally, together
from grading.reference.catalogue import load_catalogue
from grading.reference.scale import NO_GRADE, Scale
from grading.reference.table import ALL, Group, Table


@dataclass(slots=True)
class World:
    """All situations of a table: the axes (name, size), and the tallies and words of every situation."""

    axes: list[tuple[str, int]]
    rows: int
    tallies: dict[str, Tally]
    columns: dict[str, NDArray[np.int8]]
    possible: NDArray[np.bool_]

    def say(self, position: int) -> str:
        """One situation in words."""
        parts = []
        for name, voice in self.tallies.items():
            if name == ALL:
                continue
            counts = ", ".join(f"{count[position]} {step}" for step, count in voice.counts.items() if count[position])
            parts.append(f"{name}: {counts or 'none'} of {voice.measured[position]} measured")
        catalogue = load_catalogue()
        words = [(n, int(c[position])) for n, c in self.columns.items()]
        parts += [f"{n} = {catalogue.words[n].values[code - 1]}" for n, code in words if code]
        return "; ".join(parts)


def feasible_counts(group: Group) -> set[tuple[int, ...]]:
    """Every (number met for each step ..., number measured) that the group's criteria can give."""
    found = {(0,) * (len(group.steps) + 1)}
    steps = list(group.steps)
    for row in (row for row in group.rows if not row.instead_of):
        spoken = {label.rstrip("+-") for label in row.labels}
        moves = [(*(int(step == one) for step in steps), 1) for one in spoken if one != NO_GRADE]
        moves += [(0,) * len(steps) + (1,)] if NO_GRADE in spoken else []
        moves.append((0,) * (len(steps) + 1))
        found = {tuple(a + b for a, b in zip(before, move, strict=True)) for before in found for move in moves}
    return found


def asked_words(table: Table) -> list[str]:
    """The words that rules ask for."""
    words = load_catalogue().words
    asked = [c.subject for rule in table.rules for c in rule.when if not c.group and c.subject in words]
    return list(dict.fromkeys(asked))


def world(table: Table) -> World:
    """Every situation of a table, on a grid; impossible combinations of counts are marked."""
    axes: list[tuple[str, int]] = []
    for group in counted(table):
        if group.role == "quantitative":
            axes += [(f"{group.name}.{row.key}", len(row.labels) + 1) for row in group.rows if not row.instead_of]
        else:
            spoken = [step for step in group.steps if group.possible(step)]
            axes += [(f"{group.name}.{step}", group.possible(step) + 1) for step in spoken]
            axes.append((f"{group.name}.measured", group.size + 1))
    words = asked_words(table)
    axes += [(word, len(load_catalogue().words[word].values) + 1) for word in words]
    grid = np.indices([size for _, size in axes], dtype=np.int8).reshape(len(axes), -1)
    at = {name: grid[i] for i, (name, _) in enumerate(axes)}
    rows = grid.shape[1]
    possible = np.ones(rows, np.bool_)
    tallies: dict[str, Tally] = {}
    for group in counted(table):
        if group.role == "quantitative":
            tallies[group.name] = tally(*_as_bands(group, at, rows))
        else:
            tallies[group.name], feasible = _as_counts(group, at, rows)
            possible &= feasible
    if table.counts_all:
        tallies[ALL] = together(list(tallies.values()))
    return World(axes, rows, tallies, {word: at[word] for word in words}, possible)


def counted(table: Table) -> list[Group]:
    """The groups that count."""
    return [group for group in table.groups.values() if group.counted]


def _as_bands(
    group: Group, at: Mapping[str, NDArray[np.int8]], rows: int
) -> tuple[Group, dict[str, NDArray[np.float64]], int]:
    """A group whose rows read the axes themselves: band i is the number i, and nothing voids a row."""
    read = []
    columns: dict[str, NDArray[np.float64]] = {}
    for row in (row for row in group.rows if not row.instead_of):
        cuts = tuple(Fraction(2 * i + 1, 2) for i in range(1, len(row.labels)))
        bands = Scale(row.labels, cuts, (True,) * len(cuts), ("",) * len(cuts))
        read.append(replace(row, name=row.key, scale=bands, ratio=Fraction(1), given=(), unless=()))
        values = at[f"{group.name}.{row.key}"].astype(np.float64)
        columns[row.key] = np.where(values == 0, np.nan, values)
    return replace(group, rows=tuple(read)), columns, rows


def _as_counts(group: Group, at: Mapping[str, NDArray[np.int8]], rows: int) -> tuple[Tally, NDArray[np.bool_]]:
    """A tally with the counts of the axes, and which of them the group's criteria can give."""
    nothing = np.zeros(rows, np.int8)
    counts = {step: at.get(f"{group.name}.{step}", nothing) for step in group.steps}
    measured = at[f"{group.name}.measured"]
    allowed = feasible_counts(group)
    key = np.zeros(rows, np.int64)
    for part in (*counts.values(), measured):
        key = key * 64 + part
    keys = [sum(n * 64**i for i, n in enumerate(reversed(found))) for found in allowed]
    voice = Tally(group, {}, measured, counts, nothing, nothing, nothing, nothing, measured < 0)
    return voice, np.isin(key, keys)
