"""Sentences on the page: such that nothing in them is read as markup, and in the words of the page."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from grading_app.file.words import on_page
from grading_app.text import plain


def say(sentences: Iterable[str]) -> None:
    """Sentences one below the other."""
    st.markdown(_lines(sentences))


def refuse(sentence: str) -> None:
    """What stands in the way, and what can be done."""
    st.error(_lines(on_page(sentence).splitlines()))


def _lines(sentences: Iterable[str]) -> str:
    return "  \n".join(plain(" ".join(sentence.split())) for sentence in sentences)
