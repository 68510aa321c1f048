"""What a form asks for one table: groups in the order an echo is read, what the table reads first, the rest behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from grading.engine.methods import METHODS, PISA
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number, Word
from grading.reference.table import Table
from grading.reference.units import UNITS
from grading_app.signs import with_signs

#: what a page varies first, where a case holds it
VARIED_FIRST = "pisa_radius"
#: numbers of one kind share a switch when there are so many of them
SEVERAL = 2


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """One group of fields: `first` are shown at once, `more` on request."""

    name: str
    first: tuple[Number | Word, ...]
    more: tuple[Number | Word, ...]


def field_groups(table: Table | None, valve: str) -> list[FieldGroup]:
    """The groups of what can be entered for a valve, in the catalogue's order; without a table all is behind."""
    read = _read_first(table) if table else set()
    groups: dict[str, list[Number | Word]] = {}
    for measurement in load_catalogue().enterable(valve):
        groups.setdefault(measurement.group, []).append(measurement)
    return [
        FieldGroup(
            name,
            tuple(m for m in sorted(members, key=_words_last) if m.name in read),
            tuple(m for m in sorted(members, key=_words_last) if m.name not in read),
        )
        for name, members in groups.items()
    ]


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
    """The kinds of quantity a unit can be chosen for on a valve's form, with the units: 'length' -> ('cm', 'mm')."""
    found: dict[str, dict[str, int]] = {}
    for number in _numbers(valve):
        for unit in number.units:
            counts = found.setdefault(kind_of(number), {})
            counts[unit] = counts.get(unit, 0) + 1
    shared = {kind: tuple(u for u, n in counts.items() if n >= SEVERAL) for kind, counts in found.items()}
    return {kind: units for kind, units in shared.items() if len(units) > 1}


def _numbers(valve: str) -> Iterator[Number]:
    return (m for m in load_catalogue().enterable(valve) if isinstance(m, Number))


def kind_of(number: Number) -> str:
    """The kind of quantity: 'length', 'area', 'velocity' ..."""
    return UNITS[number.unit][0]


def slide(number: Number, present: float) -> tuple[float, float, float]:
    """The lowest and the highest value of a slider and its step, in the catalogue's unit: what is usual, and the
    present value where that is not."""
    assert number.hard is not None
    usual = number.soft or number.hard
    return min(max(usual.low, number.hard.low), present), max(usual.high, present), number.step / 10


def field_label(number: Number, unit: str) -> str:
    """'EROA (cm²)'; a ratio has no unit."""
    return number.label if unit == "1" else with_signs(f"{number.label} ({unit})")


def shown_unit(number: Number, chosen: dict[str, str]) -> str:
    """The unit a number is asked in: the one chosen for its kind where it is accepted, else the catalogue's."""
    unit = chosen.get(kind_of(number), number.unit)
    return unit if unit in number.units else number.unit
