"""Grading tables of rows: one chunk of columns in, one chunk of result columns and issues out.

`grade_frame` for pandas, and the chunks of the batch mode, both end in `grade_rows`; nothing else grades a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from grading.case import ERROR, WARNING, check_valve, not_covered, read_values, status_of
from grading.catalogue import VALVES, Number, load_catalogue
from grading.cells import Cells, Reading, read_numbers, read_words, take_numbers
from grading.columns import Column, Options, Plan, plan_columns
from grading.derived import METHODS
from grading.engine import Decision, decide
from grading.errors import UsageError
from grading.explain import flag_text, quantitative_grade
from grading.guideline import Table, load_guideline
from grading.reasons import sentence, situations
from grading.scale import CERTAINTIES, GRADES, Mask

if TYPE_CHECKING:
    import pandas as pd

#: how a row with several answers is summed up: the first of these that any of its answers has
STATUSES = ("rejected", "graded", "indeterminate", "insufficient_data", "not_covered")


@dataclass(frozen=True, slots=True)
class RowIssue:
    """One thing wrong or odd in one row of a chunk."""

    row: int
    column: str
    value: str
    severity: str
    message: str


@dataclass(slots=True)
class Coded:
    """A result column of few distinct texts: `texts[codes[row]]`."""

    name: str
    codes: NDArray[np.int64]
    texts: list[str]

    @property
    def counts(self) -> bool:
        """True when the texts are whole numbers (or blank)."""
        return self.name.endswith(("_criteria", "_criteria_assessed", "_rule"))

    def arrow(self) -> pa.Array:
        """The column as Arrow text or whole numbers, null for blank."""
        kind = pa.int16() if self.counts else pa.string()
        return pa.array([text or None for text in self.texts], pa.string()).cast(kind).take(pa.array(self.codes))


@dataclass(slots=True)
class Values:
    """A result column of numbers, NaN for blank."""

    name: str
    values: NDArray[np.float64]

    def arrow(self) -> pa.Array:
        """The column as Arrow numbers, null for blank."""
        return pa.array(self.values, from_pandas=True)


@dataclass(slots=True)
class Graded:
    """The answer for one chunk: result columns in order, issues in order of rows, and each row's status (index of STATUSES)."""

    columns: list[Coded | Values]
    issues: list[RowIssue]
    status: NDArray[np.int8]


def tables_for(guidelines: Sequence[str], valve: str) -> dict[str, Table | None]:
    """The table of each guideline for a valve, None where it has none."""
    return {guideline: load_guideline(guideline).tables.get(valve) for guideline in guidelines}


# --- reading the columns of a chunk ----------------------------------------------------------------------------------


def read_column(column: Column, data: pa.Array, how: Reading) -> Cells:
    """One input column as the engine takes it; `data` is text, or numbers that are taken as they are."""
    measurement = load_catalogue()[column.measurement]
    if isinstance(data, pa.ChunkedArray):
        data = data.combine_chunks()
    if isinstance(measurement, Number):
        if pa.types.is_floating(data.type) or pa.types.is_integer(data.type):
            values = data.cast(pa.float64()).to_numpy(zero_copy_only=False)
            return take_numbers(values, measurement, column.unit)
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
    """Name every cell outside its hard range: numpy finds the rows, the pandera schema says which cells of them fail."""
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


def read_valves(plan: Plan, data: Callable[[int], pa.Array], how: Reading, rows: int) -> tuple[list[tuple[str, Mask | None]], list[RowIssue], Mask]:
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


# --- grading a chunk -------------------------------------------------------------------------------------------------


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
    for valve, only in valves:
        where = np.arange(rows) if only is None else np.flatnonzero(only)
        columns = {c.measurement: cells.values for c, cells in read.items() if c.valve in ("", valve)}
        columns |= _constants(plan, rows)
        if only is not None:
            columns = {name: column[where] for name, column in columns.items()}
        for column_ in _valve_results(plan, guidelines, valve, columns, rejected[where], status, where, issues):
            _scatter(parts, column_, where, rows)
    status[rejected] = STATUSES.index("rejected")
    issues.sort(key=lambda issue: issue.row)
    blank = np.zeros(rows, np.int64)
    ordered: list[Coded | Values] = [parts.get(name) or Coded(name, blank, [""]) for name in names]
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


# --- the result columns ----------------------------------------------------------------------------------------------

_SUFFIXES = (
    "grade", "certainty", "grade_low", "grade_high", "quantitative_grade", "mild_criteria", "severe_criteria",
    "criteria_assessed", "rule", "reason",
)  # fmt: skip


def column_prefix(plan: Plan, valve: str) -> str:
    """'mitral_' where a row can hold several valves, else ''."""
    return f"{valve}_" if plan.prefixed else ""


def result_names(plan: Plan, guidelines: Sequence[str]) -> list[str]:
    """The names of the result columns, fixed by the header alone; status and issues follow them."""
    names = []
    valves = plan.valves if plan.valve_column is None else VALVES
    for valve in valves:
        prefix = column_prefix(plan, valve)
        for guideline in guidelines:
            names += [f"{prefix}{guideline.replace('-', '_')}_{suffix}" for suffix in _SUFFIXES]
    for valve in valves:
        names += [column_prefix(plan, valve) + name for name in derived_names(plan, guidelines, valve)]
    return list(dict.fromkeys(names))


def derived_names(plan: Plan, guidelines: Sequence[str], valve: str) -> list[str]:
    """The derived values that this header could give for the rows of a valve's tables."""
    names = [derived_name(m) for m in _derivable(plan, guidelines, valve)]
    return [*names, "derived_from"] if names else []


def derived_name(measurement: str) -> str:
    """'derived_eroa_cm2', 'derived_left_heart'."""
    number = load_catalogue().numbers.get(measurement)
    endings = {"cm2": "_cm2", "mL": "_ml", "%": "_pct"}
    return f"derived_{measurement}{endings.get(number.unit, '') if number else ''}"


def _derivable(plan: Plan, guidelines: Sequence[str], valve: str) -> list[str]:
    known = {c.measurement for c in plan.columns if c.valve in ("", valve)} | set(plan.constants)
    could: set[str] = set()
    for method in METHODS:
        if valve in method.valves and set(method.inputs) <= known | could:
            could.add(method.target)
    for word in load_catalogue().words.values():
        if word.derivation and valve in word.valves and set(word.derivation.inputs) & (known | could):
            could.add(word.name)
    asked = [row.name for table in tables_for(guidelines, valve).values() if table for _, row in table.rows()]
    return [name for name in dict.fromkeys(asked) if name in could]


def _valve_results(
    plan: Plan,
    guidelines: Sequence[str],
    valve: str,
    columns: Mapping[str, Any],
    rejected: Mask,
    status: NDArray[np.int8],
    where: NDArray[np.int64],
    issues: list[RowIssue],
) -> Iterator[Coded | Values]:
    """Every result column of one valve; `status` is brought down to the best status of each row."""
    decision: Decision | None = None
    for guideline, table in tables_for(guidelines, valve).items():
        prefix = f"{column_prefix(plan, valve)}{guideline.replace('-', '_')}_"
        if table is None:
            blank = np.where(rejected, 0, 1)
            for suffix in _SUFFIXES:
                said = {"grade": "not_covered", "reason": not_covered(guideline, valve)}.get(suffix, "")
                yield Coded(prefix + suffix, blank, ["", said])
            continue
        decision = decide(table, columns, len(where))
        said_status = np.array([STATUSES.index(status_of(grade)) for grade in GRADES], np.int8)[decision.grade]
        status[where] = np.minimum(status[where], said_status)
        yield from _decision_columns(prefix, decision, rejected)
    if decision is not None:
        yield from _derived_columns(plan, guidelines, valve, decision, rejected)
        issues += _flag_issues(plan, valve, decision, rejected, where)


def _decision_columns(prefix: str, decision: Decision, rejected: Mask) -> Iterator[Coded]:
    """The columns of one decision; a rejected row is blank in all of them."""

    def coded(suffix: str, codes: Any, texts: Sequence[str]) -> Coded:
        return Coded(prefix + suffix, np.where(rejected, 0, codes), ["", *texts])

    yield coded("grade", decision.grade, GRADES[1:])
    yield coded("certainty", decision.certainty, CERTAINTIES[1:])
    yield coded("grade_low", decision.low, GRADES[1:])
    yield coded("grade_high", decision.high, GRADES[1:])
    first, inverse = situations(decision)
    yield coded("quantitative_grade", inverse + 1, [quantitative_grade(decision, int(row)) for row in first])
    group = decision.table.group("criteria")
    tally = decision.tallies[group.name] if group else None
    for suffix, count in (
        ("mild_criteria", tally.counts.get("mild") if tally else None),
        ("severe_criteria", tally.counts.get("severe") if tally else None),
        ("criteria_assessed", tally.measured if tally else None),
    ):
        codes = np.zeros(len(rejected), np.int64) if count is None else count.astype(np.int64) + 1
        yield coded(suffix, codes, [str(n) for n in range(len(list(decision.table.rows())) + 1)])
    rules = [str(rule.number) for rule in decision.table.rules]
    yield coded("rule", decision.rule, rules)
    yield coded("reason", inverse + 1, [sentence(decision, int(row)) for row in first])


def _derived_columns(
    plan: Plan, guidelines: Sequence[str], valve: str, decision: Decision, rejected: Mask
) -> Iterator[Coded | Values]:
    """What was worked out where nothing was entered, and from what."""
    catalogue, filled, prefix = load_catalogue(), decision.filled, column_prefix(plan, valve)
    names = _derivable(plan, guidelines, valve)
    rows = len(rejected)
    key = np.zeros(rows, np.int64)
    for name in names:
        sources = filled.sources.get(name)
        made = np.zeros(rows, np.bool_) if sources is None else (sources > 1) & ~rejected
        if sources is not None:
            key = key * (len(METHODS) + 2) + np.where(made, sources, 0)
        column = filled.columns.get(name)
        if isinstance(catalogue[name], Number):
            values = np.full(rows, np.nan) if column is None else np.where(made, column, np.nan)
            yield Values(prefix + derived_name(name), values)
        else:
            codes = np.zeros(rows, np.int64) if column is None else np.where(made, column, 0)
            yield Coded(prefix + derived_name(name), codes, ["", *catalogue.words[name].values])
    if names:
        _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        texts = [_derived_from(decision, names, int(row), bool(rejected[row])) for row in first]
        yield Coded(prefix + "derived_from", inverse, texts)


def _derived_from(decision: Decision, names: Sequence[str], row: int, rejected: bool) -> str:
    said = []
    for name in names:
        sources = decision.filled.sources.get(name)
        if rejected or sources is None or sources[row] < 2:
            continue
        if name in load_catalogue().numbers:
            method = decision.filled.method(name, row)
            said.append(f"{name} by {method.text}" if method else name)
        else:
            derivation = load_catalogue().words[name].derivation
            said.append(f"{name} by {derivation.place_for(decision.table.valve)}" if derivation else name)
    return "; ".join(said)


def _flag_issues(
    plan: Plan, valve: str, decision: Decision, rejected: Mask, where: NDArray[np.int64]
) -> Iterator[RowIssue]:
    """A warning where a derived value is impossible or disagrees with the entered one."""
    headers = {c.measurement: c.header for c in plan.columns if c.valve in ("", valve)}
    for flag in decision.filled.flags:
        target = flag.method.target
        for row in np.flatnonzero(flag.rows & ~rejected):
            entered = float(decision.filled.columns[target][row])
            value = f"{entered:.9g}" if flag.disagrees else ""
            message = flag_text(flag, int(row), entered)
            yield RowIssue(int(where[row]), headers.get(target, derived_name(target)), value, WARNING, message)


# --- pandas ----------------------------------------------------------------------------------------------------------

CHUNK_ROWS = 65_536


def grade_frame(
    df: pd.DataFrame,
    guidelines: str | Sequence[str] = "ase-2017",
    valve: str | None = None,
    *,
    columns: Mapping[str, Any] | None = None,
    units: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    missing: Sequence[str] = (),
) -> pd.DataFrame:
    """Grade every row of a data frame.

    Args:
        df: one valve a row (a column 'valve', or `valve` given), or one study a row with prefixed columns (mr_eroa_cm2).
            Headers are catalogue names or aliases with an optional unit; cells are numbers, or text as in a CSV file.
        guidelines: one id, or several.
        valve: the valve every row is about.
        columns: header -> measurement name, or {'measurement', 'unit', 'valve'}; 'ignore' sets a column aside.
        units: header or measurement -> unit.
        constants: measurement -> text, for what holds in every row.
        missing: further texts that mean not measured.
    Returns:
        One row per input row, same index: the result columns of the batch mode (`ase_2017_grade`, ...); blank is missing.
        The issues stand as a list of RowIssue in `result.attrs["issues"]`, rows counted from 0.
    Raises:
        UsageError: when the columns do not say what to grade.

    >>> import pandas as pd
    >>> df = pd.DataFrame({"eroa": [0.45, None], "regurgitant_volume": [62, None]})
    >>> grade_frame(df, valve="mitral")["ase_2017_grade"].tolist()
    ['severe', 'insufficient_data']
    """
    import pandas as pd

    ids = [guidelines] if isinstance(guidelines, str) else list(guidelines)
    for guideline in ids:
        load_guideline(guideline)
    options = Options(check_valve(valve) if valve else None, columns or {}, units or {}, constants or {})
    plan = plan_columns([str(header) for header in df.columns], options)
    how = Reading(frozenset(code.strip().casefold() for code in missing))
    chunks, issues = [], []
    for start in range(0, max(len(df), 1), CHUNK_ROWS):
        part = df.iloc[start : start + CHUNK_ROWS]
        graded = grade_rows(plan, ids, lambda i, part=part: _series_to_arrow(part.iloc[:, i]), len(part), how)  # type: ignore[misc]
        chunks.append({column.name: _to_pandas(column) for column in graded.columns})
        issues += [RowIssue(i.row + start, i.column, i.value, i.severity, i.message) for i in graded.issues]
    result = pd.concat([pd.DataFrame(chunk) for chunk in chunks], ignore_index=True).set_axis(df.index)
    result.attrs["issues"] = issues
    return result


def _series_to_arrow(series: pd.Series[Any]) -> pa.Array:
    """A pandas column as Arrow: numbers stay numbers, anything else becomes text as it would stand in a CSV file."""
    if series.dtype.kind in "fiu":
        return pa.array(series.to_numpy(dtype=np.float64))
    blank = series.isna().to_numpy()
    return pa.array([None if b else str(v) for b, v in zip(blank, series.tolist(), strict=True)], pa.string())


def _to_pandas(column: Coded | Values) -> Any:
    import pandas as pd

    if isinstance(column, Values):
        return pd.array(column.values)
    if column.counts:
        return pd.array([int(text) if text else None for text in column.texts], dtype="Int16").take(column.codes)
    return pd.array([text or None for text in column.texts], dtype="str").take(column.codes)
