"""Quiz: a case, the learner's grade and reasons, then the answer and why."""

from __future__ import annotations

import random
from functools import cache

import streamlit as st

from grading.case import Case
from grading.errors import UsageError
from grading.reference.guideline import references
from grading.teaching.cases import TeachingCase, graded, load_teaching_cases, teaching_case
from grading.teaching.quiz import RIGHT, WITHIN, Marking, grades_offered, mark, reasons_offered
from grading.writing import in_words, upper
from grading_app.case.entry_form import valve_switch
from grading_app.html.case import findings_html, listed, verdict_html, why_html
from grading_app.signs import with_signs
from grading_app.text import escape_markdown

CASE, DONE, ANSWER = "quiz.case", "quiz.done", "quiz.answer"
EVERY = "all valves"


def page() -> None:
    """The page. A link may name the case."""
    st.title("Quiz")
    _take_link()
    cases = _of_valve()
    done: dict[str, str] = st.session_state.setdefault(DONE, {})
    if st.session_state.get(CASE) not in [case.id for case in cases]:
        st.session_state[CASE] = _next(cases, done)
    shown = teaching_case(st.session_state[CASE])
    _progress(shown, cases, done)
    case = graded(shown)
    left, right = st.columns([5, 6], gap="large")
    with left:
        _question(shown, case)
    with right:
        _answer(shown, case, done)
    st.button("Next case", on_click=_advance, args=(cases,), key="quiz.next")
    st.caption("A link to this case:")
    address = (st.context.url or "").partition("?")[0]
    st.code(f"{address}?case={shown.id}", language=None, wrap_lines=True)


def _take_link() -> None:
    asked = st.query_params.get("case")
    if asked is None:
        return
    st.query_params.clear()
    try:
        st.session_state[CASE] = teaching_case(asked[:80]).id
        st.session_state["quiz.valve"] = EVERY
        st.session_state[ANSWER] = None
    except UsageError as error:
        st.warning(escape_markdown(f"The link was not used: {error}"))


@cache
def _order() -> list[str]:
    """The cases in an order that mixes the valves and is the same for everybody."""
    ids = [case.id for case in load_teaching_cases()]
    random.Random(len(ids)).shuffle(ids)
    return ids


def _of_valve() -> list[TeachingCase]:
    valve = valve_switch("quiz.valve", EVERY)
    return [case for case in map(teaching_case, _order()) if valve in (EVERY, case.valve)]


def _next(cases: list[TeachingCase], done: dict[str, str]) -> str:
    """The first case that was not answered, or the first one again."""
    return next((case.id for case in cases if case.id not in done), cases[0].id)


def _advance(cases: list[TeachingCase]) -> None:
    ids = [case.id for case in cases]
    place = ids.index(st.session_state[CASE]) if st.session_state[CASE] in ids else -1
    later = [*cases[place + 1 :], *cases[: place + 1]]
    st.session_state[CASE] = _next(later, st.session_state[DONE])
    st.session_state[ANSWER] = None


def _progress(shown: TeachingCase, cases: list[TeachingCase], done: dict[str, str]) -> None:
    place = [case.id for case in cases].index(shown.id) + 1
    verdicts = [done[case.id] for case in cases if case.id in done]
    counts = [f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts)]
    tally = f" · answered {len(verdicts)}: {', '.join(counts)}" if verdicts else ""
    st.caption(escape_markdown(f"Case {place} of {len(cases)}{tally}"))


def _question(shown: TeachingCase, case: Case) -> None:
    st.subheader(shown.title)
    st.markdown(escape_markdown(with_signs(shown.story)))
    st.markdown(
        f"Grade the **{shown.valve}** regurgitation by **{escape_markdown(references()[shown.guideline]['short'])}**."
    )
    st.html(findings_html(case))


def _answer(shown: TeachingCase, case: Case, done: dict[str, str]) -> None:
    reasons = {reason.key: f"{upper(reason.label)}: {in_words(reason.value)}" for reason in reasons_offered(case)}
    with st.form(f"quiz.form.{shown.id}"):
        said = st.radio(
            "Your grade", grades_offered(case), index=None, format_func=in_words, key=f"quiz.said.{shown.id}"
        )
        st.markdown("Which findings speak for it?")
        ticked = [
            key
            for key, label in reasons.items()
            if st.checkbox(escape_markdown(with_signs(label)), key=f"quiz.{shown.id}.{key}")
        ]
        sent = st.form_submit_button("Answer")
    if sent and said is None:
        st.warning("Choose a grade first; indeterminate and insufficient data are answers too.")
    elif sent:
        st.session_state[ANSWER] = (shown.id, said, ticked)
    answer = st.session_state.get(ANSWER)
    if answer and answer[0] == shown.id:
        marking = mark(case, answer[1], answer[2])
        # the first answer counts; what is tried after the explanation does not
        done.setdefault(shown.id, marking.verdict)
        _explained(shown, case, marking)


def _explained(shown: TeachingCase, case: Case, marking: Marking) -> None:
    {RIGHT: st.success, WITHIN: st.info}.get(marking.verdict, st.warning)(escape_markdown(with_signs(marking.text)))
    st.markdown(f"**What it teaches.** {escape_markdown(with_signs(shown.teaches))}")
    parts = (
        ("Your reasons that speak for the answer", marking.supporting),
        ("Your reasons that speak for another grade", marking.opposing),
        ("Your reasons that say nothing here", marking.silent),
        ("Not ticked, and they speak for the answer", marking.missed),
    )
    st.html("".join(listed(heading, [remark.text for remark in remarks]) for heading, remarks in parts) or "<p></p>")
    st.html(verdict_html(case.explanation))
    with st.expander("Every criterion"):
        st.html(why_html(case.explanation))
