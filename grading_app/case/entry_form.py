"""The form of one case: its fields, their units, and the values typed in, kept in the session under one prefix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st

from grading.case import Case
from grading.reading.checks import span
from grading.reading.values import Issue
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import VALVES, Number, Word
from grading.reference.table import Table
from grading.reference.units import convert, read_unit, split_quantity
from grading.writing import in_words, quantity, upper
from grading.writing import plain as digits
from grading_app.case.fields import field_groups, field_label, kind_of, shown_unit, unit_choices
from grading_app.signs import with_signs
from grading_app.text import escape_markdown

#: what is kept while other pages and other valves are shown
PREFIX, ERRORS = "case.", "error."
VALVE, GUIDELINE = "valve", "guideline"
UNITS = "units"


def keep() -> None:
    """Keep valve, guideline, fields and errors that this run does not show; Streamlit forgets them otherwise."""
    for key in list(st.session_state):
        if str(key).startswith((PREFIX, ERRORS)) or key in (VALVE, GUIDELINE):
            st.session_state[key] = st.session_state[key]


def valve_switch(key: str, *before: str) -> str:
    """The valve chosen under a key, at first the first; choices that are no valve stand before the valves."""
    choices = (*before, *VALVES)
    st.session_state.setdefault(key, choices[0])
    st.segmented_control("Valve", choices, format_func=upper, required=True, key=key)
    return str(st.session_state[key])


def key_of(measurement: Number | Word, valve: str) -> str:
    """Where a value is kept: what describes the heart serves every valve, what describes a leak only its own."""
    return f"{PREFIX}{'heart' if measurement.shared else valve}.{measurement.name}"


def chosen_units() -> dict[str, str]:
    """The unit chosen for each kind of quantity."""
    units: dict[str, str] = st.session_state.setdefault(UNITS, {})
    return units


def values(valve: str) -> dict[str, str]:
    """What was typed for a valve, as text with its unit; an untouched field is not there."""
    typed = {}
    for measurement in load_catalogue().enterable(valve):
        value = st.session_state.get(key_of(measurement, valve))
        if value is None:
            continue
        if isinstance(measurement, Number):
            value = quantity(digits(value), shown_unit(measurement, chosen_units()))
        typed[measurement.name] = value
    return typed


def fill(valve: str, given: Mapping[str, str]) -> None:
    """Put a case into the form in place of what it holds: checked values as text, as `values` gives them."""
    clear()
    for name, text in given.items():
        measurement = load_catalogue()[name]
        st.session_state[key_of(measurement, valve)] = _as_field(measurement, text)


def _as_field(measurement: Number | Word, text: str) -> float | str:
    if isinstance(measurement, Word):
        code = measurement.read(text)
        return measurement.values[code - 1] if code else text
    split = split_quantity(text)
    assert split is not None
    unit = read_unit(split[1]) if split[1] else measurement.unit
    return convert(split[0], unit or measurement.unit, shown_unit(measurement, chosen_units()))


def clear() -> None:
    """Empty every field of every valve."""
    for key in list(st.session_state):
        if str(key).startswith(PREFIX):
            st.session_state[key] = None


def unit_switches(valve: str) -> None:
    """A switch for each kind of quantity; it converts what was typed."""
    units = chosen_units()
    for kind, choices in unit_choices(valve).items():
        st.segmented_control(
            upper(kind),
            choices,
            default=units.get(kind, choices[0]),
            format_func=with_signs,
            required=True,
            key=f"unit.{kind}",
            on_change=_convert,
            args=(kind,),
        )


def _convert(kind: str) -> None:
    """Show all numbers of a kind, of every valve, in the unit just chosen."""
    before, after = dict(chosen_units()), {**chosen_units(), kind: st.session_state[f"unit.{kind}"]}
    for key, value in list(st.session_state.items()):
        name = str(key).rpartition(".")[2]
        if not str(key).startswith(PREFIX) or value is None or name not in load_catalogue().numbers:
            continue
        number = load_catalogue().numbers[name]
        if kind_of(number) == kind:
            st.session_state[key] = convert(value, shown_unit(number, before), shown_unit(number, after))
    st.session_state[UNITS] = after


def fields(table: Table | None, case: Case) -> None:
    """All fields in their groups, with the sentence of the checks under a value that is refused or unusual."""
    issues: dict[str, list[Issue]] = {}
    for issue in case.issues:
        issues.setdefault(issue.column, []).append(issue)
    for group in field_groups(table, case.valve):
        # the count stands beside the drawer: with another label it would be another drawer, and shut
        st.markdown(f"**{upper(group.name)}**{_filled(group.more, case.valve)}")
        _grid(group.first, case.valve, issues)
        if group.more:
            key = f"more.{case.valve}.{group.name}"
            if any(m.name in issues for m in group.more):
                st.session_state[key] = True
            more = st.expander(f"More: {group.name}", key=key, on_change="rerun")
            # fields that nobody sees are not drawn: a page answers the sooner
            if more.open:
                with more:
                    _grid(group.more, case.valve, issues)


def _filled(measurements: Iterable[Number | Word], valve: str) -> str:
    """How many fields of a drawer hold a value, as words to follow a heading; '' for none."""
    count = sum(st.session_state.get(key_of(m, valve)) is not None for m in measurements)
    return f" · {count} filled under More" if count else ""


def _grid(measurements: Iterable[Number | Word], valve: str, issues: Mapping[str, list[Issue]]) -> None:
    # a row of columns for each pair: on a narrow screen the fields then keep their order
    for place, measurement in enumerate(measurements):
        if place % 2 == 0:
            columns = st.columns(2)
        with columns[place % 2]:
            if isinstance(measurement, Number):
                _number(measurement, valve)
            else:
                _word(measurement, valve)
            for issue in issues.get(measurement.name, ()):
                show = st.error if issue.severity == "error" else st.warning
                show(escape_markdown(with_signs(f"{issue.message}.")))


def _number(number: Number, valve: str) -> None:
    unit = shown_unit(number, chosen_units())
    usual = number.soft or number.hard
    allowed = f" Usual: {span(usual, number, unit)}." if usual else ""
    key = key_of(number, valve)
    st.session_state.setdefault(key, None)
    # the catalogue's labels hold no markup, and a label is also what a screen reader says: nothing is escaped in it
    st.number_input(
        field_label(number, unit),
        value=None,
        step=convert(10.0**-number.decimals, number.unit, unit),
        format="%g",
        key=key,
        help=escape_markdown(with_signs(f"{number.title}. {number.how}{allowed}")),
        placeholder="not measured",
    )


def _word(word: Word, valve: str) -> None:
    key = key_of(word, valve)
    st.session_state.setdefault(key, None)
    st.selectbox(
        word.label,
        word.values,
        index=None,
        format_func=in_words,
        key=key,
        help=escape_markdown(f"{word.title}. {word.how}"),
        placeholder="not assessed",
    )
