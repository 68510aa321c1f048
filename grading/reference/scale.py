"""The notation of a published scale: one chain of labels and cut-offs, read by rising value.

`I < 0.20 <= II < 0.30 <= III` says that 0.20 itself belongs to II. Every cut-off has exactly one owner, so neither a
gap nor an overlap can be written; a real hole in a paper's table is a band labelled `-`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from grading.errors import TableError

Numbers: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int8]
Mask: TypeAlias = NDArray[np.bool_]

#: Every grade a result can hold, in order of severity where there is one. Code 0 is blank.
GRADES = (
    "", "none", "trace", "mild", "moderate", "severe", "massive", "torrential",
    "progressive", "not_severe", "indeterminate", "insufficient_data", "not_covered",
)  # fmt: skip
#: The grades that say how severe, mildest first, those of schemes with fewer steps among them.
SEVERITY = ("none", "trace", "mild", "progressive", "not_severe", "moderate", "severe", "massive", "torrential")
#: Grades that stand without a range.
NO_RANGE = ("insufficient_data", "not_covered")
#: Every certainty a result can hold. Code 0 is blank.
CERTAINTIES = (
    "", "definite", "quantified", "majority", "single_parameter", "probable", "indeterminate", "insufficient",
)  # fmt: skip

NO_GRADE = "-"
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Scale:
    """Bands of a number line.

    `labels[i]` holds between `cuts[i-1]` and `cuts[i]`; `closed[i]` gives cut i to the band above.
    """

    labels: tuple[str, ...]
    cuts: tuple[Fraction, ...]
    closed: tuple[bool, ...]
    printed: tuple[str, ...]
    _whole: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_whole", tuple(cut.as_integer_ratio() for cut in self.cuts))

    def band(self, values: Numbers, ratio: Fraction = Fraction(1)) -> Codes:
        """Which band each value falls in: 1 for the first label, 0 for NaN.

        `ratio` turns the scale's unit into that of `values`.
        """
        code = (~np.isnan(values)).view(np.int8)
        for limit, closed in zip(_limits(self._whole, *ratio.as_integer_ratio()), self.closed, strict=True):
            code += ((values >= limit) if closed else (values > limit)).view(np.int8)
        return code

    def text(self, band: int, unit: str, last: int | None = None) -> str:
        """Band `band` (from 1), or the bands from it to `last`, in the paper's digits: '>= 0.20 and < 0.30 cm2'."""
        last = last or band
        ends = []
        if band > 1:
            ends.append(f"{'>=' if self.closed[band - 2] else '>'} {self.printed[band - 2]}")
        if last <= len(self.cuts):
            ends.append(f"{'<' if self.closed[last - 1] else '<='} {self.printed[last - 1]}")
        if not ends:
            return "any value"
        said = " and ".join(ends)
        return said if unit == "1" else f"{said} {unit}"

    def chain(self, unit: str) -> str:
        """The whole scale as it is written: 'I < 0.20 <= II < 0.30 <= III cm2'."""
        parts = [self.labels[0]]
        for cut, closed, label in zip(self.printed, self.closed, self.labels[1:], strict=True):
            parts += ["<" if closed else "<=", cut, "<=" if closed else "<", label]
        return f"{' '.join(parts)}{'' if unit == '1' else f' ({unit})'}"

    def inside(self) -> list[Fraction]:
        """One value inside every band, and every cut-off itself: what a what-if has to try."""
        cuts = self.cuts
        middles = [(low + high) / 2 for low, high in itertools.pairwise(cuts)]
        return [cuts[0] / 2, *middles, cuts[-1] * Fraction(5, 4), *cuts]


@cache
def _limits(cuts: tuple[tuple[int, int], ...], numerator: int, denominator: int) -> tuple[float, ...]:
    """Cut-offs in another unit, by the ratio of the two; asked of whole numbers, which are quick to find."""
    return tuple(float(Fraction(*cut) * Fraction(numerator, denominator)) for cut in cuts)


def split_unit(text: str) -> tuple[str, str]:
    """A chain and the unit behind it: ('mild < 3 <= severe', 'mm') from 'mild < 3 <= severe mm'; a ratio has none.

    >>> split_unit("- < 0.77 <= severe")
    ('- < 0.77 <= severe', '1')
    """
    tokens = text.split()
    return (" ".join(tokens[:-1]), tokens[-1]) if len(tokens) % 4 == 2 else (text, "1")


def parse_scale(text: str) -> Scale:
    """Read a chain such as 'severe < 200 <= moderate <= 500 < mild'.

    Raises TableError when the chain is broken, its cut-offs do not rise, or a cut-off has no owner or two.

    >>> parse_scale("mild <= 0.3 < - < 0.7 <= severe").labels
    ('mild', '-', 'severe')
    >>> parse_scale("mild < 0.3 < severe")
    Traceback (most recent call last):
    grading.errors.TableError: scale 'mild < 0.3 < severe': 0.3 belongs to no band; write '<=' on one side of it
    """
    tokens = text.split()
    labels, lefts, printed, rights = tokens[0::4], tokens[1::4], tokens[2::4], tokens[3::4]
    if len(tokens) < 5 or len(tokens) % 4 != 1:
        raise TableError(f"scale {text!r}: expected 'label < number <= label', with spaces, at least one cut-off")
    for operator in lefts + rights:
        if operator not in ("<", "<="):
            raise TableError(f"scale {text!r}: {operator!r} is not '<' or '<='")
    for number in printed:
        if not _NUMBER.fullmatch(number):
            raise TableError(f"scale {text!r}: {number!r} is not a number")
    for left, number, right in zip(lefts, printed, rights, strict=True):
        if left == right:
            owners, mend = ("no band", "'<=' on one side") if left == "<" else ("two bands", "'<' on one side")
            raise TableError(f"scale {text!r}: {number} belongs to {owners}; write {mend} of it")
    cuts = tuple(Fraction(number) for number in printed)
    if any(high <= low for low, high in itertools.pairwise(cuts)):
        raise TableError(f"scale {text!r}: the cut-offs must rise from left to right")
    return Scale(tuple(labels), cuts, tuple(right == "<=" for right in rights), tuple(printed))


def by_severity(grades: Iterable[str]) -> list[str]:
    """Grades from none to the most severe; what says no severity stands behind them.

    >>> by_severity(["indeterminate", "severe", "not_severe"])
    ['not_severe', 'severe', 'indeterminate']
    """
    order = list(dict.fromkeys((*SEVERITY, *GRADES)))
    return sorted(grades, key=lambda grade: order.index(grade) if grade in order else len(order))


def status_of(grade: str) -> str:
    """The status a grade stands for."""
    return grade if grade in ("indeterminate", "insufficient_data", "not_covered") else "graded"
