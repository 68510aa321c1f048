"""Filling in what was not entered: which value follows from which, by what method, and where the two disagree.

An entered value is never overwritten. Methods stand in order of preference: PISA before volumetric.
"""

from __future__ import annotations

import inspect
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from grading import formulas
from grading.catalogue import Word, load_catalogue
from grading.condition import Condition, parse_condition
from grading.scale import Codes, Mask, Numbers
from grading.units import clean, ratio

#: measurement -> its column: numbers as float64 with NaN, words as int8 codes with 0; a name left out is unknown in
#: every row
Columns: TypeAlias = Mapping[str, Any]

#: an entered and a derived value further apart than this share of the entered one are flagged
DISAGREEMENT = 0.20
ENTERED = 1

_NAME = re.compile(r"[a-z]\w*")


def same(value: Numbers) -> Numbers:
    """The value itself: one quantity takes the place of another."""
    return value


@dataclass(frozen=True, slots=True)
class Method:
    """`target` follows from `inputs` by `function`, for these valves."""

    target: str
    valves: tuple[str, ...]
    name: str
    function: Callable[..., Any]
    inputs: tuple[str, ...]
    optional: Mapping[str, float]

    @property
    def text(self) -> str:
        """'PISA: regurgitant_flow / peak_velocity'."""
        return f"{self.name}: {self.formula}"

    @property
    def formula(self) -> str:
        """'regurgitant_flow / peak_velocity', or the quantity whose place it takes."""
        return self.inputs[0] if self.function is same else equation(self.function)


@cache
def equation(function: Callable[..., Any]) -> str:
    """The equation that begins a formula's description.

    >>> equation(formulas.eroa)
    'regurgitant_flow / peak_velocity'
    """
    first = (inspect.getdoc(function) or "").splitlines()[0]
    return first.split(", ")[0].split(": ")[0].split("; ")[0].split(". ")[0].rstrip(".")


def labelled(text: str) -> str:
    """An equation, or what it was worked out from, with the catalogue's labels in place of its names.

    >>> labelled("PISA: eroa * regurgitant_vti (eroa = 0.4 cm2)")
    'PISA: EROA * regurgitant VTI (EROA = 0.4 cm2)'
    """
    catalogue = load_catalogue()
    return _NAME.sub(lambda name: catalogue[name[0]].label if name[0] in catalogue else name[0], text)


def _method(target: str, valves: str, name: str, function: Callable[..., Any], inputs: str = "") -> Method:
    letters = {"m": "mitral", "a": "aortic", "t": "tricuspid", "p": "pulmonic"}
    parameters = inspect.signature(function).parameters
    optional = {p.name: p.default for p in parameters.values() if p.default is not inspect.Parameter.empty}
    needed = tuple(inputs.split()) or tuple(p for p in parameters if p not in optional)
    return Method(target, tuple(letters[v] for v in valves), name, function, needed, MappingProxyType(optional))


METHODS = (
    _method("regurgitant_flow", "mat", "PISA", formulas.regurgitant_flow),
    _method("eroa", "mat", "PISA", formulas.eroa),
    _method("regurgitant_volume", "mat", "PISA", formulas.regurgitant_volume),
    _method("lvot_stroke_volume", "map", "LVOT", formulas.lvot_stroke_volume),
    _method("mitral_stroke_volume", "ma", "mitral annulus", formulas.mitral_stroke_volume),
    _method("rvot_stroke_volume", "p", "RVOT", formulas.rvot_stroke_volume),
    _method("lv_stroke_volume", "m", "LV volumes", formulas.lv_stroke_volume),
    _method("total_stroke_volume", "m", "mitral annulus", same, "mitral_stroke_volume"),
    _method("total_stroke_volume", "m", "LV volumes", same, "lv_stroke_volume"),
    _method("total_stroke_volume", "a", "LVOT", same, "lvot_stroke_volume"),
    _method("total_stroke_volume", "p", "RVOT", same, "rvot_stroke_volume"),
    _method("forward_stroke_volume", "mp", "LVOT", same, "lvot_stroke_volume"),
    _method("forward_stroke_volume", "a", "mitral annulus", same, "mitral_stroke_volume"),
    _method("regurgitant_volume_volumetric", "map", "volumetric", formulas.regurgitant_volume_volumetric),
    _method("regurgitant_volume", "map", "volumetric", same, "regurgitant_volume_volumetric"),
    _method("regurgitant_fraction", "m", "LVOT forward flow", formulas.regurgitant_fraction_of_forward),
    _method("regurgitant_fraction", "ap", "outflow tract total", formulas.regurgitant_fraction_of_total),
    _method("eroa_volumetric", "ma", "volumetric", formulas.eroa_volumetric),
    _method("lv_end_diastolic_volume_index", "ma", "indexed", formulas.lv_end_diastolic_volume_index),
)


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
