"""The answers of a room, counted while they come in; only in a class, and only when they help nobody to guess."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import streamlit as st

from grading_app.classroom.room import Room, room
from grading_app.html.count_bars import count_bars

_VISIT, _SHOWN = "poll.visit", "poll.shown"
#: how often the counts are looked at again [s]
_EVERY = 2


def give(question: str, said: str) -> None:
    """Count an answer in the room, if there is one."""
    open_to = room()
    if open_to:
        visit = st.session_state.setdefault(_VISIT, secrets.token_hex(8))
        open_to.poll.answer(question, visit, said)


def tally(question: str, answers: Sequence[str], answered: bool) -> None:
    """The room's answers, once one has answered or asks to see them."""
    open_to = room()
    if open_to is None:
        return
    asked = st.toggle("Show the room's answers", key=_SHOWN, help="For the screen that all see.")
    if asked or answered:
        st.fragment(_counts, run_every=_EVERY)(open_to, question, tuple(answers))


def _counts(open_to: Room, question: str, answers: tuple[str, ...]) -> None:
    counts = open_to.poll.counts(question, answers)
    total = sum(counts.values())
    st.html(count_bars(f"The room: {total} answer{'' if total == 1 else 's'}", counts))
