"""Where the program begins and ends: whatever stops it is one sentence and an exit code that is true.

0 done; 1 done, but some rows (or the case) were rejected; 2 usage or unreadable input, and nothing was done; 70 an
error of the program itself; 128 and the number of the signal that stopped it. Nothing else is imported before it, so
that Ctrl-C is heard while the program is still being loaded.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import NoReturn

from grading.errors import OptionWriter, TableError, UsageError, as_parameter, written
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


class Interrupts:
    """Ctrl-C and a polite kill, which unwind the program; `code` is that of the first, for what is loading may lose
    it."""

    code = 0

    def __call__(self, number: int, frame: object) -> NoReturn:
        self.code = self.code or 128 + number
        raise KeyboardInterrupt(self.code)

    def heed(self) -> None:
        """Hear both, but for a Ctrl-C that the caller of the program has switched off."""
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self)
        signal.signal(signal.SIGTERM, self)


def main() -> None:
    """Entry point of the `echograde` command."""
    interrupts = Interrupts()
    try:
        interrupts.heed()
        _open_closed_streams()
        # no library of linear algebra is used, and its threads take room and time
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        code = _flushed(_run_command())
    except BaseException as error:
        # what is being loaded may turn an interrupt into an error of its own
        code = ended(KeyboardInterrupt(interrupts.code) if interrupts.code else error)
    _let_go_of_output()
    sys.exit(code)


def _run_command() -> int:
    """Run the command of the arguments."""
    import typer
    from typer.main import get_command

    from grading.cli.main import app

    command = get_command(app)
    try:
        with command.make_context("echograde", sys.argv[1:]) as context:
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    return DONE


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
    if isinstance(error, MemoryError):
        problem = f"memory ran out; {lost}. Give the program more, or the file in parts"
    else:
        problem = f"an error of the program itself, not of the file or the arguments; {lost}"
    program = f"echograde {VERSION}, Python {sys.version.split()[0]}, {sys.platform}"
    return f"echograde: {problem}\n{REPORT}\n{program}: {type(error).__name__}{_place(error)}"


def _place(error: BaseException) -> str:
    """Where in the program an error was: ' at batch/run.py:88, batch/piece.py:101'."""
    frames = [(Path(frame.f_code.co_filename), line) for frame, line in traceback.walk_tb(error.__traceback__)]
    own = [f"{path.relative_to(_PACKAGE).as_posix()}:{line}" for path, line in frames if path.is_relative_to(_PACKAGE)]
    return f" at {', '.join(own[-3:])}" if own else ""


def _open_closed_streams() -> None:
    """Put something in the place of standard streams that the program was started without.

    A file that is opened later would take their place, and be written into. Reading and writing what is put there
    fails, as it should.
    """
    for number, mode in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            # the lowest free number is taken, and those before this one are in use
            os.open(os.devnull, mode)
    sys.stdin = sys.stdin or os.fdopen(0, closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)


def _flushed(code: int) -> int:
    """The exit code, once all that was printed is out."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"standard output: {error.strerror or error}; what was printed is not whole") from error
    return code


def _let_go_of_output() -> None:
    """What is still to be flushed at the exit has nowhere to go where it could not go before."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
