"""Where a grade tips when one measurement changes: against the cut-offs as printed, and the equations solved by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from grading import UsageError, grade
from grading.case import Case
from grading.engine.decide import decide
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number
from grading.uncertainty.outcomes import Outcome, Tipping
from grading.uncertainty.sweep import steps, sweep, word_steps
from grading.uncertainty.tipping import tipping_points

PISA = {"pisa_radius": 0.9, "aliasing_velocity": 40, "peak_velocity": 500}


def around(points: Sequence[Tipping], present: float) -> tuple[Tipping | None, Tipping | None]:
    """The tipping points next below and next above the present value [catalogue unit]; None where there is none."""
    below = [tip for tip in points if tip.value < present or (tip.value == present and tip.belongs_above)]
    above = points[len(below) :]
    return below[-1] if below else None, above[0] if above else None


def said(outcome: Outcome) -> str:
    """'moderate', or 'indeterminate: mild to severe'."""
    ends = (outcome.grade_low, outcome.grade_high)
    return outcome.grade if set(ends) <= {outcome.grade, None} else f"{outcome.grade}: {ends[0]} to {ends[1]}"


def listed(points: list[Tipping]) -> list[tuple[str, str, str, bool]]:
    return [(tip.printed, said(tip.below), said(tip.above), tip.belongs_above) for tip in points]


def test_the_radius_tips_where_the_equation_says() -> None:
    """EROA 0.20 and 0.40 cm2 solved for the radius; at 0.30 the numeral changes and the grade does not."""
    low, high = (math.sqrt(eroa * 500 / (2 * math.pi * 40)) for eroa in (0.20, 0.40))
    points = tipping_points(grade("mitral", **PISA), "pisa_radius")
    assert [tip.value for tip in points] == pytest.approx([low, high], rel=1e-7)
    assert listed(points) == [("0.631 cm", "mild", "moderate", True), ("0.893 cm", "moderate", "severe", True)]


@pytest.mark.parametrize(
    ("valve", "guideline", "values", "name", "expected"),
    [
        ("mitral", "ase-2017", {"eroa": 0.3}, "eroa", [("0.20 cm2", "mild", "moderate", True), ("0.40 cm2", "moderate", "severe", True)]),
        ("mitral", "ase-2017", PISA, "peak_velocity", [("509 cm/s", "severe", "moderate", True)]),
        (
            "mitral", "ase-2017", {"eroa": 0.41, "regurgitant_volume": 57, "regurgitant_fraction": 49}, "regurgitant_fraction",
            [
                ("30 %", "indeterminate: mild to severe", "indeterminate: moderate to severe", True),
                ("40 %", "indeterminate: moderate to severe", "moderate: moderate to severe", True),
                ("50 %", "moderate: moderate to severe", "severe: moderate to severe", True),
            ],
        ),
        ("tricuspid", "tvarc-2023", {"eroa": 0.5}, "eroa", [
            ("0.20 cm2", "mild", "moderate", True), ("0.40 cm2", "moderate", "severe", True),
            ("0.60 cm2", "severe", "massive", True), ("0.80 cm2", "massive", "torrential", True),
        ]),
        ("mitral", "ase-2017", {"lvot_diameter": 2, "lvot_vti": 20, "lv_end_systolic_volume": 50, "lv_end_diastolic_volume": 180}, "lv_end_diastolic_volume",
            [
                ("113 mL", "insufficient_data", "mild", True),
                ("140 mL", "mild", "indeterminate: mild to moderate", True),
                ("143 mL", "indeterminate: mild to moderate", "moderate", True),
                ("173 mL", "moderate", "indeterminate: moderate to severe", True),
                ("176 mL", "indeterminate: moderate to severe", "severe", True),
            ]),
    ],
    ids=["a row's own cut-offs", "a falling grade", "ranges", "five grades", "through two derived quantities"],
)  # fmt: skip
def test_tipping_points(
    valve: str, guideline: str, values: dict[str, float], name: str, expected: list[tuple[str, str, str, bool]]
) -> None:
    assert listed(tipping_points(grade(valve, guideline, **values), name)) == expected


def test_two_quantities_that_reach_their_cut_offs_together_are_one_point() -> None:
    """A jet with a VTI of 150 cm carries 30 mL through 0.20 cm2 and 60 mL through 0.40 cm2."""
    points = tipping_points(grade("mitral", **PISA, regurgitant_vti=150), "pisa_radius")
    assert listed(points) == [("0.631 cm", "mild", "moderate", True), ("0.893 cm", "moderate", "severe", True)]


def test_a_grade_that_holds_at_one_value_only_is_found() -> None:
    """Were a convergence read off the radius, ESC 2025 would have a criterion from 9 mm and another one above it."""
    values = {"flail_leaflet": "yes", "hepatic_vein_flow": "systolic_dominant", "aliasing_velocity": 30}
    case = grade("tricuspid", "esc-2025", pisa_radius="9 mm", **values)
    group = case.table.groups["qualitative"]
    rows = tuple(replace(row, entered_only=False) for row in group.rows)
    table = replace(case.table, groups={**case.table.groups, group.name: replace(group, rows=rows)})
    points = tipping_points(replace(case, decision=decide(table, case.reading.columns(), 1)), "pisa_radius")
    assert listed(points) == [
        ("0.9 cm", "not_severe: not_severe to severe", "indeterminate: not_severe to severe", True),
        ("0.9 cm", "indeterminate: not_severe to severe", "severe: not_severe to severe", False),
    ]
    assert around(points, 0.9) == (points[0], points[1])


@pytest.mark.parametrize(
    ("values", "name"),
    [({"eroa": 0.3}, "la_volume_index"), ({}, "pisa_radius"), ({"image_quality": "poor", "eroa": 0.3}, "eroa")],
    ids=["read by nothing that decides", "nothing follows from it alone", "a rule above all numbers"],
)
def test_where_nothing_tips_there_are_no_points(values: dict[str, object], name: str) -> None:
    assert tipping_points(grade("mitral", **values), name) == []


@pytest.mark.parametrize(
    ("present", "neighbours"),
    [(0.1, (None, 0.2)), (0.2, (0.2, 0.4)), (0.3, (0.2, 0.4)), (0.4, (0.4, None)), (0.9, (0.4, None))],
)
def test_the_nearest_points_either_side(present: float, neighbours: tuple[float | None, float | None]) -> None:
    points = tipping_points(grade("mitral", eroa=present), "eroa")
    below, above = around(points, present)
    assert (below and below.value, above and above.value) == neighbours


NAMES = ["mitral", "mitral, severe or not", "aortic", "tricuspid"]
NUMBERS = [
    ("mitral", "ase-2017", {**PISA, "regurgitant_vti": 150, "vena_contracta_width": 0.5, "sex": "male", "lv_end_diastolic_diameter": 5.5}),
    ("mitral", "esc-2025", {"eroa": 0.35, "regurgitant_volume": 50, "e_wave_velocity": 110, "mitral_inflow": "e_wave_dominant"}),
    ("aortic", "ase-2017", {"eroa": 0.2, "pressure_half_time": 300, "vena_contracta_width": 0.5, "jet_width_ratio": 40}),
    ("tricuspid", "ase-2017", {"vena_contracta_width": 0.6, "pisa_radius": 0.7, "aliasing_velocity": 35, "tapse": 1.8, "rv_fractional_area_change": 40, "rv_basal_diameter": 4.5}),
]  # fmt: skip


@pytest.mark.parametrize(("valve", "guideline", "values"), NUMBERS, ids=NAMES)
def test_every_printed_point_read_back_is_on_its_side(valve: str, guideline: str, values: dict[str, object]) -> None:
    """The printed text, graded as a case of its own, gives the grade it is said to; a hair lower gives the other."""
    case = grade(valve, guideline, **values)
    for name in (name for name in values if isinstance(load_catalogue()[name], Number)):
        for tip in tipping_points(case, name):
            at = grade(valve, guideline, **{**values, name: tip.printed})
            side = tip.above if tip.belongs_above else tip.below
            assert (at.grade, at.grade_low, at.grade_high) == (side.grade, side.grade_low, side.grade_high), (name, tip)
            before = grade(valve, guideline, **{**values, name: tip.value * (1 - 1e-5)})
            assert (before.grade, before.grade_low) == (tip.below.grade, tip.below.grade_low), (name, tip)


@pytest.mark.parametrize(("valve", "guideline", "values"), NUMBERS, ids=NAMES)
def test_between_two_points_nothing_else_happens(valve: str, guideline: str, values: dict[str, object]) -> None:
    """Values that the search did not try have the grade that the points around them say."""
    case = grade(valve, guideline, **values)
    for name in (name for name in values if isinstance(load_catalogue()[name], Number)):
        points = tipping_points(case, name)
        ends = [tip.value for tip in points] or [case.reading.entered[name].value]
        tried = np.linspace(ends[0] * 0.9, ends[-1] * 1.1, 373)
        for value, outcome in zip(tried, sweep(case, name, tried).outcomes, strict=True):
            below, above = around(points, float(value))
            assert said(outcome) in {said(below.above) if below else said(outcome)}, (name, value)
            assert said(outcome) in {said(above.below) if above else said(outcome)}, (name, value)


def answers(case: Case) -> tuple[str | None, ...]:
    return case.grade, case.grade_low, case.grade_high, case.certainty


def test_a_sweep_gives_what_each_case_gives() -> None:
    values = np.array([0.1, 0.3, 0.63, 0.8921, 1.2, np.nan])
    swept = sweep(grade("mitral", **PISA), "pisa_radius", values)
    cases = [grade("mitral", **{**PISA, "pisa_radius": value}) for value in values]
    assert [(o.grade, o.grade_low, o.grade_high, o.certainty) for o in swept.outcomes] == [answers(c) for c in cases]


@pytest.mark.parametrize(
    ("typed", "name", "step", "expected"),
    [
        ("9 mm", "pisa_radius", None, [("0.8 cm", "0.32 cm2", "moderate"), ("0.9 cm", "0.41 cm2", "severe"), ("1.0 cm", "0.50 cm2", "severe")]),
        ("9 mm", "pisa_radius", 0.01, [("0.89 cm", "0.398 cm2", "moderate"), ("0.90 cm", "0.41 cm2", "severe"), ("0.91 cm", "0.42 cm2", "severe")]),
        ("8.9 mm", "pisa_radius", None, [("0.79 cm", "0.31 cm2", "moderate"), ("0.89 cm", "0.398 cm2", "moderate"), ("0.99 cm", "0.49 cm2", "severe")]),
        ("1 mm", "pisa_radius", None, [("0.1 cm", "0.01 cm2", "mild"), ("0.2 cm", "0.02 cm2", "mild")]),
        ("30 mm", "pisa_radius", None, [("2.9 cm", "4.23 cm2", "severe"), ("3.0 cm", "4.52 cm2", "severe")]),
    ],
    ids=["a millimetre", "a step given", "read back it stays", "0 is no small value", "the end of the range"],
)  # fmt: skip
def test_steps_show_what_follows(
    typed: str, name: str, step: float | None, expected: list[tuple[str, str, str]]
) -> None:
    case = grade("mitral", **{**PISA, name: typed})
    found = steps(case, name, step)
    assert [(s.printed, s.follows[-1].printed, s.outcome.grade) for s in found] == expected
    present = next(s for s in found if s.present)
    assert (present.outcome.grade, present.outcome.certainty) == (case.grade, case.certainty)


def test_a_derived_number_can_be_stepped_too() -> None:
    found = steps(grade("mitral", **PISA), "eroa")
    assert [(s.printed, s.outcome.grade) for s in found] == [
        ("0.36 cm2", "moderate"), ("0.41 cm2", "severe"), ("0.46 cm2", "severe"),
    ]  # fmt: skip


def test_every_length_steps_by_a_millimetre_but_a_path() -> None:
    lengths = {n.name: n.step for n in load_catalogue().numbers.values() if n.unit == "cm" and n.name != "height"}
    assert {name for name, step in lengths.items() if step != 0.1} == {n for n in lengths if n.endswith("vti")}


def test_the_grade_for_each_word() -> None:
    case = grade("mitral", regurgitant_volume=50, elliptical_orifice="no")
    found = [(s.value, s.present, s.outcome.grade) for s in word_steps(case, "elliptical_orifice")]
    assert found == [("no", True, "moderate"), ("yes", False, "severe")]
    assert not any(s.present for s in word_steps(case, "cw_jet"))


@pytest.mark.parametrize(
    ("ask", "complaint"),
    [
        (lambda: sweep(grade("mitral"), "eora", np.array([0.3])), "Did you mean eroa?"),
        (lambda: sweep(grade("mitral"), "regurgitant_flow", np.array([0.3])), "no measurement 'regurgitant_flow'"),
        (lambda: sweep(grade("mitral"), "eroa", np.array([0.3, 9.0])), "EROA 9 cm2 is outside 0-5 cm2"),
        (lambda: sweep(grade("mitral", eroa=35), "eroa", np.array([0.3])), "was not graded, so no value"),
        (lambda: tipping_points(grade("pulmonic", "esc-2021"), "eroa"), "was not graded, so no value"),
        (lambda: tipping_points(grade("mitral"), "cw_jet"), "use word_steps"),
        (lambda: word_steps(grade("mitral"), "eroa"), "use steps or sweep"),
        (lambda: steps(grade("mitral"), "tapse"), "neither entered nor worked out"),
        (lambda: steps(grade("mitral", eroa=0.3), "eroa", 0), "a step of 0 cm2; expected a number above 0"),
    ],
    ids=["misspelt", "derived only", "impossible", "rejected", "not covered", "a word", "a number", "absent", "no step"],
)  # fmt: skip
def test_what_cannot_be_asked_is_a_usage_error(ask, complaint: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match=complaint):
        ask()
