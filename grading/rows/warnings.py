"""Warnings about what does not fit: derived values that are impossible or disagree with what was entered, and a grade
beside a record of no regurgitation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grading.columns.plan import Plan
from grading.engine.columns import ENTERED, Flag
from grading.engine.decide import Decision
from grading.explanation.cautions import recorded_beside, recorded_text
from grading.explanation.flags import flag_values, flag_wording
from grading.reading.cells import plain_texts
from grading.reading.checks import unusual_of
from grading.reading.distinct import distinct
from grading.reading.values import WARNING
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number
from grading.reference.scale import Mask
from grading.reference.units import convert
from grading.rows.issues import Issues, repeated, same_issue
from grading.rows.result_names import derived_name


def flag_issues(
    plan: Plan, valve: str, decision: Decision, rejected: Mask, where: NDArray[np.int64]
) -> Iterator[Issues]:
    """A warning where a derived value is impossible or disagrees with the entered one."""
    headers = {c.measurement: c.header for c in plan.columns if c.valve in ("", valve)}
    for flag in decision.filled.flags:
        rows = np.flatnonzero(flag.rows & ~rejected)
        column = headers.get(flag.target, derived_name(flag.target))
        sources = decision.filled.sources.get(flag.target)
        source = np.full(len(rows), ENTERED, np.int8) if sources is None else sources[rows]
        for code in np.unique(source).tolist():
            some = rows[source == code]
            yield _flagged(flag, code, decision, some, where[some], column)


def valve_issues(
    plan: Plan, valve: str, columns: Mapping[str, Any], rejected: Mask, where: NDArray[np.int64]
) -> Iterator[Issues]:
    """A warning where a value is usual, but not of this valve: a mitral jet as slow as the inflow."""
    for column in plan.columns:
        number = load_catalogue()[column.measurement]
        if column.valve not in ("", valve) or not isinstance(number, Number) or valve not in number.soft_of:
            continue
        values = columns[column.measurement]
        odd = number.soft_of[valve].outside(values)
        if number.soft is not None:
            odd &= ~number.soft.outside(values)
        rows = np.flatnonzero(odd & ~rejected)
        if len(rows):
            unit = column.unit or number.unit
            first, which = np.unique(values[rows], return_inverse=True)
            typed = plain_texts(convert(first, number.unit, unit))
            sentences = pa.array([unusual_of(number, valve, text, unit) for text in typed.to_pylist()], pa.string())
            yield Issues(where[rows], column.header, WARNING, which, typed, sentences)


def recorded_issues(
    plan: Plan, valve: str, decisions: Sequence[Decision], rejected: Mask, where: NDArray[np.int64]
) -> Iterator[Issues]:
    """A warning where a reader recorded none or a trace, and tables that do not ask for it grade what was measured."""
    records = [recorded_beside(decision) for decision in decisions]
    header = next((c.header for c in plan.columns if c.measurement == "regurgitation" and c.valve in ("", valve)), "")
    for value in ("none", "trace"):
        graded_by = np.zeros(len(rejected), np.int64)
        for bit, beside in enumerate(records):
            if value in beside:
                graded_by |= beside[value].astype(np.int64) << bit
        graded_by[rejected] = 0
        # named are the tables that grade this row, whatever the rows beside it are
        for several in np.unique(graded_by[graded_by > 0]).tolist():
            message = recorded_text(value, [d for bit, d in enumerate(decisions) if several >> bit & 1])
            yield same_issue(where[graded_by == several], header, WARNING, value, message)


def _flagged(
    flag: Flag, source: int, decision: Decision, rows: NDArray[np.int64], where: NDArray[np.int64], header: str
) -> Issues:
    """One flag in those rows whose kept value came from one source; each pair of words is spoken of once."""
    wording = flag_wording(flag, source)
    values = [flag_values(flag, place, decision) for place in (wording.first, wording.second) if place]
    columns = [column[rows] for _, column in values]
    which: NDArray[np.integer] = np.arange(len(rows))
    if columns[0].dtype.kind != "f":
        first, which = distinct(columns[0] * np.int64(128) + columns[-1])
        columns = [column[first] for column in columns]
    texts = [value_texts(name, column) for (name, _), column in zip(values, columns, strict=True)]
    # of two values the first is the one that was entered
    typed = typed_texts(flag.target, columns[0]) if flag.disagrees else repeated("", len(columns[0]))
    parts = (wording.head, texts[0], wording.middle, texts[1] if len(texts) > 1 else "", wording.tail)
    return Issues(where, header, WARNING, which, typed, pc.binary_join_element_wise(*parts, ""))


def typed_texts(name: str, values: Any) -> pa.Array:
    """Values of a measurement as they would stand in cells."""
    measurement = load_catalogue()[name]
    if isinstance(measurement, Number):
        return plain_texts(values)
    return pa.array(measurement.values).take(pa.array(values.astype(np.int32) - 1))


def value_texts(name: str, values: Any) -> pa.Array:
    """Values of a measurement as sentences write them (see `explanation.value_text`)."""
    measurement = load_catalogue()[name]
    if not isinstance(measurement, Number):
        texts = pa.array([measurement.text(value) for value in measurement.values])
        return texts.take(pa.array(values.astype(np.int32) - 1))
    rounded = plain_texts(np.round(values, measurement.decimals + 1))
    return pc.binary_join_element_wise(rounded, "" if measurement.unit == "1" else f" {measurement.unit}", "")
