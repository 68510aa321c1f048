"""The catalogue of measurements: every name, unit, range, alias and allowed word, loaded once from TOML.

`reference_tables/measurements.toml` holds what can be entered, `derived.toml` what is worked out from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np

from grading.errors import TableError, UsageError, nearest, take
from grading.reference.derivation import read_derivation
from grading.reference.files import read_toml as read_toml
from grading.reference.files import tables as tables
from grading.reference.measurement import VALVES, Catalogue, Number, Range, Word, fold_word
from grading.reference.units import UNITS, ratio
from grading.reference.usual import read_usual
from grading.reference.variability import Variability, read_error

_COMMON = ("label", "title", "group", "valves", "shared", "how", "aliases", "valve_aliases", "spellings")
_NUMBER_KEYS = (
    *_COMMON, "unit", "also", "hard", "soft", "soft_of", "usual", "exact", "decimals", "loinc", "error", "step",
    "asked_in", "unit_switch",
)  # fmt: skip
_WORD_KEYS = (*_COMMON, "values", "spelled", "findings")
_DERIVED_WORD_KEYS = (
    "label",
    "title",
    "values",
    "spelled",
    "findings",
    "valves",
    "lines",
    "claims",
    "otherwise",
    "overrides",
    "at",
    "reading",
    "rests_on",
)


def _range(row: dict[str, Any] | None, where: str, lowest: float = -np.inf) -> Range | None:
    if row is None:
        return None
    take(row, ("zero", "low", "high", "why"), ("high", "why"), where)
    return Range(float(row.get("low", lowest)), float(row["high"]), bool(row.get("zero", False)), row["why"])


def _error(row: dict[str, Any] | None, where: str) -> Variability | None:
    if row is None:
        return None
    take(row, ("percent", "sd", "at", "reading"), (), where)
    return read_error(row, where)


def _step(row: dict[str, Any], where: str) -> float:
    step = float(row.get("step", 10.0 ** -row["decimals"]))
    if not step > 0:
        raise TableError(f"{where}: a step of {step:g}; expected a positive number in {row['unit']}")
    return step


def _asked_in(row: dict[str, Any], where: str) -> str:
    unit, units = str(row.get("asked_in", "")), (row["unit"], *row.get("also", ()))
    if unit and unit not in units:
        raise TableError(f"{where}: asked_in = {unit!r}; expected one of its units: {', '.join(units)}")
    return unit


def _common(row: dict[str, Any]) -> dict[str, Any]:
    spellings = tuple((s["name"], s.get("valve", "")) for s in row.get("spellings", ()))
    lists: dict[str, Any] = {key: tuple(row[key]) for key in ("valves", "aliases", "valve_aliases") if key in row}
    texts: dict[str, Any] = {key: row[key] for key in ("label", "title", "group", "how", "shared") if key in row}
    return {**lists, **texts, "spellings": spellings}


def _number(name: str, row: dict[str, Any], where: str, derived: bool) -> Number:
    required = ("label", "title", "unit", "decimals", *(() if derived else ("group", "how", "hard")))
    take(row, _NUMBER_KEYS, required, where)
    for unit in (row["unit"], *row.get("also", ())):
        if unit not in UNITS:
            raise TableError(f"{where}: unknown unit {unit!r}. Allowed: {', '.join(UNITS)}")
        try:
            ratio(unit, row["unit"])
        except ValueError as error:
            raise TableError(f"{where}: {error}") from error
    return Number(
        name=name,
        unit=row["unit"],
        decimals=row["decimals"],
        also=tuple(row.get("also", ())),
        hard=_range(row.get("hard"), f"{where}.hard"),
        soft=_range(row.get("soft"), f"{where}.soft"),
        loinc=MappingProxyType(row.get("loinc", {})),
        error=_error(row.get("error"), f"{where}.error"),
        step=_step(row, where),
        soft_of=_soft_of(row.get("soft_of", {}), f"{where}.soft_of"),
        usual=read_usual(row.get("usual"), f"{where}.usual"),
        exact=bool(row.get("exact", False)),
        asked_in=_asked_in(row, where),
        unit_switch=row.get("unit_switch", ""),
        **_common(row),
    )


def _soft_of(rows: Mapping[str, dict[str, Any]], where: str) -> Mapping[str, Range]:
    take(rows, VALVES, (), where)
    ranges = {valve: _range(row, f"{where}.{valve}") for valve, row in rows.items()}
    return MappingProxyType({valve: limits for valve, limits in ranges.items() if limits is not None})


#: the values of a finding that is there or not, and what stands before the name of one that is not
_FLAG, _DENIED = ("no", "yes"), ("no", "not", "non", "without", "no evidence of")


def _word(name: str, row: dict[str, Any], where: str) -> Word:
    take(row, _WORD_KEYS, ("label", "title", "values"), where)
    synonyms: dict[str, str] = {}
    for value, others in row["values"].items():
        for spelling in (value, *others):
            if synonyms.setdefault(fold_word(spelling), value) != value:
                raise TableError(f"{where}: {spelling!r} is claimed by two values")
    values = tuple(row["values"])
    if values == _FLAG:
        for value, spelling in _said_whole(row):
            synonyms.setdefault(fold_word(spelling), value)
    return Word(
        name=name, values=values, synonyms=MappingProxyType(synonyms), **_common(row), **_wording(row, values, where),
    )  # fmt: skip


def _said_whole(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a cell says of a finding by its name: 'flail leaflet' is a yes, 'no flail' and 'without flail' are a no."""
    yield "yes", row["label"]
    for name in (row["label"], *row.get("aliases", ())):
        yield from (("no", f"{denied} {name}") for denied in _DENIED)


def _wording(row: dict[str, Any], values: tuple[str, ...], where: str) -> dict[str, Any]:
    """How sentences write the values of a word, and call its findings."""
    wording = {key: MappingProxyType(row.get(key, {})) for key in ("spelled", "findings")}
    for key, texts in wording.items():
        take(texts, values, (), f"{where}.{key}")
    return {**wording}


def _derived_word(name: str, row: dict[str, Any], entered: Word | None, where: str) -> Word:
    take(row, _DERIVED_WORD_KEYS, () if entered else ("label", "title", "values"), where)
    values = entered.values if entered else tuple(row["values"])
    derivation = read_derivation(row, name, values, VALVES, where)
    if entered:
        return Word(**{**{f: getattr(entered, f) for f in Word.__slots__}, "derivation": derivation})
    return Word(
        name,
        row["label"],
        row["title"],
        values,
        MappingProxyType({}),
        valves=tuple(row["valves"]),
        derivation=derivation,
        **_wording(row, values, where),
    )


def parse_catalogue(measured: dict[str, Any], derived: dict[str, Any]) -> Catalogue:
    """A Catalogue from the two TOML dictionaries. Raises TableError naming the row."""
    numbers = {n: _number(n, row, f"measurements.toml: {n}", False) for n, row in measured["numbers"].items()}
    words = {n: _word(n, row, f"measurements.toml: {n}") for n, row in measured["words"].items()}
    numbers |= {n: _number(n, row, f"derived.toml: {n}", True) for n, row in derived["numbers"].items()}
    for name, row in derived["words"].items():
        words[name] = _derived_word(name, row, words.get(name), f"derived.toml: {name}")
    _check_switches(numbers)
    both = numbers.keys() & words.keys()
    if both:
        raise TableError(f"measurements.toml: {sorted(both)} are both numbers and words")
    refused = {s: row["reason"] for row in measured.get("refused", ()) for s in row["spellings"]}
    return Catalogue(MappingProxyType(numbers), MappingProxyType(words), MappingProxyType(refused))


def _check_switches(numbers: Mapping[str, Number]) -> None:
    """Numbers whose unit is changed together have the same units, and are asked for in the same at first."""
    first: dict[str, Number] = {}
    for number in numbers.values():
        other = first.setdefault(number.unit_switch, number) if number.unit_switch else number
        if (number.units, number.asked_unit) != (other.units, other.asked_unit):
            raise TableError(
                f"measurements.toml: {number.name}: shares the unit_switch {number.unit_switch!r} with {other.name}; "
                "expected the same unit, also and asked_in"
            )


@cache
def load_catalogue() -> Catalogue:
    """The catalogue of this version, read once."""
    return parse_catalogue(read_toml(tables() / "measurements.toml"), read_toml(tables() / "derived.toml"))


def valve_of(text: str) -> str | None:
    """The canonical name of a valve, or None when the text names none: 'MR' is mitral."""
    word = load_catalogue().words["valve"]
    code = word.read(text)
    return None if code is None else word.values[code - 1]


def check_valve(valve: str) -> str:
    """The canonical name of a valve: 'MR' is mitral. Raises UsageError."""
    canonical = valve_of(str(valve))
    if canonical is None:
        raise UsageError(f"no valve {valve!r}.{nearest(str(valve), VALVES)} There are: {', '.join(VALVES)}")
    return canonical
