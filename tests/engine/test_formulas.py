"""The equations against published worked numbers, and their docstrings against the catalogue."""

from __future__ import annotations

import inspect
import math
import re

import numpy as np
import pytest

from grading.engine import cmr_formulas, formulas, spare_formulas, stroke_volumes
from grading.engine.fill import fill
from grading.engine.methods import METHODS
from grading.reference.catalogue import load_catalogue

FUNCTIONS = [
    function
    for module in (formulas, stroke_volumes, cmr_formulas, spare_formulas)
    for _, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and hasattr(function, "formula")
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_parameters_bear_catalogue_names_and_units(function: object) -> None:
    documented = dict(re.findall(r"^\s{4}(\w+): \[([^\]]+)\]", inspect.getdoc(function) or "", re.MULTILINE))
    parameters = inspect.signature(function).parameters  # type: ignore[arg-type]
    assert set(documented) == set(parameters)
    numbers = load_catalogue().numbers
    assert {name: numbers[name].unit for name in documented} == documented


@pytest.mark.parametrize("method", METHODS, ids=lambda m: f"{m.target}-{'-'.join(v[0] for v in m.valves)}-{m.name}")
def test_what_a_method_fills_is_in_the_catalogue_in_the_unit_it_returns(method: object) -> None:
    numbers = load_catalogue().numbers
    assert {method.target, *method.inputs} <= set(numbers)  # type: ignore[attr-defined]
    returned = re.search(r"Returns:\s+\[([^\]]+)\]", inspect.getdoc(method.function) or "")  # type: ignore[attr-defined]
    if returned:
        assert returned[1] == numbers[method.target].unit  # type: ignore[attr-defined]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_nan_in_nan_out_and_arrays_as_numbers(function: object) -> None:
    count = len(inspect.signature(function).parameters)  # type: ignore[arg-type]
    single = function(*[1.5] * count)  # type: ignore[operator]
    many = function(*[np.array([1.5, math.nan])] * count)  # type: ignore[operator]
    assert many[0] == pytest.approx(single, rel=1e-15)
    assert math.isnan(many[1])


@pytest.mark.parametrize(
    ("found", "published"),
    [
        # ASE 2017 p 311-312, hemisphere and the usual simplification at 40 cm/s and 5 m/s
        (formulas.eroa(formulas.regurgitant_flow(1.0, 40.0), 500.0), 0.503),
        (spare_formulas.simplified_mitral_eroa(1.0), 0.5),
        (formulas.regurgitant_flow(1.0, 40.0, 120.0), 167.55),
        (formulas.regurgitant_fraction_of_total(40.0, stroke_volumes.lvot_stroke_volume(2.0, 20.0)), 63.66),
        (formulas.regurgitant_fraction_of_forward(40.0, stroke_volumes.lvot_stroke_volume(2.0, 20.0)), 38.90),
        (spare_formulas.pressure_half_time(1000.0), 290.0),
    ],
)
def test_worked_numbers(found: float, published: float) -> None:
    assert found == pytest.approx(published, rel=2e-3)


def test_an_entered_value_is_never_overwritten_and_disagreement_is_flagged() -> None:
    columns = {"eroa": np.array([0.30, np.nan, 0.50]), "pisa_radius": np.full(3, 0.9),
               "aliasing_velocity": np.full(3, 40.0), "peak_velocity": np.full(3, 500.0)}  # fmt: skip
    filled = fill("mitral", columns)
    assert filled.columns["eroa"].tolist() == pytest.approx([0.30, 0.407150408, 0.50])
    assert filled.sources["eroa"].tolist()[0] == filled.sources["eroa"].tolist()[2] == 1
    assert [flag.rows.tolist() for flag in filled.flags if flag.disagrees] == [[True, False, False]]


@pytest.mark.parametrize(("entered", "flagged"), [(0.5, False), (0.45, False), (0.4499, True)])
def test_twenty_per_cent_exactly_is_not_flagged(entered: float, flagged: bool) -> None:
    # the derived volume is 54 mL: 20 % above 45, 8 % above 50
    columns = {
        "regurgitant_volume": np.array([entered * 100]),
        "eroa": np.array([0.54]),
        "regurgitant_vti": np.array([100.0]),
    }
    assert any(flag.disagrees for flag in fill("mitral", columns).flags) is flagged


def test_a_negative_volume_is_flagged_and_not_used() -> None:
    columns = {"mitral_annulus_diameter": 3.0, "mitral_annulus_vti": 8.0, "lvot_diameter": 2.2, "lvot_vti": 20.0}
    filled = fill("mitral", {name: np.array([value]) for name, value in columns.items()})
    assert math.isnan(filled.columns["regurgitant_volume_volumetric"][0])
    assert "regurgitant_fraction" not in filled.columns or math.isnan(filled.columns["regurgitant_fraction"][0])
    assert [flag.target for flag in filled.flags] == ["regurgitant_volume_volumetric"]
