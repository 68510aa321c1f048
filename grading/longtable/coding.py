"""A chunk of a long table coded: its lines as arrays of studies, kinds and values, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grading.columns.cells import as_text
from grading.columns.contents import LIMITS
from grading.columns.headers import fold
from grading.errors import UsageError, option
from grading.longtable.block import (
    CHOSEN,
    DEVICE_MEAN,
    ORDINARY,
    SECOND,
    Block,
    Facts,
    Indexes,
    Lines,
    Studies,
    each_once,
)
from grading.longtable.kinds import Census, Kinds
from grading.longtable.missing import may_be_missing
from grading.longtable.roles import OPTIONS, LongColumns
from grading.longtable.text_column import TextColumn, coded_texts, different, only_used
from grading.longtable.vocabulary import vocabulary
from grading.reading.cells import CellFormat
from grading.reading.distinct import distinct, first_of
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Word
from grading.reference.scale import Mask

#: more labels, valves or units than this, and their column holds something else
MOST_TEXTS = 10_000


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


def _with_limits(cells: Mapping[str, pa.Array]) -> Mapping[str, pa.Array]:
    """The columns, the mark of a limit ('<') before the value of its line."""
    if "limits" not in cells:
        return cells
    marks = pc.utf8_trim_whitespace(as_text(cells["limits"]).cast(pa.string()).fill_null(""))
    values = as_text(cells["value"]).cast(pa.string())
    limited = pc.is_in(marks, value_set=pa.array(sorted(LIMITS)))
    marked = pc.binary_join_element_wise(marks, values, "")
    return {**cells, "value": pc.if_else(limited, marked, values)}


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
        columns = {role: coded_texts(column) for role, column in _with_limits(cells).items()}
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

    def _studies(self, columns: Mapping[str, TextColumn], lines: NDArray[np.int64]) -> tuple[Indexes, Studies]:
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

    def _kinds(self, columns: Mapping[str, TextColumn]) -> Indexes:
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
            parts.append(TextColumn(codes[columns["direction"].codes], pa.array(words, pa.string())))
            roles.append("direction")
        sizes = [max(len(part.texts), 1) for part in parts]
        key = np.ravel_multi_index([part.codes for part in parts], sizes)
        keys, which = different(key, int(np.prod(sizes)))
        nameless = labels.blank()
        places = np.empty(len(keys), np.int32)
        for place, combination in enumerate(zip(*np.unravel_index(keys, sizes), strict=True)):
            typed = {role: p.texts[int(code)].as_py() for role, p, code in zip(roles, parts, combination, strict=True)}
            rest = (typed.get(role, "") for role in ("unit", "valve", "direction"))
            places[place] = -1 if nameless[combination[0]] else self.kinds.place(typed["name"], *rest)
        return places[which]

    def _lines(
        self, columns: Mapping[str, TextColumn], lines: NDArray[np.int64], used: NDArray[np.int64], studies: Indexes,
        kinds: Indexes, about: Sequence[str],
    ) -> Lines:  # fmt: skip
        """The lines that hold measurements."""
        values, of_kind = columns["value"], kinds[used]
        codes, texts = only_used(values.codes[used], values.texts)
        return Lines(
            studies=studies[used], kinds=of_kind, values=codes, lines=lines[used], texts=texts,
            present=~self._missing(codes, texts, of_kind, about), ranks=self._ranks(columns, used, of_kind),
        )  # fmt: skip

    def _missing(self, codes: Indexes, texts: pa.Array, kinds: Indexes, about: Sequence[str]) -> Mask:
        """Which lines say that nothing was measured, as the check of cells will read them."""
        maybe = may_be_missing(texts, self.reading)
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

    def _ranks(self, columns: Mapping[str, TextColumn], used: NDArray[np.int64], kinds: Indexes) -> NDArray[np.int8]:
        """How much every line counts (see `block`)."""
        second = np.array([kind.meaning.second for kind in self.kinds], np.bool_)
        ranks = np.where(second[kinds], SECOND, ORDINARY).astype(np.int8)
        words = vocabulary()
        for role, rank, marks in (("derivation", DEVICE_MEAN, words.mean), ("chosen", CHOSEN, words.chosen)):
            if role in columns:
                marked = np.array([fold(text) in marks for text in columns[role].texts.to_pylist()], np.bool_)
                ranks[marked[columns[role].codes[used]]] = rank
        return ranks

    def _facts(self, columns: Mapping[str, TextColumn], studies: Indexes, kinds: Indexes) -> Facts:
        """The texts that are about whole studies, each different one once."""
        parts = []
        for place, fact in enumerate(self.facts):
            column, rows = columns[fact.role or "value"], np.flatnonzero(studies >= 0)
            if not fact.role:
                labels = columns["name"].each(fact.label.__eq__).astype(bool)
                rows = rows[labels[columns["name"].codes[rows]]]
            parts.append((place, *each_once(studies[rows], column.codes[rows], column.texts)))
        return Facts.of(parts)

    def _refuse_late(self, columns: Mapping[str, TextColumn], lines: NDArray[np.int64]) -> None:
        """Refuse a column that was blank in the first lines and holds units or directions in later ones."""
        for header in self.how.blank:
            column = columns[f"blank {header}"]
            for role, is_one in (("unit", vocabulary().tells_units), ("direction", vocabulary().is_direction)):
                found = column.each(is_one).astype(bool)
                if found.any():
                    row = int(np.argmax(found[column.codes]))
                    typed = column.texts[int(column.codes[row])].as_py()
                    problem = f"column {header!r} is blank in the first lines and holds {typed!r} in line {lines[row]}"
                    way = option(OPTIONS[role], header)
                    raise UsageError(f"{problem}; give {way}, or take the column out of the file")
