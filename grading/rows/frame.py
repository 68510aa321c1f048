"""Grading a pandas data frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from grading.columns.plan import Options, plan_columns
from grading.columns.unit_slips import SAMPLE_ROWS, check_units
from grading.reading.cells import reading
from grading.reference.catalogue import check_valve
from grading.reference.guideline import DEFAULT_GUIDELINE, expand
from grading.rows.coded import Coded, Values
from grading.rows.grader import Grader
from grading.rows.issues import RowIssue
from grading.rows.schema import confirm

if TYPE_CHECKING:
    import pandas as pd

CHUNK_ROWS = 65_536


def grade_frame(
    df: pd.DataFrame,
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
        (mr_eroa_cm2).
            Headers are catalogue names or aliases with an optional unit; cells are numbers, or text as in a CSV file.
        guidelines: one id, several, or 'all'.
        valve: the valve every row is about.
        columns: header -> measurement name, or {'measurement', 'unit', 'valve'}; 'ignore' sets a column aside.
        units: header or measurement -> unit.
        constants: measurement -> text, for what holds in every row.
        missing: further texts or numbers that mean not measured.
    Returns:
        One row per input row, same index: the result columns of the batch mode (`ase_2017_grade`, ...); blank is
        missing.
        The issues stand as a list of RowIssue in `result.attrs["issues"]`, rows counted from 0.
    Raises:
        UsageError: when the columns do not say what to grade, or one looks to be in another unit than assumed.

    >>> import pandas as pd
    >>> df = pd.DataFrame({"eroa": [0.45, None], "regurgitant_volume": [62, None]})
    >>> grade_frame(df, valve="mitral")["ase_2017_grade"].tolist()
    ['severe', 'insufficient_data']
    """
    import pandas as pd

    ids = expand([guidelines] if isinstance(guidelines, str) else guidelines)
    options = Options(
        valve=check_valve(valve) if valve else None, columns=columns or {}, units=units or {}, constants=constants or {}
    )
    plan = plan_columns([str(header) for header in df.columns], options)
    cell_format = reading(missing)
    chunks, issues = [], []
    first = df.iloc[:SAMPLE_ROWS]
    check_units(plan, lambda i: [_series_to_arrow(first.iloc[:, i])], cell_format)
    grader = Grader(plan, ids, cell_format)
    for start in range(0, max(len(df), 1), CHUNK_ROWS):
        part = df.iloc[start : start + CHUNK_ROWS]
        graded = grader.grade(lambda i, part=part: _series_to_arrow(part.iloc[:, i]), len(part))  # type: ignore[misc]
        chunks.append({column.name: _to_pandas(column) for column in graded.columns})
        if graded.refused:
            confirm(graded.refused, graded.accepted)
        issues += [RowIssue(i.row + start, i.column, i.value, i.severity, i.message) for i in graded.issues]
    result = pd.concat([pd.DataFrame(chunk) for chunk in chunks], ignore_index=True).set_axis(df.index)
    result.attrs["issues"] = issues
    return result


def _series_to_arrow(series: pd.Series[Any]) -> pa.Array:
    """A pandas column as Arrow: numbers stay numbers, anything else becomes text as it would stand in a CSV file."""
    if series.dtype.kind in "fiu":
        narrow = "float32" in str(series.dtype).lower() or str(series.dtype) in ("float[pyarrow]", "float16")
        return pa.array(series.to_numpy(dtype=np.float32 if narrow else np.float64, na_value=np.nan), from_pandas=True)
    blank = series.isna().to_numpy()
    return pa.array([None if b else str(v) for b, v in zip(blank, series.tolist(), strict=True)], pa.string())


def _to_pandas(column: Coded | Values) -> Any:
    import pandas as pd

    if isinstance(column, Values):
        return pd.array(column.values)
    texts = column.texts if isinstance(column.texts, list) else column.texts.to_pylist()
    if column.counts:
        return pd.array([int(text) if text else None for text in texts], dtype="Int16").take(column.codes)
    return pd.array([text or None for text in texts], dtype="str").take(column.codes)
