"""The files of the reference tables, wherever the package is installed."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from grading.errors import TableError


def tables() -> Traversable:
    """The folder of reference tables, wherever the package is installed."""
    return files("reference_tables")


def read_toml(file: Traversable) -> dict[str, Any]:
    """One table as a dictionary.

    Raises TableError naming the file when it is not TOML (a repeated row among others).
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise TableError(f"{file.name}: not valid TOML: {error}") from error
