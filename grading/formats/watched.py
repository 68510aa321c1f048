"""A file opened once: its bytes are counted into a digest as they are read, and a change while it is read is seen."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from pathlib import Path
from typing import IO, NamedTuple

from grading.errors import UsageError
from grading.formats.upload import STANDARD, Input, Upload

_BLOCK_BYTES = 1 << 20
_WAY_OUT = "wait until it is whole, or grade a copy of it"


class FileState(NamedTuple):
    """Which file it is, how long [bytes], and when it was last written to [ns]."""

    device: int
    inode: int
    size: int
    modified: int


class WatchedFile:
    """One open file of an input: a file of a disk, standard input, or a file in memory.

    `name` is what sentences and the manifest call it; `permissions` are those of a file of a disk, else None. Raises
    OSError where it cannot be opened, UsageError where it is a standard input that is closed.
    """

    def __init__(self, part: Input) -> None:
        self._part, self._is_standard = part, part == STANDARD
        self.name = "standard input" if self._is_standard else part.name
        self.stream = _open(part)
        self.permissions: int | None = None
        self._path = part if isinstance(part, Path) and not self._is_standard else None
        self._begun: FileState | None = None
        self._digest, self._count, self._ended = hashlib.sha256(), 0, False
        status = None if isinstance(part, Upload) else _status(self.stream)
        if status is not None and stat.S_ISREG(status.st_mode):
            self._begun, self.permissions = _state(status), stat.S_IMODE(status.st_mode)

    @property
    def size(self) -> int:
        """How long it was when it was opened [bytes]; 0 where that cannot be known."""
        if isinstance(self._part, Upload):
            return len(self._part.data)
        return 0 if self._begun is None else self._begun.size

    @property
    def sha256(self) -> str:
        """The digest of what was read so far."""
        return self._digest.hexdigest()

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, none at the end and behind it."""
        if self._ended:
            return b""
        data = self.stream.read(size)
        self._digest.update(data)
        self._count += len(data)
        return data

    def read_whole(self) -> None:
        """Count a file into the digest that others read through its stream."""
        self.stream.seek(0)
        while self.read(_BLOCK_BYTES):
            pass

    def end(self) -> None:
        """Let go of a file that was read to its end. Raises UsageError where it changed since it was opened."""
        if self._begun is not None:
            self._compare(_state(os.fstat(self.stream.fileno())))
            # what comes on standard input may have been read in part by another program
            if self._path is not None and self._count != self._begun.size:
                raise self._changed(f"{self._count:,} of {self._begun.size:,} bytes could be read")
        self._ended = True
        self.close()
        self.confirm()

    def confirm(self) -> None:
        """Raises UsageError where the file at its place is not, or no longer, the one that was read."""
        if self._path is None or self._begun is None:
            return
        try:
            now = _state(self._path.stat())
        except OSError as error:
            raise self._changed("it was removed or moved") from error
        self._compare(now)

    def close(self) -> None:
        """Close the file; standard input stays open."""
        if not self._is_standard:
            self.stream.close()

    def _compare(self, now: FileState) -> None:
        assert self._begun is not None
        if now[:2] != self._begun[:2]:
            raise self._changed("another file stands in its place")
        if now.size != self._begun.size:
            raise self._changed(f"it had {self._begun.size:,} bytes and has {now.size:,}")
        if now != self._begun:
            raise self._changed("it was written to")

    def _changed(self, how: str) -> UsageError:
        return UsageError(f"{self.name}: the file changed while it was read ({how}); {_WAY_OUT}")


def _open(part: Input) -> IO[bytes]:
    if part != STANDARD:
        return part.open("rb")
    # a program that was started without one has none
    if sys.stdin is None:
        raise UsageError("standard input is closed; name a file, or pipe one in")
    return sys.stdin.buffer


def _status(stream: IO[bytes]) -> os.stat_result | None:
    try:
        return os.fstat(stream.fileno())
    except OSError:
        return None


def _state(status: os.stat_result) -> FileState:
    return FileState(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
