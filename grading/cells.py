"""Columns of cells as text, read into numbers and word codes; every cell that cannot be used becomes an issue.

Distinct texts are read once per chunk, so that a million cells cost little more than their few hundred spellings.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grading.catalogue import Number, Word
from grading.entry import ERROR, WARNING
from grading.limits import impossible, plain, unusual
from grading.scale import Codes, Mask, Numbers
from grading.tokens import is_missing, why_no_number, why_no_word
from grading.units import NUMBER_PATTERN, convert, read_number


@dataclass(frozen=True, slots=True)
class Finding:
    """One bad or odd cell of a column: row within the chunk, the cell as typed, how grave, the sentence."""

    row: int
    value: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class Cells:
    """A column as the engine takes it.

    `unusable` marks cells that are no value, `impossible` those outside the hard range.
    """

    values: Numbers | Codes
    unusable: Mask
    impossible: Mask
    findings: list[Finding]
    message: Callable[[int], Finding]


@dataclass(frozen=True, slots=True)
class Reading:
    """How cells are written in this file: further missing codes (casefolded), and the decimal mark."""

    missing: frozenset[str] = frozenset()
    decimal: str = "."

    @property
    def missing_numbers(self) -> list[float]:
        """The missing codes that are numbers: -999 also stands as -999.0."""
        numbers = (read_number(code) for code in self.missing)
        return [number for number in numbers if number is not None]

    def is_missing(self, text: str) -> bool:
        """True when a cell says that nothing was measured."""
        return is_missing(text) or text.strip().casefold() in self.missing


def reading(missing: Collection[object] | str = (), decimal: str = ".") -> Reading:
    """A Reading from what the user gave: one code, or several, as text or numbers."""
    codes = [missing] if isinstance(missing, str) else missing
    return Reading(frozenset(str(code).strip().casefold() for code in codes), decimal)


def _distinct(texts: pa.Array) -> tuple[list[str], NDArray[np.int64]]:
    """Distinct texts and the code of every row; null counts as blank."""
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    encoded = pc.dictionary_encode(pc.fill_null(texts, ""))
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def _parse(distinct: list[str], how: Reading) -> tuple[Numbers, Mask]:
    """The number each text holds (NaN where missing), and where a text is neither a number nor missing."""
    array = pc.utf8_trim_whitespace(pa.array(distinct, pa.string()))
    if how.decimal == ",":
        mixed = pc.match_substring(array, ".")
        array = pc.replace_substring(array, ",", ".")
        is_number = pc.and_(pc.match_substring_regex(array, f"^(?:{NUMBER_PATTERN})$"), pc.invert(mixed))
    else:
        is_number = pc.match_substring_regex(array, f"^(?:{NUMBER_PATTERN})$")
    usable: Mask = is_number.to_numpy(zero_copy_only=False)
    missing = np.fromiter((how.is_missing(text) for text in distinct), dtype=np.bool_, count=len(distinct))
    usable &= ~missing
    numbers = np.full(len(distinct), np.nan)
    plus_free = pc.utf8_ltrim(array.filter(pa.array(usable)), "+")
    numbers[usable] = pc.cast(plus_free, pa.float64()).to_numpy(zero_copy_only=False)
    numbers[np.isin(numbers, how.missing_numbers)] = np.nan
    return numbers, ~usable & ~missing


def judge(number: Number, values: Numbers) -> tuple[Mask, Mask]:
    """(impossible, unusual) for values in the catalogue's unit: the same limits the pandera schema states."""
    hard = np.isinf(values) | (number.hard.outside(values) if number.hard else False)
    soft = number.soft.outside(values) if number.soft else np.zeros(len(values), np.bool_)
    return hard, soft & ~hard


def read_numbers(texts: pa.Array, number: Number, unit: str, how: Reading) -> Cells:
    """A column of text as numbers [catalogue unit], NaN where missing."""
    distinct, codes = _distinct(texts)
    bare, unreadable = _parse(distinct, how)
    return _cells(number, unit, bare, unreadable, distinct, codes)


def take_numbers(values: Numbers, number: Number, unit: str, how: Reading) -> Cells:
    """A column that already holds numbers [unit], as a data frame or a Parquet file gives it."""
    distinct, codes = np.unique(values, return_inverse=True)
    distinct[np.isin(distinct, how.missing_numbers)] = np.nan
    return _cells(number, unit, distinct, np.zeros(len(distinct), np.bool_), None, codes)


def _cells(
    number: Number, unit: str, bare: Numbers, unreadable: Mask, texts: list[str] | None, codes: NDArray[np.int64]
) -> Cells:
    """Convert, judge and describe distinct values, then spread them over the rows."""
    values = convert(bare, unit, number.unit)
    hard, soft = judge(number, values)

    def message(row: int) -> Finding:
        i = codes[row]
        typed = texts[i] if texts is not None else plain(bare[i])
        if unreadable[i]:
            return Finding(row, typed, ERROR, why_no_number(number, typed, unit))
        if hard[i]:
            return Finding(row, typed, ERROR, impossible(number, float(bare[i]), typed.strip(), unit))
        return Finding(row, typed, WARNING, unusual(number, float(bare[i]), typed.strip(), unit))

    findings = _spread(unreadable | soft, codes, message)
    return Cells(values[codes], unreadable[codes], hard[codes], findings, message)


def read_words(texts: pa.Array, word: Word, how: Reading) -> Cells:
    """A column of text as word codes, 0 where missing."""
    distinct, codes = _distinct(texts)
    read = np.zeros(len(distinct), np.int8)
    bad = np.zeros(len(distinct), np.bool_)
    for i, text in enumerate(distinct):
        code = word.read(text) if text.strip().casefold() not in how.missing else None
        if code is not None:
            read[i] = code
        else:
            bad[i] = not how.is_missing(text)

    def message(row: int) -> Finding:
        typed = distinct[codes[row]]
        return Finding(row, typed, ERROR, why_no_word(word, typed))

    findings = _spread(bad, codes, message)
    return Cells(read[codes], bad[codes], np.zeros(len(codes), np.bool_), findings, message)


def _spread(flagged: Mask, codes: NDArray[np.int64], message: Callable[[int], Finding]) -> list[Finding]:
    """One Finding per row whose distinct value is flagged."""
    return [message(int(row)) for row in np.flatnonzero(flagged[codes])] if flagged.any() else []
