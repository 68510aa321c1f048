"""What the lines of a long table are about: label, valve, unit and direction of a line, read as a header is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from grading.columns.headers import VALVE_TOKENS, Match, match, refusal, split_unit
from grading.columns.template import header_of
from grading.errors import UsageError
from grading.formats.codes import graded_valve, loinc_meaning
from grading.longtable.flow import contradiction, is_bare_velocity, names_of_leak, without_direction
from grading.longtable.vocabulary import REGURGITANT, vocabulary
from grading.reading.cells import CellFormat
from grading.reading.checks import why_no_word
from grading.reading.values import ERROR, NOTE, WARNING
from grading.reference.catalogue import check_valve, load_catalogue, valve_of
from grading.reference.measurement import Number
from grading.reference.similar import nearest_measurement
from grading.reference.units import read_unit

_LOINC = re.compile(r"\d{2,7}-\d\s*\Z")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What every line of one label, valve, unit and direction is about.

    Without a measurement the lines are not used; with one, a `problem` refuses their values. `assumed`: no unit is
    given. `second`: they count only where no better form of the measurement is given.
    """

    measurement: str = ""
    valve: str = ""
    unit: str = ""
    assumed: bool = False
    problem: str = ""
    severity: str = ""
    second: bool = False


@dataclass(frozen=True, slots=True)
class Labels:
    """How the labels of one file are read.

    Args:
        valve: what a line is about that names no valve; None when nothing is.
        reading: how a blank valve or unit is written.
        units: label, valve_measurement or measurement -> the unit of its lines that give none.
    """

    valve: str | None = None
    reading: CellFormat = field(default_factory=CellFormat)
    units: Mapping[str, str] = field(default_factory=dict)

    def read(self, label: str, valve: str = "", unit: str = "", direction: str = "") -> Meaning:
        """The meaning of a line's label, valve cell, unit cell and direction; what is wrong is said in the answer.

        Raises UsageError when `units` names a unit that the measurement does not have.

        >>> meaning = Labels().read("MR VC", unit="mm")
        >>> meaning.measurement, meaning.valve, meaning.unit
        ('vena_contracta_width', 'mitral', 'mm')
        >>> Labels().read("MR Flow").severity
        'warning'
        >>> Labels().read("Peak velocity", "Mitral Valve", direction="regurgitant").measurement
        'peak_velocity'
        """
        valve = "" if self.reading.is_missing(valve) else valve
        code = _of_code(label)
        about = self._find(label, valve, direction, code)
        if isinstance(about, Meaning) and not about.measurement and not direction:
            bare, direction = without_direction(label)
            about = self._find(bare, valve, direction, code) if direction else about
        if isinstance(about, Meaning):
            return about
        if reason := contradiction(about.measurement, direction):
            return _unused(f"label {label!r} is not used: {reason}", WARNING)
        measurement = load_catalogue()[about.measurement]
        meaning = Meaning(about.measurement, about.valve, second=code is not None and code.second)
        if not isinstance(measurement, Number):
            return meaning
        return self._with_unit(meaning, measurement, label, about.unit, unit)

    def _with_unit(self, meaning: Meaning, number: Number, label: str, in_label: str | None, cell: str) -> Meaning:
        blank = self.reading.is_missing(cell) or (read_unit(cell) is None and vocabulary().says_no_unit(cell))
        given = None if blank else read_unit(cell) or cell
        for unit in filter(None, (given, in_label)):
            if unit not in number.units:
                problem = f"{unit!r} is not a unit of {number.label} ({', '.join(number.units)})"
                return replace(meaning, unit=unit, problem=problem, severity=ERROR)
        if given and in_label and given != in_label:
            problem = f"the label says {in_label} and the unit is given as {given}"
            return replace(meaning, unit=given, problem=problem, severity=ERROR)
        named = given or in_label or self._declared_unit(meaning, number, label)
        return replace(meaning, unit=named or number.unit, assumed=named is None)

    def _declared_unit(self, meaning: Meaning, number: Number, label: str) -> str | None:
        declared = next((self.units[name] for name in names_of(meaning, label) if name in self.units), None)
        unit = None if declared is None else read_unit(declared)
        if declared is not None and unit not in number.units:
            raise UsageError(f"{declared!r} is not a unit of {number.label} ({', '.join(number.units)})", about="units")
        return unit

    def _find(self, label: str, valve: str, direction: str, code: Meaning | None) -> Match | Meaning:
        """The measurement and valve of a label, or the reason why there is none."""
        if code is not None and not code.measurement:
            return code
        own = match(label) if code is None else Match(code.measurement, code.valve, None, "LOINC")
        if own is not None and own.measurement == "valve":
            return _unused(f"label {label!r} names the valve; give the valve of every line in a column", WARNING)
        if own is not None and load_catalogue()[own.measurement].shared:
            return own._replace(valve="")
        named = valve_of(valve)
        if valve and named is None and not (own and own.valve):
            # a site such as the LVOT is no valve, and gives a label its meaning as a valve does
            site = match(f"{valve} {label}")
            if site is not None and load_catalogue()[site.measurement].shared:
                return site._replace(valve="")
            return _unused(f"label {label!r}: {why_no_word(load_catalogue().words['valve'], valve)}", ERROR)
        if own is not None and own.valve:
            if named not in (None, own.valve):
                problem = f"label {label!r} is about the {own.valve} valve and its line about the {named}"
                return _unused(f"{problem}; correct one of them", ERROR)
            if direction != REGURGITANT and (forward := is_bare_velocity(label)):
                return _unused(f"label {label!r} is not used: {refusal(forward)}", WARNING)
            return own
        typed = valve or self.valve
        return _beside(label, typed, own, direction) if typed else _alone(label, own)


def names_of(meaning: Meaning, label: str) -> tuple[str, str, str]:
    """How a user may name the lines of a label: as it stands, 'mitral_eroa' or 'eroa'."""
    return label, f"{meaning.valve}_{meaning.measurement}", meaning.measurement


def _of_code(label: str) -> Meaning | None:
    """What a label that is a LOINC code is about; None for any other label."""
    if not _LOINC.search(label):
        return None
    code = loinc_meaning(label)
    if code is not None:
        return Meaning(code.measurement, code.valve, second=code.second)
    valve = graded_valve(label)
    if valve is None:
        return None
    return _unused(f"label {label!r} is a reader's grade of {valve} regurgitation, not a measurement", NOTE)


def _unused(problem: str, severity: str) -> Meaning:
    return Meaning(problem=problem, severity=severity)


def _beside(label: str, typed: str, own: Match | None, direction: str) -> Match | Meaning:
    """A label read beside the valve of its line, which can give it a meaning ('VTI') and take it away."""
    valve = check_valve(typed)
    # a peak velocity is of the jet only where something says so: it is looked up as Vmax is
    bare = "Vmax" if is_bare_velocity(label) else label
    leak = names_of_leak(valve, bare) if direction == REGURGITANT else ()
    for name in (*leak, f"{typed} {bare}", f"{valve} {bare}"):
        meaning = match(name)
        if meaning is not None:
            return meaning._replace(valve="" if load_catalogue()[meaning.measurement].shared else valve)
        if name not in leak and (reason := refusal(name)):
            way = "; or give the direction of flow in a column" if bare != label and not direction else ""
            return _unused(f"label {label!r} of the {valve} valve is not used: {reason}{way}", WARNING)
    return _unknown(label) if own is None else own._replace(valve=valve)


def _alone(label: str, own: Match | None) -> Match | Meaning:
    """A label of a line that names no valve: clear only where a single valve has the measurement."""
    if own is None:
        return _unknown(label)
    valves = load_catalogue()[own.measurement].valves
    if len(valves) == 1:
        return own._replace(valve=valves[0])
    problem = f"label {label!r} does not say which valve it is about: name the valve of all lines, or a column of them"
    return _unused(f"{problem}, or call it '{valves[0]} {own.measurement}' or the like", ERROR)


def _unknown(label: str) -> Meaning:
    if reason := refusal(label):
        return _unused(f"label {label!r} is not used: {reason}", WARNING)
    if near := nearest_measurement(split_unit(label)[0]):
        return _unused(f"label {label!r} is not used.{near} Correct the label", WARNING)
    return _unused(f"label {label!r} is not a measurement used for grading", NOTE)


def wide_header(measurement: str, valve: str, unit: str | None) -> str:
    """A header that `grading.columns.headers.match` reads back as this measurement, valve ('' for every) and unit.

    >>> wide_header("eroa", "mitral", "cm2"), wide_header("pressure_half_time", "mitral", None)
    ('mitral_eroa_cm2', 'mr_pressure_half_time')
    """
    bare = measurement if unit is None else header_of(load_catalogue()[measurement], unit)
    # 'mitral_pressure_half_time' is refused as one of the inflow: 'mr_' is then the one that reads back
    tokens = [f"{token}_" for token, named in VALVE_TOKENS.items() if named == valve] or [""]
    headers = (f"{token}{bare}" for token in tokens)
    return next(
        h for h in headers if (m := match(h)) and (m.measurement, m.valve, m.unit) == (measurement, valve, unit)
    )
