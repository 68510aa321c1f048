"""Data files of SPSS (.sav, .zsav, .por), Stata (.dta) and SAS (.sas7bdat, .xpt) as text, read by pyreadstat.

A value with a label is its label, what the file declares as missing is missing, a date is in ISO 8601.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from typing import IO, Any

import numpy as np
import pyarrow as pa

from grading.errors import UsageError
from grading.formats.foreign import CELLS, LABEL, ForeignTable, need, text_array, text_of
from grading.formats.isolated import Reading
from grading.formats.kind import kind_of_file
from grading.formats.reader_process import Facts
from grading.formats.upload import Input, Upload

#: kind of file -> function of pyreadstat
_READERS = {
    "sav": "read_sav", "por": "read_por", "dta": "read_dta", "sas7bdat": "read_sas7bdat", "xpt": "read_xport",
}  # fmt: skip
STATISTICS_FILES = tuple(_READERS)
#: how each data set of a transport file begins
_MEMBER = b"HEADER RECORD*******MEMB"
#: cells read at a time
_CELLS = 5_000_000
#: bits of the fraction of a number that SAS stores in fewer than 8 bytes: [bytes of the number] - these
_NOT_FRACTION = {"sas7bdat": 12, "xpt": 8}


def read_statistics_file(source: Input, encoding: str | None = None, isolate: bool = True) -> ForeignTable:
    """A data file of SPSS, Stata or SAS as text columns, null where a value is missing.

    The metadata of a column's field holds its label (LABEL), and under CELLS whether its cells were numbers or dates.

    Args:
        source: the file.
        encoding: of its texts, where it does not say so itself or says so wrongly.
        isolate: False parses in this process, for a file that is trusted.
    Raises:
        UsageError: when it cannot be read, or holds fewer rows than it says.
    """
    with Reading(
        reader="grading.formats.statistics_files:statistics_tables",
        source=source.data if isinstance(source, Upload) else source, name=source.name, what="a data file",
        options={"encoding": encoding}, isolate=isolate,
    ) as reading:  # fmt: skip
        table = pa.concat_tables(list(reading))
    facts = reading.facts
    metadata = [{LABEL: label, CELLS: kind} for label, kind in zip(facts["labels"], facts["cells"], strict=True)]
    fields = [field.with_metadata(own) for field, own in zip(table.schema, metadata, strict=True)]
    lines = pa.array(range(1, table.num_rows + 1), pa.int64())
    table = pa.Table.from_arrays(table.columns, schema=pa.schema(fields))
    return ForeignTable(table=table, lines=lines, read_as=facts["read_as"])


def statistics_tables(stream: IO[bytes], encoding: str | None) -> Generator[pa.Table, None, Facts]:
    """The reader for `isolated`: some rows of the file at a time."""
    pyreadstat = need("pyreadstat", "stats", "data files of SPSS, Stata and SAS")
    kind = kind_of_file(stream)
    if kind is None or kind.name not in _READERS:
        raise UsageError(kind.refusal() if kind else "this is no data file of SPSS, Stata or SAS")
    if kind.name == "xpt":
        _refuse_several(stream)
    texts_in = {} if kind.name == "por" else {"encoding": encoding}
    read = getattr(pyreadstat, _READERS[kind.name])

    def part(offset: int, rows: int, **options: Any) -> tuple[dict[str, list[Any]], Any]:
        stream.seek(0)
        try:
            found: tuple[dict[str, list[Any]], Any] = read(
                stream, output_format="dict", **texts_in, row_offset=offset, row_limit=rows, **options
            )
        except UnicodeDecodeError as error:
            raise UsageError("its texts are in another encoding than it says; name the encoding") from error
        return found

    described = part(0, 0, metadataonly=True)[1]
    if not described.column_names:
        raise UsageError("it holds no columns")
    size = max(_CELLS // len(described.column_names), 1)
    columns = [_column(kind.name, described, name) for name in described.column_names]
    rows, cells = 0, [set[str]() for _ in columns]
    while True:
        values = part(rows, size)[0]
        count = len(values[described.column_names[0]]) if values else 0
        if count or rows == 0:
            texts = [column(values.get(name, ())) for name, column in zip(described.column_names, columns, strict=True)]
            for seen, name in zip(cells, described.column_names, strict=True):
                seen |= {_kind(value) for value in values.get(name, ())}
            yield pa.Table.from_arrays(texts, names=list(described.column_names))
        rows += count
        if count < size:
            break
    _refuse_fewer(rows, described.number_rows)
    labels = [described.column_names_to_labels.get(name) or "" for name in described.column_names]
    kinds = [_kinds(kind.name, described, name, seen) for name, seen in zip(described.column_names, cells, strict=True)]
    return {"read_as": kind.called.partition(" ")[2], "labels": labels, "cells": kinds}


def _refuse_fewer(rows: int, told: int | None) -> None:
    if told is not None and told >= 0 and rows != told:
        raise UsageError(f"it says that it holds {told:,} rows, and {rows:,} can be read; it is damaged or cut short")


def _kind(value: object) -> str:
    if value is None or isinstance(value, str):
        return ""
    return "number" if isinstance(value, int | float) else "date"


def _kinds(kind: str, described: Any, name: str, seen: set[str]) -> str:
    """What the cells of a column were, where its texts do not stand for labels."""
    return "" if described.variable_value_labels.get(name) else " ".join(sorted(seen - {""}))


def _column(kind: str, described: Any, name: str) -> Callable[[Sequence[Any]], pa.Array]:
    """How the values of a column are written."""
    labels = {key: str(label) for key, label in (described.variable_value_labels.get(name) or {}).items()}
    write = _writer(kind, described, name)
    known: dict[object, str | None] = {}

    def text(value: Any) -> str | None:
        if value not in known:
            known[value] = labels.get(value) or (write(value) if isinstance(value, float) else text_of(value))
        return known[value]

    return lambda values: text_array([text(value) for value in values])


def _writer(kind: str, described: Any, name: str) -> Callable[[float], str | None]:
    """How a number is written: one that is stored in fewer than 8 bytes has fewer digits."""
    if kind == "dta" and described.readstat_variable_types.get(name) == "float":
        return lambda value: text_of(float(str(np.float32(value))))
    width = described.variable_storage_width.get(name, 8)
    if kind in _NOT_FRACTION and 2 <= width < 8:
        return lambda value: shortened(value, width, kind)
    return text_of


def shortened(value: float, width: int, kind: str) -> str | None:
    """The shortest decimal whose first `width` bytes, as SAS stores a number, are those of `value`.

    >>> shortened(0.699981689453125, 3, "sas7bdat")
    '0.7'
    """
    if value == 0 or not math.isfinite(value):
        return text_of(value)
    size = abs(value)
    bits = 8 * width - _NOT_FRACTION[kind]
    if kind == "xpt":  # a fraction below 1 and a power of 16
        step = 16.0 ** (math.floor(math.log(size, 16)) + 1) * 2.0**-bits
    else:
        step = math.ldexp(1.0, math.frexp(size)[1] - 1 - bits)
    for digits in range(1, 18):
        near = float(f"{size + step / 2:.{digits}g}")
        if size <= near < size + step:
            return text_of(math.copysign(near, value))
    return text_of(value)


def _refuse_several(stream: IO[bytes]) -> None:
    """Refuse a transport file of several data sets, which would be read on into the next as if it were rows."""
    stream.seek(0)
    count, before = 0, b""
    while chunk := stream.read(1 << 20):
        count += (before + chunk).count(_MEMBER)
        before = chunk[-len(_MEMBER) + 1 :]
    if count > 1:
        raise UsageError(f"it holds {count} data sets; export the one that is meant")
