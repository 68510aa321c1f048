"""The answer of the second reading, and the plain arithmetic that its parts share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: a number in its canonical unit, or a word
Value = float | str
Values = Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the specification says of one valve: tokens of its section 2.6, `low` and `high` blank without a range."""

    grade: str
    certainty: str
    low: str
    high: str
    rule: int
    stage: str = ""
    quantitative_low: str = ""
    quantitative_high: str = ""
    mild: int | None = None
    severe: int | None = None
    assessed: int | None = None
    #: what the quantities rest on, for a reader who wonders about the certainty
    roots: frozenset[str] = field(default=frozenset())

    @property
    def status(self) -> str:
        """graded, indeterminate or insufficient_data."""
        return self.grade if self.grade in ("indeterminate", "insufficient_data") else "graded"


def insufficient(rule: int, **counts: Any) -> Answer:
    """Not enough was measured."""
    return Answer(grade="insufficient_data", certainty="insufficient", low="", high="", rule=rule, **counts)


def indeterminate(rule: int, low: str, high: str, **counts: Any) -> Answer:
    """A range without a grade."""
    return Answer(grade="indeterminate", certainty="indeterminate", low=low, high=high, rule=rule, **counts)


def graded(rule: int, grade: str, certainty: str, low: str = "", high: str = "", **counts: Any) -> Answer:
    """A grade, with a range when one is given."""
    return Answer(grade=grade, certainty=certainty, low=low or grade, high=high or grade, rule=rule, **counts)


def clean(value: float) -> float:
    """The value without float noise: nine decimals."""
    return round(value, 9)


def number(values: Values, name: str) -> float | None:
    """The number of that name, None when it is not known."""
    value = values.get(name)
    return clean(value) if isinstance(value, int | float) else None


def both(*claims: bool | None) -> bool | None:
    """A and B: false when either is known to fail, true when all are known to hold, None otherwise."""
    if any(claim is False for claim in claims):
        return False
    return None if any(claim is None for claim in claims) else True


def either(*claims: bool | None) -> bool | None:
    """A or B: true when either is known to hold, false when all are known to fail, None otherwise."""
    if any(claim is True for claim in claims):
        return True
    return None if any(claim is None for claim in claims) else False


def is_word(values: Values, name: str, *words: str) -> bool | None:
    """Whether the word is one of these, None when it is not known."""
    return None if name not in values else values[name] in words


def is_at_least(values: Values, name: str, limit: float) -> bool | None:
    """Whether the number is the limit or more, None when it is not known."""
    value = number(values, name)
    return None if value is None else value >= limit


def is_above(values: Values, name: str, limit: float) -> bool | None:
    """Whether the number is above the limit, None when it is not known."""
    value = number(values, name)
    return None if value is None else value > limit


def is_below(values: Values, name: str, limit: float) -> bool | None:
    """Whether the number is below the limit, None when it is not known."""
    above = is_at_least(values, name, limit)
    return None if above is None else not above


def one_root(roots: Iterable[str]) -> bool:
    """Whether all of these rest on one witness."""
    return len(set(roots)) == 1


def grade_certainty(roots: list[str], agree: bool) -> str:
    """Certainty of a grade that quantities lead to (5.4): one witness, all agree, or most of them."""
    if one_root(roots):
        return "single_parameter"
    return "quantified" if agree else "majority"
