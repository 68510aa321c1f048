"""The class view: drawing, grade, bar and slider in one frame, to be read from the last row and moved by arrow keys."""

from __future__ import annotations

import streamlit as st

from grading.case import Case
from grading.explanation.report import NOTICE
from grading_app.case import address, moving
from grading_app.case.choice import Choice
from grading_app.case.view_choice import view_switches
from grading_app.drawings.case import heart_drawing
from grading_app.drawings.views import USUAL, View
from grading_app.html.case import unseen_title, verdict_html
from grading_app.html.render import piece
from grading_app.html.sensitivity import LARGE_TICK, strip_html
from grading_app.signs import with_signs
from grading_app.text import escape_markdown, picture, theme

PAGE, TITLE = "class", "Class view"


def page() -> None:
    """The page: the frame, and below it the choice of what it shows. Its address holds the case and what moves, and
    where it was opened with one the value to begin with."""
    st.html(unseen_title(TITLE) + piece("frame_mark"))
    moving.take(PAGE, address.asked(PAGE))
    heart, beside = st.columns([3, 2], gap="small")
    one, case, name, view = _choice()
    if case is None:
        return
    with beside:
        verdict = st.container()
        moved, said = _moved(case, one, name)
        verdict.html(verdict_html(moved.explanation, is_live=True))
        st.markdown(escape_markdown(NOTICE))
    drawn = heart_drawing(moved, theme(), view)
    heart.html(picture(drawn.svg, drawn.description))
    parts = moving.address_of(one, name)
    address.show(PAGE, parts)
    if parts:
        st.caption("A link to what is shown, for a slide:")
        st.code(moving.link_to({**parts, "at": said}), language=None, wrap_lines=True)


def _choice() -> tuple[Choice, Case | None, str, View]:
    """What is shown, the measurement that moves, and how the heart is shown; no case where it cannot be."""
    left, right = st.columns(2, gap="large")
    with left:
        one = moving.case_choice(PAGE)
    case = one.by(one.guideline)
    if one.unfit(case):
        st.warning(escape_markdown(with_signs(one.unfit(case))))
        return one, None, "", USUAL
    with right:
        view = view_switches(PAGE, flail=case.valve == "mitral" and "flail_leaflet" in case.reading.entered)
        return one, case, moving.measurement(PAGE, case, one), view


def _moved(case: Case, one: Choice, name: str) -> tuple[Case, str]:
    """The case as it is moved, and the value it has then, as an address says it."""
    found = moving.measurable_of(case, name)
    if found is None:
        word, key = moving.word_switch(PAGE, case, one, name)
        moving.arrows(moving.word_arrows(name, word), key)
        return moving.with_word(case, name, word, one.values), word
    value, key = moving.number_slider(PAGE, case, one, found)
    st.html(strip_html(found, value, LARGE_TICK))
    moving.arrows(moving.number_arrows(found, value), key)
    return moving.with_number(case, found, value, one.values), moving.as_text(found, value)
