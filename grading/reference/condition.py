"""One comparison of the notation: `specific.severe >= 4`, `quantitative.agree = III`, `jet_direction = central`.

The left side is a measurement or a tally of a group; the right side a number (with a unit if it is not the
catalogue's), a word or a grade. There is no NOT, no arithmetic and no nesting: a list of conditions means AND.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grading.errors import TableError, nearest
from grading.reference.catalogue import Catalogue
from grading.reference.units import UNITS, convert, split_quantity

#: what a rule may ask of a group, beside the number of its rows that argue for a grade
TALLIES = ("measured", "low", "high", "agree", "choices", "dissent")
UNRESOLVED = "unresolved"
#: a word that was neither entered nor worked out
UNKNOWN = "unknown"
_SHARE = re.compile(r"0(\.\d+)?|1")
_CONDITION = re.compile(r"(?P<subject>[\w.]+) (?P<operator><=|>=|<|>|=) (?P<value>.+)")
NO_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Condition:
    """`subject operator value`; `value` is a number, a word's code, or the position of a step (0 for unresolved)."""

    text: str
    subject: str
    operator: str
    value: float

    @property
    def group(self) -> str:
        """The group whose tally is asked, or '' when the subject is a measurement."""
        return self.subject.partition(".")[0] if "." in self.subject else ""

    @property
    def asks_unknown(self) -> bool:
        """True for 'mechanism = unknown', which holds where a word is not known."""
        return not self.group and self.text.endswith(f" = {UNKNOWN}")

    @property
    def tally(self) -> str:
        """Which tally of the group is asked: measured, low, high, agree, choices, dissent, a step or its share."""
        return self.subject.partition(".")[2]


def parse_condition(
    text: str, catalogue: Catalogue, where: str, groups: Mapping[str, tuple[str, ...]] = NO_GROUPS
) -> Condition:
    """Read one comparison. `groups` maps a group to its steps, mildest first. Raises TableError."""
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise TableError(f"{where}: {text!r} is not 'name operator value' with one of < <= = >= > and single spaces")
    subject, operator, value = found["subject"], found["operator"], found["value"]
    group, dot, tally = subject.partition(".")
    if dot:
        code = _tally_value(text, group, tally, value, groups, where)
    else:
        code = _measurement_value(text, subject, value, catalogue, where)
    if value == UNRESOLVED and operator != "=":
        raise TableError(f"{where}: {text!r}: 'unresolved' can only be asked with '='")
    return Condition(text, subject, operator, code)


def _tally_value(
    text: str, group: str, tally: str, value: str, groups: Mapping[str, tuple[str, ...]], where: str
) -> float:
    if group not in groups:
        raise TableError(f"{where}: {text!r}: no group {group!r}.{nearest(group, groups)} Allowed: {', '.join(groups)}")
    steps = groups[group]
    if tally in ("low", "high", "agree"):
        if value == UNRESOLVED and tally == "agree":
            return 0
        if value not in steps:
            raise TableError(f"{where}: {text!r}: {value!r} is not a step of {group}. Allowed: {', '.join(steps)}")
        return steps.index(value) + 1
    step, _, share = tally.partition(".")
    if share == "share" and step in steps:
        if not _SHARE.fullmatch(value):
            raise TableError(f"{where}: {text!r}: {value!r} is not a share between 0 and 1")
        return float(value)
    if tally not in (*TALLIES, *steps):
        raise TableError(f"{where}: {text!r}: {group} has no {tally!r}. Allowed: {', '.join((*TALLIES, *steps))}")
    if not value.isdecimal():
        raise TableError(f"{where}: {text!r}: {value!r} is not a count")
    return int(value)


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
