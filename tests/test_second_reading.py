"""The second reading of the specification against the specification's own traps and examples, and the vectors."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.random_cases import random_rows
from support.second_answer import Answer
from support.second_filling import filled_values
from support.second_reading import TABLES, second_reading
from support.typed_values import typed_study, typed_values
from support.vectors import TESTS, VECTORS, read_vectors, table_of

PISA = "aliasing_velocity=40cm/s peak_velocity=500cm/s regurgitant_vti=140cm lvot_diameter=2.0cm lvot_vti=20cm"
THREE_SIGNS = "vena_contracta_width=0.8cm flail_leaflet=yes colour_jet=large_central"
TR_SIGNS = "colour_jet=large_central cw_jet=dense_triangular hepatic_vein_flow=systolic_reversal"

SECONDARY = "mechanism=secondary elliptical_orifice=yes low_flow=yes"

#: (id, guideline, valve, inputs, "grade low high certainty rule")
EXAMPLES = [
    ("trap-02-ase", "ase-2017", "mitral", f"{SECONDARY} eroa=0.20cm2", "moderate moderate moderate single_parameter 15"),
    ("trap-02-esc-2021", "esc-2021", "mitral", f"{SECONDARY} eroa=0.20cm2", "not_severe not_severe not_severe single_parameter 4"),
    ("trap-02-esc-2025", "esc-2025", "mitral", f"{SECONDARY} eroa=0.20cm2", "not_severe not_severe not_severe single_parameter 4"),
    ("trap-02-acc-aha", "acc-aha-2020", "mitral", f"{SECONDARY} eroa=0.20cm2", "progressive progressive progressive single_parameter 3"),
    ("trap-03-ar-0.6", "acc-aha-2020", "aortic", "vena_contracta_width=6mm", "moderate moderate moderate single_parameter 3"),
    ("trap-03-ar-0.61", "acc-aha-2020", "aortic", "vena_contracta_width=6.1mm", "severe severe severe single_parameter 3"),
    ("trap-03-tr-ase", "ase-2017", "tricuspid", "vena_contracta_width=7mm", "severe severe severe single_parameter 15"),
    ("trap-03-tr-tvarc", "tvarc-2023", "tricuspid", "vena_contracta_width_biplane=7mm", "severe severe severe single_parameter 3"),
    ("trap-03-tr-esc-2025", "esc-2025", "tricuspid", "vena_contracta_width=7mm flail_leaflet=yes", "severe severe severe probable 6"),
    ("trap-03-tr-esc-2021", "esc-2021", "tricuspid", "vena_contracta_width=7mm flail_leaflet=yes", "indeterminate not_severe severe indeterminate 9"),
    ("trap-04-mr", "ase-2017", "mitral", f"{THREE_SIGNS} pulmonary_vein_flow=systolic_reversal", "severe severe severe definite 7"),
    ("trap-04-pr", "ase-2017", "pulmonic", "jet_width_ratio=70% early_termination=yes pa_branch_reversal=yes", "severe severe severe definite 7"),
    ("trap-05-eroa", "tvarc-2023", "tricuspid", "eroa=75mm2", "massive massive massive single_parameter 3"),
    ("trap-05-volumetric", "tvarc-2023", "tricuspid", "eroa_volumetric=75mm2", "severe severe severe single_parameter 3"),
    ("trap-06", "ase-2017", "tricuspid", "regurgitant_volume=45mL", "severe severe severe single_parameter 15"),
    ("trap-07-acc-aha", "acc-aha-2020", "mitral", "mechanism=primary jet_area_ratio=45%", "severe severe severe single_parameter 3"),
    ("trap-07-esc", "esc-2021", "mitral", "jet_area_ratio=50.1% jet_direction=central flail_leaflet=yes", "severe severe severe probable 6"),
    ("trap-07-esc-at-50", "esc-2021", "mitral", "jet_area_ratio=50% jet_direction=central flail_leaflet=yes", "insufficient_data - - insufficient 10"),
    ("trap-08", "ase-2017", "mitral", "pisa_radius=1.2cm peak_velocity=500cm/s regurgitant_vti=140cm", "insufficient_data - - insufficient 14"),
    ("trap-09", "ase-2017", "pulmonic", "pr_index=0.6 pressure_half_time=80ms deceleration_time=200ms", "insufficient_data - - insufficient 14"),
    ("trap-10", "ase-2017", "mitral", f"{THREE_SIGNS} lv_size=dilated lv_function=reduced", "severe moderate severe probable 10"),
    ("trap-11", "ase-2017", "tricuspid", "vena_contracta_width=3mm", "moderate moderate moderate single_parameter 15"),
    ("trap-12", "ase-2017", "mitral", "eroa=NaN regurgitant_volume=20mL", "mild mild mild single_parameter 15"),
    ("trap-13-zero", "ase-2017", "mitral", "eroa=0cm2", "mild mild mild single_parameter 15"),
    ("trap-13-blank", "ase-2017", "mitral", "eroa= regurgitant_volume=NA", "insufficient_data - - insufficient 14"),
    ("trap-14", "ase-2017", "mitral", f"pisa_radius=10mm {PISA}", "severe severe severe single_parameter 15"),
    ("trap-15-two", "ase-2017", "mitral", "eroa=0.407cm2 regurgitant_volume=57mL", "indeterminate moderate severe indeterminate 15"),
    ("trap-15-three", "ase-2017", "mitral", "eroa=0.45cm2 regurgitant_volume=52.7mL regurgitant_fraction=40%", "moderate moderate severe majority 15"),
    ("trap-16-smaller", "ase-2017", "mitral", f"eroa=0.32cm2 regurgitant_volume=50mL {THREE_SIGNS}", "severe severe severe quantified 15"),
    ("trap-16-larger", "ase-2017", "mitral", f"eroa=0.32cm2 regurgitant_volume=65mL {THREE_SIGNS}", "severe severe severe quantified 15"),
    ("trap-16-elliptical-smaller", "ase-2017", "mitral", "elliptical_orifice=yes eroa=0.35cm2", "severe severe severe single_parameter 15"),
    ("trap-16-elliptical-larger", "ase-2017", "mitral", "elliptical_orifice=yes eroa=0.45cm2", "severe severe severe single_parameter 15"),
    ("trap-17", "ase-2017", "tricuspid", TR_SIGNS, "severe moderate severe probable 10"),
    ("trap-18", "ase-2017", "mitral", f"eroa=0.32cm2 regurgitant_volume=40mL {THREE_SIGNS}", "indeterminate moderate severe indeterminate 15"),
    ("trap-19-a-wave", "esc-2025", "mitral", "mitral_inflow=a_wave_dominant e_wave_velocity=150cm/s flail_leaflet=yes", "indeterminate not_severe severe indeterminate 9"),
    ("trap-19-e-wave", "esc-2025", "mitral", "mitral_inflow=e_wave_dominant e_wave_velocity=150cm/s flail_leaflet=yes", "severe severe severe probable 6"),
    ("trap-20", "esc-2025", "tricuspid", "pisa_radius=0.95cm aliasing_velocity=30cm/s", "insufficient_data - - insufficient 10"),
    ("trap-22", "ase-2017", "mitral", "regurgitation=none lv_size=dilated lv_function=normal", "none none none definite 2"),
    ("three-signs-are-not-moderate", "ase-2017", "tricuspid", f"{TR_SIGNS} flail_leaflet=no coaptation_defect=no", "severe moderate severe probable 10"),
    ("pulmonic-two-signs", "ase-2017", "pulmonic", "jet_width_ratio=80% cw_jet=dense pressure_half_time=80ms pr_index=0.7 deceleration_time=200ms", "severe moderate severe probable 10"),
    ("elliptical-raises", "ase-2017", "mitral", "eroa=0.35cm2 regurgitant_volume=50mL elliptical_orifice=yes", "severe severe severe quantified 15"),
    ("radius-is-one-parameter", "ase-2017", "mitral", "pisa_radius=9mm aliasing_velocity=40cm/s peak_velocity=500cm/s regurgitant_vti=150cm lvot_diameter=20mm lvot_vti=18cm", "severe severe severe single_parameter 15"),
    ("late-systolic-orifice-does-not-vote", "ase-2017", "mitral", "holosystolic=no eroa=0.45cm2 lv_size=normal la_size=normal", "insufficient_data - - insufficient 14"),
    ("late-systolic-volume-votes", "ase-2017", "mitral", "holosystolic=no eroa=0.36cm2 regurgitant_volume=27mL", "mild mild mild single_parameter 15"),
    ("poor-image", "ase-2017", "mitral", "image_quality=poor eroa=0.5cm2", "indeterminate mild severe indeterminate 4"),
    ("impossible-aortic-volume", "ase-2017", "aortic", "pisa_radius=1.2cm aliasing_velocity=40cm/s peak_velocity=400cm/s regurgitant_vti=230cm lvot_diameter=2.0cm lvot_vti=22cm mitral_annulus_diameter=3.0cm mitral_annulus_vti=8cm", "indeterminate mild severe indeterminate 15"),
    ("two-agreeing-rows-decide", "esc-2021", "tricuspid", "vena_contracta_width=0.9cm hepatic_vein_flow=systolic_reversal", "severe severe severe probable 6"),
    ("one-severe-sign-two-moderate", "ase-2017", "aortic", "vena_contracta_width=0.55cm pressure_half_time=280ms descending_aorta_reversal=holodiastolic", "indeterminate moderate severe indeterminate 13"),
    ("three-signs-and-quantities", "ase-2017", "mitral", f"eroa=0.32cm2 regurgitant_volume=65mL {THREE_SIGNS}", "severe severe severe quantified 15"),
]  # fmt: skip


def words(answer: Answer) -> str:
    """An answer as the examples write it."""
    return f"{answer.grade} {answer.low or '-'} {answer.high or '-'} {answer.certainty} {answer.rule}"


@pytest.mark.parametrize(
    ("guideline", "valve", "inputs", "demanded"), [e[1:] for e in EXAMPLES], ids=[e[0] for e in EXAMPLES]
)
def test_examples(guideline: str, valve: str, inputs: str, demanded: str) -> None:
    assert words(second_reading(guideline, valve, typed_values(inputs))) == demanded


@pytest.mark.parametrize(
    ("valve", "inputs", "demanded"),
    [
        ("mitral", f"mechanism=secondary eroa=0.45cm2 symptoms=no lv_ejection_fraction={lvef}% lv_end_systolic_diameter=3.5cm", "C")
        for lvef in (35, 60, 65)
    ]
    + [
        ("mitral", "mechanism=secondary eroa=0.45cm2 symptoms=yes", "D"),
        ("mitral", "mechanism=secondary eroa=0.45cm2", ""),
        ("mitral", "eroa=0.45cm2 symptoms=no lv_ejection_fraction=50%", ""),
        ("mitral", "mechanism=primary eroa=0.45cm2 symptoms=no lv_ejection_fraction=60%", "C2"),
        ("mitral", "mechanism=primary regurgitation=trace", ""),
        ("aortic", "eroa=0.35cm2 symptoms=no lv_ejection_fraction=60% lv_end_systolic_diameter=4.5cm", "C1"),
        ("aortic", "eroa=0.35cm2 symptoms=no lv_ejection_fraction=60% lv_end_systolic_diameter=4.5cm body_surface_area=1.8m2", "C1"),
        ("aortic", "eroa=0.35cm2 symptoms=no lv_ejection_fraction=60% lv_end_systolic_diameter=4.6cm body_surface_area=1.8m2", "C2"),
        ("aortic", "eroa=0.35cm2 symptoms=no lv_end_systolic_diameter=4.6cm body_surface_area=1.8m2", "C2"),
    ],
)  # fmt: skip
def test_stages(valve: str, inputs: str, demanded: str) -> None:
    assert second_reading("acc-aha-2020", valve, typed_values(inputs)).stage == demanded


FLOWS = "lvot_diameter=2.0cm lvot_vti=20cm mitral_annulus_diameter=3.0cm mitral_annulus_vti=15cm"


@pytest.mark.parametrize(
    ("valve", "inputs", "other", "name", "demanded"),
    [
        ("mitral", "eroa=0.2cm2 regurgitant_vti=200cm lvot_diameter=2cm lvot_vti=20cm", "", "regurgitant_fraction", 38.9),
        ("aortic", "eroa=0.2cm2 regurgitant_vti=200cm lvot_diameter=2cm lvot_vti=20cm", "", "regurgitant_fraction", 63.7),
        ("mitral", FLOWS, "", "regurgitant_volume", 43.2),
        ("mitral", FLOWS, "regurgitation=none", "regurgitant_volume", 43.2),
        ("mitral", FLOWS, "eroa=0cm2", "regurgitant_volume", 43.2),
        ("mitral", FLOWS, "regurgitation=present", "regurgitant_volume", None),
        ("mitral", FLOWS, "vena_contracta_width=1mm", "regurgitant_volume", None),
        ("mitral", f"{FLOWS} lv_end_diastolic_volume=150mL lv_end_systolic_volume=50mL", "eroa=0.1cm2", "regurgitant_volume", 37.2),
        ("mitral", f"{FLOWS} regurgitant_volume=40mL", "eroa=0.1cm2", "regurgitant_fraction", 38.9),
        ("aortic", "eroa=0.4cm2 regurgitant_vti=200cm lvot_diameter=2cm lvot_vti=20cm", "", "regurgitant_volume", None),
        ("aortic", "regurgitant_volume=80mL lvot_diameter=2cm lvot_vti=20cm", "", "regurgitant_fraction", None),
        ("aortic", "eroa=0.4cm2 regurgitant_vti=200cm lvot_diameter=2.4cm lvot_vti=15cm mitral_annulus_diameter=2.5cm mitral_annulus_vti=10cm", "", "regurgitant_volume", 18.8),
        ("aortic", "regurgitant_volume=80mL lvot_diameter=2.4cm lvot_vti=15cm mitral_annulus_diameter=2.5cm mitral_annulus_vti=10cm", "", "regurgitant_fraction", None),
        ("mitral", "height=170cm weight=70kg", "", "body_surface_area", 1.8),
    ],
)  # fmt: skip
def test_worked_out_values(valve: str, inputs: str, other: str, name: str, demanded: float | None) -> None:
    others = {"aortic" if valve == "mitral" else "mitral": typed_values(other)} if other else {}
    value = filled_values(valve, typed_values(inputs), others).get(name)
    assert (value if value is None else round(float(value), 1)) == demanded


def demand(row: dict[str, str]) -> str:
    """What a vector demands, as the examples write it."""
    ends = row["grade_low"] or "-", row["grade_high"] or "-"
    return " ".join((row["grade"], *ends, row["certainty"], row["rule"]))


@pytest.mark.hazard("wrong-table")
@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_agrees_with_the_vectors(path: Path) -> None:
    guideline, valve = table_of(path)
    different = []
    for row in read_vectors(path):
        if row["status"] != "rejected":
            answer = second_reading(guideline, valve, typed_values(row["inputs"]))
            counts = [answer.mild, answer.severe, answer.assessed]
            found = [words(answer), answer.stage, answer.status, *("" if n is None else str(n) for n in counts)]
            names = "status", "mild_criteria", "severe_criteria", "criteria_assessed"
            demanded = [demand(row), row.get("stage", ""), *(row[name] for name in names)]
            if found != demanded:
                different.append((row["id"], demanded, found))
    assert different == []


def test_agrees_with_the_vectors_of_studies() -> None:
    different = []
    for row in read_vectors(TESTS / "data" / "study_vectors.csv"):
        if row["status"] != "rejected":
            study = typed_study(row["inputs"])
            found = words(second_reading("ase-2017", row["valve"], study[row["valve"]], study))
            if found != demand(row):
                different.append((row["id"], row["valve"], demand(row), found))
    assert different == []


@pytest.mark.hazard("wrong-table")
@pytest.mark.parametrize(("guideline", "valve"), TABLES, ids="-".join)
def test_random_rows_are_answered(guideline: str, valve: str) -> None:
    rows = random_rows(guideline, valve, 300, seed=1)
    assert rows == random_rows(guideline, valve, 300, seed=1)
    rules = {second_reading(guideline, valve, row).rule for row in rows}
    assert len(rules) >= 2
