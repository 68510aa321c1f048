"""A measurement as the catalogue describes it: a number with its units and ranges, or a word with its values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from grading.reference.derivation import Derivation
from grading.reference.languages import valve_elsewhere, word_elsewhere
from grading.reference.scale import Mask, Numbers
from grading.reference.units import convert
from grading.reference.usual import Usual
from grading.reference.variability import Variability

VALVES = ("mitral", "aortic", "tricuspid", "pulmonic")

#: the code of a word of context that was written and could not be read: unknown, and perhaps any of its values
UNREADABLE = -1


@dataclass(frozen=True, slots=True)
class Range:
    """Values from `low` to `high`, and 0 too where `zero` is set. `why` is the reason in one sentence."""

    low: float
    high: float
    zero: bool
    why: str

    def outside(self, values: Numbers) -> Mask:
        """True where a value is known and out of range; NaN is not known. Infinite values are outside."""
        below = (values < self.low) & (values != 0) if self.zero else values < self.low
        return below | (values > self.high)


@dataclass(frozen=True, slots=True)
class Number:
    """A measured or derived number. Ranges and `step` (one step to show) are in `unit`; one derived has no range.

    `soft_of` is a narrower plausible range of some valves, `usual` where values lie among patients. `exact`: as words
    its name says as well something else, and counts as a header only as it is written here, or beside a regurgitation.
    `asked_in` is the unit a form asks in, as laboratories write it; numbers of one `unit_switch` change it together.
    """

    name: str
    label: str
    title: str
    unit: str
    decimals: int
    also: tuple[str, ...] = ()
    group: str = "derived"
    valves: tuple[str, ...] = VALVES
    shared: bool = False
    hard: Range | None = None
    soft: Range | None = None
    how: str = ""
    aliases: tuple[str, ...] = ()
    valve_aliases: tuple[str, ...] = ()
    spellings: tuple[tuple[str, str], ...] = ()
    loinc: Mapping[str, str] = field(default_factory=dict)
    error: Variability | None = None
    step: float = 1.0
    soft_of: Mapping[str, Range] = field(default_factory=dict)
    usual: Usual | None = None
    exact: bool = False
    asked_in: str = ""
    unit_switch: str = ""

    @property
    def asked_unit(self) -> str:
        """The unit in which a form asks for it first."""
        return self.asked_in or self.unit

    @property
    def units(self) -> tuple[str, ...]:
        """Every unit a value may be given in, the catalogue's own first."""
        return (self.unit, *self.also)

    def plausible_unit(self, value: float, unit: str) -> str | None:
        """Another accepted unit in which this bare number would be an ordinary value, or None."""
        for other in self.units:
            in_other = np.asarray([convert(value, other, self.unit)])
            limits = [limit for limit in (self.hard, self.soft) if limit is not None]
            if other != unit and value != 0 and not any(limit.outside(in_other)[0] for limit in limits):
                return other
        return None


@dataclass(frozen=True, slots=True)
class Word:
    """A finding said in words. Code 0 is unknown, code i is `values[i-1]`; values stand in order of severity.

    `synonyms` are spellings of its values; those of other languages are looked up where none of these fits.
    """

    name: str
    label: str
    title: str
    values: tuple[str, ...]
    synonyms: Mapping[str, str]
    group: str = "derived"
    valves: tuple[str, ...] = VALVES
    shared: bool = False
    how: str = ""
    aliases: tuple[str, ...] = ()
    valve_aliases: tuple[str, ...] = ()
    spellings: tuple[tuple[str, str], ...] = ()
    spelled: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, str] = field(default_factory=dict)
    derivation: Derivation | None = None

    def text(self, value: str) -> str:
        """How a sentence writes a value: 'A-wave dominant'."""
        return self.spelled.get(value, value.replace("_", " "))

    def finding(self, value: str) -> str:
        """How a sentence calls the finding: 'large central jet'."""
        return self.findings.get(value, f"{self.label} {self.text(value)}")

    def code(self, value: str) -> int:
        """The code of a canonical value."""
        return self.values.index(value) + 1

    def read(self, text: str) -> int | None:
        """The code of what a person wrote, by value or synonym, without case, hyphens and spaces; None if unknown."""
        value = self.synonyms.get(fold_word(text))
        if value is None and (whole := re.fullmatch(r"\s*(\d+)\.0+\s*", text)):
            # a flag beside a blank one is written as 1.0
            value = self.synonyms.get(whole[1])
        if value is None:
            value = valve_elsewhere(text) if self.name == "valve" else word_elsewhere(self.name, self.values, text)
        return None if value is None else self.code(value)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All numbers and words by name, and the header spellings that are refused with a reason."""

    numbers: Mapping[str, Number]
    words: Mapping[str, Word]
    refused: Mapping[str, str]

    def __contains__(self, name: object) -> bool:
        return name in self.numbers or name in self.words

    def __getitem__(self, name: str) -> Number | Word:
        return self.numbers[name] if name in self.numbers else self.words[name]

    def enterable(self, valve: str | None = None) -> list[Number | Word]:
        """What a person can enter, in the order of the catalogue; for one valve, what can matter to it."""
        every: list[Number | Word] = [*self.numbers.values(), *self.words.values()]
        return [m for m in every if m.group != "derived" and m.name != "valve" and (valve is None or valve in m.valves)]


def fold_word(text: str) -> str:
    """A word for comparison: case, hyphens, underscores and repeated spaces do not count."""
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())
