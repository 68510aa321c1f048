"""Move one measurement: the drawing, the bars and the grade follow, and the values where the grade tips are marked."""

from __future__ import annotations

import streamlit as st

from grading.case import Case
from grading.reference.guideline import references
from grading.uncertainty.measurable import Measurable
from grading.uncertainty.sweep import word_steps
from grading_app.case import address, moving
from grading_app.case.choice import Choice
from grading_app.case.view_choice import view_switches
from grading_app.drawings.case import drawing
from grading_app.html.case import criteria_html, verdict_html
from grading_app.html.sensitivity import runs_html, steps_html, strip_html
from grading_app.signs import with_signs
from grading_app.text import escape_markdown, picture, theme

PAGE = "slider"


def page() -> None:
    """The page. Its address holds the case and the measurement where the case is a teaching case."""
    st.title("Move one measurement")
    moving.take(PAGE, address.asked(PAGE))
    above = st.columns(2, vertical_alignment="bottom", gap="large")
    with above[0]:
        one = moving.case_choice(PAGE)
    case = one.by(one.guideline)
    if one.unfit(case):
        st.warning(escape_markdown(with_signs(one.unfit(case))))
        return
    with above[1]:
        name = moving.measurement(PAGE, case, one)
    address.show(PAGE, moving.address_of(one, name))
    sentence = f"{one.story} Graded by {references()[one.guideline]['short']}.".strip()
    st.markdown(escape_markdown(with_signs(sentence)))
    beside, drawn = st.columns([6, 5], gap="large")
    with beside:
        moved = _moved(case, one, name)
    with drawn:
        _drawn(moved)
    st.html(criteria_html(moved.explanation))


def _moved(case: Case, one: Choice, name: str) -> Case:
    """The grade, the slider or the words, and the grade along them."""
    verdict = st.container()
    found = moving.measurable_of(case, name)
    moved = _word(case, one, name) if found is None else _number(case, one, found)
    verdict.html(verdict_html(moved.explanation, is_live=True))
    return moved


def _word(case: Case, one: Choice, name: str) -> Case:
    said, _ = moving.word_switch(PAGE, case, one, name)
    st.html(steps_html(word_steps(case, name), name))
    return moving.with_word(case, name, said, one.values)


def _number(case: Case, one: Choice, found: Measurable) -> Case:
    value, key = moving.number_slider(PAGE, case, one, found)
    st.html(strip_html(found, value))
    moving.tips(found, value, key)
    st.html(runs_html(found, value))
    return moving.with_number(case, found, value, one.values)


def _drawn(moved: Case) -> None:
    view = view_switches(PAGE, flail=moved.valve == "mitral" and "flail_leaflet" in moved.reading.entered)
    shown = drawing(moved, theme(), view)
    st.html(picture(shown.svg, shown.description))
