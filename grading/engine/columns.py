"""The columns that the engine works on: what is known of them, where each value came from, what was flagged."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from grading.engine.methods import METHODS, Method
from grading.reference.condition import Condition
from grading.reference.measurement import UNREADABLE
from grading.reference.scale import Codes, Mask, Numbers

#: measurement -> its column: numbers as float64 with NaN, words as int8 codes with 0 where they are unknown and
#: UNREADABLE where something was written that could not be read; a name left out is unknown in every row
Columns: TypeAlias = Mapping[str, Any]


ENTERED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Rows in which `target` by another way (`by`) is impossible, or disagrees with the value that is kept.

    `ceiling`: the measurement that one of the two exceeds, where that is why. `overridden`: the value that was entered
    gave way to the other.
    """

    target: str
    by: str
    rows: Mask
    value: Numbers | Codes
    disagrees: bool
    ceiling: str = ""
    overridden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Rows in which `target` would have been worked out, had the valve `beside` not leaked."""

    target: str
    beside: str
    rows: Mask


@dataclass(slots=True)
class Filled:
    """All known columns with where each came from: 0 unknown, 1 entered, i + 2 METHODS[i] (a word: 2 worked out)."""

    columns: dict[str, Any]
    sources: dict[str, Codes] = field(default_factory=dict)
    flags: list[Flag] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)

    def entered(self, name: str) -> Mask:
        """Rows in which a column was entered."""
        return self.sources[name] == ENTERED if name in self.sources else known(self.columns[name])

    def method(self, name: str, row: int = 0) -> Method | None:
        """The method that filled a number in one row, or None when it was entered or is unknown."""
        code = int(self.sources[name][row]) if name in self.sources else 0
        return METHODS[code - 2] if code > ENTERED else None


OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, "=": operator.eq, ">=": operator.ge, ">": operator.gt}
)


#: no other valve leaks, or nothing is known of one
NO_LEAK_ELSEWHERE: Mapping[str, Mask] = {}


def known(column: Any) -> Mask:
    """True where a column holds a value."""
    result: Mask = ~np.isnan(column) if column.dtype.kind == "f" else column > 0
    return result


def holds(condition: Condition, columns: Columns) -> Mask | None:
    """True where a condition on a measurement is known to hold; None when the measurement is unknown in every row."""
    column = columns.get(condition.subject)
    if column is None:
        return np.ones(len(next(iter(columns.values()), (0,))), np.bool_) if condition.asks_unknown else None
    if condition.asks_unknown:
        return ~known(column)
    result: Mask = OPERATORS[condition.operator](column, condition.value)
    return result if column.dtype.kind == "f" else result & (column > 0)


def may_hold(condition: Condition, columns: Columns) -> Mask | None:
    """True where a condition is known to hold, or asks for a word that was written and could not be read; None when
    the measurement is unknown in every row."""
    true, column = holds(condition, columns), columns.get(condition.subject)
    return true if true is None or column is None else true | unreadable(column)


def unreadable(column: Any) -> Mask:
    """True where something was written for a word that could not be read."""
    result: Mask = column == UNREADABLE if column.dtype.kind == "i" else np.zeros(len(column), np.bool_)
    return result
