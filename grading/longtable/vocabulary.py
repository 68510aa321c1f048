"""What the columns of a long table are called and what stands in them, read once from `long_tables.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from grading.columns.headers import fold
from grading.errors import TableError, take
from grading.reference.catalogue import load_catalogue, read_toml, tables
from grading.reference.units import read_unit

_FILE = "long_tables.toml"
#: section -> its keys
_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "names": ("id", "name", "value", "unit", "direction", "chosen", "derivation"),
        "headers": ("of_a_study", "beside"),
        "visits": ("words", "beside"),
        "units": ("others", "none"),
        "directions": ("regurgitant", "antegrade", "beside"),
        "chosen": ("yes", "no", "mean"),
        "flow": ("forward", "either"),
        "repeats": ("errors", "hours", "reading"),
    }
)
REGURGITANT, ANTEGRADE = "regurgitant", "antegrade"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words of long tables, folded but for the names of columns and measurements; units without spaces and case.

    Args:
        names: role -> lists of column names, the preferred list first.
        of_a_study, beside_study: words of headers that tell studies apart, and those that may stand beside them.
        visits, beside_visit: words of cells that name a visit or a state, and those that may stand beside them.
        other_units, no_unit: units of other measurements, and what says that there is none.
        directions: REGURGITANT or ANTEGRADE -> its words; `beside_direction` may stand around them.
        chosen, not_chosen, mean: cells that mark a chosen repeat, another one, and a mean that a device took.
        forward, either: measurements of forward flow, and of no flow in particular.
        errors: how many errors of one reading repeats may lie apart.
        hours: how far times of one study may lie apart [h].
    """

    names: Mapping[str, tuple[tuple[str, ...], ...]]
    of_a_study: frozenset[str]
    beside_study: frozenset[str]
    visits: frozenset[str]
    beside_visit: frozenset[str]
    other_units: frozenset[str]
    no_unit: frozenset[str]
    directions: Mapping[str, frozenset[str]]
    beside_direction: frozenset[str]
    chosen: frozenset[str]
    not_chosen: frozenset[str]
    mean: frozenset[str]
    forward: frozenset[str]
    either: frozenset[str]
    errors: float
    hours: float

    def direction(self, text: str) -> str:
        """REGURGITANT or ANTEGRADE when a text names a direction of flow and nothing else, else ''.

        >>> vocabulary().direction("Regurgitant Flow"), vocabulary().direction("no regurgitation seen")
        ('regurgitant', '')
        """
        for part in re.split(r"[;|,]", text):
            ways = [way for way, words in self.directions.items() if _made_of(fold(part), words, self.beside_direction)]
            if len(ways) == 1:
                return ways[0]
        return ""

    def is_direction(self, text: str) -> bool:
        """True when a text names a direction of flow and nothing else."""
        return self.direction(text) != ""

    def is_unit(self, text: str) -> bool:
        """True when a text is a unit, of ours or of another measurement.

        >>> vocabulary().is_unit("cm²"), vocabulary().is_unit("mmHg"), vocabulary().is_unit("mild")
        (True, True, False)
        """
        return not self.says_no_unit(text) and (read_unit(text) is not None or _squeezed(text) in self.other_units)

    def tells_units(self, text: str) -> bool:
        """True when a text is a unit and nothing else: a letter alone may be a code, as m is for male."""
        return self.is_unit(text) and (len(text.strip()) > 1 or text.strip() == "%")

    def says_no_unit(self, text: str) -> bool:
        """True when a text says that a value has no unit."""
        return _squeezed(text) in self.no_unit

    def tells_studies_apart(self, header: str) -> bool:
        """True when a header is made of words that name a date, a visit, a study or a patient, and nothing else.

        >>> [vocabulary().tells_studies_apart(name) for name in ("StudyInstanceUID", "visit_no", "study_type")]
        [True, True, False]
        """
        return _made_of(fold(header), self.of_a_study, self.beside_study)

    def names_visit(self, text: str) -> bool:
        """True when a text names a visit, or a state that is studied by itself, and nothing else.

        >>> [vocabulary().names_visit(text) for text in ("6 months", "peak stress", "systole")]
        [True, True, False]
        """
        words = re.sub(r"\d+", "", fold(text))
        return _made_of(words, self.visits, self.beside_visit)


def _made_of(text: str, needed: frozenset[str], allowed: frozenset[str]) -> bool:
    """True when a text can be cut into words, at least one of them needed and the others allowed."""
    # most texts are looked at in vain
    if not any(word in text for word in needed):
        return False
    longest = _longest(needed, allowed)
    reached = {(0, False)}
    waiting = [(0, False)]
    while waiting:
        start, named = waiting.pop()
        for end in range(start + 1, min(start + longest, len(text)) + 1):
            word = text[start:end]
            state = (end, named or word in needed)
            if (word in needed or word in allowed) and state not in reached:
                reached.add(state)
                waiting.append(state)
    return (len(text), True) in reached


@cache
def _longest(*words: frozenset[str]) -> int:
    return max(map(len, frozenset().union(*words)))


def _squeezed(text: str) -> str:
    return "".join(text.casefold().split())


@cache
def vocabulary() -> Vocabulary:
    """The words of this version."""
    return parse_vocabulary(read_toml(tables() / _FILE))


def parse_vocabulary(table: Mapping[str, Any]) -> Vocabulary:
    """The words from the TOML dictionary. Raises TableError naming the row."""
    take(table, _KEYS, _KEYS, _FILE)
    for section, keys in _KEYS.items():
        take(table[section], keys, keys, f"{_FILE}: {section}")
    flow, repeats = table["flow"], table["repeats"]
    for name in (*flow["forward"], *flow["either"]):
        if name not in load_catalogue():
            raise TableError(f"{_FILE}: flow: there is no measurement {name!r} in the catalogue")
    if not repeats["errors"] > 0 or not repeats["hours"] > 0:
        raise TableError(f"{_FILE}: repeats: errors and hours; expected positive numbers")
    names = {role: tuple(map(tuple, lists)) for role, lists in table["names"].items()}
    return Vocabulary(
        names=MappingProxyType(names),
        of_a_study=_folded(table["headers"]["of_a_study"]),
        beside_study=_folded(table["headers"]["beside"]),
        visits=_folded(table["visits"]["words"]),
        beside_visit=_folded(table["visits"]["beside"]),
        other_units=frozenset(map(_squeezed, table["units"]["others"])),
        no_unit=frozenset(map(_squeezed, table["units"]["none"])),
        directions=_directions(table["directions"]),
        beside_direction=_folded(table["directions"]["beside"]),
        chosen=_folded(table["chosen"]["yes"]),
        not_chosen=_folded(table["chosen"]["no"]),
        mean=_folded(table["chosen"]["mean"]),
        forward=frozenset(flow["forward"]),
        either=frozenset(flow["either"]),
        errors=float(repeats["errors"]),
        hours=float(repeats["hours"]),
    )


def _directions(table: Mapping[str, Any]) -> Mapping[str, frozenset[str]]:
    ways = {way: _folded(table[way]) for way in (REGURGITANT, ANTEGRADE)}
    if both := ways[REGURGITANT] & ways[ANTEGRADE]:
        raise TableError(f"{_FILE}: directions: {', '.join(sorted(both))} stands for both")
    return MappingProxyType(ways)


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(fold, words))
