"""Columns of a long table as codes of their different texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grading.longtable.block import Indexes
from grading.reading.distinct import distinct
from grading.reference.scale import Mask

#: up to so many possible keys, those that there are are counted in a table of them all
_TABLE = 1 << 18


class TextColumn(NamedTuple):
    """A column: the code of every row, and the text of each code."""

    codes: Indexes
    texts: pa.Array

    def each(self, about: Callable[[str], object]) -> NDArray[np.generic]:
        """Something about every text."""
        return np.array([about(text) for text in self.texts.to_pylist()])

    def blank(self) -> Mask:
        """Which of the texts are blank."""
        lengths = pc.binary_length(pc.utf8_trim_whitespace(self.texts))
        return np.asarray(lengths.to_numpy(zero_copy_only=False) == 0)


def coded_texts(column: pa.Array | pa.ChunkedArray) -> TextColumn:
    """A column of any table as codes of texts, in which a null is a blank."""
    data = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    ready = pa.types.is_dictionary(data.type) and data.type.value_type == pa.string() and not data.null_count
    if not ready or data.dictionary.null_count or data.type.index_type != pa.int32():
        plain = data.dictionary_decode() if pa.types.is_dictionary(data.type) else data
        data = pc.dictionary_encode(plain.cast(pa.string()).fill_null(""))
    return TextColumn(data.indices.to_numpy(zero_copy_only=False), data.dictionary)


def different(key: NDArray[np.int64], count: int) -> tuple[NDArray[np.int64], Indexes]:
    """(the different keys, which of them every row has)."""
    if count <= _TABLE:
        found = np.flatnonzero(np.bincount(key, minlength=count))
        place = np.zeros(count, np.int32)
        place[found] = np.arange(len(found))
        return found, place[key]
    first, which = distinct(key)
    return key[first], which


def only_used(codes: Indexes, texts: pa.Array) -> tuple[Indexes, pa.Array]:
    """The same with only the texts that are used."""
    found, place = different(codes.astype(np.int64), max(len(texts), 1))
    return place, texts.take(pa.array(found))
