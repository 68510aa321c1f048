"""What `echograde grade` says of a run on the terminal: how the input was understood, and what came of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from grading.cli.arguments import as_flag
from grading.errors import written
from grading.writing import on_one_line

if TYPE_CHECKING:
    from grading.batch.summary import Summary
    from grading.columns.column import Column

#: where the meaning or unit of a column comes from, as the report says it
_ORIGINS = {"catalogue": "assumed", "units": "--unit", "columns": "--columns"}


#: general issues that the report on the terminal spells out
MOST_LISTED = 20


#: columns without a meaning that it names
MOST_NAMED = 100


def run_text(summary: Summary) -> str:
    """How the input was understood and what came of it."""
    plan = summary.plan
    assert plan is not None
    lines = [f"read as: {summary.read_as}", f"valves: {', '.join(plan.valves) or 'as the valve column says'}"]
    lines += [_column_text(c) for c in plan.columns if c.matched_by != "name" or c.unit_from == "catalogue"]
    lines += [f"note: {written(note, as_flag)}" for note in plan.notes]
    grave = sorted(summary.general, key=lambda issue: ("error", "warning", "note").index(issue.severity))
    lines += [
        f"{f'line {issue.line}: ' if issue.line else ''}{issue.severity}: {issue.message}"
        for issue in grave[:MOST_LISTED]
    ]
    if len(grave) > MOST_LISTED:
        lines.append(f"and {len(grave) - MOST_LISTED} more about the whole file, at the top of the issues file")
    if plan.unmatched:
        more = ["..."] if len(plan.unmatched) > MOST_NAMED else []
        lines.append(f"passed through: {', '.join([*plan.unmatched[:MOST_NAMED], *more])}")
    if summary.apostrophes is not None:
        lines.append(f"so that no spreadsheet runs them: {summary.apostrophes.text()}")
    lines.append(f"{summary.rows} rows: {_counts_text(summary.statuses)}")
    lines += [f"{name}: {_counts_text(counts)}" for name, counts in summary.grades.items()]
    # a header may hold line ends, and must not look like a line of the report
    return "\n".join(map(on_one_line, [*lines, f"issues: {_counts_text(summary.severities)}"]))


def _column_text(column: Column) -> str:
    where = f"{column.valve} " if column.valve else ""
    origin = f"in {column.unit_header!r}" if column.unit_header else _ORIGINS.get(column.unit_from, column.unit_from)
    unit = f" [{'each ' if column.unit_from == 'column' else f'{column.unit}, '}{origin}]" if column.unit else ""
    matched_by = _ORIGINS.get(column.matched_by, column.matched_by)
    return f"column {column.header!r} is {where}{column.measurement}{unit}, by {matched_by}"


def _counts_text(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common()) or "none"
