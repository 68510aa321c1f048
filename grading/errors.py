"""The two errors a caller can meet. A bad value in the data is neither: it is an `Issue` in the result."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class TableError(ValueError):
    """A reference table that cannot be trusted: names the file, the row, what is wrong and what is allowed."""


class UsageError(ValueError):
    """A call or command that cannot be carried out: names what was given and the nearest that would work."""


def nearest(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """' Did you mean X?' for the closest of `known` that is at least so like it (0 to 1), else an empty text.

    >>> nearest("eora", ["eroa", "tapse"])
    ' Did you mean eroa?'
    """
    found = get_close_matches(name.casefold(), list(known), n=1, cutoff=likeness)
    return f" Did you mean {found[0]}?" if found else ""
