"""Lines at the end of a table that sum up the others and are no patients: means, totals, counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import islice

import pyarrow as pa

from grading.columns.cells import as_text
from grading.columns.headers import fold
from grading.columns.plan import Plan
from grading.errors import UsageError, listed
from grading.reading.checks import is_missing

#: rows at the end that are looked at
_MOST_ROWS = 30
#: columns without a measurement in which they may be called so, and characters of what they are called
_MOST_COLUMNS, _LONGEST_LABEL = 8, 40
#: what such a line is called, and what others beside it may be, which by itself could be initials
_SUMS_UP = frozenset({
    "mean", "average", "avg", "median", "total", "totals", "sum", "grandtotal", "subtotal", "overall", "mittelwert",
    "durchschnitt", "summe", "gesamt", "moyenne", "médiane", "somme", "media", "promedio", "mediana", "suma", "totale",
    "somma", "média", "soma", "ortalama", "toplam", "среднее", "итого", "平均", "合计", "合計",
})  # fmt: skip
_BESIDE = frozenset({
    "sd", "std", "stdev", "stddev", "standarddeviation", "standard", "deviation", "standardabweichung", "écarttype",
    "sem", "se", "cv", "n", "count", "min", "max", "minimum", "maximum", "range", "iqr", "anzahl",
})  # fmt: skip


def refuse_summary_rows(plan: Plan, columns: int, rows: int, cells: Callable[[int], pa.Array]) -> None:
    """Raises UsageError when the last rows sum up the others.

    Args:
        plan: how the columns are read.
        columns: how many there are.
        rows: how many rows are looked at, of which the last ones are.
        cells: a column of these rows by its index.
    """
    labels = _last_labels(plan, columns, rows, cells)
    if len(labels) < rows and any(_words(label) <= _SUMS_UP | _BESIDE and _words(label) & _SUMS_UP for label in labels):
        several = len(labels) > 1
        which = f"the last {len(labels)} rows ({listed(labels)})" if several else f"the last row ({labels[0]!r})"
        said = "sum up the others and are no patients; take them out" if several else "sums up the others; take it out"
        raise UsageError(f"{which} {said} of the file")


def looked_at(plan: Plan, columns: int) -> tuple[list[int], list[int]]:
    """Of a table of so many columns, the indexes of those with values, and of those in which a row may be called."""
    used = {*plan.indexes}
    others = (index for index in range(columns) if index not in used)
    return [column.index for column in plan.columns if column.index < columns], list(islice(others, _MOST_COLUMNS))


def _last_labels(plan: Plan, columns: int, rows: int, cells: Callable[[int], pa.Array]) -> list[str]:
    """How the last rows are called, as far as they may sum up others; rows without a value are passed over."""
    first = max(rows - _MOST_ROWS, 0)

    def texts(indexes: Sequence[int]) -> list[tuple[str, ...]]:
        found = [as_text(cells(index).slice(first)).to_pylist() for index in indexes]
        return [tuple(text or "" for text in row) for row in zip(*found, strict=True)]

    read, others = looked_at(plan, columns)
    labels: list[str] = []
    for values, names in reversed(list(zip(texts(read), texts(others), strict=False))):
        label = next((name.strip() for name in names if not is_missing(name)), "")
        if all(map(is_missing, values)):
            continue
        if not _words(label) or not _words(label) <= _SUMS_UP | _BESIDE:
            break
        labels.insert(0, label)
    return labels


def _words(label: str) -> frozenset[str]:
    """The words of a label: 'Mean ± SD (n)' is mean, sd and n."""
    return frozenset(map(fold, re.findall(r"[^\W_]+", label))) if len(label) <= _LONGEST_LABEL else frozenset({label})
