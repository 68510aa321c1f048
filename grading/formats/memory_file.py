"""Bytes that are written to memory, and zipped there once they are many: graded rows shrink some tenfold."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from grading.formats.upload import Upload

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

#: what is longer is zipped [bytes]
MOST_PLAIN = 8_000_000
#: the quickest; a higher one saves little of a table of grades and takes several times as long
_LEVEL = 1


class MemoryFile(io.RawIOBase):
    """A file in memory that is written to and then taken as an upload: as it is, or as a zip archive that holds it.

    >>> small, large = MemoryFile("a.csv"), MemoryFile("a.csv", most_plain=3)
    >>> small.write(b"id\\n1\\n"), large.write(b"id\\n1\\n")
    (5, 5)
    >>> small.taken(), large.taken()
    (Upload(name='a.csv', delimiter=None, encoding=None), Upload(name='a.csv.zip', delimiter=None, encoding=None))
    """

    def __init__(self, name: str, most_plain: int = MOST_PLAIN) -> None:
        super().__init__()
        self._name, self._most_plain = name, most_plain
        self._bytes = io.BytesIO()
        self._archive: zipfile.ZipFile | None = None
        self._inside: IO[bytes] = self._bytes

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        count = self._inside.write(data)
        if self._archive is None and self._bytes.tell() > self._most_plain:
            self._pack()
        return count

    def taken(self, delimiter: str | None = None, encoding: str | None = None) -> Upload:
        """What was written, as a file that can be read; nothing is written after that."""
        if self._archive is None:
            return Upload(self._name, self._bytes.getvalue(), delimiter, encoding)
        self._inside.close()
        self._archive.close()
        return Upload(f"{self._name}.zip", self._bytes.getvalue(), delimiter, encoding)

    def _pack(self) -> None:
        """Go on in an archive that begins with what was written so far."""
        plain, self._bytes = self._bytes, io.BytesIO()
        self._archive = zipfile.ZipFile(self._bytes, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        # how long it becomes is not known yet
        self._inside = self._archive.open(self._name, "w", force_zip64=True)
        self._inside.write(plain.getbuffer())


@contextlib.contextmanager
def plain_stream(file: Upload) -> Iterator[IO[bytes]]:
    """What a file holds that `MemoryFile.taken` gave, unpacked as it is read.

    >>> large = MemoryFile("a.csv", most_plain=3)
    >>> _ = large.write(b"id\\n1\\n")
    >>> with plain_stream(large.taken()) as stream:
    ...     stream.read()
    b'id\\n1\\n'
    """
    if file.suffix != ".zip":
        yield file.open()
        return
    with zipfile.ZipFile(file.open()) as archive, archive.open(archive.namelist()[0]) as inside:
        yield inside
