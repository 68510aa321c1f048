"""How numbers, quantities, grades and lists are written in sentences."""

from __future__ import annotations

from collections.abc import Sequence


def in_words(grade: str) -> str:
    """A grade as prose: 'not severe'."""
    return grade.replace("_", " ")


def joined(items: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def upper(sentence: str) -> str:
    """The sentence with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]


def printable(text: str) -> str:
    """A text as it can stand on a terminal: what one would obey, or would not show, is written out.

    >>> print(printable("id\\x1b[31m, \\u202enote\\nend"))
    id\\x1b[31m, \\u202enote
    end
    """
    return "\n".join(map(on_one_line, text.split("\n")))


def on_one_line(text: str) -> str:
    """`printable`, with line ends written out too."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\t" else repr(c)[1:-1] for c in text)


def plain(value: float) -> str:
    """A number in the fewest digits that read back as the same number, in powers of ten only where it is all but zero.

    >>> plain(40.0), plain(0.407), plain(1e16), plain(2e-5), plain(5e-324)
    ('40', '0.407', '10000000000000000', '0.00002', '5e-324')
    """
    text = repr(float(value))
    if "e" in text:
        digits = f"{value:.12f}".rstrip("0").rstrip(".")
        text = digits if float(digits) == value else text
    return text.removesuffix(".0")


def quantity(typed: str, unit: str) -> str:
    """'35 cm2'; '62 %'; a ratio has no unit."""
    return typed if unit == "1" else f"{typed} {unit}"
