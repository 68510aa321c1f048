"""What a run did, and the manifest that says so."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from grading.batch.job import Job, Long
from grading.batch.piece import GradedPiece
from grading.batch.source import Source
from grading.columns.plan import Column, Plan
from grading.engine.methods import METHODS
from grading.explanation.report import NOTICE
from grading.longtable.line_issue import LineIssue
from grading.reading.cells import CellFormat
from grading.reading.values import ERROR
from grading.reference.catalogue import tables
from grading.reference.guideline import load_guideline, tables_digest
from grading.reference.measurement import VALVES
from grading.version import VERSION

#: columns that a sentence names
_MOST_NAMED = 5


@dataclass(slots=True)
class Apostrophes:
    """What `excel_safe` changed: how many headers, and how many cells of which column, got an apostrophe."""

    headers: int = 0
    cells: Counter[str] = field(default_factory=Counter)

    def text(self) -> str:
        """What was changed, as a sentence.

        >>> Apostrophes(1, Counter(note=2)).text(), Apostrophes().text()
        ('an apostrophe before 2 cells (note 2) and 1 header', 'an apostrophe before no cell and no header')
        """
        columns = ", ".join(f"{name} {count:,}" for name, count in self.cells.most_common(_MOST_NAMED))
        more = ", ..." if len(self.cells) > _MOST_NAMED else ""
        total = self.cells.total()
        cells = f"{total:,} cell{'s' * (total != 1)} ({columns}{more})" if total else "no cell"
        return f"an apostrophe before {cells} and {self.headers or 'no'} header{'s' * (self.headers > 1)}"


@dataclass(slots=True)
class Summary:
    """What a run did: rows, rows by status, grades by column, issues by severity, and how the input and its cells were
    read."""

    rows: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    grades: dict[str, Counter[str]] = field(default_factory=dict)
    valve_statuses: dict[str, Counter[str]] = field(default_factory=dict)
    severities: Counter[str] = field(default_factory=Counter)
    foreign: bool = False
    read_as: str = ""
    plan: Plan | None = None
    general: Sequence[LineIssue] = ()
    cell_format: CellFormat = field(default_factory=CellFormat)
    apostrophes: Apostrophes | None = None

    @property
    def rejected(self) -> int:
        """How many rows were not graded because a cell is impossible or unreadable, and lines that name no row."""
        return self.statuses["rejected"] + sum(issue.severity == ERROR for issue in self.general)

    def add(self, outcome: GradedPiece) -> None:
        """Count one piece."""
        self.rows += outcome.rows
        self.foreign |= outcome.foreign
        self.statuses.update(outcome.statuses)
        self.severities.update(outcome.severities)
        for own, others in ((self.grades, outcome.grades), (self.valve_statuses, outcome.valve_statuses)):
            for name, counts in others.items():
                own.setdefault(name, Counter()).update(counts)
        if self.apostrophes is not None:
            self.apostrophes.cells.update(outcome.apostrophes)


def manifest(job: Job, source: Source, summary: Summary) -> dict[str, Any]:
    """What is needed to repeat and to trust a run.

    It holds no time and no path, so that equal runs give equal files.
    """
    assert summary.plan is not None
    changes = summary.apostrophes
    read = [{"name": name, "sha256": digest} for name, digest in source.parts.digests.items()]
    given: dict[str, Any] = {**read[0]} if len(read) == 1 else {"name": job.source.name, "parts": read}
    return {
        "echograde": VERSION,
        "tables": tables_digest(),
        "notice": NOTICE,
        "guidelines": {
            guideline: {valve: table.digest for valve, table in load_guideline(guideline).tables.items()}
            for guideline in job.guidelines
        },
        "catalogue": {
            name: hashlib.sha256((tables() / name).read_bytes()).hexdigest()
            for name in ("measurements.toml", "derived.toml")
        },
        "input": {**given, "read_as": summary.read_as, "rows": summary.rows},
        "options": {
            "valve": job.options.valve,
            "columns": dict(job.options.columns),
            "units": dict(job.options.units),
            "set": dict(job.options.constants),
            "missing": list(job.missing),
            **({"skip_lines": job.skip_lines} if job.skip_lines else {}),
            **({"units_row": True} if job.units_row else {}),
            **_redcap(job),
            "excel_safe": job.excel_safe,
            **_tidy(job),
            **_long_options(job.long),
        },
        "columns": [matched(column) for column in _all_columns(summary.plan)],
        "unmatched": list(summary.plan.unmatched),
        "methods": {
            valve: {f"{m.target} by {m.name}": m.formula for m in METHODS if valve in m.valves}
            for valve in summary.plan.valves or VALVES
        },
        "status": dict(sorted(summary.statuses.items())),
        **({"valve_status": _sorted(summary.valve_statuses)} if summary.valve_statuses else {}),
        "grades": _sorted(summary.grades),
        "issues": dict(sorted(summary.severities.items())),
        **({} if changes is None else {"apostrophes": {"headers": changes.headers, "cells": dict(changes.cells)}}),
    }


def _tidy(job: Job) -> dict[str, Any]:
    return {} if job.tidy is None else {"tidy": {"id": job.tidy.id, "codes": job.tidy.codes}}


def _long_options(long: Long | None) -> dict[str, Any]:
    if long is None:
        return {}
    return {"layout": "long", "repeats": long.repeats, **({"keep": list(long.keep)} if long.keep else {})}


def _all_columns(plan: Plan) -> list[Column]:
    return [*([plan.valve_column] if plan.valve_column else []), *plan.columns]


def matched(column: Column) -> dict[str, Any]:
    """How one column was understood."""
    return {
        "header": column.header,
        "measurement": column.measurement,
        "valve": column.valve,
        "unit": column.unit,
        "unit_from": column.unit_from,
        **({"unit_column": column.unit_header} if column.unit_header else {}),
        **({"values": dict(column.values)} if column.values else {}),
        "matched_by": column.matched_by,
    }


def _redcap(job: Job) -> dict[str, list[str]]:
    """The variables of the data dictionary, where one was given."""
    names = sorted({field.name for field in job.options.redcap.values()})
    return {"redcap_dictionary": names} if names else {}


def _sorted(counts_by_name: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {name: dict(sorted(counts.items())) for name, counts in counts_by_name.items()}
