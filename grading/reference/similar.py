"""Which measurement a name is likely meant for: a misspelling, other words in another order, never another quantity."""

from __future__ import annotations

import re
from collections import defaultdict
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import NamedTuple

from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number, Word

#: words that name no quantity
_FILLERS = frozenset({
    "a", "an", "the", "of", "by", "in", "for", "at", "on", "from", "and", "to", "value", "values", "measured",
    "measurement", "mean", "average", "avg", "echo", "tte", "tee", "doppler", "final", "total", "max", "maximal", "min",
    "col", "column", "field", "var", "valve",
})  # fmt: skip
#: words that name a valve
_VALVE_WORDS = {
    word: valve
    for valve, words in {
        "mitral": ("mitral", "mr", "im", "mi", "mv"),
        "aortic": ("aortic", "ar", "ai", "iao", "av"),
        "tricuspid": ("tricuspid", "tr", "ti", "tv"),
        "pulmonic": ("pulmonic", "pulmonary", "pr", "pi", "pv"),
    }.items()
    for word in words
}
#: words that name the leak of a valve, and how others begin
_LEAK_WORDS = frozenset({"mr", "im", "mi", "ar", "ai", "iao", "tr", "ti", "pr", "pi", "jet", "leak"})
_LEAK_STEMS = ("regurg", "insuff")
#: words of a finding that its header often leaves out
_GENERIC = frozenset({"flow", "pattern", "size", "defect", "leaflet", "jet"})
#: a longer text is no name of a measurement
_LONGEST_NAME = 200
#: what is called 'VTI' beside the name of a leak, and something else beside that of a valve
_JET_VTI = "regurgitant_vti"
#: a word of so many letters may have two wrong ones, a shorter one a single one
_LONG = 8
#: how like each other two words must be, of 1
_LIKE = 0.7


def name_words(text: str) -> frozenset[str]:
    """The words of a name that say what is measured: no valve, no fillers, no numbers.

    >>> sorted(name_words("tte_mrEROA of 2 beats"))
    ['beats', 'eroa']
    """
    return frozenset(word for word in _all_words(text) if word not in _VALVE_WORDS)


def _all_words(text: str) -> frozenset[str]:
    """The words of a name, valves too."""
    words = re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).casefold())
    return frozenset(word for word in words if word not in _FILLERS and not word.isdecimal())


def _valves_in(text: str) -> frozenset[str]:
    words = re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).casefold())
    return frozenset(_VALVE_WORDS[word] for word in words if word in _VALVE_WORDS)


class _Spelling(NamedTuple):
    """One way to name a measurement: the words that say what it is, the valves among them, and whether it means this
    only beside a valve."""

    name: str
    words: frozenset[str]
    valves: frozenset[str]
    beside: bool


@cache
def _spellings() -> tuple[_Spelling, ...]:
    """Every spelling, its words apart and as one; without those of two measurements."""
    spellings = {
        _Spelling(measurement.name, words, _valves_in(spelling), spelling in measurement.valve_aliases)
        for measurement in load_catalogue().enterable()
        for spelling in (measurement.name, measurement.label, *measurement.aliases, *measurement.valve_aliases)
        for words in (name_words(spelling), frozenset({"".join(re.findall(r"[^\W_]+", spelling.casefold()))}))
        if words
    }
    names = defaultdict(set)
    for spelling in spellings:
        names[spelling.words, spelling.valves].add(spelling.name)
    return tuple(sorted(s for s in spellings if len(names[s.words, s.valves]) == 1))


@cache
def _known_words() -> frozenset[str]:
    return frozenset(word for spelling in _spellings() for word in spelling.words)


def similar_measurement(text: str) -> str | None:
    """The name of the measurement that a name is likely meant for, or None.

    Its words are those of a spelling in any order, but for misspelt ones; or those of a finding and one of its values.
    A word that is right for one quantity is never taken for a word of another.

    >>> similar_measurement("eora"), similar_measurement("radius of PISA"), similar_measurement("LV mass")
    ('eroa', 'pisa_radius', None)
    >>> similar_measurement("hepatic vein systolic reversal")
    'hepatic_vein_flow'
    >>> similar_measurement("MR peak velocty"), similar_measurement("MV peak velocty")
    ('peak_velocity', None)
    """
    if len(text) > _LONGEST_NAME:
        return None
    name = _similar(text)
    return None if name and names_forward_flow(text, name) else name


def names_forward_flow(text: str, name: str = "") -> bool:
    """True for what could be a measurement whose name says something else too, beside a valve and not its leak.

    >>> [names_forward_flow(name) for name in ("AV peak velocity", "AR peak velocity", "TV VTI", "mitral EROA")]
    [True, False, True, False]
    """
    if len(text) > _LONGEST_NAME:
        return False
    measurement = load_catalogue().numbers.get(name or _similar(text) or "")
    words = re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).casefold())
    of_leak = any(word in _LEAK_WORDS or word.startswith(_LEAK_STEMS) for word in words)
    of_flow = measurement is not None and (measurement.exact or measurement.name == _JET_VTI)
    return of_flow and bool(_valves_in(text)) and not of_leak


def _similar(text: str) -> str | None:
    words = name_words(text)
    close = _closest(words, _valves_in(text)) if words else frozenset()
    if close:
        return next(iter(close)) if len(close) == 1 else None
    findings = (_finding(_all_words(text), word) for word in load_catalogue().words.values())
    return next(filter(None, findings), None)


@lru_cache(maxsize=10_000)
def _closest(words: frozenset[str], valves: frozenset[str]) -> frozenset[str]:
    """The measurements whose name has most nearly these words; headers that differ by a number ask but once."""
    fitting = [spelling for spelling in _spellings() if _fits(spelling, valves)]
    close = [s.name for s in fitting if s.words == words] or [s.name for s in fitting if _is_misspelt(words, s.words)]
    return frozenset(close)


def _fits(spelling: _Spelling, valves: frozenset[str]) -> bool:
    """True when a spelling's own valve is named, and no valve that does not have the measurement."""
    measurement = load_catalogue()[spelling.name]
    if spelling.beside and not valves:
        return False
    return spelling.valves <= valves and (measurement.shared or valves <= {*measurement.valves, *spelling.valves})


def nearest_measurement(text: str) -> str:
    """' Did you mean X?' for the measurement that a name is likely meant for, else an empty text."""
    name = similar_measurement(text)
    return f" Did you mean {name}?" if name else ""


def _is_misspelt(words: frozenset[str], spelling: frozenset[str]) -> bool:
    wrong, right = words - spelling, spelling - words
    if len(wrong) != len(right) or not wrong or wrong & _known_words():
        return False
    return all(any(_alike(word, other) for other in right) for word in wrong)


@lru_cache(maxsize=100_000)
def _alike(word: str, other: str) -> bool:
    """True for letters that changed places; in a word of some length also for a letter too many, too few or wrong.

    In an abbreviation another letter is another quantity: LVEDV is not LVEDD, nor LVEDVi, nor LVESVi the LAESVi. Nobody
    misspells how a word begins.
    """
    if len(word) >= 4 and sorted(word) == sorted(other):
        return True
    if word in (f"{other}s", f"{other}e"):
        return True
    if len(other) < 5 or sum(other.count(vowel) for vowel in "aeiou") < 2:
        return False
    if word[:2] != other[:2]:
        return False
    longer, both = max(len(word), len(other)), len(word) + len(other)
    least = max(_LIKE, 1 - (1 if longer < _LONG else 2) / longer)
    # the letters that both have, in any order, are as many as can be alike
    common = sum(min(word.count(letter), other.count(letter)) for letter in set(word))
    return 2 * common >= least * both and SequenceMatcher(None, word, other).ratio() >= least


def _finding(words: frozenset[str], measurement: Number | Word) -> str | None:
    """The name of a finding of which a text holds the words, and of one of its values besides."""
    if not isinstance(measurement, Word) or measurement.group == "derived":
        return None
    own = _all_words(measurement.name) - _GENERIC
    rest = words - _all_words(measurement.name)
    values = frozenset(part for value in measurement.values for part in value.split("_"))
    return measurement.name if len(own) > 1 and own <= words and rest and rest <= values else None
