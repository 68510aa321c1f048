"""UTF-16 files: read as UTF-8, and written as UTF-16 again."""

from __future__ import annotations

import codecs
import io
from typing import IO, Protocol

from grading.errors import UsageError

#: byte order mark -> encoding
UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


class Readable(Protocol):
    """What a CSV file is read from."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, none at the end."""


class Chained:
    """Bytes that were read already, and then the stream they came from."""

    def __init__(self, start: bytes, stream: Readable) -> None:
        self.start, self.stream = io.BytesIO(start), stream

    def read(self, size: int, /) -> bytes:
        return self.start.read(size) or self.stream.read(size)


class Utf16Stream:
    """A UTF-16 stream read as UTF-8."""

    def __init__(self, stream: Readable, encoding: str, name: str) -> None:
        self.stream, self.name, self.line = stream, name, 1
        self.encoding = encoding
        self.decoder = codecs.getincrementaldecoder(encoding)()

    def read(self, size: int, /) -> bytes:
        """About `size` bytes, none at the end. Raises UsageError where the bytes are no text."""
        while True:
            more = self.stream.read(size)
            try:
                text = self.decoder.decode(more, final=not more)
            except UnicodeDecodeError as error:
                line = self.line + error.object[: error.start].decode(self.encoding).count("\n")
                said = "the file breaks off or is no UTF-16; save it as CSV UTF-8"
                raise UsageError(f"{self.name}: line {line}: {said}") from error
            self.line += text.count("\n")
            if text or not more:
                return text.encode("utf-8")


def recoding(out: IO[bytes], encoding: str) -> IO[bytes]:
    """Where spliced bytes are written: the stream itself, or one that turns them back into UTF-16."""
    return _Utf16Writer(out, encoding) if encoding else out  # type: ignore[return-value]


class _Utf16Writer:
    """UTF-8 bytes of whole records written as UTF-16, with its mark at the start."""

    def __init__(self, out: IO[bytes], encoding: str) -> None:
        self.out, self.encoding = out, encoding
        self.out.write("\ufeff".encode(encoding))

    def write(self, data: object) -> int:
        return self.out.write(bytes(data).decode("utf-8").encode(self.encoding))  # type: ignore[call-overload]
