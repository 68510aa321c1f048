"""One column of a table, as text or as numbers, read as the engine takes it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from grading.columns.column import Column
from grading.errors import UsageError
from grading.reading.cells import CellFormat, ReadColumn, Typed, read_numbers, read_words, take_numbers
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number, Word


def read_column(column: Column, data: pa.Array | Typed, cell_format: CellFormat) -> ReadColumn:
    """One input column as the engine takes it; `data` is text, or numbers that are taken as they are.

    Raises UsageError for data that are neither.
    """
    measurement = load_catalogue()[column.measurement]
    if isinstance(data, pa.ChunkedArray):
        data = data.combine_chunks()
    try:
        return _read_column(measurement, column, data, cell_format)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError) as error:
        content = "other cells" if isinstance(data, Typed) else data.type
        raise UsageError(f"column {column.header!r} holds {content}; numbers or text are expected") from error


def _read_column(
    measurement: Number | Word, column: Column, data: pa.Array | Typed, cell_format: CellFormat
) -> ReadColumn:
    if isinstance(data, Typed):
        assert isinstance(measurement, Number)
        return take_numbers(data.values, measurement, column.unit, cell_format, data.texts)
    if isinstance(measurement, Number):
        if pa.types.is_floating(data.type) or pa.types.is_integer(data.type):
            # a narrow float means its shortest decimal: 0.7 of 32 bits is 0.7, not 0.699999988
            wide = data.cast(pa.string()) if data.type in (pa.float16(), pa.float32()) else data
            values = wide.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
            return take_numbers(values, measurement, column.unit, cell_format)
        return read_numbers(as_text(data), measurement, column.unit, cell_format)
    return read_words(as_text(data), measurement, cell_format, dict(column.values))


def as_text(data: Any) -> pa.Array:
    """Any column as text; a whole number read as 1.0 is written '1'."""
    if pa.types.is_dictionary(data.type) and not pa.types.is_string(data.type.value_type):
        data = _decoded(data)
    if pa.types.is_floating(data.type):
        data = pa.array([None if v is None or v != v else f"{v:.15g}" for v in data.to_pylist()], pa.string())
    return data if pa.types.is_dictionary(data.type) else data.cast(pa.string())


def _decoded(data: Any) -> pa.Array:
    """A column of codes as what they stand for; the words of polars' categories are of a type that Arrow does not take
    by their codes."""
    if not pa.types.is_string_view(data.type.value_type):
        return data.dictionary_decode()
    chunks = data.chunks if isinstance(data, pa.ChunkedArray) else [data]
    texts = [chunk.dictionary.cast(pa.string()).take(chunk.indices) for chunk in chunks]
    return pa.concat_arrays([pa.array([], pa.string()), *texts])
