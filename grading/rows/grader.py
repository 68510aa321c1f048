"""Grading a chunk of rows: columns of cells in, result columns and issues out. Nothing else grades a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from grading.columns.cells import as_text, read_column
from grading.columns.plan import Column, Plan
from grading.columns.unit_cells import read_with_units
from grading.engine.decide import Decision
from grading.engine.leaks import BESIDE, leaks
from grading.errors import UsageError
from grading.reading.cells import CellFormat, ReadColumn, Typed, read_words
from grading.reading.values import ERROR, read_values
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import UNREADABLE, VALVES
from grading.reference.scale import Mask
from grading.reference.uses import only_refines
from grading.rows.coded import Coded, Values
from grading.rows.issues import IssueReport, Issues, ordered, same_issue
from grading.rows.outside_valves import reject_outside
from grading.rows.result_columns import (
    REJECTED,
    STATUSES,
    Phrases,
    blank_column,
    decide_valve,
    multivalve_cautions,
    statuses,
    valve_columns,
)
from grading.rows.result_names import OF_EVERY_ROW, result_names, several_valves, status_name
from grading.rows.unusable import judge_cells
from grading.rows.warnings import flag_issues, recorded_issues, valve_issues


@dataclass(slots=True)
class Graded:
    """The answer for one chunk: result columns in order, issues in order of rows, each row's status (index of
    STATUSES), which rows are about which valve (None: every row); by measurement [catalogue unit] the distinct values
    outside the hard range, and the least and greatest value that was taken."""

    columns: list[Coded | Values]
    issues: IssueReport
    status: NDArray[np.int8]
    valves: list[tuple[str, Mask | None]]
    refused: dict[str, set[float]]
    accepted: dict[str, tuple[float, float]]


def read_valves(
    plan: Plan, data: Callable[[int], pa.Array | Typed], cell_format: CellFormat, rows: int
) -> tuple[list[tuple[str, Mask | None]], list[Issues], Mask]:
    """Which rows are about which valve (None: every row), with an issue for a row that names none."""
    if plan.valve_column is None:
        return [(valve, None) for valve in plan.valves], [], np.zeros(rows, np.bool_)
    word = load_catalogue().words["valve"]
    cells = read_words(as_text(data(plan.valve_column.index)), word, cell_format, dict(plan.valve_column.values))
    blank = (cells.values == 0) & ~cells.unusable
    header = plan.valve_column.header
    message = f"the row names no valve; write one of: {', '.join(VALVES)}"
    bad = np.flatnonzero(cells.unusable)
    issues = [Issues(bad, header, ERROR, *cells.describe(bad))] if len(bad) else []
    issues.append(same_issue(np.flatnonzero(blank), header, ERROR, "", message))
    masks = [(valve, np.asarray(cells.values == word.code(valve))) for valve in word.values]
    return [(valve, mask) for valve, mask in masks if mask.any()], issues, cells.unusable | blank


def _usable(cells: ReadColumn, refines: bool = False) -> Any:
    """The values of a column, without those that cannot be. `refines`: an unreadable word is graded without."""
    if refines and cells.unusable.any():
        return np.where(cells.unusable, np.int8(UNREADABLE), cells.values)
    return np.where(cells.impossible, np.nan, cells.values) if cells.impossible.any() else cells.values


def _judge(
    measurement: str, cells: ReadColumn, refused: dict[str, set[float]], accepted: dict[str, tuple[float, float]]
) -> None:
    """Note the values of a column outside its hard range, and the least and greatest of the others."""
    values = cells.values
    if values.dtype.kind != "f" or not len(values):
        return
    if cells.impossible.any():
        refused.setdefault(measurement, set()).update(values[cells.impossible].tolist())
        values = np.where(cells.impossible, np.nan, values)
    least, greatest = float(np.fmin.reduce(values)), float(np.fmax.reduce(values))
    if least == least:
        before = accepted.get(measurement, (least, greatest))
        accepted[measurement] = min(least, before[0]), max(greatest, before[1])


class Grader:
    """Grades chunks of rows of one table, as its plan says. What is the same in every chunk is worked out once.

    It can be sent to another process; the sentences that it knows by then stay behind.
    """

    def __init__(self, plan: Plan, guidelines: Sequence[str], cell_format: CellFormat) -> None:
        self.plan, self.guidelines, self.cell_format = plan, tuple(guidelines), cell_format
        self.names = result_names(plan, guidelines)
        self.places = {column.header: column.index for column in plan.columns}
        self.places |= {column.header: column.index for column in plan.outside}
        constants = read_values(plan.constants)
        if constants.rejected:
            raise UsageError(constants.issues[0].message, about="constants")
        self._constants = constants.columns()
        self._phrases = {valve: {guideline: Phrases() for guideline in guidelines} for valve in VALVES}

    def __reduce__(self) -> tuple[Any, ...]:
        return Grader, (self.plan, self.guidelines, self.cell_format)

    def grade(self, data: Callable[[int], pa.Array | Typed], rows: int, known: Sequence[Issues] = ()) -> Graded:
        """Grade one chunk. `data(index)` gives the input column at an index, as Arrow text or numbers; `known` are
        issues that reading it brought up already."""
        read = {column: self._read(column, data) for column in self.plan.columns}
        valves, issues, nameless = read_valves(self.plan, data, self.cell_format, rows)
        judged = judge_cells(self.plan, self.guidelines, read, valves, rows, self.cell_format.write_option, known)
        issues += judged.issues
        issues += reject_outside(self.plan, data, valves, judged.rejected, rows)
        refused: dict[str, set[float]] = {}
        accepted: dict[str, tuple[float, float]] = {}
        for column, cells in read.items():
            _judge(column.measurement, cells, refused, accepted)
        status = {valve: np.full(rows, len(STATUSES) - 1, np.int8) for valve, _ in valves}
        parts: dict[str, Coded | Values] = {}
        decisions: dict[str, dict[str, Decision | None]] = {}
        for valve, only in valves:
            where = np.arange(rows) if only is None else np.flatnonzero(only)
            of_valve, rejected = self._columns(read, valve, only, rows), judged.rejected[valve][where]
            leaking = self._leaking(read, valve, judged.rejected, rows) if only is None else {}
            decisions[valve] = decide_valve(self.guidelines, valve, of_valve, len(where), leaking)
            graded = [decision for decision in decisions[valve].values() if decision is not None]
            for decision in graded:
                status[valve][where] = np.minimum(status[valve][where], statuses(decision))
            status[valve][where[rejected]] = STATUSES.index(REJECTED)
            if graded:
                issues += flag_issues(self.plan, valve, graded[0], rejected, where)
                issues += recorded_issues(self.plan, valve, graded, rejected, where)
                issues += valve_issues(self.plan, valve, of_valve, rejected, where)
            for result in valve_columns(self.plan, valve, decisions[valve], rejected, self._phrases[valve]):
                _scatter(parts, result, where, rows)
        for caution in multivalve_cautions(self.plan, decisions, judged.rejected):
            parts[caution.name] = caution
        for valve in several_valves(self.plan):
            parts[status_name(valve)] = Coded(status_name(valve), status[valve], list(STATUSES))
        whole = np.minimum.reduce([np.full(rows, len(STATUSES) - 1, np.int8), *status.values()])
        whole[nameless] = STATUSES.index(REJECTED)
        report = ordered([*known, *issues], self.places)
        texts, codes = report.texts(rows)
        columns: list[Coded | Values] = [parts.get(name) or blank_column(name, rows) for name in self.names]
        columns += [Coded(OF_EVERY_ROW[0], whole, list(STATUSES)), Coded(OF_EVERY_ROW[1], codes, texts)]
        return Graded(columns, report, whole, valves, refused, accepted)

    def _leaking(
        self, read: Mapping[Column, ReadColumn], valve: str, rejected: Mapping[str, Mask], rows: int
    ) -> dict[str, Mask]:
        """Rows in which the valve beside this one leaks, where a row holds both; one that cannot be graded may."""
        other = BESIDE.get(valve)
        if other is None or other not in self.plan.valves:
            return {}
        own = {c.measurement: _usable(cells) for c, cells in read.items() if c.valve == other}
        return {other: leaks(own, rows) | rejected[other]}

    def _read(self, column: Column, data: Callable[[int], pa.Array | Typed]) -> ReadColumn:
        if column.unit_index is None:
            return read_column(column, data(column.index), self.cell_format)
        return read_with_units(column, data(column.index), data(column.unit_index), self.cell_format)

    def _columns(self, read: Mapping[Column, ReadColumn], valve: str, only: Mask | None, rows: int) -> dict[str, Any]:
        """The engine's columns for the rows of one valve."""
        columns = {
            c.measurement: _usable(cells, only_refines(c.measurement, self.guidelines, valve))
            for c, cells in read.items()
            if c.valve in ("", valve)
        }
        columns |= {name: np.repeat(column, rows) for name, column in self._constants.items()}
        return columns if only is None else {name: column[only] for name, column in columns.items()}


def _scatter(parts: dict[str, Coded | Values], column: Coded | Values, where: NDArray[np.int64], rows: int) -> None:
    """Put the results of some rows into the column of all rows."""
    if len(where) == rows:
        parts[column.name] = column
        return
    whole = parts.get(column.name)
    if isinstance(column, Values):
        if whole is None:
            whole = parts[column.name] = Values(column.name, np.full(rows, np.nan))
        assert isinstance(whole, Values)
        whole.values[where] = column.values
        return
    if whole is None:
        whole = parts[column.name] = Coded(column.name, np.zeros(rows, np.int32), [""])
    assert isinstance(whole, Coded)
    whole.codes[where] = column.codes + np.int32(len(whole.texts))
    whole.texts = [*whole.texts, *column.texts]
