"""What the lines of a study say of it as a whole: texts that are kept, and texts that tell whether it is one study."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from grading.longtable.block import Block, Facts
from grading.longtable.contents import are_of_one_study

#: how many texts a sentence names
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that is not the same in all lines of some studies: which, in how many, and of the first of them the number
    of its first line, its id and the texts."""

    fact: int
    studies: int
    number: int
    study: str
    texts: tuple[str, ...]

    def and_more(self, more: Difference) -> Difference:
        """The same fact in other studies too."""
        first = min(self, more, key=lambda one: one.number)
        return Difference(self.fact, self.studies + more.studies, first.number, first.study, first.texts)

    def text(self) -> str:
        """ "'P1' has '2024-01-02' and '2025-01-02', and 3 more studies differ"."""
        named = " and ".join(repr(text) for text in self.texts[:_MOST_NAMED])
        more = f", and {self.studies - 1} more differ" if self.studies > 1 else ""
        return f"{self.study} has {named}{more}"


def differences(block: Block, facts: range, of_a_study: bool) -> Iterator[Difference]:
    """The facts that are not the same in all lines of some studies; those `of_a_study` may differ in the time."""
    for fact in facts:
        found = {
            study: texts
            for study, texts in _several(block.facts, fact).items()
            if not (of_a_study and are_of_one_study(texts))
        }
        if found:
            first = min(found)
            ids = [column[first].as_py() for column in block.studies.ids]
            name = " and ".join(map(repr, ids)) or "the file"
            yield Difference(fact, len(found), int(block.studies.numbers[first]), name, found[first])


def kept_texts(block: Block, fact: int) -> pa.Array:
    """The text of every study ('' where no line gives it); several are parted by ' / '."""
    facts = _of(block.facts, fact)
    texts = np.full(len(block.studies), len(facts.texts), np.int64)
    texts[facts.studies[::-1]] = np.arange(len(facts.texts))[::-1]
    several = {study: " / ".join(some) for study, some in _several(block.facts, fact).items()}
    texts[list(several)] = len(facts.texts) + 1 + np.arange(len(several))
    pool = pa.concat_arrays([facts.texts, pa.array(["", *several.values()], pa.string())])
    return pool.take(pa.array(texts))


def _of(facts: Facts, fact: int) -> Facts:
    """The texts of one fact that are not blank."""
    filled = pc.binary_length(pc.utf8_trim_whitespace(facts.texts)).to_numpy(zero_copy_only=False) > 0
    return facts.take(np.flatnonzero((facts.columns == fact) & filled))


def _several(facts: Facts, fact: int) -> dict[int, tuple[str, ...]]:
    """Study -> its texts, where these are several."""
    own = _of(facts, fact)
    if not len(own.studies):
        return {}
    texts = own.texts.dictionary_encode()
    codes = texts.indices.to_numpy()
    code_of = np.zeros(int(own.studies.max()) + 1, np.int32)
    code_of[own.studies[::-1]] = codes[::-1]
    studies = np.unique(own.studies[codes != code_of[own.studies]])
    if not len(studies):
        return {}
    rows = np.flatnonzero(np.isin(own.studies, studies))
    found: dict[int, dict[str, None]] = {}
    for study, text in zip(own.studies[rows].tolist(), own.texts.take(pa.array(rows)).to_pylist(), strict=True):
        found.setdefault(study, {})[text] = None
    return {study: tuple(some) for study, some in found.items()}
