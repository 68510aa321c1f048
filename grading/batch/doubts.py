"""Repeats that lie too far apart: is the grade the same with each of them?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from grading.columns.plan import Plan
from grading.longtable.doubt import Doubt
from grading.reading.values import ERROR, WARNING
from grading.reference.measurement import VALVES
from grading.rows.coded import Coded
from grading.rows.grader import Grader
from grading.rows.issues import Issues

#: up to so many doubtful cells of a row are tried in every combination, of more each one by itself
MOST_TOGETHER = 4
#: endings of result columns that say what the grade is
_ANSWERS = ("_grade", "_grade_low", "_grade_high")
#: cell -> the text it may have
_Variant = Mapping[str, str]


def settled(
    table: pa.Table, issues: Sequence[Issues], doubts: Sequence[Doubt], grader: Grader
) -> tuple[pa.Table, tuple[Issues, ...]]:
    """The table and its issues once every doubt is looked at.

    Where the grade of a valve is not the same with each of the repeats, the cell gets a text that names them all, so
    that the check of cells rejects it, and the warning about them becomes an error.
    """
    rows = _by_row(doubts, grader.plan)
    variants = {row: list(_variants(own)) for row, own in rows.items()}
    every = [(row, variant) for row, some in variants.items() for variant in some]
    if not every:
        return table, tuple(issues)
    answers = _answers(table, every, grader)
    decisive: list[Doubt] = []
    start = 0
    for row, own in rows.items():
        some = variants[row]
        decisive += _decisive(own, some, answers[start : start + len(some)], grader.plan)
        start += len(some)
    return _with_texts(table, decisive), tuple(_with_errors(issues, decisive))


def _by_row(doubts: Sequence[Doubt], plan: Plan) -> dict[int, list[Doubt]]:
    """The doubtful cells of each row that are graded by."""
    used = {column.header for column in plan.columns}
    rows: dict[int, list[Doubt]] = {}
    for doubt in doubts:
        if doubt.column in used:
            rows.setdefault(doubt.row, []).append(doubt)
    return rows


def _variants(doubts: Sequence[Doubt]) -> Iterator[_Variant]:
    """What the doubtful cells of a row may hold; {} leaves the row as it is."""
    yield {}
    if len(doubts) <= MOST_TOGETHER:
        for texts in product(*((doubt.low, doubt.high) for doubt in doubts)):
            yield {doubt.column: text for doubt, text in zip(doubts, texts, strict=True)}
        return
    yield {doubt.column: doubt.low for doubt in doubts}
    yield {doubt.column: doubt.high for doubt in doubts}
    for doubt in doubts:
        yield {doubt.column: doubt.low}
        yield {doubt.column: doubt.high}


def _answers(table: pa.Table, variants: Sequence[tuple[int, _Variant]], grader: Grader) -> list[dict[str, str]]:
    """What every variant is graded: result column -> text."""
    rows = np.array([row for row, _ in variants], np.int64)
    tried = table.take(pa.array(rows))
    for name in dict.fromkeys(column for _, variant in variants for column in variant):
        texts = tried.column(name).to_pylist()
        texts = [variant.get(name, text) for (_, variant), text in zip(variants, texts, strict=True)]
        tried = tried.set_column(tried.column_names.index(name), name, pa.array(texts, pa.string()))
    graded = grader.grade(lambda i: tried.column(i).combine_chunks(), len(rows))
    found: list[dict[str, str]] = [{} for _ in variants]
    for column in graded.columns:
        if isinstance(column, Coded) and column.name.endswith(_ANSWERS):
            texts = column.arrow().to_pylist()
            for answer, text in zip(found, texts, strict=True):
                answer[column.name] = text
    return found


def _decisive(
    doubts: Sequence[Doubt], variants: Sequence[_Variant], answers: Sequence[Mapping[str, str]], plan: Plan
) -> list[Doubt]:
    """The doubtful cells on which the grade of a valve that they are about depends."""
    several = {name for name in answers[0] if len({answer[name] for answer in answers}) > 1}
    found = []
    for doubt in doubts:
        own = several & set(_columns_about(doubt, answers[0], plan))
        if own and (len(doubts) > MOST_TOGETHER or _matters(doubt, variants, answers, own)):
            found.append(doubt)
    # where only all of them together make a difference, none can be relied on
    return found or [doubt for doubt in doubts if several & set(_columns_about(doubt, answers[0], plan))]


def _matters(doubt: Doubt, variants: Sequence[_Variant], answers: Sequence[Mapping[str, str]], own: set[str]) -> bool:
    """True when two variants that differ in this cell alone differ in an answer."""
    kept: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for variant, answer in zip(variants, answers, strict=True):
        others = tuple((column, text) for column, text in variant.items() if column != doubt.column)
        kept.setdefault(others, []).append(repr([answer[name] for name in sorted(own)]))
    return any(len(set(some)) > 1 for some in kept.values())


def _columns_about(doubt: Doubt, answer: Mapping[str, str], plan: Plan) -> list[str]:
    """The result columns of the valves that a cell is about."""
    valve = next(column.valve for column in plan.columns if column.header == doubt.column)
    if not plan.prefixed or not valve:
        return list(answer)
    others = tuple(f"{other}_" for other in VALVES if other != valve)
    return [name for name in answer if not name.startswith(others)]


def _with_texts(table: pa.Table, doubts: Sequence[Doubt]) -> pa.Table:
    for name in dict.fromkeys(doubt.column for doubt in doubts):
        texts = table.column(name).to_pylist()
        for doubt in doubts:
            if doubt.column == name:
                texts[doubt.row] = doubt.text
        table = table.set_column(table.column_names.index(name), name, pa.array(texts, pa.string()))
    return table


def _with_errors(issues: Sequence[Issues], doubts: Sequence[Doubt]) -> Iterator[Issues]:
    """The issues, with an error in the place of the warning about each of these cells."""
    cells: dict[str, dict[int, Doubt]] = {}
    for doubt in doubts:
        cells.setdefault(doubt.column, {})[doubt.row] = doubt
    for some in issues:
        own = cells.get(some.column, {}) if some.severity == WARNING else {}
        settled_rows = np.isin(some.rows, list(own))
        yield _some(some, ~settled_rows) if settled_rows.any() else some
        if settled_rows.any():
            yield _errors(some, [own[row] for row in some.rows[settled_rows].tolist()])


def _some(issues: Issues, which: NDArray[np.bool_]) -> Issues:
    lines = None if issues.lines is None else issues.lines[which]
    return replace(issues, rows=issues.rows[which], which=issues.which[which], lines=lines)


def _errors(issues: Issues, doubts: Sequence[Doubt]) -> Issues:
    return replace(
        issues, rows=np.array([doubt.row for doubt in doubts], np.int64), severity=ERROR, which=np.arange(len(doubts)),
        values=pa.array([doubt.text for doubt in doubts], pa.string()),
        messages=pa.array([doubt.message for doubt in doubts], pa.string()),
        lines=np.array([doubt.line for doubt in doubts], np.int64),
    )  # fmt: skip
