"""Values that do not fit: the sentence of a case and that of a file are one."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from grading import grade, grade_frame
from grading.writing import upper

PISA = {"aliasing_velocity": 40, "regurgitant_vti": 100}
LVOT = {"lvot_diameter": 2.0, "lvot_vti": 22}
ANNULUS = {"mitral_annulus_diameter": 3.0, "mitral_annulus_vti": 8}
APART = "more than 20 % apart"
#: name -> valve, what was entered, the sentence, the column it is about and the cell
FLAGS = {
    "PISA beyond the outflow": ("aortic", {**LVOT, **ANNULUS, "pisa_radius": 1.2, "aliasing_velocity": 40, "peak_velocity": 400, "regurgitant_vti": 230}, "regurgitant volume by PISA is 208.1 mL, more than the whole LVOT stroke volume of 69.1 mL: EROA or its PISA radius, regurgitant VTI or LVOT diameter is wrong; neither it nor its fraction is used", "derived_regurgitant_volume_ml", ""),
    "entered beyond the outflow": ("aortic", {**LVOT, "regurgitant_volume": 100}, "regurgitant volume of 100 mL is more than the whole LVOT stroke volume of 69.1 mL; it is kept without a fraction of it, check both", "regurgitant_volume", "100"),
    "beyond the ventricle": ("mitral", {"regurgitant_volume": 100, "lv_end_diastolic_volume": 120, "lv_end_systolic_volume": 60}, "regurgitant volume of 100 mL is more than the whole LV stroke volume of 60 mL; biplane volumes run low, so it is kept, check both", "regurgitant_volume", "100"),
    "a wall jet is eccentric": ("mitral", {"colour_jet": "eccentric_wall_impinging", "jet_direction": "central"}, "jet direction was entered as central, but the colour jet makes it eccentric, which is used", "jet_direction", "central"),
    "entered and worked out": ("mitral", {**PISA, "pisa_radius": 0.9, "peak_velocity": 500, "regurgitant_volume": 60}, f"regurgitant volume was entered as 60 mL, but PISA gives 40.7 mL, {APART}; the entered value is kept, check both", "regurgitant_volume", "60"),
    "worked out twice": ("mitral", {**PISA, **LVOT, "pisa_radius": 0.9, "peak_velocity": 500, "mitral_annulus_diameter": 3.5, "mitral_annulus_vti": 14}, f"regurgitant volume by PISA is 40.7 mL, but the volumetric method gives 65.6 mL, {APART}; the first value is kept, check both", "derived_regurgitant_volume_ml", "40.7"),
    "two words": ("mitral", {"jet_area_ratio": 60, "jet_direction": "central", "colour_jet": "small_central"}, "colour jet was entered as small central, but jet area / atrial area with jet direction gives large central; the entered value is kept, check both", "colour_jet", "small_central"),
    "a word, by the number that says so": ("mitral", {"lv_size": "normal", "lv_end_diastolic_diameter": 7, "sex": "male"}, "LV size was entered as normal, but LV end-diastolic diameter with sex gives dilated; the entered value is kept, check both", "lv_size", "normal"),
    "two volumes": ("mitral", {"mitral_annulus_diameter": 3.5, "mitral_annulus_vti": 14, "lv_end_diastolic_volume": 150, "lv_end_systolic_volume": 60}, f"total stroke volume by mitral annulus is 134.7 mL, but the difference of the LV volumes gives 90 mL, {APART}; the first value is kept, check both", "derived_total_stroke_volume_ml", ""),
    "negative": ("mitral", {"lvot_diameter": 2.5, "lvot_vti": 25, "mitral_annulus_diameter": 2.5, "mitral_annulus_vti": 14}, "volumetric regurgitant volume (total stroke volume - forward stroke volume) would be -54 mL, which is impossible; it is not used, check what it is worked out from", "derived_regurgitant_volume_volumetric_ml", ""),
}  # fmt: skip


@pytest.mark.parametrize(("valve", "values", "sentence", "column", "cell"), FLAGS.values(), ids=FLAGS)
def test_a_value_that_does_not_fit(
    valve: str, values: dict[str, object], sentence: str, column: str, cell: str
) -> None:
    case = grade(valve, **values)
    frame = pd.DataFrame([values]).rename(columns={"regurgitant_vti": "regurgitant_vti (cm)"})
    issues = grade_frame(frame, valve=valve).attrs["issues"]
    assert f"{upper(sentence)}." in case.explanation.disagreements
    assert [(i.column, i.value[: len(cell)], i.severity) for i in issues if i.message == sentence] == [
        (column, cell, "warning")
    ]


def test_a_sentence_of_a_row_names_no_number_of_another_row() -> None:
    rows = pd.DataFrame(
        {
            "sex": ["male", "male"], "lv_size": ["normal", "normal"], "lv_end_diastolic_diameter_cm": [7.0, None],
            "lv_end_diastolic_volume_ml": [None, 200.0], "body_surface_area_m2": [None, 2.0],
        }
    )  # fmt: skip
    issues = grade_frame(rows, valve="mitral").attrs["issues"]
    said = {i.row: re.search("but (.*) with sex gives dilated", i.message) for i in issues if i.column == "lv_size"}
    assert [found[1] if found else "" for found in (said[0], said[1])] == [
        "LV end-diastolic diameter", "LV end-diastolic volume index",
    ]  # fmt: skip


def test_an_impossible_fraction_gives_way_to_the_volumetric_one() -> None:
    case = grade("aortic", eroa=0.61, regurgitant_vti=154.77, lvot_diameter=2.0, lvot_vti=25.61,
                 mitral_annulus_diameter=2.76, mitral_annulus_vti=8.63)  # fmt: skip
    derived = {view.measurement: view.value for view in case.explanation.derived}
    assert derived["regurgitant_fraction"] == pytest.approx(35.8, abs=0.05)
    assert (case.grade, case.grade_low, case.grade_high) == ("indeterminate", "mild", "severe")
    assert (case.explanation.witness, case.explanation.witnesses) == ("one volumetric study", 2)


def test_a_record_that_a_table_does_not_ask_for_is_not_passed_over() -> None:
    rows = pd.DataFrame(
        {"regurgitation": ["none", "trace", "none", "present"], "cmr_regurgitant_fraction": [55, 45, None, 45]}
    )
    issues = grade_frame(rows, ["ase-2017-cmr", "esc-2021"], valve="aortic").attrs["issues"]
    assert [(i.row, i.column, i.value, i.severity) for i in issues] == [
        (0, "regurgitation", "none", "warning"), (1, "regurgitation", "trace", "warning"),
    ]  # fmt: skip
    assert [re.findall(r"(?:ASE|ESC) [\w ]+? rests?", issue.message) for issue in issues] == [
        ["ASE 2017 CMR rests"]
    ] * 2
    case = grade("aortic", "ase-2017-cmr", regurgitation="none", cmr_regurgitant_fraction=55)
    assert upper(issues[0].message) + "." in [caution.text for caution in case.explanation.cautions]


@pytest.mark.parametrize("guideline", ["tvarc-2023", "hahn-zamorano-2017"])
@pytest.mark.parametrize("record", ["none", "trace"])
def test_a_record_that_something_large_contradicts_is_explained(guideline: str, record: str) -> None:
    case = grade("tricuspid", guideline, regurgitation=record, eroa="0.8 cm2")
    assert case.grade == "indeterminate"
    assert f"{record} to " in case.explain()
