"""One witness or several: what the quantities of an answer rest on, and what another leaking valve takes away."""

from __future__ import annotations

import numpy as np
import pytest

from grading import grade
from grading.engine.fill import fill
from grading.engine.leaks import leaks
from grading.reference.catalogue import load_catalogue

PISA = {"pisa_radius": 1.0, "aliasing_velocity": 40, "peak_velocity": 500}
LVOT = {"lvot_diameter": 2.0, "lvot_vti": 20}
ANNULUS = {"mitral_annulus_diameter": 3.5, "mitral_annulus_vti": 13.2}

WITNESSES = {
    "one radius": ("mitral", "ase-2017", {**PISA, **LVOT, "regurgitant_vti": 150}, "single_parameter"),
    "one typed orifice": ("mitral", "ase-2017", {"eroa": 0.45, "regurgitant_vti": 150}, "single_parameter"),
    "one typed volume and its fraction": ("mitral", "ase-2017", {"regurgitant_volume": 70, **LVOT}, "single_parameter"),
    "one volumetric study": ("mitral", "ase-2017", {**LVOT, **ANNULUS}, "single_parameter"),
    "orifice and volume typed": ("mitral", "ase-2017", {"eroa": 0.45, "regurgitant_volume": 70}, "quantified"),
    "a radius and a typed volume": ("mitral", "ase-2017", {**PISA, "regurgitant_volume": 70}, "quantified"),
    "a typed orifice and volumes": ("mitral", "ase-2017", {"eroa": 0.45, **LVOT, **ANNULUS}, "quantified"),
    "a radius, with the convergence read off it": ("mitral", "esc-2021", PISA, "single_parameter"),
    "a radius, and a convergence that was seen": (
        "mitral", "esc-2021", {**PISA, "flow_convergence": "large"}, "quantified",
    ),
    "a radius and what follows from it": (
        "tricuspid", "esc-2025", {**PISA, "aliasing_velocity": 28, "peak_velocity": 300}, "single_parameter",
    ),
    "one study by CMR": (
        "mitral", "ase-2017-cmr", {"cmr_lv_stroke_volume": 140, "cmr_forward_volume": 65}, "single_parameter",
    ),
    "volume and fraction by CMR, typed": (
        "mitral", "ase-2017-cmr", {"cmr_regurgitant_volume": 65, "cmr_regurgitant_fraction": 55}, "quantified",
    ),
}  # fmt: skip


@pytest.mark.hazard("one-witness-twice")
@pytest.mark.parametrize(("valve", "guideline", "values", "certainty"), WITNESSES.values(), ids=WITNESSES)
def test_what_has_one_root_is_one_witness(
    valve: str, guideline: str, values: dict[str, object], certainty: str
) -> None:
    case = grade(valve, guideline, **values)
    assert (case.grade, case.certainty) == ("severe", certainty)


LEAKING = [
    ({}, False), ({"eroa": 0.0}, False), ({"eroa": 0.1}, True), ({"vena_contracta_width": 0.2}, True),
    ({"regurgitant_fraction": 5.0}, True), ({"pressure_half_time": 200.0}, False), ({"cw_jet": 2}, False),
    ({"regurgitation": 3}, True), ({"regurgitation": 2}, False), (PISA, True), ({**PISA, "pisa_radius": 0.0}, False),
    ({"pisa_radius": 1.0}, False),
]  # fmt: skip


@pytest.mark.parametrize(("values", "leaking"), LEAKING, ids=lambda value: str(value)[:50])
def test_a_valve_leaks_by_its_record_or_by_a_quantity_above_0(values: dict[str, float], leaking: bool) -> None:
    words = load_catalogue().words
    columns = {n: np.array([v], np.int8 if n in words else np.float64) for n, v in values.items()}
    assert leaks(columns, 1).tolist() == [leaking]


@pytest.mark.parametrize(
    ("valve", "other", "filled", "withheld"),
    [
        ("mitral", "aortic", {}, ["total_stroke_volume"]),
        ("aortic", "mitral", {}, ["forward_stroke_volume"]),
        ("mitral", "tricuspid", {"regurgitant_volume", "regurgitant_fraction"}, []),
    ],
)
def test_volumes_through_the_annulus_are_withheld_beside_the_other_left_sided_leak(
    valve: str, other: str, filled: set[str], withheld: list[str]
) -> None:
    columns = {name: np.array([value], float) for name, value in (LVOT | ANNULUS).items()}
    found = fill(valve, columns, {other: np.array([True])})
    quantities = ("regurgitant_volume", "regurgitant_fraction")
    assert {name for name in quantities if name in found.columns and not np.isnan(found.columns[name][0])} == set(
        filled
    )
    assert [one.target for one in found.withheld if one.rows.any()] == withheld
