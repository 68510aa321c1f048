"""Mild beside severe: two cases of one valve, drawn from their values, with the criteria lit on each side."""

from __future__ import annotations

import streamlit as st

from grading.case import Case
from grading.reference.guideline import covering, references
from grading.teaching.cases import TeachingCase, graded, stage_pair
from grading_app.case.entry_form import valve_switch
from grading_app.drawings.case import drawing
from grading_app.drawings.export_page import EXPORT_HEIGHT, export_page
from grading_app.html.case import criteria_html, verdict_html
from grading_app.html.side_by_side import lights_html
from grading_app.signs import with_signs
from grading_app.text import escape_markdown, picture, theme

SIDES = ("Mild", "Severe")


def page() -> None:
    """The page."""
    st.title("Mild beside severe")
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        pair = stage_pair(valve_switch("stage.valve"))
    offered = covering(pair[0].valve)
    with right:
        guideline = st.selectbox(
            "Guideline",
            offered,
            index=offered.index(pair[0].guideline),
            format_func=lambda g: references()[g]["title"],
            key=f"stage.guideline.{pair[0].valve}",
        )
    mild, severe = (graded(one).by(guideline) for one in pair)
    for column, one, case in zip(st.columns(2, gap="large"), pair, (mild, severe), strict=True):
        with column:
            _side(one, case)
    st.subheader("What each criterion says")
    st.html(lights_html((mild.explanation, severe.explanation), SIDES))
    for name, case in zip(SIDES, (mild, severe), strict=True):
        with st.expander(f"{name}: every criterion with its cut-offs"):
            st.html(criteria_html(case.explanation))


def _side(one: TeachingCase, case: Case) -> None:
    drawn = drawing(case, theme())
    st.html(verdict_html(case.explanation))
    st.markdown(escape_markdown(with_signs(one.story)))
    st.html(picture(drawn.svg, drawn.description))
    with st.expander("The drawing in words"):
        st.markdown(escape_markdown(with_signs(drawn.description)))
    st.iframe(export_page(drawn, one.id, theme()), height=EXPORT_HEIGHT)
