"""The page of published tables, equations, rules and limits."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from grading.errors import UsageError
from grading.explanation.checklist import checklist
from grading.explanation.readings import readings_of
from grading.reference.guideline import check_covered, list_guidelines, load_guideline, references
from grading.reference.measurement import VALVES
from grading.reference.table import Table
from grading_app.case import address
from grading_app.downloads import offer
from grading_app.drawings.decision_list import decision_list
from grading_app.html.checklist import checklist_page
from grading_app.html.dictionary import measurements_html
from grading_app.html.formulas import formulas_html
from grading_app.html.published import sources_html, table_html
from grading_app.html.readings import readings_html
from grading_app.text import escape_markdown, picture, sections, theme

#: how wide a drawing is, and text that is read line by line [px]
_DRAWING, _PROSE = 620, 760


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
    _refuse()
    left, right = st.columns(2)
    with left:
        guideline = _chosen("Guideline", "guideline", _guidelines(), "", _title)
    covered = list(load_guideline(guideline).tables)
    with right:
        valve = _chosen("Valve", "valve", covered, guideline, str.capitalize)
    missing = [valve for valve in VALVES if valve not in covered]
    if missing:
        st.caption(escape_markdown(f"{references()[guideline]['short']} has no table here for: {', '.join(missing)}."))
    _shown(load_guideline(guideline).tables[valve])


def _shown(table: Table) -> None:
    """A table as the paper prints it, how it decides as a drawing, and what is this project's reading of it."""
    whole, drawn, read = st.tabs(["Cut-offs and rules", "Decision drawn", "Readings"])
    with whole:
        st.html(table_html(table))
        offer(
            "Checklist to print and sign",
            lambda: checklist_page(checklist(table)),
            f"{table.guideline}-{table.valve}-checklist.html",
            "text/html",
            help="One line a cut-off, to hold beside the paper: as printed, as held, cases around it, a box to tick.",
        )
    with drawn, st.container(width=_DRAWING):
        st.markdown(
            "From the top: the first question whose answer is yes gives the grade. What is not known answers no."
        )
        decision = decision_list(table, theme())
        st.html(picture(decision.svg, decision.description))
    with read, st.container(width=_PROSE):
        st.markdown("What no paper prints: each has an id by which to object to it.")
        st.html(readings_html(readings_of(table)) or "<p>None: all of this table is printed.</p>")


def _refuse() -> None:
    """Say on arrival what the address asks for and is not there."""
    guideline, valve = (st.query_params.get(name) for name in ("guideline", "valve"))
    if "references_guideline_" in st.session_state:
        return
    try:
        known = load_guideline(guideline).id if guideline else _guidelines()[0]
        if valve:
            check_covered(known, valve)
    except UsageError as error:
        address.refuse(str(error))


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
    with st.container(width=_PROSE):
        for title, text in sections(name).items():
            st.subheader(title)
            st.markdown(text)
