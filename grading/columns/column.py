"""What one header means: by itself, by what the user says of it, or by a data dictionary of REDCap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from grading.columns.headers import Match, fold, match, match_folded, split_unit
from grading.columns.redcap import RedcapField, checkbox, field_of
from grading.errors import UsageError, option
from grading.reading.checks import is_missing
from grading.reference.catalogue import check_valve, load_catalogue
from grading.reference.measurement import Number, Word, fold_word
from grading.reference.similar import nearest_measurement
from grading.reference.units import read_unit

IGNORED = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One matched column: position and header in the input, measurement, valve ('' for every valve), unit.

    `unit_from` says where the unit comes from: 'header', 'catalogue' (assumed), the option 'units' or 'columns', or
    'column': the cells of `unit_header`, at `unit_index`, hold it, row by row. `matched_by` says how the header was
    known: 'name', 'alias', the option 'columns', or a 'data dictionary'. `values` says what codes in its cells mean.
    """

    index: int
    header: str
    measurement: str
    valve: str
    unit: str = ""
    unit_from: str = ""
    matched_by: str = ""
    unit_index: int | None = None
    unit_header: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """What a user says about the columns: a fixed valve, header -> measurement, name -> unit, name -> constant text,
    the fields of a REDCap data dictionary by variable and by label, and header -> what the line of units says."""

    valve: str | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    redcap: Mapping[str, RedcapField] = field(default_factory=dict)
    row_units: Mapping[str, str] = field(default_factory=dict)


def read_header(index: int, header: str, options: Options) -> Column | None:
    """What one header means by itself, or by what the user says of it; None when it is no measurement.

    Raises UsageError for a unit or measurement that there is not.

    >>> column = read_header(0, "MR VC (mm)", Options())
    >>> column.measurement, column.valve, column.unit, column.unit_from
    ('vena_contracta_width', 'mitral', 'mm', 'header')
    """
    known = field_of(header, options.redcap)
    values: Mapping[str, str] = known.values() if known is not None else {}
    if header in options.columns:
        meaning, own = _mapped(header, options.columns[header])
        values = own or values
    else:
        meaning = match(header) or checkbox(header, known) or (known.meaning() if known is not None else None)
    if meaning is None:
        return None
    column = _with_unit(index, header, meaning, options)
    measurement = load_catalogue()[column.measurement]
    return replace(column, values=_of_word(measurement, values)) if isinstance(measurement, Word) else column


def _of_word(word: Word, values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The codes whose meaning is one of the word's values, or not measured."""
    return tuple((fold_word(c), v) for c, v in values.items() if word.read(v) is not None or is_missing(v))


def _mapped(header: str, mapping: Any) -> tuple[Match | None, Mapping[str, str]]:
    """What the user says of a header: a measurement's name, or a table with measurement, unit, valve and values."""
    row = {"measurement": mapping} if isinstance(mapping, str) else mapping
    row = dict(row) if isinstance(row, Mapping) else {"": row}
    values: Any = row.pop("values", {})
    unknown = set(row) - {"measurement", "unit", "valve"}
    texts = [*row.values(), *(values.values() if isinstance(values, Mapping) else [None])]
    if unknown or "measurement" not in row or not all(isinstance(text, str) for text in texts):
        expected = "expected measurement, and if need be unit, valve and values (code = meaning)"
        raise UsageError(f"{header!r}: {expected}, found {mapping}", about="columns")
    if row["measurement"] == IGNORED:
        return None, {}
    found = match_folded(fold(row["measurement"]))
    if found is None:
        name = row["measurement"]
        raise UsageError(f"{header!r}: no measurement {name!r}.{nearest_measurement(name)}", about="columns")
    valve = check_valve(row["valve"]) if "valve" in row else found[1]
    unit = row.get("unit")
    if unit is not None and read_unit(unit) is None:
        raise UsageError(f"{header!r}: no unit {unit!r}", about="columns")
    _check_values(header, found[0], values)
    return Match(found[0], valve, read_unit(unit) if unit else None, "columns"), values


def _check_values(header: str, name: str, values: Mapping[str, str]) -> None:
    measurement = load_catalogue()[name]
    if values and isinstance(measurement, Number):
        problem = f"{name} is a number, and its cells have no values to name; for codes give {option('missing')}"
        raise UsageError(f"{header!r}: {problem}", about="columns")
    for code, text in values.items():
        if isinstance(measurement, Word) and measurement.read(text) is None and not is_missing(text):
            allowed = f"expected one of {', '.join(measurement.values)}, or '' for not measured"
            raise UsageError(f"{header!r}: {code!r} = {text!r}: {allowed}", about="columns")


def _with_unit(index: int, header: str, meaning: Match, options: Options) -> Column:
    """The column with its unit: as the user gives it, as the header says, or the catalogue's."""
    measurement = load_catalogue()[meaning.measurement]
    column = Column(
        index=index, header=header, measurement=meaning.measurement, valve=meaning.valve, matched_by=meaning.matched_by
    )
    if not isinstance(measurement, Number):
        return column
    names = (header, f"{meaning.valve}_{meaning.measurement}", meaning.measurement)
    given = next((options.units[name] for name in names if name in options.units), None)
    origin = "columns" if meaning.unit and meaning.matched_by == "columns" else "header"
    # a header keeps its unit when the user says what it measures
    stated = meaning.unit or (split_unit(header)[1] if meaning.matched_by == "columns" else None)
    below = options.row_units.get(header, "")
    if given is None and not is_missing(below):
        stated = _agreed(header, stated, below)
    unit = read_unit(given) if given is not None else stated or measurement.unit
    if unit not in measurement.units:
        raise UsageError(_no_unit(header, measurement, given, stated))
    unit_from = "units" if given is not None else "catalogue" if stated is None else origin
    return replace(column, unit=unit, unit_from=unit_from)


def _agreed(header: str, stated: str | None, below: str) -> str:
    """The unit that the line of units says. Raises UsageError where the header says another."""
    unit = read_unit(below)
    if unit is None:
        raise UsageError(f"column {header!r}: the line of units says {below!r}, which is no unit", about="units_row")
    if stated not in (None, unit):
        problem = f"the line of units says {unit}, and the header {stated}"
        raise UsageError(f"column {header!r}: {problem}", about="units_row")
    return unit


def _no_unit(header: str, number: Number, given: str | None, stated: str | None) -> str:
    """The sentence for a unit that a measurement does not have, with the way out where the header names it."""
    unit = given if given is not None else stated or ""
    problem = f"column {header!r}: {unit!r} is not a unit of {number.name} ({', '.join(number.units)})"
    if given is not None:
        return problem
    alike = next((other for other in number.units if fold(other) == fold(unit)), None)
    if alike:
        return f"{problem}; if it means {alike}, give {option('units', header, alike)}"
    ways = " or ".join(option("units", header, other) for other in number.units)
    return f"{problem}; if its values are in one of them, give {ways}"
