"""A piece of the wide table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from grading.longtable.doubt import Doubt
from grading.longtable.line_issue import LineIssue


@dataclass(frozen=True, slots=True, kw_only=True)
class WidePiece:
    """Rows of the wide table: of each study's first line the number among the lines of all files and the line in its
    file, and issues and doubts of single rows, which count from the piece's first."""

    table: pa.Table
    numbers: NDArray[np.int64]
    lines: NDArray[np.int64]
    issues: list[LineIssue]
    doubts: list[Doubt]

    def __len__(self) -> int:
        return len(self.numbers)
