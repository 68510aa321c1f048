"""What the explanation says, read as a trainee would."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest
from support.vectors import VECTORS, read_vectors, table_of, values_of
from typer.testing import CliRunner

from grading import UsageError, grade, grade_frame
from grading.cli.main import app
from grading.explanation.report import report
from grading.explanation.sentences import verdict
from grading.explanation.value_text import report_value
from grading.explanation.views import Change
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import list_guidelines, load_guideline
from grading.reference.measurement import VALVES, Number
from grading.reference.units import convert


def said(*words: str) -> str:
    """The command's output on one line."""
    ran = CliRunner().invoke(app, list(words))
    assert "Traceback" not in ran.output
    return " ".join(ran.output.split())


def test_two_quantities_that_straddle() -> None:
    text = said("explain", "mitral", "eroa=0.407cm2", "regurgitant_volume=57", "--guideline", "ase-2017")
    assert "INDETERMINATE: moderate to severe" in text
    assert "EROA is grade IV (severe), regurgitant volume is grade III (moderate)." in text
    assert "Rule 10 (published: box in Figure 18, p 333)." in text
    assert "regurgitant fraction: < 40 %: indeterminate, mild to severe" not in text
    assert ">= 50 %: severe (range moderate to severe)" in text


def test_a_value_keeps_the_unit_it_was_typed_in() -> None:
    text = said("explain", "aortic", "vena_contracta_width=6.01mm")
    assert "6.01 mm = 0.601 cm is severe (> 0.6 cm)" in text
    assert "INSUFFICIENT DATA" in text


def test_what_was_worked_out_is_shown_with_its_equation() -> None:
    text = said("explain", "mitral", "pisa_radius=0.9", "aliasing_velocity=40", "peak_velocity=5 m/s")
    assert "EROA 0.4072 cm2: PISA: regurgitant flow / peak velocity" in text
    assert "2 * pi * PISA radius^2 * aliasing velocity (PISA radius = 0.9 cm, aliasing velocity = 40 cm/s)" in text


def test_a_reading_is_never_shown_as_the_papers_words() -> None:
    text = said("explain", "mitral", "colour_jet=intermediate")
    assert "Rule 9 (our reading: fewer than four assessed criteria do not carry a grade)." in text


def test_cautions_stand_beside_the_grade_with_their_place() -> None:
    text = said("explain", "mitral", "eroa=0.45", "holosystolic=no", "jet_direction=eccentric", "low_flow=yes")
    for words in ("not holosystolic", "eccentric jet", "Low flow", "[Figure 18 note, p 333]"):
        assert words in text
    assert "SEVERE (single parameter)" in text


def test_disagreement_is_named() -> None:
    text = said("explain", "mitral", "eroa=0.10", "flail_leaflet=yes", "pulmonary_vein_flow=systolic_reversal")
    assert "Flail leaflet and pulmonary vein flow argue for severe, the quantities for mild." in text


def test_a_void_criterion_says_why() -> None:
    text = said("explain", "aortic", "jet_width_ratio=70", "jet_direction=eccentric")
    assert "void because jet direction = eccentric" in text


def test_supportive_signs_are_shown_and_not_counted() -> None:
    text = said("explain", "pulmonic", "pr_index=0.5")
    assert "PR index: 0.5 is moderate or worse (< 0.77)" in text
    assert "0 of 5 for severe" in text


LEGEND = "+ argues for a grade o for no grade"
STANCES = [
    ("a supportive row for a grade", ("pulmonic", "pr_index=0.5"), "~ PR index: 0.5 is", True),
    ("a supportive row for none", ("pulmonic", "pr_index=0.9"), "~ PR index: 0.9 argues", True),
    ("a supportive row not assessed", ("pulmonic", "colour_jet=large_central"), "- PR index: not entered", False),
    ("a counted row", ("mitral", "flail_leaflet=yes"), "+ flail leaflet: yes is", False),
    ("a counted row for no grade", ("mitral", "flail_leaflet=no"), "o flail leaflet: no argues", False),
]


@pytest.mark.parametrize(("words", "row", "in_legend"), [row[1:] for row in STANCES], ids=[row[0] for row in STANCES])
def test_a_row_that_is_never_counted_has_its_own_mark(words: tuple[str, ...], row: str, in_legend: bool) -> None:
    text = said("explain", *words)
    assert row in text
    assert (f"{LEGEND} ~ shown, never counted - not assessed" in text) == in_legend
    assert (f"{LEGEND} - not assessed" in text) != in_legend


@pytest.mark.parametrize("valve", VALVES)
def test_the_missing_measurement_named_really_changes_the_grade(valve: str) -> None:
    """Whatever the explanation promises comes true when the value is entered."""
    changes = grade(valve, cw_jet="dense").to_dict()["would_change"]
    assert changes
    for change in changes:
        measurement = load_catalogue()[change["measurement"]]
        for outcome in change["outcomes"]:
            if not isinstance(measurement, Number):
                value = outcome["values"][0].replace(" ", "_")
                assert grade(valve, **{"cw_jet": "dense", measurement.name: value}).grade == outcome["grade"]
    known = {change["measurement"] for change in changes}
    assert {"image_quality", "regurgitation"}.isdisjoint(known)


def test_nothing_entered_is_said_plainly() -> None:
    case = grade("tricuspid")
    assert case.to_dict()["entered"] == []
    assert "cannot be graded by ASE 2017 from what was measured" in case.explain().replace("\n    ", " ")


def test_a_rejected_case_says_what_to_do() -> None:
    ran = CliRunner().invoke(app, ["explain", "mitral", "eroa=35"])
    assert ran.exit_code == 1
    assert "REJECTED: not graded" in ran.output
    assert "EROA 35 cm2 is outside 0-5 cm2; 35 mm2 would be plausible: check the unit." in ran.output


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["mitral", "eora=1"], "Did you mean eroa?"),
        (["mitrl", "eroa=1"], "Did you mean mitral?"),
        (["mitral", "eroa"], "expected NAME=VALUE"),
        (["mitral", "eroa=0.3", "ero=0.4"], "given twice"),
        (["mitral", "eroa=0.3", "eroa=0.4"], "given twice"),
        (["mitral", "ar_eroa=0.35"], "about the aortic valve"),
        (["mitral", "eroa=0.3", "--guideline", "ase-2016"], "Did you mean ase-2017?"),
    ],
)
def test_usage_errors_are_sentences_with_the_nearest_name(words: list[str], complaint: str) -> None:
    ran = CliRunner().invoke(app, ["explain", *words])
    assert ran.exit_code == 2
    assert complaint in ran.output


@pytest.mark.parametrize(
    ("value", "printed"), [("0.396", "0.396 cm2"), ("0.45", "0.45 cm2"), ("0.2999", "0.2999 cm2"), ("0.304", "0.30 cm2")]
)  # fmt: skip
def test_a_printed_number_never_leaves_its_band(value: str, printed: str) -> None:
    table = load_guideline("ase-2017").tables["mitral"]
    assert report_value(load_catalogue().numbers["eroa"], float(value), table) == printed


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"eroa": 0.45, "regurgitant_volume": 62}, "Severe mitral regurgitation (grade IV) by ASE 2017: EROA 0.45 cm2, regurgitant volume 62 mL."),
        ({"eroa": 0.25}, "Moderate mitral regurgitation (grade II) by ASE 2017, by a single parameter: EROA 0.25 cm2."),
        ({"regurgitation": "none"}, "No mitral regurgitation by ASE 2017."),
        ({"regurgitation": "trace"}, "Trace mitral regurgitation by ASE 2017."),
        ({"eroa": 0.45, "regurgitant_volume": 52.7, "regurgitant_fraction": 40},
         "Moderate mitral regurgitation by ASE 2017, by majority (range moderate to severe): EROA 0.45 cm2, regurgitant volume 53 mL, regurgitant fraction 40 %."),
        ({"eroa": 35}, "Mitral regurgitation: not graded by ASE 2017."),
    ],
)  # fmt: skip
def test_the_report_sentence(values: dict[str, object], sentence: str) -> None:
    assert report(grade("mitral", **values)) == sentence


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_every_explanation_fits_a_terminal_and_is_json(path: object) -> None:
    guideline, valve = table_of(path)  # type: ignore[arg-type]
    for row in read_vectors(path)[::3]:  # type: ignore[arg-type]
        case = grade(valve, guideline, **values_of(row))
        assert max(len(line) for line in case.explain().splitlines()) <= 80, row["id"]
        assert json.loads(json.dumps(case.to_dict())) == case.to_dict()
        assert "For education and research" in case.explain()
        assert re.findall(r"\w+_\w+", case.explain()) == [], row["id"]


def test_a_unit_in_the_name_is_understood() -> None:
    assert "SEVERE" in said("explain", "mitral", "eroa_mm2=40")
    assert "EROA '0,45' has a comma: write a decimal point. For" in said("explain", "mitral", "eroa=0,45")
    assert "'1.234,5' has marks between the thousands" in said("explain", "mitral", "eroa=1.234,5")


@pytest.mark.parametrize("values", [{"regurgitant_volume": 60, "lvot_diameter": 2, "lvot_vti": 18},
                                    {"mitral_annulus_diameter": 3.5, "mitral_annulus_vti": 14, "lvot_diameter": 2,
                                     "lvot_vti": 18, "regurgitant_vti": 150}])  # fmt: skip
def test_what_rests_on_one_measurement_is_one_witness(values: dict[str, float]) -> None:
    assert "one witness, not" in grade("mitral", **values).reason


def test_values_as_python_gives_them() -> None:
    import pandas as pd

    assert grade("mitral", eroa=10**400).status == "rejected"
    assert grade("mitral", eroa=pd.NA, flail_leaflet=pd.NaT).status == "insufficient_data"
    for wrong in ({"valve": None}, {"valve": "mitral", "guideline": None}):
        with pytest.raises(UsageError):
            grade(**wrong)  # type: ignore[arg-type]
    assert grade("mitral", flail_leaflet=True).reading.columns()["flail_leaflet"][0] == 2
    assert grade("mitral", eroa=True).status == "rejected"
    assert grade("mitral", eroa="0.4 kg").status == "rejected"
    assert grade("mitral", eroa=float("inf")).status == "rejected"
    assert grade("mitral", regurgitant_fraction="0.52 fraction", eroa=0.45).decision is not None
    with pytest.raises(UsageError):
        grade("mitral", derived_eroa=1)


@pytest.mark.parametrize("words", [["guidelines"], ["guidelines", "ase-2017"], ["--help"], ["grade", "--help"]])
def test_commands_that_only_print(words: list[str]) -> None:
    ran = CliRunner().invoke(app, words)
    assert ran.exit_code == 0
    assert len(ran.output) > 100


EVERY_TABLE = [(paper, valve) for paper in list_guidelines() for valve in load_guideline(paper).tables]


@pytest.mark.parametrize(("paper", "valve"), EVERY_TABLE)
def test_a_table_is_printed_with_every_cut_off_and_rule(paper: str, valve: str) -> None:
    text = said("guidelines", paper, valve)
    table = load_guideline(paper).tables[valve]
    for _, row in table.rows():
        assert load_catalogue()[row.name].label in text
        for cut in row.scale.printed if row.scale else ():
            assert cut in text
    assert all(f"{rule.number}." in text for rule in table.rules)
    assert "reading:" in text


def test_a_valve_that_is_not_there_is_refused() -> None:
    assert "no valve" in said("guidelines", "ase-2017", "ileocaecal")


def test_a_row_says_where_it_stands_when_its_group_stands_elsewhere() -> None:
    text = said("explain", "mitral", "vena_contracta_width_biplane=9mm")
    assert "(> 0.8 cm) (Table 8; our reading: the mild limit of the single-plane width is used)" in text
    assert "read in the paper's own tables and figures)" in said("explain", "mitral", "eroa=0.45", "-g", "esc-2025")


@pytest.mark.parametrize(("paper", "valve"), EVERY_TABLE)
def test_cautions_stand_in_every_table(paper: str, valve: str) -> None:
    assert len(load_guideline(paper).tables[valve].cautions) >= 1


def test_a_rejected_case_has_the_same_keys_as_a_graded_one() -> None:
    assert set(grade("mitral", eroa=35).to_dict()) == set(grade("mitral", eroa=0.35).to_dict())


#: (case, what the explanation says, what it does not)
SCALES_IN_FORCE = {
    "low flow unknown": ("esc-2021 mechanism=secondary eroa=0.35", "regurgitant volume: not entered [not severe < 60", "< 45"),
    "low flow": ("esc-2021 mechanism=secondary low_flow=yes eroa=0.35", "regurgitant volume: not entered [not severe < 45", "< 60"),
    "primary": ("esc-2021 mechanism=primary regurgitant_volume=50", "EROA: not entered [not severe < 40", "< 30 <="),
    "relaxed": (
        "esc-2021 mechanism=secondary elliptical_orifice=yes eroa=0.30",
        "is severe (>= 30 mm2, as mechanism = secondary and elliptical orifice = yes)",
        "< 40 <=",
    ),
    "not counted": (
        "acc-aha-2020 vena_contracta_width=8mm",
        "None of the parameters could be assessed. Rule 2",
        "None of the parameters was measured",
    ),
    "value not counted": (
        "acc-aha-2020 vena_contracta_width=8mm",
        "8 mm = 0.8 cm, not counted: needs mechanism = primary",
        "vena contracta width: needs",
    ),
    "signs beside a majority": (
        "ase-2017 eroa=0.45 regurgitant_volume=52.7 regurgitant_fraction=40 flail_leaflet=yes vena_contracta_width=7mm",
        "Vena contracta width and flail leaflet argue for severe, the quantities for moderate.",
        "Figure 31",
    ),
    "recorded none": (
        "esc-2021 eroa=0.5 regurgitation=none",
        "Regurgitation was recorded as none; the grade by ESC 2021 rests on what was measured alone, check both.",
        "recorded as trace",
    ),
    "recorded none, nothing measured": ("esc-2021 regurgitation=none", "INSUFFICIENT DATA", "was recorded as none"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "stands", "missing"), SCALES_IN_FORCE.values(), ids=SCALES_IN_FORCE)
def test_what_is_said_is_what_decided(given: str, stands: str, missing: str) -> None:
    guideline, *measured = given.split()
    text = said("explain", "mitral", *measured, "--guideline", guideline)
    assert stands in text
    assert missing not in text


def test_a_place_names_its_paper_and_what_a_table_does_not_read_is_not_worked_out() -> None:
    text = said("explain", "aortic", "eroa=0.3", "lv_size=normal", "--guideline", "acc-aha-2020")
    assert "LV size and function normal: ASE 2017, Figure 25, p 344" in text
    derived = grade("mitral", flail_leaflet="yes", eroa=0.3).to_dict()["derived"]
    assert "valve_destruction" not in [row["measurement"] for row in derived]


def test_an_impossible_fraction_gives_way_to_the_volumetric_one() -> None:
    case = grade("aortic", eroa=0.61, regurgitant_vti=154.77, lvot_diameter=2.0, lvot_vti=25.61,
                 mitral_annulus_diameter=2.76, mitral_annulus_vti=8.63)  # fmt: skip
    answer = case.to_dict()
    worked_out = {row["measurement"]: row["value"] for row in answer["derived"]}
    assert worked_out["regurgitant_fraction"] == pytest.approx(35.8, abs=0.05)
    assert (answer["grade"], answer["grade_low"], answer["grade_high"]) == ("indeterminate", "moderate", "severe")
    assert "one witness, not three" not in case.explain()


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
}


def numbers_in(text: str, lowest: float, highest: float) -> list[float]:
    """Some values that '< 30 mL', '>= 0.20 and < 0.40 cm2' or '20 to 29 cm' speaks of, both ends among them."""
    found = [
        float(number) for number in re.findall(r"\d+(?:\.\d+)?(?=[ ]|$)", text.replace("cm2", "").replace("mm2", ""))
    ]
    if " to " in text or len(re.findall(r"[<>]", text)) == 0:
        low, high = found[0], found[-1]
        return [low, round((low + high) / 2), high] if low <= round((low + high) / 2) <= high else [low, high]
    low = found[0] if text.startswith(">") else lowest
    high = highest if text.startswith(">") and "<" not in text else found[-1]
    inside = [low + (high - low) * share for share in (0.1, 0.5, 0.9)]
    return inside + ([low] if text.startswith(">=") else []) + ([high] if "<=" in text else [])


@pytest.mark.parametrize(("valve", "guideline", "entered"), PROMISING.values(), ids=PROMISING)
def test_one_more_value_changes_the_grade_as_promised(valve: str, guideline: str, entered: dict[str, object]) -> None:
    answer = grade(valve, guideline, **entered).to_dict()
    units = {c["measurement"]: c["unit"] for c in answer["criteria"]}
    kept = 0
    for change in answer["would_change"]:
        name = change["measurement"]
        number = load_catalogue().numbers.get(name)
        for outcome in change["outcomes"]:
            promised = (outcome["grade"], outcome["grade_low"], outcome["grade_high"])
            for text in outcome["values"]:
                if number is None:
                    tried: list[str] = [text.replace(" ", "_")]
                else:
                    unit = units.get(name) or number.unit
                    assert number.hard is not None
                    soft = number.soft or number.hard
                    ends = [convert(end, number.unit, unit) for end in (max(soft.low, number.hard.low), soft.high)]
                    tried = [f"{value:.6g} {'' if unit == '1' else unit}" for value in numbers_in(text, *ends)]
                for value in tried:
                    found = grade(valve, guideline, **(entered | {name: value})).to_dict()
                    assert (found["grade"], found["grade_low"], found["grade_high"]) == promised, (name, value)
                    kept += 1
    assert kept > 10


def test_a_row_recorded_as_none_but_graded_is_a_warning() -> None:
    rows = pd.DataFrame({"regurgitation": ["none", "trace", "none", "mild"], "eroa": [0.5, 0.3, None, 0.3]})
    issues = grade_frame(rows, ["esc-2021", "esc-2025", "ase-2017"], valve="mitral").attrs["issues"]
    assert [(i.row, i.column, i.value, i.severity) for i in issues] == [
        (0, "regurgitation", "none", "warning"), (1, "regurgitation", "trace", "warning"),
    ]  # fmt: skip
    assert "the grades by ESC 2021 and ESC 2025 rest on what was measured alone" in issues[0].message
    assert grade_frame(rows, valve="mitral").attrs["issues"] == []


def test_the_warning_names_the_tables_that_grade_its_own_row() -> None:
    rows = pd.DataFrame({"regurgitation": ["none"] * 2, "eroa": [0.5, None], "vena_contracta_area_3d": [None, 0.9]})
    issues = grade_frame(rows, ["esc-2021", "esc-2025"], valve="tricuspid").attrs["issues"]
    assert [re.findall(r"ESC \d+", issue.message) for issue in issues] == [["ESC 2021", "ESC 2025"], ["ESC 2025"]]


def test_what_one_more_value_could_change_is_worked_out_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
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
