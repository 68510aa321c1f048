"""What a value rests on in the end: itself where it was typed, else the measurement it was worked out from.

Quantities with one root are one witness: one PISA radius, one typed EROA or regurgitant volume, one volumetric study.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from grading.engine.columns import ENTERED, Filled
from grading.engine.methods import METHODS
from grading.engine.tally import Tally
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Word
from grading.reference.scale import Mask

Roots = NDArray[np.int16] | np.int16


@cache
def names_of_roots() -> tuple[str, ...]:
    """Every name that can be a root; a root is its position here from 1."""
    catalogue = load_catalogue()
    return (*catalogue.numbers, *catalogue.words)


def root(filled: Filled, name: str) -> Roots:
    """What a column rests on: a position in `names_of_roots` from 1, for every row or for all of them."""
    own = np.int16(names_of_roots().index(name) + 1)
    sources = filled.sources.get(name)
    if sources is None:
        return own
    word = load_catalogue().words.get(name)
    if word is not None:
        source = _only_source(word)
        return np.where(sources > ENTERED, root(filled, source), own) if source else own
    roots: Roots = own
    for code, method in enumerate(METHODS, ENTERED + 1):
        if method.target == name != method.root and (where := sources == code).any():
            roots = np.where(where, root(filled, method.root), roots)
    return roots


def _only_source(word: Word) -> str:
    """The one number a word is read off, or ''."""
    lines = word.derivation.lines if word.derivation else ()
    sources = {line.source for line in lines}
    return sources.pop() if len(sources) == 1 else ""


def one_root(tallies: Sequence[Tally], filled: Filled) -> Mask:
    """Where all that was measured in these groups rests on one measurement."""
    rows = [(t, row) for t in tallies for row in t.group.rows if not row.weak and row.key in t.bands]
    measured = np.add.reduce([tally.measured for tally in tallies])
    names = [row.name for _, row in rows]
    if not any(name in filled.sources for name in names) and len(set(names)) == len(names):
        return np.asarray(measured == 1)
    first, same = np.zeros(len(measured), np.int16), measured != 0
    for tally, row in rows:
        known, roots = tally.bands[row.key] != 0, root(filled, row.name)
        same &= ~known | (first == 0) | (roots == first)
        np.copyto(first, roots, where=known & (first == 0))
    result: Mask = same
    return result
