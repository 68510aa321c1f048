"""What a reader wrote as a grade, read onto one ordered scale; what cannot be read is set aside with a reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from grading.agreement.vocabulary import (
    MISSING,
    NO_OWN_WORDS,
    STEPS,
    UNREADABLE,
    WORDS,
    ReadGrade,
    check_reader_scale,
    fold,
    phrase,
    span_of,
    vocabulary,
)
from grading.reading.checks import is_missing

NUMBER_ALONE = "a number alone, and its scale is not declared"

_NUMERALS = MappingProxyType({"i": 1, "ii": 2, "iii": 3, "iv": 4})
_ONE = r"\d(?:\.0)?|i{1,3}|iv"
_NUMBER = re.compile(rf"(?<![\w.,/+-])({_ONE})\s*\+?(?:\s*(?:-|\bto\b)\s*({_ONE})\s*\+?)?(?![\w.,/+-])")
_JOINED = re.compile(r"(?:\s*(?:[-/]|\bto\b|\bor\b))+\s*")


def read_grade(text: str, scale: str = WORDS, own_words: Mapping[str, ReadGrade] = NO_OWN_WORDS) -> ReadGrade:
    """What one text of a reader says.

    A number beside words, as in 'Mod-severe [3+]', only confirms them: the words are taken, and a number that fits them
    on no scale (on the declared one, if one is declared) makes the text unreadable. A number alone is read only on a
    declared scale, where '3+' of 0-4 is the range moderate to severe.

    Args:
        text: the reader's text; a blank one and the usual missing codes are 'missing'.
        scale: 'words', or the declared scale of bare numbers: '0-4', '0-3', 'I-IV', '0-5'.
        own_words: the user's own words by folded text; they go before everything else.
    Raises:
        UsageError: for an unknown scale.

    >>> read_grade("Mod-severe [3+]").text, read_grade("3+").aside, read_grade("3+", "0-3").text
    ('moderate to severe', 'unreadable', 'severe')
    >>> read_grade("Severe [1+]").why
    'the words say severe, and no scale calls 1 that'
    """
    check_reader_scale(scale)
    folded = fold(text)
    if folded in own_words:
        return own_words[folded]
    if is_missing(text):
        return ReadGrade(aside=MISSING)
    return _read_parts(folded, scale)


def _read_parts(folded: str, scale: str) -> ReadGrade:
    """Words and numbers, beside and between brackets, which must not contradict each other."""
    words: dict[ReadGrade, None] = {}
    numbers: list[tuple[int, int]] = []
    outside = re.sub(r"[(\[{][^()\[\]{}]*[)\]}]", " ", folded)
    for part in (outside, *re.findall(r"[(\[{]([^()\[\]{}]*)[)\]}]", folded)):
        if phrase(part) in vocabulary().bracketed:
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
        return " ".join(word for word in phrase(text).split() if word not in beside)

    if not bare(part):
        return []
    if (whole := spellings.get(bare(part))) is not None:
        return [whole]
    ends = [spellings.get(bare(piece)) for piece in _JOINED.split(part)]
    if len(ends) != 2 or any(end is None or end.aside for end in ends):
        return None
    return [span_of([step for end in ends if end for step in (end.low, end.high)], part)]


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
    return span_of((steps[low].low, steps[low].high, steps[high].low, steps[high].high), "")


def _overlap(one: ReadGrade, other: ReadGrade) -> bool:
    return STEPS.index(one.low) <= STEPS.index(other.high) and STEPS.index(other.low) <= STEPS.index(one.high)


def _unreadable(why: str) -> ReadGrade:
    return ReadGrade(aside=UNREADABLE, why=why)
