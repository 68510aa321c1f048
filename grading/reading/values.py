"""Reading the values of one case as they were typed: numbers with or without a unit, and words."""

from __future__ import annotations

import math
import numbers
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from grading.errors import UsageError
from grading.reading.checks import impossible, is_missing, is_span, unusual, unusual_of, why_no_number, why_no_word
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import UNREADABLE, Number, Word
from grading.reference.similar import nearest_measurement
from grading.reference.units import convert, read_unit, split_quantity
from grading.reference.uses import only_refines
from grading.writing import plain, quantity

#: an error rejects the case or row; a warning is graded all the same; a note says what was done
ERROR, WARNING, NOTE = "error", "warning", "note"
#: what is said of a word that could not be read, where a grade does without it
NOT_ASSESSED = "; it counts as not assessed"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong or odd with a value: the measurement, the value as typed, how grave, and the sentence."""

    column: str
    value: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class Entered:
    """A value as it was typed, and as the engine sees it: a number in the catalogue's unit, or a word's code."""

    name: str
    typed: str
    unit: str
    value: float

    @property
    def text(self) -> str:
        """A number as it was typed, with its unit: '45 mm2'; a word as it was typed."""
        return quantity(self.typed, self.unit).strip()


@dataclass(slots=True)
class TypedValues:
    """What could be read of the values given; `unread` are words that only refine a grade and could not be."""

    entered: dict[str, Entered] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def rejected(self) -> bool:
        """True when an impossible or unreadable value forbids grading."""
        return any(issue.severity == ERROR for issue in self.issues)

    def columns(self) -> dict[str, Any]:
        """The engine's one-row columns."""
        words = load_catalogue().words
        columns: dict[str, Any] = {
            e.name: np.array([e.value], dtype=np.int8 if e.name in words else np.float64) for e in self.entered.values()
        }
        return columns | {name: np.array([UNREADABLE], np.int8) for name in self.unread}

    def taken_by(self, guideline: str, valve: str) -> TypedValues:
        """The same values for another guideline: a word that could not be read, and that it does not do without,
        rejects them."""
        needed = [name for name in self.unread if not only_refines(name, (guideline,), valve)]
        issues = [
            replace(i, severity=ERROR, message=i.message.removesuffix(NOT_ASSESSED)) if i.column in needed else i
            for i in self.issues
        ]
        return TypedValues(self.entered, issues, [name for name in self.unread if name not in needed])


def _typed(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    try:
        return plain(float(value)) if isinstance(value, numbers.Real) and not isinstance(value, bool) else str(value)
    except OverflowError:
        return str(value)


def read_values(
    values: Mapping[str, Any], valve: str = "", guidelines: Sequence[str] = (), unused: Collection[str] = ()
) -> TypedValues:
    """Read values by catalogue name: numbers in the catalogue's unit, or text such as '45 mm2', or words.

    None, NaN, blank and the documented missing words are not measured. Raises UsageError for a name not in the
    catalogue;
    a bad value is an issue, never an exception. `valve`: the one that they are about, which has ranges of its own, and
    `guidelines` those that grade it: a word that only refines their grades rejects nothing, nor does what they leave
    `unused`.
    """
    catalogue, reading = load_catalogue(), TypedValues()
    known = {measurement.name for measurement in catalogue.enterable()}
    for name, value in values.items():
        if name not in known:
            near = nearest_measurement(name)
            raise UsageError(f"no measurement {name!r}.{near} See 'echograde template' for all names.")
        if value is None or (isinstance(value, float | np.floating) and math.isnan(value)):
            continue
        measurement, before = catalogue[name], len(reading.issues)
        if isinstance(measurement, Word):
            _read_word(measurement, value, reading, bool(valve) and only_refines(name, tuple(guidelines), valve))
        else:
            _read_number(measurement, value, reading, valve)
        if name in unused:
            reading.issues[before:] = map(_of_no_use, reading.issues[before:])
    return reading


def _of_no_use(issue: Issue) -> Issue:
    """What is said of a value that nothing rests on: it rejects nothing."""
    if issue.severity != ERROR:
        return issue
    return replace(issue, severity=WARNING, message=f"{issue.message}; no table that grades this valve uses it")


def _read_word(word: Word, value: Any, reading: TypedValues, refines: bool) -> None:
    typed = {True: "yes", False: "no"}[bool(value)] if isinstance(value, bool | np.bool_) else _typed(value)
    code = word.read(typed)
    if code is not None:
        reading.entered[word.name] = Entered(word.name, typed, "", code)
    elif not is_missing(typed):
        problem = why_no_word(word, typed)
        if refines:
            reading.unread.append(word.name)
            problem += NOT_ASSESSED
        reading.issues.append(Issue(word.name, typed, WARNING if refines else ERROR, problem))


def _read_number(number: Number, value: Any, reading: TypedValues, valve: str) -> None:
    typed = _typed(value)
    if is_missing(typed):
        return
    split = split_quantity(typed)
    if split is None or isinstance(value, bool | np.bool_) or split[1][:1] in (",", ".") or is_span(typed):
        reading.issues.append(Issue(number.name, typed, ERROR, why_no_number(number, typed)))
        return
    bare, unit_typed = split
    unit = read_unit(unit_typed) if unit_typed else number.unit
    if unit not in number.units:
        allowed = ", ".join(number.units)
        message = f"{number.label} {typed!r}: {unit_typed!r} is not one of its units; give the value in {allowed}"
        reading.issues.append(Issue(number.name, typed, ERROR, message))
        return
    digits = typed.removesuffix(unit_typed).strip() if unit_typed else typed
    exact = convert(bare, unit, number.unit)
    column = np.array([exact])
    if number.hard is not None and (number.hard.outside(column)[0] or not math.isfinite(exact)):
        reading.issues.append(Issue(number.name, typed, ERROR, impossible(number, bare, digits, unit)))
        return
    if number.soft is not None and number.soft.outside(column)[0]:
        reading.issues.append(Issue(number.name, typed, WARNING, unusual(number, bare, digits, unit)))
    elif valve in number.soft_of and number.soft_of[valve].outside(column)[0]:
        reading.issues.append(Issue(number.name, typed, WARNING, unusual_of(number, valve, digits, unit)))
    reading.entered[number.name] = Entered(number.name, digits, unit, exact)
