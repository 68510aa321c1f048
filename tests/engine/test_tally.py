"""What the criteria of a group say: bands, counts, and where intervals meet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from grading import grade, load_guideline
from grading.engine.columns import ENTERED
from grading.engine.tally import Tally, tally
from grading.explanation.reasons import quantitative_grade
from grading.reference.catalogue import load_catalogue
from grading.reference.table import Group, Row, Table

ESC = {valve: load_guideline("esc-2021").tables[valve] for valve in ("mitral", "aortic")}
FIVE = load_guideline("tvarc-2023").tables["tricuspid"].groups["parameters"]


def group_of(table: Table, name: str, **changes: object) -> Group:
    """A group with every row changed."""
    rows: tuple[Row, ...] = tuple(replace(row, **changes) for row in table.groups[name].rows)  # type: ignore[arg-type]
    return replace(table.groups[name], rows=rows)


def one(group: Group, **values: float) -> Tally:
    """The tally of one row; a word by its code."""
    kinds = {name: np.int8 if isinstance(value, np.int8) else float for name, value in values.items()}
    return tally(group, {name: np.array([value], kinds[name]) for name, value in values.items()}, 1)


DENSE = np.int8(load_catalogue().words["cw_jet"].code("dense"))


def test_a_weak_line_is_read_and_not_counted() -> None:
    group = ESC["aortic"].groups["qualitative"]
    weak, counted = one(group, cw_jet=DENSE), one(group_of(ESC["aortic"], "qualitative", weak=False), cw_jet=DENSE)
    assert (weak.bands["cw_jet"][0], weak.measured[0], weak.counts["severe"][0]) == (2, 0, 0)
    assert (counted.measured[0], counted.counts["severe"][0]) == (1, 1)


def test_a_line_that_is_not_the_valves_own_is_counted_apart() -> None:
    group = load_guideline("ase-2017").tables["aortic"].groups["specific"]
    enlarged = np.int8(load_catalogue().words["left_ventricle"].code("enlarged_normal_function"))
    found = one(group, left_ventricle=enlarged, vena_contracta_width=0.7)
    assert (found.counts["severe"][0], found.own["severe"][0]) == (2, 1)


@pytest.mark.parametrize(("source", "measured"), [(ENTERED, 1), (ENTERED + 1, 0)], ids=["entered", "worked out"])
def test_a_line_of_entered_values_leaves_out_what_was_worked_out(source: int, measured: int) -> None:
    group = load_guideline("esc-2025").tables["tricuspid"].groups["qualitative"]
    columns = {"flow_convergence": np.array([4], np.int8)}
    found = tally(group, columns, 1, {"flow_convergence": np.array([source], np.int8)})
    assert found.measured[0] == measured


def test_a_stand_in_counts_only_where_its_line_is_not_assessed() -> None:
    group = ESC["mitral"].groups["semiquantitative"]
    widths = {
        "vena_contracta_width": np.array([0.5, np.nan, 0.5]),
        "vena_contracta_width_biplane": np.array([0.9, 0.9, np.nan]),
    }
    found = tally(group, widths, 3)
    assert (found.measured.tolist(), found.counts["severe"].tolist()) == ([1, 1, 1], [0, 1, 0])


#: biplane width [cm], EROA [cm2], volume [mL], fraction [%], 3D area [cm2]; least, most, apart, dispute, favoured
INTERVALS = {
    "nothing": ({}, ("", "", -1, 0, "")),
    "one grade": ({"eroa": 0.5}, ("severe", "severe", 0, 0, "")),
    "an open band": ({"regurgitant_fraction": 55}, ("severe", "torrential", 2, 0, "")),
    "an open band that a grade closes": ({"regurgitant_fraction": 55, "eroa": 0.65}, ("massive", "massive", 0, 0, "")),
    "two open bands apart": ({"regurgitant_fraction": 55, "vena_contracta_area_3d": 0.6}, ("moderate", "severe", 1, 1, "")),
    "two grades apart": ({"eroa": 0.65, "regurgitant_volume": 20}, ("mild", "massive", 3, 3, "")),
    "two of three": ({"eroa": 0.5, "regurgitant_volume": 50, "vena_contracta_width_biplane": 0.5},
                     ("moderate", "severe", 1, 1, "severe")),
    "two and two": ({"eroa": 0.5, "regurgitant_volume": 50, "vena_contracta_width_biplane": 0.5,
                     "vena_contracta_area_3d": 0.6}, ("moderate", "severe", 1, 1, "")),
    "an open band that allows both": ({"vena_contracta_area_3d": 0.6, "eroa": 0.3, "regurgitant_volume": 20},
                                      ("mild", "moderate", 1, 1, "")),
    "more than half allow one": ({"vena_contracta_area_3d": 0.6, "eroa": 0.3, "regurgitant_fraction": 20,
                                  "regurgitant_volume": 20}, ("mild", "moderate", 1, 1, "moderate")),
}  # fmt: skip


@pytest.mark.parametrize(("values", "answer"), INTERVALS.values(), ids=INTERVALS)
def test_where_intervals_meet(values: dict[str, float], answer: tuple[object, ...]) -> None:
    found = one(FIVE, **values) if values else tally(FIVE, {}, 1)
    names = ["", *FIVE.steps]
    assert (
        names[found.least[0]],
        names[found.most[0]],
        int(found.apart[0]),
        int(found.dispute[0]),
        names[found.favoured[0]],
    ) == answer


#: EROA, volume, fraction; the step they agree on, as files and explanations print it
AGREEMENTS = [
    ((None, None, None), ""), ((0.45, None, None), "IV"), ((0.45, 70, None), "IV"), ((0.45, 50, None), "unresolved"),
    ((0.25, 50, None), "II-III"), ((0.45, 50, 45), "III"), ((0.25, 50, 45), "III"), ((0.15, 40, 55), "unresolved"),
]  # fmt: skip


@pytest.mark.parametrize(("quantities", "agreed"), AGREEMENTS)
def test_the_step_that_quantities_agree_on(quantities: tuple[float | None, ...], agreed: str) -> None:
    names = ("eroa", "regurgitant_volume", "regurgitant_fraction")
    case = grade("mitral", **dict(zip(names, quantities, strict=True)))
    assert case.decision is not None
    assert quantitative_grade(case.decision, 0) == agreed
