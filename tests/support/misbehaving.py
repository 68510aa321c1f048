"""Readers that do in a child what a parser of hostile bytes can be made to do."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Generator
from typing import IO, Any

import pyarrow as pa

TABLE = pa.table({"a": ["1", None, "3"]})
Tables = Generator[pa.Table, None, dict[str, Any]]


def well(stream: IO[bytes], times: int = 1) -> Tables:
    """Says what it read, and prints what no frame may hold."""
    for _ in range(times):
        print("a library speaks")
        os.write(1, b"and writes")
        yield TABLE
    data = stream.read()
    stream.seek(0)
    return {"size": len(data), "again": len(stream.read()), "pandas": "pandas" in sys.modules}


def abort(_: IO[bytes]) -> Tables:
    """As a failed assertion in C does."""
    yield TABLE
    os.abort()


def segfault(_: IO[bytes]) -> Tables:
    """As a pointer into nowhere does."""
    os.kill(os.getpid(), signal.SIGSEGV)
    yield TABLE


def leave(_: IO[bytes]) -> Tables:
    """As a library does that thinks the process its own."""
    os._exit(3)
    yield TABLE


def loop(_: IO[bytes]) -> Tables:
    """Never ends."""
    while True:
        pass
    yield TABLE


def sleep(_: IO[bytes]) -> Tables:
    """Does nothing."""
    time.sleep(60)
    yield TABLE


def fill(_: IO[bytes]) -> Tables:
    """Asks for more memory than there may be."""
    held = [bytearray(1 << 26) for _ in range(1000)]
    yield TABLE
    return {"held": len(held)}


def arrow_fill(_: IO[bytes]) -> Tables:
    """The same by Arrow."""
    yield pa.table({"a": pa.nulls(10**10, pa.int64())})
    return {}


def nest(_: IO[bytes]) -> Tables:
    """Goes too deep."""

    def deeper(depth: int) -> int:
        return deeper(depth + 1)

    yield TABLE
    return {"depth": deeper(0)}


def break_off(_: IO[bytes]) -> Tables:
    """Finds something that its writer did not foresee."""
    yield TABLE
    raise KeyError("a\nkey")


def half_a_frame(_: IO[bytes]) -> Tables:
    """Ends in the midst of an answer."""
    for number in range(3, 64):
        try:
            os.write(number, b"T\xff\xff\0\0\0\0\0\0half")
        except OSError:
            continue
    os._exit(0)
    yield TABLE


def endless(_: IO[bytes]) -> Tables:
    """Gives tables without end."""
    while True:
        yield TABLE
