"""Proofs on every table: not that the code runs, but that the table says what it must and nothing it must not.

The situations of a table are enumerated: every number of criteria that can be met for each step, every band of every
quantity, every word its rules ask for. Rules are then asked about all of them at once, by the engine itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from importlib.resources.abc import Traversable

import numpy as np
from numpy.typing import NDArray

from grading.engine.decide import decide, decide_from
from grading.engine.rule_tests import all_hold
from grading.proofs.laws import count_moves, falls, unanswered
from grading.proofs.situations import World, world
from grading.reading.vectors import GradableVectors, gradable, read_vectors, vector_file
from grading.reference.catalogue import load_catalogue
from grading.reference.condition import Condition
from grading.reference.guideline import references
from grading.reference.table import Table


@dataclass(slots=True)
class TableProof:
    """What was found for one table. `failures` must be empty; `notes` are shown for a person to judge."""

    table: Table
    situations: int = 0
    moves: int = 0
    moved: int = 0
    shared: dict[str, bool] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def check_rules(table: Table, report: TableProof) -> None:
    """Every rule is reached by some situation, every situation by some rule and has an answer; no end of a range ever
    falls; rules that disagree are listed.

    Whether lines of a shared list are reached is kept for `check_shared`.
    """
    everything = world(table)
    decision = decide_from(table, everything.tallies, everything.columns, everything.rows)
    report.situations = everything.rows
    report.moves = count_moves(table, everything)
    reached = set(np.unique(decision.rule).tolist())
    for position, rule in enumerate(table.rules, 1):
        if rule.shared:
            report.shared[rule.shared] = position in reached
        elif position not in reached:
            report.failures.append(f"rule {rule.number} (line {position}) is reached by no situation")
    if 0 in reached:
        report.failures.append("some situations are decided by no rule")
    report.notes += contradictions(table, everything)
    report.failures += unanswered(everything, decision)
    report.failures += falls(table, everything, decision)


def contradictions(table: Table, everything: World) -> Iterator[str]:
    """Pairs of rules that can both hold with different grades, each with a witness: their order decides."""
    masks = [_all_hold(rule.when, everything) for rule in table.rules]
    told: set[tuple[int, int]] = set()
    for (i, first), (j, second) in itertools.combinations(enumerate(table.rules), 2):
        pair = (first.number, second.number)
        differ = (first.grade, first.low, first.high) != (second.grade, second.low, second.high)
        if differ and second.when and first.number != second.number and pair not in told:
            both = masks[i] & masks[j]
            if both.any():
                told.add(pair)
                witness = everything.say(int(np.argmax(both)))
                yield f"rules {pair[0]} and {pair[1]} can both hold, {pair[0]} wins: {witness}"


def _all_hold(conditions: Sequence[Condition], everything: World) -> NDArray[np.bool_]:
    mask = all_hold(conditions, everything.tallies, everything.columns) if conditions else True
    return np.broadcast_to(np.asarray(mask if mask is not None else False), everything.rows)


def check_shared(reports: Sequence[TableProof]) -> None:
    """Every line of a shared list is reached in some table that includes it; else it fails in each of them."""
    reached = {line for report in reports for line, by_some in report.shared.items() if by_some}
    for report in reports:
        dead = [line for line in report.shared if line not in reached]
        report.failures += [f"{line}: reached by no situation of any table" for line in dead]


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


def answers(table: Table, vectors: GradableVectors) -> NDArray[np.int8]:
    """Everything a vector can demand, for every vector."""
    decision = decide(table, vectors.columns, vectors.rows)
    codes = [decision.rule, decision.grade, decision.low, decision.high, decision.certainty]
    for voice in decision.tallies.values():
        codes += [voice.measured, voice.least, voice.most, *voice.counts.values()]
    return np.array(codes)


def check_cut_offs(table: Table, vectors: GradableVectors, report: TableProof) -> None:
    """Every cut-off moved by one printed digit either way changes the answer of some vector."""
    right = answers(table, vectors)
    for name, changed in moved_tables(table):
        report.moved += 1
        if np.array_equal(answers(changed, vectors), right):
            report.failures.append(f"no vector notices {name}")


def verify(table: Table, folder: Traversable | None = None) -> TableProof:
    """Every proof on one table, with the vectors that come with it or those of another folder; a table without vectors
    goes without the proof of its cut-offs."""
    report = TableProof(table)
    check_places(table, report)
    check_rules(table, report)
    file = vector_file(table.guideline, table.valve, folder)
    if file.is_file():
        check_cut_offs(table, gradable(read_vectors(file)), report)
    return report


def text(reports: Sequence[TableProof]) -> str:
    """The reports for a terminal, with the sum of what was enumerated."""
    lines = []
    for report in reports:
        name = f"{report.table.guideline} {report.table.valve}"
        moved = f"{report.moved} moved cut-offs noticed" if report.moved else "cut-offs NOT tried (no vectors)"
        state = "FAILED" if report.failures else "holds" if report.moved else "rules hold"
        lines.append(
            f"{name}: {state}; {report.situations:,} situations, {report.moves:,} moves towards worse, "
            f"{len(report.table.rules)} lines of the decision, {moved}"
        )
        lines += [f"  failure: {failure}" for failure in report.failures]
        lines += [f"  note: {note}" for note in report.notes]
    situations, moves = (sum(getattr(report, what) for report in reports) for what in ("situations", "moves"))
    failed = sum(bool(report.failures) for report in reports)
    lines.append(
        f"{len(reports)} tables, {situations:,} situations, {moves:,} moves towards worse: "
        + (f"{failed} tables FAILED" if failed else "no range falls, no definite grade becomes milder")
    )
    return "\n".join(lines)
