"""Which way the blood of a measurement flows: forward through a valve, or back through its leak."""

from __future__ import annotations

from grading.columns.headers import VALVE_TOKENS, fold, split_unit
from grading.longtable.vocabulary import ANTEGRADE, REGURGITANT, vocabulary
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import VALVES

_VELOCITY = "peak_velocity"
#: valve -> how its leak is written in short
_LEAKS = {valve: token.upper() for token, valve in reversed(list(VALVE_TOKENS.items())) if len(token) == 2}


def contradiction(measurement: str, direction: str) -> str:
    """Why a measurement cannot be of blood that flows in this direction ('': not said); '' when it can.

    >>> contradiction("peak_velocity", "antegrade")
    'its line is about forward flow, and peak velocity is of the leak'
    """
    row = load_catalogue()[measurement]
    words = vocabulary()
    if direction == ANTEGRADE and not row.shared and measurement not in words.forward | words.either:
        return f"its line is about forward flow, and {row.label} is of the leak"
    if direction == REGURGITANT and measurement in words.forward:
        return f"its line is about regurgitant flow, and {row.label} is of forward flow"
    return ""


def is_bare_velocity(label: str) -> str:
    """The header under which a label is refused that is a peak velocity of a valve and does not say of which flow; ''
    when it does, or is this program's own name.

    >>> is_bare_velocity("Peak velocity"), is_bare_velocity("Mitral Peak Velocity (m/s)"), is_bare_velocity("MR Vmax")
    ('Vmax', 'mitral_vmax', '')
    """
    bare = split_unit(label)[0].strip()
    folded, name = fold(bare), fold(_VELOCITY)
    if folded == name:
        return "" if bare == _VELOCITY else "Vmax"
    for valve in VALVES:
        spellings = {fold(token) for token, named in VALVE_TOKENS.items() if named == valve and len(token) > 3}
        if folded in {spelling + name for spelling in spellings} and bare != f"{valve}_{_VELOCITY}":
            return f"{valve}_vmax"
    return ""


def names_of_leak(valve: str, label: str) -> tuple[str, str]:
    """How a label is written as one of a valve's leak.

    >>> names_of_leak("mitral", "VTI")
    ('MR VTI', 'mitral regurgitant VTI')
    """
    return f"{_LEAKS[valve]} {label}", f"{valve} regurgitant {label}"


def without_direction(label: str) -> tuple[str, str]:
    """A label without the words that name its direction of flow, and the direction.

    >>> without_direction("Peak velocity, regurgitant flow"), without_direction("antegrade VTI")
    (('Peak velocity', 'regurgitant'), ('VTI', 'antegrade'))
    """
    words = label.replace(",", " , ").replace("(", " ( ").replace(")", " ) ").split()
    ways = {word: way for word in words if (way := vocabulary().direction(word))}
    if len(set(ways.values())) != 1:
        return label, ""
    places = [place for place, word in enumerate(words) if word in ways]
    kept = [w for place, w in enumerate(words) if place not in places and not _goes_with(place, places, w)]
    return " ".join(kept), next(iter(ways.values()))


def _goes_with(place: int, places: list[int], word: str) -> bool:
    """True for 'flow' behind a direction, and for what stood around it."""
    return not fold(word) or (place - 1 in places and fold(word) in ("flow", "jet"))
