"""The pages and how one gets from one to another."""

from __future__ import annotations

import sys
import traceback

import streamlit as st

from grading.explanation.report import NOTICE
from grading.version import VERSION
from grading_app.case import entry_form
from grading_app.classroom.code import code_svg
from grading_app.classroom.room import Room, room
from grading_app.html.render import style_html
from grading_app.pages import background as background_page
from grading_app.pages import case as case_page
from grading_app.pages import class_view as class_page
from grading_app.pages import file as file_page
from grading_app.pages import quiz as quiz_page
from grading_app.pages import references as references_page
from grading_app.pages import slider as slider_page
from grading_app.pages import stage as stage_page
from grading_app.text import escape_markdown, picture, theme

_RUNS = "runs"
FAILED = "This page met an error of its own and is not whole: trust nothing on it. Reload it, or try other values."


def _failed(error: Exception) -> None:
    """Say that the page failed, and where in the program, but nothing that was entered."""
    st.error(FAILED)
    places = traceback.extract_tb(error.__traceback__)
    print(f"{type(error).__name__} at {places[-1].filename}:{places[-1].lineno}", file=sys.stderr)


def _mark_end() -> None:
    """The number of this run, unseen, as the last thing of a page: what waits for a page knows that it is whole."""
    number = int(st.session_state.get(_RUNS, 0)) + 1
    st.session_state[_RUNS] = number
    st.html(f'<span class="eg-run" data-run="{number}" hidden></span>')


def _join(open_to: Room, path: str) -> None:
    """How others come to the page that is shown."""
    link = open_to.link(path, **st.query_params.to_dict())
    with st.popover("Join this class"):
        st.html(picture(code_svg(link), f"QR code of {link}"))
        st.code(link, language=None, wrap_lines=True)
        st.caption(
            "Anyone on this network who has the link may come in. Answers of the quiz are counted without names."
        )


def main() -> None:
    """Show the page that was asked for, with the notice above every one."""
    st.set_page_config(page_icon="🫀", layout="wide")
    open_to = room()
    files = [st.Page(file_page.page, title="Grade a file", url_path="file")]
    shown = st.navigation(
        [
            st.Page(case_page.page, title="Grade a case", default=True),
            *([] if open_to else files),
            st.Page(stage_page.page, title=stage_page.TITLE, url_path=stage_page.PAGE),
            st.Page(slider_page.page, title="Move one measurement", url_path="slider"),
            st.Page(class_page.page, title=class_page.TITLE, url_path=class_page.PAGE),
            st.Page(quiz_page.page, title="Quiz", url_path="quiz"),
            st.Page(background_page.page, title="Background", url_path="background"),
            st.Page(references_page.page, title="References", url_path="references"),
        ],
        position="top",
    )
    entry_form.keep(shown.url_path)
    st.set_page_config(page_title=f"{shown.title} · echograde")
    st.html(style_html(theme()))
    # the class view has the notice within its frame
    if shown.url_path != class_page.PAGE:
        st.caption(escape_markdown(NOTICE))
    try:
        shown.run()
    except Exception as error:
        _failed(error)
    st.divider()
    if open_to:
        _join(open_to, shown.url_path)
    kept = "Nothing that is entered here is sent on, or stored beyond this tab of the browser."
    st.caption(escape_markdown(f"echograde {VERSION}. {kept}"))
    _mark_end()
