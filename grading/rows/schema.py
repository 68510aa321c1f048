"""The contract of the data, as a pandera schema built from the catalogue.

`schema` states what a checked table must hold. The batch finds rows outside the same limits with numpy, which is
faster (`cells.judge`), and asks the schema about every distinct value it refused; a test proves that both refuse the
same. Values are
numbers before they are checked: with coercion one unreadable cell would hide the range errors of its column.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd
import pandera.pandas as pa

from grading.errors import TableError
from grading.reference.catalogue import Number, Range, Word, load_catalogue


def _in_range(limits: Range) -> pa.Check:
    def possible(column: pd.Series[float]) -> pd.Series[bool]:
        inside = column.between(limits.low, limits.high)
        return inside | (column == 0) if limits.zero else inside

    zero = "0 or " if limits.zero else ""
    return pa.Check(possible, name=f"{zero}{limits.low:g}-{limits.high:g}", error=limits.why)


def schema(columns: Mapping[str, str] | None = None) -> pa.DataFrameSchema:
    """A schema for numbers in catalogue units and words as canonical text.

    `columns` maps the table's column names to catalogue names; without it every catalogue name stands under its own.
    Missing values are allowed everywhere, columns may be absent, and others may be present. Validate with `lazy=True`;
    nothing is coerced and no row is dropped.
    """
    catalogue = load_catalogue()
    wanted = columns if columns is not None else {m.name: m.name for m in catalogue.enterable()}
    return pa.DataFrameSchema(
        {key: _column(catalogue[name]) for key, name in wanted.items()}, coerce=False, strict=False
    )


def _column(measurement: Number | Word) -> pa.Column:
    described: dict[str, Any] = {
        "nullable": True,
        "required": False,
        "title": measurement.title,
        "description": measurement.how,
    }
    if isinstance(measurement, Number):
        return pa.Column(float, [_in_range(measurement.hard)] if measurement.hard else [], **described)
    return pa.Column(object, pa.Check.isin(measurement.values), **described)


def failures(frame: pd.DataFrame, columns: Mapping[str, str] | None = None) -> list[tuple[int, str]]:
    """(index, column) of every cell that breaks the contract, in the order of the rows."""
    try:
        schema(columns).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases.sort_values(["index", "column"], kind="stable")
        return [(int(index), str(column)) for index, column in zip(cases["index"], cases["column"], strict=True)]
    return []


def confirm(refused: Mapping[str, Collection[float]]) -> None:
    """Ask the schema about the distinct values that were refused, by measurement [catalogue unit].

    Raises TableError when it would take one of them: limits and schema must say the same.
    """
    for name, values in refused.items():
        given = sorted(values)
        named = {index for index, _ in failures(pd.DataFrame({name: given}), {name: name})}
        taken = [value for index, value in enumerate(given) if index not in named]
        if taken:
            raise TableError(f"{name}: {taken[0]:g} was refused, but the schema takes it; please report this")
