"""The sheet to hold beside the paper and to sign: every cut-off with the vectors below, at and above it."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from grading import list_guidelines, load_guideline
from grading.cli.main import app
from grading.explanation.checklist import CutOffLine, checklist
from grading.explanation.checklist_text import checklist_text
from grading.reading.values import read_values
from grading.reading.vectors import read_vectors, vector_file
from grading.reference.table import Table
from grading_app.html.checklist import checklist_page

TABLES = {f"{paper}-{valve}": t for paper in list_guidelines() for valve, t in load_guideline(paper).tables.items()}
every_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


WORDS = "Words read off numbers"


def lines(table: Table) -> list[CutOffLine]:
    """The lines of the table's own criteria."""
    return [line for name, group in checklist(table).groups.items() if name != WORDS for line in group]


@pytest.mark.hazard("rounding")
@every_table
def test_every_cut_off_has_a_vector_on_either_side_and_on_it(table: Table) -> None:
    for line in lines(table):
        if "itself" in line.held:
            assert all((line.below, line.at, line.above)), line


@every_table
def test_a_typed_vector_lies_where_the_sheet_says(table: Table) -> None:
    vectors = {vector.id: vector for vector in read_vectors(vector_file(table.guideline, table.valve))}
    numeric = [(group, row) for group, row in table.rows() if row.scale]
    cut_offs = [(row, float(cut * row.ratio)) for _, row in numeric for cut in (row.scale.cuts if row.scale else ())]
    sheet = [line for line in lines(table) if "itself" in line.held]
    for (row, limit), line in zip(cut_offs, sheet, strict=True):
        sides = []
        for vector in (line.below, line.at, line.above):
            entered = read_values(vectors[vector].inputs).entered.get(row.name)
            sides.append(None if entered is None else (entered.value > limit) - (entered.value < limit))
        assert [side for side in sides if side is not None] == [
            wanted for wanted, side in zip((-1, 0, 1), sides, strict=True) if side is not None
        ], line


@every_table
def test_every_line_stands_in_the_text_and_on_the_page(table: Table) -> None:
    sheet = checklist(table)
    boxes = sum(len(group) for group in sheet.groups.values()) + len(sheet.rules) + len(sheet.others)
    assert checklist_text(sheet).count("| [ ] |") == checklist_page(sheet).count('class="eg-box"') == boxes


def test_words_that_are_read_off_numbers_have_their_cut_offs_too() -> None:
    sheets = {
        name: checklist(TABLES[name]).groups.get(WORDS, ()) for name in ("ase-2017-mitral", "tvarc-2023-tricuspid")
    }
    assert [(line.criterion, line.printed, line.at) for line in sheets["ase-2017-mitral"]][3] == (
        "LV size by LV end-diastolic volume index; only if sex = male", "normal <= 74, dilated > 74 mL/m2", "mr-lvedvi-male-74-at"
    )  # fmt: skip
    assert all(line.below and line.at and line.above for line in sheets["ase-2017-mitral"])
    assert sheets["tvarc-2023-tricuspid"] == ()


def test_one_line_in_full() -> None:
    line = next(line for line in lines(TABLES["ase-2017-aortic"]) if line.printed == "severe > 0.6 cm")
    assert (line.criterion, line.place, line.held, line.source.split(";")[0]) == (
        "vena contracta width", "Figure 25, p 344", "0.6 cm itself is neither, more is severe", "published"
    )  # fmt: skip
    assert (line.below, line.at, line.above) == (
        "ar-vc-5.99-below-6-mm",
        "ar-vc-0.6-at-cm",
        "ar-vc-0.600001-above-0.6-cm",
    )


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (["ase-2017", "mitral"], 0, "# ASE 2017, native valvular regurgitation: mitral regurgitation"),
        (["ase-2017"], 2, "a checklist is of one table: name a guideline and a valve"),
        ([], 2, "a checklist is of one table: name a guideline and a valve"),
    ],
)
def test_the_command_prints_it(words: list[str], code: int, text: str) -> None:
    ran = CliRunner().invoke(app, ["guidelines", *words, "--as", "checklist"])
    assert ran.exit_code == code
    assert text in ran.output
