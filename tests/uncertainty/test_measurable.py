"""The grade at every value that can be measured: each is graded as a case of its own, and nothing that matters is cut."""

from __future__ import annotations

import pytest

from grading import UsageError, grade
from grading.case import Case
from grading.reference.catalogue import load_catalogue
from grading.teaching.cases import TeachingCase, graded, load_teaching_cases
from grading.uncertainty.measurable import measurable
from grading.uncertainty.tipping import tipping_points

PISA = {"pisa_radius": 0.9, "aliasing_velocity": 40, "peak_velocity": 500}


def numbers(case: Case) -> list[str]:
    return [name for name in case.reading.entered if name in load_catalogue().numbers]


@pytest.mark.parametrize("case", load_teaching_cases(), ids=lambda case: case.id)
def test_both_ends_of_a_run_printed_and_read_back_have_its_grade(case: TeachingCase) -> None:
    for name in numbers(graded(case)):
        found = measurable(graded(case), name)
        for run in found.runs:
            unit = found.number.unit
            for text in (run.printed.split(" to ")[0].split()[0], run.printed.split(" to ")[-1].split()[0]):
                said = text if unit == "1" else f"{text} {unit}"
                at = grade(case.valve, case.guideline, **{**case.values, name: said})
                assert (at.grade, at.grade_low, at.grade_high) == run.outcome.result, (name, text)


@pytest.mark.parametrize("case", load_teaching_cases(), ids=lambda case: case.id)
def test_what_is_shown_holds_the_present_value_and_every_change(case: TeachingCase) -> None:
    for name in numbers(graded(case)):
        found = measurable(graded(case), name)
        present = graded(case).reading.entered[name].value
        assert found.low <= present <= found.high and found.nearest(present) == pytest.approx(present)
        # between two values that can be measured a grade may change and change back
        for tip in tipping_points(graded(case), name):
            assert found.low - found.digit < tip.value < found.high + found.digit, (name, tip)


def test_the_values_are_those_that_are_usual_among_patients() -> None:
    found = measurable(grade("mitral", eroa=0.3), "eroa")
    usual = load_catalogue().numbers["eroa"].usual
    assert usual is not None
    assert (found.low, found.high, found.digit) == (usual.low, usual.high, 0.01)


def test_a_step_and_a_tip_stop_at_values_that_are_shown() -> None:
    found = measurable(grade("mitral", **PISA), "pisa_radius")
    assert (found.moved(0.9, 1), found.moved(0.9, -1), found.moved(found.high, 1)) == (1.0, 0.8, found.high)
    assert (found.tip(0.9, up=False), found.tip(0.9, up=True), found.tip(0.7, up=True)) == (0.8, None, 0.9)
    assert (found.share(found.low), found.share(found.high), found.share(99.0)) == (0.0, 1.0, 1.0)


def test_a_value_in_more_digits_is_shown_in_them() -> None:
    found = measurable(grade("mitral", **{**PISA, "pisa_radius": "8.7 mm"}), "pisa_radius")
    assert found.digit == pytest.approx(0.01) and found.nearest(0.87) == 0.87


@pytest.mark.parametrize(
    ("name", "complaint"), [("eroa", "neither entered"), ("cw_jet", "use word_steps"), ("pisa", "no measurement")]
)
def test_what_cannot_be_moved_is_said(name: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        measurable(grade("mitral", vena_contracta_width=0.5), name)


def test_in_another_unit_the_same_values_have_the_same_grades() -> None:
    case = grade("mitral", **PISA)
    own, other = measurable(case, "peak_velocity"), measurable(case, "peak_velocity", "m/s")
    assert [run.outcome for run in other.runs] == [run.outcome for run in own.runs]
    assert [run.first * 100 for run in other.runs] == pytest.approx([run.first for run in own.runs])
    assert (own.unit, other.unit, own.places, other.places) == ("cm/s", "m/s", 0, 2)
    assert own.moved(500, 1) == 510 and other.moved(5.0, 1) == 5.1
    assert [other.printed(end) for end in (other.low, other.high)] == ["1 m/s", "7 m/s"]
    assert other.runs[0].printed == "1.00 to 5.08 m/s" and other.tip(5.0, up=True) == 5.09
    assert (measurable(grade("mitral", eroa=0.3), "eroa", "mm2").digit, own.digit) == (1.0, 1.0)
