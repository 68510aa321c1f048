"""What a reader wrote as a grade, read onto one ordered scale; what cannot be read is set aside with a reason.

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

from grading.catalogue import load_catalogue, read_toml, tables, take
from grading.errors import TableError, UsageError, nearest
from grading.report import in_words
from grading.scale import GRADES
from grading.tokens import is_missing

#: the grades in order of severity; massive and torrential are steps above severe
STEPS = GRADES[GRADES.index("none") : GRADES.index("torrential") + 1]
#: what a reader's text can be, other than a grade
MISSING, NOT_GRADED, UNREADABLE = "missing", "not_graded", "unreadable"
#: the scale under which a bare number means nothing
WORDS = "words"

NUMBER_ALONE = "a number alone, and its scale is not declared"

_FILE = "reader_words.toml"
_DASHES = {ord(dash): "-" for dash in "‐‑‒–—―−﹘－"} | {ord(mark): "'" for mark in "’‘`´"}
_NUMERALS = MappingProxyType({"i": 1, "ii": 2, "iii": 3, "iv": 4})
_ONE = r"\d(?:\.0)?|i{1,3}|iv"
_NUMBER = re.compile(rf"(?<![\w.,/+-])({_ONE})\s*\+?(?:\s*(?:-|\bto\b)\s*({_ONE})\s*\+?)?(?![\w.,/+-])")
_JOINED = re.compile(r"(?:\s*(?:[-/]|\bto\b|\bor\b))+\s*")


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
        said = self.low if self.low == self.high else f"{self.low} to {self.high}"
        return said or in_words(self.aside)


#: no words of the user's own
NOTHING_SAID: Mapping[str, ReadGrade] = MappingProxyType({})


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


def _phrase(folded: str) -> str:
    """A folded text as the words of a spelling: punctuation parts words, an apostrophe does not."""
    return " ".join(re.sub(r"[-_,.;:/]", " ", folded.replace("'", "")).split())


def _span(steps: Iterable[str], where: str) -> ReadGrade:
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
        if spellings.setdefault(_phrase(fold(spelling)), grade) != grade:
            raise TableError(f"{_FILE}: {spelling!r} is claimed by two grades")
    scales = {}
    for name, row in data["scales"].items():
        take(row, ("title", "steps"), ("title", "steps"), f"{_FILE}: {name}")
        steps = {int(number): _span(ends, f"{_FILE}: {name}") for number, ends in row["steps"].items()}
        scales[name] = NumberScale(row["title"], MappingProxyType(steps))
    beside, bracketed = (frozenset(map(_phrase, data["beside"][key])) for key in ("words", "bracketed"))
    return Vocabulary(MappingProxyType(spellings), beside, bracketed, MappingProxyType(scales))


def _spelled(data: dict[str, Any]) -> Iterator[tuple[str, ReadGrade]]:
    """Every spelling and what it says."""
    for spelling, value in load_catalogue().words["regurgitation"].synonyms.items():
        if value in ("none", "trace"):
            yield spelling, _span([value], _FILE)
    for grade, spellings in data["spellings"].items():
        yield from ((spelling, _span([grade], _FILE)) for spelling in spellings)
    yield from ((spelling, _span(ends, _FILE)) for spelling, ends in data["ranges"].items())
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
        raise UsageError(f"--reader-scale: no scale {scale!r}.{nearest(scale, known)} There are: {', '.join(known)}")
    return scale


def parse_reader_map(data: Mapping[str, Any]) -> Mapping[str, ReadGrade]:
    """A user's own words, from `[grades] "text" = "moderate"`, `["mild", "moderate"]`, `"missing"` or `"not_graded"`.

    Raises UsageError naming the entry that cannot be used.
    """
    if set(data) != {"grades"} or not isinstance(data["grades"], dict):
        raise UsageError('--reader-map: expected one section [grades] with lines such as "3" = "moderate"')
    said: dict[str, ReadGrade] = {}
    for text, ends in data["grades"].items():
        words = [ends] if isinstance(ends, str) else ends
        if words in ([MISSING], [NOT_GRADED]):
            said[fold(text)] = ReadGrade(aside=words[0])
            continue
        if not isinstance(words, list) or len(words) not in (1, 2) or not set(map(str, words)) <= set(STEPS):
            allowed = f"one or two of {', '.join(STEPS)}, or {MISSING!r} or {NOT_GRADED!r}"
            raise UsageError(f"--reader-map: {text!r} = {ends!r}: expected {allowed}")
        said[fold(text)] = _span(words, text)
    return MappingProxyType(said)


def read_grade(text: str, scale: str = WORDS, said: Mapping[str, ReadGrade] = NOTHING_SAID) -> ReadGrade:
    """What one text of a reader says.

    A number beside words, as in 'Mod-severe [3+]', only confirms them: the words are taken, and a number that fits them
    on no scale (on the declared one, if one is declared) makes the text unreadable. A number alone is read only on a
    declared scale, where '3+' of 0-4 is the range moderate to severe.

    Args:
        text: the reader's text; a blank one and the usual missing codes are 'missing'.
        scale: 'words', or the declared scale of bare numbers: '0-4', '0-3', 'I-IV', '0-5'.
        said: the user's own words by folded text; they go before everything else.
    Raises:
        UsageError: for an unknown scale.

    >>> read_grade("Mod-severe [3+]").text, read_grade("3+").aside, read_grade("3+", "0-3").text
    ('moderate to severe', 'unreadable', 'severe')
    >>> read_grade("Severe [1+]").why
    'the words say severe, and no scale calls 1 that'
    """
    check_reader_scale(scale)
    folded = fold(text)
    if folded in said:
        return said[folded]
    if is_missing(text):
        return ReadGrade(aside=MISSING)
    return _read_parts(folded, scale)


def _read_parts(folded: str, scale: str) -> ReadGrade:
    """Words and numbers, beside and between brackets, which must not contradict each other."""
    words: dict[ReadGrade, None] = {}
    numbers: list[tuple[int, int]] = []
    outside = re.sub(r"[(\[{][^()\[\]{}]*[)\]}]", " ", folded)
    for part in (outside, *re.findall(r"[(\[{]([^()\[\]{}]*)[)\]}]", folded)):
        if _phrase(part) in vocabulary().bracketed:
            continue
        numbers += [(_number(low), _number(high or low)) for low, high in _NUMBER.findall(part)]
        rest = _NUMBER.sub(" ", part)
        found = _read_words(rest)
        if found is None:
            return _unreadable("not known as a grade")
        words |= dict.fromkeys(found)
    if len(words) > 1:
        return _unreadable(f"it says {' and '.join(grade.text for grade in words)}")
    return _confirmed(next(iter(words), None), numbers, scale)


def _read_words(part: str) -> list[ReadGrade] | None:
    """The grade of some words, none where they carry none, None where one of them is not known."""
    spellings, beside = vocabulary().spellings, vocabulary().beside

    def bare(text: str) -> str:
        return " ".join(word for word in _phrase(text).split() if word not in beside)

    if not bare(part):
        return []
    if (whole := spellings.get(bare(part))) is not None:
        return [whole]
    ends = [spellings.get(bare(piece)) for piece in _JOINED.split(part)]
    if len(ends) != 2 or any(end is None or end.aside for end in ends):
        return None
    return [_span([step for end in ends if end for step in (end.low, end.high)], part)]


def _number(text: str) -> int:
    return _NUMERALS.get(text) or int(text[0])


def _confirmed(words: ReadGrade | None, numbers: list[tuple[int, int]], scale: str) -> ReadGrade:
    """The words where no number contradicts them; the one number, on its declared scale, where there are none."""
    if words is None and len(numbers) != 1:
        return _unreadable("it says several numbers" if numbers else "it says no grade")
    if words is None and scale == WORDS:
        return _unreadable(NUMBER_ALONE)
    scales = vocabulary().scales
    asked = [one.steps for one in scales.values()] if scale == WORDS else [scales[scale].steps]
    for low, high in numbers:
        shown = f"{low}" if low == high else f"{low}-{high}"
        meant = [_hull(steps, low, high) for steps in asked]
        if words is None:
            return meant[0] or _unreadable(f"{shown} is not on the declared scale {scale}")
        if words.aside or not any(span is not None and _overlap(words, span) for span in meant):
            on = "no scale calls" if scale == WORDS else f"the declared scale {scale} does not call"
            return _unreadable(f"the words say {words.text}, and {on} {shown} that")
    assert words is not None
    return words


def _hull(steps: Mapping[int, ReadGrade], low: int, high: int) -> ReadGrade | None:
    """What two numbers of a scale span, None where one is not on it."""
    if low not in steps or high not in steps:
        return None
    return _span((steps[low].low, steps[low].high, steps[high].low, steps[high].high), "")


def _overlap(one: ReadGrade, other: ReadGrade) -> bool:
    return STEPS.index(one.low) <= STEPS.index(other.high) and STEPS.index(other.low) <= STEPS.index(one.high)


def _unreadable(why: str) -> ReadGrade:
    return ReadGrade(aside=UNREADABLE, why=why)
