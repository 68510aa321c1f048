"""The page for newcomers: the heart, its valves, what a leak is, how it is found, and what is done about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import streamlit as st

from grading.teaching.cases import graded, stage_pair
from grading_app.drawings.beat_page import beat_page
from grading_app.drawings.case import drawing
from grading_app.drawings.circulation import normal_and_leak
from grading_app.drawings.echo_picture import echo_picture
from grading_app.drawings.mechanisms import mechanisms
from grading_app.drawings.operations import operations
from grading_app.drawings.svg import Drawing
from grading_app.palette import Theme
from grading_app.text import picture, sections, theme

#: where a drawing stands: beside this section and those that follow, up to the next that is named here
PICTURES: Mapping[str, Callable[[Theme], Drawing]] = MappingProxyType(
    {
        "How blood flows through the heart": lambda inks: normal_and_leak("mitral", inks),
        "When a valve leaks": mechanisms,
        "How common leaks are": echo_picture,
        "What an echocardiogram measures": lambda inks: drawing(graded(stage_pair("mitral")[1]), inks),
        "Operations and catheters": operations,
        "The aortic valve": lambda inks: normal_and_leak("aortic", inks),
        "The tricuspid valve": lambda inks: normal_and_leak("tricuspid", inks),
        "The pulmonic valve": lambda inks: normal_and_leak("pulmonic", inks),
    }
)
#: the section with a heart that beats beside it, and the one with nothing beside it
BEATING, PLAIN = "Why a severe leak matters", "Sources"
#: how wide the page and a drawing are at most, and how the text and the drawing share the width
_WIDEST, _DRAWING, _SHARES = 1240, 480, (3, 2)


def page() -> None:
    """Show a list of contents, and the background text section by section with its drawings."""
    st.title("Background")
    st.markdown("Leaking heart valves in plain words. This page explains; it is not advice to anyone.")
    text = sections("background")
    with st.container(width=_WIDEST):
        _contents(list(text))
        for titles in rows(list(text)):
            beside_text, beside_drawing = st.columns(_SHARES, gap="large")
            with beside_text:
                for title in titles:
                    st.subheader(title, anchor=anchor(title))
                    st.markdown(text[title])
            with beside_drawing, st.container(width=_DRAWING):
                _drawing(titles[0])


def rows(titles: Sequence[str]) -> list[list[str]]:
    """Sections that stand beside one drawing, together.

    >>> rows(["How blood flows through the heart", "A valve is a one-way door", "When a valve leaks"])
    [['How blood flows through the heart', 'A valve is a one-way door'], ['When a valve leaks']]
    """
    found: list[list[str]] = []
    for title in titles:
        if not found or title in PICTURES or title in (BEATING, PLAIN):
            found.append([])
        found[-1].append(title)
    return found


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


def _drawing(title: str) -> None:
    """What stands beside a row that begins with a section."""
    if title == BEATING:
        st.iframe(beat_page(graded(stage_pair("mitral")[1]), theme()))
    elif title in PICTURES:
        drawn = PICTURES[title](theme())
        st.html(picture(drawn.svg, drawn.description))
