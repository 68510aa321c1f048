"""The References and Background pages: every choice shows its table, every mark has its source."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest
from support.readability import grade, plain

from grading import list_guidelines, load_guideline
from grading.explanation.readings import readings_of
from grading.reference.guideline import references
from grading.reference.scale import CERTAINTIES
from grading.writing import in_words
from grading_app.drawings.decision_list import decision_list
from grading_app.html.published import table_html
from grading_app.pages.background import BEATING, PICTURES, anchor
from grading_app.palette import THEMES
from grading_app.text import picture, sections

SHIPPED = [(g, valve) for g in list_guidelines() for valve in load_guideline(g).tables]


def shown(asked: dict[str, str] | None = None) -> AppTest:
    """The References page as it opens, with what the address asks for."""

    def script() -> None:
        from grading_app.pages.references import page

        page()

    test = AppTest.from_function(script, default_timeout=60)
    for name, value in (asked or {}).items():
        test.query_params[name] = value
    return test.run()


def fragments(test: AppTest) -> list[str]:
    return [element.proto.body for element in test.get("html")]  # type: ignore[union-attr]


def address(test: AppTest) -> list[str]:
    """What the address says: guideline and valve. (A test gives back lists for what it was given, texts for the rest.)"""
    said = (test.query_params[name] for name in ("guideline", "valve"))
    return [value if isinstance(value, str) else value[0] for value in said]


@pytest.mark.parametrize(("guideline", "valve"), SHIPPED)
def test_every_guideline_and_valve_can_be_asked_for_by_the_address(guideline: str, valve: str) -> None:
    test = shown({"guideline": guideline, "valve": valve})
    assert not test.exception
    assert table_html(load_guideline(guideline).tables[valve]) in fragments(test)


@pytest.mark.parametrize(("guideline", "valve"), SHIPPED)
def test_how_a_table_decides_is_drawn_and_its_readings_stand_under_their_ids(guideline: str, valve: str) -> None:
    test, table = shown({"guideline": guideline, "valve": valve}), load_guideline(guideline).tables[valve]
    drawn = decision_list(table, THEMES["light"])
    assert picture(drawn.svg, drawn.description) in fragments(test)
    readings = list(readings_of(table))
    assert readings
    entries = next(body for body in fragments(test) if "eg-readings" in body)
    assert [f'id="{one.id}"' in entries for one in readings] == [True] * len(readings)


def test_every_guideline_can_be_chosen_one_after_the_other_and_the_address_follows() -> None:
    test = shown()
    for guideline, valve in SHIPPED:
        test.selectbox(key="references_guideline_").set_value(guideline).run()
        test.selectbox(key=f"references_valve_{guideline}").set_value(valve).run()
        assert not test.exception
        assert table_html(load_guideline(guideline).tables[valve]) in fragments(test)
        assert address(test) == [guideline, valve]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"guideline": "<script>"}, "no guideline '<script>'. There are: acc-aha-2020"),
        ({"guideline": "tvarc-2023", "valve": "mitral"}, "tvarc-2023 does not grade mitral regurgitation"),
        ({"valve": "x"}, "does not grade x regurgitation (it covers: mitral"),
    ],
)
def test_an_address_that_asks_for_what_there_is_not_shows_what_there_is_and_says_so(
    asked: dict[str, str], sentence: str
) -> None:
    test = shown(asked)
    assert not test.exception
    assert sentence in test.warning[0].value.replace("\\", "")
    assert not test.run().warning
    assert address(test)[0] in list_guidelines()
    assert "<script" not in "".join(fragments(test))


def test_the_limits_are_there() -> None:
    test = shown()
    assert list(sections("limits")) == [element.value for element in test.subheader][-len(sections("limits")) :]


def test_every_certainty_is_explained() -> None:
    said = sections("decisions")["What the certainty words mean"]
    assert re.findall(r"^\* \*\*(.+?)\*\*: ", said, re.MULTILINE) == [in_words(word) for word in CERTAINTIES[1:]]


def test_every_mark_of_the_background_has_a_source_and_every_source_a_mark() -> None:
    *texts, (_, sources) = sections("background").items()
    marks = {
        number for _, text in texts for group in re.findall(r"\[([\d, ]+)\]", text) for number in group.split(", ")
    }
    assert marks == set(re.findall(r"^(\d+)\. ", sources, re.MULTILINE))
    assert all(re.search(r"\[[\d, ]+\]", text) for _, text in texts)


def test_a_paper_is_cited_as_the_tables_cite_it() -> None:
    sources = sections("background")["Sources"]
    known = [paper for paper in references().values() if paper["doi"] and paper["doi"] in sources]
    assert len(known) >= 3
    assert [paper["citation"] for paper in known if paper["citation"] not in sources] == []


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("chambers", ["four chambers", "atrium", "ventricle"]),
        ("one way", ["one-way door", "leaflets"]),
        ("what leaks", ["regurgitation"]),
        ("causes", ["Prolapse", "Rheumatic fever", "endocarditis", "Calcium", "From birth", "radiation"]),
        ("causes around it", ["heart attack", "cardiomyopathy", "stretched ring", "small muscles"]),
        ("what follows", ["Less blood goes forward", "heart gets larger", "Heart failure", "Fluid in the lungs"]),
        ("what follows too", ["pulmonary hypertension", "atrial fibrillation", "Clots and stroke"]),
        ("symptoms", ["short breath", "waking up at night", "cough", "palpitations", "swollen", "feel nothing"]),
        ("tests", ["murmur", "stethoscope", "Echocardiogram", "sound waves", "TEE", "CT", "MRI"]),
        ("watched", ["check-up"]),
        ("medicines", ["do not mend a valve", "Diuretics", "Blood thinners", "Blood pressure drugs"]),
        ("operations", ["Repair", "mechanical valve", "tissue valve", "edge-to-edge", "MitraClip", "catheter"]),
        ("teeth", ["antibiotic", "dental work", "the heart doctor and the dentist"]),
        ("the other valves", ["The aortic valve", "The tricuspid valve", "The pulmonic valve"]),
        ("no advice", ["Nothing on this page is advice to anyone"]),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_the_background_names_what_a_newcomer_asks_for(topic: str, words: list[str]) -> None:
    text = " ".join(f"{title} {text}" for title, text in sections("background").items())
    flat = " ".join(text.replace("*", "").split())
    assert [word for word in words if word not in flat] == []


def test_the_background_can_be_read_at_grade_eight() -> None:
    texts = {title: plain(text) for title, text in sections("background").items() if title != "Sources"}
    assert grade("\n".join(texts.values())) <= 8.5
    assert [title for title, text in texts.items() if grade(text) > 8.5] == []


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("The cat sat on the mat.", -1.4),
        ("The Australian platypus is seemingly a hybrid of a mammal and reptilian creature.", 11.3),
    ],
    ids=["a child", "the example of the scale"],
)
def test_the_score_of_reading_is_that_of_the_scale(text: str, level: float) -> None:
    assert grade(text) == pytest.approx(level, abs=1.2)


def test_the_background_page_shows_every_section_with_its_drawing() -> None:
    def script() -> None:
        from grading_app.pages.background import page

        page()

    test = AppTest.from_function(script, default_timeout=60).run()
    assert not test.exception
    titles = list(sections("background"))
    assert [element.value for element in test.subheader] == titles
    assert "".join(fragments(test)).count("data:image/svg+xml;base64,") == len(PICTURES)
    assert {*PICTURES, BEATING} <= set(titles)
    links = re.findall(r"\[.+?\]\(#(.+?)\)", " ".join(element.value for element in test.markdown))
    assert links == [anchor(title) for title in titles]
