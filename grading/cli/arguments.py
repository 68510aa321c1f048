"""What the commands share: arguments of the form NAME=VALUE, and errors as one sentence with an exit code."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from grading.errors import TableError, UsageError
from grading.reference.guideline import DEFAULT_GUIDELINE

GuidelineOption = Annotated[
    list[str] | None,
    typer.Option(
        "--guideline", "-g", metavar="ID", help=f"Guideline id, or all; may repeat. Default: {DEFAULT_GUIDELINE}."
    ),
]


class StrictCommand(TyperCommand):
    """A command of which an option that takes one value is given once; typer alone takes the last of several."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments that are left. Ends with a sentence for an option that is given twice."""
        parser = self.make_parser(ctx)
        _, _, order = parser.parse_args(args=list(args))
        for option, times in Counter(order).items():
            if times > 1 and not option.multiple and option.param_type_name == "option" and not option.is_flag:
                with spoken_errors():
                    raise UsageError(f"{option.opts[0]} is given {times} times; give it once")
        return super().parse_args(ctx, args)


#: the signal of a pipe that nobody reads, where the system has signals
SIGPIPE = 13


@contextmanager
def spoken_errors(stopped: str = "stopped; nothing was written") -> Iterator[None]:
    """A usage or table error becomes one sentence and exit code 2; a reader who has read enough ends the run."""
    try:
        yield
    except (UsageError, TableError) as error:
        typer.echo(f"echograde: {error}", err=True)
        raise typer.Exit(2) from error
    except KeyboardInterrupt as error:
        typer.echo(f"echograde: {stopped}", err=True)
        raise typer.Exit(error.args[0] if error.args else 130) from error
    except BrokenPipeError as error:
        # what is still to be flushed at the exit has nowhere to go
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(128 + SIGPIPE) from error


def pairs(items: Sequence[str], option: str) -> dict[str, str]:
    """NAME=VALUE items as a dictionary. Raises UsageError for one without '=' and for a name that is given twice."""
    given: dict[str, str] = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals:
            raise UsageError(f"{option}: expected NAME=VALUE, found {item!r}")
        if name in given:
            raise UsageError(f"{option}: {name} is given twice ({given[name]} and {value}); give it once")
        given[name] = value
    return given


def measurements_by_name(values: dict[str, str], valve: str) -> dict[str, str]:
    """Measurements by catalogue name; an alias such as `vc` and a unit in the name (`vc_mm`) are understood.

    Raises UsageError for a name of another valve, and for a measurement that is given twice.
    """
    from grading.columns.headers import match
    from grading.reference.catalogue import check_valve, load_catalogue

    named: dict[str, str] = {}
    for name, value in values.items():
        found = None if name in load_catalogue() else match(name)
        if found is not None and found.valve not in ("", check_valve(valve)):
            raise UsageError(f"{name}={value} is about the {found.valve} valve, and {valve} is graded")
        if found is not None and found.unit and value.strip() and value.strip()[-1].isdigit():
            value = f"{value} {found.unit}"
        canonical = found.measurement if found is not None else name
        if canonical in named:
            raise UsageError(f"{canonical} is given twice ({name}={value}); give it once")
        named[canonical] = value
    return named
