"""Which quantities of two studies differ by more than measurement error, with the errors of the catalogue."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

from grading.case import Case, grade
from grading.reference.table import Group, Row
from grading.uncertainty import Uncertainty, uncertainty

#: how often a difference of error alone may be taken for more, over all quantities that two studies share
CHANCE = 0.05
#: repeated readings by which the error of a derived quantity is known to about 2 %
DRAWS = 1_000
#: a case as a key: its valve, its guideline, and its measurements [catalogue units] and words
CaseKey = tuple[str, str, tuple[tuple[str, float | str], ...]]
_KNOWN = 4_096


@dataclass(frozen=True, slots=True)
class Difference:
    """A quantity that two studies share: as printed in each, and how far apart in standard deviations of a difference
    of two readings; `towards_severe` says whether the later value lies on the side of a more severe leak."""

    label: str
    earlier: str
    later: str
    deviations: float
    towards_severe: bool

    @property
    def text(self) -> str:
        """'EROA 0.15 cm2 to 0.45 cm2'."""
        return f"{self.label} {self.earlier} to {self.later}"


@lru_cache(maxsize=_KNOWN)
def case_of(key: CaseKey) -> Case:
    """The case of a row."""
    valve, guideline, values = key
    return grade(valve, guideline, **dict(values))


@lru_cache(maxsize=_KNOWN)
def _drawn(key: CaseKey) -> Uncertainty:
    return uncertainty(case_of(key), draws=DRAWS)


def differences(earlier: CaseKey, later: CaseKey) -> list[Difference]:
    """Every quantity that counts in both studies and that has a measurement error, entered or derived."""
    first, second = ({q.name: q for q in _drawn(key).quantities} for key in (earlier, later))
    case, found = case_of(later), []
    assert case.decision is not None
    for group, row in case.decision.table.rows():
        one, other = first.pop(row.name, None), second.get(row.name)
        if one is None or other is None or one.value is None or other.value is None or not group.counted or row.weak:
            continue
        deviation = math.hypot(one.standard_deviation, other.standard_deviation)
        if deviation and row.scale is not None:
            apart = (other.value - one.value) / deviation
            towards = (apart > 0) == rises(group, row)
            found.append(Difference(one.label, one.printed or "", other.printed or "", abs(apart), towards))
    return found


def beyond(found: list[Difference]) -> list[Difference]:
    """Those that differ by more than measurement error. The more quantities two studies share, the farther apart one of
    them has to be (Bonferroni): error alone passes for more in at most 5 % of pairs of studies.

    >>> eroa, width = Difference("EROA", "0.1", "0.3", 2.1, True), Difference("VC", "3", "4", 1, True)
    >>> [one.label for one in beyond([eroa])], beyond([eroa, width])
    (['EROA'], [])
    """
    limit = NormalDist().inv_cdf(1 - CHANCE / (2 * max(len(found), 1)))
    return [one for one in found if one.deviations > limit]


def rises(group: Group, row: Row) -> bool:
    """True where a larger value of a row argues for a more severe leak."""
    bands = [(place, sum(group.interval(label))) for place, label in enumerate(row.labels)]
    argued = [(place, steps) for place, steps in bands if steps]
    (first, low), (_, high) = argued[0], argued[-1]
    if low != high:
        return low < high
    # one step alone: the most severe lies above where larger is worse, the mildest below
    severe = low > len(group.steps)
    return severe == (first > 0)
