"""The drawing of a decision: every rule and answer of the table is on it, in order, and no word leaves its box."""

from __future__ import annotations

from itertools import groupby
from xml.etree import ElementTree

import pytest

from grading.explanation.rule_text import condition_text, grade_of_rule
from grading.reference.guideline import list_guidelines, load_guideline
from grading.reference.table import LEAD, Table
from grading_app.drawings.decision_list import blocks_of, decision_list
from grading_app.drawings.svg import Drawing
from grading_app.drawings.typeface import width
from grading_app.palette import GRADE_COLOURS, THEMES

SVG = "{http://www.w3.org/2000/svg}"
TABLES = [table for name in list_guidelines() for table in load_guideline(name).tables.values()]
by_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.guideline}-{table.valve}")


def drawn(table: Table, theme: str = "light") -> ElementTree.Element:
    return ElementTree.fromstring(decision_list(table, THEMES[theme]).svg)


@by_table
def test_every_rule_is_a_block_and_every_line_of_it_a_branch(table: Table) -> None:
    blocks = blocks_of(table)
    assert [block.number for block in blocks] == [number for number, _ in groupby(rule.number for rule in table.rules)]
    for rule in table.rules:
        grade = "where the quantities lead" if rule.grade == LEAD else grade_of_rule(rule.grade, table)
        asked = {condition_text(condition, table) for condition in rule.when}
        answers = [
            branch
            for block in blocks
            for branch in block.branches
            if block.number == rule.number
            and branch.answer.grade == grade
            and any(
                asked == set(filter(None, [*block.asked, *line.split(" and ")])) or not asked for line in branch.asked
            )
        ]
        assert answers, f"rule {rule.number}: {sorted(asked)}"


@by_table
def test_the_description_says_what_is_drawn(table: Table) -> None:
    said = decision_list(table, THEMES["light"]).description
    for block in blocks_of(table):
        assert f"Rule {block.number}" in said
        assert all(branch.answer.words in said for branch in block.branches)


@by_table
@pytest.mark.parametrize("theme", THEMES)
def test_no_word_leaves_the_drawing(table: Table, theme: str) -> None:
    root = drawn(table, theme)
    _, _, wide, high = map(float, root.attrib["viewBox"].split())
    for text in root.iter(f"{SVG}text"):
        room = width(text.text or "", float(text.attrib["font-size"]), int(text.attrib.get("font-weight", 400)))
        start = float(text.attrib["x"]) - (room / 2 if text.attrib["text-anchor"] == "middle" else 0)
        assert start >= 0 and start + room <= wide, text.text
        assert 0 < float(text.attrib["y"]) < high, text.text


@by_table
def test_an_answer_bears_the_colours_of_its_ends_and_no_others(table: Table) -> None:
    colours = {rect.attrib["fill"] for rect in drawn(table).iter(f"{SVG}rect")} - {"none", THEMES["light"].paper}
    ends = {end for rule in table.rules for end in (rule.low, rule.high)}
    ends |= {end for row in (table.lead.outcomes if table.lead else ()) for one in row for end in (one.low, one.high)}
    assert colours == {GRADE_COLOURS[end] for end in ends if end in GRADE_COLOURS}


def test_a_table_in_which_quantities_lead_says_where() -> None:
    table = load_guideline("ase-2017").tables["mitral"]
    texts = [text.text for text in drawn(table).iter(f"{SVG}text")]
    start = next(place for place, text in enumerate(texts) if text and text.startswith("Where a quantity"))
    assert [text for text in texts[start:] if text in ("I", "II", "III", "IV")] == ["IV", "III", "II", "I"]
    assert {"otherwise", "signs for severe", "signs for mild"} <= set(texts[start:])


def test_it_is_one_image_that_loads_nothing() -> None:
    found: Drawing = decision_list(load_guideline("esc-2021").tables["aortic"], THEMES["dark"])
    assert found.title == "ESC 2021: how aortic regurgitation is decided"
    assert "http" not in found.svg.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in found.svg
