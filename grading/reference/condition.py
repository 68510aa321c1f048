"""One comparison of the notation: `specific.severe >= 4`, `quantitative.high >= III`, `jet_direction = central`.

The left side is a measurement or a tally of a group; the right side a number (with a unit if it is not the
catalogue's), a word or a grade. There is no NOT, no arithmetic and no nesting: a list of conditions means AND.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from grading.errors import TableError, nearest
from grading.reference.measurement import Catalogue
from grading.reference.units import UNITS, convert, split_quantity

#: tallies that are a count; `apart`: steps between the ends of a range, `dispute`: how far two rows contradict
COUNTS = ("measured", "apart", "dispute")
#: tallies that are a step: lowest and highest of all rows; where the intervals of all rows meet, `floor` being the
#: highest of their low ends; and the one that more than half of them allow
STEPS = ("low", "high", "floor", "least", "most", "favoured")
#: what a count of a step may be asked as: its share of those measured, or without the rows that are not the valve's own
SHARE, OWN = "share", "own"
#: a word that was neither entered nor worked out
UNKNOWN = "unknown"
_SHARE = re.compile(r"0(\.\d+)?|1")
_CONDITION = re.compile(r"(?P<subject>[\w.]+) (?P<operator><=|>=|<|>|=) (?P<value>.+)")


@dataclass(frozen=True, slots=True)
class TallyTest:
    """What a condition asks of a group: a count, a step, or a count of a step (`kind` '', 'share' or 'own')."""

    group: str
    tally: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """`subject operator value`; `value` is a number, a word's code, or the position of a step (from 1)."""

    text: str
    subject: str
    operator: str
    value: float
    test: TallyTest | None = None

    @property
    def group(self) -> str:
        """The group whose tally is asked, or '' when the subject is a measurement."""
        return self.test.group if self.test else ""

    @property
    def asks_unknown(self) -> bool:
        """True for 'mechanism = unknown', which holds where a word is not known."""
        return self.test is None and self.text.endswith(f" = {UNKNOWN}")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a condition of one table may name: its groups with their steps (mildest first), the numbers that a shared
    list calls by name, and the place of each step on the ladder of a shared list."""

    catalogue: Catalogue
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)
    ladder: Mapping[str, str] = field(default_factory=dict)


#: the ladder of a list that tables of three and of four steps share
LADDER: Final = ("I", "II", "III", "IV")


def split_condition(text: str) -> tuple[str, str, str]:
    """(subject, operator, value) of a comparison, as written; three blanks for a text that is none.

    >>> split_condition("specific.severe >= most")
    ('specific.severe', '>=', 'most')
    """
    match = _CONDITION.fullmatch(text)
    return (match["subject"], match["operator"], match["value"]) if match else ("", "", "")


def parse_condition(text: str, vocabulary: Vocabulary, where: str) -> Condition:
    """Read one comparison. Raises TableError."""
    subject, operator, value = split_condition(text)
    if not subject:
        raise TableError(f"{where}: {text!r} is not 'name operator value' with one of < <= = >= > and single spaces")
    group, dot, tally = subject.partition(".")
    if not dot:
        return Condition(text, subject, operator, _measurement_value(text, subject, value, vocabulary.catalogue, where))
    steps = vocabulary.groups.get(group, ())
    ends = {"lowest": steps[0], "highest": steps[-1]} if steps else {}
    value = vocabulary.numbers.get(value, ends.get(value, value))
    operator, value = _on_own_ladder(operator, value, group, vocabulary)
    test, code = _tally_test(text, TallyTest(group, *_tally_parts(tally)), value, vocabulary.groups, where)
    return Condition(f"{subject} {operator} {value}", subject, operator, code, test)


def _tally_parts(tally: str) -> tuple[str, str]:
    step, _, kind = tally.partition(".")
    return step, kind


def _on_own_ladder(operator: str, value: str, group: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """A step of a shared list as the table's own: '>= III' is '>= severe' where its steps are I, II and IV."""
    ladder, steps = vocabulary.ladder, vocabulary.groups.get(group, ())
    if value in steps or value not in LADDER or not ladder:
        return operator, value
    place = LADDER.index(value)
    known = [step for step in steps if step in ladder]
    above = [step for step in known if LADDER.index(ladder[step]) >= place]
    below = [step for step in known if LADDER.index(ladder[step]) <= place]
    if operator in (">=", ">"):
        exact = above and LADDER.index(ladder[above[0]]) == place
        return (operator if exact else ">="), above[0] if above else value
    if operator in ("<=", "<"):
        exact = below and LADDER.index(ladder[below[-1]]) == place
        return (operator if exact else "<="), below[-1] if below else value
    return operator, next((step for step in known if ladder[step] == value), value)


def _tally_test(
    text: str, test: TallyTest, value: str, groups: Mapping[str, tuple[str, ...]], where: str
) -> tuple[TallyTest, float]:
    if test.group not in groups:
        hint = nearest(test.group, groups)
        raise TableError(f"{where}: {text!r}: no group {test.group!r}.{hint} Allowed: {', '.join(groups)}")
    steps = groups[test.group]
    if test.tally in STEPS and not test.kind:
        if value not in steps:
            raise TableError(f"{where}: {text!r}: {value!r} is not a step of {test.group}. Allowed: {', '.join(steps)}")
        return test, steps.index(value) + 1
    if test.tally in steps and test.kind == SHARE:
        if not _SHARE.fullmatch(value):
            raise TableError(f"{where}: {text!r}: {value!r} is not a share between 0 and 1")
        return test, float(value)
    if not (test.tally in COUNTS and not test.kind) and not (test.tally in steps and test.kind in ("", OWN)):
        asked = f"{test.tally}.{test.kind}" if test.kind else test.tally
        allowed = ", ".join((*COUNTS, *STEPS, *steps))
        raise TableError(f"{where}: {text!r}: {test.group} has no {asked!r}. Allowed: {allowed}")
    if not value.isdecimal():
        raise TableError(f"{where}: {text!r}: {value!r} is not a count")
    return test, int(value)


def _measurement_value(text: str, subject: str, value: str, catalogue: Catalogue, where: str) -> float:
    if subject not in catalogue:
        known = [*catalogue.numbers, *catalogue.words]
        raise TableError(f"{where}: {text!r}: no measurement {subject!r}.{nearest(subject, known)}")
    if subject in catalogue.words:
        word = catalogue.words[subject]
        if value == UNKNOWN and " = " in text:
            return 0
        if value not in word.values:
            allowed = ", ".join(word.values)
            raise TableError(f"{where}: {text!r}: {subject} has no value {value!r}. Allowed: {allowed}")
        return word.code(value)
    quantity = split_quantity(value)
    unit = catalogue.numbers[subject].unit
    if quantity is None or (quantity[1] or unit) not in UNITS:
        raise TableError(f"{where}: {text!r}: {value!r} is not a number, or its unit is not known")
    return convert(quantity[0], quantity[1] or unit, unit)
