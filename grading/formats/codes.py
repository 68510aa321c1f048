"""What the codes of reports mean: LOINC codes and display names, and DICOM concepts with their modifiers.

All of them stand in `reference_tables/measurement_codes.toml`. A code is written '59102-4 LN' or '91134007 SCT'.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from grading.errors import TableError, take
from grading.reference.catalogue import load_catalogue, read_toml, tables
from grading.reference.measurement import VALVES, Number
from grading.reference.units import UNITS

_FILE = "measurement_codes.toml"
#: how a direction of flow has to be said -> what it may be
_DIRECTIONS = {"regurgitant": ("regurgitant",), "forward": ("antegrade", ""), "any": ("regurgitant", "")}


@dataclass(frozen=True, slots=True)
class Meaning:
    """A measurement of a valve ('' for one of the heart). `second`: use it only where no better form is given;
    `narrower`: its code says more than the measurement does."""

    measurement: str
    valve: str = ""
    second: bool = False
    narrower: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What qualifies a number, in the words of the table: '' is not said, any other word is not one of them."""

    site: str = ""
    direction: str = ""
    method: str = ""
    point: str = ""
    view: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """When a concept is a measurement. An empty tuple leaves that modifier open."""

    meaning: Meaning
    sites: tuple[str, ...] = ()
    direction: str = ""
    methods: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    not_points: tuple[str, ...] = ()
    unit: str = ""

    def failing(self, context: Context, unit: str) -> str:
        """Which modifier does not fit, '' when all do."""
        checks = {
            "site": not self.sites or context.site in self.sites,
            "flow direction": not self.direction or context.direction in _DIRECTIONS[self.direction],
            "method": not self.methods or context.method in self.methods,
            "view": not self.views or context.view in self.views,
            "cardiac phase": (not self.points or context.point in self.points) and context.point not in self.not_points,
            "unit": not self.unit or unit == self.unit,
        }
        return next((name for name, fits in checks.items() if not fits), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The table. `values` is modifier -> code -> word, `modifiers` is code -> modifier; `value_names` and `called` are
    the same by folded names, for codes that are not known."""

    loinc: Mapping[str, Meaning]
    display: Mapping[str, Meaning]
    grades: Mapping[str, str]
    severity: Mapping[str, str]
    concepts: Mapping[str, tuple[Condition, ...]]
    meanings: Mapping[str, str]
    modifiers: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    called: Mapping[str, str]
    value_names: Mapping[str, Mapping[str, str]]

    def meaning(self, code: str, context: Context, unit: str = "") -> Meaning | str:
        """The measurement of a coded number, or the reason why it is none ('' when the code is not known).

        A reason names the modifier that is missing or does not fit. Only a code's own valve needs no site.

        >>> load_codes().meaning("20355-4 LN", Context(site="mitral", direction="regurgitant"))
        Meaning(measurement='peak_velocity', valve='mitral', second=False, narrower=False)
        >>> load_codes().meaning("20355-4 LN", Context(site="mitral"))
        'its flow direction is not said'
        """
        value, _, scheme = code.rpartition(" ")
        if scheme == "LN" and value in self.loinc:
            return self._own_valve(self.loinc[value], context)
        conditions = self.concepts.get(code, ())
        failing = [condition.failing(context, unit) for condition in conditions]
        for condition, fails in zip(conditions, failing, strict=True):
            if not fails:
                valve = condition.meaning.valve or (context.site if context.site in VALVES else "")
                return Meaning(condition.meaning.measurement, valve, condition.meaning.second)
        return _reason(failing, context)

    def _own_valve(self, meaning: Meaning, context: Context) -> Meaning | str:
        """What a code says by itself, unless what qualifies it says otherwise."""
        if meaning.valve and context.site in VALVES and context.site != meaning.valve:
            return f"the code is of the {meaning.valve} valve, its site is the {context.site} valve"
        forward = meaning.measurement == "e_wave_velocity" or not meaning.valve
        if context.direction == ("regurgitant" if forward else "antegrade"):
            return "the code and its flow direction contradict each other"
        return meaning

    def modifier(self, code: str, name: str) -> tuple[str, bool]:
        """Which modifier a concept asks for ('' for none), and whether only its name says so."""
        known = self.modifiers.get(code)
        return (known, False) if known else (self.called.get(fold_name(name), ""), True)

    def word(self, modifier: str, code: str, name: str) -> tuple[str, bool]:
        """The word for a modifier's value, and whether only its name says so; without a word its name or its code."""
        if word := self.values[modifier].get(code):
            return word, False
        if word := self.value_names[modifier].get(fold_name(name)):
            return word, True
        return name.casefold() or code, False


def _reason(failing: list[str], context: Context) -> str:
    """Why no condition holds: the first one whose site fits speaks, else the site."""
    if not failing:
        return ""
    name = next((one for one in failing if one != "site"), "site")
    said = {
        "site": context.site, "flow direction": context.direction, "method": context.method, "view": context.view,
        "cardiac phase": context.point, "unit": "unit",
    }  # fmt: skip
    return f"its {name} {'does not fit' if said[name] else 'is not said'}"


def loinc_meaning(text: str) -> Meaning | None:
    """The measurement of a LOINC code or display name, however it is written; None when it is not in the table.

    >>> loinc_meaning("80071-4") == loinc_meaning("http://loinc.org|80071-4") == loinc_meaning("LOINC 80071-4")
    True
    >>> loinc_meaning("Mitral regurgitation PISA radius").measurement
    'pisa_radius'
    """
    codes = load_codes()
    return codes.loinc.get(_loinc_code(text)) or codes.display.get(fold_name(text))


def graded_valve(text: str) -> str | None:
    """The valve of a LOINC code for a reader's grade of a leak; None for any other text.

    >>> graded_valve("18113-1"), graded_valve("80071-4")
    ('mitral', None)
    """
    return load_codes().grades.get(_loinc_code(text))


def _loinc_code(text: str) -> str:
    bare = text.strip()
    for prefix in ("http://loinc.org|", "https://loinc.org|", "http://loinc.org/", "urn:oid:2.16.840.1.113883.6.1|"):
        bare = bare.removeprefix(prefix)
    words = bare.replace(":", " ").replace("|", " ").split()
    return next((word for word in words if word.upper() not in ("LOINC", "LN")), "") if len(words) <= 2 else ""


def fold_name(text: str) -> str:
    """A name for comparison: letters and digits alone, without case."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


@cache
def load_codes() -> Codes:
    """The codes of this version, read once."""
    return parse_codes(read_toml(tables() / _FILE))


def parse_codes(table: dict[str, Any]) -> Codes:
    """A Codes from the TOML dictionary. Raises TableError naming the row."""
    take(table, ("loinc", "grades", "severity", "concepts", "modifiers"), ("loinc", "concepts", "modifiers"), _FILE)
    loinc = {code: _meaning(row, ("meaning",), f"{_FILE}: loinc.{code}") for code, row in table["loinc"].items()}
    display = {fold_name(row["meaning"]): loinc[code] for code, row in table["loinc"].items() if "meaning" in row}
    names = {name: frozenset(one["values"]) for name, one in table["modifiers"].items()}
    concepts = {
        code: tuple(_condition(one, names, f"{_FILE}: concepts.{code}") for one in row["is"])
        for code, row in table["concepts"].items()
    }
    meanings = {f"{code} LN": row["meaning"] for code, row in table["loinc"].items() if "meaning" in row}
    meanings |= {code: row["meaning"] for code, row in table["concepts"].items()}
    return Codes(
        loinc=MappingProxyType(loinc),
        display=MappingProxyType(display),
        grades=MappingProxyType({code: row["valve"] for code, row in table.get("grades", {}).items()}),
        severity=MappingProxyType(table.get("severity", {})),
        concepts=MappingProxyType(concepts),
        meanings=MappingProxyType(meanings),
        modifiers=MappingProxyType({code: name for name, one in table["modifiers"].items() for code in one["codes"]}),
        values=MappingProxyType({name: _words(one["values"], name) for name, one in table["modifiers"].items()}),
        called=MappingProxyType(
            {fold_name(text): name for name, one in table["modifiers"].items() for text in one.get("called", ())}
        ),
        value_names=MappingProxyType({name: _names(one, name) for name, one in table["modifiers"].items()}),
    )


def _words(values: Mapping[str, Iterable[str]], modifier: str) -> Mapping[str, str]:
    words: dict[str, str] = {}
    for word, codes in values.items():
        for code in codes:
            if words.setdefault(code, word) != word:
                raise TableError(f"{_FILE}: modifiers.{modifier}: {code} stands for two words")
    return MappingProxyType(words)


def _names(one: dict[str, Any], modifier: str) -> Mapping[str, str]:
    take(one, ("codes", "called", "names", "values"), ("codes", "values"), f"{_FILE}: modifiers.{modifier}")
    names = {word: [fold_name(name) for name in names] for word, names in one.get("names", {}).items()}
    return _words(names, modifier)


def _meaning(row: dict[str, Any], also: tuple[str, ...], where: str) -> Meaning:
    take(row, ("measurement", "valve", "second", "narrower", *also), ("measurement",), where)
    catalogue, name, valve = load_catalogue(), row["measurement"], row.get("valve", "")
    if not isinstance(catalogue.numbers.get(name), Number):
        raise TableError(f"{where}: there is no number {name!r} in the catalogue")
    if valve and valve not in catalogue[name].valves:
        raise TableError(f"{where}: {name} is not measured at {valve!r}; expected {', '.join(catalogue[name].valves)}")
    return Meaning(name, valve, row.get("second", False), row.get("narrower", False))


def _condition(row: dict[str, Any], names: Mapping[str, frozenset[str]], where: str) -> Condition:
    keys = ("sites", "direction", "methods", "views", "points", "not_points", "unit")
    meaning = _meaning(row, keys, where)
    for key, modifier in (("sites", "site"), ("methods", "method"), ("views", "view"), ("points", "point")):
        for word in row.get(key, ()):
            if word and word not in names[modifier]:
                raise TableError(f"{where}: unknown {modifier} {word!r}. Allowed: {', '.join(sorted(names[modifier]))}")
    if row.get("direction", "any") not in _DIRECTIONS:
        raise TableError(f"{where}: direction {row['direction']!r}; expected one of {', '.join(_DIRECTIONS)}")
    if row.get("unit", "1") not in UNITS:
        raise TableError(f"{where}: unknown unit {row['unit']!r}. Allowed: {', '.join(UNITS)}")
    lists: dict[str, Any] = {
        key: tuple(row.get(key, ())) for key in ("sites", "methods", "views", "points", "not_points")
    }
    return Condition(meaning=meaning, direction=row.get("direction", ""), unit=row.get("unit", ""), **lists)
