"""One value out of several lines that give a measurement of one study: by a stated rule, and with a sentence where they
differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grading.longtable.block import CHOSEN, DEVICE_MEAN, ORDINARY
from grading.longtable.vocabulary import vocabulary
from grading.reading.values import NOTE, WARNING
from grading.reference.measurement import Number
from grading.reference.scale import Mask, Numbers

#: how one value is taken where the lines of a study differ
RULES = ("mean", "first", "last", "max")
_TAKEN = {"first": "the first is taken", "last": "the last is taken", "max": "the largest is taken"}
_PREFERRED = {
    CHOSEN: "the one marked as chosen is taken",
    DEVICE_MEAN: "the mean that the device took is taken",
    ORDINARY: "the form that says more exactly what it is is taken",
}
_NO_ERROR = "no measurement error is known by which they could differ"
#: float noise of a spread [share of the limit]
_NOISE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What a cell gets from lines that differ.

    `place`: which of the lines is taken as it stands, None where `text` is none of them. `extremes`: the places of the
    smallest and the largest, where these lie too far apart to be repeats and the grade has to be looked at; `doubt` is
    then the sentence for a grade that is not the same with both.
    """

    place: int | None
    text: str
    sentence: str
    severity: str = NOTE
    extremes: tuple[int, int] | None = None
    doubt: str = ""


def tolerance(number: Number, value: float) -> float:
    """How far repeats of a measurement may lie apart at a value, both in the catalogue's unit; 0 where the catalogue
    has no error of it.

    >>> from grading.reference.catalogue import load_catalogue
    >>> tolerance(load_catalogue().numbers["aliasing_velocity"], 40)
    0.0
    """
    return 0.0 if number.error is None else vocabulary().errors * number.error.deviation(value)


def resolve(
    rule: str, texts: Sequence[str], values: Numbers, refused: Mask, ranks: Sequence[int], number: Number | None,
    write: Callable[[float], str],
) -> Resolution:  # fmt: skip
    """The value of lines that differ.

    A value that cannot be graded stands for all, so that the check of cells rejects it; differing words have neither
    mean nor maximum, and their cell names them all.

    Args:
        rule: one of RULES.
        texts: what would stand in the cell, for each line in the order of the file.
        values: the number [catalogue unit] or the word's code.
        refused: what cannot be graded.
        ranks: how much each line counts (see `coding`); only the highest do.
        number: the measurement; None when the values are words.
        write: a number [catalogue unit] as the text of a cell.
    """
    rank = max(ranks)
    some = [place for place, own in enumerate(ranks) if own == rank]
    few = [texts[place] for place in some]
    if len(some) < len(ranks) and len(set(few)) == 1:
        return Resolution(place=some[0], text=few[0], sentence=_PREFERRED[rank])
    if refused[some].any():
        first = next(place for place in some if refused[place])
        sentence = f"{texts[first]!r} cannot be used, so none is taken; correct it or blank it"
        return Resolution(place=first, text=texts[first], sentence=sentence)
    if number is None and rule in ("mean", "max"):
        sentence = f"words have no {rule}, so none is taken; take the first or the last instead, or correct the lines"
        return Resolution(place=None, text=" / ".join(dict.fromkeys(few)), sentence=sentence)
    numbers = values[some]
    if number is not None and rule == "mean":
        text, place, taken = write(sum(numbers.tolist()) / len(numbers)), None, "their mean {} is taken"
    else:
        place = some[{"first": 0, "last": -1}.get(rule, int(numbers.argmax()))]
        text, taken = texts[place], _TAKEN[rule]
    taken = taken.format(text)
    apart = "" if number is None else how_far_apart(number, numbers)
    if not apart:
        return Resolution(place=place, text=text, sentence=taken)
    if rule != "mean":
        return Resolution(place=place, text=text, sentence=f"{apart}; {taken}", severity=WARNING)
    return Resolution(
        place=place, text=text, severity=WARNING, extremes=(some[int(numbers.argmin())], some[int(numbers.argmax())]),
        sentence=f"{apart}; the grade is the same with each of them, and {taken}",
        doubt=f"{apart} and the grade depends on which is right, so none is taken; correct the lines, or take the "
        "first, the last or the largest instead of the mean",
    )  # fmt: skip


def how_far_apart(number: Number, values: Numbers) -> str:
    """That values lie too far apart to be repeats, '' when they do not."""
    limit = tolerance(number, float(values.mean()))
    if float(values.max() - values.min()) <= limit * (1 + _NOISE):
        return ""
    unit = "percentage points" if number.unit == "%" else number.unit
    return f"they lie further apart than repeats of it do ({limit:.2g} {unit})" if limit else _NO_ERROR
