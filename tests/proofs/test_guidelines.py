"""Several guidelines side by side: the scoreboard, comparison, stages, and a made-up guideline without Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.paths import ROOT
from typer.testing import CliRunner

from grading import grade, grade_frame, list_guidelines, load_guideline
from grading.cli.main import app
from grading.explanation.comparison import compare
from grading.reference.catalogue import tables

PAPERS = [(paper, valve) for paper in list_guidelines() for valve in load_guideline(paper).tables]


# --- the scoreboard: what other programs get wrong --------------------------------------------------------------------


@pytest.mark.hazard("missing-as-mild")
@pytest.mark.parametrize(("paper", "valve"), PAPERS)
def test_no_input_abstains(paper: str, valve: str) -> None:
    assert grade(valve, paper).grade == "insufficient_data"


@pytest.mark.parametrize(("paper", "valve"), PAPERS)
def test_nan_abstains(paper: str, valve: str) -> None:
    case = grade(valve, paper, eroa=float("nan"), regurgitant_volume=None, vena_contracta_width=np.nan)
    assert case.grade == "insufficient_data"


@pytest.mark.parametrize(("paper", "valve"), PAPERS)
def test_negative_is_refused(paper: str, valve: str) -> None:
    case = grade(valve, paper, regurgitant_volume=-5)
    assert (case.status, case.grade) == ("rejected", None)
    assert "outside 0-400 mL" in case.reason


def test_eroa_and_volume_severe_with_vena_contracta_blank_is_severe() -> None:
    assert grade("mitral", eroa=0.5, regurgitant_volume=70, vena_contracta_width="").grade == "severe"


@pytest.mark.parametrize("paper", ["ase-2017", "acc-aha-2020"])
def test_eroa_027_volume_55_fraction_45_aortic_is_moderate(paper: str) -> None:
    assert grade("aortic", paper, eroa=0.27, regurgitant_volume=55, regurgitant_fraction=45).grade == "moderate"


@pytest.mark.parametrize("paper", list_guidelines())
def test_eroa_in_the_other_unit_is_flagged(paper: str) -> None:
    case = grade(next(iter(load_guideline(paper).tables)), paper, eroa=40)
    assert case.status == "rejected"
    assert "40 mm2 would be plausible" in case.reason


@pytest.mark.hazard("false-certainty")
def test_vena_contracta_mild_with_eroa_and_volume_severe_is_flagged_as_discordant() -> None:
    case = grade("mitral", vena_contracta_width=0.2, eroa=0.5, regurgitant_volume=70)
    assert "Vena contracta width supports mild, the quantities say severe." in case.to_dict()["disagreements"]


@pytest.mark.parametrize("paper", ["ase-2017", "esc-2021", "esc-2025", "acc-aha-2020"])
def test_aortic_vena_contracta_of_exactly_6_mm_is_not_severe(paper: str) -> None:
    found = [grade("aortic", paper, vena_contracta_width=w).to_dict()["criteria"] for w in ("6 mm", "6.1 mm")]
    said = [next(c for c in rows if c["measurement"] == "vena_contracta_width")["argues_for"] for rows in found]
    assert said[0] != "severe"
    assert said[1] == "severe"


@pytest.mark.parametrize(("eroa", "answer"), [("65 mm2", "massive"), ("85 mm2", "torrential")])
def test_tricuspid_eroa_65_and_85_mm2_are_massive_and_torrential(eroa: str, answer: str) -> None:
    assert grade("tricuspid", "hahn-zamorano-2017", eroa=eroa).grade == answer


def test_secondary_mitral_eroa_22_mm2_and_volume_35_is_not_severe() -> None:
    case = grade("mitral", "esc-2021", mechanism="secondary", eroa="22 mm2", regurgitant_volume=35)
    assert case.grade == "not_severe"


def test_pulmonic_regurgitation_can_be_graded() -> None:
    assert grade("pulmonic", regurgitant_fraction=45).grade == "severe"


# --- several guidelines ----------------------------------------------------------------------------------------------


def test_several_guidelines_give_several_cases_and_column_groups() -> None:
    cases = grade("tricuspid", ["ase-2017", "esc-2021"], vena_contracta_width="7 mm", eroa=0.5)
    assert [case.guideline for case in cases] == ["ase-2017", "esc-2021"]
    graded = grade_frame(pd.DataFrame({"eroa": [0.5]}), ["ase-2017", "acc-aha-2020"], valve="tricuspid")
    assert graded["ase_2017_grade"][0] == "severe"
    assert graded["acc_aha_2020_grade"][0] == "not_covered"
    assert graded["echograde_status"][0] == "graded"
    everything = grade_frame(pd.DataFrame({"eroa": [0.5]}), "all", valve="tricuspid")
    assert {f"{paper.replace('-', '_')}_grade" for paper in list_guidelines()} <= set(everything.columns)


@pytest.mark.hazard("wrong-edition")
def test_a_valve_that_is_not_covered_gets_a_sentence() -> None:
    case = grade("pulmonic", "esc-2021", regurgitant_fraction=45)
    assert (case.grade, case.status, case.certainty) == ("not_covered", "not_covered", None)
    assert "does not grade pulmonic regurgitation" in case.reason
    assert "NOT COVERED" in case.explain()


@pytest.mark.hazard("wrong-edition")
def test_the_comparison_names_the_cut_off_that_makes_the_difference() -> None:
    case = grade("tricuspid", vena_contracta_width="7.0 mm")
    sentences = [difference.sentence for difference in compare(case).differences]
    assert sentences == [
        "TR vena contracta width 7.0 mm: severe in ASE 2017 (>= 0.7 cm) and ESC 2025 (>= 7 mm), not in ESC 2021 (> 7 mm)"
    ]
    assert "not in ESC 2021 (> 7 mm)" in " ".join(case.compare().split())


def test_the_comparison_of_equals_says_so() -> None:
    text = grade("mitral", eroa=0.5, regurgitant_volume=70).compare()
    assert "none: no measurement is severe in one guideline and not in another" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_comparison_of_a_rejected_case_is_a_rejection() -> None:
    assert "REJECTED" in grade("mitral", eroa=35).compare()


def test_a_guideline_does_without_an_unreadable_word_and_another_does_not() -> None:
    case = grade("mitral", "esc-2021", flail_leaflet="perhaps", eroa=0.5)
    assert (case.status, case.by("ase-2017").status) == ("graded", "rejected")
    assert (
        case.by("ase-2017").reason
        == "flail leaflet 'perhaps' is none of: no, yes. Write one of them, or leave it blank."
    )
    text = " ".join(case.compare().split())
    assert "ASE 2017 REJECTED" in text and "ASE 2017: flail leaflet 'perhaps' is none of" in text


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_guideline_all_on_the_command_line(words: list[str]) -> None:
    ran = CliRunner().invoke(app, ["explain", "aortic", "vc=6mm", "eroa=0.3", "--guideline", "all", *words])
    assert ran.exit_code == 0
    assert "ACC/AHA 2020" in ran.output or "acc-aha-2020" in ran.output


@pytest.mark.parametrize(
    ("values", "stage"),
    [
        ({"eroa": 0.2}, "B"),
        ({"eroa": 0.4}, None),
        ({"eroa": 0.4, "symptoms": "yes"}, "D"),
        ({"eroa": 0.4, "symptoms": "no", "lv_ejection_fraction": 60, "lv_end_systolic_diameter": 4.5}, "C1"),
        ({"eroa": 0.4, "symptoms": "no", "lv_ejection_fraction": 50}, "C2"),
        ({"eroa": 0.4, "symptoms": "no", "lv_ejection_fraction": 60}, None),
    ],
)
def test_stages_stand_beside_the_grade(values: dict[str, object], stage: str | None) -> None:
    assert grade("aortic", "acc-aha-2020", **values).stage == stage


def test_an_unknown_mechanism_keeps_the_usual_limit_and_says_so() -> None:
    case = grade("mitral", "esc-2021", eroa="32 mm2", elliptical_orifice="yes")
    assert case.grade == "not_severe"
    assert any("mechanism is not known" in caution["text"] for caution in case.to_dict()["cautions"])
    assert grade("mitral", "esc-2021", eroa="32 mm2", elliptical_orifice="yes", mechanism="secondary").grade == "severe"


def test_what_another_leaking_valve_makes_unreliable_is_flagged() -> None:
    row = {
        "mr_eroa": 0.3,
        "mr_rvol": 45,
        "lvot_diameter": 2.0,
        "lvot_vti": 18,
        "ar_vc": 0.4,
        "ar_eroa": 0.2,
        "ar_pht": 300,
    }
    found = grade_frame(pd.DataFrame([row, {**row, "ar_vc": None, "ar_eroa": None, "ar_pht": None}]))
    assert found["mitral_cautions"][0].startswith("regurgitant volume of the mitral valve is invalid beside aortic")
    assert "pressure half-time of the aortic valve is unreliable beside mitral" in found["aortic_cautions"][0]
    assert pd.isna(found["mitral_cautions"][1])
    assert found["mitral_ase_2017_grade"][0] == found["mitral_ase_2017_grade"][1]


def test_methods_that_disagree_are_named() -> None:
    said = " ".join(grade("mitral", eroa=0.1, eroa_volumetric=0.5).to_dict()["disagreements"])
    assert "EROA was entered as 0.1 cm2, but volumetric EROA gives 0.5 cm2" in said
    said = " ".join(
        grade("mitral", jet_area_ratio=60, jet_direction="central", colour_jet="small_central").to_dict()[
            "disagreements"
        ]
    )
    assert "Colour jet was entered as small central" in said


def test_an_entered_value_that_the_table_does_not_use_is_named() -> None:
    case = grade("pulmonic", eroa=0.4)
    assert case.to_dict()["unused"] == ["eroa"]
    assert "Entered, but not used by ASE 2017 for this valve" in case.explain()


# --- a made-up guideline ---------------------------------------------------------------------------------------------


def test_a_made_up_guideline_needs_no_python(tmp_path: Path) -> None:
    """The template, filed under a new id, is graded by, listed and batched, with nothing but its two files."""
    folder = tmp_path / "reference_tables"
    shutil.copytree(str(tables()), folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "made-up").mkdir()
    shutil.copy(folder / "TEMPLATE.toml", folder / "made-up" / "mitral.toml")
    paper = (
        '\n[made-up]\ntitle = "Made up"\nshort = "Made-up 2000"\ncitation = "Nobody A. J Imag 2000;1:1"\ndoi = "none"\n'
    )
    (folder / "references.toml").write_text(
        (folder / "references.toml").read_text(encoding="utf-8") + paper, encoding="utf-8"
    )
    (tmp_path / "in.csv").write_text("eroa_mm2,regurgitant_volume_ml\n45,65\n")

    def echograde(*words: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-m", "grading", *words], capture_output=True, text=True, check=True, cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        return ran.stdout

    assert "made-up" in echograde("guidelines")
    assert "II or milder < 9 <= III or worse" in " ".join(echograde("guidelines", "made-up", "mitral").split())
    assert "SEVERE (quantified)" in echograde(
        "explain", "mitral", "eroa=0.45", "regurgitant_volume=65", "-g", "made-up"
    )
    echograde("grade", "in.csv", "--valve", "mitral", "--guideline", "made-up")
    assert "made_up_grade" in (tmp_path / "in.graded.csv").read_text().splitlines()[0]
    assert ",severe,quantified," in (tmp_path / "in.graded.csv").read_text()


def test_a_file_without_both_grades_cannot_be_reclassified(tmp_path: Path) -> None:
    (tmp_path / "graded.csv").write_text("id,ase_2017_grade\n1,mild\n")
    ran = CliRunner().invoke(app, ["reclassify", str(tmp_path / "graded.csv"), "ase-2017", "esc-2025"])
    assert ran.exit_code == 2
    assert "holds no grades by both" in ran.output
    assert CliRunner().invoke(app, ["reclassify", str(tmp_path / "absent.csv"), "ase-2017", "esc-2025"]).exit_code == 2


@pytest.mark.hazard("missing-as-mild")
@pytest.mark.parametrize("other", [{"ar_regurgitation": "present"}, {"ar_vc": 0.5}, {"ar_eroa": 0.2}])
def test_a_leak_that_is_not_graded_is_not_no_leak(other: dict[str, object]) -> None:
    row = {"mr_mitral_annulus_diameter": 3.5, "mitral_annulus_vti": 13.2, "lvot_diameter": 2.0, "lvot_vti": 20}
    """LVOT-minus-mitral volumes are not filled in beside it, which is said; beside a recorded none they vote."""
    rows = [{**row, "mr_eroa": 0.3, **other}, {**row, "mr_eroa": 0.3, "ar_regurgitation": "none", "lv_size": "dilated"}]
    leaking, absent = (grade_frame(pd.DataFrame([values])).iloc[0] for values in rows)
    assert (leaking["mitral_ase_2017_grade"], leaking["mitral_ase_2017_certainty"]) == ("moderate", "single_parameter")
    assert leaking["mitral_cautions"].startswith("total stroke volume of the mitral valve is not taken from the mitral")
    assert (absent["mitral_ase_2017_grade"], absent["mitral_ase_2017_certainty"]) == ("severe", "majority")
    assert pd.isna(absent["mitral_cautions"])


def test_an_impinging_jet_is_eccentric_and_voids_the_aortic_colour_jet() -> None:
    case = grade(
        "aortic",
        "esc-2021",
        colour_jet="eccentric_wall_impinging",
        vena_contracta_width="6.5 mm",
        pressure_half_time=250,
    )
    assert (case.grade, case.rule, case.to_dict()["counts"]["all"]["assessed"]) == ("indeterminate", 9, 2)
