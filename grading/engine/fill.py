"""Filling in what was not entered: which value follows from which, by what method, and where the two disagree.

An entered value is never overwritten, and the first method that gives a value keeps it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from grading.engine.methods import METHODS, Method
from grading.reference.catalogue import Word, load_catalogue
from grading.reference.condition import Condition, parse_condition
from grading.reference.scale import Codes, Mask, Numbers
from grading.reference.table import Table
from grading.reference.units import clean, ratio

#: measurement -> its column: numbers as float64 with NaN, words as int8 codes with 0; a name left out is unknown in
#: every row
Columns: TypeAlias = Mapping[str, Any]

#: an entered and a derived value further apart than this share of the entered one are flagged
DISAGREEMENT = 0.20
ENTERED = 1
#: two ways to one quantity, each a measurement of its own
SAME_QUANTITY = (("eroa", "eroa_volumetric"),)


@dataclass(frozen=True, slots=True)
class Flag:
    """Rows in which `target` by another way (`by`) is impossible, or disagrees with the value that is kept."""

    target: str
    by: str
    rows: Mask
    value: Numbers | Codes
    disagrees: bool


@dataclass(slots=True)
class Filled:
    """All known columns with where each came from: 0 unknown, 1 entered, i + 2 METHODS[i] (a word: 2 worked out)."""

    columns: dict[str, Any]
    sources: dict[str, Codes] = field(default_factory=dict)
    flags: list[Flag] = field(default_factory=list)

    def method(self, name: str, row: int = 0) -> Method | None:
        """The method that filled a number in one row, or None when it was entered or is unknown."""
        code = int(self.sources[name][row]) if name in self.sources else 0
        return METHODS[code - 2] if code > ENTERED else None


OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, "=": operator.eq, ">=": operator.ge, ">": operator.gt}
)


def known(column: Any) -> Mask:
    """True where a column holds a value."""
    result: Mask = ~np.isnan(column) if column.dtype.kind == "f" else column != 0
    return result


def holds(condition: Condition, columns: Columns) -> Mask | None:
    """True where a condition on a measurement is known to hold; None when the measurement is unknown in every row."""
    column = columns.get(condition.subject)
    if column is None:
        return np.ones(len(next(iter(columns.values()), (0,))), np.bool_) if condition.asks_unknown else None
    result: Mask = OPERATORS[condition.operator](column, condition.value)
    return result if column.dtype.kind == "f" or condition.asks_unknown else result & (column != 0)


def fill(valve: str, columns: Columns) -> Filled:
    """Everything that follows from the entered columns of one valve.

    A chain of formulas runs on unrounded values; float noise is cleared once, at its ends, so that a fraction that is
    exactly 50 % on paper is 50 here.
    """
    filled = Filled(dict(columns))
    with np.errstate(all="ignore"):
        for code, method in enumerate(METHODS, ENTERED + 1):
            if valve in method.valves and all(name in filled.columns for name in method.inputs):
                _apply(method, code, filled)
    for target in filled.sources:
        filled.columns[target] = clean(filled.columns[target])
    for name, other in SAME_QUANTITY:
        if name in filled.columns and other in filled.columns:
            apart = _apart(filled.columns[other], filled.columns[name])
            if apart.any():
                by = load_catalogue().numbers[other].label
                filled.flags.append(Flag(name, by, apart, filled.columns[other], disagrees=True))
    for word in _derivable(valve):
        _read_word(word, valve, filled)
    return filled


def _apply(method: Method, code: int, filled: Filled) -> None:
    """Fill the method's target where it is unknown; flag what is impossible or disagrees with an entered value."""
    columns = filled.columns
    optional = {n: np.nan_to_num(columns[n], nan=default) for n, default in method.optional.items() if n in columns}
    value = method.function(*(columns[name] for name in method.inputs), **optional)
    hard = load_catalogue().numbers[method.target].hard
    impossible = value < 0
    if hard is not None:
        impossible |= value > hard.high + 1e-9
    if impossible.any():
        filled.flags.append(Flag(method.target, method.text, impossible, value, disagrees=False))
        value = np.where(impossible, np.nan, value)
    usable = ~np.isnan(value)
    column = columns.get(method.target)
    if column is None:
        columns[method.target] = value
        filled.sources[method.target] = usable.view(np.int8) * np.int8(code)
        return
    sources = filled.sources.setdefault(method.target, known(column).view(np.int8).copy())
    apart = _apart(value, column)
    if apart.any():
        filled.flags.append(Flag(method.target, method.text, apart, value, disagrees=True))
    empty = usable & (sources == 0)
    columns[method.target] = np.where(empty, value, column)
    np.copyto(sources, np.int8(code), where=empty)


def _apart(value: Numbers, kept: Numbers) -> Mask:
    """Where two values are known and more than the allowed share of the kept one apart."""
    result: Mask = np.abs(value - kept) > DISAGREEMENT * np.abs(kept) + 1e-9
    return result


@cache
def _derivable(valve: str) -> tuple[Word, ...]:
    """Words that can be worked out for a valve, each after those it is read from."""
    words = [w for w in load_catalogue().words.values() if w.derivation and valve in w.valves]
    return tuple(sorted(words, key=lambda w: w.group == "derived"))


@cache
def _conditions(texts: tuple[str, ...]) -> tuple[Condition, ...]:
    return tuple(parse_condition(text, load_catalogue(), "derived.toml") for text in texts)


def _read_word(word: Word, valve: str, filled: Filled) -> None:
    """Work a word out where it was not entered."""
    assert word.derivation is not None
    if not any(name in filled.columns for name in word.derivation.inputs):
        return
    read = _by_claims(word, filled) if word.derivation.claims else _by_lines(word, valve, filled)
    if read is None:
        return
    entered = filled.columns.get(word.name)
    if entered is None:
        filled.columns[word.name] = read
        filled.sources[word.name] = (read != 0).view(np.int8) * np.int8(ENTERED + 1)
    else:
        apart = (entered != 0) & (read != 0) & (read != entered)
        if apart.any():
            labels = [load_catalogue()[n].label for n in word.derivation.inputs if n in filled.columns]
            filled.flags.append(Flag(word.name, " with ".join(labels), apart, read, disagrees=True))
        made = read * (entered == 0)
        filled.columns[word.name] = entered + made
        filled.sources[word.name] = (entered != 0).view(np.int8) + (made != 0).view(np.int8) * np.int8(ENTERED + 1)


def _by_lines(word: Word, valve: str, filled: Filled) -> Codes | None:
    """The first line that says something decides."""
    read: Codes | None = None
    assert word.derivation is not None
    for line in word.derivation.lines:
        column = filled.columns.get(line.source)
        held = [holds(condition, filled.columns) for condition in _conditions(line.given)]
        guards = [guard for guard in held if guard is not None]
        if column is None or valve not in line.valves or len(guards) < len(held):
            continue
        to_catalogue = ratio(line.unit, load_catalogue().numbers[line.source].unit)
        codes = np.array([0, *(0 if label == "-" else word.code(label) for label in line.scale.labels)], dtype=np.int8)
        said = codes.take(line.scale.band(column, to_catalogue), mode="clip")
        for guard in guards:
            said = said * guard
        read = said if read is None else read + said * (read == 0)
    return read


def _by_claims(word: Word, filled: Filled) -> Codes:
    """A claim holds when all its conditions are known to; the word is `otherwise` when every claim is known to fail."""
    assert word.derivation is not None
    rows = len(next(iter(filled.columns.values())))
    read = np.zeros(rows, dtype=np.int8)
    every_claim_failed = np.ones(rows, dtype=np.bool_)
    for value, texts in word.derivation.claims.items():
        met, failed = np.ones(rows, dtype=np.bool_), np.zeros(rows, dtype=np.bool_)
        for condition in _conditions(texts):
            true = holds(condition, filled.columns)
            if true is None:
                met[:] = False
                continue
            met &= true
            failed |= ~true & known(filled.columns[condition.subject])
        np.copyto(read, np.int8(word.code(value)), where=met)
        every_claim_failed &= failed
    np.copyto(read, np.int8(word.code(word.derivation.otherwise)), where=every_claim_failed)
    return read


def read_by(table: Table) -> frozenset[str]:
    """Every measurement that a table reads, itself or through something worked out."""
    catalogue = load_catalogue()
    conditions = [c for rule in table.rules for c in rule.when]
    conditions += [c for extra in (table.cautions, table.stages) for line in extra for c in line.when]
    conditions += [c for _, row in table.rows() for c in (*row.given, *row.unless)]
    used = {row.name for _, row in table.rows()} | {c.subject for c in conditions}
    waiting = list(used)
    while waiting:
        name = waiting.pop()
        word = catalogue.words.get(name)
        inputs = set(word.derivation.inputs) if word and word.derivation else set()
        for method in METHODS:
            if method.target == name and table.valve in method.valves:
                inputs |= {*method.inputs, *method.optional}
        waiting += inputs - used
        used |= inputs
    return frozenset(used)
