"""Where the program begins and ends: whatever stops it is one sentence and an exit code that is true.

0 done; 1 done, but some rows (or the case) were rejected; 2 usage or unreadable input, and nothing was done; 70 an
error of the program itself; 128 and the number of the signal that stopped it. Nothing else is imported before it, so
that Ctrl-C is heard while the program is still being loaded.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
from typing import NoReturn

from grading.cli.ending import DONE, ended
from grading.errors import UsageError

#: address space that loading the program takes, and that a run over a file does [bytes]
_LEAST_MEMORY, _LEAST_FOR_A_FILE = 200 << 20, 500 << 20


class Interrupts:
    """Ctrl-C and a polite kill, which unwind the program; `code` is that of the first, for what is loading may lose
    it, and `last` the one the program ends with."""

    code = last = 0

    def __call__(self, number: int, frame: object) -> NoReturn:
        self.code = self.code or 128 + number
        raise KeyboardInterrupt(self.code)

    def heed(self) -> None:
        """Hear both, but for a Ctrl-C that the caller of the program has switched off."""
        # what is registered first is called last
        atexit.register(self._leave)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self)
        signal.signal(signal.SIGTERM, self)

    def _leave(self) -> None:
        """Have the last word: where a stop went through text that C had Python run, Python would end itself by
        SIGINT."""
        if self.last > 128:
            os._exit(self.last)


def main() -> None:
    """Entry point of the `echograde` command."""
    interrupts = Interrupts()
    try:
        interrupts.heed()
        _open_closed_streams()
        # no library of linear algebra is used, and its threads take room and time
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        _check_memory()
        code = _flushed(_run_command())
        if code > 128:
            # an interrupt on its way through what is written in C may lose its number
            code = interrupts.code or code
    except BaseException as error:
        # what is being loaded may turn an interrupt into an error of its own
        code = ended(KeyboardInterrupt(interrupts.code) if interrupts.code else error)
    with contextlib.suppress(MemoryError):
        _let_go_of_output()
    interrupts.last = code
    sys.exit(code)


def _check_memory() -> None:
    """Raises MemoryError where less may be used than the command takes: what is written in C would end the program
    itself, with outputs begun."""
    if sys.platform == "win32":
        return
    import resource

    allowed = resource.getrlimit(resource.RLIMIT_AS)[0]
    least = _LEAST_FOR_A_FILE if _grades_a_file() else _LEAST_MEMORY
    if allowed != resource.RLIM_INFINITY and allowed < least:
        raise MemoryError


def _grades_a_file() -> bool:
    return sys.argv[1:2] == ["grade"]


def _run_command() -> int:
    """Run the command of the arguments."""
    import typer
    from typer.main import get_command

    from grading.cli.main import app

    if _grades_a_file():
        from grading.formats.pyarrow_alone import leave_pandas_out

        leave_pandas_out()
    command = get_command(app)
    try:
        with command.make_context("echograde", sys.argv[1:]) as context:
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    return DONE


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
