"""Why a cell holds no value: what stands for "not measured", text that is no number or word, a number that cannot be.

The ranges are the catalogue's.
"""

from __future__ import annotations

import re

from grading.errors import nearest, option
from grading.reference.measurement import Number, Range, Word
from grading.reference.outside import OUTSIDE, is_outside
from grading.reference.units import NONZERO_PATTERN, convert, read_number, read_unit, split_quantity
from grading.writing import plain, quantity

#: what stands for "not measured", compared without case and surrounding spaces. "none" is not here: it is a finding.
MISSING = (
    "", "na", "nat", "n/a", "n.a.", "#n/a", "nan", "<na>", "null", ".", "?", "-", "--",
    "not measured", "not assessed", "not done", "not available", "missing", "unknown",
)  # fmt: skip
_MISSING = frozenset(MISSING)
#: a longer text is no value, and no pattern looks at it: the work on one cell has bounds
_LONGEST_VALUE, _SHOWN = 100, 40

#: '1.234,5', '1 234', "1'234'567", but not '1,234': a comma or a point alone is taken for the decimal mark
_THOUSANDS = re.compile(
    r"\s*[+-]?(?!\d+[.,]\d+\s*\Z)"
    r"[1-9]\d{0,2}(?P<mark>[.,'\u2019 \u00a0\u2009\u202f])\d{3}((?P=mark)\d{3})*((?!(?P=mark))[.,]\d+)?\s*",
    re.ASCII,
)

#: '1,250', with or without a unit: by its comma 1.25 or 1250; '0,250' and '1,25' are one thing only
AMBIGUOUS_COMMA = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}(?:\s*[^\s\d.,].*)?", re.ASCII | re.DOTALL)

#: a number that is not zero and yet reads as zero
_TINY = re.compile(rf"\s*{NONZERO_PATTERN}[0-9.]*[eE]-[0-9]+\s*")


def _start(typed: str) -> str:
    """The start of a long text, in quotes."""
    return f"{typed[:_SHOWN]!r}..."


def is_missing(text: str) -> bool:
    """True when a cell says that nothing was measured.

    >>> is_missing(" NA "), is_missing("0"), is_missing("none")
    (True, False, False)
    """
    return text.strip().casefold() in _MISSING


#: what a spreadsheet makes of '3-4' or '1.2': '03-Apr', '01. Feb', '2026-04-03', '4/3/2026', 'Apr 26'
_MONTH = (
    r"(?:jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|sept|oct|okt|nov|dec|dez|fév|avr|juin|juil|août|déc|ene|abr|ago|"
    r"dic|gen|mag|giu|lug|set|ott)[a-zäéû]*\.?"
)
_DATE = re.compile(
    rf"\d{{1,4}}[-./ ]{{0,2}}{_MONTH}(?:[-./ ,]{{0,2}}\d{{2,4}})?"
    rf"|{_MONTH}[-./ ]{{0,2}}\d{{1,4}}(?:[-./ ,]{{1,2}}\d{{2,4}})?"
    r"|\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}([-./])\d{1,2}\1(?:\d{4}|\d{2})",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[ap]m)?$", re.IGNORECASE)
_AMOUNT = r"[+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)"
#: '3-4', '0.4 to 0.5 cm2', '5/6'
_SPAN = re.compile(rf"{_AMOUNT}\s*(?:-|–|—|to|bis|/|\.\.+)\s*{_AMOUNT}(?:\s*[a-z%][\w/^²]*)?", re.IGNORECASE)
#: numbers that stand for something else than a measured value
_SENTINEL = re.compile(r"-\d+(?:\.0*)?|(?:9{2,}|8{2,}|7{2,})(?:\.0*)?|9+\.9+")
#: what stands in place of a word and is none: 'ND', 'n/k', 'not stated', '-99'
_CODE = re.compile(
    r"(?-i:[A-Z]{1,4})|.*\b(?:not?|none|unk\w*|unavail\w*|undef\w*|unspec\w*|pending|refused)\b.*|[a-z]/[a-z]|[\W_\d]+",
    re.IGNORECASE,
)
#: a text that says what was not found, or doubts it
_DENIED = re.compile(
    r"\b(?:no|not|non|never|without|absent|absence|kein\w*|nicht|ohne|pas|sans|sin|senza)\b|\?", re.IGNORECASE
)
#: a longer text is prose, not a code
_LONGEST_CODE = 30


def missing_code(typed: str) -> str:
    """How to say that a cell means "not measured", where it may be a code for that: '-999', 'NM'; else ''.

    >>> from grading.errors import written
    >>> written(missing_code(" -999 ")), missing_code("7.5"), written(missing_code("n/k"))
    ("; or give missing='-999' if it means not measured", '', "; or give missing='n/k' if it means not measured")
    """
    code = typed.strip()
    if len(code) > _LONGEST_CODE or not (_SENTINEL.fullmatch(code) or not re.search(r"\d", code)):
        return ""
    return f"; or give {option('missing', code)} if it means not measured"


def why_no_number(number: Number, typed: str, unit: str = "") -> str:
    """What is wrong with text that should be a number, and what to do.

    `unit` is that of the column; without one, the text is a single value and no cell of a file.
    """
    if len(typed) > _LONGEST_VALUE:
        return f"{number.label} {_start(typed)} is not a number: a text of {len(typed):,} characters"
    cell, text = f"{number.label} {typed!r}", typed.strip()
    if _TINY.fullmatch(typed) and (not unit or read_number(typed) is None):
        return f"{cell} is too small to be told from 0: write the measured number, or 0 where nothing was seen"
    if _DATE.fullmatch(_CLOCK.sub("", text)):
        way = "a spreadsheet has turned the value into one; format its column as text and enter it again"
        return f"{cell} reads as a date: {way if unit else 'enter the value'}"
    if _THOUSANDS.fullmatch(typed):
        return f"{cell} has marks between the thousands, which are not read: write the number without them"
    if re.fullmatch(r"[<>~≈≤≥]=?\s*[\d.,]+.*", text):
        return f"{cell} is a limit, not a value: enter the measured number, or leave it blank"
    if not unit and AMBIGUOUS_COMMA.fullmatch(text):
        readings = " or ".join(repr(text.replace(",", mark, 1)) for mark in (".", ""))
        return f"{cell} can be read in two ways: write {readings}"
    if re.fullmatch(r"[+-]?\d*,\d+", text):
        declare = ", or declare the decimal comma for the whole file" if unit else ""
        return f"{cell} has a comma: write a decimal point{declare}"
    if is_span(text):
        return f"{cell} is a range or two values, not one: enter the measured number, or leave it blank"
    if unit and read_number(typed) is not None:
        return f"{cell} has a point in a file of decimal commas: write a comma; marks between thousands are not read"
    if (parts := split_quantity(text)) is not None and parts[1] and parts[1][0] not in ".,":
        return f"{cell} is {_behind(number, *parts, unit)}"
    expected = f"expected a value in {unit or number.unit}, or nothing if not measured"
    return f"{cell} is not a number: {expected}{missing_code(typed) if unit else ''}"


def is_span(text: str) -> bool:
    """True for a range, or two values, where one belongs.

    >>> is_span("0.4-0.5"), is_span("4 to 5 mm"), is_span("0.4 cm2"), is_span("5 m/s")
    (True, True, False, False)
    """
    return _SPAN.fullmatch(text) is not None


def _behind(number: Number, value: float, words: str, unit: str) -> str:
    """What a number with something behind it is, and what to do; `unit` is that of its column."""
    typed = read_unit(words)
    if typed not in number.units or not unit:
        return "a number with something behind it: write only the number, and the unit in the column's header"
    if typed == unit:
        return f"a number with its unit behind it: write only the number, for the column is in {unit}"
    same = quantity(plain(convert(value, typed, unit)), unit)
    return f"in {typed}, and its column in {unit}: write only the number, in the column's unit ({same})"


def why_no_word(word: Word, typed: str, in_file: bool = False) -> str:
    """What is wrong with a cell that should hold one of a word's values, and what to do.

    `in_file`: it is a cell of a file, in which codes can be said to mean "not measured".
    """
    allowed = ", ".join(word.values)
    if len(typed) > _LONGEST_VALUE:
        return f"{word.label} {_start(typed)} is a text of {len(typed):,} characters, and none of: {allowed}"
    problem = f"{word.label} {typed!r} is none of: {allowed}.{_meant(word, typed)} Write one of them"
    if word.name == "valve" and is_outside(typed):
        return f"{word.label} {typed!r}: {OUTSIDE}"
    if word.name != "valve":
        problem += ", or leave it blank"
    if in_file and typed.strip().isdecimal():
        problem += f"; or say what {typed.strip()} means, as values of the column in {option('columns')}"
    if word.name == "valve":
        return problem
    return f"{problem}{missing_code(typed) if in_file and _CODE.fullmatch(typed.strip()) else ''}"


def _meant(word: Word, typed: str) -> str:
    """' Did you mean X?' for the value that a text is nearest to; nothing where it denies that one, or holds a word of
    another."""
    near = nearest(typed, word.values)
    words = set(re.findall(r"[^\W_]+", typed.casefold()))
    own = {part for value in word.values if f" {value}?" in near for part in value.split("_")}
    others = {part for value in word.values for part in value.split("_")} - own
    return "" if words & others or (_DENIED.search(typed) and not own & {"no", "none", "not"}) else near


def span(limits: Range, number: Number, unit: str) -> str:
    """The range in a unit: '0-5 cm2' where zero is allowed, '5-150 cm/s' where not; '0.1-10' of a ratio."""
    low, high = (plain(convert(end, number.unit, unit)) for end in (limits.low, limits.high))
    if limits.low == -float("inf"):
        return quantity(f"up to {high}", unit)
    return quantity(f"{'0' if limits.zero else low}-{high}", unit)


def impossible(number: Number, value: float, typed: str, unit: str) -> str:
    """Why a value outside the hard range is refused. `value` is in `unit`, `typed` as it was written."""
    assert number.hard is not None
    hard = number.hard
    low = convert(hard.low, number.unit, unit) if hard.low > -float("inf") else hard.low
    allowed = span(hard, number, unit)
    if hard.zero and 0 < value < low:
        least = plain(low)
        problem = f"is below {quantity(least, unit)}, the least that is no unit slip (allowed: 0, or {least} and up)"
    else:
        problem = f"is outside {allowed}"
    other = number.plausible_unit(value, unit)
    hint = f"; {quantity(typed, other)} would be plausible: check the unit" if other else ": check the value"
    return f"{number.label} {quantity(typed, unit)} {problem}{hint}"


def unusual(number: Number, value: float, typed: str, unit: str) -> str:
    """Why a value outside the soft range is flagged; it is graded all the same."""
    assert number.soft is not None
    usual = span(number.soft, number, unit)
    other = number.plausible_unit(value, unit)
    hint = f"; {quantity(typed, other)} would be plausible" if other else ""
    problem = f"{number.label} {quantity(typed, unit)} is possible but unusual (usual: {usual})"
    return f"{problem}{hint}; check it"


def unusual_of(number: Number, valve: str, typed: str, unit: str) -> str:
    """Why a value is flagged that is usual, but not of this valve; it is graded all the same."""
    limits = number.soft_of[valve]
    usual = span(limits, number, unit)
    problem = f"{valve} {number.label} {quantity(typed, unit)} is unusual (usual: {usual}): {limits.why}"
    return f"{problem}; check that it is of the leak"
