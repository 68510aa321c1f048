"""The form of one case: its fields, their units, and the values typed in, kept in the session under one prefix."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from grading.reading.typed import bare_number, in_unit, typed_quantity
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import VALVES, Number, Word
from grading.writing import upper
from grading_app.case.fields import shown_unit, unit_choices
from grading_app.signs import with_signs

#: what is kept while other pages and other valves are shown
PREFIX, ERRORS = "case.", "error."
VALVE, GUIDELINE = "valve", "guideline"
UNITS = "units"
#: whether the address holds the case
IN_ADDRESS = "in_address"
#: what was there at the last run, and the page that it showed
KEPT, PAGE = "kept", "page"
#: what the form held before it was cleared or filled
BEFORE = "before"


def keep(page: str | None = None) -> None:
    """Keep valve, guideline, fields and errors that this run does not show; Streamlit forgets them otherwise.

    Only what it forgot is set: a field that is set is drawn anew, over what somebody is typing into it. Where `page`,
    the one that is shown, is another than before, all is set: a browser forgets every field of the page it leaves.
    """
    kept: dict[str, str | None] = st.session_state.setdefault(KEPT, {})
    arrived = page is not None and page != st.session_state.get(PAGE, page)
    for key, value in st.session_state.items():
        if str(key).startswith((PREFIX, ERRORS)) or key in (VALVE, GUIDELINE, IN_ADDRESS):
            kept[str(key)] = value
    for key, value in kept.items():
        if arrived or key not in st.session_state:
            st.session_state[key] = value
    if page is not None:
        st.session_state[PAGE] = page


def valve_switch(key: str, *before: str) -> str:
    """The valve chosen under a key: at first the one that was chosen last on any page, or the first choice; choices
    that are no valve stand before the valves."""
    choices = (*before, *VALVES)
    st.session_state.setdefault(key, choices[0] if before else st.session_state.get(VALVE, choices[0]))
    st.segmented_control("Valve", choices, format_func=upper, required=True, key=key, on_change=_follow, args=(key,))
    return str(st.session_state[key])


def _follow(key: str) -> None:
    """Take the valve chosen on one page to the others."""
    if st.session_state[key] in VALVES:
        st.session_state[VALVE] = st.session_state[key]


def key_of(measurement: Number | Word, valve: str) -> str:
    """Where a value is kept: what describes the heart serves every valve, what describes a leak only its own."""
    return f"{PREFIX}{'heart' if measurement.shared else valve}.{measurement.name}"


def chosen_units() -> dict[str, str]:
    """The unit chosen for each switch."""
    units: dict[str, str] = st.session_state.setdefault(UNITS, {})
    return units


def values(valve: str) -> dict[str, str]:
    """What was typed for a valve, numbers with their unit; an untouched field is not there, and what is no number is
    there as it was typed, so that it is refused."""
    typed = {}
    for measurement in load_catalogue().enterable(valve):
        value = st.session_state.get(key_of(measurement, valve))
        if not value or not value.strip():
            continue
        if isinstance(measurement, Number):
            value = typed_quantity(value, shown_unit(measurement, chosen_units()))
        typed[measurement.name] = value
    return typed


def fill(valve: str, given: Mapping[str, str]) -> None:
    """Put a case into the form in place of what it holds: checked values as text, as `values` gives them."""
    clear()
    for name, text in given.items():
        measurement = load_catalogue()[name]
        st.session_state[key_of(measurement, valve)] = _as_field(measurement, text)


def _as_field(measurement: Number | Word, text: str) -> str:
    if isinstance(measurement, Number):
        return bare_number(text, measurement, shown_unit(measurement, chosen_units()))
    code = measurement.read(text)
    return measurement.values[code - 1] if code else text


def clear() -> None:
    """Empty every field of every valve; `undo` brings them back."""
    _remember()
    for key in list(st.session_state):
        if str(key).startswith(PREFIX):
            st.session_state[key] = None


def held() -> dict[str, str]:
    """Everything that the form of every valve holds, by its key in the session."""
    keep()
    return {str(key): value for key, value in st.session_state.items() if str(key).startswith(PREFIX) and value}


def _remember() -> None:
    st.session_state[BEFORE] = (st.session_state.get(GUIDELINE), held())


def can_undo() -> bool:
    """True when a case was cleared, or another put in its place, and it held something."""
    return bool(st.session_state.get(BEFORE, ("", {}))[1])


def undo() -> None:
    """Put back what the form held before it was cleared or filled; a second time, what it held then."""
    guideline, fields = st.session_state[BEFORE]
    clear()
    st.session_state.update(fields)
    if guideline:
        st.session_state[GUIDELINE] = guideline


def unit_switches(valve: str) -> None:
    """A switch for all that changes its unit together; it converts what was typed."""
    units = chosen_units()
    for switch, choices in unit_choices(valve).items():
        st.segmented_control(
            upper(switch),
            choices,
            default=units.get(switch, choices[0]),
            format_func=with_signs,
            required=True,
            key=f"unit.{switch}",
            on_change=_convert,
            args=(switch,),
        )


def _convert(switch: str) -> None:
    """Show all numbers of a switch, of every valve, in the unit just chosen."""
    keep()
    before, after = dict(chosen_units()), {**chosen_units(), switch: st.session_state[f"unit.{switch}"]}
    for key, value in list(st.session_state.items()):
        number = load_catalogue().numbers.get(str(key).rpartition(".")[2])
        if str(key).startswith(PREFIX) and value and number is not None and number.unit_switch == switch:
            st.session_state[key] = in_unit(value, number, shown_unit(number, before), shown_unit(number, after))
    st.session_state[UNITS] = after
