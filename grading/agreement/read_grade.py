"""What a reader wrote as a grade, read onto one ordered scale; what cannot be read is set aside with a reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from grading.agreement.named_valves import part_about
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
from grading.reference.languages import grade_elsewhere

NUMBER_ALONE = "a number alone, and its scale is not declared"

_NUMERALS = MappingProxyType({"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5})
_ONE = r"\d(?:\.0)?|i{1,3}|iv"
#: '3', '2+', 'II', '1-2+', and of how many: '2/4', 'II/IV', '3+/4+', '2 of 4'
_NUMBER = re.compile(
    rf"(?<![\w.,/+-])({_ONE})\s*\+?(?:\s*(?:-|\bto\b)\s*({_ONE})\s*\+?)?"
    r"(?:\s*(?:/|\bof\b|\bout of\b)\s*([345]|iii|iv|v)\s*\+?)?(?![\w.,/+-])"
)
#: '+++' and '++/++++'; a single plus in brackets is how some write a trace
_PLUSSES = re.compile(r"(?<![\w.,/+-])(\+{1,5})(?:\s*/\s*(\+{3,5}))?(?![\w.,/+-])")
_JOINED = re.compile(r"(?:\s*(?:[-/]|\bto\b|\bor\b))+\s*")


class Count(NamedTuple):
    """A number, or a range of them, and of how many (0: it does not say)."""

    low: int
    high: int
    top: int = 0

    @property
    def text(self) -> str:
        """'2', '1-2', '2/4'."""
        number = f"{self.low}" if self.low == self.high else f"{self.low}-{self.high}"
        return f"{number}/{self.top}" if self.top else number


#: a longer text is a report and no grade, and no pattern looks at it
_LONGEST_TEXT = 300


def read_grade(
    text: str, scale: str = WORDS, own_words: Mapping[str, ReadGrade] = NO_OWN_WORDS, valve: str = ""
) -> ReadGrade:
    """What one text of a reader says.

    A number beside words, as in 'Mod-severe [3+]', only confirms them: the words are taken, and a number that fits them
    on no scale (on the declared one, if one is declared) makes the text unreadable. A number alone is read only on a
    declared scale, where '3+' of 0-4 is the range moderate to severe; 'II/IV' and '2/4' only on one that counts to
    four. Of a text that names several valves only the part on the graded one is read.

    Args:
        text: the reader's text; a blank one and the usual missing codes are 'missing'.
        scale: 'words', or the declared scale of bare numbers: '0-4', '0-3', 'I-IV', '0-5'.
        own_words: the user's own words by folded text; they go before everything else.
        valve: the graded valve, '' where it is not known.
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
    if len(folded) > _LONGEST_TEXT:
        return _unreadable("not known as a grade")
    part, why = part_about(folded, valve)
    return _unreadable(why) if why else _read_parts(part, scale)


def _read_parts(folded: str, scale: str) -> ReadGrade:
    """Words and numbers, beside and between brackets, which must not contradict each other."""
    words: dict[ReadGrade, None] = {}
    numbers: list[Count] = []
    outside = re.sub(r"[(\[{][^()\[\]{}]*[)\]}]", " ", folded)
    for part in (outside, *re.findall(r"[(\[{]([^()\[\]{}]*)[)\]}]", folded)):
        if phrase(part) in vocabulary().bracketed:
            continue
        numbers += [_count(*ends) for ends in _NUMBER.findall(part)]
        rest = _NUMBER.sub(" ", part)
        if part is outside or len(part.strip()) > 1:
            numbers += [Count(len(some), len(some), len(top)) for some, top in _PLUSSES.findall(rest)]
            rest = _PLUSSES.sub(" ", rest)
        grades = _read_words(rest)
        if grades is None:
            return _unreadable("not known as a grade")
        words |= dict.fromkeys(grades)
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

    def grade(text: str) -> ReadGrade | None:
        elsewhere = grade_elsewhere(text)
        return spellings.get(text) or (ReadGrade(elsewhere, elsewhere) if elsewhere else None)

    if (whole := grade(bare(part))) is not None:
        return [whole]
    ends = [grade(bare(piece)) for piece in _JOINED.split(part)]
    if len(ends) != 2 or any(end is None or end.aside for end in ends):
        return None
    return [span_of([step for end in ends if end for step in (end.low, end.high)], part)]


def _number(text: str) -> int:
    return _NUMERALS.get(text) or int(text[0])


def _count(low: str, high: str, top: str) -> Count:
    return Count(_number(low), _number(high or low), _number(top) if top else 0)


def _confirmed(words: ReadGrade | None, numbers: list[Count], scale: str) -> ReadGrade:
    """The words where no number contradicts them; the one number, on its declared scale, where there are none."""
    if words is None and len(numbers) != 1:
        return _unreadable("it says several numbers" if numbers else "it says no grade")
    if words is None and scale == WORDS:
        return _unreadable(NUMBER_ALONE)
    scales = vocabulary().scales
    chosen = [declared.steps for declared in scales.values()] if scale == WORDS else [scales[scale].steps]
    for count in numbers:
        spans = [_hull(steps, count) for steps in chosen]
        if words is None:
            return spans[0] or _unreadable(f"{count.text} is not on the declared scale {scale}")
        if words.aside or not any(span is not None and _overlap(words, span) for span in spans):
            on = "no scale calls" if scale == WORDS else f"the declared scale {scale} does not call"
            return _unreadable(f"the words say {words.text}, and {on} {count.text} that")
    assert words is not None
    return words


def _hull(steps: Mapping[int, ReadGrade], count: Count) -> ReadGrade | None:
    """What two numbers of a scale span, None where one is not on it, or they are of another scale."""
    if count.low not in steps or count.high not in steps or count.top not in (0, max(steps)):
        return None
    ends = steps[count.low], steps[count.high]
    return span_of([step for end in ends for step in (end.low, end.high)], "")


def _overlap(one: ReadGrade, other: ReadGrade) -> bool:
    return STEPS.index(one.low) <= STEPS.index(other.high) and STEPS.index(other.low) <= STEPS.index(one.high)


def _unreadable(why: str) -> ReadGrade:
    return ReadGrade(aside=UNREADABLE, why=why)
