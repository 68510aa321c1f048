"""Files that stand in their place whole or not at all, on the disk itself, and as private as they were."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

from grading.errors import UsageError
from grading.formats.upload import STANDARD, Input

#: never through a link, never a file that is there already, never handed to a child
_NEW_FILE: Final = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)  # fmt: skip


class WholeFile:
    """A file that is written under a name of its own, which nobody can guess, until `put_in_place`.

    A file that it replaces leaves it its permissions. A new one is never more open than `permissions` (those of the
    input it comes from; None: it has none) and the umask allow, but for its owner. It joins the files `among` which
    it is discarded before it is there, so that no interrupt comes in between. Raises OSError where it cannot be
    written, UsageError where a link stands in its place.
    """

    stream: IO[bytes]

    def __init__(self, target: Path, permissions: int | None = None, among: list[WholeFile] | None = None) -> None:
        refuse_link(target)
        self.target = target
        self._replaced = _status(target)
        name = f".echograde-{secrets.token_hex(8)}"
        self._path, self._before = target.with_name(f"{name}.part"), target.with_name(f"{name}.before")
        mode = 0o600 if self._replaced is not None else 0o666 if permissions is None else permissions & 0o666 | 0o600
        among = [] if among is None else among
        among.append(self)
        try:
            descriptor = os.open(self._path, _NEW_FILE, mode)
        except FileExistsError:
            # it is somebody else's
            among.remove(self)
            raise
        self.stream = os.fdopen(descriptor, "wb")

    def finish(self) -> None:
        """Bring everything to the disk, and give the file the permissions it shall have."""
        if self.stream.closed:
            return
        self.stream.flush()
        if self._replaced is not None:
            _keep_permissions(self.stream.fileno(), self._replaced)
        os.fsync(self.stream.fileno())
        self.stream.close()

    def put_in_place(self) -> None:
        """Take the place of the target. Raises OSError, and UsageError where a link has come to stand there."""
        self.finish()
        refuse_link(self.target)
        # a file system without a second name for a file has no way back
        with contextlib.suppress(OSError):
            os.link(self.target, self._before)
        os.replace(self._path, self.target)

    def take_back(self) -> None:
        """Put back what stood in the place, where it was taken."""
        if self._path.exists():
            return
        with contextlib.suppress(OSError):
            if self._before.exists():
                os.replace(self._before, self.target)
            elif self._replaced is None:
                self.target.unlink()

    def discard(self) -> None:
        """Remove what did not get its place, and the way back; nothing else where it did."""
        with contextlib.suppress(OSError, AttributeError):
            # an interrupt may come before there is a stream
            self.stream.close()
        for path in (self._path, self._before):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def permissions_of(part: Input) -> int | None:
    """Who may read and write a file of a disk; None for what is none. Raises OSError."""
    return stat.S_IMODE(part.stat().st_mode) if isinstance(part, Path) and part != STANDARD else None


def put_in_place(files: Sequence[WholeFile]) -> None:
    """All files in their place, in their order, once all of them are whole, and the folder on the disk; or what stood
    there before. Raises OSError and UsageError."""
    for file in files:
        file.finish()
    try:
        for file in files:
            file.put_in_place()
        for folder in {file.target.parent for file in files}:
            _sync_folder(folder)
    except BaseException:
        for file in files:
            file.take_back()
        raise
    finally:
        for file in files:
            file.discard()


def write_whole(target: Path, data: bytes, permissions: int | None = None) -> None:
    """Write a whole file or nothing. Raises OSError and UsageError."""
    files: list[WholeFile] = []
    try:
        WholeFile(target, permissions, files).stream.write(data)
        put_in_place(files)
    finally:
        for file in files:
            file.discard()


def refuse_link(target: Path) -> None:
    """Raises UsageError where a link stands: it would be replaced, or something be written where nobody looks."""
    if target.is_symlink():
        raise UsageError(f"{target} is a link to {os.readlink(target)}; name that file itself")


def _status(target: Path) -> os.stat_result | None:
    try:
        return target.lstat()
    except FileNotFoundError:
        return None


def _keep_permissions(descriptor: int, replaced: os.stat_result) -> None:
    """The permissions of the file that is replaced, and its owner and group where that is allowed."""
    if not hasattr(os, "fchmod"):
        return
    mode, now = stat.S_IMODE(replaced.st_mode) & 0o777, os.fstat(descriptor)
    for owner, group in ((replaced.st_uid, replaced.st_gid), (-1, replaced.st_gid)):
        if (now.st_uid, now.st_gid) == (replaced.st_uid, replaced.st_gid):
            break
        with contextlib.suppress(OSError):
            os.fchown(descriptor, owner, group)
            now = os.fstat(descriptor)
    # what was for one group is not for another
    os.fchmod(descriptor, mode if now.st_gid == replaced.st_gid else mode & 0o707)


def _sync_folder(folder: Path) -> None:
    """Bring the names of a folder to the disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
