"""Texts that say that a valve is no longer native, which is outside every table here; read from `outside.toml`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from grading.errors import TableError, take
from grading.reference.files import read_toml, tables
from grading.reference.languages import plain
from grading.reference.measurement import VALVES

_FILE: Final = "outside.toml"
#: so many letters begin the name of a valve in many languages: 'tricus' of tricuspide, 'pulmon' of pulmonary
_STEM: Final = 6
#: what is said of such a valve
OUTSIDE: Final = "a prosthesis, a clip or a repair is outside every table here, for they are about native valves"
#: characters of a text that are looked at
_LONGEST = 500
#: what parts a text into statements
_PARTS = re.compile(r"[,;.|\n]")


@dataclass(frozen=True, slots=True)
class OutsideWords:
    """The words, without case and accents: how one begins, some that stand together, those of one valve, those that
    deny it, and headers that ask for it; and what at least one of stands in every text that says so."""

    stems: tuple[str, ...]
    phrases: tuple[str, ...]
    of_valve: Mapping[str, tuple[str, ...]]
    not_so: frozenset[str]
    asking: tuple[str, ...]
    pieces: tuple[str, ...]


def is_outside(text: str) -> bool:
    """True when a text says that a valve has a prosthesis, a clip or a repair.

    >>> [is_outside(text) for text in ("s/p MitraClip 2022", "no prosthesis", "candidate for TEER", "No AF, TAVI")]
    [True, False, False, True]
    """
    return any_may_be([text]) and any(map(_says_so, _PARTS.split(text[:_LONGEST])))


def any_may_be(texts: Iterable[str]) -> bool:
    """False when none of some texts can say so: a quick look at all of them together."""
    together = "\n".join(text[:_LONGEST] for text in texts).casefold()
    if not together.isascii():
        together = "".join(c for c in unicodedata.normalize("NFKD", together) if not unicodedata.combining(c))
    return any(piece in together for piece in outside_words().pieces)


def asks_for_outside(header: str) -> bool:
    """True for a header that asks whether a valve is native.

    >>> [asks_for_outside(header) for header in ("mitral_prosthesis", "Valve type", "Post TEER", "pre-TEER", "clip")]
    [True, True, True, False, False]
    """
    spaced = f" {plain(header[:_LONGEST])} "
    return _says_so(header[:_LONGEST]) or any(f" {asked} " in spaced for asked in outside_words().asking)


def valve_outside(text: str) -> str:
    """The valve that such a text or header names, '' where it names none or several.

    >>> valve_outside("bioprosthetic mitral valve"), valve_outside("TAVI 2019"), valve_outside("prosthesis")
    ('mitral', 'aortic', '')
    """
    spoken = plain(text[:_LONGEST]).split()
    words = outside_words().of_valve
    starts = {valve: (valve[:_STEM], *words.get(valve, ())) for valve in VALVES}
    named = {valve for valve, own in starts.items() for word in spoken if word.startswith(own)}
    return named.pop() if len(named) == 1 else ""


def _says_so(part: str) -> bool:
    spoken = plain(part).split()
    words, spaced = outside_words(), f" {' '.join(spoken)} "
    if not words.not_so.isdisjoint(spoken):
        return False
    return any(word.startswith(words.stems) for word in spoken) or any(f" {p} " in spaced for p in words.phrases)


@cache
def outside_words() -> OutsideWords:
    """The words of this version."""
    return parse_outside(read_toml(tables() / _FILE))


def parse_outside(table: Mapping[str, Any]) -> OutsideWords:
    """The words from the TOML dictionary. Raises TableError naming the row."""
    for row, keys in (
        (table, ("stems", "phrases", "of_valve", "words")),
        (table.get("words", {}), ("not_so", "asking")),
    ):
        take(row, keys, keys, _FILE)
    take(table["of_valve"], VALVES, (), f"{_FILE}: of_valve")
    lists = {"stems": table["stems"], "phrases": table["phrases"], **table["words"], **table["of_valve"]}
    for name, texts in lists.items():
        if not texts or any(not plain(text) for text in texts):
            raise TableError(f"{_FILE}: {name}: expected words")
    folded = {name: tuple(map(plain, texts)) for name, texts in lists.items()}
    of_valve = MappingProxyType({valve: folded[valve] for valve in table["of_valve"]})
    pieces = dict.fromkeys((*folded["stems"], *map(_rarest, folded["phrases"])))
    return OutsideWords(
        folded["stems"], folded["phrases"], of_valve, frozenset(folded["not_so"]), folded["asking"], tuple(pieces)
    )


def _rarest(phrase: str) -> str:
    """The word of a phrase that stands in the fewest texts about something else: a long one that names no valve."""
    return max(phrase.split(), key=lambda word: (word not in ("valve", *VALVES) and len(word) > len("in"), len(word)))
