"""In which encoding a CSV file is, and which encodings can be spliced byte for byte."""

from __future__ import annotations

from grading.errors import UsageError

#: with what begins a character in an encoding that writes some with ASCII alone
_ASCII = "".join(map(chr, range(128))) + "\\u0041+AGE-~{!!~}\x1b$B!!\x1b(B"


_ASCII_BYTES = _ASCII.encode("ascii")


#: what may follow the first byte of a character in the encodings of East Asia
_SECOND_BYTES = "".join(map(chr, range(0x30, 0x80)))


def encoding_of(start: bytes) -> str:
    """UTF-8 when the bytes are, else Windows-1252."""
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        # a block may end inside a character
        if error.start < len(start) - 4:
            return "cp1252"
    return "utf-8"


def refuse_encoding(encoding: str, delimiter: str) -> None:
    """Only encodings can be spliced in which every ASCII byte stands for itself alone. Raises UsageError."""
    try:
        spliced = _ASCII.encode(encoding) == _ASCII_BYTES and _ASCII_BYTES.decode(encoding) == _ASCII
        several = len(bytes(range(256)).decode(encoding, "replace")) < 256
    except LookupError as error:
        raise UsageError(f"no encoding {encoding!r}; try utf-8, cp1252 or utf-16", about="encoding") from error
    except Exception:
        # what a codec comes to that was not made for text is of no one kind
        spliced = several = False
    if not spliced:
        raise UsageError(f"{encoding} is not read; save the file as CSV UTF-8", about="encoding")
    if several and delimiter in _SECOND_BYTES and encoding.casefold().replace("_", "-") not in ("utf-8", "utf8"):
        raise UsageError(
            f"{delimiter!r} can be part of a character in {encoding}; save the file as CSV UTF-8", about="encoding"
        )
