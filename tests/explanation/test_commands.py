"""`explain` and `guidelines` on the command line: what they print, and what they refuse."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from grading import grade
from grading.cli.main import app
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import list_guidelines, load_guideline

EVERY_TABLE = [(paper, valve) for paper in list_guidelines() for valve in load_guideline(paper).tables]


def printed(*words: str, code: int = 0) -> str:
    """The command's output; it ends with the demanded code and without a traceback."""
    ran = CliRunner().invoke(app, list(words))
    assert (ran.exit_code, "Traceback" in ran.output) == (code, False), ran.output
    return ran.output


@pytest.mark.parametrize(
    ("words", "case", "code"),
    [
        (["mitral", "eroa_mm2=40"], {"eroa": "40 mm2"}, 0),
        (["mitral", "eroa=0.4", "mechanism=secondary"], {"eroa": "0.4", "mechanism": "secondary"}, 0),
        (["mitral", "eroa=35"], {"eroa": "35"}, 1),
        (["mitral", "eroa=0,45"], {"eroa": "0,45"}, 1),
        (["mitral"], {}, 0),
    ],
)
def test_explain_prints_the_explanation_and_its_json(words: list[str], case: dict[str, str], code: int) -> None:
    graded = grade("mitral", **case)
    assert printed("explain", *words, code=code) == graded.explain() + "\n"
    assert json.loads(printed("explain", *words, "--json", code=code)) == graded.to_dict()


def test_explain_by_every_guideline_prints_the_comparison() -> None:
    case = grade("mitral", eroa="0.4")
    assert printed("explain", "mitral", "eroa=0.4", "-g", "all") == case.compare() + "\n"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["mitral", "eora=1"], "Did you mean eroa?"),
        (["mitrl", "eroa=1"], "Did you mean mitral?"),
        (["mitral", "eroa"], "expected NAME=VALUE"),
        (["mitral", "eroa=0.3", "ero=0.4"], "given twice"),
        (["mitral", "eroa=0.3", "eroa=0.4"], "given twice"),
        (["mitral", "ar_eroa=0.35"], "about the aortic valve"),
        (["mitral", "eroa=0.3", "--guideline", "ase-2016"], "Did you mean ase-2017?"),
    ],
)
def test_usage_errors_are_sentences_with_the_nearest_name(words: list[str], complaint: str) -> None:
    assert complaint in printed("explain", *words, code=2)


@pytest.mark.parametrize("words", [["guidelines"], ["guidelines", "ase-2017"], ["--help"], ["grade", "--help"]])
def test_commands_that_only_print(words: list[str]) -> None:
    assert len(printed(*words)) > 100


@pytest.mark.parametrize(("paper", "valve"), EVERY_TABLE)
def test_a_table_is_printed_with_every_cut_off_and_rule(paper: str, valve: str) -> None:
    text = " ".join(printed("guidelines", paper, valve).split())
    table = load_guideline(paper).tables[valve]
    labels = [load_catalogue()[row.name].label for _, row in table.rows()]
    cut_offs = [cut for _, row in table.rows() for cut in (row.scale.printed if row.scale else ())]
    rules = [f"{rule.number}." for rule in table.rules]
    assert [part for part in (*labels, *cut_offs, *rules, "reading:") if part not in text] == []


def test_a_valve_that_is_not_there_is_refused() -> None:
    assert "no valve" in printed("guidelines", "ase-2017", "ileocaecal", code=2)
