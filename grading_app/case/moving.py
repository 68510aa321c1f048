"""One measurement of a case moved: which case, which measurement, and its value, on whatever page shows it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from grading.case import Case, grade
from grading.errors import UsageError
from grading.reference.catalogue import check_valve, load_catalogue
from grading.reference.measurement import VALVES
from grading.reference.units import convert, read_unit, split_quantity
from grading.teaching.cases import moving_case
from grading.uncertainty.measurable import Measurable, measurable
from grading.uncertainty.tipping import tipping_points
from grading.writing import plain as digits
from grading.writing import quantity
from grading_app.case import address
from grading_app.case.choice import Choice, chosen, taught
from grading_app.case.entry_form import chosen_units, valve_switch
from grading_app.case.fields import VARIED_FIRST, field_label, shown_unit
from grading_app.signs import with_signs

#: the arrow keys, and what their buttons show
ARROWS = {"Left": "◀ less", "Right": "more ▶", "Down": "Tip down", "Up": "Tip up"}


def take(page: str, asked: Mapping[str, str]) -> None:
    """Show what an address asks for: valve, case, measurement and value; what is not known stays as it is, and is
    named."""
    if not asked:
        return
    try:
        valve = check_valve(asked.get("valve", VALVES[0]))
        st.session_state[f"{page}.valve"] = valve
        one = taught(valve, asked.get("case", moving_case(valve).id))
    except UsageError as error:
        address.refuse(str(error))
        return
    st.session_state[f"{page}.case.{valve}"] = one.key
    if asked.get("move") in one.values:
        st.session_state[_name_key(page, one)] = asked["move"]
    elif "move" in asked:
        address.refuse(f"the case holds no {asked['move']!r} that could be moved")
        return
    st.session_state[_wanted(page)] = asked.get("at", "")


def address_of(one: Choice, name: str) -> dict[str, str]:
    """What an address says of a case that moves; a case of one's own is never in it."""
    return {} if one.is_own else {"valve": one.valve, "case": one.key, "move": name}


def link_to(parts: Mapping[str, str]) -> str:
    """The link to what the page shows, wherever it is served."""
    return f"{(st.context.url or '').partition('?')[0]}?{urlencode(parts)}"


def case_choice(page: str) -> Choice:
    """The case to begin with."""
    valve = valve_switch(f"{page}.valve")
    return chosen("Case", valve, f"{page}.case.{valve}", moving_case(valve).id)


def measurement(page: str, case: Case, one: Choice) -> str:
    """What is moved: at first what the case names where its grade depends on it, else another number that tips it."""
    names, key = list(case.reading.entered), _name_key(page, one)
    if st.session_state.get(key) not in names:
        first = one.moves or VARIED_FIRST
        numbers = [name for name in (first, *names) if name in names and name in load_catalogue().numbers]
        st.session_state[key] = next((name for name in numbers if tipping_points(case, name)), names[0])
    st.selectbox("Measurement to move", names, format_func=lambda name: load_catalogue()[name].label, key=key)
    return str(st.session_state[key])


def _name_key(page: str, one: Choice) -> str:
    return f"{page}.name.{one.key}.{one.valve}"


def _wanted(page: str) -> str:
    """Where the value stands that an address asks for, until it is shown."""
    return f"{page}.wanted"


def number_slider(page: str, case: Case, one: Choice, found: Measurable) -> tuple[float, str]:
    """A slider over the measurable values of a number; the value and the slider's key."""
    number = found.number
    present = convert(case.reading.entered[number.name].value, number.unit, found.unit)
    key = f"{page}.at.{one.key}.{number.name}.{present:g}.{found.unit}"
    value = st.session_state.setdefault(key, found.nearest(present))
    wanted = _asked_for(st.session_state.pop(_wanted(page), ""), found)
    st.session_state[key] = found.nearest(value if wanted is None else wanted)
    label = field_label(number, found.unit)
    value = st.slider(label, found.low, found.high, step=found.digit, format=f"%.{found.places}f", key=key)
    return found.nearest(value), key


def _asked_for(text: str, found: Measurable) -> float | None:
    """The value that an address asks for, without a unit in the catalogue's; None where it asks for none that is
    shown, which is said."""
    if not text:
        return None
    value, words = split_quantity(text) or (math.nan, "")
    unit = read_unit(words) if words else found.number.unit
    shown = convert(value, unit, found.unit) if unit in found.number.units else math.nan
    if found.low <= shown <= found.high:
        return shown
    ends = f"{found.printed(found.low)} to {found.printed(found.high)}"
    address.refuse(f"{found.number.label} {text!r} is no value from {ends}")
    return None


def with_number(case: Case, found: Measurable, value: float, values: Mapping[str, str]) -> Case:
    """The case with the number at a value."""
    return grade(case.valve, case.guideline, **{**values, found.number.name: as_text(found, value)})


def as_text(found: Measurable, value: float) -> str:
    """A value with its unit, as it is typed and as an address says it."""
    return quantity(digits(value), found.unit)


def tips(found: Measurable, value: float, key: str) -> None:
    """Buttons to the nearest values with another grade."""
    with st.container(horizontal=True):
        for name, target in (("Tip down", found.tip(value, up=False)), ("Tip up", found.tip(value, up=True))):
            if target is not None:
                label = with_signs(f"{name}: {as_text(found, target)}")
                st.button(label, on_click=_go, args=(key, target), key=f"{key}.{name}")


def arrows(targets: Mapping[str, float | str | None], key: str) -> None:
    """A button for each arrow key that goes somewhere; the key does the same from wherever the page has the focus."""
    with st.container(horizontal=True):
        for arrow, target in targets.items():
            st.button(
                ARROWS[arrow],
                on_click=_go,
                args=(key, target),
                key=f"{key}.{arrow}",
                shortcut=arrow,
                disabled=target is None,
            )


def number_arrows(found: Measurable, value: float) -> dict[str, float | str | None]:
    """Where the arrow keys lead: a step either way, and to the next grade either way."""
    ends = {"Left": found.moved(value, -1), "Right": found.moved(value, 1)}
    steps = {arrow: None if end == value else end for arrow, end in ends.items()}
    return {**steps, "Down": found.tip(value, up=False), "Up": found.tip(value, up=True)}


def word_arrows(name: str, said: str) -> dict[str, float | str | None]:
    """Where the arrow keys lead: to the word before and to the next."""
    words = (None, *load_catalogue().words[name].values, None)
    place = words.index(said)
    return {"Left": words[place - 1], "Right": words[place + 1]}


def _go(key: str, value: float | str) -> None:
    st.session_state[key] = value


def word_switch(page: str, case: Case, one: Choice, name: str) -> tuple[str, str]:
    """A switch over the words of a finding; the word that is chosen, and the switch's key."""
    word = load_catalogue().words[name]
    present = word.values[int(case.reading.entered[name].value) - 1]
    key = f"{page}.word.{one.key}.{name}.{present}"
    wanted = st.session_state.pop(_wanted(page), "")
    st.session_state.setdefault(key, present)
    if wanted in word.values:
        st.session_state[key] = wanted
    elif wanted:
        address.refuse(f"{word.label} {wanted!r} is none of: {', '.join(word.values)}")
    st.segmented_control(word.label, word.values, required=True, format_func=word.text, key=key)
    return str(st.session_state[key]), key


def with_word(case: Case, name: str, said: str, values: Mapping[str, str]) -> Case:
    """The case with another word."""
    return grade(case.valve, case.guideline, **{**values, name: said})


def measurable_of(case: Case, name: str) -> Measurable | None:
    """The measurable values of a number, in the unit that the form asks for; None for a finding in words."""
    number = load_catalogue().numbers.get(name)
    return measurable(case, name, shown_unit(number, chosen_units())) if number else None
