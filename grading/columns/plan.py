"""Which column of a table holds which measurement, of which valve, in which unit: from headers, maps and flags."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grading.columns.headers import Match, fold, match, match_folded, refusal, split_unit
from grading.errors import UsageError, listed, nearest
from grading.reference.catalogue import VALVES, Number, check_valve, load_catalogue
from grading.reference.units import read_unit

IGNORED = "ignore"


@dataclass(frozen=True, slots=True)
class Column:
    """One matched column: position and header in the input, measurement, valve ('' for every valve), unit."""

    index: int
    header: str
    measurement: str
    valve: str
    unit: str
    unit_from: str
    matched_by: str


@dataclass(frozen=True, slots=True)
class Options:
    """What a user says about the columns: a fixed valve, header -> measurement, name -> unit, name -> constant text."""

    valve: str | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
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


def _mapped(header: str, said: Any) -> Match | None:
    """What a --columns map says of a header: a measurement's name, or a table with measurement, unit and valve."""
    row = {"measurement": said} if isinstance(said, str) else dict(said) if isinstance(said, Mapping) else {"": said}
    unknown = set(row) - {"measurement", "unit", "valve"}
    if unknown or "measurement" not in row or not all(isinstance(value, str) for value in row.values()):
        raise UsageError(f"--columns: {header!r}: expected measurement, and if need be unit and valve, found {row}")
    if row["measurement"] == IGNORED:
        return None
    found = match_folded(fold(row["measurement"]))
    if found is None:
        known = [m.name for m in load_catalogue().enterable()]
        name = row["measurement"]
        raise UsageError(f"--columns: {header!r}: no measurement {name!r}.{nearest(name, known)}")
    valve = check_valve(row["valve"]) if "valve" in row else found[1]
    unit = row.get("unit")
    if unit is not None and read_unit(unit) is None:
        raise UsageError(f"--columns: {header!r}: no unit {unit!r}")
    return Match(found[0], valve, read_unit(unit) if unit else None, "--columns")


def plan_columns(headers: Sequence[str], options: Options) -> Plan:
    """Match every header. Raises UsageError for what cannot be graded: no valve, doubled columns, unknown units and
    names."""
    duplicates = [h for i, h in enumerate(headers) if h.strip() and h in headers[:i]]
    if duplicates:
        places = [i + 1 for i, h in enumerate(headers) if h == duplicates[0]]
        raise UsageError(f"column {duplicates[0]!r} appears twice (columns {places[0]} and {places[1]}); rename one")
    for name in options.columns:
        if name not in headers:
            raise UsageError(f"--columns: there is no column {name!r}.{nearest(name, headers)}")
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
    found = _mapped(header, options.columns[header]) if header in options.columns else match(header)
    return None if found is None else _column(index, header, found, options.units)


def hints(header: str) -> list[str]:
    """Why a header that means nothing to us is not used, and what it may be meant for; nothing for most."""
    reason = refusal(header)
    if reason:
        return [f"column {header!r} is not used: {reason}; name it with --columns if it is one of ours"]
    if checkbox := re.fullmatch(r"(.+?)___\w+", header):
        found = match(checkbox[1])
        return [] if found is None else [_checkbox(header, checkbox[1], found)]
    bare, _ = split_unit(header)
    near = nearest(bare.strip().replace(" ", "_"), [m.name for m in load_catalogue().enterable()])
    return [f"column {header!r} is not used.{near} Rename it, or name it with --columns"] if near else []


def _checkbox(header: str, base: str, found: Match) -> str:
    """How a column of REDCap checkboxes can be used: it holds 1 where one choice of several was ticked, else 0."""
    measurement = load_catalogue()[found.measurement]
    said = f"column {header!r} is a REDCap checkbox, one choice of several, and is not used"
    if isinstance(measurement, Number):
        return f"{said}; write the number into a column {base!r}"
    if measurement.read("1") is not None:
        return f"{said}; if its 1 means yes, name it with --columns: {header!r} = {base!r}"
    return f"{said}; write the choice in words ({listed(measurement.values)}) into a column {base!r}"


def _column(index: int, header: str, found: Match, units: Mapping[str, str]) -> Column:
    measurement = load_catalogue()[found.measurement]
    if not isinstance(measurement, Number):
        return Column(index, header, found.measurement, found.valve, "", "", found.matched_by)
    asked = next(
        (units[n] for n in (header, f"{found.valve}_{found.measurement}", found.measurement) if n in units), None
    )
    unit = read_unit(asked) if asked is not None else found.unit or measurement.unit
    if unit not in measurement.units:
        given = asked if asked is not None else found.unit
        raise UsageError(
            f"column {header!r}: {given!r} is not a unit of {measurement.name} ({', '.join(measurement.units)})"
        )
    source = "--unit" if asked is not None else "catalogue" if found.unit is None else "header"
    if found.matched_by == "--columns" and source == "header":
        source = "--columns"
    return Column(index, header, found.measurement, found.valve, unit, source, found.matched_by)


def _check_units_used(columns: Sequence[Column], units: Mapping[str, str]) -> None:
    usable = {n for c in columns for n in (c.header, c.measurement, f"{c.valve}_{c.measurement}")}
    for name in units:
        if name not in usable:
            raise UsageError(f"--unit: there is no column or measurement {name!r}.{nearest(name, usable)}")


def _place(columns: list[Column], unmatched: list[str], notes: list[str], options: Options) -> Plan:
    """Decide which valves the rows are about."""
    valve_column = next((c for c in columns if c.measurement == "valve"), None)
    columns = [c for c in columns if c.measurement != "valve"]
    if options.valve is not None:
        fixed = check_valve(options.valve)
        aside = [c for c in columns if c.valve not in ("", fixed)]
        unmatched += [c.header for c in aside]
        columns = [c for c in columns if c not in aside]
        columns = [Column(c.index, c.header, c.measurement, "", c.unit, c.unit_from, c.matched_by) for c in columns]
        _refuse_doubles(columns)
        return _finish(columns, (fixed,), None, unmatched, notes, options)
    if valve_column is not None:
        named = next((c for c in columns if c.valve), None)
        if named is not None:
            raise UsageError(
                f"the file has a column {valve_column.header!r} and a column {named.header!r} that names a valve; "
                'give --valve, or set one aside in a --columns map (measurement = "ignore")'
            )
        _refuse_doubles(columns)
        return _finish(columns, (), valve_column, unmatched, notes, options)
    columns = [_own_valve(c) for c in columns]
    valves = tuple(v for v in VALVES if any(c.valve == v for c in columns))
    nameless = next((c for c in columns if not c.valve and not load_catalogue()[c.measurement].shared), None)
    if nameless is not None:
        raise UsageError(
            f"column {nameless.header!r} does not say which valve it is about: give --valve, add a column 'valve', "
            f"or call it 'mitral_{nameless.measurement}' (or mr_, ar_, tr_, pr_)"
        )
    if not valves:
        raise UsageError(
            "no column names a valve: give --valve, add a column 'valve', or use prefixes (mr_eroa_cm2, ar_eroa_cm2)."
            + "".join(f" {note}." for note in notes)
        )
    _refuse_doubles(columns)
    return _finish(columns, valves, None, unmatched, notes, options)


def _own_valve(column: Column) -> Column:
    """A measurement that only one valve has needs no prefix."""
    measurement = load_catalogue()[column.measurement]
    if column.valve or measurement.shared or len(measurement.valves) > 1:
        return column
    only = measurement.valves[0]
    return Column(
        column.index, column.header, column.measurement, only, column.unit, column.unit_from, column.matched_by
    )


def _refuse_doubles(columns: Sequence[Column]) -> None:
    seen: dict[tuple[str, str], Column] = {}
    for column in columns:
        first = seen.setdefault((column.valve, column.measurement), column)
        if first is not column:
            what = f"{column.valve} {column.measurement}".strip()
            raise UsageError(
                f"columns {first.header!r} and {column.header!r} both claim {what}; "
                'set one aside in a --columns map (measurement = "ignore")'
            )


def _finish(
    columns: list[Column],
    valves: tuple[str, ...],
    valve_column: Column | None,
    unmatched: list[str],
    notes: list[str],
    options: Options,
) -> Plan:
    known = [m.name for m in load_catalogue().enterable()]
    if not columns:
        hints = "".join(f" {note}." for note in notes)
        raise UsageError(f"no column holds a measurement (found: {listed(unmatched) or 'none'}).{hints}")
    for name in options.constants:
        if name not in known:
            raise UsageError(f"--set: no measurement {name!r}.{nearest(name, known)}")
        if any(c.measurement == name for c in columns):
            raise UsageError(f"--set: {name} also has a column; drop one of them")
    return Plan(tuple(columns), valves, valve_column, dict(options.constants), tuple(unmatched), tuple(notes))
