"""Which column of a table holds which measurement, of which valve, in which unit: from headers, maps and flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from grading.columns.headers import Match, fold, match, match_folded
from grading.columns.hints import hints
from grading.errors import UsageError, listed, nearest, option
from grading.reference.catalogue import check_valve, load_catalogue
from grading.reference.measurement import VALVES, Number
from grading.reference.units import read_unit

IGNORED = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One matched column: position and header in the input, measurement, valve ('' for every valve), unit.

    `unit_from` says where the unit comes from: 'header', 'catalogue' (assumed), or the option 'units' or 'columns';
    `matched_by` how the header was known: 'name', 'alias', or the option 'columns'.
    """

    index: int
    header: str
    measurement: str
    valve: str
    unit: str = ""
    unit_from: str = ""
    matched_by: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What a user says about the columns: a fixed valve, header -> measurement, name -> unit, name -> constant text."""

    valve: str | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a table is read. `valves` are graded in every row, or the valve column says which one a row is about."""

    columns: tuple[Column, ...]
    valves: tuple[str, ...]
    valve_column: Column | None
    constants: Mapping[str, str]
    unmatched: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def prefixed(self) -> bool:
        """True when results need the valve's name: a row holds several valves, or columns that could."""
        return self.valve_column is None and any(column.valve for column in self.columns)


def _mapped(header: str, mapping: Any) -> Match | None:
    """What the user says of a header: a measurement's name, or a table with measurement, unit and valve."""
    row = {"measurement": mapping} if isinstance(mapping, str) else mapping
    row = dict(row) if isinstance(row, Mapping) else {"": row}
    unknown = set(row) - {"measurement", "unit", "valve"}
    if unknown or "measurement" not in row or not all(isinstance(value, str) for value in row.values()):
        expected = f"expected measurement, and if need be unit and valve, found {row}"
        raise UsageError(f"{header!r}: {expected}", about="columns")
    if row["measurement"] == IGNORED:
        return None
    meaning = match_folded(fold(row["measurement"]))
    if meaning is None:
        known = [m.name for m in load_catalogue().enterable()]
        name = row["measurement"]
        raise UsageError(f"{header!r}: no measurement {name!r}.{nearest(name, known)}", about="columns")
    valve = check_valve(row["valve"]) if "valve" in row else meaning[1]
    unit = row.get("unit")
    if unit is not None and read_unit(unit) is None:
        raise UsageError(f"{header!r}: no unit {unit!r}", about="columns")
    return Match(meaning[0], valve, read_unit(unit) if unit else None, "columns")


def plan_columns(headers: Sequence[str], options: Options) -> Plan:
    """Match every header. Raises UsageError for what cannot be graded: no valve, doubled columns, unknown units and
    names."""
    duplicates = [h for i, h in enumerate(headers) if h.strip() and h in headers[:i]]
    if duplicates:
        places = [i + 1 for i, h in enumerate(headers) if h == duplicates[0]]
        raise UsageError(f"column {duplicates[0]!r} appears twice (columns {places[0]} and {places[1]}); rename one")
    for name in options.columns:
        if name not in headers:
            raise UsageError(f"there is no column {name!r}.{nearest(name, headers)}", about="columns")
    columns, unmatched, notes = [], [], []
    for index, header in enumerate(headers):
        column = read_header(index, header, options)
        if column is None:
            unmatched.append(header)
            notes += hints(header) if header not in options.columns else []
        else:
            columns.append(column)
    _check_units_used(columns, options.units)
    return _place(columns, unmatched, notes, options)


def read_header(index: int, header: str, options: Options) -> Column | None:
    """What one header means by itself, or by what the user says of it; None when it is no measurement.

    Raises UsageError for a unit or measurement that there is not.

    >>> read_header(0, "MR VC (mm)", Options())
    Column(index=0, header='MR VC (mm)', measurement='vena_contracta_width', valve='mitral', unit='mm', \
unit_from='header', matched_by='alias')
    """
    meaning = _mapped(header, options.columns[header]) if header in options.columns else match(header)
    return None if meaning is None else _column(index, header, meaning, options.units)


def _column(index: int, header: str, meaning: Match, units: Mapping[str, str]) -> Column:
    measurement = load_catalogue()[meaning.measurement]
    column = Column(
        index=index, header=header, measurement=meaning.measurement, valve=meaning.valve, matched_by=meaning.matched_by
    )
    if not isinstance(measurement, Number):
        return column
    names = (header, f"{meaning.valve}_{meaning.measurement}", meaning.measurement)
    given = next((units[name] for name in names if name in units), None)
    unit = read_unit(given) if given is not None else meaning.unit or measurement.unit
    if unit not in measurement.units:
        wrong = given if given is not None else meaning.unit
        allowed = ", ".join(measurement.units)
        raise UsageError(f"column {header!r}: {wrong!r} is not a unit of {measurement.name} ({allowed})")
    origin = "columns" if meaning.matched_by == "columns" else "header"
    unit_from = "units" if given is not None else "catalogue" if meaning.unit is None else origin
    return replace(column, unit=unit, unit_from=unit_from)


def _check_units_used(columns: Sequence[Column], units: Mapping[str, str]) -> None:
    usable = {n for c in columns for n in (c.header, c.measurement, f"{c.valve}_{c.measurement}")}
    for name in units:
        if name not in usable:
            raise UsageError(f"there is no column or measurement {name!r}.{nearest(name, usable)}", about="units")


def _place(columns: list[Column], unmatched: list[str], notes: list[str], options: Options) -> Plan:
    """Decide which valves the rows are about, and check that every column has one place."""
    valve_column = next((c for c in columns if c.measurement == "valve"), None)
    columns = [c for c in columns if c.measurement != "valve"]
    valves: tuple[str, ...] = ()
    if options.valve is not None:
        valves, valve_column = (check_valve(options.valve),), None
        unmatched = [*unmatched, *(c.header for c in columns if c.valve not in ("", *valves))]
        columns = [replace(c, valve="") for c in columns if c.valve in ("", *valves)]
    elif valve_column is not None:
        _refuse_prefixes(columns, valve_column)
    else:
        columns = [_own_valve(c) for c in columns]
        valves = _named_valves(columns, notes)
    _refuse_doubles(columns)
    _refuse_empty(columns, unmatched, notes)
    _check_constants(columns, options.constants)
    return Plan(
        columns=tuple(columns),
        valves=valves,
        valve_column=valve_column,
        constants=dict(options.constants),
        unmatched=tuple(unmatched),
        notes=tuple(notes),
    )


def _refuse_prefixes(columns: Sequence[Column], valve_column: Column) -> None:
    """A row cannot be about the valve of its cell and of a header at once."""
    named = next((c for c in columns if c.valve), None)
    if named is not None:
        raise UsageError(
            f"the file has a column {valve_column.header!r} and a column {named.header!r} that names a valve; "
            f"give {option('valve')}, or set one aside ({_set_aside(named.header)})"
        )


def _set_aside(header: str) -> str:
    """The option that sets a column aside."""
    return option("columns", header, IGNORED)


def _named_valves(columns: Sequence[Column], notes: Sequence[str]) -> tuple[str, ...]:
    """The valves that the headers name. Raises UsageError where a header or all of them leave it open."""
    nameless = next((c for c in columns if not c.valve and not load_catalogue()[c.measurement].shared), None)
    if nameless is not None:
        raise UsageError(
            f"column {nameless.header!r} does not say which valve it is about: give {option('valve')}, add a column "
            f"'valve', or call it 'mitral_{nameless.measurement}' (or mr_, ar_, tr_, pr_)"
        )
    valves = tuple(v for v in VALVES if any(c.valve == v for c in columns))
    if not valves:
        raise UsageError(
            f"no column names a valve: give {option('valve')}, add a column 'valve', or use prefixes "
            "(mr_eroa_cm2, ar_eroa_cm2)." + "".join(f" {note}." for note in notes)
        )
    return valves


def _own_valve(column: Column) -> Column:
    """A measurement that only one valve has needs no prefix."""
    measurement = load_catalogue()[column.measurement]
    if column.valve or measurement.shared or len(measurement.valves) > 1:
        return column
    return replace(column, valve=measurement.valves[0])


def _refuse_doubles(columns: Sequence[Column]) -> None:
    claims: dict[tuple[str, str], Column] = {}
    for column in columns:
        first = claims.setdefault((column.valve, column.measurement), column)
        if first is not column:
            what = f"{column.valve} {column.measurement}".strip()
            aside = f"set one aside ({_set_aside(column.header)})"
            raise UsageError(f"columns {first.header!r} and {column.header!r} both claim {what}; {aside}")


def _refuse_empty(columns: Sequence[Column], unmatched: Sequence[str], notes: Sequence[str]) -> None:
    if not columns:
        why = "".join(f" {note}." for note in notes)
        raise UsageError(f"no column holds a measurement (found: {listed(unmatched) or 'none'}).{why}")


def _check_constants(columns: Sequence[Column], constants: Mapping[str, str]) -> None:
    known = [m.name for m in load_catalogue().enterable()]
    for name in constants:
        if name not in known:
            raise UsageError(f"no measurement {name!r}.{nearest(name, known)}", about="constants")
        if any(c.measurement == name for c in columns):
            raise UsageError(f"{name} also has a column; drop one of them", about="constants")
