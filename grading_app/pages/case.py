"""Grade a case: the form, the grade as it is typed, why, what would move it, and what to take away."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from grading.reference.guideline import DEFAULT_GUIDELINE, covering, load_guideline, references
from grading.teaching.cases import examples
from grading.writing import upper
from grading_app.case import entry_form, form_fields, keeping, results, scope
from grading_app.case.entry_form import GUIDELINE, VALVE
from grading_app.case.fields import pisa_strip
from grading_app.case.graded_form import GradedForm, graded_form
from grading_app.html.case import answer_html, side_mark, unanswered_html, unseen_title

#: on a narrow screen one of the two is shown
SIDES = ("Form", "Why")


def page() -> None:
    """The page. A link's case is put into the form once."""
    link = keeping.take_link()
    valve, guideline = _choices()
    said = scope.answers(valve)
    graded = graded_form(valve, guideline, entry_form.values(valve), said)
    st.html(unseen_title("Grade a case") + _answer(graded))
    with st.container(key="sides"):
        st.segmented_control("Show", SIDES, default=SIDES[0], required=True, key="side", label_visibility="collapsed")
    st.html(side_mark(str(st.session_state["side"]).lower()))
    left, right = st.columns(2, gap="large")
    # what follows from a value is drawn before the many fields, and so is seen sooner
    with right, st.container(key="result"):
        results.results(graded)
    with left, st.container(key="form"):
        form_fields.leading_fields(graded.case)
        form_fields.pisa_fields(graded.case, graded.usable)
        _tools(valve)
        form_fields.fields(load_guideline(guideline).tables.get(valve), graded.case)
    keeping.keep_case(graded.case, said, link)


def _choices() -> tuple[str, str]:
    """The valve and the guideline, and examples to start from."""
    left, middle, right = st.columns([5, 5, 2], vertical_alignment="bottom")
    with left:
        valve = entry_form.valve_switch(VALVE)
    offered = covering(valve)
    if st.session_state.get(GUIDELINE) not in offered:
        st.session_state[GUIDELINE] = DEFAULT_GUIDELINE if DEFAULT_GUIDELINE in offered else offered[0]
    with middle:
        st.selectbox("Guideline", offered, format_func=lambda g: references()[g]["title"], key=GUIDELINE)
    with right, st.popover("Examples"):
        _examples(valve)
    return valve, st.session_state[GUIDELINE]


def _answer(form: GradedForm) -> Markup:
    """The answer first; in its place what to do, where there is none."""
    case = form.case
    if form.outside:
        return unanswered_html(case.valve, case.guideline, "Not graded", form.outside)
    if form.is_empty:
        start = "a vena contracta, a PISA or an EROA" if pisa_strip(case.valve) else "a regurgitant fraction or a sign"
        return unanswered_html(case.valve, case.guideline, f"Enter {start}, or try an example.")
    if form.refused:
        why = "What is wrong stands beside the field. The rest of the page leaves it out."
        return unanswered_html(case.valve, case.guideline, f"Not graded: check {form.refused_labels}", why)
    return answer_html(case.explanation, scope.ACUTE if scope.is_acute(form.said) else "")


def _tools(valve: str) -> None:
    """The units, an empty form, and the way back from it."""
    with st.container(horizontal=True):
        with st.popover("Units"):
            entry_form.unit_switches(valve)
        st.button("Clear", on_click=entry_form.clear, key="clear")
        if entry_form.can_undo():
            st.button("Undo", on_click=entry_form.undo, key="undo")


def _examples(valve: str) -> None:
    """Cases to start from: one of each grade, and one in which the findings disagree."""
    st.caption("Invented cases. One fills the form in place of what it holds.")
    for example in examples(valve):
        st.button(
            f"{upper(example.kind)}: {example.title}",
            on_click=_start,
            args=(example.guideline, valve, example.typed),
            key=f"example.{example.id}",
        )


def _start(guideline: str, valve: str, values: dict[str, str]) -> None:
    entry_form.fill(valve, values)
    st.session_state[GUIDELINE] = guideline
