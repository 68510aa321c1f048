"""Grade a case: the form, the grade as it is typed, why, what would move it, and what to take away."""

from __future__ import annotations

import json

import streamlit as st

from grading.case import Case, grade
from grading.explanation.comparison import compare
from grading.explanation.report import report_text
from grading.explanation.sentences import citation
from grading.reference.guideline import DEFAULT_GUIDELINE, covering, load_guideline, references
from grading.teaching.cases import examples
from grading.writing import upper
from grading_app.case import entry_form, form_fields, sensitivity_tab
from grading_app.case.entry_form import GUIDELINE, VALVE
from grading_app.case.link import query, read_query
from grading_app.downloads import offer
from grading_app.html.case import comparison_html, line_html, unseen_title, verdict_html, why_html
from grading_app.html.case import page as whole_page
from grading_app.text import escape_markdown

TABS = ("Why", "Sensitivity", "Other guidelines", "Take away")


def page() -> None:
    """The page. A link's case is put into the form once, and the link is then taken out of the address."""
    _take_link()
    valve, guideline = _choices()
    case = _graded(valve, guideline)
    explanation = case.explanation
    st.html(unseen_title("Grade a case") + verdict_html(explanation, is_live=True))
    st.html(line_html(explanation))
    form, result = st.columns([5, 7], gap="large")
    # what follows from a value is drawn before the many fields, and so is seen sooner
    with result:
        _result(case)
    with form:
        form_fields.fields(load_guideline(guideline).tables.get(valve), case)


def _take_link() -> None:
    if not st.query_params:
        return
    asked = st.query_params
    linked = read_query([(name, value) for name in asked for value in asked.get_all(name)])
    st.query_params.clear()
    if linked.valve:
        st.session_state[VALVE], st.session_state[GUIDELINE] = linked.valve, linked.guideline
        # a link without values names a valve and a guideline only: what was typed stays
        if linked.values:
            entry_form.fill(linked.valve, linked.values)
    for sentence in linked.refused:
        st.warning(escape_markdown(sentence))


def _choices() -> tuple[str, str]:
    """The valve and the guideline, the units, and a start: an example, or an empty form."""
    left, middle, right = st.columns([5, 4, 3], vertical_alignment="bottom")
    with left:
        valve = entry_form.valve_switch(VALVE)
    offered = covering(valve)
    if st.session_state.get(GUIDELINE) not in offered:
        st.session_state[GUIDELINE] = DEFAULT_GUIDELINE if DEFAULT_GUIDELINE in offered else offered[0]
    with middle:
        st.selectbox("Guideline", offered, format_func=lambda g: references()[g]["title"], key=GUIDELINE)
    with right, st.container(horizontal=True):
        with st.popover("Examples"):
            _examples(valve)
        with st.popover("Units"):
            entry_form.unit_switches(valve)
        st.button("Clear", on_click=entry_form.clear, help="Empty every field.", key="clear")
    return valve, st.session_state[GUIDELINE]


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
    st.session_state[GUIDELINE] = guideline
    entry_form.fill(valve, values)


def _graded(valve: str, guideline: str) -> Case:
    case = grade(valve, guideline=guideline, **entry_form.values(valve))
    assert isinstance(case, Case)
    return case


def _result(case: Case) -> None:
    why, sensitive, others, away = st.tabs(TABS, key="tab", on_change="rerun")
    # only what is seen is worked out and drawn
    if why.open:
        with why:
            st.html(why_html(case.explanation) or "<p></p>")
            st.caption(escape_markdown(citation(case.explanation)))
    if sensitive.open:
        with sensitive:
            sensitivity_tab.tab(case)
    if others.open:
        with others:
            st.html(comparison_html(compare(case)))
    if away.open:
        with away:
            _take_away(case)


def _take_away(case: Case) -> None:
    st.markdown("**For a report**")
    st.code(report_text(case.explanation), language=None, wrap_lines=True)
    st.markdown("**A link that holds this case** (valve, guideline, numbers and words; nothing else)")
    st.code(f"{st.context.url or ''}?{query(case)}", language=None, wrap_lines=True)
    name = f"{case.valve}-{case.guideline}"
    with st.container(horizontal=True):
        offer("Page to print", lambda: whole_page(case.explanation), f"{name}.html", "text/html")
        offer("Text", lambda: case.explain() + "\n", f"{name}.txt", "text/plain")
        offer("JSON", lambda: _as_json(case), f"{name}.json", "application/json")


def _as_json(case: Case) -> str:
    return json.dumps(case.to_dict(), indent=2, ensure_ascii=False) + "\n"
