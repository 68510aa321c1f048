"""The traps other programs fell into, one test each, by the number the specification of the tables gives them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from grading import grade, grade_frame, load_guideline
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


@pytest.mark.parametrize(
    ("guideline", "answer"),
    [("ase-2017", "moderate"), ("esc-2021", "not_severe"), ("esc-2025", "not_severe"), ("acc-aha-2020", "progressive")],
)
def test_02_secondary_mitral_regurgitation_is_not_severe_at_eroa_020(guideline: str, answer: str) -> None:
    assert grade("mitral", guideline, mechanism="secondary", eroa=0.20).grade == answer


ON_THE_LINE = [
    ("ase-2017", "aortic", "6 mm", "-"),
    ("ase-2017", "aortic", "6.01 mm", "severe"),
    ("ase-2017", "tricuspid", "7 mm", "severe"),
    ("ase-2017", "mitral", "7 mm", "severe"),
    ("esc-2021", "tricuspid", "7 mm", "not_severe"),
    ("esc-2021", "tricuspid", "7.01 mm", "severe"),
    ("esc-2025", "tricuspid", "7 mm", "severe"),
    ("tvarc-2023", "tricuspid", "7 mm", "severe"),
]


@pytest.mark.parametrize(("guideline", "valve", "width", "argues_for"), ON_THE_LINE)
def test_03_vena_contracta_on_the_line(guideline: str, valve: str, width: str, argues_for: str) -> None:
    name = "vena_contracta_width_biplane" if guideline == "tvarc-2023" else "vena_contracta_width"
    rows = [c for c in grade(valve, guideline, **{name: width}).to_dict()["criteria"] if c["measurement"] == name]
    assert rows[0]["argues_for"] == (None if argues_for == "-" else argues_for)


THREE_SEVERE_SIGNS = {
    "mitral": {"flail_leaflet": "yes", "colour_jet": "large_central", "pulmonary_vein_flow": "systolic_reversal"},
    "aortic": {"flail_leaflet": "yes", "vena_contracta_width": 0.7, "pressure_half_time": 150},
    "tricuspid": {"flail_leaflet": "yes", "colour_jet": "large_central", "cw_jet": "sine_wave"},
    "pulmonic": {"early_termination": "yes", "jet_width_ratio": 75, "pa_branch_reversal": "yes"},
}


@pytest.mark.parametrize(
    ("valve", "certainty", "is_reading"),
    [("mitral", "probable", False), ("aortic", "probable", False), ("tricuspid", "probable", True),
     ("pulmonic", "definite", True)],
)  # fmt: skip
def test_04_two_or_three_and_four_belong_to_the_left_valves_and_most_to_the_right(
    valve: str, certainty: str, is_reading: bool
) -> None:
    """Three severe signs are too few for a definite grade, but of five pulmonic ones they are most."""
    case = grade(valve, **THREE_SEVERE_SIGNS[valve])
    assert (case.grade, case.certainty) == ("severe", certainty)
    enough = next(rule for rule in load_guideline("ase-2017").tables[valve].rules if rule.number == 7)
    assert ("majority" in enough.reading) == is_reading
    assert enough.at.startswith("Figure")


def test_05_three_dimensional_cut_offs_are_not_used_for_pisa_eroa() -> None:
    assert grade("tricuspid", eroa="65 mm2").grade == "severe"
    assert grade("tricuspid", vena_contracta_area_3d="65 mm2").grade == "insufficient_data"
    for guideline in ("hahn-zamorano-2017", "tvarc-2023"):
        found = [grade("tricuspid", guideline, **{name: "75 mm2"}).grade for name in ("eroa", "vena_contracta_area_3d")]
        assert found == ["massive", "severe"]


def test_06_tricuspid_volume_is_severe_from_45() -> None:
    assert [grade("tricuspid", regurgitant_volume=v).grade for v in (44.9, 45)] == ["moderate", "severe"]
    assert grade("mitral", regurgitant_volume=45).grade == "moderate"


def test_07_mitral_jet_is_large_above_half_of_the_atrium() -> None:
    found = [grade("mitral", jet_area_ratio=share, jet_direction="central") for share in (45, 50, 51)]
    assert [criterion(case, "colour_jet")["argues_for"] for case in found] == [None, None, "severe"]
    found = [grade("mitral", "esc-2021", jet_area_ratio=s, jet_direction="central") for s in (45, 50, 51)]
    assert [criterion(case, "colour_jet", "qualitative")["argues_for"] for case in found] == [None, None, "severe"]
    jet = {"mechanism": "primary", "jet_direction": "central"}
    found = [grade("mitral", "acc-aha-2020", jet_area_ratio=share, **jet) for share in (40, 41)]
    assert [case.grade for case in found] == ["progressive", "severe"]


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


@pytest.mark.hazard("rounding")
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


@pytest.mark.parametrize(
    ("values", "status", "severity"),
    [
        ({"lv_end_systolic_diameter": "12.1 cm"}, "graded", "warning"),
        ({"lv_end_diastolic_diameter": "12.1 cm"}, "rejected", "error"),
        ({"mechanism": "mixed"}, "graded", "warning"),
        ({"regurgitation": "lots"}, "rejected", "error"),
        ({"image_quality": "so-so"}, "rejected", "error"),
    ],
    ids=["used by no row", "used for a chamber", "context", "the record", "the images"],
)
def test_13_what_cannot_be_read_rejects_where_something_rests_on_it(
    values: dict[str, str], status: str, severity: str
) -> None:
    case = grade("mitral", eroa=0.3, **values)
    assert (case.status, [issue.severity for issue in case.issues]) == (status, [severity])
    frame = grade_frame(
        pd.DataFrame([{"eroa": 0.3, **{name: text.removesuffix(" cm") for name, text in values.items()}}]),
        valve="mitral",
    )
    assert frame["echograde_status"][0] == status


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


THREE_SIGNS = {"vena_contracta_width": 0.8, "flail_leaflet": "yes", "colour_jet": "large_central"}


def ends(case: Case) -> tuple[str | None, ...]:
    return case.grade, case.certainty, case.grade_low, case.grade_high


@pytest.mark.parametrize(
    ("values", "larger", "answers"),
    [
        (
            {"eroa": 0.32, "regurgitant_volume": 50, **THREE_SIGNS},
            {"regurgitant_volume": 65},
            [("severe", "quantified", "severe", "severe")] * 2,
        ),
        (
            {"eroa": 0.35, "elliptical_orifice": "yes"},
            {"eroa": 0.45},
            [("severe", "single_parameter", "severe", "severe")] * 2,
        ),
    ],
    ids=["a larger volume", "a larger elliptical orifice"],
)
def test_16_a_larger_leak_never_lowers_a_grade_or_an_end(
    values: dict[str, object], larger: dict[str, object], answers: list[tuple[str, ...]]
) -> None:
    assert [ends(grade("mitral", **one)) for one in (values, values | larger)] == answers


def test_17_three_severe_tricuspid_signs_are_never_moderate() -> None:
    signs = {"colour_jet": "large_central", "cw_jet": "dense_triangular", "hepatic_vein_flow": "systolic_reversal"}
    assert ends(grade("tricuspid", **signs)) == ("severe", "probable", "moderate", "severe")


def test_18_quantities_of_iii_and_ii_with_three_severe_signs_are_not_moderate() -> None:
    case = grade("mitral", eroa=0.32, regurgitant_volume=40, **THREE_SIGNS)
    assert ends(case) == ("indeterminate", "indeterminate", "moderate", "severe")


@pytest.mark.parametrize(("inflow", "assessed", "met"), [("e_wave_dominant", 1, 1), ("a_wave_dominant", 1, 0)])
def test_19_a_fast_e_wave_that_does_not_dominate_is_no_vote(inflow: str, assessed: int, met: int) -> None:
    case = grade("mitral", "esc-2025", mitral_inflow=inflow, e_wave_velocity=150)
    counted = case.to_dict()["counts"]["all"]
    assert (counted["assessed"], counted["severe"]["met"]) == (assessed, met)


@pytest.mark.parametrize("aliasing_velocity", [20, 28, 30])
def test_20_one_radius_counts_once(aliasing_velocity: float) -> None:
    case = grade("tricuspid", "esc-2025", pisa_radius=0.95, aliasing_velocity=aliasing_velocity)
    assert (case.grade, case.to_dict()["counts"]["all"]["assessed"]) == ("insufficient_data", 1)


@pytest.mark.parametrize(("mechanism", "stages"), [("primary", ["C1", "C2"]), ("secondary", ["C", "C"])])
def test_21_secondary_regurgitation_has_no_stage_c1_or_c2(mechanism: str, stages: list[str]) -> None:
    ventricle = {"lv_end_systolic_diameter": 3.5, "symptoms": "no"}
    found = [grade("mitral", "acc-aha-2020", mechanism=mechanism, eroa=0.45, lv_ejection_fraction=share, **ventricle)
             for share in (65, 35)]  # fmt: skip
    assert [case.stage for case in found] == stages


@pytest.mark.parametrize(
    ("valve", "chamber"),
    [("mitral", "left"), ("aortic", "left"), ("tricuspid", "right"), ("pulmonic", "right")],
)
def test_22_a_dilated_ventricle_does_not_contradict_a_recorded_none(valve: str, chamber: str) -> None:
    side = "lv" if chamber == "left" else "rv"
    case = grade(valve, regurgitation="none", **{f"{side}_size": "dilated", f"{side}_function": "normal"})
    assert ends(case) == ("none", "definite", "none", "none")
    cautions = [caution["text"] for caution in case.to_dict()["cautions"]]
    assert sum(f"The {chamber} ventricle is dilated" in text for text in cautions) == 1


@pytest.mark.parametrize("typed", ["1e-13", "1e-13 mm2", "0.0000000001", 1e-12])
def test_13_a_number_that_is_all_but_zero_does_not_say_that_nothing_was_seen(typed: str | float) -> None:
    case = grade("mitral", eroa=typed, regurgitant_volume=20)
    assert case.status == "rejected" and "the least that is no unit slip" in case.reason
    frame = grade_frame(pd.DataFrame({"eroa": [str(typed), "0"]}), valve="mitral")
    assert frame["echograde_status"].tolist() == ["rejected", "graded"]
