"""A graded file with its manifest: the studies as they were graded, and the measurements that each was graded by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from grading.batch.piece import cells_of
from grading.columns.cells import read_column
from grading.columns.column import Column
from grading.columns.plan import Plan
from grading.columns.unit_cells import read_with_units
from grading.errors import UsageError
from grading.followup.beyond import CaseKey
from grading.formats.small_file import read_json_file
from grading.formats.upload import Input
from grading.graded_files.counts import opened
from grading.graded_files.table import filled
from grading.reading.cells import CellFormat, ReadColumn, reading
from grading.reference.catalogue import load_catalogue, valve_of
from grading.reference.guideline import tables_digest
from grading.reference.measurement import Number, fold_word


@dataclass(frozen=True)
class Studies:
    """The rows of a graded file as text, how its columns were understood, by which guidelines it was graded, and how
    its cells are written."""

    table: pa.Table
    plan: Plan
    guidelines: tuple[str, ...]
    cell_format: CellFormat

    @property
    def header(self) -> list[str]:
        """The headers in the order of the file."""
        return list(self.table.column_names)

    def texts(self, place: int) -> list[str]:
        """One column, cell by cell."""
        cells: list[str] = self.table.column(place).to_pylist()
        return cells

    def valves(self) -> list[str]:
        """The valve of every row where a column says it, '' where it names none; [] where columns name the valves."""
        column = self.plan.valve_column
        if column is None:
            return []
        said = dict(column.values)
        return [valve_of(said.get(fold_word(text), text)) or "" for text in self.texts(column.index)]

    def case_key(self, row: int, valve: str, guideline: str) -> CaseKey:
        """The measurements of one row as a case."""
        values = {column.measurement: cells[row] for column, cells in self._cells if column.valve in ("", valve)}
        known = {name: value for name, value in values.items() if value is not None}
        return valve, guideline, tuple(sorted({**self.plan.constants, **known}.items()))

    @cached_property
    def _cells(self) -> list[tuple[Column, list[float | str | None]]]:
        """Every column that was read: a number [catalogue unit] or a word for each row, None where there is none."""
        return [(column, _values(column, self._read(column))) for column in self.plan.columns]

    def _read(self, column: Column) -> ReadColumn:
        data = self.table.column(column.index).chunk(0)
        if column.unit_index is None:
            return read_column(column, data, self.cell_format)
        return read_with_units(column, data, self.table.column(column.unit_index).chunk(0), self.cell_format)


def _values(column: Column, read: ReadColumn) -> list[float | str | None]:
    measurement = load_catalogue()[column.measurement]
    usable = ~(read.unusable | read.impossible)
    if isinstance(measurement, Number):
        numbers = read.values.tolist()
        return [value if fit and value == value else None for value, fit in zip(numbers, usable.tolist(), strict=True)]
    words = np.where(usable, read.values, 0).tolist()
    return [measurement.values[code - 1] if code > 0 else None for code in words]


def read_studies(path: Path, manifest: Path) -> Studies:
    """A graded file and the manifest that was written with it. Raises UsageError when they do not belong together, or
    were made by other tables than there are now."""
    return studies_of(path, read_json_file(manifest), manifest.name)


def studies_of(path: Input, run: Any, manifest: str) -> Studies:
    """The same of a file anywhere and what its manifest, called `manifest`, holds. Raises UsageError likewise."""
    table = _whole_table(path)
    try:
        plan, guidelines = _plan(run, table.column_names), tuple(run["guidelines"])
        decimal = "," if "decimal comma" in run["input"]["read_as"] else "."
        cell_format, rows, tables = reading(run["options"]["missing"], decimal), run["input"]["rows"], run["tables"]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UsageError(
            f"{manifest} is not the manifest of {path.name} ({error}); name the .run.json written with it",
            about="manifest",
        ) from error
    if rows != table.num_rows:
        raise UsageError(
            f"{manifest} is about {rows} rows and {path.name} holds {table.num_rows}; grade the file again"
        )
    if tables != tables_digest():
        raise UsageError(
            f"{path.name} was graded by the tables {tables}, and these are {tables_digest()}; grade it again"
        )
    return Studies(table, plan, guidelines, cell_format)


def _whole_table(path: Input) -> pa.Table:
    """All rows of a file as text, a chunk a column. Raises UsageError when it is no table."""
    with opened(path) as source:
        parts: list[list[pa.Array]] = [[pa.array([], pa.string())] for _ in source.header]
        for piece in source.pieces():
            for place, cells in cells_of(piece, range(len(source.header))).items():
                parts[place].append(filled(cells))
        return pa.table([pa.concat_arrays(some) for some in parts], names=source.header)


def _plan(run: Mapping[str, Any], header: Sequence[str]) -> Plan:
    """How the columns of a graded file were read, as its manifest says."""
    columns = list(_columns(run["columns"], header))
    valve_column = next((column for column in columns if column.measurement == "valve"), None)
    return Plan(
        columns=tuple(column for column in columns if column is not valve_column),
        valves=() if valve_column is not None else tuple(run["methods"]),
        valve_column=valve_column,
        constants=dict(run["options"]["set"]),
        unmatched=tuple(run["unmatched"]),
        notes=(),
    )


def _columns(said: Sequence[Mapping[str, Any]], header: Sequence[str]) -> Iterator[Column]:
    for one in said:
        unit_header = one.get("unit_column", "")
        yield Column(
            index=header.index(one["header"]),
            header=one["header"],
            measurement=one["measurement"],
            valve=one["valve"],
            unit=one["unit"],
            unit_from=one["unit_from"],
            matched_by=one["matched_by"],
            unit_index=header.index(unit_header) if unit_header else None,
            unit_header=unit_header,
            values=tuple(one.get("values", {}).items()),
        )
