"""The sentences for values that do not fit: impossible ones, and those that disagree with what is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from grading.engine.columns import ENTERED, Flag
from grading.engine.decide import Decision
from grading.engine.fill import DISAGREEMENT
from grading.engine.methods import METHODS, labelled
from grading.explanation.value_text import value_text
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Word
from grading.writing import plain

#: the two values a sentence can hold: the one that is kept, and the other one
KEPT, OTHER = "kept", "other"
_METHODS: Final = {"volumetric": "the volumetric method", "LV volumes": "the difference of the LV volumes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagWording:
    """A sentence with places for two values: `head`, `first`, `middle`, `second`, `tail`.

    A place names what stands in it: KEPT or OTHER, the measurement that is exceeded, or '' for nothing.
    """

    head: str
    first: str = ""
    middle: str = ""
    second: str = ""
    tail: str


def flag_wording(flag: Flag, source: int) -> FlagWording:
    """The sentence of a flag, where the kept value came from `source` (see Filled)."""
    label = load_catalogue()[flag.target].label
    if flag.ceiling:
        return _above(flag, label)
    if flag.overridden:
        return FlagWording(
            head=f"{label} was entered as ",
            first=OTHER,
            middle=f", but the {flag.by} makes it ",
            second=KEPT,
            tail=", which is used",
        )
    if not flag.disagrees:
        equation = labelled(flag.by.rpartition(": ")[2])
        tail = ", which is impossible; it is not used, check what it is worked out from"
        return FlagWording(head=f"{label} ({equation}) would be ", first=OTHER, tail=tail)
    return _apart(flag, source, label)


def _above(flag: Flag, label: str) -> FlagWording:
    """More than a whole stroke volume: a worked-out value is not used, an entered one is kept."""
    whole = load_catalogue()[flag.ceiling].label
    if not flag.disagrees:
        return FlagWording(
            head=f"{label} by {_method_text(flag)} is ",
            first=OTHER,
            middle=f", more than the whole {whole} of ",
            second=flag.ceiling,
            tail=": EROA or its PISA radius, regurgitant VTI or LVOT diameter is wrong; neither it nor its fraction is "
            "used",
        )
    tail = "; it is kept without a fraction of it, check both"
    if flag.ceiling == "lv_stroke_volume":
        tail = "; biplane volumes run low, so it is kept, check both"
    return FlagWording(
        head=f"{label} of ", first=KEPT, middle=f" is more than the whole {whole} of ", second=OTHER, tail=tail
    )


def _apart(flag: Flag, source: int, label: str) -> FlagWording:
    """Another way gives another value than the one that is kept."""
    is_word = isinstance(load_catalogue()[flag.target], Word)
    by_method = source > ENTERED and not is_word
    head = f"{label} by {METHODS[source - 2].name} is " if by_method else f"{label} was entered as "
    share = "" if is_word else f", more than {plain(100 * DISAGREEMENT)} % apart"
    which = "entered" if source == ENTERED else "first"
    return FlagWording(
        head=head,
        first=KEPT,
        middle=f", but {_method_text(flag)} gives ",
        second=OTHER,
        tail=f"{share}; the {which} value is kept, check both",
    )


def _method_text(flag: Flag) -> str:
    """The method without its equation: 'PISA', 'the volumetric method'."""
    name = flag.by.partition(": ")[0]
    return _METHODS.get(name, name)


def flag_values(flag: Flag, place: str, decision: Decision) -> tuple[str, Any]:
    """(measurement, column) of what stands in a place of the sentence."""
    columns = decision.filled.columns
    if place == OTHER:
        return (flag.ceiling if flag.ceiling and flag.disagrees else flag.target), flag.value
    name = flag.target if place == KEPT else place
    return name, columns[name]


def flag_text(flag: Flag, row: int, decision: Decision) -> str:
    """The sentence for one value that could not be used, or that disagrees with the one that is kept."""
    sources = decision.filled.sources.get(flag.target)
    wording = flag_wording(flag, ENTERED if sources is None else int(sources[row]))
    texts = [_text(flag, place, row, decision) for place in (wording.first, wording.second)]
    return f"{wording.head}{texts[0]}{wording.middle}{texts[1]}{wording.tail}"


def _text(flag: Flag, place: str, row: int, decision: Decision) -> str:
    if not place:
        return ""
    name, values = flag_values(flag, place, decision)
    return value_text(load_catalogue()[name], values[row])
