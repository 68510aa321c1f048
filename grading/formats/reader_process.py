"""The process that a reader of untrusted bytes runs in: `python -P -m grading.formats.reader_process REQUEST`.

A reader is a generator function of this package, `read(stream, **options)`: it yields tables, at least one, and returns
facts (a dictionary that JSON can hold). Standard input is the file; standard output are frames: a letter, a length, and
that many bytes. The parent's side is `grading.formats.isolated`.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import signal
import struct
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from grading.errors import UsageError
from grading.formats.pyarrow_alone import NoPandas

#: what stands before the bytes of a frame: what they are, and how many
FRAME = struct.Struct("<cQ")
#: an Arrow stream of one table; JSON, after the last table; a sentence, instead of what is still to come
TABLE, FACTS, REFUSAL = b"T", b"F", b"R"
WAY_OUT = "save the file anew with the program that wrote it, or as CSV UTF-8"

Facts = dict[str, Any]
Reader = Callable[..., Generator[pa.Table, None, Facts]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: address space beyond what its own code takes [bytes], processor time, and time without a
    sign of life [s]. Where the system has no such limits (Windows), the last one holds."""

    memory: int = 3 << 30
    cpu_seconds: int = 120
    silent_seconds: float = 300.0


def reader_of(path: str) -> Reader:
    """The reader called 'grading.formats.excel:sheet_tables'."""
    module, _, name = path.partition(":")
    reader: Reader = getattr(importlib.import_module(module), name)
    return reader


def validated(tables: Generator[pa.Table, None, Facts]) -> Generator[pa.Table, None, Facts]:
    """The tables of a reader, each checked to be what it says: text that is UTF-8, codes that are in their dictionary.

    Raises ArrowInvalid, or what the check itself comes to.
    """
    while True:
        try:
            table = next(tables)
        except StopIteration as end:
            return dict(end.value or {})
        table.validate(full=True)
        yield table


#: what is no end of a reader
ASKED_TO_STOP = (KeyboardInterrupt, SystemExit, GeneratorExit)


def unreadable(error: BaseException) -> str:
    """Why a file cannot be read, as a sentence without its name, for an error that a parser came to."""
    if isinstance(error, MemoryError):
        return f"needs more memory to be read than is allowed; {WAY_OUT}"
    if isinstance(error, RecursionError):
        return f"is nested too deeply to be read; {WAY_OUT}"
    # the panic of a parser written in Rust is no Exception, and speaks of its own source
    text = " ".join(str(error).split())[:200] if isinstance(error, Exception) else "the reader broke off"
    return f"cannot be read (damaged, cut short or not what it seems: {text or type(error).__name__}); {WAY_OUT}"


def limit(limits: Limits) -> None:
    """Limit this process for good, as far as the system can: memory, time, and no core dump of what it holds."""
    if sys.platform == "win32":
        return
    import resource

    def lower(kind: int, soft: int, hard: int) -> None:
        now = resource.getrlimit(kind)[1]
        allowed = [hard] if now == resource.RLIM_INFINITY else [hard, now]
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (min(soft, *allowed), min(allowed)))

    lower(resource.RLIMIT_CORE, 0, 0)
    # the soft limit names its reason by its signal, the hard one would only kill
    lower(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 5)
    memory = limits.memory + _address_space()
    lower(resource.RLIMIT_AS, memory, memory)


def _address_space() -> int:
    """What this process has mapped already [bytes]; a guess where the system does not say."""
    with contextlib.suppress(OSError, ValueError):
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return 1 << 30


def main(request: str) -> None:
    """Run the reader that the request names and write its frames to what was standard output."""
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no frame
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wanted = json.loads(request)
    pa.set_cpu_count(1)
    sys.meta_path.insert(0, NoPandas())
    try:
        reader = reader_of(wanted["reader"])
        limit(Limits(**wanted["limits"]))
        stream = sys.stdin.buffer if sys.stdin.buffer.seekable() else io.BytesIO(sys.stdin.buffer.read())
        facts = _send(results, reader(stream, **wanted["options"]))
        kind, data = FACTS, json.dumps(facts).encode()
    except UsageError as error:
        kind, data = REFUSAL, str(error).encode()
    except ASKED_TO_STOP:
        raise
    except BaseException as error:
        kind, data = REFUSAL, unreadable(error).encode()
    results.write(FRAME.pack(kind, len(data)) + data)
    results.close()


def _send(results: IO[bytes], tables: Generator[pa.Table, None, Facts]) -> Facts:
    while True:
        try:
            table = next(tables)
        except StopIteration as end:
            return dict(end.value or {})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        data = sink.getvalue()
        results.write(FRAME.pack(TABLE, data.size))
        results.write(data)
        results.flush()


if __name__ == "__main__":
    main(sys.argv[1])
