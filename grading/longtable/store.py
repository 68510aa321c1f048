"""Where the blocks of a long table wait: in memory while they are few, else on disk, parted by study, so that each part
is small enough to be put together by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from grading.longtable.block import Block, Facts, Indexes, Lines, Studies, together
from grading.longtable.crowded import StudySizes
from grading.longtable.spill import Place, SpillFile

#: bytes that blocks may take in memory, and into how many parts they go on disk
MOST_BYTES = 64 << 20
PARTS = 128
_MIXERS = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB], np.uint64)
_ZERO = np.uint64(0)


class _PartPlaces(NamedTuple):
    """Where studies, lines and facts of one part of a block lie."""

    studies: Place
    lines: Place
    facts: Place


class BlockStore:
    """Takes blocks in the order of the file, and gives blocks of whole studies.

    Args:
        spill: opens a file for what does not fit; None keeps everything in memory.
        most_bytes: what is held before blocks go to it; None: MOST_BYTES.
        parts: how many parts they make there.
    """

    def __init__(
        self, spill: Callable[[], SpillFile] | None, most_bytes: int | None = None, parts: int = PARTS
    ) -> None:
        self._spill, self._parts = spill, parts
        self._most_bytes = MOST_BYTES if most_bytes is None else most_bytes
        self._waiting: list[Block] = []
        self._bytes = 0
        self._file: SpillFile | None = None
        self._sizes = StudySizes()
        self._written: list[list[_PartPlaces]] = []

    def add(self, block: Block) -> None:
        """Take the next block. Raises UsageError for a study with far too many lines."""
        self._waiting.append(block)
        self._bytes += block.size
        if self._spill is not None and self._bytes > self._most_bytes:
            # what several blocks say of one study is held once from here on, which may be little
            self._waiting = [together(self._waiting)]
            self._bytes = self._waiting[0].size
            self._sizes.check(self._waiting[0], gone=False)
            if self._bytes > self._most_bytes / 2:
                self._write(self._spill)
            # what was put together lay in pieces all over the memory, which would grow with the table
            pa.default_memory_pool().release_unused()

    @property
    def parted(self) -> bool:
        """True when blocks went to disk, so that studies come in parts and not in the order of the file."""
        return self._file is not None

    def whole_studies(self) -> Iterator[Callable[[], Block]]:
        """Blocks with all lines of their studies, read when called; each study is in one of them. Asked for once.

        Reading raises UsageError for a study with far too many lines."""
        waiting = self._waiting
        if self._file is None:
            self._waiting = []
            yield partial(self._whole, waiting)
            return
        if waiting and self._spill is not None:
            self._write(self._spill)
        for part in range(self._parts):
            yield partial(self._read, part)

    def close(self) -> None:
        """Give the space back."""
        if self._file is not None:
            self._file.close()

    def _write(self, spill: Callable[[], SpillFile]) -> None:
        if self._file is None:
            self._file = spill()
        block, self._waiting, self._bytes = together(self._waiting), [], 0
        self._sizes.check(block, gone=True)
        self._written.append(_write_parts(self._file, block, self._parts))

    def _whole(self, waiting: Sequence[Block]) -> Block:
        block = together(waiting)
        self._sizes.check(block, gone=False)
        return block

    def _read(self, part: int) -> Block:
        assert self._file is not None
        return together([_read_part(self._file, places[part]) for places in self._written])


def _write_parts(file: SpillFile, block: Block, parts: int) -> list[_PartPlaces]:
    studies, lines, facts = block.studies, block.lines, block.facts
    part_of = part_of_studies(studies, parts)
    study_rows = _rows_of_parts(part_of, parts)
    #: the place of every study within its part
    place = np.empty(len(studies), np.int32)
    for rows in study_rows:
        place[rows] = np.arange(len(rows))
    line_rows, fact_rows = _rows_of_parts(part_of[lines.studies], parts), _rows_of_parts(part_of[facts.studies], parts)
    return [
        _PartPlaces(
            file.write(_study_batch(studies.take(study_rows[part]))),
            file.write(_line_batch(lines.take(line_rows[part]), place)),
            file.write(_fact_batch(facts.take(fact_rows[part]), place)),
        )
        for part in range(parts)
    ]


def _rows_of_parts(part_of: NDArray[np.uint16], parts: int) -> Sequence[NDArray[np.int64]]:
    order = np.argsort(part_of, kind="stable")
    bounds = np.searchsorted(part_of[order], np.arange(parts + 1)).tolist()
    return [order[start:end] for start, end in pairwise(bounds)]


def part_of_studies(studies: Studies, parts: int) -> NDArray[np.uint16]:
    """The part of every study, told by the bytes of its id alone."""
    key = np.zeros(len(studies), np.uint64)
    for column in studies.ids:
        key = _mixed(key ^ _digests(column))
    return (key % np.uint64(parts)).astype(np.uint16)


def _digests(texts: pa.Array) -> NDArray[np.uint64]:
    """A number for every text; equal ones have the same."""
    if not len(texts):
        return np.zeros(0, np.uint64)
    _, offsets, data = texts.buffers()
    bounds = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    letters = np.frombuffer(data or b"", np.uint8)[bounds[0] : bounds[-1]].astype(np.uint64)
    starts, sizes = bounds[:-1] - bounds[0], np.diff(bounds)
    places = (np.arange(len(letters)) - np.repeat(starts, sizes)).astype(np.uint64)
    # a letter at a place is one of 2 ** 64 numbers, and a text the sum of its letters
    sums: NDArray[np.uint64] = np.add.reduceat(np.append(_mixed(letters + (places << np.uint64(8))), _ZERO), starts)
    sums[sizes == 0] = _ZERO
    return sums


def _mixed(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Other numbers for numbers, in which like ones are not alike (the end of SplitMix64)."""
    keys = (keys + _MIXERS[0]) * _MIXERS[1]
    keys = (keys ^ (keys >> np.uint64(27))) * _MIXERS[2]
    mixed: NDArray[np.uint64] = keys ^ (keys >> np.uint64(31))
    return mixed


def _study_batch(studies: Studies) -> pa.RecordBatch:
    names = ["number", "line", *(f"id {place}" for place in range(len(studies.ids)))]
    return pa.record_batch([pa.array(studies.numbers), pa.array(studies.lines), *studies.ids], names=names)


def _line_batch(lines: Lines, place: Indexes) -> pa.RecordBatch:
    return pa.record_batch({
        "study": pa.array(place[lines.studies]), "kind": pa.array(lines.kinds),
        "value": lines.texts.take(pa.array(lines.values)), "line": pa.array(lines.lines),
        "present": pa.array(lines.present.view(np.uint8)), "rank": pa.array(lines.ranks),
    })  # fmt: skip


def _fact_batch(facts: Facts, place: Indexes) -> pa.RecordBatch:
    study, fact = pa.array(place[facts.studies]), pa.array(facts.columns)
    return pa.record_batch({"study": study, "fact": fact, "text": facts.texts})


def _read_part(file: SpillFile, places: _PartPlaces) -> Block:
    numbers, lines, *ids = file.read(places.studies).columns
    studies = Studies(ids=tuple(ids), numbers=_numbers(numbers), lines=_numbers(lines))
    of_study, kinds, values, at, present, ranks = file.read(places.lines).columns
    texts = values.dictionary_encode()
    part_lines = Lines(
        studies=_numbers(of_study), kinds=_numbers(kinds), values=_numbers(texts.indices), lines=_numbers(at),
        present=_numbers(present).astype(np.bool_), ranks=_numbers(ranks), texts=texts.dictionary,
    )  # fmt: skip
    of_study, columns, fact_texts = file.read(places.facts).columns
    return Block(studies, part_lines, Facts(studies=_numbers(of_study), columns=_numbers(columns), texts=fact_texts))


def _numbers(column: pa.Array) -> NDArray[Any]:
    numbers: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return numbers
