"""Proofs on every table: not that the code runs, but that the table says what it must and nothing it must not.

The situations of a table are enumerated: every number of criteria that can be met for each step, every band of every
quantity, every word its rules ask for. Rules are then asked about all of them at once, by the engine itself.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grading.engine.decide import Decision, decide, decide_from, met
from grading.proofs.situations import World, world
from grading.reading.values import TypedValues, read_values
from grading.reference.catalogue import load_catalogue
from grading.reference.condition import Condition
from grading.reference.guideline import references
from grading.reference.scale import GRADES, SEVERITY
from grading.reference.table import Group, Table


@dataclass(slots=True)
class TableProof:
    """What was found for one table. `failures` must be empty; `notes` are shown for a person to judge."""

    table: Table
    situations: int = 0
    moved: int = 0
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def check_rules(table: Table, report: TableProof) -> None:
    """Every rule is reached by some situation, every situation by some rule; rules that disagree are listed."""
    everything = world(table)
    decision = decide_from(table, everything.tallies, everything.columns, everything.rows)
    report.situations = int(everything.possible.sum())
    reached = set(np.unique(decision.rule[everything.possible]).tolist())
    for position, rule in enumerate(table.rules, 1):
        if position not in reached:
            report.failures.append(f"rule {rule.number} (line {position}) is reached by no situation")
    if 0 in reached:
        report.failures.append("some situations are decided by no rule")
    report.notes += contradictions(table, everything)
    report.notes += milder_when_worse(everything, decision)


def contradictions(table: Table, everything: World) -> Iterator[str]:
    """Pairs of rules that can both hold with different grades, each with a witness: their order decides."""
    held = []
    for rule in table.rules:
        mask = everything.possible.copy()
        for condition in rule.when:
            mask &= _holds(condition, everything)
        held.append(mask)
    told: set[tuple[int, int]] = set()
    for (i, first), (j, second) in itertools.combinations(enumerate(table.rules), 2):
        pair = (first.number, second.number)
        differ = (first.grade, first.low, first.high) != (second.grade, second.low, second.high)
        if differ and second.when and first.number != second.number and pair not in told:
            both = np.flatnonzero(held[i] & held[j])
            if len(both):
                told.add(pair)
                yield f"rules {pair[0]} and {pair[1]} can both hold, {pair[0]} wins: {everything.say(int(both[0]))}"


def _holds(condition: Condition, everything: World) -> NDArray[np.bool_]:
    mask = met(condition, everything.tallies, everything.columns)
    return np.zeros(everything.rows, np.bool_) if mask is None else np.asarray(mask)


def milder_when_worse(everything: World, decision: Decision) -> Iterator[str]:
    """Steps towards worse (a criterion turns, a quantity rises) that turn a definite grade into a milder one."""
    order = np.full(len(GRADES), -1, np.int16)
    for place, grade in enumerate(SEVERITY):
        order[GRADES.index(grade)] = place
    shape = [size for _, size in everything.axes]
    severity = np.where(everything.possible, order[decision.grade], -1).reshape(shape)
    names = [name for name, _ in everything.axes]
    for axis, name in enumerate(names):
        group, _, what = name.partition(".")
        if not what or what == "measured":
            continue
        voice = everything.tallies[group]
        before, after = _moved(severity, axis, towards_mild=what in voice.counts and _is_mild(voice.group, what))
        if voice.group.role == "quantitative":
            before, after = before[..., 1:], after[..., 1:]
        worse = (before >= 0) & (after >= 0) & (after < before)
        if worse.any():
            yield f"a worse {name} can give a milder grade: {int(worse.sum())} situations"


def _is_mild(group: Group, step: str) -> bool:
    return list(group.steps.values()).index(group.steps[step]) < len(group.steps) / 2 and group.steps[step] != "severe"


def _moved(severity: NDArray[Any], axis: int, towards_mild: bool) -> tuple[NDArray[Any], NDArray[Any]]:
    """The grid before and after one step towards worse along an axis (fewer criteria for mild, or more for severe)."""
    along = np.moveaxis(severity, axis, -1)
    return (along[..., 1:], along[..., :-1]) if towards_mild else (along[..., :-1], along[..., 1:])


def check_places(table: Table, report: TableProof) -> None:
    """Every citation names a place, every paper is known, every measurement is in the catalogue."""
    if table.guideline not in references():
        report.failures.append(f"{table.guideline} is not in references.toml")
    for group, row in table.rows():
        if row.name not in load_catalogue():
            report.failures.append(f"{group.name}.{row.key}: {row.name} is not in the catalogue")
        if not (row.at or row.reading):
            report.failures.append(f"{group.name}.{row.key}: no place and no reading")
    report.failures += [f"rule {rule.number}: no place and no reading" for rule in table.rules if not rule.source]


# --- cut-offs --------------------------------------------------------------------------------------------------------


def moved_tables(table: Table) -> Iterator[tuple[str, Table]]:
    """The table with one cut-off moved by one printed digit, for every cut-off and both ways."""
    for group, row in table.rows():
        if row.scale is None:
            continue
        for i, printed in enumerate(row.scale.printed):
            digit = Fraction(1, 10 ** len(printed.partition(".")[2]))
            for step in (-digit, digit):
                cuts = tuple(cut + step * (j == i) for j, cut in enumerate(row.scale.cuts))
                rows = tuple(replace(r, scale=replace(row.scale, cuts=cuts)) if r is row else r for r in group.rows)
                groups = {**table.groups, group.name: replace(group, rows=rows)}
                yield (
                    f"{group.name}.{row.key} {printed} {'+' if step > 0 else '-'} {digit}",
                    replace(table, groups=groups),
                )


@dataclass(slots=True)
class Vectors:
    """The vectors of one table as columns, so that a changed table is asked about all of them at once."""

    columns: dict[str, Any]
    rows: int


def read_vectors(path: Path) -> Vectors:
    """The gradable vectors of a file."""
    with path.open(encoding="utf-8", newline="") as file:
        inputs = [row["inputs"] for row in csv.DictReader(file)]
    read = [reading for text in inputs if not (reading := _reading(text)).rejected]
    words = load_catalogue().words
    names = dict.fromkeys(name for reading in read for name in reading.entered)
    columns: dict[str, Any] = {}
    for name in names:
        values = [reading.entered[name].value if name in reading.entered else None for reading in read]
        blank, kind = (0, np.int8) if name in words else (np.nan, np.float64)
        columns[name] = np.array([blank if value is None else value for value in values], dtype=kind)
    return Vectors(columns, len(read))


def _reading(inputs: str) -> TypedValues:
    return read_values(dict(token.split("=", 1) for token in inputs.split()))


def answers(table: Table, vectors: Vectors) -> NDArray[np.int8]:
    """Everything a vector can demand, for every vector."""
    decision = decide(table, vectors.columns, vectors.rows)
    codes = [decision.rule, decision.grade, decision.low, decision.high, decision.certainty]
    for voice in decision.tallies.values():
        codes += [voice.measured, voice.agree_low, voice.agree_high, *voice.counts.values()]
    return np.array(codes)


def check_cut_offs(table: Table, path: Path, report: TableProof) -> None:
    """Every cut-off moved by one printed digit either way changes the answer of some vector."""
    vectors = read_vectors(path)
    right = answers(table, vectors)
    for name, changed in moved_tables(table):
        report.moved += 1
        if np.array_equal(answers(changed, vectors), right):
            report.failures.append(f"no vector notices {name}")


# --- all of it -------------------------------------------------------------------------------------------------------


def verify(table: Table, vectors: Path | None = None) -> TableProof:
    """Every proof on one table; the cut-offs only where its vectors are at hand."""
    report = TableProof(table)
    check_places(table, report)
    check_rules(table, report)
    if vectors is not None and vectors.exists():
        check_cut_offs(table, vectors, report)
    return report


def text(reports: Sequence[TableProof]) -> str:
    """The reports for a terminal."""
    lines = []
    for report in reports:
        name = f"{report.table.guideline} {report.table.valve}"
        moved = f"{report.moved} moved cut-offs noticed" if report.moved else "cut-offs NOT tried (give --vectors)"
        state = "FAILED" if report.failures else "holds" if report.moved else "rules hold"
        lines.append(
            f"{name}: {state}; {report.situations} situations, {len(report.table.rules)} rules reached, {moved}"
        )
        lines += [f"  failure: {failure}" for failure in report.failures]
        lines += [f"  note: {note}" for note in report.notes]
    return "\n".join(lines)
