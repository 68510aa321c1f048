"""The files of an input, opened one after the other, and whether each is still what was read of it."""

from __future__ import annotations

import contextlib
from functools import reduce
from operator import and_

from grading.batch.job import Job
from grading.errors import UsageError
from grading.formats.upload import Input
from grading.formats.watched import WatchedFile
from grading.formats.whole_file import permissions_of


class Parts:
    """The files of a job's input in order. `opened` are those that were opened so far.

    Raises UsageError for an input without any.
    """

    def __init__(self, job: Job, stack: contextlib.ExitStack) -> None:
        self.inputs = list(job.parts)
        self.opened: list[WatchedFile] = []
        self._job = job
        stack.callback(self._close)

    def open(self, place: int) -> WatchedFile:
        """Open the file at a place. Raises UsageError and OSError."""
        file = WatchedFile(self.inputs[place])
        self.opened.append(file)
        return file

    @property
    def path(self) -> Input:
        """The input as the job names it: a file, or the folder of the files."""
        return self._job.source

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of what was read of each file, by name."""
        return {file.name: file.sha256 for file in self.opened}

    @property
    def permissions(self) -> int | None:
        """What all files of a disk allow together; None where the input is none. Raises OSError."""
        given = [self.opened[0].permissions, *map(permissions_of, self.inputs)]
        known = [permissions for permissions in given if permissions is not None]
        return reduce(and_, known) if known else None

    def confirm(self) -> None:
        """Raises UsageError where the input is no longer what was read."""
        for file in self.opened:
            file.confirm()
        if list(self._job.parts) != self.inputs:
            raise UsageError(
                f"{self._job.source}: files came or went while the folder was read; "
                "wait until it is whole, or grade a copy of it"
            )

    def _close(self) -> None:
        for file in self.opened:
            file.close()
