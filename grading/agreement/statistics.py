"""Agreement of two graders of the same rows: exact, within one grade, and Cohen's kappa, with bootstrap intervals.

Every row is accounted for: it is compared, or set aside once with a reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from grading.agreement.categories import OUTCOMES, REJECTED, Categories
from grading.agreement.vocabulary import MISSING, NOT_GRADED, UNREADABLE, ReadGrade
from grading.errors import UsageError, nearest

Matrix: TypeAlias = NDArray[np.int64]

OTHER_VALVE, RANGE = "other_valve", "range"
#: why a row is not compared; a row is counted under the first that holds for either side
REASONS = (OTHER_VALVE, REJECTED, *reversed(OUTCOMES), MISSING, NOT_GRADED, UNREADABLE, RANGE)
#: what becomes of a range such as mild to moderate: set aside, or its mildest or most severe grade
RANGES = ("apart", "low", "high")
#: percentiles of a 95 % interval
_ENDS = (2.5, 97.5)
#: an interval is given when at least this share of the resamples has a value
_ENOUGH = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A statistic with its 95 % interval [1]; None where there is none, and `why` says why."""

    value: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Ranges:
    """Rows in which a side names a range: how they were taken, how many, and how many of them the sides could agree on
    exactly, or within one grade."""

    taken: str
    rows: int
    exact: int
    within_one: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two sides agree. `matrix[i][j]` counts rows that the first side puts in category i and the second in j.

    `aside` counts the rows not compared by reason, in the order of REASONS; all counts add up to `rows`.
    """

    categories: Categories
    rows: int
    matrix: tuple[tuple[int, ...], ...]
    aside: Mapping[str, int]
    ranges: Ranges
    exact: Estimate
    within_one: Estimate
    kappa: Estimate
    kappa_linear: Estimate
    kappa_quadratic: Estimate
    bootstrap: int
    seed: int

    @property
    def compared(self) -> int:
        """How many rows the statistics rest on."""
        return sum(map(sum, self.matrix))


def agreement(
    first: Iterable[Any],
    second: Iterable[Any],
    scale: Categories,
    *,
    ranges: str = "apart",
    bootstrap: int = 2000,
    seed: int = 0,
) -> Agreement:
    """Agreement of two columns of texts, each read by its scheme of `scale`.

    Args:
        first, second: n texts each, row by row; None and NaN are blank.
        scale: from `grading.categories.common`.
        ranges: 'apart' leaves rows with a range out of the matrix; 'low' and 'high' take one end of it.
        bootstrap: resamples of the compared rows for the intervals; 0 for none.
        seed: of the resampling; equal seeds give equal intervals.
    Returns:
        An Agreement; an undefined statistic is None with a sentence.
    Raises:
        UsageError: for columns of different lengths, a text that is no grade of its guideline, options that do not
            exist, and when statsmodels is not installed.

    >>> from grading.agreement.categories import common, guideline_scheme, reader_scheme
    >>> scale = common(guideline_scheme("ase-2017", "mitral"), reader_scheme())
    >>> found = agreement(["mild", "severe", "indeterminate"], ["Mild (1+)", "mod", "severe"], scale, bootstrap=0)
    >>> found.compared, found.exact.value, found.aside["indeterminate"]
    (2, 0.5, 1)
    """
    one, other = ([_text(cell) for cell in side] for side in (first, second))
    if len(one) != len(other):
        raise UsageError(f"the first side has {len(one)} rows and the second {len(other)}; expected the same rows")
    pairs: Counter[tuple[ReadGrade, ReadGrade]] = Counter()
    for (left, right), count in Counter(zip(one, other, strict=True)).items():
        pairs[scale.first.read(left), scale.second.read(right)] += count
    return agreement_of_counts(pairs, scale, ranges=ranges, bootstrap=bootstrap, seed=seed)


def _text(cell: Any) -> str:
    """A cell of a column as text; whatever is neither text nor a number is blank."""
    if isinstance(cell, str):
        return cell
    return f"{cell:g}" if isinstance(cell, (int, float, np.number)) and cell == cell else ""


def agreement_of_counts(
    pairs: Mapping[tuple[ReadGrade, ReadGrade], int],
    scale: Categories,
    *,
    ranges: str = "apart",
    bootstrap: int = 2000,
    seed: int = 0,
) -> Agreement:
    """The same from distinct pairs of grades and how many rows hold each: what a long file is counted into."""
    check_options(ranges, bootstrap)
    kappa_of = _kappa()
    matrix = np.zeros((len(scale.starts),) * 2, np.int64)
    aside = dict.fromkeys(REASONS, 0)
    spread: Counter[str] = Counter()
    for pair, count in pairs.items():
        reason = next((r for r in REASONS if any(grade.aside == r for grade in pair)), None)
        if reason is None:
            one, other = ((scale.place(grade.low), scale.place(grade.high)) for grade in pair)
            if one[0] != one[1] or other[0] != other[1]:
                gap = max(one[0] - other[1], other[0] - one[1])
                spread += Counter(rows=count, exact=count * (gap <= 0), within_one=count * (gap <= 1))
                reason = RANGE if ranges == "apart" else None
        if reason is None:
            end = int(ranges == "high")
            matrix[one[end], other[end]] += count
        else:
            aside[reason] += count
    return Agreement(
        scale, sum(pairs.values()), tuple(tuple(row) for row in matrix.tolist()), MappingProxyType(aside),
        Ranges(ranges, spread["rows"], spread["exact"], spread["within_one"]),
        **_estimates(matrix, kappa_of, bootstrap, seed), bootstrap=bootstrap, seed=seed,
    )  # fmt: skip


def check_options(ranges: str, bootstrap: int) -> None:
    """Raises UsageError for a way to take ranges or a number of resamples that cannot be used."""
    if ranges not in RANGES:
        raise UsageError(f"no way {ranges!r}.{nearest(ranges, RANGES)} There are: {', '.join(RANGES)}", about="ranges")
    if bootstrap != 0 and not 100 <= bootstrap <= 100_000:
        raise UsageError(f"expected 0 (no intervals) or 100 to 100000 resamples, found {bootstrap}", about="bootstrap")


def _kappa() -> Callable[..., float]:
    """The library's kappa of a table of counts."""
    try:
        from statsmodels.stats.inter_rater import cohens_kappa
    except ImportError as error:
        install = "pip install 'echograde[agree]'"
        raise UsageError(f"kappa is worked out by statsmodels, which is not installed; run: {install}") from error
    return cohens_kappa  # type: ignore[no-any-return]


def _estimates(matrix: Matrix, kappa_of: Callable[..., float], bootstrap: int, seed: int) -> dict[str, Estimate]:
    """Every statistic of a matrix, by its field of Agreement."""
    total = int(matrix.sum())
    steps = np.arange(len(matrix))
    distance = np.abs(steps[:, None] - steps)

    def share(most: int) -> Callable[[Matrix], float | None]:
        return lambda counts: float(counts[distance <= most].sum() / counts.sum())

    def kappa(weights: str | None) -> Callable[[Matrix], float | None]:
        def of(counts: Matrix) -> float | None:
            if one_category(counts):
                return None
            return float(kappa_of(counts, wt=weights, return_results=False))

        return of

    statistics = {
        "exact": share(0),
        "within_one": share(1),
        "kappa": kappa(None),
        "kappa_linear": kappa("linear"),
        "kappa_quadratic": kappa("quadratic"),
    }
    if total == 0:
        return dict.fromkeys(statistics, Estimate(None, why="no row could be compared"))
    draws = np.random.default_rng(seed).multinomial(total, matrix.ravel() / total, size=bootstrap)
    resamples = draws.reshape(bootstrap, *matrix.shape)
    found = {name: _estimate(statistic, matrix, resamples) for name, statistic in statistics.items()}
    if len(matrix) < 3:
        found["within_one"] = Estimate(None, why="with two categories every row is within one")
    return found


def one_category(counts: Matrix) -> bool:
    """True when both sides put every row in one and the same category: kappa is then 0 / 0."""
    return bool((np.diag(counts) == counts.sum()).any())


def _estimate(statistic: Callable[[Matrix], float | None], matrix: Matrix, resamples: Matrix) -> Estimate:
    """A statistic and the percentiles of its resamples."""
    value = statistic(matrix)
    if value is None:
        return Estimate(None, why="both sides put every compared row in one category")
    if len(resamples) == 0:
        return Estimate(value, why="no interval asked for")
    values = [found for found in map(statistic, resamples) if found is not None]
    if len(values) < _ENOUGH * len(resamples):
        return Estimate(value, why="no interval, because many resamples of so few rows hold one category only")
    low, high = np.percentile(values, _ENDS)
    if low == high:
        return Estimate(value, why="no interval, because every resample gives the same")
    return Estimate(value, float(low), float(high))
