"""What a column's header means: measurement, valve and unit, by name, alias or spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from grading.columns.languages import Elsewhere, read_elsewhere
from grading.errors import UsageError, nearest
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number
from grading.reference.similar import names_forward_flow
from grading.reference.units import read_unit

#: how a header names a valve at its start (or end), folded
VALVE_TOKENS = MappingProxyType(
    {
        "mitral": "mitral", "mr": "mitral", "im": "mitral",
        "aortic": "aortic", "ar": "aortic", "ai": "aortic", "iao": "aortic",
        "tricuspid": "tricuspid", "tr": "tricuspid", "ti": "tricuspid",
        "pulmonic": "pulmonic", "pulmonary": "pulmonic", "pr": "pulmonic", "pi": "pulmonic",
    }
)  # fmt: skip


#: tokens that name a valve and not its leak
_VALVE_NAMES = tuple(token for token in VALVE_TOKENS if len(token) > len("iao"))
_ONLY_AT_END = MappingProxyType({"ao": "aortic"})


#: units that are ordinary words or numbers at the end of a header
_NO_HEADER_UNIT = ("1", "fraction", "in")


_BRACKETS = re.compile(r"[(\[{<|]([^()\[\]{}<>|]+)(?:[)\]}>|]|\s*$)")


_WIDE_BRACKETS = str.maketrans("（）［］【】", "()[][]")


#: a longer header names no measurement, and no pattern looks at it: the work on one header has bounds
LONGEST_HEADER = 200


class Match(NamedTuple):
    """What a header means."""

    measurement: str
    valve: str
    unit: str | None
    matched_by: str


def fold(text: str) -> str:
    """A header for comparison: only letters and digits, without case; 'cm²' counts as 'cm2'."""
    if text.isascii():
        return "".join(filter(str.isalnum, text.lower()))
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


@cache
def _names() -> tuple[
    Mapping[str, tuple[str, str]], Mapping[str, tuple[str, str]], Mapping[str, str], Mapping[str, str]
]:
    """Folded spelling -> (measurement, valve) for whole headers; -> (measurement, how) alone; beside a valve; ->
    refusal."""
    catalogue = load_catalogue()
    whole: dict[str, tuple[str, str]] = {}
    alone: dict[str, tuple[str, str]] = {}
    beside: dict[str, str] = {}
    for measurement in (*catalogue.enterable(), catalogue.words["valve"]):
        alone[fold(measurement.name)] = (measurement.name, "name")
        for alias in measurement.aliases:
            alone.setdefault(fold(alias), (measurement.name, "alias"))
        for alias in measurement.valve_aliases:
            beside[fold(alias)] = measurement.name
        for spelling, valve in measurement.spellings:
            whole[fold(spelling)] = (measurement.name, valve)
    refused = {fold(spelling): reason for spelling, reason in catalogue.refused.items()}
    return whole, alone, beside, refused


def split_unit(header: str) -> tuple[str, str | None]:
    """A header without its unit, and the unit, in brackets or at its end: 'eroa_mm2', 'EROA (cm²) mean', 'MR VC mm'."""
    if len(header) > LONGEST_HEADER:
        return header, None
    header = "".join(c for c in header if unicodedata.category(c) != "Cf").translate(_WIDE_BRACKETS)
    for bracket in reversed(list(_BRACKETS.finditer(header))):
        *others, last = re.split(r"[,;]", bracket[1])
        unit = read_unit(re.sub(r"^\s*in\s+", "", last))
        if unit and header[: bracket.start()].strip():
            kept = f"({','.join(others)})" if others else ""
            return f"{header[: bracket.start()].rstrip()} {kept}{header[bracket.end() :]}".strip(), unit
    parts = re.split(r"([ _.\-/]+)", unicodedata.normalize("NFKC", header).strip())
    for words in (3, 2, 1):
        tail = "".join(parts[1 - 2 * words :]) if len(parts) > 2 * words else ""
        ways = (re.sub(r"[ _.\-/]+", mark, tail) for mark in "/ ") if tail else ()
        unit = next(filter(None, map(read_unit, ways)), None)
        if unit and unit not in _NO_HEADER_UNIT:
            return re.sub(r" in$", "", "".join(parts[: -2 * words])), unit
    return header, None


def match(header: str) -> Match | None:
    """The meaning of a header by name, alias or valve and alias; None when it means nothing we know."""
    if len(header) > LONGEST_HEADER:
        return None
    bare, unit = split_unit(header)
    whole_key, bare_key = fold(header), fold(bare)
    if whole_key in _names()[3]:
        return None
    meaning = match_folded(whole_key)
    if meaning is not None:
        # a sign such as % folds away: the header as a whole is then the bare name, and its unit still counts
        unit = unit if whole_key == bare_key else None
    else:
        meaning = match_folded(bare_key)
    if meaning is None:
        return _match_elsewhere(bare, unit)
    if _says_other_flow(meaning, bare):
        return None
    return Match(meaning[0], meaning[1], unit, meaning[2])


def _match_elsewhere(bare: str, unit: str | None) -> Match | None:
    """The meaning of a header in another language."""
    found = None if fold(bare) in _names()[3] else elsewhere(bare)
    return (
        None if found is None else Match(found.measurement, found.valve, unit, f"{' or '.join(found.languages)} alias")
    )


def elsewhere(bare: str) -> Elsewhere | None:
    """The meaning of a header without its unit in other languages; None where there is none, or two.

    >>> elsewhere("Volume régurgité IM")
    Elsewhere(measurement='regurgitant_volume', valve='mitral', languages=('French',))
    """
    _, alone, beside, _ = _names()
    return read_elsewhere(bare, alone, beside, _is_taken)


def languages_of(header: str) -> tuple[str, ...]:
    """The languages in which a header is read; none where it is the catalogue's own, or unknown.

    >>> languages_of("SOR (mm²)"), languages_of("EROA (mm²)")
    (('French',), ())
    """
    found = match(header)
    own = found is None or not found.matched_by.endswith(" alias")
    meaning = None if own else elsewhere(split_unit(header)[0])
    return () if meaning is None else meaning.languages


def _is_taken(measurement: str, valve: str, leak: bool, own: bool) -> bool:
    """True for a measurement that the catalogue takes beside the name of a valve, or of its leak.

    `own`: it is named in the language's words, which say of an exact one that it is of the leak.
    """
    known = load_catalogue()[measurement]
    token = next(t for t, v in VALVE_TOKENS.items() if v == valve and (len(t) == len("mr")) == leak)
    exact = isinstance(known, Number) and known.exact and not (leak or own)
    return not exact and (meaning := match_folded(fold(token + measurement))) is not None and meaning[1] == valve


def _says_other_flow(meaning: tuple[str, str, str], bare: str) -> bool:
    """True for a name that as words says something else too, where nothing says that it is about the leak."""
    measurement = load_catalogue()[meaning[0]]
    if not (isinstance(measurement, Number) and measurement.exact):
        return False
    key, name = fold(bare), fold(measurement.name)
    if key not in {key for token in (*_VALVE_NAMES, "") for key in (token + name, name + token)}:
        return False
    return bare.strip() not in {measurement.name, *(f"{token}_{measurement.name}" for token in _VALVE_NAMES)}


def match_folded(key: str) -> tuple[str, str, str] | None:
    """(measurement, valve, how it was matched) for a folded header, or None."""
    whole, alone, beside, refused = _names()
    if key in whole:
        return (*whole[key], "alias")
    if key in alone:
        return alone[key][0], "", alone[key][1]
    if key in refused:
        return None
    for token, valve in VALVE_TOKENS.items():
        if key.startswith(token):
            rest = key[len(token) :]
            if rest in alone:
                return alone[rest][0], valve, alone[rest][1]
            if rest in beside:
                return beside[rest], valve, "alias"
    for token, valve in (VALVE_TOKENS | _ONLY_AT_END).items():
        if key.endswith(token):
            rest = key[: -len(token)]
            if rest in alone or rest in beside:
                return (alone[rest][0] if rest in alone else beside[rest]), valve, "alias"
    return None


def refusal(header: str) -> str | None:
    """Why a spelling that is seen in real files is not taken, or None."""
    if len(header) > LONGEST_HEADER:
        return None
    refused = _names()[3]
    bare = split_unit(header)[0]
    meaning = match_folded(fold(bare))
    if meaning is not None and _says_other_flow(meaning, bare):
        return refused.get(fold(f"{meaning[1]}_vmax" if meaning[1] else "Vmax"))
    if reason := refused.get(fold(header)) or refused.get(fold(bare)):
        return reason
    flow = "mitral_vti" if re.search("vti|tvi", fold(bare)) else "mitral_vmax"
    return refused.get(fold(flow)) if meaning is None and names_forward_flow(bare) else None


def place_of(header: Sequence[str], name: str, about: str) -> int:
    """Where a column stands, that an option names. Raises UsageError when there is none of the name, or two."""
    if header.count(name) != 1:
        found = "there are two columns" if name in header else "there is no column"
        near = "" if name in header else nearest(name, header) or f" There are: {', '.join(header)}"
        raise UsageError(f"{found} {name!r}.{near or ' Rename one of them'}", about=about)
    return header.index(name)
