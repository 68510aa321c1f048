"""What measurements, valves, findings and grades are called in other languages, from `reference_tables/languages`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from grading.errors import TableError, take
from grading.reference.files import read_toml, tables

#: section of `words` -> the values of the words that it serves
GROUPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"flags": ("no", "yes"), "chambers": ("normal", "dilated"), "functions": ("normal", "reduced")}
)
_SECTIONS = ("valves", "leaks", "columns", "headers", "beside", "words", "grades")
_COLUMNS = ("id", "name", "value", "unit")
_RUNS = re.compile(r"[^\W_]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Language:
    """One language. Spellings are folded by `key`; those of `words` and `grades` are as `plain` writes them.

    Args:
        name: what a sentence calls it.
        particles: words of a header that carry no meaning.
        valves, leaks: spelling -> valve; of a valve, and of its regurgitation.
        headers: spelling -> measurement; beside: those that count only beside the name of a leak.
        columns: spelling -> role of a column in a table with one measurement a line.
        words: measurement, or one of GROUPS -> spelling -> value.
        grades: spelling -> grade, as a reader writes it.
    """

    name: str
    particles: frozenset[str]
    valves: Mapping[str, str]
    leaks: Mapping[str, str]
    headers: Mapping[str, str]
    beside: Mapping[str, str]
    columns: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    grades: Mapping[str, str]

    def key(self, text: str) -> str:
        """A text for comparison: letters and digits of the words that carry a meaning, without case and accents."""
        return "".join(word for word in plain(text).split() if word not in self.particles)

    def valve_of(self, text: str) -> str | None:
        """The valve that a cell names, None for any other text."""
        key = self.key(plain_word(text))
        return self.valves.get(key) or self.leaks.get(key)


def plain(text: str) -> str:
    """A text as words without case, accents and punctuation, parted by single spaces.

    >>> plain("Volume Régurgité_(PISA)"), plain("Größe"), plain("ÖLÇÜM DEĞERİ"), plain("cm²")
    ('volume regurgite pisa', 'grosse', 'olcum degeri', 'cm2')
    """
    if text.isascii():
        return " ".join(_RUNS.findall(text.casefold()))
    marks_apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(c for c in marks_apart if not unicodedata.combining(c)).replace("ı", "i")
    return " ".join(_RUNS.findall(bare))


def plain_word(text: str) -> str:
    """A cell as words for comparison; '' for one that holds more than words: 'w?' is no 'w'.

    >>> plain_word("Nicht-vorhanden"), plain_word("weiblich?")
    ('nicht vorhanden', '')
    """
    return "" if re.search(r"[^\w\s.'’-]", unicodedata.normalize("NFC", text)) else plain(text)


def parse_language(data: Mapping[str, Any], where: str) -> Language:
    """A Language from its TOML dictionary.

    Raises TableError for an unknown section or role, and for a spelling that stands twice.
    """
    take(dict(data), ("name", "particles", *_SECTIONS), ("name", "particles", *_SECTIONS), where)
    take(dict(data["columns"]), _COLUMNS, (), f"{where}: columns")
    particles = frozenset(map(plain, data["particles"]))

    def joined(text: str) -> str:
        return "".join(word for word in plain(text).split() if word not in particles)

    folded = {section: _spellings(data[section], joined, f"{where}: {section}") for section in _SECTIONS[:5]}
    if both := folded["valves"].keys() & folded["leaks"].keys():
        raise TableError(f"{where}: {sorted(both)} are both of valves and of leaks")
    words = {name: _spellings(row, plain, f"{where}: words.{name}") for name, row in data["words"].items()}
    return Language(
        name=data["name"], particles=particles, words=MappingProxyType(words),
        grades=_spellings(data["grades"], plain, f"{where}: grades"), **folded,
    )  # fmt: skip


def _spellings(rows: Mapping[str, list[str]], fold: Any, where: str) -> Mapping[str, str]:
    """Folded spelling -> meaning; an umlaut may be written as two letters."""
    found: dict[str, str] = {}
    for meaning, spellings in rows.items():
        for spelling in spellings:
            composed = unicodedata.normalize("NFC", spelling).casefold()
            keys = {fold(spelling), fold(composed.translate(_UMLAUTS))}
            if "" in keys or keys & found.keys():
                raise TableError(f"{where}: {spelling!r} stands twice, or is made of particles alone")
            found |= dict.fromkeys(keys, meaning)
    return MappingProxyType(found)


@cache
def load_languages() -> tuple[Language, ...]:
    """The languages of this version, read once, in the order of their codes."""
    folder = tables() / "languages"
    ordered = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(parse_language(read_toml(file), f"languages/{file.name}") for file in ordered)


def word_elsewhere(name: str, values: tuple[str, ...], text: str) -> str | None:
    """The value of a word that a cell says in one of the languages, None for any other text.

    >>> word_elsewhere("mechanism", ("primary", "secondary"), "primär")
    'primary'
    """
    return words_elsewhere(name, values).get(plain_word(text))


@cache
def words_elsewhere(name: str, values: tuple[str, ...]) -> Mapping[str, str]:
    """What the cells of a word mean in other languages: spelling as `plain` writes it -> value.

    Raises TableError for a value that the word does not have, or a spelling that two languages read differently.
    """
    found: dict[str, str] = {}
    for language in load_languages():
        for spelling, value in _of_word(language, name, values):
            if value not in values or found.setdefault(spelling, value) != value:
                raise TableError(f"{language.name}: {spelling!r} of {name} is {value!r}, no value of it or two of them")
    return MappingProxyType(found)


def _of_word(language: Language, name: str, values: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    sections = [name, *(group for group, common in GROUPS.items() if set(common) == set(values))]
    for section in sections:
        yield from language.words.get(section, {}).items()
    if name == "regurgitation":
        for spelling, grade in language.grades.items():
            yield spelling, grade if grade in values else "present"


def valve_elsewhere(text: str) -> str | None:
    """The valve that a cell names in one of the languages, None for any other text.

    >>> valve_elsewhere("Klappe"), valve_elsewhere("Aortenklappe"), valve_elsewhere("valve aortique")
    (None, 'aortic', 'aortic')
    """
    return next((valve for language in load_languages() if (valve := language.valve_of(text))), None)


def role_elsewhere(header: str) -> str | None:
    """What a column of a table with one measurement a line holds, by its name in one of the languages.

    >>> role_elsewhere("Messwert"), role_elsewhere("unité"), role_elsewhere("Klappe")
    ('value', 'unit', None)
    """
    roles = (language.columns.get(language.key(header)) for language in load_languages())
    return next(filter(None, roles), None)


def grade_elsewhere(text: str) -> str | None:
    """The grade that a reader's word says in one of the languages, None for any other text.

    >>> grade_elsewhere("leichtgradig"), grade_elsewhere("sévère"), grade_elsewhere("Klappe")
    ('mild', 'severe', None)
    """
    return _grades().get(plain_word(text))


@cache
def _grades() -> Mapping[str, str]:
    return MappingProxyType({word: grade for language in load_languages() for word, grade in language.grades.items()})
