"""Which lines are of one study, what is kept of them, and what repeats come to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.long_files import graded, table
from typer.testing import CliRunner

from grading import UsageError
from grading.agreement.question import Question, answer
from grading.batch.job import Long
from grading.cli.main import app
from grading.longtable.repeats import tolerance
from grading.reference.catalogue import load_catalogue

TWO_VISITS = ["P1,{},MR ERO,0.4,cm2", "P1,{},MR RV,62,ml", "P1,{},MR ERO,0.2,cm2", "P1,{},MR RV,30,ml"]


def visits(header: str, first: str, second: str) -> str:
    lines = [line.format(first if place < 2 else second) for place, line in enumerate(TWO_VISITS)]
    return table(f"id,{header},measurement,value,unit", *lines)


DIFFERENT = [
    ("StudyDate", "2024-01-02", "2025-01-02"), ("visit", "1", "2"), ("Untersuchung", "02.01.2024", "03.01.2024"),
    ("acquired", "20240102", "20240109"), ("StudyInstanceUID", "1.2.3", "1.2.4"), ("patient", "A", "B"),
    ("visita", "1", "2"), ("Zeitpunkt", "prä", "post"), ("日期", "2024年1月2日", "2025年1月3日"), ("year", "2024", "2025"),
    ("quand", "1er janv. 2024", "3 févr. 2025"), ("month", "2024-01", "2025-01"),
    ("when", "Jan 2, 2024", "Jan 3, 2024"), ("redcap_event_name", "baseline_arm_1", "month_6_arm_1"),
    ("phase", "rest", "peak stress"), ("condition", "before", "after"), ("x", "pre", "post-TEER"),
    ("stage", "baseline", "6 months"), ("Zustand", "Ruhe", "Belastung"), ("état", "avant", "après"),
]  # fmt: skip


@pytest.mark.hazard("another-visit")
@pytest.mark.parametrize(("header", "first", "second"), DIFFERENT, ids=[header for header, _, _ in DIFFERENT])
def test_lines_of_one_id_that_are_of_several_studies_stop_the_run(header: str, first: str, second: str) -> None:
    text = visits(header, first, second).replace("Jan 2, 2024", '"Jan 2, 2024"').replace("Jan 3, 2024", '"Jan 3, 2024"')
    with pytest.raises(UsageError) as error:
        graded(text)
    shown = f"lines of one id differ in column {header!r}: 'P1' has {first!r} and {second!r}. If they are of several"
    assert shown in str(error.value)
    both = graded(text, Long(more_ids=(header,)))
    assert both.column("mitral_ase_2017_grade") == ["severe", "moderate"]
    assert both.column(header) == [first, second]


SAME = [
    ("StudyDate", "2024-01-02", "2024-01-02"), ("acquired", "2024-01-02 08:00", "2024-01-02 08:40"),
    ("frame", "1", "2"), ("operator", "AB", "CD"), ("visit", "1", ""),
]  # fmt: skip


@pytest.mark.parametrize(("header", "first", "second"), SAME, ids=[header for header, _, _ in SAME])
def test_other_columns_may_differ_within_a_study(header: str, first: str, second: str) -> None:
    assert len(graded(visits(header, first, second)).rows) == 1


MIXED = [("reader", "AB", "CD"), ("arm", "A", "B"), ("x", "45321", "45687")]


@pytest.mark.parametrize(("header", "first", "second"), MIXED, ids=[header for header, _, _ in MIXED])
def test_a_column_that_may_tell_studies_apart_is_a_warning(header: str, first: str, second: str) -> None:
    sentence = f"under several texts of column {header!r}: 'P1' has {first!r} and {second!r}"
    found = [one["message"] for one in graded(visits(header, first, second)).issues if one["severity"] == "warning"]
    assert [sentence in message for message in found].count(True) == 1


def test_a_way_out_in_the_issues_is_written_as_its_reader_gives_it(tmp_path: Path) -> None:
    source, target = tmp_path / "long.csv", tmp_path / "graded.csv"
    source.write_text(visits("reader", "AB", "CD"), encoding="utf-8")
    ran = CliRunner().invoke(app, ["grade", str(source), "-o", str(target), "--layout", "long"])
    issues = (tmp_path / "graded.issues.csv").read_text(encoding="utf-8")
    assert all("if they are of several, give --id id --id reader" in said for said in (ran.output, issues)), issues


@pytest.mark.parametrize("phase", ["systole diastole", "1 2", "AP2 AP4"])
def test_what_is_measured_at_several_places_of_one_study_is_no_visit(phase: str) -> None:
    assert len(graded(visits("phase", *phase.split())).rows) == 1


@pytest.mark.parametrize("texts", ["aabb", "abcd", "aaaa"], ids=["no label again", "each line its own", "one text"])
def test_a_column_that_does_not_is_none(texts: str) -> None:
    lines = ["P1,{},MR ERO,0.4,cm2", "P1,{},MR ERO,0.41,cm2", "P1,{},MR RV,62,ml", "P1,{},MR RV,62,ml"]
    text = table("id,x,measurement,value,unit", *(line.format(x) for line, x in zip(lines, texts, strict=True)))
    assert not [one for one in graded(text).issues if "under several texts" in one["message"]]


def test_a_file_that_is_one_study_has_one_date() -> None:
    with pytest.raises(UsageError, match="lines of the file differ in column 'StudyDate'"):
        graded(visits("StudyDate", "2024-01-02", "2025-01-02"), Long(one_study=True))


def test_the_sentence_counts_the_others_and_names_the_first() -> None:
    lines = [f"{study},{day},MR ERO,0.4,cm2" for study in "cab" for day in ("2024-01-02", "2024-01-03")]
    with pytest.raises(UsageError, match="'c' has '2024-01-02' and '2024-01-03', and 2 more differ"):
        graded(table("id,day,name,value,unit", *lines))


def test_a_line_that_lacks_a_part_of_its_key_is_of_no_study() -> None:
    found = graded(visits("StudyDate", "2024-01-02", ""), Long(more_ids=("StudyDate",)))
    assert found.column("mitral_ase_2017_grade") == ["severe"]
    assert [(issue["line"], issue["severity"]) for issue in found.issues] == [("4", "error")]


# --- what is kept ------------------------------------------------------------------------------------------------------

MIMIC = table(
    "subject_id,measurement_id,measurement_datetime,test_type,measurement,measurement_description,result,unit",
    "7,301,2150-03-04 09:00:00,TTE,mv_ero,ERO,0.45,cm2",
    "7,301,2150-03-04 09:00:00,TTE,mitral_regurg,MR grade,Severe [4+],",
    "7,302,2151-03-04 09:00:00,TTE,mv_ero,ERO,0.1,cm2",
    "7,302,2151-03-04 09:00:00,TTE,mitral_regurg,MR grade,Mild [1+],",
    "8,303,2151-03-04 09:00:00,TTE,mv_ero,ERO,0.25,cm2",
)


def test_columns_and_labels_are_kept_so_that_a_reader_can_be_compared(tmp_path: Path) -> None:
    source, target = tmp_path / "long.csv", tmp_path / "graded.csv"
    source.write_text(MIMIC, encoding="utf-8")
    words = ["--layout", "long", "--id", "measurement_id", "--keep", "mitral_regurg", "--keep", "subject_id", "-q"]
    assert CliRunner().invoke(app, ["grade", str(source), "-o", str(target), *words]).exit_code == 0
    rows = [line.split(",")[:4] for line in target.read_text(encoding="utf-8").splitlines()]
    assert rows == [
        ["measurement_id", "subject_id", "mitral_regurg", "mitral_eroa_cm2"],
        ["301", "7", "Severe [4+]", "0.45"], ["302", "7", "Mild [1+]", "0.1"], ["303", "8", "", "0.25"],
    ]  # fmt: skip
    texts = answer(Question(path=target, guidelines=(), reader="mitral_regurg", valve=None)).texts
    assert {text: lines for text, (_, lines) in texts.items()} == {"Severe [4+]": 1, "Mild [1+]": 1, "": 1}


def test_what_differs_within_a_study_is_kept_whole_and_said() -> None:
    text = table("study_id,operator,name,value,unit", "1,AB,MR ERO,0.4,cm2", "1,CD,MR RV,62,ml", "2,,MR RV,20,ml")
    found = graded(text, Long(keep=("operator",)))
    assert found.column("operator") == ["AB / CD", ""]
    assert [(issue["column"], issue["severity"]) for issue in found.issues] == [("operator", "warning")]


KEPT = [
    (("nothing",), "there is no column or label 'nothing'"),
    (("mitral_eroa_cm2",), "column 'mitral_eroa_cm2' is in the output already"),
]


@pytest.mark.parametrize(("keep", "complaint"), KEPT, ids=[complaint for _, complaint in KEPT])
def test_what_cannot_be_kept_is_a_sentence(keep: tuple[str, ...], complaint: str) -> None:
    text = table("study_id,name,value,unit", "1,MR ERO,0.4,cm2", "1,mitral_eroa_cm2,0.4,cm2")
    with pytest.raises(UsageError, match=complaint):
        graded(text, Long(keep=keep))


def test_a_kept_column_is_never_evidence() -> None:
    text = table("study_id,MR EROA,name,value,unit", "1,45,MR VC,3,mm")
    found = graded(text, Long(keep=("MR EROA",)))
    assert (found.column("MR EROA"), found.column("mitral_ase_2017_grade")) == (["45"], ["insufficient_data"])


TWICE = [
    (["--layout", "long", "--layout", "wide"], "--layout is given 2 times"),
    (["--decimal", ",", "--decimal", "."], "--decimal is given 2 times"),
    (["-o", "a.csv", "--out", "b.csv"], "--out is given 2 times"),
]


@pytest.mark.parametrize(("words", "complaint"), TWICE, ids=[words[0] for words, _ in TWICE])
def test_an_option_of_one_value_is_given_once(words: list[str], complaint: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,mr_eroa_cm2\n1,0.4\n")
    ended = CliRunner().invoke(app, ["grade", str(tmp_path / "in.csv"), *words])
    assert (ended.exit_code, complaint in ended.output) == (2, True)


# --- codes -------------------------------------------------------------------------------------------------------------


def test_loinc_codes_are_labels_and_a_poorer_form_gives_way() -> None:
    lines = ["1,80071-4,0.43,cm2", "1,LOINC 80059-9,0.95,cm", "1,10230-1,60,%", "1,EF,50,%", "1,18113-1,severe,"]
    row = graded(table("study_id,code,value,unit", *lines)).rows[0]
    names = ("mitral_eroa_cm2", "mitral_pisa_radius_cm", "lv_ejection_fraction_pct", "mitral_ase_2017_grade")
    assert [row[name] for name in names] == ["0.43", "0.95", "50", "severe"]


# --- repeats -----------------------------------------------------------------------------------------------------------

LIMITS = [("eroa", 0.3), ("regurgitant_volume", 50), ("vena_contracta_width", 0.5), ("lv_ejection_fraction", 55)]


@pytest.mark.parametrize(("name", "value"), LIMITS, ids=[name for name, _ in LIMITS])
def test_repeats_may_lie_apart_by_the_deviation_of_a_difference(name: str, value: float) -> None:
    number = load_catalogue().numbers[name]
    assert number.error is not None
    assert tolerance(number, np.array([value])).tolist() == pytest.approx([2**0.5 * number.error.deviation(value)])


REPEATS = [
    pytest.param(["MR ERO,0.42,cm2", "MR ERO,0.45,cm2"], "0.435", "severe", "note", id="within the tolerance"),
    pytest.param(["MR ERO,0.42,cm2", "MR ERO,0.80,cm2"], "0.61", "severe", "warning", id="beyond it, and the same grade"),
    pytest.param(["MR ERO,0.10,cm2", "MR ERO,0.45,cm2"], "0.10 / 0.45", "", "error", id="beyond it, and another grade"),
    pytest.param(["MR ERO,10,mm2", "MR ERO,0.45,cm2"], "0.1 / 0.45", "", "error", id="in two units"),
    pytest.param(["MR ERO,0.1,cm2", "MR ERO,0.2,cm2", "MR ERO,0.45,cm2"], "0.1 / 0.2 / 0.45", "", "error", id="three"),
    pytest.param(["MR Rad,0.9,cm", "MR Alias Vel,38,cm/s", "MR Alias Vel,39,cm/s", "MR Vmax,5.9,m/s"], None, "moderate", "warning", id="set on the machine, so not measured twice"),
]  # fmt: skip


@pytest.mark.hazard("repeats")
@pytest.mark.parametrize(("lines", "cell", "grade", "severity"), REPEATS)
def test_repeats_that_lie_too_far_apart_are_graded_only_where_the_grade_is_the_same(
    lines: list[str], cell: str | None, grade: str, severity: str
) -> None:
    found = graded(table("study_id,name,value,unit", *(f"1,{line}" for line in lines), "2,MR ERO,0.5,cm2"))
    assert found.column("mitral_ase_2017_grade") == [grade, "severe"]
    assert [issue["severity"] for issue in found.issues] == [severity]
    assert cell is None or found.rows[0]["mitral_eroa_cm2"] == cell


@pytest.mark.parametrize(("rule", "grade"), [("first", "mild"), ("last", "severe"), ("max", "severe")])
def test_a_rule_that_takes_one_of_them_is_the_way_out(rule: str, grade: str) -> None:
    text = table("study_id,name,value,unit", "1,MR ERO,0.10,cm2", "1,MR ERO,0.45,cm2")
    found = graded(text, Long(repeats=rule))
    assert found.column("mitral_ase_2017_grade") == [grade]
    assert [issue["severity"] for issue in found.issues] == ["warning"]


def test_many_doubtful_measurements_of_one_study_are_looked_at_together() -> None:
    pairs = ["MR ERO,0.1,cm2;0.5", "MR RV,20,ml;70", "MR RF,20,%;60", "MR VC,0.2,cm;0.9", "MR Vmax,4,m/s;6.5"]
    lines = []
    for pair in pairs:
        line, other = pair.split(";")
        label, _, unit = line.split(",")
        lines += [f"1,{line}", f"1,{label},{other},{unit}"]
    found = graded(table("study_id,name,value,unit", *lines))
    assert found.column("mitral_ase_2017_grade") == [""]
    assert {issue["severity"] for issue in found.issues} == {"error"}
