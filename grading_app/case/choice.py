"""Which case a page shows: a teaching case, one of a person's own, or the one on the first page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from grading.case import Case, grade
from grading.errors import UsageError
from grading.reference.guideline import DEFAULT_GUIDELINE, covering
from grading.teaching.cases import KINDS, TeachingCase, load_teaching_cases, teaching_case
from grading.teaching.saved import SavedCase
from grading.writing import upper
from grading_app.case import entry_form
from grading_app.case.scope import answers, why_outside

#: the key of the case on the first page, and what those of saved cases begin with
FIRST_PAGE, OWN = "own", "own-"
_SAVED = "saved.cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A case that can be shown; `moves` is the measurement that takes its grade through its steps, '' for none, and
    `outside` why no table is about its valve."""

    key: str
    name: str
    valve: str
    guideline: str
    values: Mapping[str, str]
    story: str = ""
    moves: str = ""
    outside: str = ""

    @property
    def is_own(self) -> bool:
        """True for a case that a person entered: it is put into no address."""
        return self.key.startswith(FIRST_PAGE)

    def unfit(self, case: Case) -> str:
        """Why the case, as it was graded, cannot be shown, in a sentence; '' where it can."""
        if self.outside:
            return f"{self.name} cannot be shown: {self.outside}"
        if case.decision is None:
            return f"{self.name} cannot be shown: {case.reason}"
        if not case.reading.entered:
            return f"{self.name} is empty: enter something there, or choose one of the others here."
        return ""

    def by(self, guideline: str) -> Case:
        """The case as a guideline grades it."""
        return grade(self.valve, guideline, **self.values)


def choices(valve: str) -> dict[str, Choice]:
    """All cases of a valve by key: a person's own, then teaching cases from mild to the traps, then the first page."""
    taught = sorted((one for one in load_teaching_cases() if one.valve == valve), key=lambda one: KINDS.index(one.kind))
    own = [
        Choice(key=f"{OWN}{place}", name=f"Own case {place}", valve=valve, guideline=one.guideline, values=one.values)
        for place, one in enumerate(saved(), 1)
        if one.valve == valve
    ]
    return {one.key: one for one in (*own, *map(teaching, taught), first_page(valve))}


def taught(valve: str, key: str) -> Choice:
    """The teaching case of a valve that an address asks for. Raises UsageError where there is none."""
    one = teaching_case(key)
    if one.valve != valve:
        raise UsageError(f"teaching case {key!r} is about the {one.valve} valve")
    return teaching(one)


def teaching(one: TeachingCase) -> Choice:
    """A teaching case as a choice."""
    name = f"{upper(one.kind)}: {one.title}"
    return Choice(key=one.id, name=name, valve=one.valve, guideline=one.guideline, values=one.typed, story=one.story,
                  moves=one.moves)  # fmt: skip


def first_page(valve: str) -> Choice:
    """The case that is typed in on the first page; its values are empty where there is none."""
    own = st.session_state.get(entry_form.VALVE) == valve
    wanted = st.session_state.get(entry_form.GUIDELINE) if own else None
    guideline = wanted if wanted in covering(valve) else DEFAULT_GUIDELINE
    return Choice(key=FIRST_PAGE, name="The case on the first page", valve=valve, guideline=guideline,
                  values=entry_form.values(valve), outside=why_outside(answers(valve)))  # fmt: skip


def saved() -> list[SavedCase]:
    """A person's own cases, in the memory of the session."""
    cases: list[SavedCase] = st.session_state.setdefault(_SAVED, [])
    return cases


def add(cases: tuple[SavedCase, ...]) -> int:
    """Put cases to a person's own, each once; how many are new."""
    new = [one for one in cases if one not in saved()]
    st.session_state[_SAVED] = [*saved(), *new]
    return len(new)


def forget() -> None:
    """Drop all cases of one's own."""
    st.session_state[_SAVED] = []


def chosen(label: str, valve: str, key: str, default: str) -> Choice:
    """A box to choose a case of a valve from."""
    found = choices(valve)
    if st.session_state.get(key) not in found:
        st.session_state[key] = default
    st.selectbox(label, list(found), format_func=lambda one: found[one].name, key=key)
    return found[st.session_state[key]]
