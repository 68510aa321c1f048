"""One value out of several lines that give a measurement of one study: by a stated rule, and with a sentence where they
differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
#: how many values a sentence names
_MOST_NAMED = 20
#: float noise of a spread [share of the limit]
_NOISE = 1e-9


class Resolution(NamedTuple):
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


class Spread(NamedTuple):
    """Of numbers of several studies: their mean, and how they lie too far apart to be repeats ('' when they do not)."""

    means: Numbers
    apart: list[str]


def spread(values: Numbers, starts: NDArray[np.int64], number: Number) -> Spread:
    """The spread of numbers [catalogue unit] that begin anew at `starts`, one start for each study."""
    sizes = np.append(starts[1:], len(values)) - starts
    means = np.add.reduceat(values, starts) / sizes
    limits = tolerance(number, means)
    far = np.maximum.reduceat(values, starts) - np.minimum.reduceat(values, starts) > limits * (1 + _NOISE)
    unit = "percentage points" if number.unit == "%" else number.unit
    apart = [""] * len(starts)
    for place in np.flatnonzero(far).tolist():
        limit = float(limits[place])
        words = f"they lie further apart than repeats of it do ({limit:.2g} {unit})"
        apart[place] = words if limit else _NO_ERROR
    return Spread(means, apart)


def tolerance(number: Number, values: Numbers) -> Numbers:
    """How far repeats of a measurement may lie apart at some values, both in the catalogue's unit; 0 where the
    catalogue has no error of it.

    >>> from grading.reference.catalogue import load_catalogue
    >>> tolerance(load_catalogue().numbers["aliasing_velocity"], np.array([40.0]))
    array([0.])
    """
    error = number.error
    if error is None:
        return np.zeros(len(values))
    deviations = np.abs(values) * error.deviation(1.0) if error.sd is None else np.full(len(values), error.sd)
    limits: Numbers = vocabulary().errors * deviations
    return limits


def mean_taken(values: Sequence[float], mean: str, apart: str) -> Resolution:
    """The mean of numbers, written as `mean`."""
    if not apart:
        return Resolution(None, mean, f"their mean {mean} is taken")
    return Resolution(
        None, mean, f"{apart}; the grade is the same with each of them, and their mean {mean} is taken", WARNING,
        (values.index(min(values)), values.index(max(values))),
        f"{apart} and the grade depends on which is right, so none is taken; correct the lines, or take the first, "
        "the last or the largest instead of the mean",
    )  # fmt: skip


def one_taken(rule: str, texts: Sequence[str], values: Sequence[float], apart: str) -> Resolution:
    """One of the lines, by a rule that is not the mean."""
    place = {"first": 0, "last": len(texts) - 1}.get(rule, values.index(max(values)))
    if apart:
        return Resolution(place, texts[place], f"{apart}; {_TAKEN[rule]}", WARNING)
    return Resolution(place, texts[place], _TAKEN[rule])


def words_taken(rule: str, texts: Sequence[str]) -> Resolution:
    """Words have neither mean nor maximum, and the cell then names them all, so that the check of cells rejects it."""
    if rule in ("mean", "max"):
        sentence = f"words have no {rule}, so none is taken; take the first or the last instead, or correct the lines"
        return Resolution(None, in_cell(texts), sentence)
    return one_taken(rule, texts, [0.0] * len(texts), "")


def unusable_taken(texts: Sequence[str], refused: Mask) -> Resolution:
    """A value that cannot be graded stands for all, so that the check of cells rejects it."""
    place = int(np.argmax(refused))
    sentence = f"{texts[place]!r} cannot be used, so none is taken; correct it or blank it"
    return Resolution(place, texts[place], sentence)


def preferred_taken(text: str, rank: int) -> Resolution:
    """The value of the lines that count more than the others (see `block`), where these have one."""
    return Resolution(0, text, _PREFERRED[rank])


def some_of(texts: Sequence[str]) -> str:
    """The values that a study gives, for a sentence.

    >>> some_of(["0.2", "0.4"])
    '0.2, 0.4'
    """
    more = f" and {len(texts) - _MOST_NAMED:,} more" if len(texts) > _MOST_NAMED else ""
    return ", ".join(texts[:_MOST_NAMED]) + more


def in_cell(texts: Sequence[str]) -> str:
    """The different values that a study gives, as a cell that cannot be read as one of them."""
    different = list(dict.fromkeys(texts))
    return " / ".join([*different[:_MOST_NAMED], *(["..."] if len(different) > _MOST_NAMED else [])])
