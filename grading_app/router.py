"""The pages and how one gets from one to another."""

from __future__ import annotations

import streamlit as st

from grading import __version__
from grading.report import NOTICE
from grading_app import case_page, entry_form, quiz_page
from grading_app.shown import plain


def main() -> None:
    """Show the page that was asked for, with the notice under every one."""
    st.set_page_config(page_title="echograde", page_icon="🫀", layout="wide")
    entry_form.keep()
    shown = st.navigation(
        [
            st.Page(case_page.page, title="Grade a case", url_path="case", default=True),
            st.Page(quiz_page.page, title="Quiz", url_path="quiz"),
        ],
        position="top",
    )
    shown.run()
    st.divider()
    st.caption(plain(f"{NOTICE} echograde {__version__}. Nothing that is entered here is stored or sent on."))


if __name__ == "__main__":
    main()
