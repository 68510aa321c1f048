"""What a value rests on in the end: itself where it was typed, else the measurement it was worked out from.

Quantities with one root are one witness: one PISA radius, one typed EROA or regurgitant volume, one volumetric study.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from grading.engine.fill import ENTERED, Filled
from grading.engine.methods import METHODS
from grading.engine.tally import Tally
from grading.reference.catalogue import Word, load_catalogue
from grading.reference.scale import Mask

Roots = NDArray[np.int16]


@cache
def names_of_roots() -> tuple[str, ...]:
    """Every name that can be a root; a root is its position here from 1."""
    catalogue = load_catalogue()
    return (*catalogue.numbers, *catalogue.words)


def root(filled: Filled, name: str, rows: int) -> Roots:
    """What a column rests on in every row: a position in `names_of_roots` from 1."""
    own = np.int16(names_of_roots().index(name) + 1)
    roots = np.full(rows, own)
    sources = filled.sources.get(name)
    if sources is None:
        return roots
    word = load_catalogue().words.get(name)
    if word is not None:
        source = _only_source(word)
        if source and (sources > ENTERED).any():
            np.copyto(roots, root(filled, source, rows), where=sources > ENTERED)
        return roots
    for code, method in enumerate(METHODS, ENTERED + 1):
        if method.target == name != method.root and (sources == code).any():
            np.copyto(roots, root(filled, method.root, rows), where=sources == code)
    return roots


def _only_source(word: Word) -> str:
    """The one number a word is read off, or ''."""
    lines = word.derivation.lines if word.derivation else ()
    sources = {line.source for line in lines}
    return sources.pop() if len(sources) == 1 else ""


def one_root(tallies: Sequence[Tally], filled: Filled) -> Mask:
    """Where all that was measured in these groups rests on one measurement."""
    rows = len(tallies[0].measured)
    first, same = np.zeros(rows, np.int16), np.ones(rows, np.bool_)
    for tally in tallies:
        for row in tally.group.rows:
            if row.weak or row.key not in tally.bands:
                continue
            measured = tally.bands[row.key] != 0
            roots = root(filled, row.name, rows)
            same &= ~measured | (first == 0) | (roots == first)
            np.copyto(first, roots, where=measured & (first == 0))
    return same & (first != 0)
