"""The vocabulary of readers: spellings of grades, what is set aside, the scales of bare numbers, a user's own map.

The words stand in `reference_tables/reader_words.toml`; none and trace are spelled as `regurgitation` of the catalogue.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from grading.errors import TableError, UsageError, nearest, take
from grading.reference.catalogue import load_catalogue, read_toml, tables
from grading.reference.scale import SEVERITY
from grading.writing import in_words

#: the grades in order of severity; massive and torrential are steps above severe
STEPS = tuple(grade for grade in SEVERITY if grade not in ("progressive", "not_severe"))
#: what a reader's text can be, other than a grade
MISSING, NOT_GRADED, UNREADABLE = "missing", "not_graded", "unreadable"
#: the scale under which a bare number means nothing
WORDS = "words"

_FILE = "reader_words.toml"
_DASHES = {ord(dash): "-" for dash in "‐‑‒–—―−﹘－"} | {ord(mark): "'" for mark in "’‘`´"}


@dataclass(frozen=True, slots=True)
class ReadGrade:
    """A grade from `low` to `high` on STEPS, equal where it is one grade; or `aside`, why it is none.

    `why` is the sentence for an unreadable text; it does not count in comparisons.
    """

    low: str = ""
    high: str = ""
    aside: str = ""
    why: str = field(default="", compare=False)

    @property
    def text(self) -> str:
        """'moderate', 'mild to moderate', 'not graded'."""
        steps = self.low if self.low == self.high else f"{self.low} to {self.high}"
        return steps or in_words(self.aside)


#: no words of the user's own
NO_OWN_WORDS: Mapping[str, ReadGrade] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class NumberScale:
    """What bare numbers mean when this scale is declared."""

    title: str
    steps: Mapping[int, ReadGrade]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What every folded spelling says, the words that may stand beside a grade, and the scales of bare numbers."""

    spellings: Mapping[str, ReadGrade]
    beside: frozenset[str]
    bracketed: frozenset[str]
    scales: Mapping[str, NumberScale]


def fold(text: str) -> str:
    """A text for comparison: no case, one kind of dash and apostrophe, single spaces.

    >>> fold(" Mild – Mod  [1–2+] ")
    'mild - mod [1-2+]'
    """
    return " ".join(unicodedata.normalize("NFKC", text).translate(_DASHES).casefold().split())


def phrase(folded: str) -> str:
    """A folded text as the words of a spelling: punctuation parts words, an apostrophe does not."""
    return " ".join(re.sub(r"[-_,.;:/]", " ", folded.replace("'", "")).split())


def span_of(steps: Iterable[str], where: str) -> ReadGrade:
    """From the mildest to the most severe of some grades. Raises TableError for a word that is no grade."""
    named = list(steps)
    for step in named:
        if step not in STEPS:
            raise TableError(f"{where}: no grade {step!r}.{nearest(step, STEPS)} Allowed: {', '.join(STEPS)}")
    ordered = sorted(named, key=STEPS.index)
    return ReadGrade(ordered[0], ordered[-1])


def parse_vocabulary(data: dict[str, Any]) -> Vocabulary:
    """A Vocabulary from the TOML dictionary. Raises TableError for an unknown key or grade, or a spelling of two."""
    take(data, (keys := ("spellings", "ranges", "aside", "beside", "scales")), keys, _FILE)
    spellings: dict[str, ReadGrade] = {}
    for spelling, grade in _spelled(data):
        if spellings.setdefault(phrase(fold(spelling)), grade) != grade:
            raise TableError(f"{_FILE}: {spelling!r} is claimed by two grades")
    scales = {}
    for name, row in data["scales"].items():
        take(row, ("title", "steps"), ("title", "steps"), f"{_FILE}: {name}")
        steps = {int(number): span_of(ends, f"{_FILE}: {name}") for number, ends in row["steps"].items()}
        scales[name] = NumberScale(row["title"], MappingProxyType(steps))
    beside, bracketed = (frozenset(map(phrase, data["beside"][key])) for key in ("words", "bracketed"))
    return Vocabulary(MappingProxyType(spellings), beside, bracketed, MappingProxyType(scales))


def _spelled(data: dict[str, Any]) -> Iterator[tuple[str, ReadGrade]]:
    """Every spelling and what it says."""
    for spelling, value in load_catalogue().words["regurgitation"].synonyms.items():
        if value in ("none", "trace"):
            yield spelling, span_of([value], _FILE)
    for grade, spellings in data["spellings"].items():
        yield from ((spelling, span_of([grade], _FILE)) for spelling in spellings)
    yield from ((spelling, span_of(ends, _FILE)) for spelling, ends in data["ranges"].items())
    for aside, spellings in data["aside"].items():
        yield from ((spelling, ReadGrade(aside=aside)) for spelling in spellings)


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary of this version, read once."""
    return parse_vocabulary(read_toml(tables() / _FILE))


def check_reader_scale(scale: str) -> str:
    """The scale's name. Raises UsageError for one that is not declared in the vocabulary.

    >>> check_reader_scale("0-4")
    '0-4'
    """
    known = (WORDS, *vocabulary().scales)
    if scale not in known:
        near = nearest(scale, known)
        raise UsageError(f"no scale {scale!r}.{near} There are: {', '.join(known)}", about="reader_scale")
    return scale


def parse_reader_map(data: Mapping[str, Any]) -> Mapping[str, ReadGrade]:
    """A user's own words, from `[grades] "text" = "moderate"`, `["mild", "moderate"]`, `"missing"` or `"not_graded"`.

    Raises UsageError naming the entry that cannot be used.
    """
    if set(data) != {"grades"} or not isinstance(data["grades"], dict):
        raise UsageError('expected one section [grades] with lines such as "3" = "moderate"', about="reader_map")
    own_words: dict[str, ReadGrade] = {}
    for text, ends in data["grades"].items():
        words = [ends] if isinstance(ends, str) else ends
        if words in ([MISSING], [NOT_GRADED]):
            own_words[fold(text)] = ReadGrade(aside=words[0])
            continue
        if not isinstance(words, list) or len(words) not in (1, 2) or not set(map(str, words)) <= set(STEPS):
            allowed = f"one or two of {', '.join(STEPS)}, or {MISSING!r} or {NOT_GRADED!r}"
            raise UsageError(f"{text!r} = {ends!r}: expected {allowed}", about="reader_map")
        own_words[fold(text)] = span_of(words, text)
    return MappingProxyType(own_words)
