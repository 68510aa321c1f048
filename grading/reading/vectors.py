"""The vectors: inputs typed from the published tables, each with the answer it demands. They prove the tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np

from grading.reading.values import TypedValues, read_values
from grading.reference.catalogue import load_catalogue, tables


@dataclass(frozen=True, slots=True)
class Vector:
    """One row of a vector file: where the case stands in the papers, its inputs as typed, and the demanded answers."""

    id: str
    place: str
    inputs: Mapping[str, str]
    demanded: Mapping[str, str]

    def read(self) -> TypedValues:
        """The inputs as the engine sees them."""
        return read_values(self.inputs)


@dataclass(frozen=True, slots=True)
class GradableVectors:
    """Vectors that are graded (none of their values is refused), and the engine's columns of them."""

    vectors: tuple[Vector, ...]
    columns: Mapping[str, Any]

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.vectors)


def vectors_folder() -> Traversable:
    """Where the vectors lie that come with the tables."""
    return tables() / "vectors"


def vector_file(guideline: str, valve: str, folder: Traversable | None = None) -> Traversable:
    """The file of one table, which need not be there."""
    return (folder or vectors_folder()) / f"{guideline}-{valve}.csv"


def read_vectors(file: Traversable) -> list[Vector]:
    """The vectors of one file, in its order."""
    stream = io.StringIO(file.read_text(encoding="utf-8"), newline="")
    return [_vector(row) for row in csv.DictReader(stream)]


def _vector(row: dict[str, str]) -> Vector:
    inputs = dict(token.split("=", 1) for token in row.pop("inputs").split())
    return Vector(row.pop("id"), row.pop("place"), inputs, row)


def gradable(vectors: Sequence[Vector]) -> GradableVectors:
    """Those that are graded, as columns: a changed table can be asked about all of them at once."""
    pairs = [(vector, values) for vector in vectors if not (values := vector.read()).rejected]
    entered = [values.entered for _, values in pairs]
    words = load_catalogue().words
    columns: dict[str, Any] = {}
    for name in dict.fromkeys(name for row in entered for name in row):
        blank, kind = (0, np.int8) if name in words else (np.nan, np.float64)
        columns[name] = np.array([row[name].value if name in row else blank for row in entered], dtype=kind)
    return GradableVectors(tuple(vector for vector, _ in pairs), columns)
