"""Which column of a table holds which measurement, of which valve, in which unit: from headers, maps and flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grading.columns.column import IGNORED, Column, Options, read_header
from grading.columns.contents import EVIDENCE, Contents, holds_grades, holds_valves, nothing_known
from grading.columns.headers import languages_of, refusal
from grading.columns.hints import hints_of, unit_hint, unit_only
from grading.columns.languages import language_notes, languages_of_valve
from grading.columns.limit_columns import refuse_limits
from grading.columns.outside_columns import OutsideColumn, outside_columns, outside_notes
from grading.columns.unit_columns import with_unit_columns
from grading.errors import UsageError, listed, nearest, option
from grading.reference.catalogue import check_valve, load_catalogue
from grading.reference.measurement import VALVES, fold_word
from grading.reference.similar import nearest_measurement

__all__ = ["IGNORED", "Column", "Options", "Plan", "plan_columns", "read_header", "without_valve"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a table is read. `valves` are graded in every row, or the valve column says which one a row is about."""

    columns: tuple[Column, ...]
    valves: tuple[str, ...]
    valve_column: Column | None
    constants: Mapping[str, str]
    unmatched: tuple[str, ...]
    notes: tuple[str, ...]
    outside: tuple[OutsideColumn, ...] = ()

    @property
    def indexes(self) -> list[int]:
        """The places of all columns that are read."""
        valve = [] if self.valve_column is None else [self.valve_column.index]
        units = [column.unit_index for column in self.columns if column.unit_index is not None]
        outside = [column.index for column in self.outside]
        return sorted({*(column.index for column in self.columns), *units, *valve, *outside})

    @property
    def prefixed(self) -> bool:
        """True when results need the valve's name: a row holds several valves, or columns that could."""
        return self.valve_column is None and any(column.valve for column in self.columns)


def plan_columns(headers: Sequence[str], options: Options, contents: Contents = nothing_known) -> Plan:
    """Match every header. `contents` gives the first cells of a column, where they are known.

    Raises UsageError for what cannot be graded: no valve, doubled columns, unknown units and names.
    """
    _refuse_duplicates(headers)
    for name in options.columns:
        if name not in headers:
            raise UsageError(f"there is no column {name!r}.{nearest(name, headers)}", about="columns")
    meanings = [read_header(index, header, options) for index, header in enumerate(headers)]
    readers = [column.header for column in meanings if column is not None and _is_reader(column, contents)]
    columns = [column for column in meanings if column is not None and column.header not in readers]
    others = [(i, h) for i, h in enumerate(headers) if meanings[i] is None and h not in options.columns]
    columns = with_unit_columns(columns, others, contents)
    refuse_limits(columns, others, contents)
    used = {header for column in columns for header in (column.header, column.unit_header)}
    unknown = [header for _, header in others if header not in used]
    hints = hints_of(unknown)
    notes = [_reader_note(header) for header in readers] + [note for notes in hints.values() for note in notes]
    notes += _language_notes(columns, contents)
    _check_units_used(columns, options.units)
    unmatched = [header for header in headers if header not in used]
    by_content = [header for index, header in others if header not in used and holds_valves(contents(index))]
    bare = [header for header in unknown if header not in hints and unit_only(header)]
    notes += [unit_hint(bare)] if bare else []
    outside = tuple(outside_columns([(i, h) for i, h in others if h not in used], contents))
    notes += outside_notes(outside, contents)
    return replace(_place(columns, unmatched, notes, options, _valve_hint(by_content)), outside=outside)


def _refuse_duplicates(headers: Sequence[str]) -> None:
    """A header may stand once, but for blank ones."""
    places: dict[str, int] = {}
    for place, header in enumerate(headers, 1):
        first = places.setdefault(header, place)
        if first != place and header.strip():
            raise UsageError(f"column {header!r} appears twice (columns {first} and {place}); rename one")


def _valve_hint(headers: Sequence[str]) -> str:
    """How a column becomes the one of the valve: of those given, where there are any."""
    if headers:
        return f". Column {headers[0]!r} holds names of valves: use it with {option('columns', headers[0], 'valve')}"
    return f"; a column of valves under another name is used with {option('columns')}"


def _is_reader(column: Column, contents: Contents) -> bool:
    """True for a column of grades under a name that also says whether a valve leaks at all."""
    by_header = column.matched_by != "columns" and not column.values
    return by_header and column.measurement == EVIDENCE and holds_grades(contents(column.index))


def _reader_note(header: str) -> str:
    return f"column {header!r} is not used: {refusal('mr_grade')}"


def _language_notes(columns: Sequence[Column], contents: Contents) -> list[str]:
    """In which language headers and the names of valves are read, where it is not the catalogue's."""
    by_header = [column.header for column in columns if column.matched_by.endswith(" alias")]
    headers = {header: found for header in by_header if (found := languages_of(header))}
    valve = next((column for column in columns if column.measurement == "valve"), None)
    own = load_catalogue().words["valve"].synonyms
    cells = [] if valve is None else [text for text in contents(valve.index) if fold_word(text) not in own]
    return language_notes(headers, {text: valves for text in cells if (valves := languages_of_valve(text))})


def _check_units_used(columns: Sequence[Column], units: Mapping[str, str]) -> None:
    usable = {n for c in columns for n in (c.header, c.measurement, f"{c.valve}_{c.measurement}")}
    for name in units:
        if name not in usable:
            raise UsageError(f"there is no column or measurement {name!r}.{nearest(name, usable)}", about="units")


def _place(columns: list[Column], unmatched: list[str], notes: list[str], options: Options, hint: str) -> Plan:
    """Decide which valves the rows are about, and check that every column has one place.

    `hint`: how a column becomes the one of the valve.
    """
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
        valves = _named_valves(columns, notes, hint)
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


def _named_valves(columns: Sequence[Column], notes: Sequence[str], hint: str) -> tuple[str, ...]:
    """The valves that the headers name. Raises UsageError where a header or all of them leave it open."""
    nameless = next(iter(without_valve(columns)), None)
    if nameless is not None:
        raise UsageError(
            f"column {nameless.header!r} does not say which valve it is about: give {option('valve')}, add a column "
            f"'valve', or call it 'mitral_{nameless.measurement}' (or mr_, ar_, tr_, pr_){hint}"
        )
    valves = tuple(v for v in VALVES if any(c.valve == v for c in columns))
    if not valves:
        raise UsageError(
            f"no column names a valve: give {option('valve')}, add a column 'valve', or use prefixes "
            f"(mr_eroa_cm2, ar_eroa_cm2){hint}." + "".join(f" {note}." for note in notes)
        )
    return valves


def without_valve(columns: Sequence[Column]) -> list[Column]:
    """The columns of a measurement of several valves that do not say which one they are about."""
    of_a_valve = [_own_valve(c) for c in columns if c.measurement not in ("", "valve")]
    return [c for c in of_a_valve if not c.valve and not load_catalogue()[c.measurement].shared]


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
            aside = f"set one aside ({_set_aside(first.header)} or {_set_aside(column.header)})"
            raise UsageError(f"columns {first.header!r} and {column.header!r} both claim {what}; {aside}")


def _refuse_empty(columns: Sequence[Column], unmatched: Sequence[str], notes: Sequence[str]) -> None:
    if not columns:
        why = "".join(f" {note}." for note in notes)
        raise UsageError(f"no column holds a measurement (found: {listed(unmatched) or 'none'}).{why}")


def _check_constants(columns: Sequence[Column], constants: Mapping[str, str]) -> None:
    known = [m.name for m in load_catalogue().enterable()]
    for name in constants:
        if name not in known:
            raise UsageError(f"no measurement {name!r}.{nearest_measurement(name)}", about="constants")
        if any(c.measurement == name for c in columns):
            raise UsageError(f"{name} also has a column; drop one of them", about="constants")
