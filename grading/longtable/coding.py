"""A chunk of a long table coded: its lines as arrays of studies, kinds and values, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grading.columns.headers import fold
from grading.errors import UsageError, option
from grading.longtable.block import CHOSEN, DEVICE_MEAN, Block, Facts, Indexes, Lines, Studies
from grading.longtable.kinds import Census, Kinds
from grading.longtable.roles import OPTIONS, LongColumns
from grading.longtable.vocabulary import vocabulary
from grading.reading.cells import CellFormat
from grading.reading.distinct import distinct, first_of
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Word
from grading.reference.scale import Mask
from grading.reference.units import NUMBER_PATTERN, read_number

#: more labels, valves or units than this, and their column holds something else
MOST_TEXTS = 10_000
#: so many combinations of label, unit, valve and direction are counted in a table of them all
_TABLE = 1 << 18

class _Texts(NamedTuple):
    """A column: the code of every row, and the text of each code."""

    codes: Indexes
    texts: pa.Array

    def each(self, about: Callable[[str], object]) -> NDArray[np.generic]:
        """Something about every text."""
        return np.array([about(text) for text in self.texts.to_pylist()])

    def blank(self) -> Mask:
        """Which of the texts are blank."""
        lengths = pc.binary_length(pc.utf8_trim_whitespace(self.texts))
        return np.asarray(lengths.to_numpy(zero_copy_only=False) == 0)


class Fact(NamedTuple):
    """What is about a whole study: the role of a column, or a label of lines."""

    role: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What was read of a chunk. The numbers of its lines count from 0.

    `nameless` and `of_no_study`: the lines in the file that name no measurement, and no study.
    """

    rows: int
    block: Block
    every: Census
    present: Census
    nameless: NDArray[np.int64]
    of_no_study: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Coder:
    """Codes chunks; it holds nothing of them but the kinds, and may be asked from several threads.

    Args:
        how: the columns of the table.
        facts: what is about whole studies.
        kinds: every kind that was met.
        reading: how values are written.
    """

    how: LongColumns
    facts: tuple[Fact, ...]
    kinds: Kinds
    reading: CellFormat

    def code(self, cells: Mapping[str, pa.Array], lines: NDArray[np.int64]) -> Chunk:
        """A chunk: the column of every role, the line in the file of each row. Raises UsageError for a column that
        holds something else than its role says."""
        columns = {role: _texts(column) for role, column in cells.items()}
        self._refuse_late(columns, lines)
        studies, found = self._studies(columns, lines)
        kinds = self._kinds(columns)
        named = (studies >= 0) & (kinds >= 0)
        at = np.flatnonzero(named)
        every = Census.of(kinds[at], at, lines[at], len(self.kinds))
        about = [kind.meaning.measurement for kind in self.kinds]
        used = np.flatnonzero(named & np.array([name != "" for name in about], np.bool_)[kinds]) if about else at
        measured = self._lines(columns, lines, used, studies, kinds, about)
        here = np.flatnonzero(measured.present)
        return Chunk(
            rows=len(lines),
            block=Block(found, measured, self._facts(columns, studies, kinds)),
            every=every,
            present=Census.of(measured.kinds[here], used[here], measured.lines[here], len(about)),
            nameless=lines[(kinds < 0) & (studies >= 0)],
            of_no_study=lines[studies < 0],
        )

    def _studies(self, columns: Mapping[str, _Texts], lines: NDArray[np.int64]) -> tuple[Indexes, Studies]:
        """The study of every row (-1: a blank id), and the studies in the order of their first rows."""
        names = ["id", *(f"study {column}" for column in self.how.also)] if self.how.id is not None else []
        if not names:
            some = np.zeros(min(len(lines), 1), np.int64)
            return np.zeros(len(lines), np.int32), Studies(ids=(), numbers=some, lines=lines[:1])
        ids = [columns[name] for name in names]
        codes, count = ids[0].codes, len(ids[0].texts)
        for column in ids[1:]:
            first, codes = distinct(codes.astype(np.int64) * len(column.texts) + column.codes)
            count = len(first)
        blank = np.zeros(len(lines), np.bool_)
        for column in ids:
            empty = column.blank()
            blank |= empty[column.codes] if empty.any() else False
        first = first_of(np.where(blank, count, codes) if blank.any() else codes, count + 1)[:count]
        kept = np.flatnonzero(first < len(lines))
        kept = kept[np.argsort(first[kept], kind="stable")]
        place = np.full(count, -1, np.int32)
        place[kept] = np.arange(len(kept))
        studies = place[codes]
        if blank.any():
            studies[blank] = -1
        first = first[kept]
        texts = tuple(column.texts.take(pa.array(column.codes[first])) for column in ids)
        return studies, Studies(ids=texts, numbers=first, lines=lines[first])

    def _kinds(self, columns: Mapping[str, _Texts]) -> Indexes:
        """The kind of every row, -1 where it names no measurement."""
        labels = columns["name"]
        roles = [role for role in ("name", "unit", "valve") if role in columns]
        parts = [columns[role] for role in roles]
        for role, part in zip(roles, parts, strict=True):
            if (count := self.kinds.texts(role, part.texts)) > MOST_TEXTS:
                found = f"{count:,} different texts in column {getattr(self.how, role)!r}"
                raise UsageError(f"{found}: too many for a {role}; give {option(OPTIONS[role])}")
        if "direction" in columns:
            ways = columns["direction"].each(vocabulary().direction).astype(str)
            words = [*dict.fromkeys(ways.tolist())]
            codes = np.array([words.index(way) for way in ways.tolist()], np.int32)
            parts.append(_Texts(codes[columns["direction"].codes], pa.array(words, pa.string())))
            roles.append("direction")
        sizes = [max(len(part.texts), 1) for part in parts]
        key = np.ravel_multi_index([part.codes for part in parts], sizes)
        keys, which = _met(key, int(np.prod(sizes)))
        nameless = labels.blank()
        places = np.empty(len(keys), np.int32)
        for place, codes in enumerate(zip(*np.unravel_index(keys, sizes), strict=True)):
            typed = {role: p.texts[int(code)].as_py() for role, p, code in zip(roles, parts, codes, strict=True)}
            rest = (typed.get(role, "") for role in ("unit", "valve", "direction"))
            places[place] = -1 if nameless[codes[0]] else self.kinds.place(typed["name"], *rest)
        return places[which]

    def _lines(
        self, columns: Mapping[str, _Texts], lines: NDArray[np.int64], used: NDArray[np.int64], studies: Indexes,
        kinds: Indexes, about: Sequence[str],
    ) -> Lines:  # fmt: skip
        """The lines that hold measurements."""
        values, of_kind = columns["value"], kinds[used]
        codes, texts = _compact(values.codes[used], values.texts)
        return Lines(
            studies=studies[used], kinds=of_kind, values=codes, lines=lines[used], texts=texts,
            present=~self._missing(codes, texts, of_kind, about), ranks=_ranks(columns, used),
        )  # fmt: skip

    def _missing(self, codes: Indexes, texts: pa.Array, kinds: Indexes, about: Sequence[str]) -> Mask:
        """Which lines say that nothing was measured, as the check of cells will read them."""
        maybe = _may_be_missing(texts, self.reading)
        missing = maybe[codes] if maybe.any() else np.zeros(len(codes), np.bool_)
        words = load_catalogue().words
        where = np.flatnonzero(missing)
        if len(where) and any(name in words for name in about):
            for code, kind in np.unique(np.stack([codes[where], kinds[where]]), axis=1).T.tolist():
                word, text = words.get(about[kind]), texts[code].as_py()
                if word is not None and self._is_value(word, text):
                    missing[(codes == code) & (kinds == kind)] = False
        return missing

    def _is_value(self, word: Word, text: str) -> bool:
        return text.strip().casefold() not in self.reading.missing and word.read(text) is not None

    def _facts(self, columns: Mapping[str, _Texts], studies: Indexes, kinds: Indexes) -> Facts:
        """The texts that are about whole studies, each different one once."""
        parts = []
        for place, fact in enumerate(self.facts):
            column, rows = columns[fact.role or "value"], np.flatnonzero(studies >= 0)
            if not fact.role:
                labels = columns["name"].each(fact.label.__eq__).astype(bool)
                rows = rows[labels[columns["name"].codes[rows]]]
            parts.append((place, *_each_once(studies[rows], column.codes[rows], column.texts)))
        return Facts(
            studies=np.concatenate([np.empty(0, np.int32), *(of for _, of, _ in parts)]),
            columns=np.repeat(np.arange(len(parts), dtype=np.int16), [len(of) for _, of, _ in parts]),
            texts=pa.concat_arrays([pa.array([], pa.string()), *(texts for _, _, texts in parts)]),
        )

    def _refuse_late(self, columns: Mapping[str, _Texts], lines: NDArray[np.int64]) -> None:
        """Refuse a column that was blank in the first lines and holds units or directions in later ones."""
        for header in self.how.blank:
            column = columns[f"blank {header}"]
            for role, is_one in (("unit", vocabulary().is_unit), ("direction", vocabulary().is_direction)):
                found = column.each(is_one).astype(bool)
                if found.any():
                    row = int(np.argmax(found[column.codes]))
                    typed = column.texts[int(column.codes[row])].as_py()
                    problem = f"column {header!r} is blank in the first lines and holds {typed!r} in line {lines[row]}"
                    raise UsageError(f"{problem}; give {option(OPTIONS[role], header)}, or take the column out of the file")


def _texts(column: pa.Array | pa.ChunkedArray) -> _Texts:
    """A column of any table as codes of texts, in which a null is a blank."""
    data = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    ready = pa.types.is_dictionary(data.type) and data.type.value_type == pa.string() and not data.null_count
    if not ready or data.dictionary.null_count or data.type.index_type != pa.int32():
        plain = data.dictionary_decode() if pa.types.is_dictionary(data.type) else data
        data = pc.dictionary_encode(plain.cast(pa.string()).fill_null(""))
    return _Texts(data.indices.to_numpy(zero_copy_only=False), data.dictionary)


def _met(key: NDArray[np.int64], count: int) -> tuple[NDArray[np.int64], Indexes]:
    """(the different keys, which of them every row has)."""
    if count <= _TABLE:
        found = np.flatnonzero(np.bincount(key, minlength=count))
        place = np.zeros(count, np.int32)
        place[found] = np.arange(len(found))
        return found, place[key]
    first, which = distinct(key)
    return key[first], which


def _compact(codes: Indexes, texts: pa.Array) -> tuple[Indexes, pa.Array]:
    """The same with only the texts that are used."""
    found, place = _met(codes.astype(np.int64), max(len(texts), 1))
    return place, texts.take(pa.array(found))


def _each_once(studies: Indexes, codes: Indexes, texts: pa.Array) -> tuple[Indexes, pa.Array]:
    """Every different pair of study and text, in the order of the studies and then of the lines."""
    if not len(studies):
        return studies, texts.slice(0, 0)
    first = first_of(studies, int(studies.max()) + 1)
    first = first[first < len(studies)]
    of_first = np.zeros(int(studies.max()) + 1, np.int32)
    of_first[studies[first]] = codes[first]
    other = np.flatnonzero(codes != of_first[studies])
    if len(other):
        again, _ = distinct(studies[other].astype(np.int64) * len(texts) + codes[other])
        first = np.concatenate([first, np.sort(other[again])])
    return studies[first], texts.take(pa.array(codes[first]))


def _may_be_missing(texts: pa.Array, reading: CellFormat) -> Mask:
    """Which texts say that nothing was measured, where they stand for a number."""
    data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    starts = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts)]
    ends = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset + 1 : texts.offset + len(texts) + 1]
    numeric = np.zeros(len(texts), np.bool_)
    filled = np.flatnonzero(ends > starts)
    numeric[filled] = (data[starts[filled]] >= ord("0")) & (data[starts[filled]] <= ord("9"))
    missing = np.zeros(len(texts), np.bool_)
    numbers = reading.missing_numbers
    for place in np.flatnonzero(~numeric).tolist():
        text = texts[place].as_py()
        number = read_number(text.replace(",", ".") if reading.decimal == "," else text) if numbers else None
        missing[place] = reading.is_missing(text) or number in numbers
    if any(code[:1].isdigit() for code in reading.missing):
        where = np.flatnonzero(numeric)
        missing[where] = _are_codes(texts.take(pa.array(where)), reading)
    return missing


def _are_codes(texts: pa.Array, reading: CellFormat) -> Mask:
    """Which texts that begin with a digit are among the codes for not measured, as text or as a number."""
    codes = pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(texts)), pa.array(sorted(reading.missing), pa.string()))
    points = pc.replace_substring(texts, ",", ".") if reading.decimal == "," else texts
    plain = pc.utf8_trim_whitespace(points)
    is_number = pc.match_substring_regex(plain, f"^(?:{NUMBER_PATTERN})$")
    numbers = pc.if_else(is_number, plain, pa.scalar(None, pa.string())).cast(pa.float64())
    same = np.isin(numbers.fill_null(np.nan).to_numpy(zero_copy_only=False), reading.missing_numbers)
    return np.asarray(codes.to_numpy(zero_copy_only=False)) | same


def _ranks(columns: Mapping[str, _Texts], used: NDArray[np.int64]) -> NDArray[np.int8]:
    """How much every line counts: what was chosen, then the mean that a device took."""
    ranks = np.zeros(len(used), np.int8)
    words = vocabulary()
    for role, rank, marks in (("derivation", DEVICE_MEAN, words.mean), ("chosen", CHOSEN, words.chosen)):
        if role in columns:
            marked = np.array([fold(text) in marks for text in columns[role].texts.to_pylist()], np.bool_)
            ranks[marked[columns[role].codes[used]]] = rank
    return ranks
