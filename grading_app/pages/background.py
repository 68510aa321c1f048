"""The page for newcomers: the heart, its valves, what a leak is, and how it is measured."""

from __future__ import annotations

import streamlit as st

from grading_app.drawings.circulation import normal_and_leak
from grading_app.text import picture, sections, theme


def page() -> None:
    """Show the background text section by section, with a drawing of a sound and a leaking mitral valve."""
    st.title("Background")
    drawing = normal_and_leak("mitral", theme())
    first, *others = sections("background").items()
    with st.container(width=760):
        _section(*first)
        with st.container(width=520):
            st.html(picture(drawing.svg, drawing.description))
        for section in others:
            _section(*section)


def _section(title: str, text: str) -> None:
    st.subheader(title)
    st.markdown(text)
