"""Text and pictures on a page, so that nothing a person typed or a file holds is ever read as markup."""

from __future__ import annotations

import base64
import string
from html import escape

import streamlit as st

from grading_app.palette import THEMES, Theme

_ESCAPED = str.maketrans({mark: f"\\{mark}" for mark in string.punctuation})


def plain(text: str) -> str:
    """Text for a place where Streamlit reads Markdown, such that it is shown as it is.

    >>> plain("[a](b) <c>")
    '\\\\[a\\\\]\\\\(b\\\\) \\\\<c\\\\>'
    """
    return text.translate(_ESCAPED)


def theme() -> Theme:
    """The inks of the theme the page is shown in."""
    return THEMES[st.context.theme.type or "light"]


def height(rows: int, tallest: int) -> int:
    """Of a table, in pixels: as high as its rows need, or `tallest`."""
    return min(tallest, 38 + 35 * max(rows, 1))


def picture(svg: str, description: str) -> str:
    """A drawing as HTML: an image, which can run and load nothing, with its description for who cannot see it."""
    data = base64.b64encode(svg.encode()).decode("ascii")
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(description)}" style="width:100%;height:auto">'
