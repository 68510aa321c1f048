"""The command in a process of its own in which one operation fails: the n-th open, read, write, fsync, rename, or
allocation, wherever it falls in the program, the libraries it loads, or what it starts.

Files are opened through Python's own classes, so their reads and writes can be counted there. Memory runs out in the
n-th call of a function of the program: a MemoryError comes from any of them in the same way.
"""

from __future__ import annotations

import builtins
import errno
import io
import itertools
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.forked_command import Ended, end, run_command

#: what an operation that fails says, as the system would
ERRORS = {
    "open": errno.EMFILE,
    "read": errno.EIO,
    "write": errno.ENOSPC,
    "fsync": errno.EIO,
    "rename": errno.EACCES,
}
KINDS = (*ERRORS, "memory")
#: what a run loads as it goes, so that what fails is a file of its own and not one of Python's
LOADED = (
    "grading.cli.main",
    "grading.cli.grade",
    "grading.batch.run",
    "grading.rows.schema",
    "pandera.pandas",
    "typer.main",
)
_PACKAGE = str(Path(__file__).parents[2] / "grading")


class Fault:
    """Fails at the `number`-th of all operations of one kind; counts them."""

    def __init__(self, kind: str, number: int) -> None:
        self.kind, self._number = kind, number
        self._counter, self.passed = itertools.count(1), 0

    def step(self, path: object = None) -> None:
        """One operation. Raises OSError or MemoryError when it is its turn."""
        self.passed = next(self._counter)
        if self.passed != self._number:
            return
        if self.kind == "memory":
            raise MemoryError
        number = ERRORS[self.kind]
        raise OSError(number, os.strerror(number), *([str(path)] if isinstance(path, str | Path) else []))


def _install(fault: Fault, told: Path) -> None:
    """Put the fault in the place of what it counts, but for what is `told` to the test."""
    if fault.kind == "open":

        def heard(event: str, given: tuple[Any, ...]) -> None:
            if event == "open" and not str(given[0]).startswith(str(told)):
                fault.step(given[0])

        sys.addaudithook(heard)
    elif fault.kind in ("read", "write"):
        io.open = builtins.open = _opener(fault)  # type: ignore[assignment]
    elif fault.kind == "fsync":
        os.fsync = _before(fault, os.fsync)
    elif fault.kind == "rename":
        os.replace, os.rename = _before(fault, os.replace), _before(fault, os.rename)
    else:
        sys.setprofile(_profiler(fault))
        threading.setprofile(_profiler(fault))


def _before(fault: Fault, function: Callable[..., Any]) -> Callable[..., Any]:
    def stepped(*given: Any, **options: Any) -> Any:
        fault.step()
        return function(*given, **options)

    return stepped


def _opener(fault: Fault) -> Callable[..., Any]:
    """`open`, of which the n-th read or write of a binary file fails."""
    usual = io.open

    class Failing(io.FileIO):
        def readinto(self, buffer: Any) -> int | None:
            if fault.kind == "read":
                fault.step()
            return super().readinto(buffer)

        def readall(self) -> bytes:
            if fault.kind == "read":
                fault.step()
            return super().readall()

        def write(self, data: Any) -> int:
            if fault.kind == "write":
                fault.step()
            return super().write(data)

    def opened(file: Any, mode: str = "r", buffering: int = -1, *given: Any, **options: Any) -> Any:
        if "b" not in mode or "+" in mode or buffering == 0 or any(given) or set(options) - {"closefd"}:
            return usual(file, mode, buffering, *given, **options)
        raw = Failing(file, mode.replace("b", ""), **options)
        size = buffering if buffering > 1 else io.DEFAULT_BUFFER_SIZE
        return io.BufferedReader(raw, size) if "r" in mode else io.BufferedWriter(raw, size)

    return opened


def _profiler(fault: Fault) -> Callable[[Any, str, object], None]:
    def profile(frame: Any, event: str, _: object) -> None:
        # before the program's own first line there is nobody to say a sentence
        if event == "call" and frame.f_code.co_filename.startswith(_PACKAGE) and frame.f_code.co_name != "main":
            fault.step()

    return profile


def _failing(words: list[str], told: Path, kind: str, number: int) -> None:
    fault = Fault(kind, number)
    _install(fault, told)
    try:
        run_command(words, told, None)
    finally:
        sys.setprofile(None)
        fault._number = 0
        (told / "passed").write_text(str(fault.passed))


def run_failing(told: Path, kind: str, number: int, *words: object) -> tuple[Ended, bool]:
    """`echograde WORDS`, of which the `number`-th operation of a kind fails, and whether there were so many."""
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([*LOADED, "support.forked_command", "support.failing"])
    process = forks.Process(target=_failing, args=([str(word) for word in words], told, kind, number))
    process.start()
    ended = end(process, told, seconds=120)
    return ended, int((told / "passed").read_text()) >= number
