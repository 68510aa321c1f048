"""The columns of the wide table: which kinds of lines each is made of, its unit, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grading.longtable.kinds import Census, Kind, Kinds, columns_of
from grading.longtable.labels import wide_header
from grading.longtable.line_issue import LineIssue, counted
from grading.reading.values import ERROR, NOTE, WARNING
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import VALVES, Number, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class WideColumn:
    """One measurement of one valve.

    Args:
        header: names the unit unless a line gave none, so that the values can still be checked against another one.
        measurement: what is measured.
        unit: of all lines when they have one, else the catalogue's; '' for words.
        kinds: place of each kind -> the kind, as it is read in this column.
    """

    header: str
    measurement: Number | Word
    unit: str
    kinds: Mapping[int, Kind]


def wide_columns(kinds: Kinds, every: Census, present: Census) -> list[WideColumn]:
    """The columns in the order of the catalogue and of the valves, by the lines that hold a value."""
    order = {measurement.name: place for place, measurement in enumerate(load_catalogue().enterable())}
    valves = ("", *VALVES)
    found = columns_of(kinds, every)
    keys = sorted(found, key=lambda key: (order[key[0]], valves.index(key[1])))
    return [_column(*key, {place: kinds[place] for place in found[key]}, present) for key in keys]


def _column(name: str, valve: str, kinds: Mapping[int, Kind], present: Census) -> WideColumn:
    measurement = load_catalogue()[name]
    with_value = [kind for place, kind in kinds.items() if has_lines(present, place)]
    if not isinstance(measurement, Number):
        return WideColumn(header=wide_header(name, valve, None), measurement=measurement, unit="", kinds=kinds)
    given = {kind.meaning.unit for kind in with_value if not kind.meaning.problem and not kind.meaning.assumed}
    others = sorted(given - {measurement.unit})
    if others:
        kinds = {place: _refused_without_unit(kind, others) for place, kind in kinds.items()}
        with_value = [kind for place, kind in kinds.items() if has_lines(present, place)]
    units = {kind.meaning.unit for kind in with_value if not kind.meaning.problem}
    unit = units.pop() if len(units) == 1 else measurement.unit
    assumed = any(kind.meaning.assumed for kind in with_value)
    header = wide_header(name, valve, None if assumed or unit == "1" else unit)
    return WideColumn(header=header, measurement=measurement, unit=unit, kinds=kinds)


def _refused_without_unit(kind: Kind, others: Sequence[str]) -> Kind:
    """A kind that gives no unit while other lines of its column give one that would not be assumed."""
    if not kind.meaning.assumed:
        return kind
    problem = f"no unit is given, and other lines of this measurement are in {' or '.join(others)}"
    meaning = replace(kind.meaning, unit="(no unit)", assumed=False, problem=problem, severity=ERROR)
    return kind._replace(meaning=meaning)


def has_lines(census: Census, place: int) -> bool:
    """True when a census has lines of a kind."""
    return place < len(census.lines) and census.lines[place] > 0


def refusal(kind: Kind) -> str:
    """Why the values of a kind cannot be used."""
    return f"label {kind.label!r}: {kind.meaning.problem}; correct the unit"


def unit_issues(columns: Sequence[WideColumn], present: Census) -> Iterator[LineIssue]:
    """Labels that give no unit, and those whose unit is not one of the measurement's."""
    for column in columns:
        for place, kind in column.kinds.items():
            if not has_lines(present, place):
                continue
            meaning, lines = kind.meaning, counted(int(present.lines[place]))
            first = int(present.first_line[place])
            if meaning.problem:
                yield LineIssue(first, None, column.header, kind.unit, WARNING, f"{refusal(kind)} ({lines})")
            elif meaning.assumed and meaning.unit != "1":
                message = f"label {kind.label!r} gives no unit: {meaning.unit} is assumed ({lines})"
                yield LineIssue(first, None, column.header, "", NOTE, message)
