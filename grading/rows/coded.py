"""Columns of results: texts by code, or numbers; and where each distinct key of many rows stands first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grading.reading.distinct import first_of


@dataclass(slots=True)
class Coded:
    """A result column of texts: `texts[codes[row]]`, as a list or as Arrow text."""

    name: str
    codes: NDArray[np.integer]
    texts: list[str] | pa.Array

    @property
    def counts(self) -> bool:
        """True when the texts are whole numbers (or blank)."""
        return self.name.endswith(("_criteria", "_criteria_assessed", "_rule"))

    def arrow(self) -> pa.Array:
        """The column as dictionary-encoded text, or as whole numbers; null for blank."""
        texts = pa.array(self.texts, pa.string())
        texts = pc.if_else(pc.equal(texts, ""), None, texts)
        if self.counts:
            return texts.cast(pa.int16()).take(pa.array(self.codes))
        # distinct texts in the order in which rows first hold them, so that a file does not tell how it was cut
        known = texts.dictionary_encode()
        places_of = known.indices.fill_null(len(known.dictionary)).to_numpy()
        rows = len(self.codes)
        first = np.full(len(known.dictionary) + 1, rows)
        np.minimum.at(first, places_of, first_of(self.codes, len(texts)))
        order = np.argsort(first[:-1])[: np.count_nonzero(first[:-1] < rows)]
        renumbered = np.full(len(first), -1, np.int32)
        renumbered[order] = np.arange(len(order))
        places = renumbered[places_of].take(self.codes, mode="clip")
        indices = pa.array(places, mask=places < 0)
        return pa.DictionaryArray.from_arrays(indices, known.dictionary.take(pa.array(order)), safe=False)


@dataclass(slots=True)
class Values:
    """A result column of numbers, NaN for blank."""

    name: str
    values: NDArray[np.float64]

    def arrow(self) -> pa.Array:
        """The column as Arrow numbers, null for blank."""
        return pa.array(self.values, from_pandas=True)
