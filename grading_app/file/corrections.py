"""What a person corrects in the reading of a table's columns, as options of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grading.columns.headers import split_unit
from grading.columns.plan import IGNORED, Column, Options
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number


def with_unit(options: Options, header: str, unit: str) -> Options:
    """The options with the unit of one column, as the option `units` gives it.

    >>> with_unit(Options(), "mr_eroa", "mm2").units
    {'mr_eroa': 'mm2'}
    """
    mapping = options.columns.get(header)
    if isinstance(mapping, Mapping):
        return replace(options, columns={**options.columns, header: {**mapping, "unit": unit}})
    return replace(options, units={**options.units, header: unit})


def with_column(options: Options, column: Column, changed: Mapping[str, str]) -> Options:
    """The options with what was changed of a column: its measurement ('' for not used), valve ('' for every) or unit.

    A column that comes to hold another measurement keeps its valve, and the unit that its header names where the
    measurement has it.

    >>> eroa = Column(index=0, header="ERO", measurement="eroa", valve="mitral", unit="cm2", unit_from="catalogue")
    >>> with_column(Options(), eroa, {"measurement": ""}).columns
    {'ERO': 'ignore'}
    >>> with_column(Options(), eroa, {"valve": "aortic", "unit": "mm2"}).columns
    {'ERO': {'measurement': 'eroa', 'valve': 'aortic', 'unit': 'mm2'}}
    """
    measurement = changed.get("measurement", column.measurement)
    if set(changed) == {"unit"} and measurement:
        return with_unit(options, column.header, changed["unit"])
    units = {name: unit for name, unit in options.units.items() if name != column.header}
    mapping = _mapping(column, changed, measurement) if measurement else IGNORED
    return replace(options, columns={**options.columns, column.header: mapping}, units=units)


def with_valve(options: Options, columns: Sequence[Column], valve: str) -> Options:
    """The options with columns that name no valve as those of one.

    >>> flail = Column(index=0, header="flail?", measurement="flail_leaflet", valve="", unit="", unit_from="")
    >>> with_valve(Options(), [flail], "mitral").columns
    {'flail?': {'measurement': 'flail_leaflet', 'valve': 'mitral'}}
    """
    for column in columns:
        options = with_column(options, column, {"valve": valve})
    return options


def with_edits(options: Options, columns: Sequence[Column], edits: Mapping[int, Mapping[str, str]]) -> Options:
    """The options with all edits of a table of columns: row -> what was changed of the column there."""
    for row, changed in edits.items():
        options = with_column(options, columns[row], changed)
    return options


def _mapping(column: Column, changed: Mapping[str, str], measurement: str) -> dict[str, Any]:
    """A column as the option `columns` says it."""
    found = load_catalogue()[measurement]
    # an assumed unit is not said: it is looked at against the values first
    kept = "" if column.unit_from == "catalogue" else column.unit or split_unit(column.header)[1] or ""
    unit = changed.get("unit", kept)
    valve = changed.get("valve", column.valve)
    if isinstance(found, Number) and "unit" not in changed and unit and unit not in found.units:
        # a header that names the unit of another measurement: the unit is said, and can be corrected
        unit = found.unit
    fits = isinstance(found, Number) and (unit in found.units or "unit" in changed)
    entries = {"measurement": measurement, "valve": valve, "unit": unit if fits else ""}
    return {key: text for key, text in entries.items() if text}
