"""A data frame as it is given: its headers and its cells as Arrow, whichever library made it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from grading.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class GivenFrame:
    """The headers of a frame, how many rows it has, the cells of a column in some rows, and the index of a pandas
    frame."""

    headers: list[str]
    rows: int
    cells: Callable[[int, slice], pa.Array]
    index: Any = None


def open_frame(df: Any) -> GivenFrame:
    """A pandas frame, or one that gives its columns by the Arrow PyCapsule interface. Raises UsageError for all else.

    >>> open_frame({"eroa": [0.4]})
    Traceback (most recent call last):
    grading.errors.UsageError: grade_frame takes a data frame, and got a dict; give pandas.DataFrame(...) of it
    """
    import pandas as pd

    if isinstance(df, pd.DataFrame):
        headers = [str(header) for header in df.columns]
        return GivenFrame(headers, len(df), lambda place, rows: _series_to_arrow(df.iloc[rows, place]), df.index)
    kind = type(df).__name__
    if hasattr(df, "collect") and not hasattr(df, "__arrow_c_stream__"):
        raise UsageError(f"grade_frame takes a data frame, and got a {kind}, not worked out yet; collect it first")
    if isinstance(df, pd.Series) or not hasattr(df, "__arrow_c_stream__"):
        raise UsageError(f"grade_frame takes a data frame, and got a {kind}; {_way(df)}")
    try:
        table = pa.table(df)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, TypeError, ValueError) as error:
        raise UsageError(f"grade_frame takes a data frame, and got a {kind} that is no table: {error}") from error
    columns = [column.combine_chunks() for column in table.columns]
    return GivenFrame(list(table.column_names), len(table), lambda place, rows: _sliced(columns[place], rows))


def _way(df: Any) -> str:
    """What to give instead."""
    if isinstance(df, (str, bytes)) or hasattr(df, "__fspath__"):
        return "read the file first, as with pandas.read_csv(..., dtype=str)"
    if df is None:
        return "give the frame"
    return "give pandas.DataFrame(...) of it"


def _sliced(column: pa.Array, rows: slice) -> pa.Array:
    return column.slice(rows.start, rows.stop - rows.start)


def _series_to_arrow(series: pd.Series[Any]) -> pa.Array:
    """A pandas column as Arrow: numbers stay numbers, anything else becomes text as it would stand in a CSV file."""
    if series.dtype.kind in "fiu":
        narrow = "float32" in str(series.dtype).lower() or str(series.dtype) in ("float[pyarrow]", "float16")
        return pa.array(series.to_numpy(dtype=np.float32 if narrow else np.float64, na_value=np.nan), from_pandas=True)
    blank = series.isna().to_numpy()
    return pa.array([None if b else str(v) for b, v in zip(blank, series.tolist(), strict=True)], pa.string())
