"""Text and pictures on a page, so that nothing a person typed or a file holds is ever read as markup."""

from __future__ import annotations

import base64
import string
from collections.abc import Iterable
from importlib.resources import files

import streamlit as st
from markupsafe import Markup

from grading_app.palette import THEMES, Theme

_ESCAPED = str.maketrans({mark: f"\\{mark}" for mark in string.punctuation})


def escape_markdown(text: str) -> str:
    """Text for a place where Streamlit reads Markdown, such that it is shown as it is.

    >>> escape_markdown("[a](b) <c>")
    '\\\\[a\\\\]\\\\(b\\\\) \\\\<c\\\\>'
    """
    return text.translate(_ESCAPED)


def theme() -> Theme:
    """The inks of the theme the page is shown in."""
    return THEMES[st.context.theme.type or "light"]


def height(rows: int, tallest: int) -> int:
    """Of a table, in pixels: as high as its rows need, or `tallest`."""
    return min(tallest, 38 + 35 * max(rows, 1))


def picture(svg: str, description: str) -> Markup:
    """A drawing as HTML: an image, which can run and load nothing, with its description for who cannot see it."""
    data = base64.b64encode(svg.encode()).decode("ascii")
    image = Markup('<img src="data:image/svg+xml;base64,{}" alt="{}" style="width:100%;height:auto">')
    return image.format(data, description)


def lines(sentences: Iterable[str]) -> str:
    """Sentences one below the other, as Markdown in which nothing of them is read as markup."""
    return "  \n".join(escape_markdown(" ".join(sentence.split())) for sentence in sentences)


def say(sentences: Iterable[str]) -> None:
    """Sentences one below the other."""
    st.markdown(lines(sentences))


def sections(name: str) -> dict[str, str]:
    """Title -> text of every section (`## Title`) of one file, in order.

    >>> list(sections("limits"))[0]
    'What it is for'
    """
    text = (files("grading_app") / f"{name}.md").read_text(encoding="utf-8")
    parts = (part.partition("\n") for part in f"\n{text}".split("\n## ")[1:])
    return {title.strip(): body.strip() for title, _, body in parts}
