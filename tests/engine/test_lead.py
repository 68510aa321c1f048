"""Where one quantity of each step leads, and what follows from several: typed from the specification's own table."""

from __future__ import annotations

from itertools import product

import pytest

from grading import grade
from grading.case import Case

#: signs that point nowhere, to severe, to mild, and three for severe; none of them is a quantity of its valve
SIGNS = {
    "mitral": {
        "none": {},
        "S": {"flail_leaflet": "yes", "pulmonary_vein_flow": "systolic_reversal"},
        "M": {"mitral_inflow": "a_wave_dominant", "cw_jet": "faint_or_incomplete"},
        "both": {"flail_leaflet": "yes", "pulmonary_vein_flow": "systolic_reversal",
                 "mitral_inflow": "a_wave_dominant", "cw_jet": "faint_or_incomplete"},
        "SSS": {"flail_leaflet": "yes", "pulmonary_vein_flow": "systolic_reversal", "colour_jet": "large_central"},
    },
    "tricuspid": {
        "none": {},
        "S": {"flail_leaflet": "yes", "cw_jet": "sine_wave"},
        "M": {"tricuspid_inflow": "a_wave_dominant", "cw_jet": "faint_or_incomplete"},
        "both": {"flail_leaflet": "yes", "colour_jet": "large_central",
                 "tricuspid_inflow": "a_wave_dominant", "cw_jet": "faint_or_incomplete"},
        "SSS": {"flail_leaflet": "yes", "cw_jet": "sine_wave", "colour_jet": "large_central"},
    },
}  # fmt: skip
#: a regurgitant volume on each step [mL]
VOLUME = {
    "mitral": {"I": 20, "II": 40, "III": 50, "IV": 70},
    "tricuspid": {"I": 20, "II": 40, "IV": 50},
}
#: grade (or its lack), low, high
OUTCOMES = {
    ("IV", "none"): "severe severe severe", ("IV", "S"): "severe severe severe",
    ("IV", "M"): "indeterminate mild severe", ("IV", "both"): "severe severe severe",
    ("IV", "SSS"): "severe severe severe",
    ("III", "none"): "moderate moderate moderate", ("III", "S"): "moderate moderate severe",
    ("III", "M"): "indeterminate mild moderate", ("III", "both"): "moderate moderate moderate",
    ("III", "SSS"): "severe severe severe",
    ("II", "none"): "moderate moderate moderate", ("II", "S"): "indeterminate moderate severe",
    ("II", "M"): "moderate mild moderate", ("II", "both"): "moderate moderate moderate",
    ("II", "SSS"): "indeterminate moderate severe",
    ("I", "none"): "mild mild mild", ("I", "S"): "indeterminate mild severe",
    ("I", "M"): "mild mild mild", ("I", "both"): "mild mild mild", ("I", "SSS"): "indeterminate mild severe",
}  # fmt: skip


def ends(case: Case) -> str:
    return f"{case.grade} {case.grade_low} {case.grade_high}"


@pytest.mark.parametrize(
    ("valve", "step", "signs"),
    [(valve, step, signs) for valve in VOLUME for step, signs in product(VOLUME[valve], SIGNS[valve])],
)
def test_one_quantity_leads(valve: str, step: str, signs: str) -> None:
    case = grade(valve, regurgitant_volume=VOLUME[valve][step], **SIGNS[valve][signs])
    assert (case.rule, ends(case)) == (15, OUTCOMES[step, signs])
    assert case.certainty == ("indeterminate" if case.grade == "indeterminate" else "single_parameter")


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ({"regurgitant_volume": 50}, "severe severe severe"),
        ({"regurgitant_volume": 40}, "moderate moderate moderate"),
        ({"regurgitant_volume": 50, "mitral_inflow": "a_wave_dominant", "cw_jet": "faint_or_incomplete"},
         "indeterminate mild moderate"),
    ],
    ids=["grade III", "grade II", "grade III against signs of mild"],
)  # fmt: skip
def test_an_elliptical_orifice_raises_grade_iii(values: dict[str, object], answer: str) -> None:
    assert ends(grade("mitral", elliptical_orifice="yes", **values)) == answer
    assert ends(grade("aortic", elliptical_orifice="yes", regurgitant_volume=50)) == "moderate moderate moderate"


#: EROA, volume, fraction; the signs; grade, low, high, certainty
SEVERAL = {
    "one grade": ((0.32, 50, None), "none", "moderate moderate moderate quantified"),
    "two grades": ((0.42, 50, None), "none", "indeterminate moderate severe indeterminate"),
    "II and III": ((0.25, 50, None), "none", "moderate moderate moderate quantified"),
    "II and III beside two signs": ((0.25, 50, None), "S", "indeterminate moderate severe indeterminate"),
    "III and IV that both lead to severe": ((0.42, 50, None), "SSS", "severe severe severe quantified"),
    "III twice beside two signs": ((0.32, 50, None), "S", "moderate moderate severe majority"),
    "three within a step, the middle one": ((0.42, 50, 45), "none", "moderate moderate severe majority"),
    "three within a step, severe": ((0.42, 70, 45), "none", "severe moderate severe majority"),
    "three over two steps": ((0.42, 40, 45), "none", "indeterminate moderate severe indeterminate"),
    "three over all": ((0.15, 40, 55), "none", "indeterminate mild severe indeterminate"),
    "three within a step, the middle one open": ((0.15, 40, 35), "S", "indeterminate mild severe indeterminate"),
    "three within a step beside signs of mild": ((0.15, 40, 35), "M", "moderate mild moderate majority"),
}


@pytest.mark.parametrize(("quantities", "signs", "answer"), SEVERAL.values(), ids=SEVERAL)
def test_several_quantities_lead(quantities: tuple[float | None, ...], signs: str, answer: str) -> None:
    names = ("eroa", "regurgitant_volume", "regurgitant_fraction")
    case = grade("mitral", **dict(zip(names, quantities, strict=True)), **SIGNS["mitral"][signs])
    assert f"{ends(case)} {case.certainty}" == answer
