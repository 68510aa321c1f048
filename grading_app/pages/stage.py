"""Two cases of one valve side by side, mild and severe at first, drawn from their values, each criterion lit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from grading.case import Case
from grading.errors import UsageError
from grading.reference.catalogue import check_valve
from grading.reference.guideline import check_covered, covering, references
from grading.reference.measurement import VALVES
from grading.teaching.cases import stage_pair
from grading_app.case import address, own_cases
from grading_app.case.choice import Choice, chosen, taught
from grading_app.case.entry_form import valve_switch
from grading_app.case.view_choice import view_switches
from grading_app.downloads import offer
from grading_app.drawings.beat_page import beat_page
from grading_app.drawings.case import drawing
from grading_app.drawings.export_page import EXPORT_HEIGHT, export_page
from grading_app.drawings.views import View
from grading_app.html.case import criteria_html, verdict_html
from grading_app.html.handout import Side, handout
from grading_app.html.side_by_side import lights_html
from grading_app.palette import THEMES
from grading_app.signs import with_signs
from grading_app.text import escape_markdown, picture, theme

PAGE, TITLE = "stage", "Two cases side by side"
SIDES = ("Left", "Right")


def page() -> None:
    """The page. Its address holds the two cases where they are teaching cases."""
    st.title(TITLE)
    _take(address.asked(PAGE))
    sides, guideline = _choices()
    address.show(PAGE, _address(sides, guideline))
    cases = [one.by(guideline) for one in sides]
    unfit = [one.unfit(case) for one, case in zip(sides, cases, strict=True)]
    for sentence in filter(None, unfit):
        st.warning(escape_markdown(with_signs(sentence)))
    if any(unfit):
        return
    view, beats = _looks(cases)
    # the grades in a row of their own, so that the hearts stand level
    for show in (_graded, partial(_drawn, view=view, beats=beats)):
        for column, one, case in zip(st.columns(2, gap="large"), sides, cases, strict=True):
            with column:
                show(one, case)
    names = (sides[0].name, sides[1].name)
    _keep(sides, cases, names, view)
    st.subheader("What each criterion says")
    st.html(lights_html((cases[0].explanation, cases[1].explanation), names))
    for name, case in zip(names, cases, strict=True):
        with st.expander(escape_markdown(f"{name}: every criterion with its cut-offs")):
            st.html(criteria_html(case.explanation))


def _take(asked: Mapping[str, str]) -> None:
    """Show what an address asks for; what is not known is left as it was, and is named."""
    if not asked:
        return
    try:
        valve = check_valve(asked.get("valve", VALVES[0]))
        st.session_state["stage.valve"] = valve
        for side in SIDES:
            if side.lower() in asked:
                st.session_state[f"stage.{side}.{valve}"] = taught(valve, asked[side.lower()]).key
        if "guideline" in asked:
            st.session_state[f"stage.guideline.{valve}"] = check_covered(asked["guideline"], valve)
    except UsageError as error:
        address.refuse(str(error))


def _choices() -> tuple[list[Choice], str]:
    """The valve, the guideline, and a case for each side."""
    above = st.columns(2, vertical_alignment="bottom", gap="large")
    with above[0]:
        valve = valve_switch("stage.valve")
    pair, offered, key = stage_pair(valve), covering(valve), f"stage.guideline.{valve}"
    st.session_state.setdefault(key, pair[0].guideline)
    with above[1]:
        st.selectbox("Guideline", offered, format_func=lambda g: references()[g]["title"], key=key)
    sides = []
    for column, side, usual in zip(st.columns(2, gap="large"), SIDES, pair, strict=True):
        with column:
            sides.append(chosen(f"{side} case", valve, f"stage.{side}.{valve}", usual.id))
    return sides, st.session_state[key]


def _address(sides: list[Choice], guideline: str) -> dict[str, str]:
    if any(one.is_own for one in sides):
        return {}
    return {"valve": sides[0].valve, "left": sides[0].key, "right": sides[1].key, "guideline": guideline}


def _looks(cases: list[Case]) -> tuple[View, bool]:
    """How the hearts are shown, and whether they beat."""
    flail = any(case.valve == "mitral" and case.reading.entered.get("flail_leaflet") for case in cases)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = view_switches(PAGE, flail)
        beats = st.toggle("Flow over one beat", key="stage.beats")
    return view, beats


def _graded(one: Choice, case: Case) -> None:
    st.html(verdict_html(case.explanation))
    if one.story:
        st.markdown(escape_markdown(with_signs(one.story)))


def _drawn(one: Choice, case: Case, view: View, beats: bool) -> None:
    drawn = drawing(case, theme(), view)
    if beats:
        st.iframe(beat_page(case, theme(), view))
    else:
        st.html(picture(drawn.svg, drawn.description))
    with st.expander("The drawing in words"):
        st.markdown(escape_markdown(with_signs(drawn.description)))
    st.iframe(export_page(drawn, one.key, theme()), height=EXPORT_HEIGHT)


def _keep(sides: list[Choice], cases: list[Case], names: tuple[str, str], view: View) -> None:
    """The pair to print, and a person's own cases."""
    drawn = [drawing(case, THEMES["light"], view) for case in cases]
    parts = [
        Side(name, one.story, case.explanation, picture(shown.svg, shown.description))
        for name, one, case, shown in zip(names, sides, cases, drawn, strict=True)
    ]
    with st.container(horizontal=True):
        name = f"{sides[0].valve}-side-by-side.html"
        offer("Handout to print", lambda: handout((parts[0], parts[1])), name, "text/html")
        with st.popover("Own cases"):
            own_cases.panel()
