"""One explanation of every shape, as a file that a clinician can read. `pytest --renew-golden` writes them anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from grading import grade

FOLDER = Path(__file__).parent / "golden"

#: name -> valve, guideline, what was entered
SHAPES = {
    "definite-severe": "mitral ase-2017 colour_jet=large_central flail_leaflet=yes vena_contracta_width=8mm pulmonary_vein_flow=systolic_reversal",
    "definite-mild": "aortic ase-2017 vena_contracta_width=0.2 jet_width_ratio=20 jet_direction=central cw_jet=faint_or_incomplete pressure_half_time=600",
    "quantified": "mitral ase-2017 mechanism=primary eroa=0.45 regurgitant_volume=62 regurgitant_fraction=52",
    "majority": "mitral ase-2017 eroa=0.45 regurgitant_volume=52.7 regurgitant_fraction=40 flail_leaflet=yes vena_contracta_width=7mm",
    "single-parameter": "mitral ase-2017 eroa=0.25",
    "single-parameter-one-radius": "mitral ase-2017 pisa_radius=9mm aliasing_velocity=40 peak_velocity=500 regurgitant_vti=150 lvot_diameter=20mm lvot_vti=18",
    "probable-severe": "tricuspid ase-2017 colour_jet=large_central cw_jet=dense_triangular hepatic_vein_flow=systolic_reversal",
    "probable-moderate": "mitral ase-2017 colour_jet=intermediate cw_jet=dense vena_contracta_width=0.5 mitral_inflow=variable",
    "probable-mild": "pulmonic ase-2017 colour_jet=small_central cw_jet=faint_or_incomplete pr_index=0.9",
    "raised-by-signs": "mitral ase-2017 eroa=0.32 regurgitant_volume=65 vena_contracta_width=0.8 flail_leaflet=yes colour_jet=large_central",
    "raised-by-an-elliptical-orifice": "mitral ase-2017 eroa=0.35 regurgitant_volume=50 elliptical_orifice=yes",
    "late-systolic": "mitral ase-2017 holosystolic=no eroa=0.36 regurgitant_volume=27 vena_contracta_width=0.7",
    "recorded-none": "mitral ase-2017 regurgitation=none lv_size=dilated lv_function=normal",
    "recorded-none-contradicted": "mitral ase-2017 regurgitation=none eroa=0.5",
    "poor-images": "mitral ase-2017 image_quality=poor eroa=0.5",
    "discordant": "aortic ase-2017 clinical_discordance=yes regurgitant_fraction=30",
    "indeterminate-quantities": "mitral ase-2017 eroa=0.407 regurgitant_volume=57",
    "indeterminate-signs-against-quantities": "mitral ase-2017 eroa=0.32 regurgitant_volume=50 regurgitant_fraction=52 vena_contracta_width=0.25 colour_jet=small_central",
    "indeterminate-signs": "aortic ase-2017 vena_contracta_width=0.55cm pressure_half_time=280 descending_aorta_reversal=holodiastolic",
    "low-stroke-volume": "mitral ase-2017 mechanism=secondary regurgitant_volume=37 regurgitant_fraction=53 low_flow=yes",
    "impossible-volumes": "aortic ase-2017 pisa_radius=1.2 aliasing_velocity=40 peak_velocity=400 regurgitant_vti=230 lvot_diameter=2.0 lvot_vti=22 mitral_annulus_diameter=3.0 mitral_annulus_vti=8",
    "insufficient-nothing": "tricuspid ase-2017",
    "insufficient-begun": "mitral ase-2017 pisa_radius=0.9 jet_area_ratio=55 lv_end_diastolic_diameter=6",
    "rejected": "mitral ase-2017 eroa=35 flail_leaflet=perhaps",
    "not-covered": "pulmonic esc-2021 jet_width_ratio=80",
    "esc-severe": "mitral esc-2021 mechanism=secondary elliptical_orifice=yes eroa=0.32 vena_contracta_width=5mm",
    "esc-not-severe": "aortic esc-2025 eroa=0.2 vena_contracta_width=0.6 descending_aorta_reversal=none_or_brief",
    "esc-indeterminate": "tricuspid esc-2021 vena_contracta_width=0.9 hepatic_vein_flow=systolic_reversal cw_jet=dense",
    "esc-insufficient": "mitral esc-2021 vena_contracta_width=9mm",
    "five-grades": "tricuspid tvarc-2023 vena_contracta_width_biplane=15mm eroa=65mm2 regurgitant_volume=62 hepatic_vein_flow=systolic_reversal",
    "five-grades-at-least": "tricuspid hahn-zamorano-2017 eroa=85mm2 vena_contracta_width_biplane=15mm",
    "five-grades-open": "tricuspid tvarc-2023 pisa_radius=0.9 aliasing_velocity=20 peak_velocity=300",
    "stages-primary": "mitral acc-aha-2020 mechanism=primary symptoms=no eroa=0.5 regurgitant_volume=65 lv_ejection_fraction=58 lv_end_systolic_diameter=4.2",
    "stages-secondary": "mitral acc-aha-2020 mechanism=secondary symptoms=no eroa=0.5 vena_contracta_width=8mm",
    "cmr": "tricuspid ase-2017-cmr cmr_regurgitant_fraction=30",
    "cmr-beside-echo": "mitral ase-2017 eroa=0.5 regurgitant_volume=70 cmr_regurgitant_volume=40 cmr_regurgitant_fraction=35",
}  # fmt: skip
#: the same cases by every guideline
COMPARED = {
    "compared": "mitral ase-2017 mechanism=secondary eroa=0.35 vena_contracta_width=7mm",
    "compared-cut-offs": "tricuspid ase-2017 vena_contracta_width=7mm regurgitant_volume=50",
    "compared-rejected": "mitral ase-2017 eroa=35",
}


def check(name: str, text: str, renew: bool) -> None:
    """The text is that of the file; with `renew` the file becomes that of the text."""
    file = FOLDER / f"{name}.txt"
    if renew:
        FOLDER.mkdir(exist_ok=True)
        file.write_text(text + "\n", encoding="utf-8")
    assert text + "\n" == file.read_text(encoding="utf-8")


def values_of(case: str) -> tuple[str, str, dict[str, str]]:
    valve, guideline, *inputs = case.split()
    return valve, guideline, dict(part.split("=", 1) for part in inputs)


@pytest.mark.hazard("wrong-reason")
@pytest.mark.parametrize("name", SHAPES)
def test_an_explanation_reads_as_it_did(name: str, request: pytest.FixtureRequest) -> None:
    valve, guideline, values = values_of(SHAPES[name])
    check(name, grade(valve, guideline, **values).explain(), request.config.getoption("--renew-golden"))


@pytest.mark.parametrize("name", COMPARED)
def test_a_comparison_reads_as_it_did(name: str, request: pytest.FixtureRequest) -> None:
    valve, guideline, values = values_of(COMPARED[name])
    check(name, grade(valve, guideline, **values).compare(), request.config.getoption("--renew-golden"))


def test_no_golden_file_is_left_over() -> None:
    assert {file.stem for file in FOLDER.glob("*.txt")} == {*SHAPES, *COMPARED}
