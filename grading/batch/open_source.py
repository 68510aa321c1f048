"""An input opened as what it is: CSV or Parquet files, a folder of them, or a file of another program."""

from __future__ import annotations

import contextlib
from pathlib import Path

from grading.batch.foreign_source import kind_of_part, open_foreign, open_reports
from grading.batch.job import TABLES, Job
from grading.batch.parts import Parts
from grading.batch.source import Source, open_csvs, open_parquets
from grading.errors import UsageError, why
from grading.formats.upload import STANDARD


def open_source(job: Job, stack: contextlib.ExitStack) -> Source:
    """Open the input by its first bytes. Raises UsageError when it cannot be read."""
    try:
        parts = Parts(job, stack)
        for part in parts.inputs:
            if isinstance(part, Path) and part != STANDARD and part.exists() and not part.is_file():
                raise UsageError(
                    f"{part.name} is a pipe or a device; read it as standard input: echograde grade - < {part}"
                )
        if isinstance(job.source, Path) and job.source.is_dir() and parts.inputs[0].suffix.lower() not in TABLES:
            return open_reports(job, parts)
        kind = kind_of_part(parts)
        if parts.inputs[0].suffix.lower() == ".parquet" or (kind is not None and kind.name == "parquet"):
            return open_parquets(job, parts, stack)
        return open_csvs(job, parts) if kind is None else open_foreign(job, parts, kind, stack)
    except (OSError, RuntimeError) as error:
        name = "standard input" if job.source == STANDARD else job.source
        raise UsageError(f"cannot read {name}: {why(error)}") from error
