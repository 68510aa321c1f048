"""A file that a user hands over beside the data: small, and read without trusting it."""

from __future__ import annotations

import json
import os
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from grading.errors import UsageError, why

#: a map of columns or words is a few thousand bytes
MOST_BYTES: Final = 1_000_000
#: a manifest names every column of its input
MOST_BYTES_OF_JSON: Final = 16_000_000


def read_toml_file(path: Path, about: str) -> dict[str, Any]:
    """The sections of a file; `about` is the option it was given with.

    Raises UsageError for what is no file (a pipe has no end that can be trusted), is too large, or is no TOML.
    """
    sections: dict[str, Any] = _parsed(tomllib.loads, path, about, "TOML file", MOST_BYTES)
    return sections


def read_json_file(path: Path) -> Any:
    """What a JSON file holds. Raises UsageError as `read_toml_file` does."""
    return _parsed(json.loads, path, "", "JSON file", MOST_BYTES_OF_JSON)


def _parsed(parse: Callable[[str], Any], path: Path, about: str, kind: str, most: int) -> Any:
    try:
        return parse(_text(path, about, kind, most))
    except UsageError:
        raise
    except RecursionError as error:
        raise UsageError(f"cannot read {path}: it is nested too deeply", about) from error
    except (OSError, ValueError) as error:
        # a number of thousands of digits is a bare ValueError
        raise UsageError(f"cannot read {path} as a {kind}: {why(error)}", about) from error


def _text(path: Path, about: str, kind: str, most: int) -> str:
    # a pipe that nobody writes to would be waited for
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise UsageError(f"{path} is no file that can be read; name a {kind}", about)
        data = file.read(most + 1)
    if len(data) > most:
        raise UsageError(f"{path} is over {most:,} bytes; name the {kind} that is asked for", about)
    return data.decode("utf-8")
