"""A long table, one measurement a line, turned into the wide one that the rest of the batch reads, one study a row.

Nothing is judged here: what cannot be read reaches the wide table as typed, and its check of cells rejects it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grading.errors import UsageError, nearest, option
from grading.longtable.column import Kind, LineIssue, Lines, counted, measure
from grading.longtable.labels import Labels, names_of
from grading.longtable.roles import ROLES, LongColumns, guess_columns
from grading.reading.cells import CellFormat
from grading.reading.distinct import distinct, first_of
from grading.reading.values import ERROR, WARNING
from grading.reference.catalogue import check_valve, load_catalogue
from grading.reference.measurement import VALVES
from grading.reference.scale import Mask

__all__ = ["LineIssue", "LongColumns", "Pivot", "Wide", "guess_columns"]

#: more labels, valves or units than this, and their column holds something else
MOST_TEXTS = 10_000
#: how many line numbers a sentence names
MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Wide:
    """One row a study, in the order of their first lines, all text: the study's id, then one column a measurement.

    `lines` is the line of each study's first line; `issues` stand in the order of their lines.
    """

    header: list[str]
    table: pa.Table
    lines: NDArray[np.int64]
    issues: list[LineIssue]


class _Coded(NamedTuple):
    """Texts of all lines, as codes of the distinct ones in the order of their first lines."""

    codes: NDArray[np.int32]
    texts: pa.Array

    def blank(self) -> Mask:
        """Which of the distinct texts are blank."""
        lengths = pc.binary_length(pc.utf8_trim_whitespace(self.texts))
        return np.asarray(lengths.to_numpy(zero_copy_only=False) == 0)

    def take(self, lines: NDArray[np.int64]) -> pa.Array:
        """The texts of some lines."""
        return self.texts.take(pa.array(self.codes[lines]))


class Pivot:
    """Gathers a long table chunk by chunk and gives the wide one.

    Args:
        header: the headers of the file.
        how: which of them hold what.
        valve: the valve of every line that names none, or None.
        reading: how values are written; the default is a decimal point and no further missing codes.
        units: label, valve_measurement or measurement -> the unit of its lines that give none. They are used up here:
            the plan of the wide table needs no units.
    Raises:
        UsageError: when a named column is not there, or the rule for repeats or the valve is unknown.

    >>> how = LongColumns("study", "label", "value", "unit", None)
    >>> pivot = Pivot(["study", "label", "value", "unit"], how, None)
    >>> pivot.add({"id": pa.array(["7", "7"]), "name": pa.array(["MR VC", "MR ERO"]),
    ...            "value": pa.array(["6", "0.40"]), "unit": pa.array(["mm", "cm²"])}, np.array([2, 3]))
    >>> pivot.finish().table.to_pylist()
    [{'study': '7', 'mitral_vena_contracta_width_mm': '6', 'mitral_eroa_cm2': '0.40'}]
    """

    def __init__(
        self, header: Sequence[str], how: LongColumns, valve: str | None, reading: CellFormat | None = None,
        units: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        if valve is not None:
            check_valve(valve)
        self.how = how
        #: role (id, name, value, unit, valve) -> index of its column: what `add` wants
        self.places = how.places(header)
        self._reading = reading or CellFormat()
        self._labels = Labels(valve, self._reading, units or {})
        self._parts: dict[str, list[pa.Array]] = {role: [] for role in self.places}
        self._lines: list[NDArray[np.int64]] = []

    def add(self, cells: Mapping[str, pa.Array], lines: NDArray[np.int64]) -> None:
        """Take a chunk: the column of every role in `places`, and the line in the file of each of its rows."""
        for role, parts in self._parts.items():
            data = cells[role].combine_chunks() if isinstance(cells[role], pa.ChunkedArray) else cells[role]
            if pa.types.is_dictionary(data.type):
                data = data.dictionary_decode()
            parts.append(pc.dictionary_encode(data.cast(pa.string()).fill_null("")))
        self._lines.append(np.asarray(lines, np.int64))

    def finish(self) -> Wide:
        """The wide table of everything added; asked for once. Raises UsageError when no label is a measurement."""
        coded = {role: _joined(self._parts.pop(role)) for role in self.places}
        lines = np.concatenate([*self._lines, np.empty(0, np.int64)])
        self._lines.clear()
        rows, ids, first = _studies(coded.get("id"), lines)
        nameless = coded["name"].blank()[coded["name"].codes]
        issues = [*self._blanks("id", rows < 0, lines), *self._blanks("name", nameless & (rows >= 0), lines)]
        used = np.flatnonzero((rows >= 0) & ~nameless)
        kind_of, kinds = self._kinds(coded, used)
        issues += _unused(kind_of, kinds, lines[used])
        header = [] if ids is None or self.how.id is None else [self.how.id]
        columns = [] if ids is None else [ids]
        for where in _by_measurement(kind_of, kinds):
            at = used[where]
            part = Lines(rows[at], kind_of[where], coded["value"].take(at), lines[at])
            name, texts, said = measure(part, kinds, len(first), self.how.repeats, self._reading)
            header.append(name)
            columns.append(texts)
            issues += said
        if len(columns) == (ids is not None):
            raise UsageError(self._nothing(kinds))
        return Wide(header, pa.table(columns, names=header), first, sorted(issues, key=lambda issue: issue.line))

    def _kinds(self, coded: Mapping[str, _Coded], used: NDArray[np.int64]) -> tuple[NDArray[np.int32], list[Kind]]:
        """The kind of every used line, and each kind's label, unit and meaning."""
        roles = [role for role in ("name", "valve", "unit") if role in coded]
        for role in roles:
            if len(coded[role].texts) > MOST_TEXTS:
                found = f"{len(coded[role].texts):,} different texts in column {getattr(self.how, role)!r}"
                raise UsageError(f"{found}: too many for a {role}; give {option(ROLES[role])}")
        sizes = [max(len(coded[role].texts), 1) for role in roles]
        places, kind_of = distinct(np.ravel_multi_index([coded[r].codes[used] for r in roles], sizes))
        first = used[places]
        blank = [""] * len(first)
        typed = [coded[r].take(first).to_pylist() if r in coded else blank for r in ("name", "valve", "unit")]
        cells = zip(*typed, strict=True)
        kinds = [Kind(label, unit, self._labels.read(label, valve, unit)) for label, valve, unit in cells]
        self._check_units_used(kinds)
        return kind_of, kinds

    def _check_units_used(self, kinds: Sequence[Kind]) -> None:
        usable = {name for kind in kinds if kind.meaning.measurement for name in names_of(kind.meaning, kind.label)}
        for name in self._labels.units:
            if name not in usable:
                raise UsageError(f"there is no label or measurement {name!r}.{nearest(name, usable)}", about="units")

    def _blanks(self, role: str, blank: Mask, lines: NDArray[np.int64]) -> Iterator[LineIssue]:
        """One issue for all lines that name no study, or no measurement."""
        found = lines[blank]
        if len(found):
            more = f" and {len(found) - MOST_LINES} more" if len(found) > MOST_LINES else ""
            which = ", ".join(str(line) for line in found[:MOST_LINES].tolist()) + more
            column, what = (self.how.id or "", "study") if role == "id" else (self.how.name, "measurement")
            message = f"no {what} is named, so {counted(len(found))} cannot be used ({which}); fill in {column!r}"
            yield LineIssue(int(found[0]), None, column, "", ERROR if role == "id" else WARNING, message)

    def _nothing(self, kinds: Sequence[Kind]) -> str:
        labels = ", ".join(repr(label) for label in dict.fromkeys(kind.label for kind in kinds[:MOST_LINES]))
        reasons = [kind.meaning.problem for kind in kinds if kind.meaning.severity in (ERROR, WARNING)]
        why = f". The first: {reasons[0]}" if reasons else f"; give {option('name')} if they stand elsewhere"
        return (
            f"no label in column {self.how.name!r} is a measurement used for grading (found: {labels or 'none'}){why}"
        )


def _joined(parts: list[pa.Array]) -> _Coded:
    whole = pa.chunked_array(parts, pa.dictionary(pa.int32(), pa.string())).unify_dictionaries().combine_chunks()
    return _Coded(whole.indices.to_numpy(), whole.dictionary)


def _studies(
    ids: _Coded | None, lines: NDArray[np.int64]
) -> tuple[NDArray[np.int32], pa.Array | None, NDArray[np.int64]]:
    """The study of every line (-1: a blank id), the ids in the order of their first lines, and those lines."""
    if ids is None:
        return np.zeros(len(lines), np.int32), None, lines[:1]
    blank = ids.blank()
    rows = np.where(blank, -1, np.cumsum(~blank) - 1).astype(np.int32)[ids.codes]
    named = np.flatnonzero(rows >= 0)
    texts = ids.texts.filter(pa.array(~blank))
    return rows, texts, lines[named[first_of(rows[named], len(texts))]]


def _unused(kind_of: NDArray[np.int32], kinds: Sequence[Kind], lines: NDArray[np.int64]) -> Iterator[LineIssue]:
    """Every label that is no measurement, once, with how many lines have it."""
    counts = np.bincount(kind_of, minlength=len(kinds)).tolist()
    first = lines[first_of(kind_of, len(kinds))].tolist()
    found: dict[tuple[str, str, str], list[int]] = {}
    for index, (label, _, meaning) in enumerate(kinds):
        if not meaning.measurement:
            found.setdefault((label, meaning.severity, meaning.problem), []).append(index)
    for (label, severity, problem), members in found.items():
        message = f"{problem} ({counted(sum(counts[index] for index in members))})"
        yield LineIssue(first[members[0]], None, label, "", severity, message)


def _by_measurement(kind_of: NDArray[np.int32], kinds: Sequence[Kind]) -> Iterator[NDArray[np.int64]]:
    """The used lines of each measurement of each valve, in the order of the catalogue."""
    order = {measurement.name: place for place, measurement in enumerate(load_catalogue().enterable())}
    about = [(kind.meaning.measurement, kind.meaning.valve) for kind in kinds]
    valves = ("", *VALVES)
    columns = sorted({key for key in about if key[0]}, key=lambda key: (order[key[0]], valves.index(key[1])))
    column_of = np.array([columns.index(key) if key[0] else -1 for key in about], np.int16)
    column = column_of[kind_of] if len(kinds) else np.empty(0, np.int16)
    lines = np.argsort(column, kind="stable")
    bounds = np.searchsorted(column[lines], np.arange(len(columns) + 1))
    for start, end in pairwise(bounds.tolist()):
        yield lines[start:end]
