"""Quiz: sets of ten cases by valve and level; the learner's grade and reasons, the answer and why, then a score."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from grading.case import Case
from grading.errors import UsageError
from grading.reference.guideline import references
from grading.teaching.cases import LEVELS, TeachingCase, graded, teaching_case
from grading.teaching.quiz import RIGHT, WITHIN, Marking, grades_offered, mark, reasons_offered
from grading.teaching.sets import quiz_sets, score
from grading.writing import in_words, upper
from grading_app.case import address, poll_panel
from grading_app.case.entry_form import valve_switch
from grading_app.case.view_choice import view
from grading_app.drawings.case import drawing
from grading_app.html.case import findings_html, listed, verdict_html, why_html
from grading_app.signs import with_signs
from grading_app.text import escape_markdown, picture, theme

PAGE = "quiz"
CASE, DONE, ANSWER, SHOWN = "quiz.case", "quiz.done", "quiz.answer", "quiz.shown"
VALVE, LEVEL, SET, HIDDEN, KEPT = "quiz.valve", "quiz.level", "quiz.set", "quiz.hidden", "quiz.kept"
EVERY, EACH = "all valves", "all levels"
#: in place of a case: the score of the set
SCORE = "score"


def page() -> None:
    """The page. A link may name the case."""
    st.title("Quiz")
    _take_link()
    questions = _questions()
    ids = [one.id for one in questions]
    done: dict[str, str] = st.session_state.setdefault(DONE, {})
    if st.session_state.get(CASE) not in (*ids, SCORE):
        _show(_next(ids, done, 0))
    if st.session_state[CASE] == SCORE:
        address.show(PAGE, {})
        _score(questions, done)
        return
    shown = teaching_case(st.session_state[CASE])
    address.show(PAGE, {"case": shown.id})
    _progress(ids.index(shown.id) + 1, questions, done)
    case = graded(shown)
    _question(shown)
    drawn, asked = st.columns([5, 6], gap="large")
    with drawn:
        heart = drawing(case, theme(), view())
        st.html(picture(heart.svg, heart.description))
        st.html(findings_html(case))
    with asked:
        _answer(shown, case, done)
        st.button("Next case", on_click=_advance, args=(ids,), key="quiz.next")


def _take_link() -> None:
    """Show the case of a link, in the first of all sets that holds it."""
    asked = address.asked(PAGE).get("case")
    if asked is None:
        return
    try:
        one = teaching_case(asked)
    except UsageError as error:
        st.warning(escape_markdown(f"The link was not used: {error}"))
        return
    st.session_state[VALVE], st.session_state[LEVEL] = EVERY, EACH
    st.session_state[SET] = next(place for place, cases in enumerate(quiz_sets()) if one in cases)
    _show(one.id)


def _questions() -> tuple[TeachingCase, ...]:
    """The set that is chosen, again after another page was shown."""
    for key, value in st.session_state.get(KEPT, {}).items():
        st.session_state.setdefault(key, value)
    valves, levels, sets = st.columns([10, 9, 7], vertical_alignment="bottom")
    with valves:
        valve = valve_switch(VALVE, EVERY)
    of = "" if valve == EVERY else valve
    offered = (EACH, *(level for level in LEVELS if quiz_sets(of, level)))
    if st.session_state.get(LEVEL) not in offered:
        st.session_state[LEVEL] = EACH
    levels.segmented_control("Level", offered, format_func=upper, required=True, key=LEVEL)
    level = st.session_state[LEVEL]
    found = quiz_sets(of, "" if level == EACH else level)
    if st.session_state.get(SET) not in range(len(found)):
        st.session_state[SET] = 0
    with sets, st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Set", range(len(found)), format_func=lambda n: f"{n + 1} of {len(found)}", key=SET, width=110)
        st.toggle("Hide the answer", key=HIDDEN, help="For a room: the answer comes when you ask for it.")
    st.session_state[KEPT] = {key: st.session_state[key] for key in (VALVE, LEVEL, SET, HIDDEN)}
    return found[int(st.session_state[SET])]


def _show(id: str) -> None:
    st.session_state[CASE] = id
    st.session_state[ANSWER] = None
    st.session_state[SHOWN] = False


def _next(ids: Sequence[str], done: dict[str, str], place: int) -> str:
    """The first case from a place on that was not answered, else one before it, else the score."""
    return next((one for one in (*ids[place:], *ids[:place]) if one not in done), SCORE)


def _advance(ids: Sequence[str]) -> None:
    """On to the next case; after the last one, and when all are answered, to the score."""
    place = ids.index(st.session_state[CASE]) + 1
    _show(SCORE if place == len(ids) else _next(ids, st.session_state[DONE], place))


def _progress(place: int, questions: Sequence[TeachingCase], done: dict[str, str]) -> None:
    so_far = score(questions, done)
    tally = f" · answered {so_far.answered}: {so_far.right} right" if so_far.answered else ""
    st.caption(escape_markdown(f"Case {place} of {len(questions)}{tally}"))


def _question(shown: TeachingCase) -> None:
    st.subheader(shown.title)
    st.markdown(escape_markdown(with_signs(shown.story)))
    st.markdown(
        f"Grade the **{shown.valve}** regurgitation by **{escape_markdown(references()[shown.guideline]['short'])}**."
    )


def _answer(shown: TeachingCase, case: Case, done: dict[str, str]) -> None:
    reasons = {reason.key: f"{upper(reason.label)}: {in_words(reason.value)}" for reason in reasons_offered(case)}
    with st.form(f"quiz.form.{shown.id}"):
        said = st.radio(
            "Your grade", grades_offered(case), index=None, format_func=in_words, key=f"quiz.said.{shown.id}"
        )
        st.markdown("Which findings speak for it? You may leave this out.")
        ticked = [
            key
            for key, label in reasons.items()
            if st.checkbox(escape_markdown(with_signs(label)), key=f"quiz.{shown.id}.{key}")
        ]
        sent = st.form_submit_button("Answer")
    if sent and said is None:
        st.warning("Choose a grade first; indeterminate and insufficient data are answers too.")
    elif sent and said:
        st.session_state[ANSWER] = (shown.id, said, ticked)
        poll_panel.give(shown.id, said)
    marking = _marking(shown, case, done)
    if st.session_state[HIDDEN] and not st.session_state[SHOWN]:
        if marking:
            st.info("Your answer is noted.")
        st.button("Show the answer", on_click=_reveal, key="quiz.show")
    elif marking or st.session_state[HIDDEN]:
        _explained(shown, case, marking)
    poll_panel.tally(shown.id, grades_offered(case), answered=marking is not None)


def _marking(shown: TeachingCase, case: Case, done: dict[str, str]) -> Marking | None:
    """What the answer to this case is worth; None where there is none yet."""
    answer = st.session_state.get(ANSWER)
    if not answer or answer[0] != shown.id:
        return None
    marking = mark(case, answer[1], answer[2])
    # the first answer counts; what is tried after the explanation does not
    done.setdefault(shown.id, marking.verdict)
    return marking


def _reveal() -> None:
    st.session_state[SHOWN] = True


def _explained(shown: TeachingCase, case: Case, marking: Marking | None) -> None:
    """The answer and why, after what the learner's own is worth."""
    if marking:
        show = {RIGHT: st.success, WITHIN: st.info}.get(marking.verdict, st.warning)
        show(escape_markdown(with_signs(marking.text)))
    st.markdown(f"**What it teaches.** {escape_markdown(with_signs(shown.teaches))}")
    if marking:
        parts = (
            ("Your reasons that speak for the answer", marking.supporting),
            ("Your reasons that speak for another grade", marking.opposing),
            ("Your reasons that say nothing here", marking.silent),
            ("Not ticked, and they speak for the answer", marking.missed),
        )
        lists = "".join(listed(heading, [remark.text for remark in remarks]) for heading, remarks in parts)
        st.html(lists or "<p></p>")
    st.html(verdict_html(case.explanation))
    with st.expander("Every criterion"):
        st.html(why_html(case.explanation))


def _score(questions: Sequence[TeachingCase], done: dict[str, str]) -> None:
    """How the set went, case by case, and on."""
    st.subheader("Your score")
    st.markdown(f"**{escape_markdown(score(questions, done).text)}**")
    for one in questions:
        name, went = st.columns([2, 5], vertical_alignment="center")
        name.button(one.title, on_click=_show, args=(one.id,), key=f"quiz.again.{one.id}", width="stretch")
        verdict = done.get(one.id, "not answered")
        went.markdown(escape_markdown(with_signs(f"{upper(verdict)}. {one.teaches if one.id in done else ''}")))
    with st.container(horizontal=True):
        st.button("Next set", on_click=_next_set, key="quiz.onward")
        st.button("This set again", on_click=_again, args=([one.id for one in questions],), key="quiz.anew")


def _next_set() -> None:
    # after the last one the first again
    st.session_state[SET] += 1
    _show("")


def _again(ids: Sequence[str]) -> None:
    for one in ids:
        st.session_state[DONE].pop(one, None)
        for key in [key for key in st.session_state if str(key).startswith((f"quiz.{one}.", f"quiz.said.{one}"))]:
            del st.session_state[key]
    _show("")
