"""The page for newcomers: the heart, its valves, what a leak is, how it is found, and what is done about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

import streamlit as st

from grading.teaching.cases import graded, stage_pair
from grading_app.drawings.beat_page import CONTROLS, beat_page
from grading_app.drawings.case import drawing
from grading_app.drawings.circulation import normal_and_leak
from grading_app.drawings.echo_picture import echo_picture
from grading_app.drawings.mechanisms import mechanisms
from grading_app.drawings.operations import operations
from grading_app.drawings.svg import Drawing
from grading_app.palette import Theme
from grading_app.text import picture, sections, theme

#: section -> the drawing beside it
PICTURES: Mapping[str, Callable[[Theme], Drawing]] = MappingProxyType(
    {
        "How blood flows through the heart": lambda inks: normal_and_leak("mitral", inks),
        "Why a mitral valve leaks": mechanisms,
        "How a leak is found": echo_picture,
        "What an echocardiogram measures": lambda inks: drawing(graded(stage_pair("mitral")[1]), inks),
        "Operations and catheters": operations,
        "The aortic valve": lambda inks: normal_and_leak("aortic", inks),
        "The tricuspid valve": lambda inks: normal_and_leak("tricuspid", inks),
        "The pulmonic valve": lambda inks: normal_and_leak("pulmonic", inks),
    }
)
#: the section with a heart that beats beside it
BEATING = "When a valve leaks"
#: how wide the page and a drawing are at most, and how the text and the drawing share the width
_WIDEST, _DRAWING, _SHARES = 1240, 480, (3, 2)
_BEAT_HEIGHT = 640


def page() -> None:
    """Show a list of contents, and the background text section by section with its drawings."""
    st.title("Background")
    st.markdown("Leaking heart valves in plain words. This page explains; it is not advice to anyone.")
    text = sections("background")
    with st.container(width=_WIDEST):
        _contents(list(text))
        for title, words in text.items():
            _section(title, words)


def anchor(title: str) -> str:
    """The name of a section in an address.

    >>> anchor("What people feel, and why many feel nothing")
    'what-people-feel-and-why-many-feel-nothing'
    """
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _contents(titles: list[str]) -> None:
    """Links to every section, in three columns."""
    size = -(-len(titles) // 3)
    for place, column in enumerate(st.columns(3)):
        part = titles[place * size : (place + 1) * size]
        column.markdown("\n".join(f"* [{title}](#{anchor(title)})" for title in part))


def _section(title: str, words: str) -> None:
    st.subheader(title, anchor=anchor(title))
    beside_text, beside_drawing = st.columns(_SHARES, gap="large")
    beside_text.markdown(words)
    with beside_drawing, st.container(width=_DRAWING):
        if title == BEATING:
            st.iframe(beat_page(graded(stage_pair("mitral")[1]), theme()), height=_BEAT_HEIGHT + CONTROLS)
        if title in PICTURES:
            drawn = PICTURES[title](theme())
            st.html(picture(drawn.svg, drawn.description))
