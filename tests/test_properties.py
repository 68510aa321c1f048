"""Laws that hold for any case, searched by hypothesis."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grading import grade, grade_frame
from grading.reference.catalogue import VALVES, Number, load_catalogue
from grading.reference.guideline import load_guideline
from grading.reference.scale import GRADES

pytestmark = pytest.mark.usefixtures("untraced")

CATALOGUE = load_catalogue()


def interesting(number: Number, valve: str) -> st.SearchStrategy[float]:
    """Values on and beside every cut-off of the valve's table, and anywhere in the possible range."""
    assert number.hard is not None
    rows = [row for _, row in load_guideline("ase-2017").tables[valve].rows() if row.name == number.name and row.scale]
    cuts = [float(cut * row.ratio) for row in rows for cut in row.scale.cuts]  # type: ignore[union-attr]
    near = [round(cut + step, 6) for cut in cuts for step in (-0.01, 0, 0.01) if cut + step >= number.hard.low]
    anywhere = st.floats(number.hard.low, number.hard.high).map(lambda value: float(f"{value:.3g}"))
    return st.one_of(st.sampled_from(near), anywhere) if near else anywhere


def possible(measurement: Any, valve: str) -> st.SearchStrategy[Any]:
    return interesting(measurement, valve) if isinstance(measurement, Number) else st.sampled_from(measurement.values)


def cases(valve: str) -> st.SearchStrategy[dict[str, Any]]:
    """Any subset of what matters to a valve."""
    flags = ("image_quality", "clinical_discordance", "regurgitation")
    asked = {m.name: possible(m, valve) for m in CATALOGUE.enterable(valve) if m.name not in flags}
    return st.fixed_dictionaries({}, optional=asked)


def answer(valve: str, values: dict[str, Any]) -> tuple[Any, ...]:
    case = grade(valve, **values)
    return case.grade, case.grade_low, case.grade_high, case.certainty, case.rule, case.status, case.reason


each_valve = pytest.mark.parametrize("valve", VALVES)


@each_valve
@given(data=st.data())
def test_a_case_equals_its_row_and_the_order_of_rows_and_columns_does_not_matter(
    valve: str, data: st.DataObject
) -> None:
    rows = [r for r in data.draw(st.lists(cases(valve), min_size=2, max_size=4)) if r]
    assume(rows)
    names = data.draw(st.permutations(sorted({name for row in rows for name in row})))
    order = data.draw(st.permutations(range(len(rows))))
    frame = pd.DataFrame([rows[i] for i in order], columns=names, index=order)
    graded = grade_frame(frame, valve=valve)
    for i, row in enumerate(rows):
        found = graded.loc[i]
        keys = ("grade", "grade_low", "grade_high", "certainty", "rule")
        texts = tuple(None if pd.isna(found[f"ase_2017_{k}"]) else found[f"ase_2017_{k}"] for k in keys)
        case = grade(valve, **row)
        assert texts == (case.grade, case.grade_low, case.grade_high, case.certainty, case.rule)
        assert found["echograde_status"] == case.status
        if case.status != "rejected":
            assert found["ase_2017_reason"] == case.reason


@each_valve
@given(data=st.data())
def test_entered_order_does_not_matter(valve: str, data: st.DataObject) -> None:
    values = data.draw(cases(valve))
    shuffled = dict(data.draw(st.permutations(list(values.items()))))
    assert answer(valve, values) == answer(valve, shuffled)


@each_valve
@given(data=st.data())
def test_unknown_is_not_no(valve: str, data: st.DataObject) -> None:
    """Taking a value away leaves every criterion as it was or unassessed: it never makes one met, or failed."""
    values = data.draw(cases(valve))
    assume(values)
    # taking away what voids a criterion brings it into play; a stand-in comes into play when its criterion leaves
    guards = {"jet_direction", "atrial_fibrillation", "convergence_angle"}
    removed = data.draw(st.sampled_from(sorted(values)))
    assume(removed not in guards)
    before = {
        (c["group"], c["measurement"]): c["verdicts"] for c in grade(valve, **values).to_dict().get("criteria", [])
    }
    rest = {name: value for name, value in values.items() if name != removed}
    case = grade(valve, **rest)
    entered_only = {e["measurement"] for e in case.to_dict()["entered"]}
    for c in case.to_dict().get("criteria", []):
        if c["measurement"] in entered_only and before and not c["instead_of"]:
            assert c["verdicts"] in (
                before[(c["group"], c["measurement"])],
                dict.fromkeys(c["verdicts"], "not assessed"),
            )


@each_valve
@given(data=st.data())
def test_a_grade_needs_evidence_for_it(valve: str, data: st.DataObject) -> None:
    """Severe rests on a majority of severe criteria or on quantities of the upper half; mild on the like."""
    case = grade(valve, **data.draw(cases(valve)))
    if case.decision is None:
        return
    specific, quantitative = case.decision.tallies["specific"], case.decision.tallies["quantitative"]
    enough = 3 if valve == "pulmonic" else 4
    steps = list(quantitative.group.steps.values())
    highest = steps[quantitative.high[0] - 1] if quantitative.high[0] else None
    if case.grade == "severe":
        assert specific.counts["severe"][0] >= enough or highest == "severe" or case.rule in (14, 15)
    if case.grade == "mild":
        lowest = steps[quantitative.low[0] - 1] if quantitative.low[0] else None
        assert specific.counts["mild"][0] >= enough or lowest == "mild"
    if not quantitative.measured[0] and not specific.measured[0]:
        assert case.grade == "insufficient_data"


WORSE_WHEN_HIGHER = {
    "mitral": ("eroa", "regurgitant_volume", "regurgitant_fraction", "vena_contracta_width", "pisa_radius"),
    "aortic": ("eroa", "regurgitant_volume", "regurgitant_fraction", "vena_contracta_width", "jet_width_ratio"),
    "tricuspid": ("eroa", "regurgitant_volume", "vena_contracta_width", "pisa_radius"),
    "pulmonic": ("regurgitant_fraction", "jet_width_ratio"),
}


@each_valve
@given(data=st.data())
def test_a_worse_measurement_never_gives_a_milder_grade(valve: str, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(WORSE_WHEN_HIGHER[valve]))
    number = CATALOGUE.numbers[name]
    low, high = sorted(data.draw(st.tuples(interesting(number, valve), interesting(number, valve))))
    rest = data.draw(cases(valve))
    milder, worse = grade(valve, **{**rest, name: low}), grade(valve, **{**rest, name: high})
    if milder.status == worse.status == "graded":
        assert GRADES.index(worse.grade or "") >= GRADES.index(milder.grade or "")


@each_valve
@given(data=st.data())
def test_millimetres_and_centimetres_give_the_same_grade(valve: str, data: st.DataObject) -> None:
    values = data.draw(cases(valve))
    as_mm = dict(values)
    for name, value in values.items():
        unit, also = (
            (CATALOGUE.numbers[name].unit, CATALOGUE.numbers[name].also) if name in CATALOGUE.numbers else ("", ())
        )
        if "mm" in also:
            as_mm[name] = f"{round(value * 10, 8)} mm"
        elif "mm2" in also and unit == "cm2":
            as_mm[name] = f"{round(value * 100, 7)} mm2"
        elif "m/s" in also:
            as_mm[name] = f"{round(value / 100, 9)} m/s"
    assert answer(valve, values)[:6] == answer(valve, as_mm)[:6]
