"""How much a run has to do, in bytes."""

from __future__ import annotations

import os
from pathlib import Path

from grading.formats.upload import Input
from grading.formats.utf16 import UTF16


def is_parquet(source: Input) -> bool:
    """True for a Parquet file or a folder of them, by name."""
    folder = isinstance(source, Path) and source.is_dir() and any(source.glob("*.parquet"))
    return folder or source.suffix.lower() == ".parquet"


def amount(source: Input) -> int | None:
    """What is to be done [bytes]; None where it cannot be known."""
    parts: list[Input] = [source]
    if isinstance(source, Path):
        parts = [part for part in source.iterdir() if part.is_file()] if source.is_dir() else [source]
        if not all(isinstance(part, Path) and part.is_file() for part in parts):
            return None
    try:
        return sum(map(_bytes, parts))
    except OSError:
        # the run will say what is wrong with it
        return None


def _bytes(part: Input) -> int:
    """Bytes to be worked on: UTF-16 is read as UTF-8, which is about half as long."""
    with part.open("rb") as file:
        halved = file.read(2) in UTF16
        return file.seek(0, os.SEEK_END) // (2 if halved else 1)
