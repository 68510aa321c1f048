"""The report sentence and what to measure next, a row a case."""

from __future__ import annotations

import pytest

from grading import grade
from grading.explanation.next_step import next_step
from grading.explanation.report import report
from grading.explanation.value_text import report_value
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import load_guideline

AS_ASE = "by ASE 2017"
#: name -> case, report sentence
REPORTS = {
    "quantified": ("mitral ase-2017 eroa=0.45 regurgitant_volume=62", f"Severe mitral regurgitation (grade IV) {AS_ASE}: EROA 0.45 cm2 and regurgitant volume 62 mL."),
    "mechanism": ("mitral ase-2017 mechanism=secondary eroa=0.45", f"Severe secondary mitral regurgitation (grade IV) {AS_ASE}, by a single parameter: EROA 0.45 cm2."),
    "single": ("mitral ase-2017 eroa=0.25", f"Moderate mitral regurgitation (grade II) {AS_ASE}, by a single parameter: EROA 0.25 cm2."),
    "one radius": ("mitral ase-2017 pisa_radius=0.9 aliasing_velocity=40 peak_velocity=500 regurgitant_vti=150", f"Severe mitral regurgitation (grade IV) {AS_ASE}, by a single parameter: PISA radius 0.9 cm (EROA 0.41 cm2 and regurgitant volume 61 mL follow from it)."),
    "one volumetric study": ("mitral ase-2017 mitral_annulus_diameter=3.5 mitral_annulus_vti=14 lvot_diameter=2.0 lvot_vti=18", f"Severe mitral regurgitation (grade IV) {AS_ASE}, by a single parameter: one volumetric study (regurgitant volume 78 mL and regurgitant fraction 58 % follow from it)."),
    "late-systolic": ("mitral ase-2017 holosystolic=no eroa=0.36 regurgitant_volume=27", f"Mild late-systolic mitral regurgitation (grade I) {AS_ASE}, by a single parameter: regurgitant volume 27 mL; EROA 0.36 cm2 not counted (late-systolic regurgitation)."),
    "majority": ("mitral ase-2017 eroa=0.45 regurgitant_volume=52.7 regurgitant_fraction=40", f"Moderate mitral regurgitation {AS_ASE}, by majority (range moderate to severe): EROA 0.45 cm2 (grade IV), regurgitant volume 53 mL (grade III) and regurgitant fraction 40 % (grade III)."),
    "raised by the orifice": ("mitral ase-2017 eroa=0.35 regurgitant_volume=50 elliptical_orifice=yes", f"Severe mitral regurgitation {AS_ASE}: EROA 0.35 cm2 and regurgitant volume 50 mL; raised to severe because the orifice is elliptical, where PISA underestimates."),
    "raised by signs": ("mitral ase-2017 eroa=0.32 regurgitant_volume=65 vena_contracta_width=0.8 flail_leaflet=yes colour_jet=large_central", f"Severe mitral regurgitation {AS_ASE}: EROA 0.32 cm2 (grade III) and regurgitant volume 65 mL (grade IV); raised to severe by three signs for severe (of 6): large central jet, vena contracta width 0.8 cm and flail leaflet."),
    "signs widen": ("mitral ase-2017 eroa=0.32 vena_contracta_width=0.8 flail_leaflet=yes", f"Moderate mitral regurgitation (grade III) {AS_ASE}, by a single parameter (range moderate to severe): EROA 0.32 cm2; two signs for severe (of 6): vena contracta width 0.8 cm and flail leaflet."),
    "definite": ("mitral ase-2017 colour_jet=large_central flail_leaflet=yes vena_contracta_width=0.8 pulmonary_vein_flow=systolic_reversal", f"Severe mitral regurgitation {AS_ASE}: four signs for severe (of 6): large central jet, vena contracta width 0.8 cm, flail leaflet and systolic pulmonary vein reversal; nothing was quantified."),
    "probable": ("tricuspid ase-2017 colour_jet=large_central cw_jet=dense_triangular hepatic_vein_flow=systolic_reversal", f"Probably severe tricuspid regurgitation {AS_ASE} (range moderate to severe): three signs for severe (of 7): large central jet, dense triangular CW jet and systolic hepatic vein reversal; no sign for mild; nothing was quantified."),
    "probably moderate": ("mitral ase-2017 colour_jet=intermediate cw_jet=dense vena_contracta_width=0.5 mitral_inflow=variable", f"Probably moderate mitral regurgitation {AS_ASE} (range mild to severe): neutral: jet of intermediate size, vena contracta width 0.5 cm, variable mitral inflow and dense CW jet; nothing was quantified."),
    "none": ("mitral ase-2017 regurgitation=none", f"No mitral regurgitation {AS_ASE}: recorded as none."),
    "trace": ("mitral ase-2017 regurgitation=trace", f"Trace mitral regurgitation {AS_ASE}: recorded as trace."),
    "neighbours": ("mitral ase-2017 eroa=0.407 regurgitant_volume=57", f"Mitral regurgitation: severity could not be determined {AS_ASE}, moderate or severe. EROA 0.41 cm2 (grade IV) and regurgitant volume 57 mL (grade III)."),
    "far apart": ("mitral ase-2017 image_quality=poor eroa=0.5", f"Mitral regurgitation: severity could not be determined {AS_ASE}, anything from mild to severe. Poor image quality; EROA 0.50 cm2 (grade IV)."),
    "contradicted record": ("mitral ase-2017 regurgitation=none eroa=0.5", f"Mitral regurgitation: severity could not be determined {AS_ASE}, anything from none to severe. Recorded as none; EROA 0.50 cm2 (grade IV)."),
    "listed, not counted": ("aortic ase-2017 vena_contracta_width=0.55 pressure_half_time=280 descending_aorta_reversal=holodiastolic", f"Aortic regurgitation: severity could not be determined {AS_ASE}, moderate or severe. One sign for severe (of 7): holodiastolic descending aorta reversal; no sign for mild; vena contracta width 0.6 cm and pressure half-time 280 ms are moderate in Table 11; nothing was quantified."),
    "insufficient": ("tricuspid ase-2017 rv_basal_diameter=4.5 tapse=2.0", f"Tricuspid regurgitation: insufficient data to grade {AS_ASE}; one sign for severe (of 7): dilated RV with preserved function; no sign for mild; nothing was quantified."),
    "nothing": ("aortic ase-2017", f"Aortic regurgitation: insufficient data to grade {AS_ASE}; no sign for severe or mild; nothing was quantified."),
    "rejected": ("mitral ase-2017 eroa=35", f"Mitral regurgitation: not graded {AS_ASE}."),
    "not covered": ("pulmonic esc-2021 jet_width_ratio=80", "Pulmonic regurgitation: not graded by ESC 2021."),
    "esc severe": ("mitral esc-2021 eroa=0.5 vena_contracta_width=8mm flail_leaflet=yes", "Severe mitral regurgitation by ESC 2021: EROA 0.50 cm2, flail leaflet and vena contracta width 0.8 cm."),
    "esc not severe": ("mitral esc-2021 eroa=0.2 vena_contracta_width=5mm", "Mitral regurgitation, not severe by ESC 2021: EROA 0.20 cm2 and vena contracta width 0.5 cm."),
    "esc open": ("tricuspid esc-2021 vena_contracta_width=0.9 hepatic_vein_flow=systolic_reversal cw_jet=dense", "Tricuspid regurgitation: severity could not be determined by ESC 2021, severe or not. Severe: vena contracta width 0.9 cm and systolic hepatic vein reversal; not severe: dense CW jet; nothing was quantified."),
    "esc insufficient": ("mitral esc-2021 vena_contracta_width=9mm", "Mitral regurgitation: insufficient data to grade by ESC 2021; severe: vena contracta width 0.9 cm; another criterion or a quantity is needed; nothing was quantified."),
    "at least": ("tricuspid hahn-zamorano-2017 eroa=85mm2 vena_contracta_width_biplane=15mm", "At least massive tricuspid regurgitation by Hahn-Zamorano 2017, by majority (range massive to torrential): biplane vena contracta width 1.5 cm (massive) and EROA 0.85 cm2 (torrential)."),
    "raised on one side": ("aortic ase-2017 jet_width_ratio=70 vena_contracta_width=0.65 flail_leaflet=yes eroa=0.2 regurgitant_volume=40", "Aortic regurgitation: severity could not be determined by ASE 2017, moderate or severe. EROA 0.20 cm2 (grade III) and regurgitant volume 40 mL (grade II); grade III raised to severe by three signs for severe (of 7): vena contracta width 0.7 cm, jet width ratio 70 % and flail leaflet; no sign for mild."),
    "raised against a sign": ("mitral ase-2017 eroa=0.32 regurgitant_volume=50 regurgitant_fraction=35 vena_contracta_width=0.8 flail_leaflet=yes colour_jet=large_central cw_jet=faint_or_incomplete", "Severe mitral regurgitation by ASE 2017, by majority (range moderate to severe): EROA 0.32 cm2 (grade III), regurgitant volume 50 mL (grade III) and regurgitant fraction 35 % (grade II); grade III raised to severe by three signs for severe (of 6): large central jet, vena contracta width 0.8 cm and flail leaflet; one sign for mild (of 6): faint or incomplete CW jet."),
    "elliptical, and not settled": ("mitral ase-2017 eroa=0.28 regurgitant_volume=50 elliptical_orifice=yes", "Mitral regurgitation: severity could not be determined by ASE 2017, moderate or severe. EROA 0.28 cm2 (grade II) and regurgitant volume 50 mL (grade III); grade III raised to severe because the orifice is elliptical, where PISA underestimates."),
    "a width is a quantity and a sign": ("tricuspid ase-2017 vena_contracta_width=0.2 colour_jet=large_central flow_convergence=large cw_jet=sine_wave flail_leaflet=yes", "Tricuspid regurgitation: severity could not be determined by ASE 2017, anything from mild to severe. Vena contracta width 0.2 cm (mild); four signs for severe (of 7): large central jet, large flow convergence, sine-wave CW jet and flail leaflet; no other sign for mild."),
    "a width and other signs": ("tricuspid ase-2017 vena_contracta_width=0.8 colour_jet=large_central flow_convergence=large eroa=0.3", "Tricuspid regurgitation: severity could not be determined by ASE 2017, moderate or severe. Vena contracta width 0.8 cm (severe) and EROA 0.30 cm2 (moderate); two other signs for severe (of 7): large central jet and large flow convergence; no sign for mild."),
    "one radius, severe only": ("mitral esc-2021 pisa_radius=1.1 aliasing_velocity=38 peak_velocity=520", "Severe mitral regurgitation by ESC 2021, by a single parameter: PISA radius 1.1 cm (EROA 0.56 cm2 and large flow convergence follow from it)."),
    "one radius, a row of its own": ("tricuspid esc-2021 pisa_radius=0.8 aliasing_velocity=28 peak_velocity=300", "Tricuspid regurgitation, not severe by ESC 2021, by a single parameter: PISA radius 0.8 cm (EROA 0.38 cm2 follows from it)."),
    "one radius, a range": ("mitral acc-aha-2020 pisa_radius=0.9 aliasing_velocity=40 peak_velocity=500 regurgitant_vti=140 lvot_diameter=2 lvot_vti=20", "Progressive mitral regurgitation by ACC/AHA 2020, by a single parameter (range progressive to severe), stage B: regurgitant volume 57 mL (progressive), regurgitant fraction 48 % (progressive) and EROA 0.41 cm2 (severe); all from PISA radius 0.9 cm."),
    "one radius, severe or not": ("mitral esc-2021 pisa_radius=0.9 aliasing_velocity=40 peak_velocity=500", "Severe mitral regurgitation by ESC 2021, by a single parameter (range not severe to severe): EROA 0.41 cm2; not severe: intermediate flow convergence; both from PISA radius 0.9 cm."),
    "a quantity between the ends": ("tricuspid ase-2017 vena_contracta_width=0.5 eroa=0.45 cw_jet=dense", "Tricuspid regurgitation: severity could not be determined by ASE 2017, moderate or severe. Vena contracta width 0.5 cm (moderate) and EROA 0.45 cm2 (severe); neutral: dense CW jet."),
    "none, whatever its cause": ("mitral ase-2017 regurgitation=none mechanism=primary holosystolic=no", "No mitral regurgitation by ASE 2017: recorded as none."),
    "two findings, one criterion": ("mitral esc-2021 flail_leaflet=yes coaptation_defect=yes", "Mitral regurgitation: insufficient data to grade by ESC 2021; severe: flail leaflet and coaptation defect; another criterion or a quantity is needed; nothing was quantified."),
    "an absence that is not counted": ("aortic acc-aha-2020 abdominal_aorta_reversal=none eroa=0.35", "Severe aortic regurgitation by ACC/AHA 2020, by a single parameter: EROA 0.35 cm2."),
    "stage": ("mitral acc-aha-2020 mechanism=primary symptoms=no eroa=0.5 regurgitant_volume=65 lv_ejection_fraction=58 lv_end_systolic_diameter=4.2", "Severe primary mitral regurgitation by ACC/AHA 2020, stage C2 (LV ejection fraction 58 % (<= 60 %), LV end-systolic diameter 4.2 cm (>= 4.0 cm)): regurgitant volume 65 mL and EROA 0.50 cm2."),
    "stage of secondary": ("mitral acc-aha-2020 mechanism=secondary symptoms=no eroa=0.5", "Severe secondary mitral regurgitation by ACC/AHA 2020, by a single parameter, stage C: EROA 0.50 cm2."),
}  # fmt: skip
BY_TEE, BY_CMR = "; TEE or CMR where that leaves it open.", "; CMR where that leaves it open."
#: name -> case, what to measure next
NEXT = {
    "settled": ("mitral ase-2017 eroa=0.45 regurgitant_volume=62", ""),
    "recorded": ("mitral ase-2017 regurgitation=none", ""),
    "nothing": ("mitral ase-2017", f"EROA, regurgitant volume or regurgitant fraction{BY_TEE}"),
    "PISA lacks one": ("mitral ase-2017 pisa_radius=0.9 aliasing_velocity=40", f"Peak velocity, which completes the EROA by PISA, then regurgitant volume or regurgitant fraction{BY_TEE}"),
    "PISA lacks two": ("aortic ase-2017 pisa_radius=0.9", f"Aliasing velocity and peak velocity, which complete the EROA by PISA, then regurgitant volume or regurgitant fraction{BY_TEE}"),
    "signs": ("aortic ase-2017 vena_contracta_width=0.55 pressure_half_time=280 descending_aorta_reversal=holodiastolic", f"EROA, regurgitant volume or regurgitant fraction{BY_TEE}"),
    "third quantity": ("mitral ase-2017 eroa=0.407 regurgitant_volume=57", f"Regurgitant fraction{BY_TEE}"),
    "numbers do not settle": ("mitral ase-2017 eroa=0.32 regurgitant_volume=50 regurgitant_fraction=52 vena_contracta_width=0.25 colour_jet=small_central", "TEE or CMR; no further quantity settles it."),
    "poor images": ("mitral ase-2017 image_quality=poor eroa=0.5", "TEE or CMR."),
    "one witness": ("mitral ase-2017 eroa=0.25", f"To confirm it: regurgitant volume or regurgitant fraction{BY_TEE}"),
    "one radius, all worked out": ("mitral ase-2017 pisa_radius=0.9 aliasing_velocity=40 peak_velocity=500 regurgitant_vti=150 lvot_diameter=2 lvot_vti=18", "To confirm it: a quantity that does not rest on the PISA radius, or TEE or CMR."),
    "pulmonic": ("pulmonic ase-2017 jet_width_ratio=80 cw_jet=dense pressure_half_time=80", f"To confirm it: regurgitant fraction{BY_CMR}"),
    "CMR was done": ("tricuspid ase-2017 eroa=0.3 cmr_regurgitant_fraction=50", "To confirm it: vena contracta width or regurgitant volume; TEE where that leaves it open."),
    "CMR was done, and is all there is": ("pulmonic ase-2017 regurgitant_fraction=30 cmr_regurgitant_fraction=30", ""),
    "CMR was done, poor images": ("mitral ase-2017 image_quality=poor eroa=0.5 cmr_regurgitant_volume=70", "TEE."),
    "CMR was done, one radius": ("mitral ase-2017 pisa_radius=0.9 aliasing_velocity=40 peak_velocity=500 regurgitant_vti=150 lvot_diameter=2 lvot_vti=18 cmr_regurgitant_volume=70", "To confirm it: a quantity that does not rest on the PISA radius, or TEE."),
    "not covered": ("pulmonic esc-2021", ""),
}  # fmt: skip


def explained(case: str):  # type: ignore[no-untyped-def]
    valve, guideline, *inputs = case.split()
    return grade(valve, guideline, **dict(part.split("=", 1) for part in inputs)).explanation


@pytest.mark.parametrize(("case", "sentence"), REPORTS.values(), ids=REPORTS)
def test_the_report_sentence(case: str, sentence: str) -> None:
    assert report(explained(case)) == sentence


@pytest.mark.parametrize(("case", "sentence"), NEXT.values(), ids=NEXT)
def test_what_to_measure_next(case: str, sentence: str) -> None:
    assert next_step(explained(case)) == sentence


@pytest.mark.hazard("rounding")
@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("0.396", "0.396 cm2"),
        ("0.45", "0.45 cm2"),
        ("0.2999", "0.2999 cm2"),
        ("0.304", "0.30 cm2"),
        ("0.305", "0.31 cm2"),
    ],
)
def test_a_printed_number_never_leaves_its_band(value: str, printed: str) -> None:
    table = load_guideline("ase-2017").tables["mitral"]
    assert report_value(load_catalogue().numbers["eroa"], float(value), table) == printed
