"""A blank input file and its data dictionary, made from the catalogue."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from grading.reading.checks import MISSING
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number, Word
from grading.reference.units import HEADER_ENDINGS
from grading.writing import quantity

_ENDINGS = {unit: ending for ending, unit in reversed(list(HEADER_ENDINGS.items()))}


def header_of(measurement: Number | Word, unit: str | None = None) -> str:
    """A column header that names the unit, the catalogue's when none is given: 'eroa_cm2', 'eroa_mm2', 'cw_jet'."""
    if not isinstance(measurement, Number):
        return measurement.name
    ending = _ENDINGS.get(unit or measurement.unit)
    if ending is None:
        # 'fraction' would read as a word of the name without its brackets
        return measurement.name if unit in (None, "1") else f"{measurement.name} ({unit})"
    return f"{measurement.name}_{ending}"


def _measurements(valve: str | None) -> list[Number | Word]:
    return load_catalogue().enterable(valve)


def as_csv(valve: str | None) -> str:
    """The header line of a blank input file; without a valve it has a column for it."""
    names = ["id", *([] if valve else ["valve"]), *(header_of(m) for m in _measurements(valve))]
    return ",".join(names) + "\n"


def _field(measurement: Number | Word) -> dict[str, Any]:
    described = {"name": header_of(measurement), "title": measurement.title, "description": measurement.how}
    if isinstance(measurement, Word):
        return described | {"type": "string", "constraints": {"enum": list(measurement.values)}}
    assert measurement.hard is not None
    low = 0 if measurement.hard.zero else measurement.hard.low
    limits = {"minimum": low, "maximum": measurement.hard.high}
    codes = {"loinc": dict(measurement.loinc)} if measurement.loinc else {}
    return described | {"type": "number", "unit": measurement.unit, "constraints": limits} | codes


def as_table_schema(valve: str | None) -> str:
    """A Frictionless Table Schema."""
    first: list[dict[str, Any]] = [{"name": "id", "type": "string", "title": "Your own row identifier; passed through"}]
    if valve is None:
        first.append(_field(load_catalogue().words["valve"]))
    fields = first + [_field(m) for m in _measurements(valve)]
    return json.dumps({"fields": fields, "missingValues": list(MISSING)}, indent=2, ensure_ascii=False) + "\n"


_REDCAP = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
    "Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?",
    "Field Annotation",
)  # fmt: skip


def as_redcap(valve: str | None) -> str:
    """A REDCap data dictionary: one form, sections in the order an echo is read."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_REDCAP)

    def write(
        name: str, section: str, kind: str, label: str, choices: str, note: str, limits: tuple[str, str, str]
    ) -> None:
        row = [name, "echograde", section, kind, label, choices, note, *limits]
        writer.writerow(row + [""] * (len(_REDCAP) - len(row)))

    write("record_id", "", "text", "Record", "", "", ("", "", ""))
    measurements = _measurements(valve)
    if valve is None:
        measurements = [load_catalogue().words["valve"], *measurements]
    before = ""
    for m in measurements:
        section = m.group if m.group != before else ""
        before = m.group
        if isinstance(m, Word):
            choices = " | ".join(f"{value}, {value.replace('_', ' ')}" for value in m.values)
            write(m.name, section, "radio", m.title, choices, m.how, ("", "", ""))
        else:
            assert m.hard is not None
            low = 0.0 if m.hard.zero else m.hard.low
            note = f"{m.how} Unit: {m.unit}"
            write(header_of(m), section, "text", m.title, "", note, ("number", f"{low:g}", f"{m.hard.high:g}"))
    return out.getvalue()


def as_markdown(valve: str | None) -> str:
    """The data dictionary as a table to read."""
    lines = ["| column | what it is | unit or values | possible | how it is measured |", "|---|---|---|---|---|"]
    for m in _measurements(valve):
        if isinstance(m, Word):
            lines.append(f"| `{header_of(m)}` | {m.title} | {', '.join(f'`{v}`' for v in m.values)} | | {m.how} |")
        else:
            assert m.hard is not None
            zero = "0 or " if m.hard.zero else ""
            units = ", ".join(m.units)
            possible = quantity(f"{zero}{m.hard.low:g}-{m.hard.high:g}", m.unit)
            error = f" Error: {m.error.text(m.unit)} ({m.error.source})." if m.error else ""
            lines.append(f"| `{header_of(m)}` | {m.title} | {units} | {possible} | {m.how}{error} |")
    blank = ", ".join(f"`{token}`" for token in MISSING if token)
    return "\n".join([*lines, "", f"Not measured: an empty cell, or one of {blank}."]) + "\n"


FORMATS: Mapping[str, Callable[[str | None], str]] = MappingProxyType(
    {"csv": as_csv, "table-schema": as_table_schema, "redcap": as_redcap, "markdown": as_markdown}
)
