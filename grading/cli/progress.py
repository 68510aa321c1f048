"""How far a run is, on a terminal: rows, rows a second, a bar, and the time left."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from grading.batch.amount import amount
from grading.batch.job import Job
from grading.formats.upload import STANDARD


@contextmanager
def progress_bar(job: Job, quiet: bool, parts: bool = False) -> Iterator[Callable[[int, int], None]]:
    """What is told rows so far and bytes read after every piece: a bar on standard error where that is a terminal.

    Nothing elsewhere, nor where the graded rows come on the same terminal. `parts`: how much it is, is not known.
    """
    if quiet or not sys.stderr.isatty() or (job.target == STANDARD and sys.stdout.isatty()):
        yield lambda rows, size: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    total = None if parts or job.long is not None else amount(job.source)
    columns = (TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,.0f} a second"), BarColumn())
    left = (TimeRemainingColumn(), TextColumn("left")) if total is not None else ()
    console = Console(stderr=True)
    with Progress(*columns, *left, console=console, redirect_stdout=False, redirect_stderr=False) as bar:
        task = bar.add_task("", total=total, rows=0, rate=0.0)

        def tell(rows: int, size: int) -> None:
            bar.update(task, advance=size, rows=rows, rate=rows / (bar.tasks[0].elapsed or 1e-9))

        yield tell
        # the header is no part of any piece
        bar.update(task, completed=total if total is not None else bar.tasks[0].completed)
