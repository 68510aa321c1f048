"""Parquet files: every row that a file says it has, or a sentence; in a process of its own, and in this one."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.paths import TESTS
from support.witness import check_sentence

from grading import UsageError
from grading.formats import parquet
from grading.formats.parquet_file import ParquetFile

ROWS = 300
TABLE = pa.table({
    "id": [f"{row:04d}" for row in range(ROWS)],
    "eroa_cm2": [0.45, 0.1, None] * (ROWS // 3),
    "note": ["as before", "ø", None] * (ROWS // 3),
})  # fmt: skip


def written(table: pa.Table, **how: object) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file, **how)
    return file.getvalue()


def read(data: bytes, isolate: bool) -> pa.Table:
    """Every table of a file as one, text as text."""
    with ParquetFile(data, "in.parquet", len(data), isolate=isolate) as file:
        tables = [table.cast(file.schema) for table in file.tables()]
        assert sum(map(len, tables)) == file.rows
        return pa.concat_tables(tables) if tables else file.schema.empty_table()


@pytest.mark.parametrize("isolate", [True, False], ids=["apart", "here"])
@pytest.mark.parametrize("groups", [ROWS, 7, 1], ids=lambda rows: f"groups of {rows}")
def test_a_sound_file_is_read_whole(groups: int, isolate: bool) -> None:
    assert read(written(TABLE, row_group_size=groups), isolate).equals(TABLE)


@pytest.mark.parametrize("isolate", [True, False], ids=["apart", "here"])
def test_a_file_without_rows_has_its_columns(isolate: bool) -> None:
    assert read(written(TABLE.slice(0, 0)), isolate).schema.equals(TABLE.schema)


@pytest.mark.parametrize("isolate", [True, False], ids=["apart", "here"])
@pytest.mark.parametrize("name", ["rows_lost", "text_is_no_text", "code_without_text", "page_of_another_sum"])
def test_what_is_damaged_is_refused_wherever_it_is_read(name: str, isolate: bool) -> None:
    with pytest.raises(UsageError) as caught:
        read((TESTS / "malformed" / f"{name}.parquet").read_bytes(), isolate)
    check_sentence(str(caught.value), "in.parquet")


# row groups, rows of a batch, which are read together
BUNDLES: dict[str, tuple[Sequence[int], int, list[tuple[int, int]]]] = {
    "none": ([], 10, []),
    "one": ([3], 10, [(0, 1)]),
    "large ones alone": ([10, 11], 10, [(0, 1), (1, 2)]),
    "small ones together": ([3, 3, 3, 3, 9, 1, 0], 10, [(0, 4), (4, 6), (6, 7)]),
    "empty ones": ([0, 0], 10, [(0, 2)]),
}


@pytest.mark.parametrize(("groups", "batch", "expected"), BUNDLES.values(), ids=BUNDLES)
def test_row_groups_that_are_read_together(
    groups: Sequence[int], batch: int, expected: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "BATCH_ROWS", batch)
    assert list(parquet.bundles(groups)) == expected


def mutated(data: bytes, draw: random.Random) -> bytes:
    """One to three bytes before the footer changed: what is behind, only a checksum of its own could tell."""
    end = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    changed = bytearray(data)
    for _ in range(draw.randint(1, 3)):
        changed[draw.randrange(4, end)] = draw.randrange(256)
    return bytes(changed)


def check_damaged(seed: int) -> None:
    """All of the rows, or a sentence."""
    draw = random.Random(seed)
    how = {"compression": draw.choice(["none", "snappy", "zstd"]), "use_dictionary": draw.random() < 0.5}
    data = mutated(written(TABLE, write_page_checksum=True, row_group_size=draw.choice([ROWS, 40]), **how), draw)
    try:
        found = read(data, isolate=True)
    except UsageError as error:
        check_sentence(str(error), "in.parquet")
    else:
        assert found.equals(TABLE)


@pytest.mark.parametrize("seed", range(6))
def test_a_file_with_bytes_changed_is_whole_or_refused(seed: int) -> None:
    check_damaged(seed)


@pytest.mark.slow
def test_many_files_with_bytes_changed_are_whole_or_refused() -> None:
    for seed in range(6, 150):
        check_damaged(seed)
