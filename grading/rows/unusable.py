"""Cells that cannot be used: which valves of a row they reject, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow.compute as pc

from grading.columns.plan import IGNORED, Column, Plan
from grading.engine.uses import used_by
from grading.errors import OptionWriter, option, written
from grading.reading.cells import ReadColumn
from grading.reading.values import ERROR, WARNING
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Word
from grading.reference.scale import Mask
from grading.reference.uses import only_refines
from grading.rows.issues import Issues
from grading.writing import joined

#: valve -> the rows that are about it (None: every row)
Rows = Sequence[tuple[str, Mask | None]]


def rejects(column: Column, valve: str, guidelines: tuple[str, ...]) -> bool:
    """True when an unusable cell of a column forbids to grade a valve of its row.

    A cell belongs to the valve of its prefix; one that is shared to each valve whose tables would use it, directly or
    for a value that is worked out. A word of context that is no criterion forbids nothing.
    """
    if column.valve not in ("", valve) or only_refines(column.measurement, guidelines, valve):
        return False
    shared = not column.valve and load_catalogue()[column.measurement].shared
    return not shared or column.measurement in used_by(guidelines, valve)


@dataclass(frozen=True, slots=True)
class Unusable:
    """What the unusable cells of a chunk do: issues, and the rejected rows of each valve."""

    issues: list[Issues]
    rejected: dict[str, Mask]


def judge_cells(
    plan: Plan, guidelines: tuple[str, ...], read: Mapping[Column, ReadColumn], valves: Rows, rows: int,
    write_option: OptionWriter, known: Sequence[Issues] = (),
) -> Unusable:  # fmt: skip
    """Every cell that is no value, impossible or odd, and the valves that it rejects.

    `known` are issues that reading the chunk brought up already: they reject too, and are not said again.
    """
    issues: list[Issues] = []
    rejected = {valve: np.zeros(rows, np.bool_) for valve, _ in valves}
    for column, cells in read.items():
        bad = cells.unusable | cells.impossible
        if not bad.any() and not cells.odd.any():
            continue
        concerned = [valve for valve, _ in valves if rejects(column, valve, guidelines)]
        for valve in concerned:
            rejected[valve] |= bad
        described = [i.rows for i in known if (i.column, i.severity) == (column.header, ERROR)]
        told = np.concatenate(described) if described else np.empty(0, np.int64)
        several = concerned if plan.valve_column is None and len(valves) > 1 else []
        grave = _grave(valves, concerned, rows)
        for mask, severity, consequence in _kinds(column, cells, grave, several, write_option):
            places = np.flatnonzero(mask)
            places = np.setdiff1d(places, told) if len(told) else places
            if len(places):
                issues.append(_with(Issues(places, column.header, severity, *cells.describe(places)), consequence))
    return Unusable(issues, rejected)


def _grave(valves: Rows, concerned: Sequence[str], rows: int) -> Mask:
    """Rows in which an unusable cell rejects a valve; a row that is about no valve is rejected anyway."""
    named, grave = np.zeros(rows, np.bool_), np.zeros(rows, np.bool_)
    for valve, only in valves:
        named |= True if only is None else only
        if valve in concerned:
            grave |= True if only is None else only
    return grave | ~named


def _kinds(
    column: Column, cells: ReadColumn, grave: Mask, rejected: Sequence[str], write_option: OptionWriter
) -> Iterator[tuple[Mask, str, str]]:
    """(rows, how grave it is, what follows) for the cells that are no value, impossible, and odd."""
    not_graded = f"; {joined(rejected)} {'are' if len(rejected) > 1 else 'is'} not graded" if rejected else ""
    yield cells.unusable & grave, ERROR, not_graded
    yield cells.impossible & grave, ERROR, not_graded
    yield (cells.unusable | cells.impossible) & ~grave, WARNING, written(_left_out(column), write_option)
    yield cells.odd, WARNING, ""


def _left_out(column: Column) -> str:
    """What follows from an unusable cell that rejects nothing."""
    if isinstance(load_catalogue()[column.measurement], Word):
        return f"; it counts as not assessed, as all cells do with {option('columns', column.header, IGNORED)}"
    return "; no table that grades this row uses it"


def _with(issues: Issues, consequence: str) -> Issues:
    if not consequence:
        return issues
    return replace(issues, messages=pc.binary_join_element_wise(issues.messages, consequence, ""))
