"""Which texts of a long table say that nothing was measured."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from grading.reading.cells import CellFormat
from grading.reference.scale import Mask
from grading.reference.units import NUMBER_PATTERN, read_number


def may_be_missing(texts: pa.Array, reading: CellFormat) -> Mask:
    """Which texts say that nothing was measured, where they stand for a number."""
    data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    starts = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts)]
    ends = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset + 1 : texts.offset + len(texts) + 1]
    numeric = np.zeros(len(texts), np.bool_)
    filled = np.flatnonzero(ends > starts)
    numeric[filled] = (data[starts[filled]] >= ord("0")) & (data[starts[filled]] <= ord("9"))
    missing = np.zeros(len(texts), np.bool_)
    numbers = reading.missing_numbers
    for place in np.flatnonzero(~numeric).tolist():
        text = texts[place].as_py()
        number = read_number(text.replace(",", ".") if reading.decimal == "," else text) if numbers else None
        missing[place] = reading.is_missing(text) or number in numbers
    if any(code[:1].isdigit() for code in reading.missing):
        where = np.flatnonzero(numeric)
        missing[where] = _are_codes(texts.take(pa.array(where)), reading)
    return missing


def _are_codes(texts: pa.Array, reading: CellFormat) -> Mask:
    """Which texts that begin with a digit are among the codes for not measured, as text or as a number."""
    codes = pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(texts)), pa.array(sorted(reading.missing), pa.string()))
    points = pc.replace_substring(texts, ",", ".") if reading.decimal == "," else texts
    plain = pc.utf8_trim_whitespace(points)
    is_number = pc.match_substring_regex(plain, f"^(?:{NUMBER_PATTERN})$")
    numbers = pc.if_else(is_number, plain, pa.scalar(None, pa.string())).cast(pa.float64())
    same = np.isin(numbers.fill_null(np.nan).to_numpy(zero_copy_only=False), reading.missing_numbers)
    return np.asarray(codes.to_numpy(zero_copy_only=False)) | same
