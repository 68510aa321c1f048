"""Columns of marks such as '<', which make limits of the numbers beside them: no value is graded without its mark."""

from __future__ import annotations

from collections.abc import Sequence

from grading.columns.column import IGNORED, Column
from grading.columns.contents import LIMITS, Contents, holds_limits
from grading.columns.headers import fold, split_unit
from grading.errors import UsageError, listed, option
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number


def refuse_limits(columns: Sequence[Column], others: Sequence[tuple[int, str]], contents: Contents) -> None:
    """Raises UsageError where a column holds marks of limits and stands beside a measurement or has its name.

    Args:
        columns: those of measurements.
        others: index and header of the rest.
        contents: the first cells of a column.
    """
    numbers = [column for column in columns if isinstance(load_catalogue()[column.measurement], Number)]
    for index, header in others:
        own = [column for column in numbers if _is_of(index, header, column)]
        if own and holds_limits(header, texts := contents(index)):
            marks = sorted(LIMITS & {text.strip() for text in texts})
            raise UsageError(
                f"column {header!r} holds marks of limits ({listed(marks)}), and the numbers of {own[0].header!r} "
                f"beside them are then no values; put each mark into the cell of its number, as '<0.2', which is then "
                f"not graded, or set the column aside ({option('columns', header, IGNORED)})"
            )


def _is_of(index: int, header: str, column: Column) -> bool:
    """True for a column beside a measurement's, or under its name."""
    return abs(index - column.index) == 1 or fold(header).startswith(fold(split_unit(column.header)[0]))
