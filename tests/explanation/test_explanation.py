"""The explanation as data: what stands in it, what it makes of everything entered, its JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from support.vectors import VECTORS, read_vectors, table_of, values_of

from grading import UsageError, grade
from grading.explanation.cautions import stroke_volumes
from grading.explanation.explanation import Explanation
from grading.explanation.sentences import rule_source, stage_text
from grading.reference.guideline import list_guidelines, load_guideline


def explained(case: str) -> Explanation:
    valve, guideline, *inputs = case.split()
    return grade(valve, guideline, **dict(part.split("=", 1) for part in inputs)).explanation


@pytest.mark.slow
@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_every_explanation_fits_a_terminal_is_json_and_names_everything_entered(path: Path) -> None:
    guideline, valve = table_of(path)
    for row in read_vectors(path)[::3]:
        case = grade(valve, guideline, **values_of(row))
        text, answer = case.explain(), case.to_dict()
        assert max(len(line) for line in text.splitlines()) <= 80, row["id"]
        assert json.loads(json.dumps(answer)) == answer
        assert "For education and research" in text
        assert re.findall(r"\w+_\w+", text) == [], row["id"]
        if answer["criteria"]:
            on_one_line = " ".join(text.split())
            assert [e["label"] for e in answer["entered"] if e["label"] not in on_one_line] == [], row["id"]


def test_a_rejected_case_and_one_that_is_not_covered_have_the_keys_of_a_graded_one() -> None:
    graded, rejected, elsewhere = (
        grade(*case, eroa=eroa).to_dict() for case, eroa in ((("mitral",), 0.3), (("mitral",), 35), (("pulmonic", "esc-2021"), 0.3))
    )  # fmt: skip
    assert list(graded) == list(rejected) == list(elsewhere)


#: name -> case, the entered values without effect, those the table reads nowhere
WITHOUT_EFFECT = {
    "everything counts": ("mitral ase-2017 eroa=0.4 flail_leaflet=no", [], []),
    "waits": ("mitral ase-2017 jet_area_ratio=55 pisa_radius=0.9 eroa=0.5", ["jet area / atrial area 55 %: colour jet needs jet direction = central", "PISA radius 0.9 cm: flow convergence needs aliasing velocity"], []),
    "void": ("mitral ase-2017 holosystolic=no eroa=0.4", ["EROA 0.4 cm2: void because holosystolic = no"], []),
    "not counted": ("mitral acc-aha-2020 vena_contracta_width=8mm", ["vena contracta width 0.8 cm: not counted: needs mechanism = primary"], []),
    "not read": ("tricuspid ase-2017 eroa=0.4 tapse=2 vena_contracta_area_3d=0.9 mitral_annulus_vti=14", [], ["vena_contracta_area_3d", "mitral_annulus_vti"]),
    "too small to be read": ("mitral ase-2017 jet_area_ratio=15", ["jet area / atrial area 15 %: no criterion of this table"], []),
    "too small, and central": ("mitral ase-2017 jet_area_ratio=50 jet_direction=central", ["jet area / atrial area 50 %: no criterion of this table"], []),
    "of another context": ("mitral ase-2017 jet_area_ratio=55 jet_direction=eccentric", ["jet area / atrial area 55 %: colour jet, read only with jet direction = central"], []),
    "read off for other valves": ("aortic ase-2017 jet_area_ratio=60", [], ["jet_area_ratio"]),
    "read for a caution alone": ("mitral esc-2025 lv_ejection_fraction=40 eroa=0.3", ["LV ejection fraction 40 %: no criterion of this table"], []),
    "by sex": ("mitral ase-2017 lv_end_diastolic_diameter=7.9 body_surface_area=1.7", ["LV end-diastolic diameter 7.9 cm: LV size needs sex", "body surface area 1.7 m2: LV end-diastolic volume index needs LV end-diastolic volume"], []),
    "what a rule asks": ("aortic acc-aha-2020 lv_function=normal eroa=0.1", ["LV function normal: LV size and function, for normal: needs LV size; for enlarged LV with normal function: needs LV size"], []),
    "a stand-in that is not needed": ("mitral esc-2021 eroa=0.2 eroa_volumetric=0.3 mechanism=primary", ["volumetric EROA 0.3 cm2: not needed: EROA is known"], []),
    "part of two claims": ("mitral ase-2017 lv_function=normal", ["LV function normal: left heart size and function, for mild: needs LV size and LA size; for severe: needs LV size"], []),
    "context": ("mitral ase-2017 image_quality=adequate mechanism=primary eroa=0.4", [], []),
}  # fmt: skip


@pytest.mark.hazard("false-certainty")
@pytest.mark.parametrize(("case", "idle", "unused"), WITHOUT_EFFECT.values(), ids=WITHOUT_EFFECT)
def test_nothing_that_was_entered_is_passed_over(case: str, idle: list[str], unused: list[str]) -> None:
    explanation = explained(case)
    assert (sorted(explanation.idle), list(explanation.unused)) == (sorted(idle), unused)


#: name -> case, the measurement several quantities rest on, how many do
WITNESSES = {
    "radius": ("mitral ase-2017 pisa_radius=0.9 aliasing_velocity=40 peak_velocity=500 regurgitant_vti=150 lvot_diameter=2 lvot_vti=18", "PISA radius 0.9 cm", 3),
    "typed EROA": ("mitral ase-2017 eroa=0.4 regurgitant_vti=150", "EROA 0.40 cm2", 2),
    "typed volume": ("mitral ase-2017 regurgitant_volume=60 lvot_diameter=2 lvot_vti=18", "regurgitant volume 60 mL", 2),
    "volumes": ("mitral ase-2017 mitral_annulus_diameter=3.5 mitral_annulus_vti=14 lvot_diameter=2 lvot_vti=18 regurgitant_vti=150", "one volumetric study", 3),
    "a row of the radius": ("tricuspid tvarc-2023 pisa_radius=0.9 aliasing_velocity=20 peak_velocity=300", "PISA radius 0.9 cm", 2),
    "none": ("mitral ase-2017 eroa=0.4 regurgitant_volume=60", "", 0),
}  # fmt: skip


@pytest.mark.hazard("one-witness-twice")
@pytest.mark.parametrize(("case", "root", "count"), WITNESSES.values(), ids=WITNESSES)
def test_what_rests_on_one_measurement_is_one_witness(case: str, root: str, count: int) -> None:
    explanation = explained(case)
    assert (explanation.witness, explanation.witnesses) == (root, count)
    assert ("one witness, not" in explanation.reason) == bool(count)


#: name -> case, what of the stroke volumes is said
STROKE_VOLUMES = {
    "fraction above": ("mitral ase-2017 regurgitant_volume=37 regurgitant_fraction=53", "total stroke volume of 70 mL, 33 mL of it forward"),
    "volume above": ("mitral ase-2017 regurgitant_volume=70 regurgitant_fraction=40", ""),
    "alike": ("mitral ase-2017 regurgitant_volume=62 regurgitant_fraction=52", ""),
    "by a paper for severe only": ("mitral esc-2021 regurgitant_volume=50 regurgitant_fraction=55", "total stroke volume of 91 mL, 41 mL of it forward"),
    "none": ("mitral ase-2017 regurgitant_volume=0 regurgitant_fraction=0", ""),
}  # fmt: skip


@pytest.mark.parametrize(("case", "text"), STROKE_VOLUMES.values(), ids=STROKE_VOLUMES)
def test_low_flow_is_said_as_arithmetic(case: str, text: str) -> None:
    valve, guideline, *inputs = case.split()
    decision = grade(valve, guideline, **dict(part.split("=", 1) for part in inputs)).decision
    assert decision is not None
    found = re.findall(r"total stroke volume of \d+ mL, \d+ mL of it forward", stroke_volumes(decision))
    assert found == ([text] if text else [])


def test_quantities_typed_as_results_may_be_one_witness() -> None:
    texts = [caution.text for caution in explained("mitral ase-2017 eroa=0.4 regurgitant_volume=60").cautions]
    assert texts[0] == "If EROA and regurgitant volume come from one PISA radius, they are one witness."


def test_cmr_stands_beside_an_echo_grade_and_never_in_it() -> None:
    echo = "mitral ase-2017 eroa=0.5 regurgitant_volume=70"
    alone, both = explained(echo), explained(f"{echo} cmr_regurgitant_volume=40 cmr_regurgitant_fraction=35")
    assert (alone.grade, alone.reason, alone.beside) == (both.grade, both.reason, None)
    assert both.beside is not None
    assert (both.beside.guideline, both.beside.verdict) == ("ase-2017-cmr", "MODERATE (quantified)")


#: name -> case, what is said of criteria that argue for several grades
SIDES = {
    "across groups, severe or not": ("mitral esc-2021 eroa=0.5 vena_contracta_width=0.5", ["Vena contracta width: not severe; EROA: severe."]),
    "all severe": ("mitral esc-2021 eroa=0.5 vena_contracta_width=0.8", []),
    "open ends that meet": ("tricuspid tvarc-2023 eroa=0.65 regurgitant_fraction=55", []),
    "milder ends that meet": ("tricuspid hahn-zamorano-2017 eroa=0.15 vena_contracta_area_3d=0.5", []),
    "open ends that do not": ("tricuspid tvarc-2023 eroa=0.35 regurgitant_fraction=55", ["EROA: moderate; regurgitant fraction: severe or worse."]),
}  # fmt: skip


@pytest.mark.parametrize(("case", "sentences"), SIDES.values(), ids=SIDES)
def test_what_disagrees_are_grades_that_have_nothing_in_common(case: str, sentences: list[str]) -> None:
    assert list(explained(case).disagreements) == sentences


def test_what_allows_a_grade_does_not_dissent_from_it() -> None:
    case = explained(
        "tricuspid hahn-zamorano-2017 eroa=0.15 vena_contracta_width_biplane=0.2 vena_contracta_area_3d=0.5"
    )
    assert (
        case.reason == "Biplane vena contracta width and EROA are mild, 3D vena contracta area is moderate or milder."
    )


#: name -> case, what of both methods is said to disagree
TWO_METHODS = {
    "apart": ("mitral ase-2017 eroa=0.5 cmr_regurgitant_volume=40", ["By CMR it is moderate, by echocardiography severe: check both."]),
    "a range apart": ("tricuspid ase-2017 eroa=0.1 cmr_regurgitant_fraction=30", ["By CMR it is moderate to severe, by echocardiography mild: check both."]),
    "in common": ("mitral ase-2017 eroa=0.45 regurgitant_volume=52.7 regurgitant_fraction=40 cmr_regurgitant_volume=70", []),
    "not severe": ("mitral esc-2021 eroa=0.2 cmr_regurgitant_volume=40", []),
    "not severe, and severe": ("mitral esc-2021 eroa=0.2 cmr_regurgitant_volume=70", ["By CMR it is severe, by echocardiography not severe: check both."]),
    "progressive": ("mitral acc-aha-2020 eroa=0.2 cmr_regurgitant_volume=20", []),
    "a table that counts CMR itself": ("aortic esc-2025 eroa=0.4 cmr_regurgitant_fraction=45", []),
    "no grade": ("mitral ase-2017 flail_leaflet=yes cmr_regurgitant_volume=40", []),
}  # fmt: skip


@pytest.mark.hazard("false-certainty")
@pytest.mark.parametrize(("case", "sentences"), TWO_METHODS.values(), ids=TWO_METHODS)
def test_methods_that_have_no_grade_in_common_disagree(case: str, sentences: list[str]) -> None:
    explanation = explained(case)
    assert explanation.beside is not None
    assert [text for text in explanation.disagreements if text.startswith("By CMR")] == sentences
    assert explanation.unused == ()


#: name -> case, what is said of findings that are shown and never counted
UNCOUNTED = {
    "far above": ("tricuspid tvarc-2023 regurgitant_fraction=15.5 hepatic_vein_flow=systolic_reversal tricuspid_inflow=e_wave_dominant e_wave_velocity=110", ["Hepatic vein flow and dominant E wave of 100 cm/s or more support severe or worse (shown, never counted)."]),
    "far below": ("tricuspid tvarc-2023 eroa=0.5 hepatic_vein_flow=systolic_dominant", ["Hepatic vein flow supports mild (shown, never counted)."]),
    "fits": ("tricuspid tvarc-2023 eroa=0.65 hepatic_vein_flow=systolic_reversal", []),
    "within the range": ("tricuspid tvarc-2023 eroa=0.45 regurgitant_volume=35 hepatic_vein_flow=systolic_blunting", []),
    "supportive": ("pulmonic ase-2017 regurgitant_fraction=15 pr_index=0.6 deceleration_time=300", ["PR index supports moderate or worse (shown, never counted)."]),
    "nothing graded": ("pulmonic ase-2017 pr_index=0.6", []),
}  # fmt: skip


@pytest.mark.hazard("false-certainty")
@pytest.mark.parametrize(("case", "sentences"), UNCOUNTED.values(), ids=UNCOUNTED)
def test_what_is_never_counted_is_named_where_it_does_not_fit_the_grade(case: str, sentences: list[str]) -> None:
    assert [text for text in explained(case).disagreements if "never counted" in text] == sentences


@pytest.mark.parametrize("valve", ["tricuspid", "pulmonic"])
def test_a_valve_of_three_steps_is_not_spoken_of_in_four(valve: str) -> None:
    rules = load_guideline("ase-2017").tables[valve].rules
    assert [rule.reading for rule in rules if re.search(r"\bgrade I", rule.reading)] == []


#: name -> case, what is said of its stage
STAGES = {
    "no symptoms entered": ("aortic acc-aha-2020 eroa=0.35 lv_ejection_fraction=60 lv_end_systolic_diameter=4", "No stage: needs symptoms."),
    "half of C1": ("aortic acc-aha-2020 eroa=0.35 symptoms=no lv_ejection_fraction=60", "No stage: needs LV end-systolic diameter."),
    "mechanism unknown": ("mitral acc-aha-2020 eroa=0.5 symptoms=no lv_ejection_fraction=65 lv_end_systolic_diameter=3.5", "No stage: needs mechanism."),
    "secondary": ("mitral acc-aha-2020 eroa=0.5 mechanism=secondary", "No stage: needs symptoms."),
    "a stage": ("aortic acc-aha-2020 eroa=0.35 symptoms=no lv_ejection_fraction=50", "Stage C2: LV ejection fraction 50 % (<= 55 %)."),
    "a stage by words alone": ("aortic acc-aha-2020 eroa=0.35 symptoms=yes", ""),
    "indeterminate": ("aortic acc-aha-2020 eroa=0.35 lv_size=normal", ""),
    "recorded trace": ("mitral acc-aha-2020 regurgitation=trace", ""),
    "no stages": ("aortic ase-2017 eroa=0.35", ""),
}  # fmt: skip


@pytest.mark.parametrize(("case", "sentence"), STAGES.values(), ids=STAGES)
def test_a_stage_that_is_missing_says_what_it_waits_for(case: str, sentence: str) -> None:
    assert stage_text(explained(case)) == sentence


#: name -> case, why
ONE_CRITERION = {
    "esc": ("mitral esc-2021 regurgitation=trace eroa=0.45", "yet 1 of 11 criteria for severe is met."),
    "ase": ("mitral ase-2017 regurgitation=none flail_leaflet=yes", "yet 1 of 6 criteria for severe is met; nothing was quantified."),
    "two": ("mitral ase-2017 regurgitation=none flail_leaflet=yes lv_size=dilated lv_function=normal", "yet 2 of 6 criteria for severe are met; nothing was quantified."),
    "disagreeing": ("tricuspid esc-2021 vena_contracta_width=0.9 cw_jet=dense", "the criteria disagree: 1 of 9 is severe, 2 of 9 assessed."),
}  # fmt: skip


@pytest.mark.parametrize(("case", "end"), ONE_CRITERION.values(), ids=ONE_CRITERION)
def test_one_criterion_is_met_and_several_are(case: str, end: str) -> None:
    assert explained(case).reason.endswith(end)


@pytest.mark.hazard("reading-as-paper")
@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("mitral ase-2017 eroa=0.45 flail_leaflet=yes pulmonary_vein_flow=systolic_reversal colour_jet=large_central vena_contracta_width=0.8", "Rule 7 (published: Figure 18, p 333)."),
        ("mitral ase-2017 colour_jet=intermediate", "Rule 14 (our reading: fewer than three assessed criteria do not carry a grade)."),
        ("mitral ase-2017 eroa=35", ""),
    ],
)  # fmt: skip
def test_a_reading_is_never_shown_as_the_papers_words(case: str, sentence: str) -> None:
    assert rule_source(explained(case)) == sentence


def test_what_a_table_does_not_read_is_not_worked_out() -> None:
    names = [view.measurement for view in explained("mitral ase-2017 flail_leaflet=yes eroa=0.3").derived]
    assert "valve_destruction" not in names


@pytest.mark.parametrize("paper", list_guidelines())
def test_cautions_stand_in_every_table(paper: str) -> None:
    assert all(table.cautions for table in load_guideline(paper).tables.values())


def test_values_as_python_gives_them() -> None:
    assert grade("mitral", eroa=10**400).status == "rejected"
    assert grade("mitral", eroa=pd.NA, flail_leaflet=pd.NaT).status == "insufficient_data"
    for wrong in ({"valve": None}, {"valve": "mitral", "guideline": None}):
        with pytest.raises(UsageError):
            grade(**wrong)  # type: ignore[arg-type]
    assert grade("mitral", flail_leaflet=True).reading.columns()["flail_leaflet"][0] == 2
    assert grade("mitral", eroa=True).status == "rejected"
    assert grade("mitral", eroa="0.4 kg").status == "rejected"
    assert grade("mitral", eroa=float("inf")).status == "rejected"
    assert grade("mitral", regurgitant_fraction="0.52 fraction", eroa=0.45).decision is not None
    with pytest.raises(UsageError):
        grade("mitral", derived_eroa=1)
