"""Inputs as no program writes them: seeds with bytes changed, cut, doubled and swapped, also inside of archives."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

#: numbers that readers stumble over, as they stand in binary formats
ODD = (
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\0\0\0\x80",
    b"\1\0\0\0",
    b"\xff\xff",
    b"\0\x80",
    b"\xfe\xff",
)
#: texts that readers stumble over
WORDS = (
    b"1e400", b"-1", b"99999999999999999999", b"NaN", b"null", b"[" * 50, b"{", b"&#x0;", b"&amp;", b'"', b"<", b">", b"\xff\xfe",
    b"XFD1048576", b"A0", b"1048577", b"\xed\xa0\x80", b"%", b"true", b"http://loinc.org", b"FALSE", b"#N/A",
)  # fmt: skip


def mutated(data: bytes, draw: random.Random) -> bytes:
    """The data with one to some changes."""
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 4, 16))):
        if changed:
            draw.choice(CHANGES)(changed, draw.randrange(len(changed)), draw)
    return bytes(changed)


def _flip(data: bytearray, at: int, draw: random.Random) -> None:
    data[at] ^= 1 << draw.randrange(8)


def _replace(data: bytearray, at: int, draw: random.Random) -> None:
    odd = draw.choice(ODD + WORDS)
    data[at : at + len(odd)] = odd


def _insert(data: bytearray, at: int, draw: random.Random) -> None:
    data[at:at] = draw.choice(ODD + WORDS)


def _delete(data: bytearray, at: int, draw: random.Random) -> None:
    del data[at : at + draw.choice((1, 2, 4, 64, 512))]


def _double(data: bytearray, at: int, draw: random.Random) -> None:
    part = data[at : at + draw.choice((1, 8, 128, 1024))]
    data[at:at] = part * draw.choice((1, 2, 20))


def _cut(data: bytearray, at: int, draw: random.Random) -> None:
    if draw.random() < 0.3:
        del data[at:]


def _swap(data: bytearray, at: int, draw: random.Random) -> None:
    other, size = draw.randrange(len(data)), draw.choice((4, 32))
    data[at : at + size], data[other : other + size] = data[other : other + size], data[at : at + size]


Change = Callable[[bytearray, int, random.Random], None]
CHANGES: tuple[Change, ...] = (_flip, _flip, _replace, _replace, _insert, _delete, _double, _cut, _swap)


def mutated_archive(data: bytes, draw: random.Random) -> bytes:
    """The archive with one member changed, so that the archive itself is whole; at times its own bytes, as always where
    it is a broken one."""
    if draw.random() < 0.25 or not zipfile.is_zipfile(io.BytesIO(data)):
        return mutated(data, draw)
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        unlucky = draw.choice([name for name in names if "sheet" in name or "content" in name] or names)
        unlucky = draw.choice(names) if draw.random() < 0.4 else unlucky
        for name in names:
            if name == unlucky and draw.random() < 0.05:
                continue
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            new.writestr(name, mutated(old.read(name), draw) if name == unlucky else old.read(name), method)
    return stream.getvalue()
