"""Where a run writes: the graded rows, the issues and the manifest (and the tidy rows) as files beside each other, or
in memory."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Protocol, cast

import pyarrow as pa

from grading.batch.job import Job
from grading.errors import UsageError, why
from grading.formats.csv_text import as_bytes, csv_lines
from grading.formats.memory_file import MemoryFile
from grading.formats.upload import STANDARD
from grading.formats.whole_file import WholeFile, put_in_place, refuse_link
from grading.longtable.line_issue import LineIssue
from grading.rows.issues import HEADER


class Destination(Protocol):
    """What a run writes to: streams as it goes, and the manifest and the schema of the tidy rows when it is done."""

    out: IO[bytes]
    issues: IO[bytes]
    tidy: IO[bytes]

    def finish(self, manifest: bytes, tidy_schema: bytes) -> None:
        """Take what is known at the end and put everything in its place."""


def issues_start(general: Sequence[LineIssue], excel_safe: bool) -> bytes:
    """The first lines of an issues file: its header, and the issues that are about no single row."""
    start = (",".join(HEADER) + "\n").encode()
    columns = zip(*(("", str(i.line or ""), i.column, i.value, i.severity, i.message) for i in general), strict=True)
    cells = [pa.array(column, pa.string()) for column in columns]
    return start + bytes(as_bytes(csv_lines(cells, excel_safe))) if cells else start


class MemoryDestination:
    """The outputs in memory, under the names that the job gives them; what is large is zipped."""

    def __init__(self, job: Job) -> None:
        names = (job.target.name, job.issues_path.name, job.tidy_path.name)
        self._files = [MemoryFile(name) for name in names]
        self.out, self.issues, self.tidy = (cast("IO[bytes]", file) for file in self._files)
        self.manifest = self.tidy_schema = b""
        self._written = job.delimiter, job.encoding

    def finish(self, manifest: bytes, tidy_schema: bytes) -> None:
        self.manifest, self.tidy_schema = manifest, tidy_schema

    def taken(self) -> dict[str, Any]:
        """The graded rows, the issues and the tidy rows as files, the manifest, and the schema of the tidy rows."""
        graded, issues, tidy = self._files
        return {
            "graded_file": graded.taken(*self._written), "issues_file": issues.taken(), "manifest": self.manifest,
            "tidy_file": tidy.taken(), "tidy_schema": self.tidy_schema,
        }  # fmt: skip


class FileDestination:
    """The outputs as files, which take their place in `finish`; or standard output alone.

    `permissions`: what the input allows. Raises UsageError when they cannot be written.
    """

    def __init__(self, job: Job, stack: contextlib.ExitStack, permissions: int | None) -> None:
        if job.target == STANDARD:
            self.files: list[WholeFile] = []
            self.out: IO[bytes] = sys.stdout.buffer
            self.issues: IO[bytes] = stack.enter_context(Path(os.devnull).open("wb"))  # noqa: SIM115
            self.tidy = self.issues
            return
        self.files = []
        stack.callback(self._discard)
        try:
            for path in (*job.targets[1:], job.target):
                WholeFile(path, permissions, self.files)
        except OSError as error:
            raise UsageError(f"cannot write beside {job.target}: {why(error)}") from error
        self.issues, self.manifest, *tidy, self.out = (file.stream for file in self.files)
        self.tidy, self.tidy_schema = tidy or (self.issues, self.issues)

    def finish(self, manifest: bytes, tidy_schema: bytes) -> None:
        """Put everything in its place, the graded file last."""
        if not self.files:
            self.out.flush()
            return
        self.manifest.write(manifest)
        self.tidy_schema.write(tidy_schema)
        put_in_place(self.files)

    def _discard(self) -> None:
        for file in self.files:
            file.discard()


def refuse_targets(job: Job) -> None:
    """Outputs must be files of a kind that is written, and none of them the input. Raises UsageError."""
    if job.target == STANDARD:
        if job.tidy is not None:
            raise UsageError("it is a file beside the graded one; name a file to write, not -", about="tidy")
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
    for path in job.targets:
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
