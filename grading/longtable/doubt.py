"""A cell whose repeats lie too far apart to be repeats."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A cell whose repeats lie too far apart: its row and column, the cells that it could be, the text that names them
    all and the sentence, for where the grade is not the same with each."""

    row: int
    column: str
    low: str
    high: str
    text: str
    line: int
    message: str
