"""Grading a data frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from grading.columns.contents import counted
from grading.columns.plan import Options, plan_columns
from grading.columns.summary_rows import refuse_summary_rows
from grading.columns.unit_slips import SAMPLE_ROWS, Sample, check_units
from grading.reading.cells import reading
from grading.reference.catalogue import check_valve
from grading.reference.guideline import DEFAULT_GUIDELINE, expand
from grading.rows.coded import Coded, Values
from grading.rows.given_frame import open_frame
from grading.rows.grader import Grader
from grading.rows.issues import RowIssue
from grading.rows.schema import confirm
from grading.rows.unit_matters import unit_matters

if TYPE_CHECKING:
    import pandas as pd

CHUNK_ROWS = 65_536


def grade_frame(
    df: Any,
    guidelines: str | Sequence[str] = DEFAULT_GUIDELINE,
    valve: str | None = None,
    *,
    columns: Mapping[str, Any] | None = None,
    units: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    missing: Sequence[object] | str = (),
) -> pd.DataFrame:
    """Grade every row of a data frame.

    Args:
        df: one valve a row (a column 'valve', or `valve` given), or one study a row with prefixed columns
            (mr_eroa_cm2). A pandas frame, or any that gives its columns by the Arrow PyCapsule interface (polars,
            pyarrow, duckdb). Headers are catalogue names or aliases with an optional unit; cells are numbers, or text
            as in a CSV file.
        guidelines: one id, several, or 'all'.
        valve: the valve every row is about.
        columns: header -> measurement name, or {'measurement', 'unit', 'valve', 'values'}; 'ignore' sets a column
            aside.
        units: header or measurement -> unit.
        constants: measurement -> text, for what holds in every row.
        missing: further texts or numbers that mean not measured.
    Returns:
        A pandas frame, one row per input row, same index (that of a frame of another kind counts from 0), with the
        result columns of the batch mode (`ase_2017_grade`, ...); blank is missing.
        The issues stand as a list of RowIssue in `result.attrs["issues"]`, rows counted from 0.
    Raises:
        UsageError: when it is no frame, when the columns do not say what to grade, or when one looks to be in another
            unit than assumed.

    >>> import pandas as pd
    >>> df = pd.DataFrame({"eroa": [0.45, None], "regurgitant_volume": [62, None]})
    >>> grade_frame(df, valve="mitral")["ase_2017_grade"].tolist()
    ['severe', 'insufficient_data']
    """
    import pandas as pd

    ids = expand([guidelines] if isinstance(guidelines, str) else guidelines)
    frame = open_frame(df)
    options = Options(
        valve=check_valve(valve) if valve else None, columns=columns or {}, units=units or {}, constants=constants or {}
    )
    start = [frame.cells(place, slice(0, SAMPLE_ROWS)) for place in range(len(frame.headers))]
    plan = plan_columns(frame.headers, options, lambda place: counted(start[place]))
    refuse_summary_rows(plan, len(start), min(frame.rows, SAMPLE_ROWS), lambda place: start[place])
    cell_format = reading(missing)
    sample: Sample = lambda place: [start[place]]  # noqa: E731
    check_units(plan, sample, cell_format, unit_matters(plan, ids, cell_format, sample))
    grader = Grader(plan, ids, cell_format)
    chunks, issues = [], []
    for first in range(0, max(frame.rows, 1), CHUNK_ROWS):
        rows = slice(first, min(first + CHUNK_ROWS, frame.rows))
        graded = grader.grade(lambda place, rows=rows: frame.cells(place, rows), rows.stop - rows.start)  # type: ignore[misc]
        chunks.append({column.name: _to_pandas(column) for column in graded.columns})
        if graded.refused:
            confirm(graded.refused, graded.accepted)
        issues += [RowIssue(i.row + first, i.column, i.value, i.severity, i.message) for i in graded.issues]
    result = pd.concat([pd.DataFrame(chunk) for chunk in chunks], ignore_index=True)
    result = result if frame.index is None else result.set_axis(frame.index)
    result.attrs["issues"] = issues
    return result


def _to_pandas(column: Coded | Values) -> Any:
    import pandas as pd

    if isinstance(column, Values):
        return pd.array(column.values)
    texts = column.texts if isinstance(column.texts, list) else column.texts.to_pylist()
    if column.counts:
        return pd.array([int(text) if text else None for text in texts], dtype="Int16").take(column.codes)
    return pd.array([text or None for text in texts], dtype="str").take(column.codes)
