"""How far a run is, on a terminal: rows, rows a second, a bar, and the time left."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq

from grading.sources import STANDARD, Job
from grading.upload import Input, seekable
from grading.utf16 import UTF16


@contextmanager
def progress_bar(job: Job, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """What is told rows so far and bytes read after every piece: a bar on standard error where that is a terminal.

    Nothing elsewhere, nor where the graded rows come on the same terminal.
    """
    if quiet or not sys.stderr.isatty() or (job.target == STANDARD and sys.stdout.isatty()):
        yield lambda rows, size: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    total = None if job.long is not None else amount(job.source)
    columns = (TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,.0f} a second"), BarColumn())
    left = (TimeRemainingColumn(), TextColumn("left")) if total is not None else ()
    console = Console(stderr=True)
    with Progress(*columns, *left, console=console, redirect_stdout=False, redirect_stderr=False) as bar:
        task = bar.add_task("", total=total, rows=0, rate=0.0)
        by_rows = is_parquet(job.source)

        def tell(rows: int, size: int) -> None:
            done = rows if by_rows else bar.tasks[0].completed + size
            bar.update(task, completed=done, rows=rows, rate=rows / (bar.tasks[0].elapsed or 1e-9))

        yield tell
        # the header is no part of any piece
        bar.update(task, completed=total if total is not None else bar.tasks[0].completed)


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
