"""An input opened as what it is: CSV or Parquet files, a folder of them, or a file of another program."""

from __future__ import annotations

import contextlib
from pathlib import Path

from grading.batch.job import TABLES, Job
from grading.batch.parts import Parts
from grading.batch.source import Source, open_csvs, open_parquets
from grading.errors import UsageError, why
from grading.formats.kind import Kind, kind_of_file
from grading.formats.upload import STANDARD


def open_source(job: Job, stack: contextlib.ExitStack) -> Source:
    """Open the input by its first bytes. Raises UsageError when it cannot be read."""
    source = _opened(job, stack)
    source.beside = {name: text for name, text in job.beside.items() if name not in source.header}
    return source


def _opened(job: Job, stack: contextlib.ExitStack) -> Source:
    try:
        parts = Parts(job, stack)
        for part in parts.inputs:
            if isinstance(part, Path) and part != STANDARD and part.exists() and not part.is_file():
                raise UsageError(
                    f"{part.name} is a pipe or a device; read it as standard input: echograde grade - < {part}"
                )
        if isinstance(job.source, Path) and job.source.is_dir() and parts.inputs[0].suffix.lower() not in TABLES:
            from grading.batch.foreign_source import open_reports

            return open_reports(job, parts)
        kind = kind_of_part(parts)
        if parts.inputs[0].suffix.lower() == ".parquet" or (kind is not None and kind.name == "parquet"):
            return open_parquets(job, parts, stack)
        if kind is None:
            return open_csvs(job, parts)
        # its readers take longer to load than a small CSV file to grade
        from grading.batch.foreign_source import open_foreign

        return open_foreign(job, parts, kind, stack)
    except (OSError, RuntimeError) as error:
        name = "standard input" if job.source == STANDARD else job.source
        raise UsageError(f"cannot read {name}: {why(error)}") from error


def kind_of_part(parts: Parts) -> Kind | None:
    """What the one file of an input is by its first bytes; None for text, and for what comes on standard input."""
    if len(parts.inputs) != 1 or parts.inputs[0] == STANDARD:
        return None
    stream = parts.open(0).stream
    return kind_of_file(stream) if stream.seekable() else None
