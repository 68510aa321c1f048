"""One thing to report about a long table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineIssue:
    """One thing to report: its line in the file, the study's row (from 0; None: several), the wide column or label."""

    line: int
    row: int | None
    column: str
    value: str
    severity: str
    message: str


def counted(lines: int) -> str:
    """'1 line', '12 lines'."""
    return f"{lines} line" if lines == 1 else f"{lines} lines"
