"""The vectors: rows typed from the published tables, each with the answer they demand."""

from __future__ import annotations

import csv
from pathlib import Path

VECTORS = Path(__file__).parent / "vectors"


def read_vectors(name: str) -> list[dict[str, str]]:
    """The rows of one vector file."""
    with (VECTORS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def values_of(row: dict[str, str]) -> dict[str, str]:
    """The inputs of a vector as keyword values: 'eroa=0.4cm2 cw_jet=dense'."""
    return dict(token.split("=", 1) for token in row["inputs"].split())
