"""How a command ends: one sentence on standard error, and an exit code that is true."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from pathlib import Path

from grading.errors import OptionWriter, TableError, UsageError, as_parameter, why, written
from grading.version import VERSION
from grading.writing import printable

DONE, REJECTED, REFUSED, CRASHED = 0, 1, 2, 70


STOPPED = "stopped; nothing was written"


REPORT = "Report it to the maintainers of echograde, please, with the next line and without any data of patients:"


#: the signal of a pipe that nobody reads, where the system has signals
_SIGPIPE = 13


_PACKAGE = Path(__file__).parents[1]


def say(text: str, error: bool = False) -> None:
    """Print a text, with what a terminal would obey written out.

    Raises OSError where standard output takes no more; what standard error does not take is lost.
    """
    stream = sys.stderr if error else sys.stdout
    with contextlib.suppress(OSError, ValueError) if error else contextlib.nullcontext():
        print(printable(text), file=stream, flush=error)


def ended(error: BaseException, stopped: str = STOPPED, write: OptionWriter = as_parameter) -> int:
    """Say in a sentence what ended a command; the exit code."""
    try:
        return _told(error, stopped, write)
    except MemoryError:
        os.write(2, b"echograde: memory ran out\n")
        return CRASHED


def _told(error: BaseException, stopped: str, write: OptionWriter) -> int:
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else REFUSED
    if isinstance(error, UsageError | TableError):
        sentence = written(error.sentence, write) if isinstance(error, UsageError) else str(error)
        say(f"echograde: {sentence}", error=True)
        return REFUSED
    if isinstance(error, KeyboardInterrupt):
        say(f"echograde: {stopped}", error=True)
        return error.args[0] if error.args else 128 + signal.SIGINT
    if isinstance(error, BrokenPipeError):
        return 128 + _SIGPIPE
    if isinstance(error, OSError) and error.errno:
        # the disk, the terminal or the rights, which no program can help
        lost = stopped.removeprefix("stopped; ")
        say(f"echograde: {error.filename or 'standard output'}: {why(error)}; {lost}", error=True)
        return REFUSED
    if hasattr(error, "show") and hasattr(error, "exit_code"):
        # what typer says of arguments: a sentence with the usage before it
        with contextlib.suppress(OSError, ValueError):
            error.show()
        return REFUSED
    say(_crash(error, stopped), error=True)
    return CRASHED


def _crash(error: BaseException, stopped: str) -> str:
    """What is said of an error of the program: where it was, and nothing that was entered."""
    lost = stopped.removeprefix("stopped; ")
    if _is_memory(error):
        problem = f"memory ran out; {lost}. Give the program more, or the file in parts"
    else:
        problem = f"an error of the program itself, not of the file or the arguments; {lost}"
    program = f"echograde {VERSION}, Python {sys.version.split()[0]}, {sys.platform}"
    return f"echograde: {problem}\n{REPORT}\n{program}: {type(error).__name__}{_place(error)}"


def _is_memory(error: BaseException) -> bool:
    """True where memory ran out: what is loaded, and threads that cannot begin, have errors of their own for it."""
    text = str(error).casefold()
    return isinstance(error, MemoryError) or any(
        sign in text for sign in ("memory", "alloc", "map segment", "new thread", "worker thread")
    )


def _place(error: BaseException) -> str:
    """Where in the program an error was: ' at batch/run.py:88, batch/piece.py:101'."""
    frames = [(Path(frame.f_code.co_filename), line) for frame, line in traceback.walk_tb(error.__traceback__)]
    own = [f"{path.relative_to(_PACKAGE).as_posix()}:{line}" for path, line in frames if path.is_relative_to(_PACKAGE)]
    return f" at {', '.join(own[-3:])}" if own else ""
