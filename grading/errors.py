"""The two errors a caller can meet. A bad value in the data is neither: it is an `Issue` in the result."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TypeAlias


class TableError(ValueError):
    """A reference table that cannot be trusted: names the file, the row, what is wrong and what is allowed."""


class UsageError(ValueError):
    """A call or command that cannot be carried out: names what was given and the nearest that would work.

    `about` is the option the sentence is about. A caller of the library reads options as parameters (`columns=`); the
    command and the page write `sentence` as their user knows them, with `written`.

    >>> print(UsageError("there is no column 'mr_eora'", about="columns"))
    columns=: there is no column 'mr_eora'
    """

    def __init__(self, sentence: str, about: str = "") -> None:
        self.about = about
        self.sentence = f"{option(about)}: {sentence}" if about else sentence
        super().__init__(self.sentence)

    def __str__(self) -> str:
        return written(self.sentence)


#: what stands around an option in a sentence: characters that are never exchanged, and that no quoted text holds
_OPEN, _NEXT, _CLOSE = "\ufdd0", "\ufdd1", "\ufdd2"
_OPTION = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}")
_MARKS = dict.fromkeys(map(ord, (_OPEN, _NEXT, _CLOSE)))
#: options that take pairs
_PAIRED = ("columns", "units", "constants")
#: options that need no value
_WHOLE = ("units_row",)

#: how an edge writes an option: by its name and the values to give
OptionWriter: TypeAlias = Callable[[str, Sequence[str]], str]


def option(name: str, *values: str) -> str:
    """An option in a sentence, with the values to give it; `written` puts it as a parameter, a flag or a label.

    >>> written(f"give {option('valve')}, or {option('units', 'TR VC', 'mm')}")
    "give valve=, or units={'TR VC': 'mm'}"
    """
    parts = (part.translate(_MARKS) for part in (name, *values))
    return f"{_OPEN}{_NEXT.join(parts)}{_CLOSE}"


def as_parameter(name: str, values: Sequence[str]) -> str:
    """An option as a caller of the library gives it."""
    if name in _PAIRED and values:
        return f"{name}={dict(in_pairs(values))}"
    return f"{name}={', '.join(map(repr, values))}"


def in_pairs(values: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The values of an option that takes pairs, two by two."""
    return zip(values[::2], values[1::2], strict=True)


def written(sentence: str, write: OptionWriter = as_parameter) -> str:
    """A sentence with its options as the reader knows them."""
    if _OPEN not in sentence:
        return sentence

    def in_words(mark: re.Match[str]) -> str:
        name, *values = mark[1].split(_NEXT)
        return write(name, values)

    return _OPTION.sub(in_words, sentence).translate(_MARKS)


def ways_out(sentence: str) -> list[tuple[str, tuple[str, ...]]]:
    """The options of a sentence that it gives whole, with their values: what can be done without another question.

    >>> ways_out(f"give {option('valve')}, or {option('units', 'TR VC', 'mm')}")
    [('units', ('TR VC', 'mm'))]
    """
    found = [mark[1].split(_NEXT) for mark in _OPTION.finditer(sentence)]
    return list(dict.fromkeys((name, tuple(values)) for name, *values in found if values or name in _WHOLE))


@contextmanager
def named(name: str) -> Iterator[None]:
    """A usage error within begins with the name of the file it is about."""
    try:
        yield
    except UsageError as error:
        sentence = error.sentence
        # a header may be as long as its writer likes
        sentence = sentence if len(sentence) <= 900 else f"{sentence[:600]} ... {sentence[-250:]}"
        raise UsageError(sentence if sentence.startswith(f"{name}: ") else f"{name}: {sentence}") from error


def why(error: Exception) -> str:
    """What the system says of an error, in one line without its number."""
    message = getattr(error, "strerror", None) or str(error)
    return " ".join(message.split())[:200]


def listed(names: Sequence[str], most: int = 5) -> str:
    """Names in quotes, long ones cut and no more than some: "'a', 'b' and 3 more"."""
    first = ", ".join(repr(name if len(name) <= 60 else f"{name[:57]}...") for name in names[:most])
    return f"{first} and {len(names) - most} more" if len(names) > most else first


#: a longer text is no slip of the pen, and comparing it would take long
_LONGEST_NAME = 100


def nearest(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """' Did you mean X?' for the closest of `known` that is at least so like it (0 to 1), else an empty text.

    >>> nearest("eora", ["eroa", "tapse"])
    ' Did you mean eroa?'
    """
    if len(name) > _LONGEST_NAME:
        return ""
    close = get_close_matches(name.casefold(), [k for k in known if len(k) <= _LONGEST_NAME], n=1, cutoff=likeness)
    return f" Did you mean {close[0]}?" if close else ""


def take(row: Mapping[str, object], allowed: Iterable[str], required: Iterable[str], where: str) -> None:
    """Refuse unknown and missing keys of one row of a table. Raises TableError."""
    known = tuple(allowed)
    for key in row:
        if key not in known:
            raise TableError(f"{where}: unknown key {key!r}.{nearest(key, known)} Allowed: {', '.join(sorted(known))}")
    for key in required:
        if key not in row:
            raise TableError(f"{where}: {key!r} is missing")
