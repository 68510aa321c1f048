"""The contract of the data, as a pandera schema built from the catalogue.

`schema` states what a checked table must hold. The batch finds rows outside the same limits with numpy, which is
faster (`cells.judge`); where it refused something, it asks the schema about every distinct value that it refused, and
about the least and greatest that it took. pandas and pandera are loaded for that question alone.
Values are numbers before they are checked: with coercion one unreadable cell would hide the range errors of its column.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from grading.errors import TableError
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number, Range, Word

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

#: distinct refused values that wait for the end of a run, so that a file of nothing else needs no more memory
MOST_WAITING = 100_000


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
        for name, value in _judged_otherwise(values_of, other == "takes"):
            raise TableError(f"{name}: {value:g} was {verdict}, but the schema {other} it; please report this")


def _judged_otherwise(values_of: Mapping[str, Collection[float]], refused: bool) -> Iterator[tuple[str, float]]:
    """The values of which the schema does not say what was said of them; it costs the same to ask it about one
    measurement and about all."""
    import pandas as pd

    columns = {name: sorted(values) for name, values in values_of.items()}
    if not columns:
        return
    # a column that has fewer is filled up with what is missing, which the schema takes
    frame = pd.DataFrame({name: pd.Series(values, dtype="float64") for name, values in columns.items()})
    failing = set(failures(frame, {name: name for name in columns}))
    for name, values in columns.items():
        for index, value in enumerate(values):
            if ((index, name) in failing) != refused:
                yield name, value


class SchemaCheck:
    """What numpy judged in a run, asked of the schema at its end, and before where there is much to ask; a run in which
    nothing was refused asks nothing.

    Loading the schema takes long, and a thread that loads it while others grade holds them up for longer still.
    """

    def __init__(self) -> None:
        self._refused: dict[str, set[float]] = {}
        self._accepted: dict[str, tuple[float, float]] = {}

    def add(self, refused: Mapping[str, Collection[float]], accepted: Mapping[str, tuple[float, float]]) -> None:
        """Take what one piece refused, and the least and greatest that it took.

        Raises TableError when the schema says otherwise of one of those that have waited.
        """
        for name, values in refused.items():
            self._refused.setdefault(name, set()).update(values)
        for name, (least, greatest) in accepted.items():
            before = self._accepted.get(name, (least, greatest))
            self._accepted[name] = min(least, before[0]), max(greatest, before[1])
        if sum(map(len, self._refused.values())) > MOST_WAITING:
            self.confirm()
            self._refused.clear()

    def confirm(self) -> None:
        """Ask about every value that waits. Raises TableError when the schema says otherwise of one."""
        if self._refused:
            confirm(self._refused, self._accepted)
