"""Lines of a long table as arrays: which study, which kind, which value; and blocks of them put together by study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grading.reading.distinct import distinct, first_of
from grading.reference.scale import Mask

#: what counts where several lines give one measurement: what was chosen, then the mean a device took, then every line
#: but those of a form that is second to the others
CHOSEN, DEVICE_MEAN, ORDINARY, SECOND = 2, 1, 0, -1
Indexes: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Studies:
    """Studies in the order of their first lines: the texts of each column that names them (none: there is one study),
    and of their first lines the number among the lines of all files and the line in the file."""

    ids: tuple[pa.Array, ...]
    numbers: NDArray[np.int64]
    lines: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, rows: NDArray[np.integer]) -> Studies:
        """Some of the studies."""
        where = pa.array(rows)
        return Studies(
            ids=tuple(column.take(where) for column in self.ids), numbers=self.numbers[rows], lines=self.lines[rows]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines with a measurement, in the order of the file: study and kind of each, which of `texts` is its value, its
    line in the file, whether it holds a value, and how much it counts where several do."""

    studies: Indexes
    kinds: Indexes
    values: Indexes
    lines: NDArray[np.int64]
    present: Mask
    ranks: NDArray[np.int8]
    texts: pa.Array

    def __len__(self) -> int:
        return len(self.studies)

    def take(self, rows: NDArray[np.integer] | slice) -> Lines:
        """Some of the lines, with all texts."""
        return replace(
            self, studies=self.studies[rows], kinds=self.kinds[rows], values=self.values[rows], lines=self.lines[rows],
            present=self.present[rows], ranks=self.ranks[rows],
        )  # fmt: skip

    def of_studies_from(self, first: int) -> Lines:
        """The lines with their studies counted from this one."""
        return replace(self, studies=self.studies - np.int32(first))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Texts that are about a whole study: its study, which fact it is, the text; each different text once a chunk."""

    studies: Indexes
    columns: NDArray[np.int16]
    texts: pa.Array

    @classmethod
    def of(cls, parts: Sequence[tuple[int, Indexes, pa.Array]]) -> Facts:
        """The facts of several columns: which, the studies, the texts."""
        return cls(
            studies=np.concatenate([np.empty(0, np.int32), *(studies for _, studies, _ in parts)]),
            columns=np.repeat(
                np.array([column for column, _, _ in parts], np.int16), [len(studies) for _, studies, _ in parts]
            ),
            texts=pa.concat_arrays([pa.array([], pa.string()), *(texts for _, _, texts in parts)]),
        )

    def take(self, rows: NDArray[np.integer]) -> Facts:
        """Some of the facts."""
        return Facts(studies=self.studies[rows], columns=self.columns[rows], texts=self.texts.take(pa.array(rows)))


@dataclass(frozen=True, slots=True)
class Block:
    """Studies with lines and facts of theirs; others of the same studies may stand in other blocks."""

    studies: Studies
    lines: Lines
    facts: Facts

    @property
    def size(self) -> int:
        """Bytes held."""
        lines, facts = self.lines, self.facts
        arrays = (lines.studies, lines.kinds, lines.values, lines.lines, lines.present, lines.ranks, facts.studies)
        texts = (*self.studies.ids, lines.texts, facts.texts)
        return sum(int(array.nbytes) for array in arrays) + sum(int(array.nbytes) for array in texts)


def together(blocks: Sequence[Block]) -> Block:
    """Blocks in the order of the file as one: each study once, in the order of their first lines."""
    if len(blocks) == 1 and _ordered(blocks[0].studies.numbers):
        return blocks[0]
    place, studies = _studies([block.studies for block in blocks])
    before = np.cumsum([0, *(len(block.studies) for block in blocks)])

    def placed(parts: Sequence[Indexes]) -> Indexes:
        return np.concatenate([place[part + start] for part, start in zip(parts, before[:-1], strict=True)])

    lines = [block.lines for block in blocks]
    values, texts = _unified([part.values for part in lines], [part.texts for part in lines])
    return Block(
        studies,
        Lines(
            studies=placed([part.studies for part in lines]),
            kinds=np.concatenate([part.kinds for part in lines]),
            values=values,
            lines=np.concatenate([part.lines for part in lines]),
            present=np.concatenate([part.present for part in lines]),
            ranks=np.concatenate([part.ranks for part in lines]),
            texts=texts,
        ),
        _facts_once(
            placed([block.facts.studies for block in blocks]),
            np.concatenate([block.facts.columns for block in blocks]),
            pa.concat_arrays([block.facts.texts for block in blocks]),
        ),
    )


def _ordered(numbers: NDArray[np.int64]) -> bool:
    return bool((numbers[1:] > numbers[:-1]).all())


def _studies(parts: Sequence[Studies]) -> tuple[Indexes, Studies]:
    """(the place of every study of the parts among the different ones, those in the order of their first lines)."""
    ids = tuple(pa.concat_arrays(list(columns)) for columns in zip(*(part.ids for part in parts), strict=True))
    numbers = np.concatenate([part.numbers for part in parts])
    lines = np.concatenate([part.lines for part in parts])
    if not ids:
        return np.zeros(len(numbers), np.int32), Studies(ids=ids, numbers=numbers[:1], lines=lines[:1])
    first, codes = same_texts(ids)
    every = Studies(ids=ids, numbers=numbers, lines=lines)
    order = np.argsort(numbers[first], kind="stable")
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order))
    return place[codes], every.take(first[order])


def _facts_once(studies: Indexes, columns: NDArray[np.int16], texts: pa.Array) -> Facts:
    """Facts of several blocks with each different one once, in the order of the file within each study and column."""
    parts = []
    for column in np.unique(columns).tolist():
        rows = np.flatnonzero(columns == column)
        of, own = studies[rows], texts.take(pa.array(rows))
        # far faster than to look all texts up: nearly all are like the first of their study
        first, place = _first_of_studies(of)
        same = pc.equal(own, own.take(pa.array(place[of]))).to_numpy(zero_copy_only=False)
        other = own.take(pa.array(np.flatnonzero(~same))).dictionary_encode()
        once = _once(of, first, ~same, other.indices.to_numpy(), len(other.dictionary))
        parts.append((column, of[once], own.take(pa.array(once))))
    return Facts.of(parts)


def same_texts(columns: Sequence[pa.Array]) -> tuple[NDArray[np.int64], Indexes]:
    """(where each different row of some columns of text stands first, which of them every row is)."""
    codes: Indexes = np.zeros(len(columns[0]), np.int32)
    count = 1
    for column in columns:
        texts = column.dictionary_encode()
        key = codes.astype(np.int64) * len(texts.dictionary) + texts.indices.to_numpy()
        if count == 1:
            codes, count = texts.indices.to_numpy(), len(texts.dictionary)
        else:
            first, codes = distinct(key)
            count = len(first)
    return first_of(codes, count), codes


def _unified(codes: Sequence[Indexes], texts: Sequence[pa.Array]) -> tuple[Indexes, pa.Array]:
    """Codes of several lists of texts as codes of one list."""
    parts = [pa.DictionaryArray.from_arrays(pa.array(c), t) for c, t in zip(codes, texts, strict=True)]
    whole = pa.chunked_array(parts).unify_dictionaries().combine_chunks()
    return whole.indices.to_numpy(), whole.dictionary


def each_once(studies: Indexes, codes: Indexes, texts: pa.Array) -> tuple[Indexes, pa.Array]:
    """Every different pair of study and text, in the order of the studies and then of the lines."""
    first, place = _first_of_studies(studies)
    differ = codes != codes[place[studies]]
    once = _once(studies, first, differ, codes[differ], len(texts))
    return studies[once], texts.take(pa.array(codes[once]))


def _first_of_studies(studies: Indexes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(the first row of each study that has some, of every study the first row)."""
    place = first_of(studies, int(studies.max(initial=-1)) + 1)
    return place[place < len(studies)], place


def _once(studies: Indexes, first: NDArray[np.int64], differ: Mask, codes: Indexes, count: int) -> NDArray[np.int64]:
    """The first rows, and behind them each different one of those that `differ` from them; `codes` of `count` are
    theirs."""
    rows = np.flatnonzero(differ)
    if not len(rows):
        return first
    again, _ = distinct(studies[rows].astype(np.int64) * count + codes)
    return np.concatenate([first, np.sort(rows[again])])
