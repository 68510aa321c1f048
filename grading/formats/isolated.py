"""Reading untrusted bytes in a process of its own, with limits on memory and time.

Parsers of binary formats can be made to abort, to loop or to ask for all memory. In a child none of that reaches the
program: the tables come through a pipe, and every way in which the child can end early is a UsageError.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from grading.errors import UsageError
from grading.formats.reader_process import (
    ASKED_TO_STOP,
    FACTS,
    FRAME,
    REFUSAL,
    WAY_OUT,
    Facts,
    Limits,
    reader_of,
    unreadable,
    validated,
)

#: a frame longer than this is none of ours
_LONGEST_FRAME = 1 << 32


@dataclass(slots=True, kw_only=True)
class Reading:
    """The tables that a reader makes of a file, to be iterated once, inside `with`; `facts` are complete afterwards.

    Args:
        reader: 'grading.formats.excel:sheet_tables'.
        source: the file, open or not, its bytes, or None for a reader that finds its files by its options.
        name: what the file is called in sentences.
        what: 'an Excel workbook', for sentences.
        options: keyword arguments of the reader that JSON can hold.
        limits: by default, those that suit the size of the file.
        isolate: False reads in this process, for bytes that are trusted.
    Raises:
        UsageError: what the reader refuses, and every other end before the last table.
    """

    reader: str
    source: Path | IO[bytes] | bytes | None
    name: str
    what: str
    options: Mapping[str, Any] = field(default_factory=dict)
    limits: Limits | None = None
    isolate: bool = True
    facts: Facts = field(default_factory=dict)
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    @property
    def _limits(self) -> Limits:
        return self.limits or limits_for(self.source)

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __iter__(self) -> Iterator[pa.Table]:
        return self._from_child() if self.isolate else self._here()

    def _here(self) -> Iterator[pa.Table]:
        stream = self._stack.enter_context(_open(self.source))
        try:
            self.facts |= yield from validated(reader_of(self.reader)(stream, **self.options))
        except UsageError as error:
            raise UsageError(f"{self.name}: {error}") from error
        except ASKED_TO_STOP:
            raise
        except BaseException as error:
            raise UsageError(f"{self.name}: {unreadable(error)}") from error

    def _from_child(self) -> Iterator[pa.Table]:
        child = self._start()
        while True:
            kind, data = self._frame(child)
            if kind == REFUSAL:
                raise UsageError(f"{self.name}: {data.decode()}")
            if kind == FACTS:
                self.facts |= json.loads(data)
                return
            yield self._table(data)

    def _table(self, data: bytes) -> pa.Table:
        try:
            table = pa.ipc.open_stream(pa.py_buffer(data)).read_all()
            table.validate(full=True)
        except Exception as error:
            raise UsageError(f"{self.name}: {unreadable(error)}") from error
        return table

    def _start(self) -> subprocess.Popen[bytes]:
        request = {"reader": self.reader, "options": dict(self.options), "limits": asdict(self._limits)}
        stdin: Any = subprocess.PIPE
        if not isinstance(self.source, bytes):
            stdin = self._stack.enter_context(_open(self.source))
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "grading.formats.reader_process", json.dumps(request)],
            stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(),
        )  # fmt: skip
        self._stack.callback(_end, child)
        if isinstance(self.source, bytes):
            threading.Thread(target=_feed, args=(child.stdin, self.source), daemon=True).start()
        return child

    def _frame(self, child: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
        assert child.stdout is not None
        silent = threading.Event()
        watch = threading.Timer(self._limits.silent_seconds, _give_up, (child, silent))
        watch.start()
        try:
            head = child.stdout.read(FRAME.size)
            kind, size = FRAME.unpack(head) if len(head) == FRAME.size else (b"", 0)
            data = child.stdout.read(size) if kind and size <= _LONGEST_FRAME else b""
        finally:
            watch.cancel()
        if not kind or len(data) < size:
            waited = f"the reader gave no sign of life for {self._limits.silent_seconds:g} s"
            why = waited if silent.is_set() else _why_ended(child.wait(), self._limits)
            raise UsageError(f"{self.name}: {why}, reading {self.what}; {WAY_OUT}")
        return kind, data


def limits_for(source: Path | IO[bytes] | bytes | None) -> Limits:
    """Half a minute, and 2 s for every megabyte: some ten times what a file takes that is what it seems."""
    if source is None or isinstance(source, bytes):
        size = len(source or b"")
    else:
        size = source.stat().st_size if isinstance(source, Path) else source.seek(0, os.SEEK_END)
    return Limits(cpu_seconds=30 + 2 * (size >> 20))


@contextlib.contextmanager
def _open(source: Path | IO[bytes] | bytes | None) -> Iterator[IO[bytes]]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    elif source is None or isinstance(source, Path):
        with open(source or os.devnull, "rb") as stream:
            yield stream
    else:
        source.seek(0)
        yield source


def _environment() -> dict[str, str]:
    """This process's module path, and a memory pool whose use the limit can see."""
    path = os.pathsep.join(os.path.abspath(place) for place in sys.path)
    return {**os.environ, "PYTHONPATH": path, "ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1"}


def _feed(stdin: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError), stdin:
        stdin.write(data)


def _give_up(child: subprocess.Popen[bytes], silent: threading.Event) -> None:
    silent.set()
    child.kill()


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    for pipe in (child.stdout, child.stdin):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _why_ended(code: int, limits: Limits) -> str:
    """Why a child ended that should not have, by its exit code."""
    if code >= 0:
        return f"the reader ended early (exit {code})"
    if -code == getattr(signal, "SIGXCPU", 0):
        return f"the reader needed more than {limits.cpu_seconds} s"
    if -code == getattr(signal, "SIGKILL", 9):
        return "the system ended the reader, most likely for want of memory"
    names = {number.value: number.name for number in signal.Signals}
    return f"the reader broke off ({names.get(-code, -code)}), as a damaged file makes it do"
