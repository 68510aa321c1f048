"""Own cases in a file: what is written is read back, and no file is trusted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grading import UsageError, grade
from grading.teaching.cases import graded, load_teaching_cases
from grading.teaching.saved import LONGEST, MOST, SavedCase, read, saved_case, written


def test_every_teaching_case_comes_back_with_its_grade() -> None:
    cases = [saved_case(graded(case)) for case in load_teaching_cases() if case.values]
    for one, again in zip(cases, read(written(cases[:MOST]).encode()), strict=True):
        assert one == again
        before, after = (grade(c.valve, c.guideline, **c.values) for c in (one, again))
        assert (before.grade, before.grade_low, before.grade_high) == (after.grade, after.grade_low, after.grade_high)


def test_a_file_holds_measurements_and_their_values_only() -> None:
    case = SavedCase("mitral", "ase-2017", {"eroa": "0.41 cm2", "cw_jet": "dense"})
    (row,) = json.loads(written([case]))["cases"]
    assert row == {"valve": "mitral", "guideline": "ase-2017", "values": {"eroa": "0.41 cm2", "cw_jet": "dense"}}


SOUND: dict[str, Any] = {"valve": "mitral", "guideline": "ase-2017", "values": {"eroa": "0.41 cm2"}}
BAD_CASES = [
    ({"name": "A. Person"}, "nothing else"),
    ({"valve": "mitrall"}, "case 1 of the file: "),
    ({"valve": 3}, "no text"),
    ({"guideline": "x" * 500}, "case 1 of the file: "),
    ({"guideline": "../ase-2017"}, "case 1 of the file: "),
    ({"valve": "pulmonic", "guideline": "esc-2021"}, "does not grade pulmonic"),
    ({"values": {"eroa": 0.41}}, "no text"),
    ({"values": {"eroa": "35 cm2"}}, "is outside"),
    ({"values": {"eroa": "much"}}, "case 1 of the file: "),
    ({"values": {"eroa": "1" * 60}}, "at most 40"),
    ({"values": {"name": "A. Person"}}, "'name' is no measurement of the mitral valve"),
    ({"values": {}}, "no value"),
    ({"values": {"eroa": ""}}, "no value"),
    ({"values": []}, "no text"),
]


@pytest.mark.parametrize(("change", "complaint"), BAD_CASES, ids=lambda value: str(value)[:40])
def test_a_bad_case_is_refused_in_a_sentence(change: dict[str, Any], complaint: str) -> None:
    data = json.dumps({"echograde cases": 1, "cases": [{**SOUND, **change}]}).encode()
    with pytest.raises(UsageError) as refused:
        read(data)
    assert complaint in str(refused.value)
    assert len(str(refused.value)) < 400


BAD_FILES = {
    "empty": b"",
    "not text": b"\x89PNG\xff",
    "not JSON": b"{",
    "a list": b"[]",
    "another version": b'{"echograde cases": 2, "cases": []}',
    "a key twice": b'{"echograde cases": 1, "echograde cases": 1, "cases": []}',
    "deep": b"[" * 100_000,
    "a case that is none": b'{"echograde cases": 1, "cases": [3]}',
    "too many": json.dumps({"echograde cases": 1, "cases": [SOUND] * (MOST + 1)}).encode(),
    "too large": b" " * (LONGEST + 1),
}


@pytest.mark.parametrize("data", BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"this is no file|case 1 of the file does not|at most|holds 101 cases"):
        read(data)


def test_a_case_that_was_not_graded_is_not_saved() -> None:
    with pytest.raises(UsageError, match="saved when it is graded"):
        saved_case(grade("mitral", eroa="35 cm2"))
