"""Where a run writes: the graded rows, the issues and the manifest as files beside each other, or in memory."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Protocol

import pyarrow as pa

from grading.batch.job import Job
from grading.errors import UsageError, why
from grading.formats.csv_text import as_bytes, csv_lines
from grading.formats.upload import STANDARD
from grading.formats.whole_file import WholeFile, put_in_place, refuse_link
from grading.longtable.line_issue import LineIssue
from grading.rows.issues import HEADER


class Destination(Protocol):
    """What a run writes to: two streams as it goes, and the manifest when it is done."""

    out: IO[bytes]
    issues: IO[bytes]

    def finish(self, manifest: bytes) -> None:
        """Take the manifest and put everything in its place."""


def issues_start(general: Sequence[LineIssue], excel_safe: bool) -> bytes:
    """The first lines of an issues file: its header, and the issues that are about no single row."""
    start = (",".join(HEADER) + "\n").encode()
    columns = zip(*(("", str(i.line or ""), i.column, i.value, i.severity, i.message) for i in general), strict=True)
    cells = [pa.array(column, pa.string()) for column in columns]
    return start + bytes(as_bytes(csv_lines(cells, excel_safe))) if cells else start


class MemoryDestination:
    """The three outputs as bytes."""

    def __init__(self) -> None:
        self.out: IO[bytes] = io.BytesIO()
        self.issues: IO[bytes] = io.BytesIO()
        self.manifest = b""

    def finish(self, manifest: bytes) -> None:
        self.manifest = manifest

    def taken(self) -> tuple[bytes, bytes, bytes]:
        """The graded rows, the issues and the manifest."""
        self.out.seek(0)
        self.issues.seek(0)
        return self.out.read(), self.issues.read(), self.manifest


class FileDestination:
    """The three outputs as files, which take their place in `finish`; or standard output alone.

    `permissions`: what the input allows. Raises UsageError when they cannot be written.
    """

    def __init__(self, job: Job, stack: contextlib.ExitStack, permissions: int | None) -> None:
        if job.target == STANDARD:
            self.files: list[WholeFile] = []
            self.out: IO[bytes] = sys.stdout.buffer
            self.issues: IO[bytes] = stack.enter_context(Path(os.devnull).open("wb"))  # noqa: SIM115
            return
        self.files = []
        stack.callback(self._discard)
        try:
            for path in (job.issues_path, job.manifest_path, job.target):
                WholeFile(path, permissions, self.files)
        except OSError as error:
            raise UsageError(f"cannot write beside {job.target}: {why(error)}") from error
        self.issues, self.manifest, self.out = (file.stream for file in self.files)

    def finish(self, manifest: bytes) -> None:
        """Put everything in its place, the graded file last."""
        if not self.files:
            self.out.flush()
            return
        self.manifest.write(manifest)
        put_in_place(self.files)

    def _discard(self) -> None:
        for file in self.files:
            file.discard()


def refuse_targets(job: Job) -> None:
    """Outputs must be files of a kind that is written, and none of them the input. Raises UsageError."""
    if job.target == STANDARD:
        return
    if job.target.suffix.lower() in (".xls", ".ods"):
        raise UsageError(f"{job.target.name}: such a workbook is not written; choose a .xlsx, .csv or .parquet file")
    try:
        _refuse_places(job)
    except (OSError, RuntimeError) as error:
        raise UsageError(f"cannot use {job.source} and {job.target}: {why(error)}") from error


def _refuse_places(job: Job) -> None:
    source = job.source if isinstance(job.source, Path) else STANDARD
    if not job.target.name:
        raise UsageError(f"{job.target} is a folder; name a file to write")
    for path in (job.target, job.issues_path, job.manifest_path):
        refuse_link(path)
        if path.is_dir():
            raise UsageError(f"{path} is a folder; name a file to write")
        if path.exists() and not path.is_file():
            raise UsageError(
                f"{path} is a pipe or a device and would be replaced; name a file, or - for standard output"
            )
        if source != STANDARD and path.resolve() == source.resolve():
            raise UsageError(f"{path.name} would overwrite the input; choose another name with -o")
    if source.is_dir() and job.target.resolve().parent == source.resolve():
        raise UsageError(f"{job.target} stands among the parts and would be read as one; choose another place with -o")
