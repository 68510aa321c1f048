"""Grading a chunk of rows: columns of cells in, result columns and issues out. Nothing else grades a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from grading.catalogue import VALVES, Number, load_catalogue
from grading.cells import Cells, Reading, read_numbers, read_words, take_numbers
from grading.columns import Column, Plan
from grading.engine import Decision
from grading.entry import ERROR, read_values
from grading.errors import UsageError
from grading.results import (
    STATUSES,
    Coded,
    RowIssue,
    Values,
    blank_column,
    decide_valve,
    flag_issues,
    multivalve_cautions,
    result_names,
    statuses,
    valve_columns,
)
from grading.scale import Mask


@dataclass(slots=True)
class Graded:
    """The answer for one chunk: result columns in order, issues in order of rows, and each row's status (index of
    STATUSES)."""

    columns: list[Coded | Values]
    issues: list[RowIssue]
    status: NDArray[np.int8]


def read_column(column: Column, data: pa.Array, how: Reading) -> Cells:
    """One input column as the engine takes it; `data` is text, or numbers that are taken as they are."""
    measurement = load_catalogue()[column.measurement]
    if isinstance(data, pa.ChunkedArray):
        data = data.combine_chunks()
    if isinstance(measurement, Number):
        if pa.types.is_floating(data.type) or pa.types.is_integer(data.type):
            # a narrow float means its shortest decimal: 0.7 of 32 bits is 0.7, not 0.699999988
            wide = data.cast(pa.string()) if data.type in (pa.float16(), pa.float32()) else data
            values = wide.cast(pa.float64()).to_numpy(zero_copy_only=False)
            return take_numbers(values, measurement, column.unit, how)
        return read_numbers(as_text(data), measurement, column.unit, how)
    return read_words(as_text(data), measurement, how)


def as_text(data: pa.Array) -> pa.Array:
    """Any column as text; a whole number read as 1.0 is written '1'."""
    if pa.types.is_dictionary(data.type):
        data = data.dictionary_decode()
    if pa.types.is_floating(data.type):
        data = pa.array([None if v is None or v != v else f"{v:.15g}" for v in data.to_pylist()], pa.string())
    return data.cast(pa.string())


def impossible_cells(read: Mapping[Column, Cells]) -> list[RowIssue]:
    """Name every cell outside its hard range: numpy finds the rows, the pandera schema says which cells fail."""
    rows = np.flatnonzero(np.logical_or.reduce([cells.impossible for cells in read.values()])) if read else ()
    if len(rows) == 0:
        return []
    import pandas as pd

    from grading.checks import failures

    numbers = {str(c.index): (c, cells) for c, cells in read.items() if cells.values.dtype.kind == "f"}
    frame = pd.DataFrame({key: cells.values[rows] for key, (_, cells) in numbers.items()}, index=rows)
    found = []
    for row, key in failures(frame, {key: column.measurement for key, (column, _) in numbers.items()}):
        column, cells = numbers[key]
        finding = cells.message(row)
        found.append(RowIssue(row, column.header, finding.value, finding.severity, finding.message))
    return found


def read_valves(
    plan: Plan, data: Callable[[int], pa.Array], how: Reading, rows: int
) -> tuple[list[tuple[str, Mask | None]], list[RowIssue], Mask]:
    """Which rows are about which valve (None: every row), with an issue for a row that names none."""
    if plan.valve_column is None:
        return [(valve, None) for valve in plan.valves], [], np.zeros(rows, np.bool_)
    word = load_catalogue().words["valve"]
    cells = read_words(as_text(data(plan.valve_column.index)), word, how)
    blank = (cells.values == 0) & ~cells.unusable
    header = plan.valve_column.header
    issues = [RowIssue(f.row, header, f.value, f.severity, f.message) for f in cells.findings]
    message = f"the row names no valve; write one of: {', '.join(VALVES)}"
    issues += [RowIssue(int(row), header, "", ERROR, message) for row in np.flatnonzero(blank)]
    masks = [(valve, np.asarray(cells.values == word.code(valve))) for valve in word.values]
    return [(valve, mask) for valve, mask in masks if mask.any()], issues, cells.unusable | blank


def grade_rows(
    plan: Plan, guidelines: Sequence[str], data: Callable[[int], pa.Array], rows: int, how: Reading
) -> Graded:
    """Grade one chunk. `data(index)` gives the input column at an index, as Arrow text or numbers."""
    read = {column: read_column(column, data(column.index), how) for column in plan.columns}
    valves, issues, rejected = read_valves(plan, data, how, rows)
    for column, cells in read.items():
        issues += [RowIssue(f.row, column.header, f.value, f.severity, f.message) for f in cells.findings]
        rejected = rejected | cells.unusable | cells.impossible
    issues += impossible_cells(read)
    names = result_names(plan, guidelines)
    status = np.full(rows, len(STATUSES) - 1, np.int8)
    parts: dict[str, Coded | Values] = {}
    decisions: dict[str, dict[str, Decision | None]] = {}
    constants = _constants(plan, rows)
    for valve, only in valves:
        where = np.arange(rows) if only is None else np.flatnonzero(only)
        columns = {c.measurement: cells.values for c, cells in read.items() if c.valve in ("", valve)}
        columns |= constants
        if only is not None:
            columns = {name: column[where] for name, column in columns.items()}
        decisions[valve] = decide_valve(guidelines, valve, columns, len(where))
        graded = [decision for decision in decisions[valve].values() if decision is not None]
        for decision in graded:
            status[where] = np.minimum(status[where], statuses(decision))
        if graded:
            issues += flag_issues(plan, valve, graded[0], rejected[where], where)
        for column_ in valve_columns(plan, valve, decisions[valve], rejected[where]):
            _scatter(parts, column_, where, rows)
    for caution in multivalve_cautions(plan, decisions, rejected):
        parts[caution.name] = caution
    status[rejected] = STATUSES.index("rejected")
    place = {column.header: column.index for column in plan.columns}
    issues.sort(key=lambda issue: (issue.row, place.get(issue.column, len(place))))
    ordered: list[Coded | Values] = [parts.get(name) or blank_column(name, rows) for name in names]
    ordered.append(Coded("echograde_status", status.astype(np.int64), list(STATUSES)))
    ordered.append(_issue_texts(issues, rows))
    return Graded(ordered, issues, status)


def _constants(plan: Plan, rows: int) -> dict[str, Any]:
    reading = read_values(plan.constants)
    if reading.rejected:
        raise UsageError(f"--set: {reading.issues[0].message}")
    return {name: np.repeat(column, rows) for name, column in reading.columns().items()}


def _issue_texts(issues: list[RowIssue], rows: int) -> Coded:
    by_row: dict[int, list[str]] = {}
    for issue in issues:
        by_row.setdefault(issue.row, []).append(f"{issue.severity}: {issue.message}")
    codes = np.zeros(rows, np.int64)
    texts = [""]
    known: dict[str, int] = {}
    for row, messages in by_row.items():
        text = "; ".join(messages)
        if text not in known:
            known[text] = len(texts)
            texts.append(text)
        codes[row] = known[text]
    return Coded("echograde_issues", codes, texts)


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
        whole = parts[column.name] = Coded(column.name, np.zeros(rows, np.int64), [""])
    assert isinstance(whole, Coded)
    whole.codes[where] = column.codes + len(whole.texts)
    whole.texts += column.texts
