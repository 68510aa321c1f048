"""The ordered categories two sides can be compared on: what both of their schemes tell apart, and nothing finer."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from grading.agreement.read_grade import read_grade
from grading.agreement.vocabulary import NO_OWN_WORDS, STEPS, WORDS, ReadGrade, check_reader_scale, vocabulary
from grading.errors import UsageError, option
from grading.reference.guideline import load_guideline, not_covered, references
from grading.reference.row_reader import RECORDS
from grading.writing import in_words

#: what a graded cell can say instead of a grade; a blank one was rejected
OUTCOMES = ("indeterminate", "insufficient_data", "not_covered")
REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one side grades: its grades in order, and the step of STEPS at which each begins (the first at 'none').

    `reader_scale`, `own_words` and the graded `valve` are how a reader's texts are read; a guideline has none of them.
    """

    name: str
    grades: tuple[str, ...]
    starts: tuple[str, ...]
    reader_scale: str = ""
    own_words: Mapping[str, ReadGrade] = field(default_factory=lambda: NO_OWN_WORDS)
    valve: str = ""

    def read(self, text: str) -> ReadGrade:
        """What one cell of this side says. Raises UsageError for a guideline's cell that is no grade of its scheme."""
        if self.reader_scale:
            return read_grade(text, self.reader_scale, self.own_words, self.valve)
        if text in ("", *OUTCOMES):
            return ReadGrade(aside=text or REJECTED)
        if text in RECORDS and text not in self.grades:
            # recorded, not graded: a step of this scheme's lowest grade
            return ReadGrade(text, text)
        if text not in self.grades:
            allowed = ", ".join((*self.grades, *OUTCOMES))
            raise UsageError(f"{text!r} is not a grade of {self.name}; expected {allowed}, or blank for a rejected row")
        place = self.grades.index(text)
        return ReadGrade(self.starts[place], _last(self.starts, place))

    def say(self, grade: ReadGrade) -> str:
        """A grade in this side's own words: 'not severe' where the steps are none to moderate."""
        place = self.starts.index(grade.low) if grade.low in self.starts else None
        own = place is not None and grade.high == _last(self.starts, place)
        return in_words(self.grades[place]) if own and place is not None else grade.text


def _last(starts: tuple[str, ...], place: int) -> str:
    """The most severe step of a category."""
    return STEPS[STEPS.index(starts[place + 1]) - 1] if place + 1 < len(starts) else STEPS[-1]


def guideline_scheme(guideline: str, valve: str | None) -> Scheme:
    """The grades of a guideline for a valve; None where the valve is not known.

    Raises UsageError for a guideline that does not grade the valve, or whose valves need different schemes.

    >>> guideline_scheme("esc-2021", "mitral").grades
    ('not_severe', 'severe')
    """
    tables = load_guideline(guideline).tables
    short = references()[guideline]["short"]
    if valve is not None and valve not in tables:
        raise UsageError(not_covered(guideline, valve))
    schemes = {table.grades for name, table in tables.items() if valve in (None, name)}
    if len(schemes) > 1:
        raise UsageError(f"{short} grades its valves by different schemes; give {option('valve')}")
    grades = schemes.pop()
    return Scheme(short, grades, ("none", *grades[1:]))


def reader_scheme(
    scale: str = WORDS, own_words: Mapping[str, ReadGrade] = NO_OWN_WORDS, five: bool = False, valve: str = ""
) -> Scheme:
    """The grades of a reader who writes words, or numbers on a declared scale; `five`: also massive and torrential.

    Raises UsageError for an unknown scale.

    >>> reader_scheme("0-4").grades
    ('none_or_trace', 'mild', 'moderate', 'severe')
    """
    check_reader_scale(scale)
    spans = vocabulary().scales[scale].steps.values() if scale != WORDS else [ReadGrade(s, s) for s in STEPS[:5]]
    told = {span.low for span in spans} | (set(STEPS[5:]) if five else set())
    starts = tuple(step for step in STEPS if step in told)
    # numbers say none and trace with one 0
    grades = ("none_or_trace", *starts[1:]) if "trace" not in starts else starts
    return Scheme("reader", grades, starts, reader_scale=scale, own_words=own_words, valve=valve)


@dataclass(frozen=True, slots=True)
class Categories:
    """What two schemes can be compared on: `starts` are the steps at which a category of both begins."""

    first: Scheme
    second: Scheme
    starts: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The categories in order: 'not severe', 'severe'."""
        return tuple(_name(start, _last(self.starts, place)) for place, start in enumerate(self.starts))

    def place(self, step: str) -> int:
        """The category a step belongs to, from 0."""
        return bisect_right([STEPS.index(start) for start in self.starts], STEPS.index(step)) - 1

    def merged(self) -> list[tuple[str, str, list[str]]]:
        """(scheme, category, its grades) where grades that a side tells apart count as one, or carry another name."""
        found = []
        for scheme in (self.first, self.second):
            for place, name in enumerate(self.names):
                own = zip(scheme.grades, scheme.starts, strict=True)
                grades = [in_words(grade) for grade, start in own if self.place(start) == place]
                if grades != [name]:
                    found.append((scheme.name, name, grades))
        return found


def _name(low: str, high: str) -> str:
    if low == "none" and high != "none":
        return {"trace": "none or trace", "moderate": "not severe"}.get(high, f"{high} or less")
    return low


def common(first: Scheme, second: Scheme) -> Categories:
    """The finest categories that both schemes can tell apart.

    >>> common(guideline_scheme("esc-2021", "mitral"), reader_scheme()).names
    ('not severe', 'severe')
    """
    return Categories(first, second, tuple(start for start in first.starts if start in second.starts))
