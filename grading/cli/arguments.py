"""What the commands share: arguments of the form NAME=VALUE, and errors as one sentence with an exit code."""

import json
import os
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperOption

from grading.cli.ending import STOPPED, ended
from grading.errors import UsageError, in_pairs
from grading.reference.guideline import DEFAULT_GUIDELINE

GuidelineOption = Annotated[
    list[str] | None,
    typer.Option(
        "--guideline", "-g", metavar="ID", help=f"Guideline id, or all; may repeat. Default: {DEFAULT_GUIDELINE}."
    ),
]


def path_of(text: str) -> Path:
    """An argument as a path: an empty one, as a variable without a value gives it, would be the folder one is in."""
    if not text:
        raise typer.BadParameter("it is empty; name a file")
    return Path(text)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to read or write, as it was given: the URL of a store, or the slash that marks a folder, is lost in a path.

    >>> Place("graded/").is_folder, Place("s3://bucket/graded").is_folder, Place("graded.csv").is_folder
    (True, True, False)
    """

    text: str

    @property
    def path(self) -> Path:
        """As a path of this machine."""
        return Path(self.text)

    @property
    def is_url(self) -> bool:
        """True for the place of a store."""
        return "://" in self.text

    @property
    def is_folder(self) -> bool:
        """True for what is filled part by part."""
        return self.is_url or (self.text.endswith(("/", os.sep)) and self.path.name not in ("", ".."))


def place_of(text: str) -> Place:
    """An argument as a place."""
    path_of(text)
    return Place(text)


class StrictCommand(TyperCommand):
    """A command of which an option that takes one value is given once; typer alone takes the last of several."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments that are left. Ends with a sentence for an option that is given twice."""
        parser = self.make_parser(ctx)
        _, _, order = parser.parse_args(args=list(args))
        for parameter, times in Counter(order).items():
            single = isinstance(parameter, TyperOption) and not parameter.multiple and not parameter.is_flag
            if times > 1 and single:
                with spoken_errors():
                    raise UsageError(f"{parameter.opts[0]} is given {times} times; give it once")
        return super().parse_args(ctx, args)


@contextmanager
def spoken_errors(stopped: str = STOPPED) -> Iterator[None]:
    """Whatever ends a command is one sentence and an exit code; `stopped` is said where it is interrupted."""
    try:
        yield
    except typer.Exit:
        raise
    except (Exception, KeyboardInterrupt) as error:
        raise typer.Exit(ended(error, stopped, as_flag)) from error


#: options whose flag is called otherwise
_FLAGS = {"units": "unit", "constants": "set", "guidelines": "guideline"}


def as_flag(name: str, values: Sequence[str]) -> str:
    """An option of the library as a flag of the command.

    >>> as_flag("units", ["TR VC", "mm"]), as_flag("valve", []), as_flag("columns", ["Note", "ignore"])
    ("--unit 'TR VC=mm'", '--valve', 'a --columns map ("Note" = "ignore")')
    """
    flag = f"--{_FLAGS.get(name, name).replace('_', '-')}"
    if name == "columns":
        lines = ", ".join(
            f"{json.dumps(first, ensure_ascii=False)} = {json.dumps(second)}" for first, second in in_pairs(values)
        )
        return f"a {flag} map ({lines})" if lines else flag
    if name in _FLAGS:
        values = ["=".join(pair) for pair in in_pairs(values)] if name != "guidelines" else values
        return " ".join(f"{flag} {shlex.quote(value)}" for value in values) or flag
    return " ".join([flag, *map(shlex.quote, values)])


def pairs(items: Sequence[str], about: str = "") -> dict[str, str]:
    """NAME=VALUE items as a dictionary; `about` is the option they were given with.

    Raises UsageError for one without '=' and for a name that is given twice.
    """
    given: dict[str, str] = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals:
            raise UsageError(f"expected NAME=VALUE, found {item!r}", about)
        if name in given:
            raise UsageError(f"{name} is given twice ({given[name]} and {value}); give it once", about)
        given[name] = value
    return given
