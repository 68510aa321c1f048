"""Move one measurement: the drawing, the bars and the grade follow, and the points where the grade tips are marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import streamlit as st

from grading.case import Case, grade
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import DEFAULT_GUIDELINE, references
from grading.reference.measurement import Number
from grading.teaching.cases import examples, moving_case
from grading.uncertainty.outcomes import Tipping
from grading.uncertainty.sweep import sweep, word_steps
from grading.uncertainty.tipping import around, just_past, tipping_points
from grading.writing import in_words, quantity
from grading.writing import plain as digits
from grading_app.case import entry_form
from grading_app.case.fields import VARIED_FIRST, field_label, slide
from grading_app.drawings.case import drawing
from grading_app.html.case import criteria_html, listed, verdict_html
from grading_app.html.sensitivity import steps_html, strip_html, tipping_texts
from grading_app.signs import with_signs
from grading_app.text import escape_markdown, picture, theme

OWN = "the case on the first page"


class Start(NamedTuple):
    """What is moved: a case by its title, and the measurement that moves first where it is there."""

    title: str
    valve: str
    guideline: str
    values: Mapping[str, str]
    first: str = VARIED_FIRST


def page() -> None:
    """The page."""
    st.title("Move one measurement")
    start = _start()
    values = start.values
    case = grade(start.valve, start.guideline, **values)
    assert isinstance(case, Case)
    if case.decision is None:
        st.warning(escape_markdown(with_signs(case.reason)))
        return
    if not values:
        st.info("The case on the first page is empty. Enter something there, or choose one of the cases here.")
        return
    name = _measurement(case, start)
    number = load_catalogue().numbers.get(name)
    moved = _word(case, name, values) if number is None else _number(case, number, values)
    st.html(verdict_html(moved.explanation, is_live=True))
    left, right = st.columns(2, gap="large")
    drawn = drawing(moved, theme())
    with left:
        st.html(picture(drawn.svg, drawn.description))
    with right:
        st.html(criteria_html(moved.explanation))


def _start() -> Start:
    """The case to begin with: one that is offered, or that of the first page."""
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        valve = entry_form.valve_switch("slider.valve")
    offered = {one.title: one for one in (moving_case(valve), *examples(valve))}
    with right:
        chosen = st.selectbox("Case", [*offered, OWN], key=f"slider.case.{valve}")
    if chosen == OWN:
        own = st.session_state.get(entry_form.VALVE) == valve
        asked = st.session_state.get(entry_form.GUIDELINE) if own else None
        return Start(OWN, valve, asked or DEFAULT_GUIDELINE, entry_form.values(valve))
    one = offered[chosen]
    sentence = f"{one.story} Graded by {references()[one.guideline]['short']}."
    st.markdown(escape_markdown(with_signs(sentence)))
    return Start(chosen, valve, one.guideline, one.typed, one.moves or VARIED_FIRST)


def _measurement(case: Case, start: Start) -> str:
    """What is moved: at first what the start names where the grade depends on it, else another number that tips it."""
    names, key = list(case.reading.entered), f"slider.name.{case.valve}.{start.title}"
    if st.session_state.get(key) not in names:
        numbers = [name for name in (start.first, *names) if name in names and name in load_catalogue().numbers]
        st.session_state[key] = next((name for name in numbers if tipping_points(case, name)), names[0])
    return st.selectbox("Measurement to move", names, format_func=lambda name: load_catalogue()[name].label, key=key)


def _number(case: Case, number: Number, values: Mapping[str, str]) -> Case:
    """A slider over the usual range, the grades along it, and buttons to the next tipping points."""
    present = case.reading.entered[number.name].value
    low, high, step = slide(number, present)
    key = f"slider.at.{case.valve}.{number.name}.{present:g}"
    st.session_state.setdefault(key, present)
    value = st.slider(
        field_label(number, number.unit),
        low,
        high,
        step=step,
        format="%g",
        key=key,
    )
    points = tipping_points(case, number.name)
    only = sweep(case, number.name, np.array([present])).outcomes[0]
    st.html(strip_html(points, low, high, value, number.name, only))
    _jumps(points, value, key)
    moved = {**values, number.name: quantity(digits(value), number.unit)}
    return grade(case.valve, case.guideline, **moved)


def _jumps(points: list[Tipping], value: float, key: str) -> None:
    """Buttons to the nearest points where the grade changes."""
    below, above = around(points, value)
    with st.container(horizontal=True):
        if below:
            st.button(
                with_signs(f"Tip down: {below.printed}"), on_click=_jump, args=(key, below, False), key=f"{key}.down"
            )
        if above:
            st.button(with_signs(f"Tip up: {above.printed}"), on_click=_jump, args=(key, above, True), key=f"{key}.up")
    st.html(listed("Where the grade tips", tipping_texts(points) or ["Nowhere in the usual range."]))


def _jump(key: str, point: Tipping, up: bool) -> None:
    st.session_state[key] = just_past(point, up)


def _word(case: Case, name: str, values: Mapping[str, str]) -> Case:
    """A switch over the words, and the grade for each."""
    word = load_catalogue().words[name]
    present = word.values[int(case.reading.entered[name].value) - 1]
    chosen = st.segmented_control(
        word.label,
        word.values,
        default=present,
        required=True,
        format_func=in_words,
        key=f"slider.word.{case.valve}.{name}.{present}",
    )
    st.html(steps_html(word_steps(case, name)))
    return grade(case.valve, case.guideline, **{**values, name: chosen or present})
