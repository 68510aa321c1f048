"""What a form asks for one table: groups in the order an echo is read, what the table reads first, the rest behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from grading.engine.methods import METHODS, PISA
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number, Word
from grading.reference.table import Table
from grading_app.signs import with_signs

#: what a page varies first, where a case holds it
VARIED_FIRST = "pisa_radius"


#: what a PISA gives
BY_PISA = ("eroa", "regurgitant_volume")
#: what a report says first of a leak, asked before the rest
LEADING = ("mechanism",)
#: a finding -> the one that it is read with, and stands beside
BESIDE = {"jet_direction": "colour_jet"}


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """One group of fields: `first` are shown at once, `more` on request."""

    name: str
    first: tuple[Number | Word, ...]
    more: tuple[Number | Word, ...]


def leading(valve: str) -> tuple[Number | Word, ...]:
    """What is asked before all else."""
    return tuple(m for m in load_catalogue().enterable(valve) if m.name in LEADING)


@cache
def pisa_strip(valve: str) -> tuple[Number, ...]:
    """What the EROA and the regurgitant volume by PISA are worked out from, in the order of the formulas; empty for a
    valve without PISA."""
    names = (name for target in BY_PISA for name in _parts(target, valve))
    return tuple(load_catalogue().numbers[name] for name in dict.fromkeys(names))


def _parts(target: str, valve: str) -> list[str]:
    """What a person enters for a quantity by PISA; nothing for what is no such quantity."""
    ways = (method for method in METHODS if method.kind == PISA and valve in method.valves)
    inputs = [name for method in ways if method.target == target for name in method.inputs]
    return [part for name in inputs for part in (_parts(name, valve) or [name])]


def field_groups(table: Table | None, valve: str) -> list[FieldGroup]:
    """The groups of what else can be entered for a valve, in the catalogue's order; without a table all is behind."""
    read = _read_first(table) if table else set()
    read |= {name for name, other in BESIDE.items() if other in read}
    asked = {m.name for m in (*leading(valve), *pisa_strip(valve))}
    groups: dict[str, list[Number | Word]] = {}
    for measurement in load_catalogue().enterable(valve):
        if measurement.name not in asked:
            groups.setdefault(measurement.group, []).append(measurement)
    return [
        FieldGroup(
            name,
            tuple(m for m in sorted(members, key=_words_last) if m.name in read),
            tuple(m for m in sorted(members, key=_words_last) if m.name not in read),
        )
        for name, members in groups.items()
    ]


def rows_of_two(measurements: Sequence[Number | Word]) -> list[tuple[Number | Word, ...]]:
    """Fields two by two, in their order; what is read together stands in one row."""
    rows: list[tuple[Number | Word, ...]] = []
    names = [m.name for m in measurements]
    for measurement, following in zip(measurements, [*names[1:], ""], strict=False):
        has_room = bool(rows) and len(rows[-1]) == 1
        is_first_of_two = BESIDE.get(following) == measurement.name
        if has_room and not is_first_of_two:
            rows[-1] = (*rows[-1], measurement)
        else:
            rows.append((measurement,))
    return rows


def _words_last(measurement: Number | Word) -> bool:
    return isinstance(measurement, Word)


def _read_first(table: Table) -> set[str]:
    """What the counted rows read and are guarded by, what a derived word among them is made of, and what PISA needs."""
    catalogue = load_catalogue()
    rows = [row for group, row in table.rows() if group.counted and not row.instead_of]
    names = {row.name for row in rows}
    read = names | {condition.subject for row in rows for condition in (*row.given, *row.unless)}
    for name in names:
        word = catalogue.words.get(name)
        if word is not None and word.group == "derived" and word.derivation:
            read |= set(word.derivation.inputs)
    waiting = list(names)
    while waiting:
        target = waiting.pop()
        for method in METHODS:
            if method.target == target and method.kind == PISA and table.valve in method.valves:
                read |= set(method.inputs)
                waiting += method.inputs
    return read


@cache
def unit_choices(valve: str) -> dict[str, tuple[str, ...]]:
    """The switches of units on a valve's form, with their units, the one asked for first in front:
    'orifice area' -> ('cm2', 'mm2')."""
    return {number.unit_switch: _units(number) for number in _numbers(valve) if number.unit_switch}


def _units(number: Number) -> tuple[str, ...]:
    return (number.asked_unit, *(unit for unit in number.units if unit != number.asked_unit))


def _numbers(valve: str) -> Iterator[Number]:
    return (m for m in load_catalogue().enterable(valve) if isinstance(m, Number))


def waits_for(names: Iterable[str], valve: str) -> frozenset[str]:
    """Measurements, and all that is worked out from them for a valve."""
    waiting = set(names)
    size = 0
    while len(waiting) > size:
        size = len(waiting)
        waiting |= {m.target for m in METHODS if valve in m.valves and not waiting.isdisjoint(m.inputs)}
        derived = ((word, word.derivation) for word in load_catalogue().words.values() if valve in word.valves)
        waiting |= {w.name for w, derivation in derived if derivation and not waiting.isdisjoint(derivation.inputs)}
    return frozenset(waiting)


def field_label(number: Number, unit: str) -> str:
    """'EROA (cm²)'; a ratio has no unit."""
    return number.label if unit == "1" else with_signs(f"{number.label} ({unit})")


def shown_unit(number: Number, chosen: Mapping[str, str]) -> str:
    """The unit a number is asked in: the one chosen at its switch, else the catalogue's for a form."""
    return chosen.get(number.unit_switch, number.asked_unit)
