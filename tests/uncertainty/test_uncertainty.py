"""How far a grade depends on measurement error: against the normal distribution worked out by other means."""

from __future__ import annotations

import json
import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from support.vectors import VECTORS, read_vectors, table_of, values_of

from grading import TableError, UsageError, grade
from grading.reference.catalogue import load_catalogue, parse_catalogue, read_toml, tables
from grading.reference.measurement import Number
from grading.reference.variability import Variability
from grading.uncertainty.answer import Uncertainty
from grading.uncertainty.draws import uncertainty

PISA = {"pisa_radius": 0.9, "aliasing_velocity": 40, "peak_velocity": 500}
#: what nobody measures, or what is set on the machine
WITHOUT_ERROR = {"aliasing_velocity", "convergence_angle", "body_surface_area", "height", "weight"}
#: by magnetic resonance; no error of one reading was found
WITHOUT_ERROR |= {
    "cmr_regurgitant_volume", "cmr_regurgitant_fraction", "cmr_lv_stroke_volume", "cmr_forward_volume",
    "cmr_reverse_volume",
}  # fmt: skip


def within(share: float, draws: int) -> float:
    """Four standard errors of a share counted over so many draws."""
    return 4 * math.sqrt(share * (1 - share) / draws)


def share_of(answer: Uncertainty, name: str, key: str, text: str) -> float:
    quantity = next(q for q in answer.quantities if q.name == name)
    return next(b.share for c in quantity.criteria if c.key == key for b in c.bands if b.text == text)


def test_the_chance_of_a_large_orifice_is_that_of_integrating_over_radius_and_velocity() -> None:
    """EROA >= 0.40 where the radius is at least the one that gives 0.40 at this velocity; the velocity by quadrature."""
    radius, velocity = NormalDist(0.9, 0.09), NormalDist(500, 20)
    grid = np.linspace(400, 600, 4001)
    needed = np.sqrt(0.40 * grid / (2 * math.pi * 40))
    chances = [velocity.pdf(v) * (1 - radius.cdf(r)) for v, r in zip(grid, needed, strict=True)]
    expected = float(np.trapezoid(chances, grid))
    answer = uncertainty(grade("mitral", **PISA), draws=40_000)
    (eroa,) = answer.quantities
    assert expected == pytest.approx(0.54, abs=0.005)
    assert share_of(answer, "eroa", "eroa", ">= 0.40 cm2") == pytest.approx(expected, abs=within(expected, 40_000))
    assert answer.grades["severe"] == share_of(answer, "eroa", "eroa", ">= 0.40 cm2")
    assert (eroa.printed, round(eroa.mean, 2), round(eroa.standard_deviation, 2)) == ("0.41 cm2", 0.41, 0.08)
    assert [c.at for c in eroa.criteria] == ["Table 8 and Figure 18, p 333"]


@pytest.mark.parametrize(
    ("valve", "name", "value", "error", "text", "expected"),
    [
        ("mitral", "regurgitant_fraction", 47, Variability(sd=5), ">= 50 %", 0.2743),
        ("mitral", "eroa", "42 mm2", Variability(sd=0.05), ">= 0.40 cm2", 0.6554),
        ("mitral", "vena_contracta_width", 0.65, Variability(sd=0.05), ">= 0.7 cm", 0.1587),
        ("aortic", "pressure_half_time", 210, Variability(sd=20), "< 200 ms", 0.3085),
        ("aortic", "vena_contracta_width", "6 mm", Variability(percent=10), "> 0.6 cm", 0.5),
        ("tricuspid", "eroa", 0.4, Variability(percent=5), ">= 0.40 cm2", 0.5),
    ],
    ids=lambda value: str(value),
)
def test_one_varied_number_follows_the_table_of_the_normal_distribution(
    valve: str, name: str, value: object, error: Variability, text: str, expected: float
) -> None:
    answer = uncertainty(grade(valve, **{name: value}), {name: error})
    assert share_of(answer, name, name, text) == pytest.approx(expected, abs=within(expected, 4000))


def test_a_draw_that_is_impossible_is_drawn_again_and_never_clamped() -> None:
    """A fraction of 98 % with 7 points of error has the mean of a normal distribution cut off at 100."""
    beta = 2 / 7
    expected = 98 - 7 * NormalDist().pdf(beta) / NormalDist().cdf(beta)
    (fraction,) = uncertainty(grade("mitral", regurgitant_fraction=98), draws=40_000).quantities
    assert fraction.mean == pytest.approx(expected, abs=4 * 7 / math.sqrt(40_000))


def test_a_seed_repeats_and_another_differs_a_little() -> None:
    case = grade("mitral", **PISA)
    first, again, other = (uncertainty(case, seed=seed) for seed in (0, 0, 1))
    assert first == again
    assert first.chances != other.chances
    assert first.grades["severe"] == pytest.approx(other.grades["severe"], abs=2 * within(0.5, 4000))


def test_the_draws_of_one_measurement_do_not_depend_on_the_others() -> None:
    alone = uncertainty(grade("mitral", eroa=0.35)).quantities
    beside = uncertainty(grade("mitral", regurgitant_volume=50, jet_direction="central", eroa=0.35)).quantities
    assert alone == tuple(q for q in beside if q.name == "eroa")


def test_no_error_gives_the_one_grade() -> None:
    names = ("eroa", "regurgitant_volume")
    case = grade("mitral", eroa=0.39, regurgitant_volume=59)
    answer = uncertainty(case, {name: Variability(percent=0) for name in names})
    assert [(c.grade, c.share) for c in answer.chances] == [("moderate", 1.0)]
    assert (answer.quantities, answer.assumed) == ((), ())
    assert {held.name: held.why for held in answer.held} == dict.fromkeys(names, "its error was set to 0")


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_shares_sum_to_one_and_the_grade_as_entered_is_among_them(path: Path) -> None:
    guideline, valve = table_of(path)
    for vector in read_vectors(path)[::4]:
        case = grade(valve, guideline, **values_of(vector))
        answer = uncertainty(case, draws=400)
        assert sum(c.share for c in answer.chances) == pytest.approx(0 if case.decision is None else 1), vector
        assert (answer.as_entered > 0) == (case.decision is not None), vector
        for quantity in answer.quantities:
            for criterion in quantity.criteria:
                assert sum(b.share for b in criterion.bands) + criterion.not_assessed == pytest.approx(1), vector


@pytest.mark.parametrize(
    "other",
    [
        {"pisa_radius": "9 mm", "aliasing_velocity": "0.4 m/s", "peak_velocity": "5 m/s"},
        {"peak_velocity": 500, "pisa_radius": "0.9 cm", "aliasing_velocity": "40 cm/s"},
    ],
    ids=["other units", "another order"],
)
def test_units_and_order_of_entry_change_nothing(other: dict[str, object]) -> None:
    one, two = (uncertainty(grade("mitral", **values)) for values in (PISA, other))
    assert (one.chances, one.quantities) == (two.chances, two.quantities)


def test_grades_stand_mildest_first_and_those_without_severity_last() -> None:
    case = grade("mitral", eroa=0.3, regurgitant_volume=45, regurgitant_fraction=42)
    assert list(uncertainty(case, {"eroa": Variability(percent=60)}).grades) == [
        "mild",
        "moderate",
        "severe",
        "indeterminate",
    ]
    esc = grade("mitral", "esc-2021", eroa=0.4)
    assert list(uncertainty(esc).grades) == ["not_severe", "severe"]


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("jet_direction", "central", "a finding in words"),
        ("vena_contracta_width", 0, "0 says that nothing was seen"),
        ("aliasing_velocity", 40, "no measurement error is assumed for it"),
    ],
)
def test_what_is_not_varied_is_named_with_the_reason(name: str, value: object, why: str) -> None:
    answer = uncertainty(grade("mitral", **{name: value}, eroa=0.3))
    assert [(held.name, held.why) for held in answer.held] == [(name, why)]
    assert [(a.name, a.typed, a.error) for a in answer.assumed] == [("eroa", "0.3 cm2", "0.13 cm2")]
    assert answer.assumed[0].standard_deviation == pytest.approx(0.13)
    assert answer.assumed[0].source.startswith("published (PMC3675672")


def test_an_error_given_says_so_and_one_for_what_was_not_entered_has_no_effect() -> None:
    case = grade("mitral", eroa=0.3)
    given = uncertainty(case, {"eroa": Variability(sd=0.03), "tapse": Variability(sd=0.2)})
    assert [(a.error, a.source) for a in given.assumed] == [("0.03 cm2", "given for this calculation")]


def test_a_number_that_no_criterion_can_assess_is_varied_and_not_listed() -> None:
    """ESC 2025 reads the tricuspid radius at a stated aliasing velocity only."""
    answer = uncertainty(grade("tricuspid", "esc-2025", pisa_radius=0.8))
    assert [a.name for a in answer.assumed] == ["pisa_radius"]
    assert answer.quantities == ()


def test_draws_in_which_a_quantity_does_not_follow_are_counted_apart() -> None:
    """Total and forward stroke volume are near each other, so their difference is often below zero and unknown."""
    values = {"lvot_diameter": 2.2, "lvot_vti": 20, "mitral_annulus_diameter": 2.8, "mitral_annulus_vti": 13}
    volume = next(q for q in uncertainty(grade("mitral", **values)).quantities if q.name == "regurgitant_volume")
    (criterion,) = volume.criteria
    assert volume.printed == "4 mL"
    assert 0.2 < criterion.not_assessed < 0.6


@pytest.mark.parametrize(
    ("valve", "guideline", "values", "status"),
    [
        ("mitral", "ase-2017", {"eroa": 35}, "rejected"),
        ("pulmonic", "esc-2021", {"pressure_half_time": 90}, "not_covered"),
    ],
)
def test_a_case_without_a_decision_has_an_empty_answer_with_its_reason(
    valve: str, guideline: str, values: dict[str, float], status: str
) -> None:
    case = grade(valve, guideline, **values)
    answer = uncertainty(case)
    assert (answer.status, answer.reason) == (status, case.reason)
    assert (answer.chances, answer.quantities, answer.assumed, answer.held) == ((), (), (), ())


def test_nothing_entered_is_insufficient_in_every_draw() -> None:
    assert uncertainty(grade("mitral")).grades == {"insufficient_data": 1.0}


def test_the_answer_is_ready_for_json_and_says_what_it_is_not() -> None:
    said = uncertainty(grade("mitral", **PISA)).to_dict()
    assert json.loads(json.dumps(said)) == said
    assert "measurement error; not which grade is true, and not how likely" in said["meaning"]


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"errors": {"pisa_radus": Variability(percent=1)}}, "Did you mean pisa_radius?"),
        ({"errors": {"jet_direction": Variability(percent=1)}}, "no number 'jet_direction'"),
        ({"errors": {"pisa_radius": 10}}, r"expected Variability\(percent=...\)"),
        ({"errors": {"pisa_radius": Variability(sd=1e6)}}, "give a smaller one"),
        ({"draws": 0}, "give a number from 1 to 1,000,000"),
        ({"seed": -1}, "give 0 or more"),
    ],
    ids=["unknown name", "a word", "a bare number", "too large", "no draws", "negative seed"],
)
def test_what_cannot_be_asked_is_a_usage_error(asked: dict[str, object], complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        uncertainty(grade("mitral", **PISA), **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sizes", "complaint"),
    [
        ({}, "neither"),
        ({"percent": 10, "sd": 0.1}, "both"),
        ({"percent": -1}, "error of -1;"),
        ({"sd": math.nan}, "error of nan;"),
        ({"sd": math.inf}, "error of inf;"),
        ({"percent": "10"}, "error of '10';"),
    ],
)
def test_an_error_that_cannot_be_is_a_usage_error(sizes: dict[str, float], complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        Variability(**sizes)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"error": {"percent": 10}}, "eroa.error: citation missing"),
        ({"error": {"percent": 10, "sd": 1, "reading": "x"}}, "eroa.error: a measurement error with both"),
        ({"error": {"reading": "x"}}, "eroa.error: a measurement error with neither"),
        ({"error": {"percent": 0, "reading": "x"}}, "eroa.error: an error of 0"),
        ({"error": {"percentage": 10, "reading": "x"}}, "unknown key 'percentage'. Did you mean percent"),
        ({"step": 0}, "a step of 0; expected a positive number in cm2"),
    ],
)
def test_a_broken_error_or_step_in_the_catalogue_is_refused(row: dict[str, object], complaint: str) -> None:
    measured, derived = (read_toml(tables() / name) for name in ("measurements.toml", "derived.toml"))
    measured["numbers"]["eroa"] |= row
    with pytest.raises(TableError, match=complaint):
        parse_catalogue(measured, derived)


def test_every_number_that_is_measured_has_an_error_with_its_source() -> None:
    numbers = [m for m in load_catalogue().enterable() if isinstance(m, Number)]
    assert {number.name for number in numbers if number.error is None} == WITHOUT_ERROR
    assert [number.name for number in numbers if number.error and not number.error.source] == []


#: measurement, error and where it was found; the others are assumed, and say so
SOURCES = [
    ("pisa_radius", "10 % of the value", "PMID 15077090"), ("eroa", "0.13 cm2", "PMC3675672"),
    ("vena_contracta_width", "0.07 cm", "Hauptmann 2026"), ("vena_contracta_area_3d", "9 % of the value", "PMC4548007"),
    ("peak_velocity", "4 % of the value", "Eur Heart J Cardiovasc Imaging 2018;19:1380"),
    ("regurgitant_vti", "10 % of the value", "Eur Heart J Cardiovasc Imaging 2018;19:1380"),
    ("lvot_vti", "7 % of the value", "authorea 451700"), ("lvot_diameter", "5 % of the value", "Shiran 2009"),
    ("pressure_half_time", "17 % of the value", "Rijsterborgh 1990"),
    ("lv_end_diastolic_volume", "8 % of the value", "J Am Coll Cardiol 1983;2:506"),
    ("lv_end_systolic_volume", "13 % of the value", "J Am Coll Cardiol 1983;2:506"),
]  # fmt: skip


def test_errors_that_were_published_bear_their_source_and_the_others_are_assumed() -> None:
    errors = {n.name: (n.error, n.unit) for n in load_catalogue().numbers.values() if n.error is not None}
    published = {name: error for name, (error, _) in errors.items() if not error.source.startswith("reading: ")}
    assert sorted(published) == sorted(name for name, _, _ in SOURCES)
    for name, text, place in SOURCES:
        assert (published[name].text(errors[name][1]), place in published[name].source) == (text, True), name


@pytest.mark.parametrize(
    ("name", "error"),
    [("pisa_radius", "10 % of the value"), ("peak_velocity", "4 % of the value"), ("vena_contracta_width", "0.07 cm"), ("lv_ejection_fraction", "5 percentage points"), ("pr_index", "0.05")],
)  # fmt: skip
def test_an_error_is_said_with_what_it_is_counted_in(name: str, error: str) -> None:
    number = load_catalogue().numbers[name]
    assert number.error is not None
    assert number.error.text(number.unit) == error
