"""The contract of the data, as a pandera schema built from the catalogue.

`schema` states what a checked table must hold. The batch finds rows outside the same limits with numpy, which is
faster (`cells.judge`); where it refused something, it asks the schema about every distinct value that it refused, and
about the least and greatest that it took. pandas and pandera are loaded for that question alone.
Values are numbers before they are checked: with coercion one unreadable cell would hide the range errors of its column.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from grading.errors import TableError
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number, Range, Word

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa


def _in_range(limits: Range) -> pa.Check:
    import pandera.pandas as pa

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
    import pandera.pandas as pa

    catalogue = load_catalogue()
    wanted = columns if columns is not None else {m.name: m.name for m in catalogue.enterable()}
    return pa.DataFrameSchema(
        {key: _column(catalogue[name]) for key, name in wanted.items()}, coerce=False, strict=False
    )


def _column(measurement: Number | Word) -> pa.Column:
    import pandera.pandas as pa

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
    import pandera.pandas as pa

    try:
        schema(columns).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases.sort_values(["index", "column"], kind="stable")
        return [(int(index), str(column)) for index, column in zip(cases["index"], cases["column"], strict=True)]
    return []


def confirm(refused: Mapping[str, Collection[float]], accepted: Mapping[str, Collection[float]] | None = None) -> None:
    """Ask the schema about distinct values that were refused, and some that were taken, by measurement [its unit].

    Raises TableError when it says otherwise of one of them: limits and schema must say the same.
    """
    for values_of, verdict, other in ((refused, "refused", "takes"), (accepted or {}, "taken", "refuses")):
        for name, values in values_of.items():
            wrong = _judged_otherwise(name, sorted(values), other == "takes")
            if wrong:
                raise TableError(f"{name}: {wrong[0]:g} was {verdict}, but the schema {other} it; please report this")


def _judged_otherwise(name: str, values: list[float], refused: bool) -> list[float]:
    """The values of which the schema does not say what was said of them."""
    import pandas as pd

    failing = {index for index, _ in failures(pd.DataFrame({name: values}), {name: name})}
    return [value for index, value in enumerate(values) if (index in failing) != refused]


class SchemaCheck:
    """What numpy judged, asked of the schema while a run goes on.

    Loading the schema takes long, so the first question is asked on a thread beside the grading; a question costs the
    same for one value as for hundreds, so the next waits until as many values are new as were asked about. A run in
    which nothing was refused asks nothing.
    """

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._pool = stack.enter_context(ThreadPoolExecutor(1))
        self._asked: dict[str, set[float]] = {}
        self._waiting: dict[str, set[float]] = {}
        self._accepted: dict[str, set[float]] = {}
        self._answer: Future[None] | None = None

    def add(self, refused: Mapping[str, Collection[float]], accepted: Mapping[str, Collection[float]]) -> None:
        """Take what one piece refused, and the least and greatest that it took.

        Raises TableError when the schema says otherwise of an earlier one.
        """
        for name, values in refused.items():
            new = set(values) - self._asked.get(name, set())
            if new:
                self._waiting.setdefault(name, set()).update(new)
        for name, values in accepted.items():
            ends = self._accepted.get(name, set()) | set(values)
            self._accepted[name] = {min(ends), max(ends)}
        if _count(self._waiting) > _count(self._asked):
            self._ask()

    def confirm(self) -> None:
        """Wait for every answer. Raises TableError when the schema says otherwise of a value."""
        if self._waiting or self._answer is not None:
            self._ask()
        if self._answer is not None:
            self._answer.result()

    def _ask(self) -> None:
        if self._answer is not None:
            self._answer.result()
        for name, values in self._waiting.items():
            self._asked.setdefault(name, set()).update(values)
        self._answer = self._pool.submit(confirm, self._waiting, dict(self._accepted))
        self._waiting = {}


def _count(values: Mapping[str, Collection[float]]) -> int:
    return sum(map(len, values.values()))
