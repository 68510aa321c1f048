"""Cases to draw: from nothing entered to more than one heart has."""

from __future__ import annotations

from typing import Any

from grading.reference.measurement import VALVES

#: values as a person types them, from nothing to more than one heart has
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    **{f"{valve}, nothing": (valve, {}) for valve in VALVES},
    "mitral, none": ("mitral", {"regurgitation": "none"}),
    "mitral, nothing seen": ("mitral", {"vena_contracta_width": 0, "pisa_radius": 0, "jet_area_ratio": 0}),
    "mitral, mild": ("mitral", {"vena_contracta_width": "2 mm", "colour_jet": "small", "la_size": "normal", "cw_jet": "faint"}),
    "mitral, severe": ("mitral", {"vena_contracta_width": "8 mm", "pisa_radius": "11 mm", "aliasing_velocity": 38, "jet_area_ratio": 55, "flail_leaflet": "yes", "la_size": "dilated", "lv_size": "dilated", "cw_jet": "dense_triangular", "peak_velocity": 480, "pulmonary_vein_flow": "systolic_reversal"}),
    "mitral, all at its most": ("mitral", {"vena_contracta_width": "4 cm", "pisa_radius": "3 cm", "aliasing_velocity": 150, "jet_area_ratio": 100, "colour_jet": "eccentric_wall_impinging", "jet_direction": "eccentric", "flail_leaflet": "yes", "coaptation_defect": "yes", "la_size": "dilated", "lv_size": "dilated", "cw_jet": "faint", "holosystolic": "no", "peak_velocity": 900}),
    "mitral, rejected": ("mitral", {"eroa": "35 cm2", "vena_contracta_width": "7 mm"}),
    "aortic, mild": ("aortic", {"vena_contracta_width": "2 mm", "jet_width_ratio": 15, "lv_size": "normal", "pressure_half_time": 620, "cw_jet": "faint", "peak_velocity": "4 m/s", "descending_aorta_reversal": "brief"}),
    "aortic, severe": ("aortic", {"vena_contracta_width": "7 mm", "pisa_radius": "8 mm", "aliasing_velocity": 38, "jet_csa_ratio": 64, "lv_size": "dilated", "pressure_half_time": 180, "cw_jet": "dense", "peak_velocity": 420, "descending_aorta_reversal": "holodiastolic", "abdominal_aorta_reversal": "holodiastolic"}),
    "aortic, all at its most": ("aortic", {"vena_contracta_width": "2.5 cm", "pisa_radius": "2 cm", "aliasing_velocity": 150, "jet_width_ratio": 100, "jet_direction": "eccentric", "flail_leaflet": "yes", "coaptation_defect": "yes", "pressure_half_time": 3000, "peak_velocity": 30}),
    "tricuspid, mild": ("tricuspid", {"vena_contracta_width": "2 mm", "jet_area": 3, "ra_size": "normal", "hepatic_vein_flow": "normal"}),
    "tricuspid, severe": ("tricuspid", {"vena_contracta_width": "1.2345", "pisa_radius": "10 mm", "aliasing_velocity": 28, "jet_area_ratio": 60, "jet_direction": "eccentric", "coaptation_defect": "yes", "flail_leaflet": "yes", "ra_size": "dilated", "rv_size": "dilated", "cw_jet": "sine_wave", "peak_velocity": 180, "hepatic_vein_flow": "reversed"}),
    "pulmonic, mild": ("pulmonic", {"colour_jet": "small", "deceleration_rate": "slow", "cw_jet": "faint"}),
    "pulmonic, severe": ("pulmonic", {"jet_width_ratio": 75, "rv_size": "dilated", "pressure_half_time": 80, "early_termination": "yes", "cw_jet": "dense", "peak_velocity": 180, "pa_branch_reversal": "yes"}),
    "pulmonic, long deceleration": ("pulmonic", {"deceleration_time": 1450, "pr_index": 0.5, "deceleration_rate": "intermediate", "peak_velocity": 200}),
}  # fmt: skip
