"""What one more value could change: whatever is promised comes true when the value is entered."""

from __future__ import annotations

import re

import pytest

from grading import grade
from grading.explanation.sentences import verdict
from grading.explanation.views import Change
from grading.reference.catalogue import load_catalogue
from grading.reference.units import convert

#: name -> valve, guideline, what was entered
PROMISING = {
    "VTI feeds EROA": ("mitral", "ase-2017", {"regurgitant_vti": 120}),
    "VTI feeds EROA, other cuts": ("mitral", "ase-2017", {"regurgitant_vti": 68}),
    "VTI, five grades": ("tricuspid", "tvarc-2023", {"regurgitant_vti": 134.311}),
    "one cut": ("mitral", "esc-2021", {"eroa": 0.35, "elliptical_orifice": "yes"}),
    "PISA": ("mitral", "ase-2017", {"pisa_radius": 0.9, "aliasing_velocity": 40, "peak_velocity": 500}),
    "one radius": ("aortic", "ase-2017", {"pisa_radius": 0.7, "vena_contracta_width": 0.5}),
    "volumes": ("aortic", "esc-2025", {"lvot_diameter": 2.2, "lvot_vti": 30, "eroa": 0.2}),
    "tricuspid": ("tricuspid", "ase-2017", {"eroa": 0.3, "cw_jet": "dense"}),
    "pulmonic": ("pulmonic", "ase-2017", {"rvot_diameter": 2.5, "rvot_vti": 20, "cw_jet": "dense"}),
    "stages": ("mitral", "acc-aha-2020", {"regurgitant_vti": 100, "mechanism": "primary"}),
    "signs against quantities": ("mitral", "ase-2017", {"eroa": 0.35, "colour_jet": "large_central", "flail_leaflet": "yes"}),
    "CMR": ("aortic", "ase-2017-cmr", {"cmr_regurgitant_volume": 50}),
}  # fmt: skip
#: words that void a study or state the result
NEVER_TRIED = {"image_quality", "clinical_discordance", "regurgitation"}


def numbers_in(text: str, lowest: float, highest: float) -> list[float]:
    """Some values that '< 30 mL', '>= 0.20 and < 0.40 cm2' or '20 to 29 cm' speaks of, both ends among them."""
    numbers = [float(n) for n in re.findall(r"\d+(?:\.\d+)?(?=[ ]|$)", text.replace("cm2", "").replace("mm2", ""))]
    if not re.search(r"[<>]", text):
        low, high = numbers[0], numbers[-1]
        return [low, round((low + high) / 2), high] if low <= round((low + high) / 2) <= high else [low, high]
    low = numbers[0] if text.startswith(">") else lowest
    high = highest if text.startswith(">") and "<" not in text else numbers[-1]
    inside = [low + (high - low) * share for share in (0.1, 0.5, 0.9)]
    return inside + ([low] if text.startswith(">=") else []) + ([high] if "<=" in text else [])


def values_of(change: Change, text: str, unit: str | None) -> list[str]:
    """What a person would enter for one text of a promise."""
    if change.measurement in load_catalogue().words:
        word = load_catalogue().words[change.measurement]
        return [value for value in word.values if word.text(value) == text]
    number = load_catalogue().numbers[change.measurement]
    unit = unit or number.unit
    soft = number.soft or number.hard
    assert soft is not None and number.hard is not None
    ends = [convert(end, number.unit, unit) for end in (max(soft.low, number.hard.low), soft.high)]
    return [f"{value:.6g} {'' if unit == '1' else unit}" for value in numbers_in(text, *ends)]


@pytest.mark.parametrize(("valve", "guideline", "entered"), PROMISING.values(), ids=PROMISING)
def test_one_more_value_changes_the_grade_as_promised(valve: str, guideline: str, entered: dict[str, object]) -> None:
    explanation = grade(valve, guideline, **entered).explanation
    units = {criterion.measurement: criterion.unit for criterion in explanation.criteria}
    tried = 0
    for change in explanation.would_change:
        for outcome in change.outcomes:
            promised = (outcome.grade, outcome.grade_low, outcome.grade_high)
            for text in outcome.values:
                for value in values_of(change, text, units.get(change.measurement)):
                    case = grade(valve, guideline, **(entered | {change.measurement: value}))
                    assert (case.grade, case.grade_low, case.grade_high) == promised, (change.measurement, value)
                    tried += 1
    assert tried >= (4 if guideline == "ase-2017-cmr" else 11)
    assert NEVER_TRIED.isdisjoint(change.measurement for change in explanation.would_change)


TR_SIGNS = {"colour_jet": "large_central", "flail_leaflet": "yes"}
#: name -> valve, what was entered, a number that a word is read off, and how its values are written
READ_OFF = {
    "one cut-off": ("tricuspid", TR_SIGNS | {"rv_function": "normal"}, "rv_basal_diameter", [("<= 4.1 cm",), ("> 4.1 cm",)]),
    "two lines, one cut-off": ("tricuspid", TR_SIGNS | {"rv_size": "dilated"}, "tapse", [("< 1.7 cm",), (">= 1.7 cm",)]),
    "by sex, men": ("mitral", TR_SIGNS | {"lv_size": "dilated", "sex": "male"}, "lv_ejection_fraction", [("< 52 %",), (">= 52 %",)]),
    "by sex, women": ("mitral", TR_SIGNS | {"lv_function": "normal", "sex": "female"}, "lv_end_diastolic_diameter", [("<= 5.2 cm",), ("> 5.2 cm",)]),
    "a formula and a band": ("aortic", {"eroa": 0.35}, "regurgitant_vti", [("20 to 85 cm",), ("86 to 171 cm",), ("172 to 350 cm",)]),
}  # fmt: skip


@pytest.mark.parametrize(("valve", "entered", "name", "values"), READ_OFF.values(), ids=READ_OFF)
def test_a_number_that_a_word_is_read_off_is_written_by_its_cut_off(
    valve: str, entered: dict[str, object], name: str, values: list[tuple[str, ...]]
) -> None:
    guideline = "acc-aha-2020" if valve == "aortic" else "ase-2017"
    changes = {change.measurement: change for change in grade(valve, guideline, **entered).explanation.would_change}
    assert [outcome.values for outcome in changes[name].outcomes] == values


def test_it_is_worked_out_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    trials: list[object] = []

    def counted(*case: object) -> list[Change]:
        trials.append(case)
        return []

    monkeypatch.setattr("grading.explanation.describe.what_would_change", counted)
    case = grade("mitral", eroa=0.45)
    assert (verdict(case.explanation), trials) == ("SEVERE (single parameter)", [])
    for ask in (case.explain, case.to_dict):
        ask()
    assert len(trials) == 1
