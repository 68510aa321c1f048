"""The readings, each under its id: those of one table, and all of them."""

from __future__ import annotations

from collections.abc import Iterable

from grading.explanation.readings import Reading, every_reading
from grading.explanation.readings import readings_of as listed
from grading.reference.guideline import list_guidelines, load_guideline, references
from grading.reference.table import Table
from grading_app.html.readings import readings_html
from site_pages.markdown import raw_html

_MEASURED = (
    "They stand with each [measurement](../reference/measurements.md) too: what is possible and usual, "
    "where values lie among patients, and errors that are assumed."
)


def readings_of(one: Table) -> str:
    """The readings of one table."""
    return _rows(listed(one))


def _rows(readings: Iterable[Reading]) -> str:
    entries = readings_html(readings)
    return raw_html(entries) if entries else "None.\n"


def all_readings() -> str:
    """Every reading, table by table, then those that all tables share."""
    every = every_reading()
    shared = [one for one in every if not one.guideline]
    tables = [one for name in list_guidelines() for one in load_guideline(name).tables.values()]
    measured = [one for one in shared if one.id.startswith("measurements/")]
    others = [one for one in shared if one not in measured]
    parts = [
        f"{len(every)} readings, {len(every) - len(shared)} of them of one table.\n",
        *(f"## {references()[one.guideline]['short']}, {one.valve}\n\n{readings_of(one)}" for one in tables),
        f"## Shared by all tables\n\n{_rows(others)}",
        f"## Limits and errors of measurements\n\n{_MEASURED}\n\n{_rows(measured)}",
    ]
    return "\n".join(parts)
