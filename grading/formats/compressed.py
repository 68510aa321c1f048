"""Files packed with gzip, zstd or zip, as a stream of what is inside; nothing is unpacked to disk or held whole.

What expands too far is refused while it is read: a table of measurements shrinks some tenfold, a bomb a thousandfold.
"""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO

import pyarrow as pa

from grading.errors import UsageError, listed
from grading.formats.kind import HEAD_BYTES, KINDS, kind_of

PACKED = ("gzip", "zstd", "zip")
#: what is this many times larger than it is stored, and is this large, is no table of measurements; and the most at all
MOST_EXPANSION, LARGE, MOST_BYTES = 500, 100_000_000, 1 << 40
#: the list of members of an archive that holds one file is shorter than this
_LONGEST_DIRECTORY = 1 << 20
#: files of an archive that are looked at to know what it holds
_LOOKED_AT = 20
#: what archivers add of their own
_NOT_FILES = ("__MACOSX/", ".DS_Store", "desktop.ini", "Thumbs.db")


class Unpacked(io.RawIOBase):
    """What is inside a packed stream, read forwards.

    Raises UsageError from `read` when it is damaged, is cut short or expands too far.
    """

    def __init__(self, inside: IO[bytes], outside: _Counted, most_bytes: int = MOST_BYTES) -> None:
        super().__init__()
        self._inside, self._outside, self._most = inside, outside, most_bytes
        self._given = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(1 << 20), b""))
        try:
            data = self._inside.read(min(size, 1 << 24))
        except UsageError:
            raise
        except Exception as error:  # each way of packing has errors of its own
            raise UsageError("the packed file is damaged or cut short; get it anew") from error
        self._given += len(data)
        self._refuse_expansion()
        return data

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _refuse_expansion(self) -> None:
        taken = max(self._outside.taken, 1)
        if self._given > LARGE and self._given > MOST_EXPANSION * taken:
            sizes = f"{taken:,} to more than {self._given:,} bytes"
            raise UsageError(f"the packed file expands from {sizes}; such a file is not read")
        if self._given > self._most:
            raise UsageError(f"the packed file expands to more than {self._most:,} bytes; such a file is not read")


class _Counted(io.RawIOBase):
    """A stream, and how many bytes were taken from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream, self.taken = stream, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stream.seekable()

    def seek(self, place: int, whence: int = 0, /) -> int:
        return self._stream.seek(place, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size)
        self.taken += len(data)
        return data


@contextlib.contextmanager
def unpacked(stream: IO[bytes], kind: str, most_bytes: int = MOST_BYTES) -> Iterator[tuple[Unpacked, str]]:
    """What is inside a stream of one of the kinds PACKED, and the name of it ('' where none is kept).

    Args:
        stream: the packed bytes, from their start; a zip archive has to be seekable.
        kind: gzip, zstd or zip.
        most_bytes: how much it may come to.
    Raises:
        UsageError: when it is damaged, expands too far, or is an archive of any but one file.

    >>> import gzip
    >>> with unpacked(io.BytesIO(gzip.compress(b"id,mr_eroa")), "gzip") as (inside, name):
    ...     inside.read()
    b'id,mr_eroa'
    """
    outside = _Counted(stream)
    if kind == "zip":
        with _only_member(outside) as (member, name):
            yield Unpacked(member, outside, most_bytes), name
    else:
        with pa.CompressedInputStream(pa.PythonFile(outside, "r"), kind) as inside:
            yield Unpacked(inside, outside, most_bytes), ""


@contextlib.contextmanager
def _only_member(stream: _Counted) -> Iterator[tuple[IO[bytes], str]]:
    if not stream.seekable():
        raise UsageError("a zip archive cannot be read as it comes in; unpack it, or give the file itself")
    _refuse_long_directory(stream)
    try:
        archive = zipfile.ZipFile(stream)
    except Exception as error:
        raise UsageError("this is a damaged zip archive; get it anew") from error
    with archive:
        files = [member for member in archive.infolist() if not _is_extra(member)]
        if len(files) != 1:
            found = f": {listed([one.filename for one in files])}" if files else ""
            raise UsageError(
                f"a zip archive is read when it holds one file; this one holds {len(files)}{found}; "
                "unpack it and give the one that is meant"
            )
        if files[0].flag_bits & 1:
            raise UsageError("the zip archive is locked with a password; unpack it and give the file inside")
        stream.taken = 0
        try:
            member = archive.open(files[0])
        except Exception as error:
            raise UsageError("this is a damaged zip archive, or packed in a way that is not read") from error
        with member:
            yield member, PurePosixPath(files[0].filename).name


def members_of_kind(stream: IO[bytes], kind: str) -> int:
    """How many files a zip archive holds, where one of the first is of a kind; else 0, as for a damaged archive.

    The stream is left at its start. Raises UsageError for an archive of very many files.
    """
    _refuse_long_directory(stream)
    found = 0
    with contextlib.suppress(Exception), zipfile.ZipFile(stream) as archive:
        files = [member for member in archive.infolist() if not _is_extra(member)]
        for member in files[:_LOOKED_AT]:
            with contextlib.suppress(Exception), archive.open(member) as inside:
                head = kind_of(inside.read(HEAD_BYTES))
                found = len(files) if head is not None and head.name == kind else found
    stream.seek(0)
    return found


def _is_extra(member: zipfile.ZipInfo) -> bool:
    name = member.filename
    return name.endswith("/") or name.startswith(_NOT_FILES[0]) or PurePosixPath(name).name in _NOT_FILES


def _refuse_long_directory(stream: _Counted | IO[bytes]) -> None:
    """The end of an archive says how long its list of members is, which would be held whole."""
    size = stream.seek(0, 2)
    stream.seek(max(size - 65_557, 0))
    tail = stream.read(65_557)
    at = tail.rfind(b"PK\x05\x06")
    if at >= 0 and int.from_bytes(tail[at + 12 : at + 16], "little") > _LONGEST_DIRECTORY:
        raise UsageError(
            "this zip archive holds thousands of files; unpack it and give the folder, or the one that is meant"
        )


def refuse_inside(head: bytes, name: str) -> None:
    """Refuse what is packed twice, or packed though it is no text. `head`: the first bytes of what is inside."""
    kind = kind_of(head)
    if kind is not None and kind.name not in ("json", "ndjson", "fhir", "fhir_ndjson"):
        inside = f" {name!r}" if name else ""
        called = KINDS[kind.name].called
        raise UsageError(f"what is packed{inside} is {called}; unpack it and give that")
