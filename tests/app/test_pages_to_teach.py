"""The pages to teach with: two cases side by side, one measurement moved, and the quiz."""

from __future__ import annotations

import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest
from support.paths import ROOT

from grading import grade
from grading.explanation.sentences import verdict
from grading.reference.guideline import list_guidelines, load_guideline
from grading.reference.measurement import VALVES
from grading.teaching.cases import examples, graded, load_teaching_cases, moving_case, stage_pair, teaching_case
from grading.teaching.quiz import grades_offered
from grading.uncertainty.tipping import tipping_points
from grading_app.router import FAILED
from grading_app.signs import with_signs

APP = str(ROOT / "app.py")


def opened(page: str) -> AppTest:
    """A page by itself, as the router shows it."""
    program = (
        f"from grading_app.case import entry_form\nfrom grading_app.pages import {page}\nentry_form.keep()\n{page}.page()\n"
    )  # fmt: skip
    return AppTest.from_string(program, default_timeout=60)


def said(app: AppTest) -> str:
    assert not app.exception
    assert FAILED not in [e.value for e in app.error]
    html = " ".join(h.value for h in app.get("html"))
    return " ".join(unescape(re.sub(r"(?s)<style>.*?</style>|<[^>]+>", " ", html)).split())


@pytest.mark.parametrize("valve", VALVES)
def test_mild_stands_beside_severe_with_a_drawing_each(valve: str) -> None:
    app = opened("stage").run()
    app.segmented_control(key="stage.valve").set_value(valve).run()
    page = said(app)
    for one in stage_pair(valve):
        assert verdict(graded(one).explanation) in page
    pictures = re.findall(
        r'<img src="data:image/svg\+xml;base64,[^"]+" alt="([^"]+)"', " ".join(h.value for h in app.get("html"))
    )
    assert len(pictures) == 2 and pictures[0] != pictures[1]


@pytest.mark.parametrize("guideline", list_guidelines())
def test_the_pair_is_graded_by_every_guideline(guideline: str) -> None:
    for valve in load_guideline(guideline).tables:
        app = opened("stage").run()
        app.segmented_control(key="stage.valve").set_value(valve).run()
        app.selectbox(key=f"stage.guideline.{valve}").select(guideline).run()
        for one in stage_pair(valve):
            assert verdict(grade(valve, guideline, **one.values).explanation) in said(app)


def test_a_slider_moves_the_grade_and_the_buttons_go_just_past_each_tipping_point() -> None:
    app = opened("slider").run()
    one = moving_case("mitral")
    name = next(box for box in app.selectbox if box.label == "Measurement to move").value
    assert name == one.moves == "pisa_radius"
    points = tipping_points(graded(one), name)
    assert points
    slider = app.slider[0]
    slider.set_value(slider.min).run()
    assert f" {points[0].below.grade}".upper().replace("_", " ") in said(app)
    for point in points:
        up = next(button for button in app.button if button.label.startswith("Tip up"))
        assert point.printed in up.label
        up.click().run()
        now = grade(one.valve, one.guideline, **{**one.values, name: app.slider[0].value})
        assert (now.grade, now.grade_low, now.grade_high) == point.above.result
        assert verdict(now.explanation) in said(app)
    assert not any(button.label.startswith("Tip up") for button in app.button)
    for point in reversed(points):
        next(button for button in app.button if button.label.startswith("Tip down")).click().run()
        now = grade(one.valve, one.guideline, **{**one.values, name: app.slider[0].value})
        assert (now.grade, now.grade_low, now.grade_high) == point.below.result


def test_a_word_moves_the_grade_too() -> None:
    app = opened("slider").run()
    app.selectbox(key="slider.case.mitral").select(examples("mitral")[1].title).run()
    next(box for box in app.selectbox if box.label == "Measurement to move").select("cw_jet").run()
    control = next(c for c in app.segmented_control if c.key and c.key.startswith("slider.word"))
    control.set_value("faint_or_incomplete").run()
    assert "faint or incomplete" in said(app)


def test_the_case_of_the_first_page_can_be_moved_and_an_empty_one_says_so() -> None:
    app = opened("slider").run()
    app.selectbox(key="slider.case.mitral").select("the case on the first page").run()
    assert "is empty" in app.info[0].value
    app.session_state["case.mitral.eroa"] = "0,35"
    app.run()
    assert "MODERATE (single parameter)" in said(app)


def quiz(case: str) -> AppTest:
    app = opened("quiz")
    app.query_params["case"] = case
    return app.run()


@pytest.mark.parametrize("case", load_teaching_cases(), ids=lambda case: case.id)
def test_every_case_of_the_quiz_can_be_answered_right_and_is_explained(case: object) -> None:
    one = case
    app = quiz(one.id)  # type: ignore[attr-defined]
    assert app.subheader[0].value == one.title  # type: ignore[attr-defined]
    before = said(app)
    answer = verdict(graded(one).explanation)  # type: ignore[arg-type]
    assert answer not in before
    app.radio[0].set_value(one.expect.grade)  # type: ignore[attr-defined]
    app.button[0].click().run()
    assert answer in said(app)
    assert len(app.success) == 1
    assert with_signs(one.teaches) in " ".join(m.value.replace("\\", "") for m in app.markdown)  # type: ignore[attr-defined]


def test_a_wrong_answer_and_a_wrong_reason_are_told_apart_from_right_ones() -> None:
    case = teaching_case("mitral-two-against-one")
    app = quiz(case.id)
    app.radio[0].set_value("mild")
    app.checkbox(key=f"quiz.{case.id}.eroa").check()
    app.button[0].click().run()
    assert len(app.warning) == 1 and not app.success
    assert "EROA" in said(app)


def test_an_answer_without_a_grade_asks_for_one() -> None:
    app = quiz("mitral-flail")
    app.button[0].click().run()
    assert "Choose a grade first" in app.warning[0].value


def test_the_quiz_goes_on_counts_and_begins_with_what_was_not_answered() -> None:
    app = opened("quiz").run()
    seen = []
    for _ in range(4):
        seen.append(app.subheader[0].value)
        app.radio[0].set_value("indeterminate")
        app.button[0].click().run()
        app.button(key="quiz.next").click().run()
    assert len(set(seen)) == 4
    assert "answered 4" in app.caption[0].value.replace("\\", "")
    app.segmented_control(key="quiz.valve").set_value("pulmonic").run()
    pulmonic = [case for case in load_teaching_cases() if case.valve == "pulmonic"]
    assert f"of {len(pulmonic)}" in app.caption[0].value.replace("\\", "")


def test_a_link_to_no_case_says_so() -> None:
    app = quiz("mitral-flial<script>")
    assert "Did you mean mitral-flail" in app.warning[0].value.replace("\\", "")
    assert "<script>" not in app.warning[0].value


def test_the_answers_offered_are_those_of_the_table() -> None:
    app = quiz("tricuspid-beyond")
    offered = grades_offered(graded(teaching_case("tricuspid-beyond")))
    assert app.radio[0].options == [grade_.replace("_", " ") for grade_ in offered]


def test_the_first_answer_counts() -> None:
    app = quiz("mitral-flail")
    app.radio[0].set_value("mild")
    app.button[0].click().run()
    app.radio[0].set_value("severe")
    app.button[0].click().run()
    assert len(app.success) == 1
    app.run()
    assert "answered 1: 1 different" in app.caption[0].value.replace("\\", "")
