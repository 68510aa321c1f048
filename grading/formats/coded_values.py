"""Numbers with codes, as structured reports and FHIR hold them, turned into the lines of a long table.

What a number is, its code and what qualifies it say, never its place. A code that needs a site, a direction or a unit
and comes without is reported and not used.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from grading.formats.codes import Context, Meaning, load_codes
from grading.formats.foreign import LONG_COLUMNS, SourceIssue, text_array
from grading.formats.own_names import own_name
from grading.reading.values import NOTE, WARNING
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number
from grading.reference.units import read_unit

#: a valve's leak in the short form that header and label reading knows
LEAKS = {"mitral": "mr", "aortic": "ar", "tricuspid": "tr", "pulmonic": "pr"}
SEX, SEXES = "121032 DCM", {"M DCM": "male", "248153007 SCT": "male", "F DCM": "female", "248152002 SCT": "female"}
#: a reader's grade: 'mr_grade' is a label that is refused as evidence, and can be kept
GRADE = "grade"
_NO_EVIDENCE = ("sex", GRADE)
_DIMENSIONLESS = ("1", "no units", "{ratio}", "{1}", "{fraction}")


class CodedValue(NamedTuple):
    """A number (or a coded word) of a report, all of it text.

    `code` is '59102-4 LN' or '' for none; `unit` is as written; `chosen` says that the device marked it as the one that
    counts; `derivation` is 'mean', another word or ''; `absent` is why there is no value. `by_name`: something that
    qualifies it has a code that is not known, and its name was taken.
    """

    code: str
    meaning: str
    value: str
    unit: str
    context: Context = Context()
    chosen: bool = False
    derivation: str = ""
    absent: str = ""
    by_name: bool = False


class _Line(NamedTuple):
    meaning: Meaning
    value: str
    unit: str
    source: CodedValue


@dataclass(slots=True)
class LongLines:
    """The lines of a long table as they are gathered, study by study, and what there is to report of them."""

    kept: Sequence[str] = ()
    columns: list[list[str | None]] = field(init=False)
    _counts: dict[tuple[str, str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    _own: list[SourceIssue] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.columns = [[] for _ in (*LONG_COLUMNS, *self.kept)]

    def add(self, study: str, file: str, values: Iterable[CodedValue], kept: Mapping[str, str | None]) -> int:
        """Take the values of a study; gives how many of its lines are evidence. One without any has a blank line."""
        found: dict[tuple[str, str], list[_Line]] = defaultdict(list)
        seen: set[tuple[str, str, str]] = set()
        for value in values:
            line = _read(value)
            if isinstance(line, _Line):
                found[line.meaning.measurement, line.meaning.valve].append(line)
                key = (NOTE, value.code, _matched(value, line))
            else:
                key = (line[0], value.code, f"{_described(value)}: {line[1]}")
            self._counts[key][0] += 1
            self._counts[key][1] += key not in seen
            seen.add(key)
        lines = [line for group in found.values() for line in self._taken(study, group)]
        count = sum(1 for line in lines if line.meaning.measurement not in _NO_EVIDENCE)
        if not count:
            self.report(WARNING, study, "", file, "the study holds no measurement used for grading")
        for line in lines or [_Line(Meaning("sex"), "", "", CodedValue("", "", "", ""))]:
            name, valve = line.meaning.measurement, line.meaning.valve
            label = f"{LEAKS[valve]}_{name}" if valve else name
            cells = (study, file, label, valve or None, line.value or None, line.unit or None)
            for column, cell in zip(self.columns, (*cells, *(kept.get(name) for name in self.kept)), strict=True):
                column.append(cell)
        return count

    @staticmethod
    def holds_any(values: Iterable[CodedValue]) -> bool:
        """True when one of the values would be a line that is evidence."""
        lines = (_read(value) for value in values if value.code != SEX)
        return any(isinstance(line, _Line) and line.meaning.measurement != GRADE for line in lines)

    def report(self, severity: str, study: str, label: str, value: str, message: str) -> None:
        """Add an issue."""
        self._own.append(SourceIssue(severity, study, label, value, message))

    def table(self) -> pa.Table:
        """All lines as a table of text."""
        names = [*LONG_COLUMNS, *self.kept]
        return pa.Table.from_arrays([text_array(column) for column in self.columns], names=names)

    def issues(self) -> tuple[SourceIssue, ...]:
        """What is odd about single studies, then what became of every code, warnings first."""
        order = sorted(self._counts.items(), key=lambda item: (item[0][0] != WARNING, -item[1][0], item[0]))
        counted = (
            SourceIssue(severity, "", code, "", f"{message} ({_times(values, 'value')} in {_times(studies, 'study')})")
            for (severity, code, message), (values, studies) in order
        )
        return (*self._own, *counted)

    def _taken(self, study: str, lines: Sequence[_Line]) -> Iterator[_Line]:
        """The lines of one measurement that count, each value once."""
        if any(not line.meaning.second for line in lines) and any(line.meaning.second for line in lines):
            left = [line for line in lines if line.meaning.second]
            lines = [line for line in lines if not line.meaning.second]
            self._left(study, left, "a more exact form of the same measurement is there too")
        groups: dict[tuple[str, Context], list[_Line]] = defaultdict(list)
        for line in lines:
            groups[line.source.code, line.source.context].append(line)
        taken: dict[tuple[str, str], _Line] = {}
        for group in groups.values():
            chosen = [line for line in group if line.source.chosen]
            best = chosen or [line for line in group if line.source.derivation == "mean"] or group
            why = "the device marks another value as chosen" if chosen else "the device gives their mean"
            self._left(study, [one for one in group if not any(one.value == line.value for line in best)], why)
            taken |= {(line.value, line.unit): line for line in best}
        yield from taken.values()

    def _left(self, study: str, lines: Sequence[_Line], why: str) -> None:
        if lines:
            label = lines[0].meaning.measurement
            values = ", ".join(f"{line.value} {line.unit}".strip() for line in lines)
            self.report(NOTE, study, f"{lines[0].meaning.valve} {label}".strip(), values, f"not used: {why}")


def _read(value: CodedValue) -> _Line | tuple[str, str]:
    """The line of a value, or severity and reason of its not being used."""
    codes = load_codes()
    if value.code == SEX:
        return _Line(Meaning("sex"), SEXES.get(value.value, value.value), "", value)
    if valve := codes.grades.get(value.code.removesuffix(" LN")):
        return _Line(Meaning(GRADE, valve), codes.severity.get(value.value, value.value), "", value)
    meaning = _meaning(value)
    if isinstance(meaning, str):
        return (WARNING, f"not used, for {meaning}") if meaning else (NOTE, "not a measurement used for grading")
    number = load_catalogue()[meaning.measurement]
    assert isinstance(number, Number)
    if value.absent or not value.value:
        return WARNING, f"no value is given ({value.absent or 'no reason is'})"
    if value.derivation not in ("", "mean"):
        return NOTE, f"not used: it is the {value.derivation} of several"
    unit = unit_of(value.unit, number)
    if unit not in number.units:
        said = f"{value.unit!r} is not a unit of {number.label}" if value.unit else "its unit is not said"
        return WARNING, f"not used, for {said} (expected {', '.join(number.units)})"
    return _Line(meaning, shortest(value.value), unit, value)


def _meaning(value: CodedValue) -> Meaning | str:
    """The measurement of a coded number, by its code; one of a private scheme by its name, if that is one of ours."""
    if is_private(value.code):
        return own_name(value.meaning, value.context) or ""
    return load_codes().meaning(value.code, value.context, read_unit(value.unit) or value.unit)


def is_private(code: str) -> bool:
    """True for a code of a maker's own scheme, or none."""
    return not code or code.rpartition(" ")[2].startswith("99")


def unit_of(unit: str, number: Number) -> str:
    """A UCUM unit in the catalogue's spelling; a bare ratio is a fraction where the measurement has that unit."""
    if unit.strip() in _DIMENSIONLESS:
        return "fraction" if "fraction" in number.units else "1"
    return read_unit(unit) or unit


def shortest(text: str) -> str:
    """A decimal that a device wrote out of a number in single precision, as short as it can be read back.

    >>> shortest("0.69999998807907"), shortest("4.2141821355915"), shortest("0.40")
    ('0.7', '4.2141821355915', '0.40')
    """
    digits = sum(letter.isdigit() for letter in text.lower().partition("e")[0].lstrip("-+0."))
    try:
        value = float(text)
    except ValueError:
        return text
    if digits < 9 or not math.isfinite(value):
        return text
    with np.errstate(over="ignore"):
        single = np.float32(value)
    same = float(f"{float(single):.{min(digits, 17)}g}") == float(f"{value:.{min(digits, 17)}g}")
    return str(single) if same else text


def _described(value: CodedValue) -> str:
    """A value's code, name and what qualifies it."""
    name = f"{value.code} ({value.meaning})" if value.meaning else value.code
    qualifiers = [word.replace("_", " ") for word in astuple(value.context) if word]
    named = ["as its qualifiers are called"] if value.by_name else []
    return ", ".join([name.strip() or "a number without code", *qualifiers, *named])


def _matched(value: CodedValue, line: _Line) -> str:
    name = f"{line.meaning.valve} {line.meaning.measurement}".strip()
    by = ", by its name, for the code is the maker's own" if is_private(value.code) else ""
    return f"{_described(value)}: read as {name}{by}"


def _times(count: int, what: str) -> str:
    plural = {"study": "studies"}.get(what, f"{what}s")
    return f"{count:,} {what if count == 1 else plural}"
