"""Rows about a valve that is no longer native: not graded where a column is about that, pointed out elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grading.columns.cells import as_text
from grading.columns.outside_columns import OutsideColumn
from grading.columns.plan import Plan
from grading.reading.cells import coded
from grading.reading.values import ERROR, WARNING
from grading.reference.catalogue import valve_of
from grading.reference.outside import OUTSIDE, valve_outside
from grading.reference.scale import Mask
from grading.rows.issues import Issues, same_issue
from grading.rows.unusable import Rows


def reject_outside(
    plan: Plan, data: Callable[[int], Any], valves: Rows, rejected: dict[str, Mask], rows: int
) -> list[Issues]:
    """The issues about such rows; those that are not graded are marked in `rejected`, valve -> rows."""
    issues = []
    for column in plan.outside:
        texts, codes = coded(as_text(data(column.index)))
        for code, text in enumerate(texts.to_pylist()):
            if column.says(text or ""):
                issues += _issues(plan, column, text, codes == code, valves, rejected, rows)
    return issues


def _issues(
    plan: Plan, column: OutsideColumn, text: str, said: Mask, valves: Rows, rejected: dict[str, Mask], rows: int
) -> list[Issues]:
    named = valve_outside(text) or column.valve or (valve_of(text) or "")
    several = plan.valve_column is None and len(valves) > 1
    grave = column.asked and (bool(named) or not several)
    about = np.zeros(rows, np.bool_)
    for valve, only in valves:
        if named in ("", valve):
            own = said if only is None else said & only
            about |= own
            if grave:
                rejected[valve] |= own
    if not about.any():
        return []
    follows = (
        (f"{named} is not graded" if several else "not graded") if grave else "check that the graded valve is native"
    )
    message = f"{column.header} {text[:100]!r}: {OUTSIDE}; {follows}"
    return [same_issue(np.flatnonzero(about), column.header, ERROR if grave else WARNING, text, message)]
