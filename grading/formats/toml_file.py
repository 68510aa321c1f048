"""A TOML file that a user wrote: small, and read without trusting it."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from typing import Any, Final

from grading.errors import UsageError, why

#: a map of columns or words is a few thousand bytes
MOST_BYTES: Final = 1_000_000


def read_toml_file(path: Path, about: str) -> dict[str, Any]:
    """The sections of a file; `about` is the option it was given with.

    Raises UsageError for what is no file (a pipe has no end that can be trusted), is too large, or is no TOML.
    """
    try:
        return tomllib.loads(_text(path, about))
    except RecursionError as error:
        raise UsageError(f"cannot read {path}: it is nested too deeply", about) from error
    except (OSError, ValueError) as error:
        # a number of thousands of digits is a bare ValueError
        raise UsageError(f"cannot read {path}: {why(error)}", about) from error


def _text(path: Path, about: str) -> str:
    # a pipe that nobody writes to would be waited for
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise UsageError(f"{path} is no file that can be read; name a TOML file", about)
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise UsageError(f"{path} is over {MOST_BYTES:,} bytes, and no map of a user's; name a TOML file", about)
    return data.decode("utf-8")
