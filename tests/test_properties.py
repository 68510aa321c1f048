"""Laws that hold for any case, searched by hypothesis."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grading import Case, grade, grade_frame
from grading.engine.methods import METHODS
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import covering, load_guideline
from grading.reference.measurement import VALVES, Number
from grading.reference.scale import SEVERITY
from grading.reference.table import Table

pytestmark = pytest.mark.slow

CATALOGUE = load_catalogue()


def interesting(number: Number, table: Table) -> st.SearchStrategy[float]:
    """Values on and beside every cut-off of a table, and anywhere in the possible range."""
    assert number.hard is not None
    rows = [row for _, row in table.rows() if row.name == number.name and row.scale]
    cuts = [float(cut * row.ratio) for row in rows for cut in row.scale.cuts]  # type: ignore[union-attr]
    near = [round(cut + step, 6) for cut in cuts for step in (-0.01, 0, 0.01) if cut + step >= number.hard.low]
    anywhere = st.floats(number.hard.low, number.hard.high).map(lambda value: float(f"{value:.3g}"))
    return st.one_of(st.sampled_from(near), anywhere) if near else anywhere


def possible(measurement: Any, table: Table) -> st.SearchStrategy[Any]:
    return interesting(measurement, table) if isinstance(measurement, Number) else st.sampled_from(measurement.values)


def any_table(data: st.DataObject, valve: str) -> Table:
    """Any table of a valve."""
    return load_guideline(data.draw(st.sampled_from(covering(valve)))).tables[valve]


def cases(table: Table) -> st.SearchStrategy[dict[str, Any]]:
    """Any subset of what matters to the valve of a table."""
    flags = ("image_quality", "clinical_discordance", "regurgitation")
    asked = {m.name: possible(m, table) for m in CATALOGUE.enterable(table.valve) if m.name not in flags}
    return st.fixed_dictionaries({}, optional=asked)


def graded(table: Table, values: dict[str, Any]) -> Case:
    return grade(table.valve, table.guideline, **values)


def bands(case: Case) -> dict[tuple[str, str], int]:
    """The band of every criterion that was assessed."""
    assert case.decision is not None
    voices = case.decision.tallies.values()
    return {(v.group.name, key): int(band[0]) for v in voices for key, band in v.bands.items() if band[0]}


def answer(table: Table, values: dict[str, Any]) -> tuple[Any, ...]:
    case = graded(table, values)
    return case.grade, case.grade_low, case.grade_high, case.certainty, case.rule, case.stage, case.status, case.reason


each_valve = pytest.mark.parametrize("valve", VALVES)


@pytest.mark.hazard("another-answer")
@each_valve
@given(data=st.data())
def test_a_case_equals_its_row_and_the_order_of_rows_and_columns_does_not_matter(
    valve: str, data: st.DataObject
) -> None:
    table = any_table(data, valve)
    rows = [r for r in data.draw(st.lists(cases(table), min_size=2, max_size=4)) if r]
    assume(rows)
    names = data.draw(st.permutations(sorted({name for row in rows for name in row})))
    order = data.draw(st.permutations(range(len(rows))))
    frame = pd.DataFrame([rows[i] for i in order], columns=names, index=order)
    units = {name: number.unit for name in names if isinstance(number := load_catalogue()[name], Number)}
    results = grade_frame(frame, table.guideline, valve=valve, units=units)
    prefix = table.guideline.replace("-", "_")
    for i, row in enumerate(rows):
        found = results.loc[i]
        keys = ("grade", "grade_low", "grade_high", "certainty", "rule")
        texts = tuple(None if pd.isna(found[f"{prefix}_{k}"]) else found[f"{prefix}_{k}"] for k in keys)
        case = graded(table, row)
        assert texts == (case.grade, case.grade_low, case.grade_high, case.certainty, case.rule)
        assert found["echograde_status"] == case.status
        if case.status != "rejected":
            assert found[f"{prefix}_reason"] == case.reason


@each_valve
@given(data=st.data())
def test_entered_order_does_not_matter(valve: str, data: st.DataObject) -> None:
    table = any_table(data, valve)
    values = data.draw(cases(table))
    shuffled = dict(data.draw(st.permutations(list(values.items()))))
    assert answer(table, values) == answer(table, shuffled)


def guards(table: Table) -> set[str]:
    """What voids a criterion while it is known: taken away, it brings the criterion into play."""
    voiding = {condition.subject for _, row in table.rows() for condition in row.unless}
    inputs = {name: word.derivation.inputs for name, word in CATALOGUE.words.items() if word.derivation}
    optional = {name for method in METHODS if table.valve in method.valves for name in method.optional}
    return voiding | {one for name in voiding for one in inputs.get(name, ())} | optional


@pytest.mark.hazard("missing-as-mild")
@each_valve
@given(data=st.data())
def test_unknown_is_not_no(valve: str, data: st.DataObject) -> None:
    """Taking a value away leaves every criterion as it was or unassessed: it never makes one met, or failed."""
    table = any_table(data, valve)
    values = data.draw(cases(table))
    removed = data.draw(st.sampled_from(sorted(values or {"": 0})))
    assume(values and removed not in guards(table))
    before, after = (bands(graded(table, v)) for v in (values, {n: v for n, v in values.items() if n != removed}))
    for group, row in table.rows():
        # a stand-in comes into play when its criterion leaves
        if row.name in values and row.name != removed and not row.instead_of:
            key = (group.name, row.key)
            assert after.get(key, 0) in (before.get(key, 0), 0), key


@pytest.mark.hazard("missing-as-mild")
@each_valve
@given(data=st.data())
def test_a_grade_needs_evidence_for_it(valve: str, data: st.DataObject) -> None:
    """The mildest and the most severe grade rest on a finding that argues for them, or on a step that was raised."""
    table = any_table(data, valve)
    case = graded(table, data.draw(cases(table)))
    decision = case.decision
    assert decision is not None
    steps = [(voice.group, step) for voice in decision.tallies.values() for step, n in voice.counts.items() if n[0]]
    argued = {group.steps[step] for group, step in steps}
    if decision.led is not None and decision.led.raised[0]:
        argued.add(table.lead.raises[decision.led.raised[0] - 1].to)  # type: ignore[union-attr]
    criteria_grades = [grade for grade in table.grades if grade not in ("none", "trace")]
    if case.grade in (criteria_grades[0], criteria_grades[-1]):
        assert case.grade in argued
    if not any(voice.measured[0] for voice in decision.tallies.values() if voice.group.counted):
        assert case.grade == "insufficient_data"


WORSE_WHEN_HIGHER = {
    "mitral": ("eroa", "regurgitant_volume", "regurgitant_fraction", "vena_contracta_width", "pisa_radius"),
    "aortic": ("eroa", "regurgitant_volume", "regurgitant_fraction", "vena_contracta_width", "jet_width_ratio"),
    "tricuspid": ("eroa", "regurgitant_volume", "vena_contracta_width", "vena_contracta_width_biplane", "pisa_radius"),
    "pulmonic": ("regurgitant_fraction", "jet_width_ratio"),
}


@pytest.mark.hazard("milder-when-worse")
@each_valve
@given(data=st.data())
def test_a_worse_measurement_never_lowers_a_grade_or_an_end_of_its_range(valve: str, data: st.DataObject) -> None:
    """While the same criteria are assessed: a volume beyond what the ventricle ejects is taken for none."""
    table = any_table(data, valve)
    name = data.draw(st.sampled_from(WORSE_WHEN_HIGHER[valve]))
    number = CATALOGUE.numbers[name]
    low, high = sorted(data.draw(st.tuples(interesting(number, table), interesting(number, table))))
    rest = data.draw(cases(table))
    milder, worse = graded(table, {**rest, name: low}), graded(table, {**rest, name: high})
    if bands(milder).keys() == bands(worse).keys():
        for end in ("grade", "grade_low", "grade_high"):
            before, after = getattr(milder, end), getattr(worse, end)
            if before in SEVERITY and after in SEVERITY:
                assert SEVERITY.index(after) >= SEVERITY.index(before), end


@pytest.mark.hazard("wrong-unit")
@each_valve
@given(data=st.data())
def test_millimetres_and_centimetres_give_the_same_grade(valve: str, data: st.DataObject) -> None:
    table = any_table(data, valve)
    values = data.draw(cases(table))
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
    assert answer(table, values)[:7] == answer(table, as_mm)[:7]
