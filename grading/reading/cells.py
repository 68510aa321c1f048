"""Columns of cells as text, read into numbers and word codes; every cell that cannot be used becomes an issue.

Distinct texts are read once per chunk, so that a million cells cost little more than their few hundred spellings.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grading.errors import OptionWriter, as_parameter, written
from grading.reading.checks import impossible, is_missing, missing_code, unusual, why_no_number, why_no_word
from grading.reference.measurement import Number, Word, fold_word
from grading.reference.scale import Codes, Mask, Numbers
from grading.reference.units import NONZERO_PATTERN, NUMBER_PATTERN, convert, read_number
from grading.writing import plain

Rows: TypeAlias = NDArray[np.int64]
#: (which of the distinct cells every row has, the text of each, the sentence about each)
CellTexts: TypeAlias = tuple[NDArray[np.integer], pa.Array, pa.Array]


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """A column as the engine takes it.

    `unusable` marks cells that are no value, `impossible` those outside the hard range, `odd` those outside the soft
    one. `describe(rows)` tells of such cells which of a few they are, and of those the text and the sentence.
    """

    values: Numbers | Codes
    unusable: Mask
    impossible: Mask
    odd: Mask
    describe: Callable[[Rows], CellTexts]


@dataclass(frozen=True, slots=True)
class Typed:
    """A column typed as numbers and nothing else: their values, NaN for blank, and some cells as they stand."""

    values: Numbers
    texts: Callable[[Rows], pa.Array]


@dataclass(frozen=True, slots=True)
class CellFormat:
    """How cells are written in this file: further missing codes (casefolded), and the decimal mark; and how a sentence
    about a cell writes an option."""

    missing: frozenset[str] = frozenset()
    decimal: str = "."
    write_option: OptionWriter = as_parameter

    @property
    def missing_numbers(self) -> list[float]:
        """The missing codes that are numbers: -999 also stands as -999.0."""
        numbers = (read_number(code) for code in self.missing)
        return [number for number in numbers if number is not None]

    def is_missing(self, text: str) -> bool:
        """True when a cell says that nothing was measured."""
        return is_missing(text) or text.strip().casefold() in self.missing


def reading(
    missing: Collection[object] | str = (), decimal: str = ".", write_option: OptionWriter = as_parameter
) -> CellFormat:
    """How cells are read, from what the user gave: one code, or several, as text or numbers."""
    codes = [missing] if isinstance(missing, str) else missing
    return CellFormat(frozenset(str(code).strip().casefold() for code in codes), decimal, write_option)


def coded(texts: pa.Array) -> tuple[pa.Array, NDArray[np.int32]]:
    """Distinct texts (of a dictionary: at least those) and the code of every row; null counts as blank."""
    if pa.types.is_dictionary(texts.type) and texts.null_count:
        texts = texts.dictionary_decode()
    if not pa.types.is_dictionary(texts.type):
        texts = pc.dictionary_encode(pc.fill_null(texts.cast(pa.string()), ""))
    return texts.dictionary.cast(pa.string()), texts.indices.to_numpy(zero_copy_only=False)


def _parse(distinct: pa.Array, cell_format: CellFormat) -> tuple[Numbers, Mask]:
    """The number each text holds (NaN where missing), and where a text is neither a number nor missing."""
    array = pc.utf8_trim_whitespace(distinct)
    if cell_format.decimal == ",":
        mixed = pc.match_substring(array, ".")
        array = pc.replace_substring(array, ",", ".")
        is_number = pc.and_(pc.match_substring_regex(array, f"^(?:{NUMBER_PATTERN})$"), pc.invert(mixed))
    else:
        is_number = pc.match_substring_regex(array, f"^(?:{NUMBER_PATTERN})$")
    usable: Mask = is_number.to_numpy(zero_copy_only=False)
    numbers = np.full(len(distinct), np.nan)
    plus_free = pc.utf8_ltrim(array.filter(pa.array(usable)), "+")
    numbers[usable] = pc.cast(plus_free, pa.float64()).to_numpy(zero_copy_only=False)
    numbers[np.isin(numbers, cell_format.missing_numbers)] = np.nan
    # what is no zero and reads as one, as 1e-400 does
    tiny = (numbers == 0) & pc.match_substring_regex(array, f"^{NONZERO_PATTERN}").to_numpy(zero_copy_only=False)
    numbers[tiny] = np.nan
    unreadable = ~usable | tiny
    for i in np.flatnonzero(unreadable):
        unreadable[i] = not cell_format.is_missing(distinct[int(i)].as_py())
    return numbers, unreadable


def judge(number: Number, values: Numbers) -> tuple[Mask, Mask]:
    """(impossible, unusual) for values in the catalogue's unit: the same limits the pandera schema states."""
    hard = np.isinf(values) | (number.hard.outside(values) if number.hard else False)
    soft = number.soft.outside(values) if number.soft else np.zeros(len(values), np.bool_)
    return hard, soft & ~hard


def read_numbers(texts: pa.Array, number: Number, unit: str, cell_format: CellFormat) -> ReadColumn:
    """A column of text as numbers [catalogue unit], NaN where missing.

    `texts` is Arrow text, dictionary-encoded or not.
    """
    distinct, codes = coded(texts)
    bare, unreadable = _parse(distinct, cell_format)
    values = convert(bare, unit, number.unit)
    hard, soft = judge(number, values)

    def sentence(i: int) -> str:
        typed = distinct[i].as_py()
        if unreadable[i]:
            return written(why_no_number(number, typed, unit), cell_format.write_option)
        return _judged(number, float(bare[i]), typed.strip(), unit, bool(hard[i]), cell_format)

    return ReadColumn(
        values[codes], _spread(unreadable, codes), _spread(hard, codes), _spread(soft, codes),
        lambda rows: _once_each(distinct, codes[rows], sentence),
    )  # fmt: skip


def _judged(number: Number, value: float, typed: str, unit: str, hard: bool, cell_format: CellFormat) -> str:
    """What is said of a cell outside the hard range, or outside the soft one."""
    if not hard:
        return unusual(number, value, typed, unit)
    return written(impossible(number, value, typed, unit) + missing_code(typed), cell_format.write_option)


def take_numbers(
    given: Numbers, number: Number, unit: str, cell_format: CellFormat, texts: Callable[[Rows], pa.Array] | None = None
) -> ReadColumn:
    """A column that already holds numbers [unit], as a data frame or a Parquet file gives it.

    `texts` gives cells as they were typed, where they were.
    """
    bare = (
        np.where(np.isin(given, cell_format.missing_numbers), np.nan, given) if cell_format.missing_numbers else given
    )
    values = convert(bare, unit, number.unit)
    hard, soft = judge(number, values)
    typed = texts or (lambda rows: plain_texts(bare[rows]))

    def describe(rows: Rows) -> CellTexts:
        cells = typed(rows).dictionary_encode()
        which = cells.indices.to_numpy()
        firsts = rows[np.unique(which, return_index=True)[1]].tolist()
        sentences = [
            _judged(number, float(bare[row]), text.strip(), unit, bool(hard[row]), cell_format)
            for text, row in zip(cells.dictionary.to_pylist(), firsts, strict=True)
        ]
        return which, cells.dictionary, pa.array(sentences, pa.string())

    none = np.zeros(len(values), np.bool_)
    return ReadColumn(values, none, hard, soft, describe)


def refused_cells(texts: pa.Array, cell_format: CellFormat, sentence: Callable[[str], str]) -> ReadColumn:
    """A column of which every cell that holds something is unusable for one reason."""
    distinct, codes = coded(texts)
    unreadable = np.array([not cell_format.is_missing(text) for text in distinct.to_pylist()], np.bool_)
    none = np.zeros(len(codes), np.bool_)
    return ReadColumn(
        np.full(len(codes), np.nan), _spread(unreadable, codes), none, none,
        lambda rows: _once_each(distinct, codes[rows], lambda i: sentence(distinct[i].as_py())),
    )  # fmt: skip


def read_words(
    texts: pa.Array, word: Word, cell_format: CellFormat, values: Mapping[str, str] | None = None
) -> ReadColumn:
    """A column of text as word codes, 0 where missing. `values`: what the user says that some cells mean, folded."""
    distinct, codes = coded(texts)
    read = np.zeros(len(distinct), np.int8)
    bad = np.zeros(len(distinct), np.bool_)
    for i, text in enumerate(distinct.to_pylist()):
        meaning = values.get(fold_word(text), text) if values else text
        code = word.read(meaning) if text.strip().casefold() not in cell_format.missing else None
        if code is not None:
            read[i] = code
        else:
            bad[i] = not cell_format.is_missing(meaning)
    none, write = np.zeros(len(codes), np.bool_), cell_format.write_option

    def sentence(i: int) -> str:
        return written(why_no_word(word, distinct[i].as_py(), in_file=True), write)

    return ReadColumn(
        read[codes], _spread(bad, codes), none, none,
        lambda rows: _once_each(distinct, codes[rows], sentence),
    )  # fmt: skip


def _spread(flagged: Mask, codes: NDArray[np.int32]) -> Mask:
    """The rows whose distinct value is flagged."""
    result: Mask = flagged[codes] if flagged.any() else np.zeros(len(codes), np.bool_)
    return result


def _once_each(texts: pa.Array, codes: NDArray[np.int32], sentence: Callable[[int], str]) -> CellTexts:
    """What is said of rows by the code of their text, made once for each distinct one."""
    distinct, which = np.unique(codes, return_inverse=True)
    sentences = pa.array([sentence(int(i)) for i in distinct], pa.string())
    return which, texts.take(pa.array(distinct)), sentences


def plain_texts(values: Numbers) -> pa.Array:
    """Numbers as `limits.plain` writes them: the fewest digits that read back the same, never in powers of ten."""
    size = np.abs(values)
    if bool(((size >= 1e15) | ((size < 1e-3) & (size > 0)) | ~np.isfinite(size)).any()):
        return pa.array([plain(value) for value in values.tolist()], pa.string())
    return pc.replace_substring_regex(pa.array(values).cast(pa.string()), r"\.0$", "")
