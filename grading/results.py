"""The result columns of a graded chunk: grades, counts, reasons, derived values and their sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from grading.case import not_covered, status_of
from grading.catalogue import VALVES, Number, load_catalogue
from grading.columns import Plan
from grading.derived import METHODS, fill
from grading.engine import Decision, decide_filled
from grading.entry import WARNING
from grading.explain import flag_text
from grading.guideline import load_guideline
from grading.limits import plain
from grading.multivalve import unreliable
from grading.reasons import quantitative_grade, sentence, situations
from grading.scale import CERTAINTIES, GRADES, Mask
from grading.table import ALL, Table
from grading.tally import Tally

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


def tables_for(guidelines: Sequence[str], valve: str) -> dict[str, Table | None]:
    """The table of each guideline for a valve, None where it has none."""
    return {guideline: load_guideline(guideline).tables.get(valve) for guideline in guidelines}


_SUFFIXES = (
    "grade", "certainty", "grade_low", "grade_high", "quantitative_grade", "mild_criteria", "severe_criteria",
    "criteria_assessed", "rule", "stage", "reason",
)  # fmt: skip


def criteria_tally(decision: Decision) -> Tally | None:
    """The counts to report: of all groups together where the rules count so, else of the group of criteria."""
    if decision.table.counts_all:
        return decision.tallies[ALL]
    group = decision.table.group("criteria")
    return decision.tallies[group.name] if group else None


def _suffixes(guideline: str) -> list[str]:
    """The result columns of a guideline; a stage only where it has stages."""
    staged = any(table.stages for table in load_guideline(guideline).tables.values())
    return [suffix for suffix in _SUFFIXES if staged or suffix != "stage"]


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
            names += [f"{prefix}{guideline.replace('-', '_')}_{suffix}" for suffix in _suffixes(guideline)]
    for valve in valves:
        names += [column_prefix(plan, valve) + name for name in derived_names(plan, guidelines, valve)]
        names += [f"{valve}_cautions"] if plan.prefixed else []
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


def blank_column(name: str, rows: int) -> Coded | Values:
    """A result column that no row of a chunk fills, of the same kind as where some do."""
    bare = name.partition("_derived_")[2] or name.removeprefix("derived_")
    if any(derived_name(number) == f"derived_{bare}" for number in load_catalogue().numbers):
        return Values(name, np.full(rows, np.nan))
    return Coded(name, np.zeros(rows, np.int64), [""])


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


def decide_valve(
    guidelines: Sequence[str], valve: str, columns: Mapping[str, Any], rows: int
) -> dict[str, Decision | None]:
    """The decision of every guideline on one valve, None where it has no table for it."""
    filled = fill(valve, columns)
    tables = tables_for(guidelines, valve)
    return {name: decide_filled(table, filled, rows) if table else None for name, table in tables.items()}


def statuses(decision: Decision) -> NDArray[np.int8]:
    """The status of every row, as a position in STATUSES."""
    return np.array([STATUSES.index(status_of(grade)) for grade in GRADES], np.int8)[decision.grade]


def valve_columns(
    plan: Plan, valve: str, decisions: Mapping[str, Decision | None], rejected: Mask
) -> Iterator[Coded | Values]:
    """Every result column of one valve."""
    for guideline, decision in decisions.items():
        prefix = f"{column_prefix(plan, valve)}{guideline.replace('-', '_')}_"
        if decision is not None:
            yield from _decision_columns(prefix, decision, rejected)
            continue
        blank = np.where(rejected, 0, 1)
        for suffix in _suffixes(guideline):
            said = {"grade": "not_covered", "reason": not_covered(guideline, valve)}.get(suffix, "")
            yield Coded(prefix + suffix, blank, ["", said])
    decision = next(filter(None, decisions.values()), None)
    if decision is not None:
        yield from _derived_columns(plan, list(decisions), valve, decision, rejected)


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
    tally = criteria_tally(decision)
    for suffix, count in (
        ("mild_criteria", tally.counts.get("mild") if tally else None),
        ("severe_criteria", tally.counts.get("severe") if tally else None),
        ("criteria_assessed", tally.measured if tally else None),
    ):
        codes = np.zeros(len(rejected), np.int64) if count is None else count.astype(np.int64) + 1
        yield coded(suffix, codes, [str(n) for n in range(len(list(decision.table.rows())) + 1)])
    rules = [str(rule.number) for rule in decision.table.rules]
    yield coded("rule", decision.rule, rules)
    if decision.table.stages:
        yield coded("stage", decision.stage, [stage.stage for stage in decision.table.stages])
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


def flag_issues(
    plan: Plan, valve: str, decision: Decision, rejected: Mask, where: NDArray[np.int64]
) -> Iterator[RowIssue]:
    """A warning where a derived value is impossible or disagrees with the entered one."""
    headers = {c.measurement: c.header for c in plan.columns if c.valve in ("", valve)}
    for flag in decision.filled.flags:
        target = flag.target
        for row in np.flatnonzero(flag.rows & ~rejected):
            value = kept_text(decision, target, int(row)) if flag.disagrees else ""
            message = flag_text(flag, int(row), decision)
            yield RowIssue(int(where[row]), headers.get(target, derived_name(target)), value, WARNING, message)


def kept_text(decision: Decision, name: str, row: int) -> str:
    """The kept value as it would stand in a cell."""
    value = decision.filled.columns[name][row]
    words = load_catalogue().words
    return words[name].values[int(value) - 1] if name in words else plain(value)


def multivalve_cautions(
    plan: Plan, decisions: Mapping[str, Mapping[str, Decision | None]], rejected: Mask
) -> Iterator[Coded]:
    """What another leaking valve of the same row makes unreliable, one column for each valve of a prefixed table."""
    if not plan.prefixed:
        return
    by_valve = {valve: [d for d in found.values() if d is not None] for valve, found in decisions.items()}
    flags = list(unreliable(by_valve))
    for valve in plan.valves:
        own = [(rows, said) for flagged, _, rows, said in flags if flagged == valve]
        key = np.zeros(len(rejected), np.int64)
        for bit, (rows, _) in enumerate(own):
            key |= (rows & ~rejected).astype(np.int64) << bit
        distinct, codes = np.unique(key, return_inverse=True)
        texts = ["; ".join(said for bit, (_, said) in enumerate(own) if code >> bit & 1) for code in distinct.tolist()]
        yield Coded(f"{column_prefix(plan, valve)}cautions", codes, texts)
