"""Headers and valve words of other languages, and which language a table is in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from grading.errors import listed
from grading.reference.languages import Language, load_languages, plain

#: a valve's name so short stands as a word of its own; a sign of Chinese is a word
_SHORT = 3
_LAST_LETTER = "\u2e7f"


class Elsewhere(NamedTuple):
    """What a header means in the languages named."""

    measurement: str
    valve: str
    languages: tuple[str, ...]


def read_elsewhere(
    bare: str,
    alone: Mapping[str, tuple[str, str]],
    beside: Mapping[str, str],
    is_taken: Callable[[str, str, bool, bool], bool],
) -> Elsewhere | None:
    """The meaning of a header without its unit in other languages; None where there is none, or two.

    Args:
        bare: the header.
        alone, beside: folded names of the catalogue, and those that count beside the name of a leak.
        is_taken: whether a measurement counts beside the name of a valve, or of its leak, in the language's own words.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for language in load_languages():
        for measurement, valve, leak, own in _meanings(language, bare, alone, beside):
            if not valve or is_taken(measurement, valve, leak, own):
                names = found.setdefault((measurement, valve), [])
                names += [] if language.name in names else [language.name]
    of_valve = {meaning: names for meaning, names in found.items() if meaning[1]} or found
    if len(of_valve) != 1:
        return None
    ((measurement, valve), names) = next(iter(of_valve.items()))
    return Elsewhere(measurement, valve, tuple(names))


def _meanings(
    language: Language, bare: str, alone: Mapping[str, tuple[str, str]], beside: Mapping[str, str]
) -> Iterator[tuple[str, str, bool, bool]]:
    """(measurement, valve, whether the leak is named, whether the words are the language's) of a header."""
    key = language.key(bare)
    if key in language.headers:
        yield language.headers[key], "", False, True
    starts, tokens = _tokens(language)
    if key in language.valves or key in language.leaks or not (key.startswith(starts) or key.endswith(starts)):
        return
    words = [word for word in plain(bare).split() if word not in language.particles]
    for token, valve, leak in tokens:
        short = len(token) <= _SHORT and token[0] < _LAST_LETTER
        for rest, side in ((key.removeprefix(token), words[0]), (key.removesuffix(token), words[-1])):
            if rest == key or (short and side != token):
                continue
            own = language.headers.get(rest) or (language.beside.get(rest) if leak else None)
            if own is not None and own != "valve":
                yield own, valve, leak, True
            elif rest in alone:
                yield alone[rest][0], valve, leak, False
            elif leak and rest in beside:
                yield beside[rest], valve, leak, False


@cache
def _tokens(language: Language) -> tuple[tuple[str, ...], tuple[tuple[str, str, bool], ...]]:
    named = [(names, leak) for names, leak in ((language.valves, False), (language.leaks, True))]
    tokens = tuple((token, valve, leak) for names, leak in named for token, valve in names.items())
    return tuple(token for token, _, _ in tokens), tokens


def recognised(spellings: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Language -> the spellings that are read in it: the fewest languages that explain all of them.

    Args:
        spellings: spelling -> the languages that it may be of.

    >>> recognised({"Klappe": ["German"], "IM VC": ["French", "Spanish"], "Volume régurgité": ["French"]})
    {'French': ['IM VC', 'Volume régurgité'], 'German': ['Klappe']}
    """
    left, found = dict(spellings), {}
    while left:
        names = sorted({name for names in left.values() for name in names})
        best = max(names, key=lambda name: sum(name in names for names in left.values()))
        found[best] = [spelling for spelling, names in left.items() if best in names]
        left = {spelling: names for spelling, names in left.items() if best not in names}
    return found


def language_notes(
    headers: Mapping[str, Sequence[str]], cells: Mapping[str, Sequence[str]], what: str = "headers"
) -> list[str]:
    """What is said of a table whose headers, or whose names of valves, are in another language.

    >>> language_notes({"Klappe": ["German"]}, {"Aorta": ["German", "Italian"]})
    ["headers read as German: 'Klappe'", "valves read as German: 'Aorta'"]
    """
    by_header = recognised(headers)
    preferred = {cell: [name for name in names if name in by_header] or names for cell, names in cells.items()}
    notes = [f"{what} read as {name}: {listed(texts)}" for name, texts in by_header.items()]
    return notes + [f"valves read as {name}: {listed(texts)}" for name, texts in recognised(preferred).items()]


def languages_of_valve(text: str) -> list[str]:
    """The languages in which a cell names a valve."""
    return [language.name for language in load_languages() if language.valve_of(text)]
