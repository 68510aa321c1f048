"""The page of published tables, equations, rules and limits."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from grading.explanation.checklist import checklist
from grading.reference.guideline import list_guidelines, load_guideline, references
from grading.reference.measurement import VALVES
from grading_app.downloads import offer
from grading_app.html.checklist import checklist_page
from grading_app.html.dictionary import measurements_html
from grading_app.html.formulas import formulas_html
from grading_app.html.published import sources_html, table_html
from grading_app.text import escape_markdown, sections


def page() -> None:
    """Show what grades rest on: tables, equations, how decisions are made, measurements, papers, limits."""
    st.title("References")
    tables, formulas, decisions, measurements, papers, limits = st.tabs(
        ["Tables", "Formulas", "How decisions are made", "Measurements", "Papers", "Limits"]
    )
    with tables:
        _tables()
    with formulas:
        st.html(formulas_html())
    with decisions:
        _prose("decisions")
    with measurements:
        _measurements()
    with papers:
        st.html(sources_html())
    with limits:
        _prose("limits")


def _tables() -> None:
    left, right = st.columns(2)
    with left:
        guideline = _chosen("Guideline", "guideline", _guidelines(), "", _title)
    covered = list(load_guideline(guideline).tables)
    with right:
        valve = _chosen("Valve", "valve", covered, guideline, str.capitalize)
    missing = [valve for valve in VALVES if valve not in covered]
    if missing:
        st.caption(escape_markdown(f"{references()[guideline]['short']} has no table here for: {', '.join(missing)}."))
    table = load_guideline(guideline).tables[valve]
    st.html(table_html(table))
    offer(
        "Checklist to print and sign",
        lambda: checklist_page(checklist(table)),
        f"{guideline}-{valve}-checklist.html",
        "text/html",
        help="One line a cut-off, to hold beside the paper: as printed, as held, the cases around it, a box to tick.",
    )


def _chosen(label: str, name: str, choices: list[str], within: str, said: Callable[[str], str]) -> str:
    """A choice that the address holds too; at first what the address asks for, if there is such a thing."""
    asked = st.query_params.get(name, "")
    key = f"references_{name}_{within}"
    st.session_state.setdefault(key, asked if asked in choices else choices[0])
    chosen = st.selectbox(label, choices, key=key, format_func=said, on_change=_put_in_address, args=(name, key))
    if st.query_params:
        st.query_params[name] = chosen
    return chosen


def _put_in_address(name: str, key: str) -> None:
    # only after a choice: on arrival the browser would file it under the page before, as a link to a case
    st.query_params[name] = st.session_state[key]


def _guidelines() -> list[str]:
    """The guidelines, those for most valves first."""
    return sorted(list_guidelines(), key=lambda guideline: -len(load_guideline(guideline).tables))


def _title(guideline: str) -> str:
    return load_guideline(guideline).title


def _measurements() -> None:
    valve = st.selectbox("For", [None, *VALVES], format_func=lambda v: v.capitalize() if v else "Any valve")
    st.html(measurements_html(valve))


def _prose(name: str) -> None:
    with st.container(width=760):
        for title, text in sections(name).items():
            st.subheader(title)
            st.markdown(text)
