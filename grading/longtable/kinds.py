"""The kinds of lines a long table has: label, unit, valve and direction as typed, what they mean, how many lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from grading.columns.headers import languages_of
from grading.columns.languages import language_notes
from grading.longtable.labels import Labels, Meaning
from grading.longtable.line_issue import LineIssue, counted
from grading.reading.distinct import first_of
from grading.reading.values import NOTE


class Kind(NamedTuple):
    """What lines have in common: the label and unit as typed, and what they mean."""

    label: str
    unit: str
    meaning: Meaning


class Kinds:
    """Every kind of line that was met, in the order in which it was first asked for; safe to ask from threads."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._places: dict[tuple[str, str, str, str], int] = {}
        self._kinds: list[Kind] = []
        self._texts: dict[str, set[str]] = {}
        self._lock = Lock()

    def texts(self, role: str, texts: pa.Array) -> int:
        """How many different texts a role has, with these."""
        with self._lock:
            every = self._texts.setdefault(role, set())
            every.update(texts.to_pylist())
            return len(every)

    def place(self, label: str, unit: str, valve: str, direction: str) -> int:
        """The place of a kind among all. Raises UsageError for a unit that was declared and is none of it."""
        key = (label, unit, valve, direction)
        found = self._places.get(key)
        if found is None:
            kind = Kind(label, unit, self._labels.read(label, valve, unit, direction))
            with self._lock:
                found = self._places.setdefault(key, len(self._kinds))
                if found == len(self._kinds):
                    self._kinds.append(kind)
        return found

    def __getitem__(self, place: int) -> Kind:
        return self._kinds[place]

    def __len__(self) -> int:
        return len(self._kinds)

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds)


@dataclass(slots=True)
class Census:
    """How many lines of each kind there are, all and those with a value, and where the first of them stands: its number
    among the lines of all files, and its line in its file."""

    lines: NDArray[np.int64]
    first: NDArray[np.int64]
    first_line: NDArray[np.int64]

    @classmethod
    def empty(cls) -> Census:
        """No lines at all."""
        none = np.zeros(0, np.int64)
        return cls(none, none, none)

    @classmethod
    def of(cls, kinds: NDArray[np.int32], numbers: NDArray[np.int64], lines: NDArray[np.int64], count: int) -> Census:
        """The lines of one chunk in their order."""
        at = first_of(kinds, count)
        met = at < len(kinds)
        found = cls(np.bincount(kinds, minlength=count), np.full(count, -1), np.zeros(count, np.int64))
        found.first[met], found.first_line[met] = numbers[at[met]], lines[at[met]]
        return found

    def add(self, more: Census) -> None:
        """Count the lines of a later chunk."""
        short = len(more.lines) - len(self.lines)
        if short > 0:
            self.lines = np.append(self.lines, np.zeros(short, np.int64))
            self.first = np.append(self.first, np.full(short, -1))
            self.first_line = np.append(self.first_line, np.zeros(short, np.int64))
        known = slice(0, len(more.lines))
        new = np.flatnonzero((self.first[known] < 0) & (more.first >= 0))
        self.lines[known] += more.lines
        self.first[new], self.first_line[new] = more.first[new], more.first_line[new]

    def met(self) -> list[int]:
        """The kinds that have lines, in the order of their first ones."""
        places = np.flatnonzero(self.lines)
        order: list[int] = places[np.argsort(self.first[places], kind="stable")].tolist()
        return order


def unused_labels(kinds: Kinds, census: Census, kept: Sequence[str]) -> Iterator[LineIssue]:
    """Every label that is no measurement, once, with how many lines have it; not those that are kept."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for place in census.met():
        label, _, meaning = kinds[place]
        if not meaning.measurement and label not in kept:
            found.setdefault((label, meaning.severity, meaning.problem), []).append(place)
    for (label, severity, problem), places in found.items():
        message = f"{problem} ({counted(sum(int(census.lines[place]) for place in places))})"
        yield LineIssue(int(census.first_line[places[0]]), None, label, "", severity, message)


def language_issues(kinds: Kinds, census: Census, column: str) -> Iterator[LineIssue]:
    """In which language labels are read, where it is not the catalogue's."""
    used = (kinds[place] for place in census.met())
    labels = dict.fromkeys(kind.label for kind in used if kind.meaning.measurement)
    for note in language_notes({label: names for label in labels if (names := languages_of(label))}, {}, "labels"):
        yield LineIssue(0, None, column, "", NOTE, note)


def columns_of(kinds: Kinds, census: Census) -> Mapping[tuple[str, str], list[int]]:
    """Measurement and valve -> the kinds that are of it, in the order of their first lines."""
    found: dict[tuple[str, str], list[int]] = {}
    for place in census.met():
        meaning = kinds[place].meaning
        if meaning.measurement:
            found.setdefault((meaning.measurement, meaning.valve), []).append(place)
    return found
