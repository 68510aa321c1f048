"""A file held in memory, as a browser sends one, beside the files of a disk."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import IO, TypeAlias


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in memory. Its name stands in sentences, and its ending says what kind of file it is.

    `delimiter` and `encoding` are how it is written, where that is known beforehand.

    >>> sent = Upload("studies.csv", b"valve,eroa_mm2\\nMR,45\\n")
    >>> sent.stem, sent.suffix, sent.open().read(5)
    ('studies', '.csv', b'valve')
    """

    name: str
    data: bytes = field(repr=False)
    delimiter: str | None = None
    encoding: str | None = None

    def __str__(self) -> str:
        return self.name

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return PurePath(self.name).stem

    @property
    def suffix(self) -> str:
        """The ending of the name, with its point."""
        return PurePath(self.name).suffix

    def open(self, mode: str = "rb") -> IO[bytes]:
        """The bytes as a stream of their own; `mode` is there because a Path has it."""
        return io.BytesIO(self.data)


def together(files: Sequence[Upload], name: str) -> Upload:
    """Several files as one: a zip archive in which they are stored as they are, in their order and under names of
    their own.

    >>> sent = together([Upload("a.dcm", b"1"), Upload("a.dcm", b"2")], "reports.zip")
    >>> zipfile.ZipFile(sent.open()).namelist()
    ['a.dcm', '2 a.dcm']
    """
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        for place, file in enumerate(files, 1):
            taken = file.name in archive.namelist()
            archive.writestr(zipfile.ZipInfo(f"{place} {file.name}" if taken else file.name), file.data)
    return Upload(name, stored.getvalue())


#: what can be read: a file, a folder of files or `-`, or a file in memory
Input: TypeAlias = Path | Upload
#: standard input or output
STANDARD = Path("-")
