"""Packed files as a stream of what is inside."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Sequence

import pyarrow as pa
import pytest

from grading.errors import UsageError
from grading.formats.compressed import refuse_inside, unpacked

TABLE = b"id,mr_eroa_cm2\n" + b"".join(b"%d,0.%02d\n" % (row, row * 7919 % 100) for row in range(40_000))


def archive(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as packed:
        for name, data in files:
            packed.writestr(name, data)
    return stream.getvalue()


def zstd(data: bytes) -> bytes:
    packed: bytes = pa.compress(data, "zstd", asbytes=True)
    return packed


def read(data: bytes, kind: str, size: int = -1, most: int = 1 << 40) -> tuple[bytes, str]:
    with unpacked(io.BytesIO(data), kind, most) as (inside, name):
        return b"".join(iter(lambda: inside.read(size), b"")), name


@pytest.mark.parametrize("size", [-1, 1000, 100_000])
@pytest.mark.parametrize(
    ("data", "kind", "expected", "name"),
    [
        pytest.param(gzip.compress(TABLE, mtime=0), "gzip", TABLE, "", id="gzip"),
        pytest.param(gzip.compress(TABLE, mtime=0) * 2, "gzip", TABLE * 2, "", id="gzip of two parts"),
        pytest.param(zstd(TABLE), "zstd", TABLE, "", id="zstd"),
        pytest.param(zstd(TABLE) * 2, "zstd", TABLE * 2, "", id="zstd of two parts"),
        pytest.param(archive(("sub/a.csv", TABLE)), "zip", TABLE, "a.csv", id="zip"),
        pytest.param(archive(("a.csv", TABLE), method=zipfile.ZIP_STORED), "zip", TABLE, "a.csv", id="zip, stored"),
        pytest.param(archive(("a.csv", TABLE), ("__MACOSX/._a.csv", b"x"), (".DS_Store", b"x"), ("sub/", b"")), "zip", TABLE, "a.csv", id="zip of a Mac"),
        pytest.param(gzip.compress(b"", mtime=0), "gzip", b"", "", id="nothing"),
    ],
)  # fmt: skip
def test_what_is_inside(data: bytes, kind: str, expected: bytes, name: str, size: int) -> None:
    assert read(data, kind, size) == (expected, name)


def test_lines_are_read_as_from_a_file() -> None:
    with unpacked(io.BytesIO(gzip.compress(TABLE, mtime=0)), "gzip") as (inside, _):
        assert list(io.BufferedReader(inside))[:2] == [b"id,mr_eroa_cm2\n", b"0,0.00\n"]


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


def locked() -> bytes:
    data = bytearray(archive(("a.csv", TABLE)))
    data[6] |= 1
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def many(count: int) -> Sequence[tuple[str, bytes]]:
    return [(f"{place}.csv", b"") for place in range(count)]


DAMAGED, BOMB = "the packed file is damaged or cut short; get it anew", bytes(200_000_000)


@pytest.mark.parametrize(
    ("data", "kind", "message"),
    [
        pytest.param(gzip.compress(TABLE, mtime=0)[:-4], "gzip", DAMAGED, id="gzip without its end"),
        pytest.param(gzip.compress(TABLE, mtime=0)[:5000], "gzip", DAMAGED, id="half of gzip"),
        pytest.param(flipped(gzip.compress(TABLE, mtime=0), 9000), "gzip", DAMAGED, id="gzip, a byte changed"),
        pytest.param(gzip.compress(TABLE, mtime=0) + b"more", "gzip", DAMAGED, id="gzip and more"),
        pytest.param(zstd(TABLE)[:5000], "zstd", DAMAGED, id="half of zstd"),
        pytest.param(archive(("a.csv", TABLE))[:-30], "zip", "this is a damaged zip archive", id="zip without its end"),
        pytest.param(flipped(archive(("a.csv", TABLE)), 9000), "zip", DAMAGED, id="zip, a byte changed"),
        pytest.param(b"PK\x03\x04", "zip", "this is a damaged zip archive", id="the mark of zip"),
        pytest.param(archive(), "zip", "this one holds 0; unpack it", id="an empty archive"),
        pytest.param(archive(*many(3)), "zip", "this one holds 3: '0.csv', '1.csv', '2.csv'; unpack it", id="three files"),
        pytest.param(archive(*many(25_000)), "zip", "this zip archive holds thousands of files", id="thousands of files"),
        pytest.param(locked(), "zip", "the zip archive is locked with a password", id="locked"),
        pytest.param(gzip.compress(BOMB, mtime=0), "gzip", "expands from", id="gzip bomb"),
        pytest.param(zstd(BOMB), "zstd", "expands from", id="zstd bomb"),
        pytest.param(archive(("a.csv", BOMB)), "zip", "expands from", id="zip bomb"),
    ],
)  # fmt: skip
def test_refusals(data: bytes, kind: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        read(data, kind, 1 << 20)
    assert message in str(error.value)


def test_no_more_than_allowed() -> None:
    with pytest.raises(UsageError, match="expands to more than 1,000 bytes"):
        read(gzip.compress(TABLE, mtime=0), "gzip", 100, 1000)


def test_an_archive_that_comes_in_cannot_be_read() -> None:
    class Pipe(io.RawIOBase):
        def seekable(self) -> bool:
            return False

    with pytest.raises(UsageError, match="a zip archive cannot be read as it comes in"), unpacked(Pipe(), "zip"):  # type: ignore[arg-type]
        pass


@pytest.mark.parametrize(
    ("head", "message"),
    [(b"id,mr_eroa\n", ""), (b'{"resourceType": "Bundle"}', ""), (gzip.compress(b"id", mtime=0), "what is packed 'a' is a file packed with gzip; unpack it and give that")],
)  # fmt: skip
def test_packed_twice(head: bytes, message: str) -> None:
    try:
        refuse_inside(head, "a")
        said = ""
    except UsageError as error:
        said = str(error)
    assert said == message
