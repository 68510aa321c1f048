"""Whom the tables are about: asked once beside a case, and what follows for a valve or a leak not covered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from grading.explanation.explanation import Explanation
from grading.explanation.report import report
from grading.explanation.views import CautionView
from grading.writing import in_words
from grading_app.case.entry_form import PREFIX

#: what stands behind an answer that no table covers, for who wants to know more
PLACE = "Limits"


@dataclass(frozen=True, slots=True)
class Question:
    """A question about the scope: its name in a link, what is asked, and the answers, the one in scope first."""

    name: str
    label: str
    answers: tuple[str, ...]


VALVE_STATE = Question("valve_state", "prosthesis, clip or repair?", ("native_valve", "prosthesis", "clip", "repair"))
ONSET = Question("onset", "acute?", ("chronic", "acute"))
QUESTIONS = (VALVE_STATE, ONSET)

ACUTE = (
    "Acute regurgitation: these tables are about chronic regurgitation. Chambers may be normal in an acute severe "
    "leak, and the rows about chambers and volumes mislead."
)
ACUTE_REPORT = "Acute regurgitation, graded by tables that are about chronic regurgitation."


def key_of(question: Question, valve: str) -> str:
    """Where an answer is kept: with the case, for each valve."""
    return f"{PREFIX}{valve}.{question.name}"


def ask(question: Question, valve: str) -> None:
    """The question as a field; one that is not answered is taken to be in scope."""
    key = key_of(question, valve)
    st.session_state.setdefault(key, None)
    st.selectbox(question.label, question.answers, index=None, format_func=in_words, key=key, placeholder="not said")


def answers(valve: str) -> dict[str, str]:
    """What was answered for a valve, by the name of the question."""
    given = {question.name: st.session_state.get(key_of(question, valve)) for question in QUESTIONS}
    return {name: str(answer) for name, answer in given.items() if answer}


def why_outside(said: Mapping[str, str]) -> str:
    """Why a case is not graded: its valve is not native; '' for a case that is."""
    state = said.get(VALVE_STATE.name, VALVE_STATE.answers[0])
    if state == VALVE_STATE.answers[0]:
        return ""
    return f"A valve with a {state} is outside every table here, and is not graded: they are about native valves."


def is_acute(said: Mapping[str, str]) -> bool:
    """True where the regurgitation was said to be acute."""
    return said.get(ONSET.name) == ONSET.answers[1]


def report_sentence(explanation: Explanation, said: Mapping[str, str]) -> str:
    """The report sentence; that of an acute leak says that the tables are about others."""
    return f"{report(explanation)} {ACUTE_REPORT}" if is_acute(said) else report(explanation)


def with_scope(explanation: Explanation, said: Mapping[str, str]) -> Explanation:
    """The explanation, with a caution ahead of all others where the regurgitation is acute."""
    if not is_acute(said):
        return explanation
    return replace(explanation, cautions=(CautionView(ACUTE, PLACE), *explanation.cautions))
