"""How grades moved between the studies of a patient: by the cells of a graded file, nothing lost, nothing guessed."""

from __future__ import annotations

import csv
import math
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grading import load_guideline
from grading.cli.main import app
from grading.followup.beyond import differences, rises
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import list_guidelines

COHORT = """patient,echo_date,valve,eroa_mm2,regurgitant_volume_ml,vc_mm,regurgitation
A,2023-02-11,MR,45,72,8,
A,2022-01-10,MR,15,22,2,
B,2022-05-01,MR,38,58,5,
B,2023-05-01,MR,41,61,5,
C,2022-05-01,MR,38,58,,
C,2022-05-01T09:00,MR,31,58,,
C,2023-05-01T10:50,MR,22,35,,
C,2023-05-01T10:30,MR,20,32,,
D,2022-13-01,MR,20,32,,
D,,MR,20,32,,
,2022-01-01,MR,20,32,,
E,2021-01-01,MR,20,32,,
E,2022-01-01,MR,2000,32,,
E,2023-01-01,MR,55,85,9,
E,2023-01-01,TR,20,32,,
F,2021-01-01,MR,,,,none
F,2022-01-01,MR,50,70,,
G,2021-01-01,MR,60,90,9,
G,2022-01-01,MR,15,20,2,
"""


def echograde(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    (tmp_path / "in.csv").write_text(COHORT)
    assert echograde("grade", tmp_path / "in.csv", "-o", tmp_path / "g.csv", "-g", "ase-2017").exit_code == 1
    return tmp_path / "g.csv"


def changed(graded: Path, *words: object) -> tuple[Result, list[dict[str, str]]]:
    ran = echograde("change", graded, "--id", "patient", "--date", "echo_date", *words)
    target = graded.with_name(f"{graded.stem}.change.csv")
    return ran, rows_of(target) if target.exists() else []


SAME_DAY = "another study of this patient is of the same day, and nothing tells which came first"
NO_ERROR = "the two studies share no quantity for which the catalogue holds a measurement error"


def test_every_row_is_there_in_the_order_of_its_patient(graded: Path) -> None:
    ran, lines = changed(graded)
    assert ran.exit_code == 1
    assert [(x["id"], x["row"], x["grade"], x["earlier_row"], x["days"], x["moved"], x["beyond_error"], x["note"]) for x in lines] == [
        ("A", "2", "mild", "", "", "first", "", ""),
        ("A", "1", "severe", "2", "397", "higher", "yes", ""),
        ("B", "3", "moderate", "", "", "first", "", ""),
        ("B", "4", "severe", "3", "365", "higher", "no", ""),
        ("C", "5", "moderate", "", "", "", "", SAME_DAY),
        ("C", "6", "moderate", "", "", "", "", SAME_DAY),
        ("C", "8", "moderate", "", "", "first", "", ""),
        ("C", "7", "moderate", "8", "0", "same", "no", ""),
        ("D", "9", "moderate", "", "", "", "", "'2022-13-01' is no day of the calendar"),
        ("D", "10", "moderate", "", "", "", "", "no date"),
        ("", "11", "moderate", "", "", "", "", "no patient is named"),
        ("E", "12", "moderate", "", "", "first", "", ""),
        ("E", "13", "", "", "", "", "", "the row was rejected; its column echograde_issues says why"),
        ("E", "14", "severe", "12", "730", "higher", "yes", ""),
        ("E", "15", "moderate", "", "", "first", "", ""),
        ("F", "16", "none", "", "", "first", "", ""),
        ("F", "17", "severe", "16", "365", "higher", "unknown", NO_ERROR),
        ("G", "18", "severe", "", "", "first", "", ""),
        ("G", "19", "mild", "18", "365", "lower", "yes", ""),
    ]  # fmt: skip
    assert "progress" not in ran.stderr.casefold()
    assert not any(name in ran.stderr for name in ("2022-01-10", "patient A"))


def test_what_is_beyond_error_is_named_and_stands_apart_by_the_errors_of_the_catalogue(graded: Path) -> None:
    lines = {line["row"]: line for line in changed(graded)[1]}
    assert "regurgitant volume 22 mL to 72 mL" in lines["1"]["beyond_by"]
    assert lines["4"]["beyond_by"] == ""
    earlier = ("mitral", "ase-2017", (("eroa", 0.38), ("regurgitant_volume", 58.0)))
    later = ("mitral", "ase-2017", (("eroa", 0.41), ("regurgitant_volume", 61.0)))
    found = {one.label: one for one in differences(earlier, later)}
    for name, first, second in (("eroa", 0.38, 0.41), ("regurgitant_volume", 58.0, 61.0)):
        number = load_catalogue().numbers[name]
        assert number.error is not None
        apart = (second - first) / math.hypot(number.error.deviation(first), number.error.deviation(second))
        assert found[number.label].deviations == pytest.approx(apart, rel=0.15)
        assert found[number.label].towards_severe


def test_quantities_that_go_both_ways_are_said_and_a_derived_one_counts(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(
        "patient,echo_date,valve,eroa_mm2,regurgitant_volume_ml,pht_ms,pisa_radius_mm,aliasing_velocity_cm_s,peak_velocity_cm_s\n"
        "A,2020-01-01,AR,12,20,150,,,\nA,2021-01-01,AR,45,80,600,,,\n"
        "B,2020-01-01,MR,,,,4,35,500\nB,2021-01-01,MR,,,,11,35,500\n"
    )
    echograde("grade", tmp_path / "in.csv", "-o", tmp_path / "g.csv")
    lines = changed(tmp_path / "g.csv")[1]
    assert [(x["moved"], x["beyond_error"], x["note"]) for x in lines[1::2]] == [
        ("higher", "unknown", "quantities differ by more than measurement error in both directions"),
        ("higher", "yes", ""),
    ]
    assert "pressure half-time 150 ms to 600 ms" in lines[1]["beyond_by"]
    assert lines[3]["beyond_by"].startswith("EROA ")


def test_a_longer_pressure_half_time_is_a_milder_leak() -> None:
    falling = {
        row.name
        for name in list_guidelines()
        for table in load_guideline(name).tables.values()
        for group, row in table.rows()
        if row.scale is not None and group.counted and not rises(group, row)
    }
    assert falling == {"pressure_half_time"}


def test_columns_of_several_valves_and_guidelines_each_have_their_lines(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(
        "patient,echo_date,mr_eroa_mm2,mr_rvol_ml,tr_eroa_mm2,pr_vc_mm\nA,01/02/2020,10,20,10,\nA,01/02/2021,50,80,10,\n"
    )
    echograde(
        "grade",
        tmp_path / "in.csv",
        "-o",
        tmp_path / "g.csv",
        "-g",
        "ase-2017",
        "-g",
        "tvarc-2023",
        "--unit",
        "mr_eroa_mm2=mm2",
    )
    ran, lines = changed(tmp_path / "g.csv")
    assert (ran.exit_code, lines) == (2, [])
    assert "--date-order dmy or --date-order mdy" in ran.stderr
    ran, lines = changed(tmp_path / "g.csv", "--date-order", "dmy")
    assert ran.exit_code == 0, ran.stderr
    blocks = [("mitral", "ase-2017"), ("tricuspid", "ase-2017"), ("tricuspid", "tvarc-2023"), ("pulmonic", "ase-2017")]
    assert [(x["valve"], x["guideline"]) for x in lines] == [block for block in blocks for _ in range(2)]
    assert [x["date"] for x in lines[:2]] == ["2020-02-01", "2021-02-01"]
    assert [x["moved"] for x in lines if x["valve"] == "mitral"] == ["first", "higher"]
    only = changed(tmp_path / "g.csv", "--date-order", "dmy", "--valve", "TR", "-g", "tvarc-2023")[1]
    assert [(x["valve"], x["guideline"]) for x in only] == [("tricuspid", "tvarc-2023")] * 2


REFUSED = {
    "no such column": (["--date", "echo_dat"], "--date: there is no column 'echo_dat'. Did you mean echo_date?"),
    "another kind of file": (["-o", "x.json"], "--out: x.json should end in .csv"),
    "the graded file": (["-o", "g.csv"], "is a folder or one of the inputs"),
    "another guideline": (["-g", "esc-2025"], "the file holds no grades by esc-2025 (it holds: ase-2017)"),
    "no manifest": (["--manifest", "absent.json"], "cannot read absent.json"),
    "another manifest": (["--manifest", "other.run.json"], "other.run.json is not the manifest of g.csv"),
    "an unknown study": (["--against", "last"], "--against: expected previous or first, found 'last'"),
    "an unknown order": (["--date-order", "ymd"], "--date-order: expected iso, dmy, mdy, found 'ymd'"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_said(
    graded: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], sentence: str
) -> None:
    monkeypatch.chdir(graded.parent)
    Path("in.csv").write_text("id,mr_eroa_mm2\n1,30\n")
    echograde("grade", "in.csv", "-o", "other.csv")
    before = sorted(path.name for path in Path().iterdir())
    words = [*words, *([] if "--date" in words else ["--date", "echo_date"])]
    ran = echograde("change", "g.csv", "--id", "patient", *words)
    assert (ran.exit_code, sentence in ran.stderr) == (2, True), ran.stderr
    assert sorted(path.name for path in Path().iterdir()) == before


def test_a_file_of_other_tables_or_with_rows_taken_out_is_refused(graded: Path) -> None:
    manifest = graded.with_name("g.run.json")
    text = manifest.read_text()
    manifest.write_text(text.replace('"tables": "', '"tables": "x'))
    assert "grade it again" in changed(graded)[0].stderr
    manifest.write_text(text)
    shutil.copy(graded, graded.with_name("whole.csv"))
    graded.write_text("".join(graded.read_text().splitlines(keepends=True)[:-1]))
    assert "is about 19 rows and g.csv holds 18" in changed(graded)[0].stderr


def test_no_cell_runs_in_a_spreadsheet_where_none_should(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("patient,echo_date,valve,eroa_mm2\n=1+1,2020-01-01,MR,30\n")
    echograde("grade", tmp_path / "in.csv", "-o", tmp_path / "g.csv")
    assert changed(tmp_path / "g.csv")[1][0]["id"] == "=1+1"
    assert changed(tmp_path / "g.csv", "--excel-safe")[1][0]["id"] == "'=1+1"
