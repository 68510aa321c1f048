"""The traps other programs fell into, one test each, by the number the specification of the tables gives them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from grading import grade, grade_frame
from grading.case import Case
from grading.reference.units import convert


def criterion(case: Case, measurement: str, group: str = "specific") -> dict[str, object]:
    """One criterion of the explanation."""
    return next(c for c in case.to_dict()["criteria"] if (c["group"], c["measurement"]) == (group, measurement))


def verdict(case: Case, measurement: str, step: str = "severe") -> str:
    return str(criterion(case, measurement)["verdicts"][step])  # type: ignore[index]


def derived_fraction(case: Case) -> float:
    return float(next(d["value"] for d in case.to_dict()["derived"] if d["measurement"] == "regurgitant_fraction"))


def test_01_regurgitant_fraction_has_the_denominator_of_its_valve() -> None:
    flow = {"eroa": 0.20, "regurgitant_vti": 200, "lvot_diameter": 2.0, "lvot_vti": 20}
    assert round(derived_fraction(grade("aortic", **flow)), 1) == 63.7
    assert round(derived_fraction(grade("mitral", **flow)), 1) == 38.9


def test_02_secondary_mitral_regurgitation_is_not_severe_at_eroa_020() -> None:
    assert grade("mitral", mechanism="secondary", eroa=0.20).grade == "moderate"


ON_THE_LINE = [
    ("aortic", "6 mm", "not met"),
    ("aortic", "6.01 mm", "met"),
    ("tricuspid", "7 mm", "met"),
    ("mitral", "7 mm", "met"),
]


@pytest.mark.parametrize(("valve", "width", "met"), ON_THE_LINE)
def test_03_vena_contracta_on_the_line(valve: str, width: str, met: str) -> None:
    assert verdict(grade(valve, vena_contracta_width=width), "vena_contracta_width") == met


def test_04_two_or_three_criteria_belong_to_the_left_valves_only() -> None:
    assert grade("mitral", flail_leaflet="yes", colour_jet="large_central").rule == 7
    assert grade("tricuspid", flail_leaflet="yes", colour_jet="large_central").grade == "insufficient_data"


def test_05_three_dimensional_cut_offs_are_not_used_for_pisa_eroa() -> None:
    assert grade("tricuspid", eroa="65 mm2").grade == "severe"
    assert grade("tricuspid", vena_contracta_area_3d="65 mm2").grade == "insufficient_data"


def test_06_tricuspid_volume_is_severe_from_45() -> None:
    assert [grade("tricuspid", regurgitant_volume=v).grade for v in (44.9, 45)] == ["moderate", "severe"]
    assert grade("mitral", regurgitant_volume=45).grade == "moderate"


def test_07_mitral_jet_is_large_above_half_of_the_atrium() -> None:
    found = [grade("mitral", jet_area_ratio=share, jet_direction="central") for share in (45, 50, 51)]
    assert [criterion(case, "colour_jet")["argues_for"] for case in found] == [None, None, "severe"]


def test_08_pisa_radius_means_nothing_without_its_aliasing_velocity() -> None:
    assert not criterion(grade("mitral", pisa_radius=1.2), "flow_convergence")["assessed"]
    assert not criterion(grade("mitral", pisa_radius=1.2, aliasing_velocity=60), "flow_convergence")["assessed"]
    assert verdict(grade("mitral", pisa_radius=1.2, aliasing_velocity=40), "flow_convergence") == "met"


@pytest.mark.parametrize("only", [{"pr_index": 0.5}, {"pressure_half_time": 60}, {"deceleration_time": 100}])
def test_09_supportive_pulmonic_signs_never_grade_alone(only: dict[str, float]) -> None:
    case = grade("pulmonic", **only)
    assert case.grade == "insufficient_data"
    assert case.to_dict()["counts"]["specific"]["severe"]["met"] == 0
    assert criterion(case, next(iter(only)), "supportive")["argues_for"] in ("severe", "moderate+")


def test_10_a_dilated_ventricle_counts_only_with_normal_function() -> None:
    found = [grade("aortic", lv_size="dilated", lv_function=f) for f in ("normal", "reduced", None)]
    assert [verdict(case, "left_ventricle") for case in found] == ["met", "not met", "not assessed"]


def test_11_conversion_is_exact() -> None:
    assert 6 * 0.1 > 0.6
    assert convert(6.0, "mm", "cm") == 0.6
    assert all(convert(float(mm), "mm", "cm") == mm / 10 for mm in range(100))
    assert verdict(grade("mitral", vena_contracta_width="3 mm"), "vena_contracta_width", "mild") == "met"


@pytest.mark.parametrize("nothing", [math.nan, None, np.float64("nan"), "", "NaN"])
def test_12_nan_is_not_measured(nothing: object) -> None:
    assert grade("mitral", eroa=nothing).grade == "insufficient_data"


@pytest.mark.parametrize(
    ("text", "status"),
    [("", "insufficient_data"), ("0", "graded"), ("NA", "insufficient_data"), ("none", "rejected"),
     ("0,35", "rejected"), ("<0.2", "rejected")],
)  # fmt: skip
def test_13_six_different_things_in_a_cell(text: str, status: str) -> None:
    assert grade("mitral", eroa=text).status == status


def test_14_one_pisa_radius_is_one_witness() -> None:
    case = grade("mitral", pisa_radius=1.0, aliasing_velocity=40, peak_velocity=500, regurgitant_vti=150,
                 lvot_diameter=2, lvot_vti=20)  # fmt: skip
    assert "one witness, not three" in case.reason
    assert any("one witness" in caution["text"] for caution in case.to_dict()["cautions"])
    assert "one witness" not in grade("mitral", eroa=0.5, regurgitant_volume=75).reason


def test_15_two_that_straddle_and_three_with_a_dissenter() -> None:
    case = grade("mitral", eroa=0.407, regurgitant_volume=57)
    assert (case.grade, case.grade_low, case.grade_high) == ("indeterminate", "moderate", "severe")
    assert "EROA is grade IV (severe), regurgitant volume is grade III (moderate)" in case.reason
    case = grade("mitral", eroa=0.45, regurgitant_volume=52.7, regurgitant_fraction=40)
    assert (case.grade, case.certainty, case.grade_low, case.grade_high) == (
        "moderate",
        "majority",
        "moderate",
        "severe",
    )
    assert "EROA dissents at grade IV (severe)" in case.reason


@pytest.mark.parametrize("typed", ["1e-13", "1e-13 mm2", "0.0000000001", 1e-12])
def test_13_a_number_that_is_all_but_zero_does_not_say_that_nothing_was_seen(typed: str | float) -> None:
    case = grade("mitral", eroa=typed, regurgitant_volume=20)
    assert case.status == "rejected" and "the least that is no unit slip" in case.reason
    frame = grade_frame(pd.DataFrame({"eroa": [str(typed), "0"]}), valve="mitral")
    assert frame["echograde_status"].tolist() == ["rejected", "graded"]
