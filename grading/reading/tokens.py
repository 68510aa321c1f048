"""Cells that hold no value, and the sentence for cells that hold something else than a value."""

from __future__ import annotations

import re

from grading.errors import nearest
from grading.reference.catalogue import Number, Word
from grading.reference.units import read_number

#: what stands for "not measured", compared without case and surrounding spaces. "none" is not here: it is a finding.
MISSING = (
    "", "na", "nat", "n/a", "n.a.", "#n/a", "nan", "<na>", "null", ".", "?", "-", "--",
    "not measured", "not assessed", "not done", "not available", "missing", "unknown",
)  # fmt: skip
_MISSING = frozenset(MISSING)

#: '1.234,5', '1 234', "1'234'567", but not '1,234': a comma or a point alone is taken for the decimal mark
_THOUSANDS = re.compile(
    r"\s*[+-]?(?!\d+[.,]\d+\s*\Z)"
    r"[1-9]\d{0,2}(?P<mark>[.,'\u2019 \u00a0\u2009\u202f])\d{3}((?P=mark)\d{3})*((?!(?P=mark))[.,]\d+)?\s*",
    re.ASCII,
)


def is_missing(text: str) -> bool:
    """True when a cell says that nothing was measured.

    >>> is_missing(" NA "), is_missing("0"), is_missing("none")
    (True, False, False)
    """
    return text.strip().casefold() in _MISSING


def why_no_number(number: Number, typed: str, unit: str = "") -> str:
    """What is wrong with text that should be a number, and what to do.

    `unit` is that of the column; without one, the text is a single value and no cell of a file.
    """
    shown = f"{number.label} {typed!r}"
    if _THOUSANDS.fullmatch(typed):
        return f"{shown} has marks between the thousands, which are not read: write the number without them"
    if re.fullmatch(r"\s*[<>~≈≤≥]=?\s*[\d.,]+.*", typed):
        return f"{shown} is a limit, not a value: enter the measured number, or leave the cell blank"
    if re.fullmatch(r"\s*[+-]?\d*,\d+\s*", typed):
        declare = ", or declare the decimal comma for the whole file" if unit else ""
        return f"{shown} has a comma: write a decimal point{declare}"
    if unit and read_number(typed) is not None:
        return f"{shown} has a point in a file of decimal commas: write a comma; marks between thousands are not read"
    if re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)\s*\D+", typed):
        return (
            f"{shown} is a number with something behind it: write only the number, and the unit in the column's header"
        )
    return f"{shown} is not a number: expected a value in {unit or number.unit}, or a blank cell if not measured"


def why_no_word(word: Word, typed: str) -> str:
    """What is wrong with a cell that should hold one of a word's values, and what to do."""
    allowed = ", ".join(word.values)
    near = nearest(typed, word.values)
    if word.name == "valve":
        return f"{word.label} {typed!r} is none of: {allowed}.{near} Write one of them"
    return f"{word.label} {typed!r} is none of: {allowed}.{near} Write one of them, or leave it blank"
