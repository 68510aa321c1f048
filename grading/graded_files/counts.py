"""Columns of a graded file, counted as it streams by: distinct texts, how many rows hold each, and the first row."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from grading.batch.in_memory import BLOCK_BYTES
from grading.batch.job import Job
from grading.batch.open_source import open_source
from grading.batch.piece import cells_of
from grading.batch.source import Source
from grading.columns.cells import as_text
from grading.errors import UsageError
from grading.formats.upload import Input, Upload
from grading.reference.guideline import list_guidelines
from grading.reference.measurement import VALVES

#: a column of grades has a few dozen different texts; one of names or free text would fill the memory
MOST_DISTINCT = 10_000


@dataclass(slots=True)
class Counted:
    """Distinct rows of some columns: `counts` by their texts, and the data row (from 1) where each first stands."""

    rows: int = 0
    counts: Counter[tuple[str, ...]] = field(default_factory=Counter)
    first_rows: dict[tuple[str, ...], int] = field(default_factory=dict)


@contextlib.contextmanager
def opened(path: Input) -> Iterator[Source]:
    """A graded CSV or Parquet file. Raises UsageError when it cannot be read."""
    job = Job(path, Path(path.name))
    if isinstance(path, Upload):
        job = replace(job, delimiter=path.delimiter, encoding=path.encoding, block_bytes=BLOCK_BYTES)
    with contextlib.ExitStack() as stack:
        try:
            yield open_source(job, stack)
        except (OSError, pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise UsageError(f"cannot read {path}: {error}") from error


def grade_columns(header: Sequence[str]) -> dict[str, dict[str, int]]:
    """Where each guideline's grades stand, by valve ('' for a file of one valve a row)."""
    found: dict[str, dict[str, int]] = {}
    for guideline in list_guidelines():
        ending = f"{guideline.replace('-', '_')}_grade"
        for valve in ("", *VALVES):
            name = f"{valve}_{ending}" if valve else ending
            if name in header:
                found.setdefault(guideline, {})[valve] = header.index(name)
    return found


def count_rows(source: Source, groups: Sequence[Sequence[int]], name: str) -> list[Counted]:
    """Count the distinct rows of each group of columns in one pass. Raises UsageError for columns of free text."""
    counted = [Counted() for _ in groups]
    wanted = sorted({place for places in groups for place in places})
    for piece in source.pieces():
        columns = cells_of(piece, wanted)
        for places, found in zip(groups, counted, strict=True):
            _add(found, [pc.fill_null(as_text(columns[place]).cast(pa.string()), "") for place in places], len(piece))
            if len(found.counts) > MOST_DISTINCT:
                held = " and ".join(repr(source.header[place]) for place in places)
                raise UsageError(
                    f"{name}: {held} hold over {MOST_DISTINCT} different texts, and grades a few dozen; "
                    "name the column of the reader's grades"
                )
    return counted


def _add(counted: Counted, columns: Sequence[pa.Array], rows: int) -> None:
    """Count the rows of one chunk."""
    keys = [str(place) for place in range(len(columns))]
    table = pa.table([*columns, np.arange(rows)], names=[*keys, "row"])
    groups = table.group_by(keys, use_threads=False).aggregate([("row", "count"), ("row", "min")])
    for *texts, count, row in zip(*(groups[key].to_pylist() for key in (*keys, "row_count", "row_min")), strict=True):
        counted.counts[tuple(texts)] += count
        counted.first_rows.setdefault(tuple(texts), counted.rows + row + 1)
    counted.rows += rows
