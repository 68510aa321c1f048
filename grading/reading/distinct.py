"""Where each distinct key of many rows stands first, and the rows as codes of their keys."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

#: rows in which nearly every text of a column stands, and how many others are looked for one by one
HEAD_ROWS, FEW_LATE = 4_096, 16


def distinct(key: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """(a row of each distinct key, the key's place of every row)."""
    encoded = pc.dictionary_encode(pa.array(key))
    codes = encoded.indices.to_numpy()
    return first_of(codes, len(encoded.dictionary)), codes


def first_of(codes: NDArray[np.integer], count: int) -> NDArray[np.int64]:
    """Where each of so many codes stands first, `len(codes)` where it does not; most stand among the first rows."""
    first = np.full(count, len(codes))
    head = codes[:HEAD_ROWS]
    first[head[::-1]] = np.arange(len(head))[::-1]
    late = np.flatnonzero(first == len(codes))
    if len(late) > FEW_LATE:
        first[codes[::-1]] = np.arange(len(codes))[::-1]
        return first
    for code in late.tolist():
        places = np.flatnonzero(codes == code)
        if len(places):
            first[code] = places[0]
    return first
