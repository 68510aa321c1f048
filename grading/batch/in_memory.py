"""A file graded from memory to memory: the run of the command line, with nothing written anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grading.batch.amount import amount
from grading.batch.destinations import MemoryDestination
from grading.batch.job import Job
from grading.batch.run import run_into
from grading.batch.summary import Summary
from grading.formats.memory_file import plain_stream
from grading.formats.upload import Upload

#: a smaller piece than from a disk: several are under way at once, beside all that a session holds [bytes]
BLOCK_BYTES = 1 << 19


@dataclass(frozen=True, slots=True)
class InMemory:
    """The outputs of a run, under the names that the command line gives them, and what the run did.

    Large ones are zip archives, whose names end in .zip: they can be read again as they are.
    """

    graded_file: Upload
    issues_file: Upload
    manifest: bytes = field(repr=False)
    summary: Summary
    job: Job
    tidy_file: Upload
    tidy_schema: bytes = field(default=b"", repr=False)

    @property
    def graded(self) -> bytes:
        """The graded rows, unpacked."""
        return _unpacked(self.graded_file)

    @property
    def issues(self) -> bytes:
        """The issues, unpacked."""
        return _unpacked(self.issues_file)

    @property
    def tidy(self) -> bytes:
        """The tidy rows, unpacked."""
        return _unpacked(self.tidy_file)


def _unpacked(file: Upload) -> bytes:
    with plain_stream(file) as stream:
        return stream.read()


def job_of(upload: Upload, **options: Any) -> Job:
    """The run of a file in memory, by the options of a Job. It is written as CSV that a spreadsheet can open safely.

    >>> job_of(Upload("in.parquet", b"")).target.name
    'in.graded.csv'
    """
    return Job(upload, Path(f"{upload.stem}.graded.csv"), excel_safe=True, block_bytes=BLOCK_BYTES, **options)


def run_in_memory(job: Job, progress: Callable[[int, int], None] = lambda rows, size: None) -> InMemory:
    """Grade a file into memory. `progress` is told rows so far and bytes read after every piece.

    Raises UsageError for an input that cannot be graded.

    >>> graded = run_in_memory(job_of(Upload("in.csv", b"id,valve,eroa_mm2\\n007,MR,45\\n")))
    >>> graded.graded.split(b"\\n")[1][:30]
    b'007,MR,45,severe,single_parame'
    """
    outputs = MemoryDestination(job)
    summary = run_into(job, progress, lambda stack, permissions: outputs)
    return InMemory(**outputs.taken(), summary=summary, job=job)


def shares(job: Job, tell: Callable[[int, float], None]) -> Callable[[int, int], None]:
    """A progress that tells rows so far, and which share [0 to 1] of the input is done."""
    total = None if job.long is not None else amount(job.source)
    done = 0

    def progress(rows: int, size: int) -> None:
        nonlocal done
        done += size
        tell(rows, min(done / total, 1.0) if total else 0.0)

    return progress
