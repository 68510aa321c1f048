"""What every line of a table says of a case: the band, what it supports, and why it says nothing."""

from __future__ import annotations

import pytest

from grading import grade
from grading.explanation.explanation import Explanation
from grading.explanation.sentences import finding, group_counts, group_heading, place, stance, support, unassessed
from grading.explanation.views import CriterionView, GroupView


def explained(case: str) -> Explanation:
    valve, guideline, *inputs = case.split()
    return grade(valve, guideline, **dict(part.split("=", 1) for part in inputs)).explanation


def line(case: Explanation, name: str, group: str = "") -> tuple[CriterionView, GroupView]:
    """The line that reads a measurement, or would."""
    lines = [(c, g) for g in case.groups for c in g.criteria if c.measurement == name and g.name.startswith(group)]
    return next((c, g) for c, g in lines if c.in_force)


#: name -> case, measurement, what it supports, what it says
SAYS = {
    "a quantity": ("mitral ase-2017 eroa=0.41", "eroa", "grade IV (severe)", "0.41 cm2 is grade IV (severe) (>= 0.40 cm2)"),
    "the same number": ("mitral ase-2017 eroa=0.20cm2", "eroa", "grade II (moderate)", "0.2 cm2 is grade II (moderate) (>= 0.20 and < 0.30 cm2)"),
    "another unit": ("aortic ase-2017 vena_contracta_width=6.01mm", "vena_contracta_width", "supports severe", "6.01 mm = 0.601 cm supports severe (> 0.6 cm)"),
    "a sign": ("mitral ase-2017 flail_leaflet=yes", "flail_leaflet", "supports severe", "yes supports severe"),
    "a word as it is written": ("mitral ase-2017 mitral_inflow=a_wave_dominant", "mitral_inflow", "supports mild", "A-wave dominant supports mild"),
    "chambers": ("mitral ase-2017 lv_size=dilated lv_function=normal", "left_heart", "supports severe", "enlarged LV with normal function supports severe"),
    "neutral": ("mitral ase-2017 flail_leaflet=no", "flail_leaflet", "neutral", "no: neutral"),
    "listed, not counted": ("aortic ase-2017 pressure_half_time=280", "pressure_half_time", "neutral", "280 ms: moderate in Table 11; Figure 25 does not count it"),
    "listed as severe": ("mitral ase-2017 colour_jet=eccentric_wall_impinging", "colour_jet", "neutral", "eccentric wall impinging: severe in Table 8; Figure 18 does not count it"),
    "supportive": ("pulmonic ase-2017 pr_index=0.5", "pr_index", "shown, never counted", "0.5 supports moderate or worse (< 0.77)"),
    "supportive and neutral": ("pulmonic ase-2017 pr_index=0.9", "pr_index", "shown, never counted", "0.9: neutral"),
    "weak": ("aortic esc-2021 cw_jet=dense", "cw_jet", "shown, never counted", "dense supports severe"),
    "not severe": ("mitral esc-2021 vena_contracta_width=5mm", "vena_contracta_width", "not severe", "5 mm is not severe (< 7 mm)"),
    "five grades": ("tricuspid tvarc-2023 eroa=65mm2", "eroa", "massive", "65 mm2 is massive (>= 60 and < 80 mm2)"),
    "a scale among several": ("mitral esc-2021 mechanism=secondary elliptical_orifice=yes eroa=0.30", "eroa", "supports severe", "0.30 cm2 = 30 mm2 supports severe (>= 30 mm2, as mechanism = secondary and elliptical orifice = yes)"),
}  # fmt: skip
NEEDS_VELOCITY = "PISA radius 0.9 cm entered; needs aliasing velocity"
#: name -> case, measurement, why it says nothing
SILENT = {
    "not entered": ("mitral ase-2017", "eroa", "not entered"),
    "waits for a word": ("mitral ase-2017 jet_area_ratio=55", "colour_jet", "jet area / atrial area 55 % entered; needs jet direction = central"),
    "says nothing": ("mitral ase-2017 jet_area_ratio=15 jet_direction=central", "colour_jet", "jet area / atrial area 15 % entered; that says nothing of the colour jet"),
    "says nothing in any direction": ("mitral ase-2017 jet_area_ratio=15", "colour_jet", "jet area / atrial area 15 % entered; that says nothing of the colour jet"),
    "waits for a velocity": ("mitral ase-2017 pisa_radius=0.9", "flow_convergence", NEEDS_VELOCITY),
    "another velocity": ("mitral ase-2017 pisa_radius=0.9 aliasing_velocity=50", "flow_convergence", "PISA radius 0.9 cm entered; read only with aliasing velocity <= 40 cm/s"),
    "waits for two": ("mitral ase-2017 pisa_radius=0.9", "eroa", f"{NEEDS_VELOCITY} and peak velocity"),
    "worked out so far": ("mitral ase-2017 pisa_radius=0.9 aliasing_velocity=40 peak_velocity=500", "regurgitant_volume", "EROA 0.407 cm2 known; needs regurgitant VTI"),
    "claims": ("mitral ase-2017", "left_heart", "for mild: needs LV size and LA size; for severe: needs LV size and LV function"),
    "a claim that fails": ("mitral ase-2017 lv_size=dilated", "left_heart", "for severe: needs LV function"),
    "a part that was begun": ("aortic ase-2017 lv_end_diastolic_diameter=6", "left_ventricle", "for mild: needs LV size (LV end-diastolic diameter 6 cm entered; needs sex); for severe: needs LV size (LV end-diastolic diameter 6 cm entered; needs sex) and LV function"),
    "void": ("aortic ase-2017 jet_width_ratio=70 jet_direction=eccentric", "jet_width_ratio", "70 %, void because jet direction = eccentric"),
    "void by a reading": ("mitral ase-2017 holosystolic=no eroa=0.4", "eroa", "0.4 cm2, void because holosystolic = no (our reading: a single frame overestimates in late-systolic regurgitation (note under Figure 18, pp 313, 321))"),
    "void, as far as anyone can tell": ("tricuspid ase-2017 hepatic_vein_flow=systolic_reversal atrial_fibrillation=paced", "hepatic_vein_flow", "systolic reversal, void where atrial fibrillation = yes, and what was entered for atrial fibrillation cannot be read"),
    "not counted": ("mitral acc-aha-2020 vena_contracta_width=8mm", "vena_contracta_width", "8 mm = 0.8 cm, not counted: needs mechanism = primary"),
    "an absence": ("aortic acc-aha-2020 abdominal_aorta_reversal=none", "abdominal_aorta_reversal", "none, not counted"),
    "of another mechanism": ("mitral acc-aha-2020 mechanism=secondary", "vena_contracta_width", "not counted: needs mechanism = primary"),
    "counted only when entered": ("tricuspid esc-2025 pisa_radius=1 aliasing_velocity=30", "flow_convergence", "large, worked out; counted only when it was entered"),
}  # fmt: skip


@pytest.mark.parametrize(("case", "name", "supported", "sentence"), SAYS.values(), ids=SAYS)
def test_what_a_criterion_says(case: str, name: str, supported: str, sentence: str) -> None:
    criterion, group = line(explained(case), name)
    assert (support(criterion, group), finding(criterion, group)) == (supported, sentence)


@pytest.mark.parametrize(("case", "name", "sentence"), SILENT.values(), ids=SILENT)
def test_why_a_criterion_says_nothing(case: str, name: str, sentence: str) -> None:
    criterion, _ = line(explained(case), name)
    assert (stance(criterion), unassessed(criterion)) == ("not assessed", sentence)


#: name -> case, measurement, the cut-offs of the scale in force
SCALES = {
    "low flow unknown": ("mitral esc-2021 mechanism=secondary", "regurgitant_volume", "not severe < 60 <= severe (mL)"),
    "low flow": ("mitral esc-2021 mechanism=secondary low_flow=yes", "regurgitant_volume", "not severe < 45 <= severe (mL)"),
    "primary": ("mitral esc-2021 mechanism=primary elliptical_orifice=yes", "eroa", "not severe < 40 <= severe (mm2)"),
    "words": ("mitral esc-2021", "colour_jet", "severe: large central or eccentric wall impinging"),
    "open ends": ("tricuspid tvarc-2023", "eroa_volumetric", "moderate or milder < 75 <= severe < 95 <= massive < 115 <= torrential (mm2)"),
    "two ends": ("mitral ase-2017", "vena_contracta_width", "mild <= 0.3 cm, severe >= 0.7 cm"),
}  # fmt: skip


@pytest.mark.parametrize(("case", "name", "cut_offs"), SCALES.values(), ids=SCALES)
def test_of_several_scales_the_one_in_force_is_shown(case: str, name: str, cut_offs: str) -> None:
    assert line(explained(case), name)[0].cut_offs == cut_offs


@pytest.mark.parametrize(
    ("case", "name", "marks"),
    [
        ("mitral ase-2017 vena_contracta_width_biplane=9mm", "vena_contracta_width_biplane", "Table 8; our reading: the mild limit of the single-plane width is used"),
        ("mitral ase-2017 eroa=0.4", "eroa", ""),
        ("mitral acc-aha-2020 mechanism=secondary eroa=0.4", "eroa", ""),
        ("mitral acc-aha-2020 mechanism=secondary eroa=0.4", "vena_contracta_width", "Table 17"),
    ],
)  # fmt: skip
def test_a_line_says_where_it_stands_when_its_group_stands_elsewhere(case: str, name: str, marks: str) -> None:
    explanation = explained(case)
    assert place(*line(explanation, name), explanation) == marks


@pytest.mark.parametrize(
    ("case", "counts"),
    [
        ("mitral ase-2017 flail_leaflet=yes eroa=0.45 regurgitant_volume=57", ["0 of 6 for mild, 1 of 6 for severe", "they disagree"]),
        ("pulmonic ase-2017 pr_index=0.5", ["0 of 4 for mild, 0 of 5 for severe", "none measured", ""]),
        ("mitral ase-2017 eroa=0.25 regurgitant_volume=50", ["0 of 6 for mild, 0 of 6 for severe", "they say II-III"]),
        ("mitral ase-2017 eroa=0.45 regurgitant_volume=52 regurgitant_fraction=42", ["0 of 6 for mild, 0 of 6 for severe", "most say III"]),
        ("tricuspid tvarc-2023 eroa=85mm2 vena_contracta_width_biplane=22mm vena_contracta_area_3d=100mm2", ["most say torrential", ""]),
        ("tricuspid tvarc-2023 eroa=65mm2 regurgitant_fraction=50", ["they say massive", ""]),
        ("aortic esc-2021 cw_jet=dense eroa=0.3", ["0 of 3 for severe", "0 of 2 for severe", "1 of 2 for severe"]),
    ],
)  # fmt: skip
def test_what_a_group_counts(case: str, counts: list[str]) -> None:
    explanation = explained(case)
    assert [group_counts(group, explanation) for group in explanation.groups] == counts


@pytest.mark.parametrize(
    ("case", "heading"),
    [
        ("mitral acc-aha-2020 mechanism=primary eroa=0.5", "Parameters (Table 17): they say severe; 1 of 5 assessed"),
        ("mitral acc-aha-2020 eroa=0.5", "Parameters (Table 17): they say severe; 1 of 5 assessed"),
        ("mitral acc-aha-2020 mechanism=secondary eroa=0.5 vena_contracta_width=0.8", "Parameters (stages of secondary mitral regurgitation): they say severe; 1 of 3 assessed"),
        ("mitral esc-2021 mechanism=primary regurgitant_volume=50 low_flow=yes", "Quantitative criteria for severe (Table 7): 0 of 3 for severe; 1 of 3 assessed"),
    ],
)  # fmt: skip
def test_a_case_is_counted_out_of_the_rows_of_its_own_mechanism(case: str, heading: str) -> None:
    explanation = explained(case)
    assert group_heading(explanation.groups[-1], explanation) == heading
