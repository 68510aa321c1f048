"""The two errors a caller can meet. A bad value in the data is neither: it is an `Issue` in the result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches


class TableError(ValueError):
    """A reference table that cannot be trusted: names the file, the row, what is wrong and what is allowed."""


class UsageError(ValueError):
    """A call or command that cannot be carried out: names what was given and the nearest that would work."""


@contextmanager
def about(name: str) -> Iterator[None]:
    """A usage error within begins with the name of the file it is about."""
    try:
        yield
    except UsageError as error:
        said = str(error)
        # a header may be as long as its writer likes
        said = said if len(said) <= 900 else f"{said[:600]} ... {said[-250:]}"
        raise UsageError(said if said.startswith(f"{name}: ") else f"{name}: {said}") from error


def why(error: Exception) -> str:
    """What the system says of an error, in one line without its number."""
    said = getattr(error, "strerror", None) or str(error)
    return " ".join(said.split())[:200]


def listed(names: Sequence[str], most: int = 5) -> str:
    """Names in quotes, long ones cut and no more than some: "'a', 'b' and 3 more"."""
    shown = ", ".join(repr(name if len(name) <= 60 else f"{name[:57]}...") for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def nearest(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """' Did you mean X?' for the closest of `known` that is at least so like it (0 to 1), else an empty text.

    >>> nearest("eora", ["eroa", "tapse"])
    ' Did you mean eroa?'
    """
    found = get_close_matches(name.casefold(), list(known), n=1, cutoff=likeness)
    return f" Did you mean {found[0]}?" if found else ""


def take(row: Mapping[str, object], allowed: Iterable[str], required: Iterable[str], where: str) -> None:
    """Refuse unknown and missing keys of one row of a table. Raises TableError."""
    known = tuple(allowed)
    for key in row:
        if key not in known:
            raise TableError(f"{where}: unknown key {key!r}.{nearest(key, known)} Allowed: {', '.join(sorted(known))}")
    for key in required:
        if key not in row:
            raise TableError(f"{where}: {key!r} is missing")
