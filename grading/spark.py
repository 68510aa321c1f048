"""Grading a Spark data frame where its rows are: `grade`.

Needs PySpark 4 (`pip install 'echograde[spark]'`) and Java, and the same echograde wherever a worker runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from grading.columns.plan import Options, Plan, plan_columns
from grading.columns.unit_slips import check_units
from grading.errors import UsageError
from grading.reading.cells import CellFormat, reading
from grading.reference.catalogue import check_valve
from grading.reference.guideline import DEFAULT_GUIDELINE, expand, tables_digest
from grading.rows.grader import Grader
from grading.rows.result_names import OF_EVERY_ROW, result_names
from grading.rows.unit_matters import unit_matters
from grading.version import VERSION

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

#: rows that are looked at for what the columns are
_FIRST_ROWS = 2_000


def grade(
    df: DataFrame,
    guidelines: str | Sequence[str] = DEFAULT_GUIDELINE,
    valve: str | None = None,
    *,
    columns: Mapping[str, Any] | None = None,
    units: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    missing: Sequence[object] | str = (),
) -> DataFrame:
    """The rows of a Spark data frame with their results behind them, worked out when Spark is asked for them.

    The columns are understood once, from the headers and the first rows, as `grade_frame` does; the answers are its
    answers for all rows at once. No row is lost or doubled when Spark repeats a part, for what comes of a row depends
    on that row alone. Spark keeps no order; keep an id.

    Args:
        df: one valve a row (a column 'valve', or `valve` given), or one study a row with prefixed columns; numbers, or
            text as in a CSV file.
        guidelines, valve, columns, units, constants, missing: as `grade_frame` takes them.
    Returns:
        The columns of `df` and the result columns of the batch mode (`ase_2017_grade`, ...) with types known
        beforehand: text, numbers, and whole numbers for counts and rules; null is blank. `echograde_issues` says in
        each row what is wrong with it.
    Raises:
        UsageError: when the columns do not say what to grade, or one of the first rows' looks to be in another unit
            than assumed; within an error of Spark's, when a worker has another echograde.
    """
    from pyspark.sql.pandas.types import from_arrow_type
    from pyspark.sql.types import StructField, StructType

    ids = expand([guidelines] if isinstance(guidelines, str) else guidelines)
    options = Options(
        valve=check_valve(valve) if valve else None, columns=columns or {}, units=units or {}, constants=constants or {}
    )
    first = df.limit(_FIRST_ROWS).toArrow()
    plan, cell_format = _understood(first, options, ids, missing)
    names = [*result_names(plan, ids), *OF_EVERY_ROW]
    taken = [name for name in names if name in df.columns]
    if taken:
        raise UsageError(f"the frame already has a column {taken[0]!r}; was it graded before? Drop or rename it")
    # a chunk without rows has the results of any other, and their types
    results = _graded(first.slice(0, 0), Grader(plan, ids, cell_format))
    added = [StructField(name, from_arrow_type(results.schema.field(name).type)) for name in names]
    return df.mapInArrow(_by_batch(plan, tuple(ids), cell_format), StructType([*df.schema.fields, *added]))


def _understood(
    first: pa.Table, options: Options, guidelines: Sequence[str], missing: Sequence[object] | str
) -> tuple[Plan, CellFormat]:
    from grading.columns.contents import counted

    cells = [column.combine_chunks() for column in first.columns]
    plan = plan_columns(first.column_names, options, lambda place: counted(cells[place]))
    cell_format = reading(missing)

    def sample(place: int) -> list[pa.Array]:
        return [cells[place]]

    check_units(plan, sample, cell_format, unit_matters(plan, guidelines, cell_format, sample))
    return plan, cell_format


def _by_batch(plan: Plan, guidelines: Sequence[str], cell_format: CellFormat) -> Any:
    """What every worker does with its batches."""
    expected = _edition()

    def graded(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        if _edition() != expected:
            raise UsageError(f"a worker has echograde {_edition()}, and this is {expected}; install the same on all")
        grader = Grader(plan, guidelines, cell_format)
        for batch in batches:
            yield from _graded(pa.Table.from_batches([batch]), grader).combine_chunks().to_batches()

    return graded


def _graded(table: pa.Table, grader: Grader) -> pa.Table:
    """Rows with their results, as plain text and numbers: what Spark takes."""
    import pyarrow as pa

    from grading.rows.schema import confirm

    graded = grader.grade(lambda place: table.column(place).combine_chunks(), table.num_rows)
    if graded.refused:
        confirm(graded.refused, {name: set(ends) for name, ends in graded.accepted.items()})
    for column in graded.columns:
        values = column.arrow()
        plain = values.cast(pa.string()) if pa.types.is_dictionary(values.type) else values
        table = table.append_column(column.name, plain)
    return table


def _edition() -> str:
    return f"{VERSION} (tables {tables_digest()})"
