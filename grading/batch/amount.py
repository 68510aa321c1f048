"""How much a run has to do: rows or bytes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from grading.formats.upload import Input, seekable
from grading.formats.utf16 import UTF16


def is_parquet(source: Input) -> bool:
    """True for a Parquet file or a folder of them, by name."""
    folder = isinstance(source, Path) and source.is_dir() and any(source.glob("*.parquet"))
    return folder or source.suffix.lower() == ".parquet"


def amount(source: Input) -> int | None:
    """What is to be done: rows of Parquet files, bytes of others; None where it cannot be known."""
    parts: list[Input] = [source]
    if isinstance(source, Path):
        parts = [part for part in source.iterdir() if part.is_file()] if source.is_dir() else [source]
        if not all(isinstance(part, Path) and part.is_file() for part in parts):
            return None
    return _rows(parts) if is_parquet(source) else sum(map(_bytes, parts))


def _rows(parts: Sequence[Input]) -> int | None:
    tables = [part for part in parts if part.suffix.lower() == ".parquet"]
    try:
        return sum(int(pq.read_metadata(seekable(part)).num_rows) for part in tables)
    except (OSError, ValueError):
        # the run will say what is wrong with it
        return None


def _bytes(part: Input) -> int:
    """Bytes to be worked on: UTF-16 is read as UTF-8, which is about half as long."""
    with part.open("rb") as file:
        halved = file.read(2) in UTF16
        return file.seek(0, os.SEEK_END) // (2 if halved else 1)
