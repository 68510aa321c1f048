"""The teaching cases get the answers worked out by hand, a broken case is refused, and a learner's answer is marked."""

from __future__ import annotations

import re
from collections import Counter
from copy import deepcopy
from typing import Any

import pandas as pd
import pytest
from support.paths import TESTS
from support.second_reading import second_reading
from support.typed_values import typed_values
from support.vectors import as_cell

from grading import TableError, UsageError, grade, grade_frame, list_guidelines, load_guideline
from grading.case import Case
from grading.reference.catalogue import read_toml, tables
from grading.reference.measurement import VALVES
from grading.reference.scale import GRADES
from grading.teaching.cases import (
    EXAMPLES,
    FILE,
    KINDS,
    LEVELS,
    SIDES,
    TeachingCase,
    examples,
    graded,
    load_teaching_cases,
    moving_case,
    read_teaching_cases,
    stage_pair,
    teaching_case,
)
from grading.teaching.quiz import grades_offered, mark, reasons_offered
from grading.uncertainty.tipping import tipping_points

CASES = load_teaching_cases()
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


@every_case
def test_a_case_gets_the_answer_worked_out_by_hand(case: TeachingCase) -> None:
    found = graded(case)
    stage = case.expect.stage
    assert (found.grade, found.grade_low, found.grade_high, found.certainty, found.rule, found.stage) == (
        *answer(case), stage,
    )  # fmt: skip
    assert found.issues == []


@every_case
def test_the_second_reading_gives_a_case_the_same_answer(case: TeachingCase) -> None:
    found = second_reading(case.guideline, case.valve, typed_values(" ".join(typed(case))))
    assert (found.grade, found.low or None, found.high or None, found.certainty, found.rule) == answer(case)
    assert (found.stage or None) == case.expect.stage


@every_case
def test_a_case_as_a_row_of_a_table(case: TeachingCase) -> None:
    cells = dict(as_cell(*token.split("=", 1)) for token in typed(case))
    row = grade_frame(pd.DataFrame([cells]), case.guideline, valve=case.valve).iloc[0]
    ends = ("grade", "grade_low", "grade_high", "certainty", "rule")
    found = [row[f"{case.guideline.replace('-', '_')}_{end}"] for end in ends]
    assert tuple(None if pd.isna(value) else value for value in found) == answer(case)


def answer(case: TeachingCase) -> tuple[Any, ...]:
    """(grade, low, high, certainty, rule) that a case demands."""
    expect = case.expect
    return expect.grade, expect.low, expect.high, expect.certainty, expect.rule


def typed(case: TeachingCase) -> list[str]:
    """The values of a case as a vector types them: 'eroa=45mm2'."""
    return [f"{name}={str(value).replace(' ', '')}" for name, value in case.values.items()]


def test_the_cases_cover_tables_kinds_and_levels() -> None:
    assert len(CASES) >= 60
    assert {case.kind for case in CASES} == set(KINDS)
    assert {(case.guideline, case.valve) for case in CASES} == {
        (guideline, valve) for guideline in list_guidelines() for valve in load_guideline(guideline).tables
    }
    assert {(case.valve, case.level) for case in CASES} == {(valve, level) for valve in VALVES for level in LEVELS} - {
        ("pulmonic", "advanced")
    }
    assert min(Counter(case.level for case in CASES).values()) >= 15


#: each trap of tests/test_traps.py, by its number, and the case that teaches it
TRAPS = {
    1: "aortic-what-share", 2: "mitral-tethered", 3: "aortic-on-the-line", 4: "tricuspid-most", 5: "tricuspid-beyond",
    6: "tricuspid-volume", 7: "mitral-jet-share", 8: "mitral-bare-radius", 9: "pulmonic-index",
    10: "aortic-tired-ventricle", 11: "mitral-three-millimetres", 12: "mitral-unasked", 13: "mitral-nought",
    14: "mitral-one-radius", 15: "mitral-two-that-straddle", 16: "mitral-growing", 17: "tricuspid-three-signs",
    18: "mitral-three-signs", 19: "mitral-fast-e", 20: "tricuspid-one-shell", 21: "mitral-weak-ventricle",
    22: "mitral-large-heart",
}  # fmt: skip


def test_every_trap_has_its_case() -> None:
    """Numbered as the tests of traps are, which are numbered as the specification has them."""
    numbers = re.findall(r"^def test_(\d\d)_", (TESTS / "test_traps.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(TRAPS) == sorted({int(number) for number in numbers})
    assert {teaching_case(name).kind for name in TRAPS.values()} == {"trap"}


@pytest.mark.parametrize("valve", VALVES)
def test_a_valve_has_its_examples_and_its_pair(valve: str) -> None:
    assert [(case.valve, case.kind, case.guideline) for case in examples(valve)] == [
        (valve, kind, "ase-2017") for kind in EXAMPLES
    ]
    assert [(case.kind, case.stage) for case in stage_pair(valve)] == list(zip(("mild", "severe"), SIDES, strict=True))
    assert sorted(case.stage for case in CASES if case.valve == valve and case.stage) == sorted(SIDES)


PICTURED = {
    "mitral": "jet_area_ratio colour_jet vena_contracta_width pisa_radius aliasing_velocity peak_velocity regurgitant_vti cw_jet pulmonary_vein_flow lv_end_diastolic_diameter la_volume_index",
    "aortic": "jet_width_ratio vena_contracta_width pisa_radius aliasing_velocity peak_velocity pressure_half_time cw_jet descending_aorta_reversal lv_end_diastolic_diameter",
    "tricuspid": "jet_area_ratio vena_contracta_width pisa_radius aliasing_velocity peak_velocity cw_jet hepatic_vein_flow rv_basal_diameter ra_area",
    "pulmonic": "jet_width_ratio cw_jet deceleration_rate pressure_half_time early_termination pa_branch_reversal peak_velocity rvot_vti lvot_vti rv_basal_diameter",
}


@pytest.mark.parametrize("valve", VALVES)
def test_a_pair_holds_what_a_drawing_needs(valve: str) -> None:
    for case in stage_pair(valve):
        assert set(PICTURED[valve].split()) - set(case.values) == set(), case.id


@every_case
def test_a_title_does_not_give_the_answer_away(case: TeachingCase) -> None:
    assert not [word for word in GRADES[1:] if word in case.title.casefold()]


#: what the mistake would have entered, and the answer it would have had
MISTAKES = [
    ("aortic-on-the-line", {"vena_contracta_width": "6.1 mm"}, "indeterminate", "indeterminate"),
    ("aortic-what-share", {"regurgitant_fraction": 34.7}, "indeterminate", "indeterminate"),
    ("aortic-tired-ventricle", {"lv_function": "normal"}, "severe", "definite"),
    ("aortic-small-body", {"body_surface_area": 1.9}, "severe", "quantified"),
    ("aortic-twenty", {"aortic_end_diastolic_velocity": "19.9 cm/s"}, "indeterminate", "indeterminate"),
    ("mitral-slit", {"mechanism": "secondary"}, "indeterminate", "indeterminate"),
    ("mitral-two-that-straddle", {"eroa": 0.39}, "moderate", "quantified"),
    ("mitral-late-systolic", {"holosystolic": "yes"}, "indeterminate", "indeterminate"),
    ("mitral-unasked", {"pulmonary_vein_flow": "systolic_dominant", "mitral_inflow": "variable", "cw_jet": "dense"},
     "indeterminate", "indeterminate"),
    ("mitral-nought", {"eroa": None}, "insufficient_data", "insufficient"),
    ("mitral-three-millimetres", {"vena_contracta_width": "3.1 mm"}, "mild", "probable"),
    ("mitral-three-signs", {"flail_leaflet": "no", "colour_jet": "intermediate"}, "moderate", "quantified"),
    ("mitral-fast-e", {"mitral_inflow": "e_wave_dominant"}, "severe", "probable"),
    ("mitral-large-heart", {"flail_leaflet": "yes"}, "indeterminate", "indeterminate"),
    ("tricuspid-seven-millimetres", {"vena_contracta_width": "6.9 mm"}, "moderate", "single_parameter"),
    ("tricuspid-seven-millimetres-esc", {"vena_contracta_width": "7.1 mm"}, "indeterminate", "indeterminate"),
    ("tricuspid-three-signs", {"cw_jet": "dense", "colour_jet": "intermediate", "tricuspid_inflow": "variable"},
     "moderate", "probable"),
    ("tricuspid-one-shell", {"flow_convergence": "large"}, "severe", "probable"),
    ("pulmonic-main-artery", {"pa_branch_reversal": "yes"}, "severe", "definite"),
    ("pulmonic-forty", {"regurgitant_fraction": 40.1}, "severe", "single_parameter"),
]  # fmt: skip


@pytest.mark.parametrize(("id", "mistaken", "grade_then", "certainty"), MISTAKES, ids=[row[0] for row in MISTAKES])
def test_a_trap_changes_the_answer(id: str, mistaken: dict[str, Any], grade_then: str, certainty: str) -> None:
    case = teaching_case(id)
    found = grade(case.valve, case.guideline, **{**case.values, **mistaken})
    assert (found.grade, found.certainty) == (grade_then, certainty)
    assert (found.grade, found.certainty, found.stage) != (
        case.expect.grade, case.expect.certainty, case.expect.stage,
    )  # fmt: skip


SOUND = {
    "id": "mitral-sound", "valve": "mitral", "guideline": "ase-2017", "title": "A title", "story": "A story.",
    "kind": "severe", "level": "beginner", "values": {"eroa": "45 mm2"}, "teaches": "One quantity alone.",
    "expect": {"grade": "severe", "low": "severe", "high": "severe", "certainty": "single_parameter", "rule": 15},
}  # fmt: skip
BROKEN = [
    ({"colour": "red"}, "unknown key 'colour'"),
    ({"teaches": None}, "'teaches' is missing"),
    ({"values": {"eora": 0.4}}, "no measurement 'eora' of the mitral valve. Did you mean eroa?"),
    ({"values": {"pa_branch_reversal": "no"}}, "no measurement 'pa_branch_reversal' of the mitral valve"),
    ({"values": {"cw_jet": "thick"}}, "'thick'"),
    ({"values": {"eroa": "35 cm2"}}, "35 mm2 would be plausible"),
    ({"values": {"eroa": ""}}, "eroa holds no value"),
    ({"guideline": "ase-2018"}, "no guideline 'ase-2018'. Did you mean ase-2017?"),
    ({"valve": "mitrall"}, "no valve of ase-2017 'mitrall'. Did you mean mitral?"),
    ({"guideline": "tvarc-2023"}, "no valve of tvarc-2023 'mitral'"),
    ({"kind": "sever"}, "no kind 'sever'. Did you mean severe?"),
    ({"level": "expert"}, "no level 'expert'. Allowed: beginner, intermediate, advanced"),
    ({"level": None}, "'level' is missing"),
    ({"stage": "left"}, "no stage 'left'"),
    ({"kind": "trap"}, "`trap` names the mistake"),
    ({"trap": "a mistake"}, "`trap` names the mistake"),
    ({"expect": SOUND["expect"] | {"grade": "massive"}}, "expect: no grade 'massive'"),
    ({"expect": SOUND["expect"] | {"high": "not_severe"}}, "expect: no grade 'not_severe'"),
    ({"expect": SOUND["expect"] | {"certainty": "sure"}}, "expect: no certainty 'sure'"),
    ({"expect": SOUND["expect"] | {"rule": 99}}, "expect: no rule 99"),
    ({"expect": SOUND["expect"] | {"stage": "C"}}, "expect: no stage 'C'"),
    ({"expect": {"grade": "severe", "rule": 15}}, "expect: 'certainty' is missing"),
]  # fmt: skip


def test_the_sound_twin_of_the_broken_cases_is_read() -> None:
    (case,) = read_teaching_cases({"cases": [deepcopy(SOUND)]})
    assert graded(case).rule == case.expect.rule


@pytest.mark.parametrize(("change", "complaint"), BROKEN, ids=[row[1] for row in BROKEN])
def test_a_broken_case_is_refused_with_its_file_and_id(change: dict[str, Any], complaint: str) -> None:
    row = {key: value for key, value in (deepcopy(SOUND) | change).items() if value is not None}
    with pytest.raises(TableError) as refused:
        read_teaching_cases({"cases": [row]}, "broken.toml")
    assert str(refused.value).startswith("broken.toml: case 'mitral-sound'")
    assert complaint in str(refused.value)


def test_an_id_that_is_there_twice_is_refused() -> None:
    data = read_toml(tables() / FILE)
    data["cases"].append(deepcopy(data["cases"][0]))
    with pytest.raises(TableError, match=f"{FILE}: case '{CASES[0].id}' is there twice"):
        read_teaching_cases(data)


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: teaching_case("mitral-flial"), "no teaching case 'mitral-flial'. Did you mean mitral-flail?"),
        (lambda: stage_pair("mitrall"), "Did you mean mitral?"),
        (lambda: examples("heart"), "no valve 'heart'"),
        (lambda: mark(graded(CASES[0]), "sever", []), "no answer 'sever'. Did you mean severe?"),
        (lambda: mark(graded(CASES[0]), "mild", ["eora"]), "no reason 'eora'. Did you mean eroa?"),
        (lambda: reasons_offered(grade("mitral", eroa="35 cm2")), "this case is rejected"),
        (lambda: grades_offered(grade("pulmonic", "esc-2021")), "this case is not covered"),
    ],
)
def test_what_does_not_exist_is_a_usage_error(call: Any, complaint: str) -> None:
    with pytest.raises(UsageError) as refused:
        call()
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("guideline", "offered"),
    [
        ("ase-2017", "none trace mild moderate severe indeterminate insufficient_data"),
        ("esc-2021", "not_severe severe indeterminate insufficient_data"),
        ("tvarc-2023", "none trace mild moderate severe massive torrential indeterminate insufficient_data"),
    ],
)
def test_the_answers_offered_are_those_of_the_table(guideline: str, offered: str) -> None:
    assert grades_offered(grade("tricuspid", guideline)) == tuple(offered.split())


#: case, answer, ticked, verdict, then the keys that support, oppose, are silent, were missed
MARKS = [
    ("mitral-two-against-one", "moderate", "regurgitant_volume eroa vena_contracta_width", "right",
     "regurgitant_volume", "eroa", "vena_contracta_width", "regurgitant_fraction"),
    ("mitral-two-against-one", "severe", "eroa", "within the range", "", "eroa", "", "regurgitant_volume regurgitant_fraction"),
    ("mitral-two-against-one", "mild", "", "different", "", "", "", "regurgitant_volume regurgitant_fraction"),
    ("mitral-two-that-straddle", "indeterminate", "eroa regurgitant_volume", "right", "eroa regurgitant_volume", "", "", ""),
    ("mitral-poor-window", "indeterminate", "eroa", "right", "", "", "eroa", "image_quality"),
    ("mitral-closing-flow", "trace", "regurgitation cw_jet", "right", "cw_jet regurgitation", "", "", "colour_jet"),
    ("aortic-on-the-line", "severe", "descending_aorta_reversal vena_contracta_width cw_jet", "within the range",
     "vena_contracta_width cw_jet", "descending_aorta_reversal", "", "jet_width_ratio pressure_half_time"),
    ("aortic-single-slope", "severe", "pressure_half_time", "different", "", "pressure_half_time", "", ""),
    ("tricuspid-seven-millimetres-esc", "severe", "hepatic_vein_flow", "within the range", "", "hepatic_vein_flow", "",
     "colour_jet cw_jet vena_contracta_width"),
    ("pulmonic-index", "insufficient_data", "pr_index pressure_half_time", "right", "", "", "pr_index pressure_half_time", ""),
    ("tricuspid-second-look", "moderate", "vena_contracta_width cw_jet", "right", "vena_contracta_width", "", "cw_jet",
     "eroa regurgitant_volume"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("id", "said", "ticked", "verdict", "supporting", "opposing", "silent", "missed"),
    MARKS,
    ids=[f"{row[0]} {row[1]}" for row in MARKS],
)
def test_an_answer_is_marked(
    id: str, said: str, ticked: str, verdict: str, supporting: str, opposing: str, silent: str, missed: str
) -> None:
    marking = mark(graded(teaching_case(id)), said, ticked.split())
    sides = (marking.supporting, marking.opposing, marking.silent, marking.missed)
    found = [" ".join(remark.key for remark in side) for side in sides]
    assert [marking.verdict, *found] == [verdict, supporting, opposing, silent, missed]


SLIT = {"mechanism": "secondary", "elliptical_orifice": "yes", "eroa": 0.33, "regurgitant_volume": 50}
OUTSIDE = {"mitral_inflow": "A wave", "flail_leaflet": "yes", "pulmonary_vein_flow": "reversed", "eroa": 0.22}
SENTENCES = [
    (graded(teaching_case("mitral-two-against-one")), "eroa", "EROA 0.45 cm2 speaks for grade IV (severe): it dissents, and the range keeps its voice."),
    (graded(teaching_case("mitral-flail")), "flail_leaflet", "Flail leaflet (yes) speaks for severe, which fits the answer."),
    (graded(teaching_case("mitral-flail")), "regurgitant_fraction", "Regurgitant fraction 62 % speaks for grade IV (severe), which fits the answer."),
    (graded(teaching_case("mitral-poor-window")), "eroa", "EROA 18 mm2 is not counted here: image quality comes first."),
    (graded(teaching_case("aortic-on-the-line")), "cw_jet", "CW jet (dense) argues for neither end, and the rule counts it as assessed."),
    (graded(teaching_case("pulmonic-index")), "pr_index", "PR index 0.7 would speak for moderate or worse, but the table shows it and never counts it."),
    (graded(teaching_case("pulmonic-flame")), "pr_index", "PR index 0.95 argues for no grade, and the table shows it and never counts it."),
    (graded(teaching_case("aortic-single-slope")), "pressure_half_time", "Pressure half-time 180 ms speaks for severe, but there is too little beside it to carry a grade."),
    (grade("mitral", **SLIT), "elliptical_orifice", "Elliptical orifice (yes) is what the deciding rule asks about."),
    (grade("mitral", **OUTSIDE), "mitral_inflow", "Mitral inflow (A-wave dominant) speaks for mild, but the rest outweighs it."),
    (grade("mitral", regurgitation="none", eroa=0.3, flail_leaflet="yes"), "eroa", "EROA 0.3 cm2 speaks for grade III (moderate), which is within what stays open."),
    (grade("tricuspid", "tvarc-2023", regurgitant_fraction=60), "regurgitant_fraction", "Regurgitant fraction 60 % speaks for severe or worse, which fits the answer."),
]  # fmt: skip


@pytest.mark.parametrize(("case", "key", "sentence"), SENTENCES, ids=[row[2] for row in SENTENCES])
def test_a_tick_gets_its_sentence(case: Case, key: str, sentence: str) -> None:
    marking = mark(case, "severe", [key])
    assert [remark.text for remark in (*marking.supporting, *marking.opposing, *marking.silent)] == [sentence]


VERDICTS = [
    ("aortic-single-slope", "insufficient_data", "Yes: the answer by ASE 2017 is insufficient data."),
    (
        "mitral-poor-window",
        "severe",
        "Close: severe is within the range; the answer by ASE 2017 is indeterminate: mild to severe.",
    ),
    ("mitral-slit", "severe", "Not this time: you said severe; the answer by ESC 2021 is not severe (quantified)."),
]


@pytest.mark.parametrize(("id", "said", "sentence"), VERDICTS, ids=[row[0] for row in VERDICTS])
def test_a_verdict_is_a_sentence(id: str, said: str, sentence: str) -> None:
    assert mark(graded(teaching_case(id)), said, []).text == sentence


@every_case
def test_every_tick_of_a_case_is_marked_once(case: TeachingCase) -> None:
    found = graded(case)
    keys = [reason.key for reason in reasons_offered(found)]
    marking = mark(found, case.expect.grade, keys)
    assert (marking.verdict, marking.missed) == ("right", ())
    assert sorted(r.key for r in (*marking.supporting, *marking.opposing, *marking.silent)) == sorted(set(keys))


@pytest.mark.parametrize("valve", VALVES)
def test_one_case_of_each_valve_takes_the_grade_through_its_steps(valve: str) -> None:
    moving = [case for case in load_teaching_cases() if case.valve == valve and case.moves]
    assert moving == [moving_case(valve)]
    tips = tipping_points(graded(moving[0]), moving[0].moves)
    assert {"moderate", "severe"} <= {end.grade for tip in tips for end in (tip.below, tip.above)}
