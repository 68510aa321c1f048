"""The References and Background pages: every choice shows its table, every mark has its source."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from grading import list_guidelines, load_guideline
from grading.reference.guideline import references
from grading.reference.scale import CERTAINTIES
from grading.writing import in_words
from grading_app.html.published import table_html
from grading_app.text import sections

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


def test_every_guideline_can_be_chosen_one_after_the_other_and_the_address_follows() -> None:
    test = shown()
    for guideline, valve in SHIPPED:
        test.selectbox(key="references_guideline_").set_value(guideline).run()
        test.selectbox(key=f"references_valve_{guideline}").set_value(valve).run()
        assert not test.exception
        assert table_html(load_guideline(guideline).tables[valve]) in fragments(test)
        assert address(test) == [guideline, valve]


@pytest.mark.parametrize(
    "asked", [{"guideline": "<script>"}, {"guideline": "tvarc-2023", "valve": "mitral"}, {"valve": "x"}]
)
def test_an_address_that_asks_for_what_there_is_not_shows_what_there_is(asked: dict[str, str]) -> None:
    test = shown(asked)
    assert not test.exception
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
    assert [paper["citation"] in sources for paper in known] == [True] * 3


def test_the_background_page_shows_every_section_and_the_drawing() -> None:
    def script() -> None:
        from grading_app.pages.background import page

        page()

    test = AppTest.from_function(script, default_timeout=60).run()
    assert not test.exception
    assert [element.value for element in test.subheader] == list(sections("background"))
    assert "data:image/svg+xml;base64," in "".join(fragments(test))
