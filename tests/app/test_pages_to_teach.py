"""The pages to teach with: two cases side by side, one measurement moved, the class view, and the quiz."""

from __future__ import annotations

import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest
from support.paths import SCRIPT

from grading import grade
from grading.explanation.sentences import verdict
from grading.reference.guideline import list_guidelines, load_guideline
from grading.reference.measurement import VALVES
from grading.teaching.cases import examples, graded, load_teaching_cases, moving_case, stage_pair, teaching_case
from grading.teaching.quiz import grades_offered
from grading.teaching.saved import SavedCase, written
from grading.teaching.sets import quiz_sets
from grading.uncertainty.measurable import measurable
from grading.writing import plain, quantity
from grading_app.classroom.room import Room
from grading_app.router import FAILED
from grading_app.signs import with_signs

APP = str(SCRIPT)


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


def address(app: AppTest) -> dict[str, str]:
    """The query of the address, which the bench holds as lists until the page writes it."""
    return {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()}


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


def test_a_slider_moves_the_grade_and_the_buttons_go_to_the_next_value_with_another() -> None:
    app = opened("slider").run()
    one = moving_case("mitral")
    name = next(box for box in app.selectbox if box.label == "Measurement to move").value
    assert name == one.moves == "pisa_radius"
    found = measurable(graded(one), name)
    assert len(found.runs) == 5
    slider = app.slider[0]
    assert (slider.min, slider.max, slider.step) == (found.low, found.high, found.digit)
    slider.set_value(slider.min).run()

    def shown() -> tuple[str | None, ...]:
        now = grade(one.valve, one.guideline, **{**one.values, name: app.slider[0].value})
        assert verdict(now.explanation) in said(app)
        return now.grade, now.grade_low, now.grade_high

    def tip(words: str) -> bool:
        button = next((button for button in app.button if button.label.startswith(words)), None)
        if button:
            button.click().run()
            assert button.label.endswith(with_signs(quantity(plain(app.slider[0].value), "cm")))
        return button is not None

    for run in found.runs[1:]:
        assert tip("Tip up") and shown() == run.outcome.result and app.slider[0].value == run.first
    assert not tip("Tip up")
    for run in reversed(found.runs[:-1]):
        assert tip("Tip down") and shown() == run.outcome.result and app.slider[0].value == run.last
    assert not tip("Tip down")


def test_all_values_with_their_grades_stand_in_a_table() -> None:
    app = opened("slider").run()
    page = said(app)
    for run in measurable(graded(moving_case("mitral")), "pisa_radius").runs:
        assert run.printed in page


def test_a_word_moves_the_grade_too() -> None:
    app = opened("slider").run()
    case = examples("mitral")[1]
    app.selectbox(key="slider.case.mitral").set_value(case.id).run()
    next(box for box in app.selectbox if box.label == "Measurement to move").set_value("cw_jet").run()
    control = next(c for c in app.segmented_control if c.key and c.key.startswith("slider.word"))
    control.set_value("faint_or_incomplete").run()
    assert "faint or incomplete" in said(app)


def test_the_case_of_the_first_page_can_be_moved_and_an_empty_one_says_so() -> None:
    app = opened("slider").run()
    app.selectbox(key="slider.case.mitral").set_value("own").run()
    assert "is empty" in app.warning[0].value
    app.session_state["case.mitral.eroa"] = "0,35"
    app.run()
    assert "MODERATE (single parameter)" in said(app)
    assert dict(app.query_params) == {}


@pytest.mark.parametrize(
    ("page", "box"),
    [("stage", "stage.Left.mitral"), ("slider", "slider.case.mitral"), ("class_view", "class.case.mitral")],
)
@pytest.mark.parametrize(
    ("typed", "sentence"), [(None, "is empty"), ("unknown", "is empty"), ("35 cm2", "cannot be shown")]
)
def test_an_own_case_that_cannot_be_shown_says_why(page: str, box: str, typed: str | None, sentence: str) -> None:
    app = opened(page)
    app.session_state["valve"], app.session_state["case.mitral.eroa"] = "mitral", typed
    app.run()
    app.selectbox(key=box).set_value("own").run()
    assert sentence in app.warning[0].value.replace("\\", "")
    said(app)


@pytest.mark.parametrize(
    ("page", "box"),
    [("stage", "stage.Left.mitral"), ("slider", "slider.case.mitral"), ("class_view", "class.case.mitral")],
)
def test_a_case_that_no_table_is_about_is_graded_on_no_page(page: str, box: str) -> None:
    app = opened(page)
    app.session_state["valve"], app.session_state["case.mitral.eroa"] = "mitral", "0.5"
    app.session_state["case.mitral.valve_state"] = "clip"
    app.run()
    app.selectbox(key=box).set_value("own").run()
    assert "outside every table" in app.warning[0].value


def test_a_case_that_no_table_is_about_is_not_kept() -> None:
    app = opened("stage")
    app.session_state["valve"], app.session_state["case.mitral.eroa"] = "mitral", "0.5"
    app.session_state["case.mitral.valve_state"] = "prosthesis"
    app.run()
    app.button(key="own.keep").click().run()
    assert "Nothing was kept" in app.info[0].value


ADDRESSES = [
    ("slider", {"valve": "aortic", "case": "aortic-broad-jet", "move": "peak_velocity"}, "aortic-broad-jet"),
    ("class_view", {"valve": "tricuspid", "case": "tricuspid-gap", "move": "cw_jet"}, "tricuspid-gap"),
    ("class_view", {"valve": "mitral", "case": "mitral-flail", "at": "0.5"}, "mitral-flail"),
    ("class_view", {"valve": "mitral", "case": "<b>", "move": "<i>", "at": "1e9"}, "mitral-one-radius"),
    ("slider", {"valve": "<b>", "case": "mitral-flail"}, "mitral-one-radius"),
]


@pytest.mark.parametrize(("page", "asked", "case"), ADDRESSES)
def test_an_address_holds_the_case_and_what_moves(page: str, asked: dict[str, str], case: str) -> None:
    app = opened(page)
    for name, value in asked.items():
        app.query_params[name] = value
    app.run()
    said(app)
    assert address(app)["case"] == case
    if case == asked["case"] and "move" in asked:
        assert address(app) == asked
    if "at" in asked and case == asked["case"]:
        assert app.slider[0].value == float(asked["at"])


UNKNOWN = [
    ("slider", {"valve": "heart"}, "no valve 'heart'. There are: mitral, aortic"),
    ("slider", {"valve": "mitral", "case": "mitral-flial"}, "Did you mean mitral-flail"),
    ("class_view", {"valve": "aortic", "case": "mitral-flail"}, "'mitral-flail' is about the mitral valve"),
    ("class_view", {"valve": "mitral", "case": "mitral-flail", "move": "<b>"}, "no '<b>' that could be moved"),
    ("class_view", {"valve": "mitral", "at": "1e9"}, "PISA radius '1e9' is no value from 0.3 cm to 1.3 cm."),
    ("slider", {"valve": "mitral", "at": "5 mL"}, "PISA radius '5 mL' is no value"),
    ("slider", {"valve": "tricuspid", "case": "tricuspid-gap", "move": "cw_jet", "at": "x"}, "CW jet 'x' is none of: "),
    ("stage", {"valve": "heart"}, "no valve 'heart'"),
    ("stage", {"valve": "mitral", "left": "aortic-broad-jet"}, "'aortic-broad-jet' is about the aortic valve"),
    ("stage", {"valve": "pulmonic", "guideline": "esc-2021"}, "esc-2021 does not grade pulmonic regurgitation"),
]


@pytest.mark.parametrize(("page", "asked", "sentence"), UNKNOWN, ids=[f"{row[0]} {row[2]}" for row in UNKNOWN])
def test_what_an_address_asks_for_and_is_not_there_is_named(page: str, asked: dict[str, str], sentence: str) -> None:
    app = opened(page)
    for name, value in asked.items():
        app.query_params[name] = value
    app.run()
    assert sentence in app.warning[0].value.replace("\\", "")
    said(app)
    app.run()
    assert not app.warning


def test_a_measurement_moves_in_the_unit_that_the_form_asks_for() -> None:
    app = opened("slider")
    asked = {"valve": "mitral", "case": "mitral-one-radius", "move": "peak_velocity", "at": "5.2 m/s"}
    for name, value in asked.items():
        app.query_params[name] = value
    app.run()
    assert (app.slider[0].label, app.slider[0].value) == ("peak velocity (m/s)", 5.2)
    assert "1.00 to " in said(app) and "cm/s" not in said(app).replace("Va 40.0 cm/s", "")
    tip = next(button for button in app.button if button.label.startswith("Tip up"))
    assert tip.label.endswith(" m/s")
    app.session_state["units"] = {"peak and E wave velocity": "cm/s"}
    app.run()
    assert (app.slider[0].label, app.slider[0].value) == ("peak velocity (cm/s)", 500)


@pytest.mark.parametrize("valve", VALVES)
def test_any_two_cases_stand_side_by_side_and_the_address_brings_them_back(valve: str) -> None:
    cases = [case for case in load_teaching_cases() if case.valve == valve]
    moderate = next(case for case in cases if case.kind == "moderate")
    app = opened("stage").run()
    app.segmented_control(key="stage.valve").set_value(valve).run()
    app.selectbox(key=f"stage.Left.{valve}").set_value(moderate.id).run()
    guideline = app.selectbox(key=f"stage.guideline.{valve}").value
    shown = verdict(grade(valve, guideline, **moderate.values).explanation)
    assert shown in said(app)
    again = opened("stage")
    for name, value in address(app).items():
        again.query_params[name] = value
    assert shown in said(again.run())


def test_an_own_case_is_kept_shown_and_never_in_the_address() -> None:
    app = opened("stage")
    app.session_state["valve"] = "mitral"
    app.session_state["case.mitral.eroa"] = "0.35"
    app.run()
    app.button(key="own.keep").click().run()
    assert "is kept" in app.info[0].value
    app.selectbox(key="stage.Left.mitral").set_value("own-1").run()
    assert "MODERATE (single parameter)" in said(app)
    assert dict(app.query_params) == {}


@pytest.mark.parametrize(("data", "sentence"), [(b"{}", "no file of saved cases"), (b"\xff", "no file of saved cases")])
def test_a_bad_file_of_cases_gets_a_sentence(data: bytes, sentence: str) -> None:
    app = opened("stage").run()
    app.file_uploader[0].set_value(("cases.json", data, "application/json"))
    app.run()
    assert sentence in app.info[0].value
    app.run()
    assert not app.info


def test_a_file_of_cases_is_loaded() -> None:
    app = opened("stage").run()
    saved = written([SavedCase("mitral", "ase-2017", {"eroa": "0.35 cm2"})]).encode()
    app.file_uploader[0].set_value(("cases.json", saved, "application/json"))
    app.run()
    assert "1 new" in app.info[0].value
    app.selectbox(key="stage.Right.mitral").set_value("own-1").run()
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


def test_the_first_question_is_mitral_and_mild_or_severe() -> None:
    app = opened("quiz").run()
    first = teaching_case(address(app)["case"])
    assert (first.valve, first.level) == ("mitral", "beginner") and first.kind in ("mild", "severe")
    assert 'alt="Left ventricle' in " ".join(h.value for h in app.get("html"))


def test_a_set_is_answered_to_its_score_and_gone_through_again() -> None:
    app = opened("quiz").run()
    app.segmented_control(key="quiz.valve").set_value("pulmonic").run()
    app.segmented_control(key="quiz.level").set_value("beginner").run()
    (questions,) = quiz_sets("pulmonic", "beginner")
    for place, case in enumerate(questions):
        assert app.subheader[0].value == case.title
        assert app.caption[0].value.replace("\\", "").startswith(f"Case {place + 1} of {len(questions)}")
        app.radio[0].set_value(case.expect.grade if place else "trace")
        app.button[0].click().run()
        app.button(key="quiz.next").click().run()
    assert app.subheader[0].value == "Your score"
    assert f"{len(questions) - 1} of {len(questions)} right, 1 different" in app.markdown[0].value.replace("\\", "")
    app.button(key="quiz.anew").click().run()
    assert app.subheader[0].value == questions[0].title and app.radio[0].value is None


def test_a_level_is_offered_where_it_has_cases() -> None:
    app = opened("quiz").run()
    app.segmented_control(key="quiz.level").set_value("advanced").run()
    app.segmented_control(key="quiz.valve").set_value("pulmonic").run()
    assert app.subheader[0].value in {case.title for case in load_teaching_cases() if case.valve == "pulmonic"}
    offered = app.segmented_control(key="quiz.level").options
    assert [str(getattr(option, "content", option)) for option in offered] == ["All levels", "Beginner", "Intermediate"]


def test_the_next_set_follows_and_after_the_last_the_first() -> None:
    app = opened("quiz").run()
    sets = quiz_sets("mitral")
    app.segmented_control(key="quiz.valve").set_value("mitral").run()
    for expected in (*sets[1:], sets[0]):
        app.session_state["quiz.case"] = "score"
        app.run()
        app.button(key="quiz.onward").click().run()
        assert app.subheader[0].value == expected[0].title


def test_a_hidden_answer_comes_when_it_is_asked_for() -> None:
    case = teaching_case("mitral-flail")
    app = quiz(case.id)
    app.toggle(key="quiz.hidden").set_value(True).run()
    answer = verdict(graded(case).explanation)
    app.radio[0].set_value("severe")
    app.button[0].click().run()
    assert answer not in said(app) and "noted" in app.info[0].value
    app.button(key="quiz.show").click().run()
    assert answer in said(app) and len(app.success) == 1


def test_the_answers_of_a_room_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    opened_room = Room("192.0.2.7", 8501, "secret")
    monkeypatch.setattr("grading_app.classroom.room._OPENED", [opened_room])
    for answer in ("severe", "severe", "mild"):
        app = quiz("mitral-flail")
        app.radio[0].set_value(answer)
        app.button[0].click().run()
    assert "The room: 3 answers" in said(app)
    assert opened_room.poll.counts("mitral-flail", ("mild", "severe")) == {"mild": 1, "severe": 2}
    app.button[0].click().run()
    assert "The room: 3 answers" in said(app)
    looked = quiz("mitral-flail")
    assert "The room" not in said(looked)
    looked.toggle(key="poll.shown").set_value(True).run()
    assert "The room: 3 answers" in said(looked)


def test_a_link_to_no_case_says_so() -> None:
    app = quiz("mitral-flial<script>")
    assert "Did you mean mitral-flail" in app.warning[0].value.replace("\\", "")
    assert "<script>" not in app.warning[0].value


def test_the_answers_offered_are_those_of_the_table() -> None:
    app = quiz("tricuspid-beyond")
    offered = grades_offered(graded(teaching_case("tricuspid-beyond")))
    assert app.radio[0].options == [grade_.replace("_", " ") for grade_ in offered]


def test_a_finding_is_written_as_a_sentence_writes_it() -> None:
    assert "mitral inflow E-wave dominant" in said(quiz("mitral-flail"))


def test_the_first_answer_counts() -> None:
    app = quiz("mitral-flail")
    app.radio[0].set_value("mild")
    app.button[0].click().run()
    app.radio[0].set_value("severe")
    app.button[0].click().run()
    assert len(app.success) == 1
    app.run()
    assert "answered 1: 0 right" in app.caption[0].value.replace("\\", "")
