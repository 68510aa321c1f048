"""A long table as text, graded in memory."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from grading.batch.in_memory import job_of, run_in_memory
from grading.batch.job import Long
from grading.batch.summary import Summary
from grading.formats.upload import Upload


@dataclass(frozen=True)
class GradedLong:
    """The rows of the output, the issues (row, line, column, value, severity, message), and what the run did."""

    rows: list[dict[str, str]]
    issues: list[dict[str, str]]
    summary: Summary

    def column(self, name: str) -> list[str]:
        return [row[name] for row in self.rows]


def graded(text: str, long: Long | None = None, **options: Any) -> GradedLong:
    """Grade a long table written as CSV text."""
    upload = Upload("long.csv", text.encode())
    run = run_in_memory(job_of(upload, long=long or Long(), **options))
    tables = (list(csv.DictReader(io.StringIO(data.decode()))) for data in (run.graded, run.issues))
    return GradedLong(*tables, run.summary)


def table(header: str, *lines: str) -> str:
    """CSV text."""
    return "\n".join([header, *lines, ""])
