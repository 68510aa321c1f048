"""A person's own cases: kept in the session, saved as a file of measurement names and values, and loaded again."""

from __future__ import annotations

from functools import partial

import streamlit as st

from grading.case import grade
from grading.errors import UsageError
from grading.teaching.saved import LONGEST, read, saved_case, written
from grading_app.case import entry_form
from grading_app.case.choice import add, first_page, forget, saved
from grading_app.case.entry_form import VALVE
from grading_app.classroom.room import room
from grading_app.downloads import offer
from grading_app.signs import with_signs
from grading_app.text import escape_markdown

_SAID = "own.said"


def panel() -> None:
    """Buttons to keep the case on the first page, to save all, to load a file and to forget; what came of the last."""
    st.caption("A file holds valves, guidelines, and measurements with their values; nothing else.")
    st.button("Keep the case on the first page", on_click=_keep, key="own.keep")
    if saved():
        count = f"{len(saved())} case" + ("s" if len(saved()) > 1 else "")
        offer(f"Save {count}", partial(written, saved()), "echograde-cases.json", "application/json")
        st.button("Forget them", on_click=forget, key="own.forget")
    # a class takes no files
    if room() is None:
        st.file_uploader("Load a file of cases", type="json", key="own.file", on_change=_load)
    said = st.session_state.pop(_SAID, "")
    if said:
        st.info(escape_markdown(with_signs(said)))


def _keep() -> None:
    # this comes before the run, which would put back what Streamlit forgot of the first page
    entry_form.keep()
    one = first_page(st.session_state.get(VALVE, "mitral"))
    try:
        if one.outside:
            raise UsageError(one.outside)
        new = add((saved_case(grade(one.valve, one.guideline, **one.values)),))
        said = "The case is kept: it stands among the cases to choose from." if new else "This case is kept already."
    except UsageError as error:
        said = f"Nothing was kept: {error}"
    st.session_state[_SAID] = said


def _load() -> None:
    file = st.session_state.get("own.file")
    if file is None:
        return
    try:
        new = add(read(file.read(LONGEST + 1)))
        said = f"{new} new from the file; each stands among the cases of its valve."
    except UsageError as error:
        said = f"The file was not loaded: {error}."
    st.session_state[_SAID] = said
