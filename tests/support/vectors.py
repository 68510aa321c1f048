"""The vectors: rows typed from the published tables, each with the answer they demand."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from grading.columns.template import header_of
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number
from grading.reference.units import read_unit
from support.paths import TESTS

VECTORS = sorted((TESTS.parent / "reference_tables" / "vectors").glob("*.csv"))
ANSWERS = (
    "grade", "grade_low", "grade_high", "certainty", "rule", "quantitative_grade", "mild_criteria", "severe_criteria",
    "criteria_assessed", "status",
)  # fmt: skip


def table_of(path: Path) -> tuple[str, str]:
    """('ase-2017', 'mitral') for ase-2017-mitral.csv."""
    guideline, _, valve = path.stem.rpartition("-")
    return guideline, valve


def read_vectors(path: Path) -> list[dict[str, str]]:
    """The rows of one vector file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def values_of(row: dict[str, str]) -> dict[str, str]:
    """The inputs of a vector as keyword values: 'eroa=0.4cm2 cw_jet=dense'."""
    return dict(token.split("=", 1) for token in row["inputs"].split())


def as_cell(name: str, text: str) -> tuple[str, str]:
    """(column header, cell) for one input: the unit goes into the header when it is one of the measurement's."""
    measurement = load_catalogue()[name]
    if not isinstance(measurement, Number):
        return name, text
    found = re.fullmatch(r"([-+0-9.eE]+?)([a-zA-Z%][\w%/]*)?", text)
    unit = read_unit(found[2]) if found and found[2] else measurement.unit
    if found is None or unit not in measurement.units:
        return header_of(measurement), text
    return (header_of(measurement) if unit == measurement.unit else f"{name} ({unit})"), found[1]


def unit_of(name: str, header: str) -> str:
    """The unit a header of `as_cell` names, '' for a word or a ratio."""
    measurement = load_catalogue()[name]
    if not isinstance(measurement, Number) or measurement.unit == "1":
        return ""
    return header.rpartition(" (")[2].removesuffix(")") if header.endswith(")") else measurement.unit


def sheets(rows: list[dict[str, str]]) -> Iterator[tuple[dict[str, str], list[tuple[dict[str, str], dict[str, str]]]]]:
    """Vectors as few tables as possible, each with one unit per measurement: (header -> its unit or '', [(vector, cells
    by header)])."""
    groups: list[tuple[dict[str, str], list[tuple[dict[str, str], dict[str, str]]]]] = []
    for row in rows:
        cells = {name: as_cell(name, text) for name, text in values_of(row).items()}
        headers = {name: header for name, (header, _) in cells.items()}
        group = next((g for g in groups if all(g[0].get(n, h) == h for n, h in headers.items())), None)
        if group is None:
            group = ({}, [])
            groups.append(group)
        group[0].update(headers)
        group[1].append((row, dict(cells.values())))
    for headers_by_name, members in groups:
        yield {header: unit_of(name, header) for name, header in headers_by_name.items()}, members
