"""Why a header is not used that could be one of ours, and what it may be meant for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from grading.columns.contents import EVIDENCE
from grading.columns.headers import LONGEST_HEADER, VALVE_TOKENS, Match, fold, match, refusal, split_unit
from grading.errors import listed, option
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number, Word
from grading.reference.similar import similar_measurement
from grading.writing import in_words

#: words of a header that are looked at
_MOST_WORDS = 12
#: headers of which something is said, and parts of headers that are looked at for it
_MOST_HINTS, _MOST_WORK = 50, 5_000


def hints_of(headers: Sequence[str]) -> dict[str, list[str]]:
    """Header -> why it is not used, and what it may be meant for, where there is something to say.

    The work has bounds: the headers of a table of hundreds of columns are looked at, those of thousands not all.
    """
    work, hinted, sentences = 0, 0, {}
    for header in headers:
        work += (len(_words(header)) + 1) ** 2
        if work > _MOST_WORK or hinted == _MOST_HINTS:
            break
        sentences[header] = hints(header)
        hinted += bool(sentences[header])
    return {header: some for header, some in sentences.items() if some}


def hints(header: str) -> list[str]:
    """Why a header is not used that could be one of ours, and what it may be meant for; nothing for most."""
    if len(header) > LONGEST_HEADER:
        return []
    reason = refusal(header)
    if reason:
        return [_not_used(header, reason)]
    if checkbox := re.fullmatch(r"(.+?)___\w+", header):
        meaning = match(checkbox[1])
        return [] if meaning is None else [_checkbox(header, checkbox[1], meaning)]
    return [hint] if (hint := _unknown_unit(header) or _part(header) or _similar(header)) else []


def _not_used(header: str, reason: str) -> str:
    return f"column {header!r} is not used: {reason}; name it with {option('columns')} if it is one of ours"


def unit_only(header: str) -> bool:
    """True for a header that is unknown, but for the unit that it ends in: 'SOR (mm²)'."""
    return split_unit(header)[1] is not None


def unit_hint(headers: list[str]) -> str:
    """One note on all headers of which nothing but the unit is known."""
    return (
        f"not used, though a unit stands in the header: {listed(headers)}; "
        f"name what belongs to a measurement with {option('columns')}"
    )


def _checkbox(header: str, base: str, meaning: Match) -> str:
    """How a column of REDCap checkboxes can be used: it holds 1 where one choice of several was ticked, else 0."""
    measurement = load_catalogue()[meaning.measurement]
    sentence = f"column {header!r} is a REDCap checkbox, one choice of several, and is not used"
    if isinstance(measurement, Number):
        return f"{sentence}; write the number into a column {base!r}"
    if measurement.read("1") is not None:
        return f"{sentence}; if its 1 means yes, name it with {option('columns', header, base)}"
    return f"{sentence}; write the choice in words ({listed(measurement.values)}) into a column {base!r}"


def _about(meaning: Match) -> str:
    """What a header is about, in words: 'mitral vena contracta width'."""
    return in_words(f"{meaning.valve} {load_catalogue()[meaning.measurement].label}".strip())


def _unknown_unit(header: str) -> str:
    """The name is known, and what stands behind it in brackets is no unit: 'MR VC (furlong)'."""
    bracket = re.fullmatch(r"(.*\S)\s*[(\[{<]([^()\[\]{}<>]+)[)\]}>]\s*", header)
    meaning = match(bracket[1]) if bracket else None
    if bracket is None or meaning is None:
        return ""
    measurement = load_catalogue()[meaning.measurement]
    problem = f"column {header!r} is not used: its name says {_about(meaning)}, and {bracket[2]!r} is not understood"
    if isinstance(measurement, Number):
        return f"{problem} (units: {', '.join(measurement.units)}); rename it, or name it with {option('columns')}"
    return f"{problem}; rename it, or name it with {option('columns', header, bracket[1])}"


def _part(header: str) -> str:
    """A valve and a known name stand in the header, among other words: 'tte_mr_rvol_ml', 'EROA of MR (cm2)'."""
    words = _words(header)
    valves = [word for word in words if fold(word) in VALVE_TOKENS]
    spans = sorted(combinations(range(len(words) + 1), 2), key=lambda ends: ends[0] - ends[1])
    for start, end in spans:
        own = " ".join(words[start:end])
        for name in (own, *(f"{valve} {own}" for valve in valves)):
            meaning = match(name)
            if meaning is not None and meaning.measurement != "valve" and _has(meaning):
                return _to_be_named(header, meaning)
    return ""


def _has(meaning: Match) -> bool:
    """True for a valve that has the measurement."""
    return meaning.valve in load_catalogue()[meaning.measurement].valves


def _words(header: str) -> list[str]:
    if len(header) > LONGEST_HEADER:
        return []
    return re.findall(r"[^\W_]+[²³]?|%", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header))[:_MOST_WORDS]


def _similar(header: str) -> str:
    bare, unit = split_unit(header)
    name = similar_measurement(bare)
    measurement = load_catalogue()[name] if name else None
    if name is None or (unit and (isinstance(measurement, Word) or unit not in getattr(measurement, "units", ()))):
        return ""
    valves = [word for word in _words(header) if fold(word) in VALVE_TOKENS]
    meaning = match(f"{valves[0]} {name}") if len(valves) == 1 else None
    way = option("columns", header, f"{meaning.valve}_{name}" if meaning is not None and meaning.valve else name)
    return f"column {header!r} is not used. Did you mean {name}? Rename it, or name it with {way}"


def _to_be_named(header: str, meaning: Match) -> str:
    measurement = load_catalogue()[meaning.measurement]
    if measurement.name == EVIDENCE:
        # among other words it is how much leaks, not whether anything does
        return _not_used(header, refusal("mr_grade") or "")
    unit = split_unit(header)[1] or meaning.unit
    if unit and isinstance(measurement, Number) and unit not in measurement.units:
        return ""
    way = option("columns", header, f"{meaning.valve}_{meaning.measurement}")
    return f"column {header!r} is not used; if it holds the {_about(meaning)}, name it with {way}"
