"""One value for each study out of the lines that give it: by a stated rule, and with a sentence where they differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from grading.reference.scale import Mask, Numbers

#: how one value is taken where the lines of a study differ
RULES = ("mean", "first", "last", "max")
_SAID = {"first": "the first is taken", "last": "the last is taken", "max": "the largest is taken"}


@dataclass(frozen=True, slots=True)
class Given:
    """The lines of one measurement of one valve, in the order of the file.

    `rows` is the study of each line, `texts` the value as it would stand in the study's cell, `values` the number in
    one unit (or a word's code), `present` is False for "not measured", `refused` marks what cannot be graded.
    """

    rows: NDArray[np.int32]
    texts: pa.Array
    values: Numbers
    present: Mask
    refused: Mask


@dataclass(frozen=True, slots=True)
class Repeat:
    """Lines of one study that differ: their positions, the text taken, and the sentence that says how."""

    row: int
    lines: list[int]
    texts: list[str]
    taken: str
    said: str


def resolve(
    given: Given, rule: str, studies: int, write: Callable[[float], str] | None
) -> tuple[pa.Array, list[Repeat]]:
    """The text of every study's cell (blank where no line gives it), and the repeats that differ.

    Equal repeats are taken as they are. A value that cannot be graded stands for all of its study, so that the check of
    cells rejects it; differing words have neither mean nor maximum, and their cell names them all.

    Args:
        given: the lines.
        rule: one of RULES.
        studies: how many cells.
        write: a number as text; None when the values are words.
    """
    position = np.full(studies, -1, np.int64)
    missing = np.flatnonzero(~given.present)[::-1]
    position[given.rows[missing]] = missing
    lines = np.flatnonzero(given.present)
    lines = lines[np.argsort(given.rows[lines], kind="stable")]
    rows = given.rows[lines]
    starts = np.flatnonzero(np.append(-1, rows[:-1]) != rows) if len(rows) else lines
    position[rows[starts]] = lines[starts]
    made: list[str] = []
    repeats = []
    for members, texts in _differing(given, lines, starts):
        taken, text, said = _choose(rule, texts, given.values[members], given.refused[members], write)
        row = int(given.rows[members[0]])
        position[row] = len(given.texts) + len(made) if taken is None else members[taken]
        made += [text] if taken is None else []
        repeats.append(Repeat(row, members.tolist(), texts, text, said))
    pool = pa.concat_arrays([given.texts, pa.array(made, pa.string())])
    return pool.take(pa.array(position, mask=position < 0)).fill_null(""), repeats


def _differing(
    given: Given, lines: NDArray[np.int64], starts: NDArray[np.int64]
) -> list[tuple[NDArray[np.int64], list[str]]]:
    """The lines and texts of every study whose values are not all the same."""
    if len(lines) == 0:
        return []
    sizes = np.append(starts[1:], len(lines)) - starts
    refused = given.refused[lines]
    values = np.where(refused, 0, given.values[lines])
    differ = np.maximum.reduceat(values, starts) != np.minimum.reduceat(values, starts)
    differ = (sizes > 1) & (differ | np.logical_or.reduceat(refused, starts))
    members = lines[np.repeat(differ, sizes)]
    texts = given.texts.take(pa.array(members)).to_pylist()
    ends = np.cumsum(sizes[differ])
    groups = [(members[start:end], texts[start:end]) for start, end in zip(ends - sizes[differ], ends, strict=True)]
    return [(where, said) for where, said in groups if len(set(said)) > 1]


def _choose(
    rule: str, texts: Sequence[str], values: Numbers, refused: Mask, write: Callable[[float], str] | None
) -> tuple[int | None, str, str]:
    """Which of the lines is taken (None: none as it stands), the text of the cell, and how it was taken."""
    if refused.any():
        first = int(np.argmax(refused))
        return first, texts[first], f"{texts[first]!r} cannot be used, so none is taken; correct it or blank it"
    if write is None and rule in ("mean", "max"):
        said = f"words have no {rule}, so none is taken; take the first or the last instead, or correct the lines"
        return None, " / ".join(dict.fromkeys(texts)), said
    if write is not None and rule == "mean":
        text = write(sum(values.tolist()) / len(values))
        return None, text, f"their mean {text} is taken"
    taken = {"first": 0, "last": len(texts) - 1}.get(rule, int(np.argmax(values)))
    return taken, texts[taken], _SAID[rule]
