"""The batch mode on files: every row in order, cells as they were, issues with their place, honest exit codes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.paths import EXAMPLE
from typer.testing import CliRunner, Result

from grading import UsageError, grade_frame
from grading.batch.job import Job
from grading.batch.run import run
from grading.cli.main import app
from grading.columns.plan import Options
from grading.formats.isolated import Reading
from grading.reading.cells import judge
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number
from grading.rows.schema import failures, schema


def echograde(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def graded(
    tmp_path: Path, text: str | bytes, *words: object
) -> tuple[Result, list[dict[str, str]], list[dict[str, str]]]:
    """Grade a small file: (what the command said, rows of the output, issues); both lists empty when nothing was written."""
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(text if isinstance(text, bytes) else text.encode())
    ran = echograde("grade", source, "-o", target, *words)
    written = (tmp_path / "out.issues.csv").exists()
    return ran, rows_of(target) if written else [], rows_of(tmp_path / "out.issues.csv") if written else []


WIDE = '''\
id,note,mr_eroa_mm2,mr_rvol_ml,ar_vc_mm,AR PHT (ms),tr_eroa_cm2,pr_regurgitant_fraction_pct,sex
007,"a, ""b""",45,62,5,300,0.45,41,f
008,plain,4500,62,,,,,f
009,,25,,<6,,,,f
010,"two
lines",30,,,,"0,35",,f
011,=1+1,,,,,,12 %,f
012,ünïcode,20,,,,,,woman?
013,last,,,,,,30,f
'''


def test_a_wide_file_with_five_dirty_cells(tmp_path: Path) -> None:
    ran, rows, issues = graded(tmp_path, WIDE)
    assert ran.exit_code == 1
    assert [row["id"] for row in rows] == ["007", "008", "009", "010", "011", "012", "013"]
    assert [row["note"] for row in rows] == ['a, "b"', "plain", "", "two\nlines", "=1+1", "ünïcode", "last"]
    found = [(i["row"], i["line"], i["column"], i["value"], i["severity"]) for i in issues]
    assert found == [
        ("2", "3", "mr_eroa_mm2", "4500", "error"),
        ("3", "4", "ar_vc_mm", "<6", "error"),
        ("4", "5", "tr_eroa_cm2", "0,35", "error"),
        ("5", "7", "pr_regurgitant_fraction_pct", "12 %", "error"),
        ("6", "8", "sex", "woman?", "warning"),
    ]
    assert "EROA 4500 mm2 is outside 0-500 mm2" in issues[0]["message"]
    assert [row["echograde_status"] for row in rows] == ["graded", *["rejected"] * 4, "graded", "graded"]
    assert rows[0]["mitral_ase_2017_grade"] == "severe"
    valves = ("mitral", "aortic", "tricuspid", "pulmonic")
    assert [rows[1][f"{valve}_ase_2017_grade"] for valve in valves] == ["", *["insufficient_data"] * 3]
    assert [rows[1][f"{valve}_status"] for valve in valves] == ["rejected", *["insufficient_data"] * 3]
    assert rows[6]["pulmonic_ase_2017_grade"] == "moderate"


@pytest.mark.hazard("row-lost")
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_input_cells_reach_the_output_byte_for_byte(tmp_path: Path, newline: bytes, mark: bytes) -> None:
    text = mark + WIDE.encode().replace(b"\n", newline)
    graded(tmp_path, text)
    lines, records = (tmp_path / "out.csv").read_bytes(), text.removesuffix(newline).split(newline)
    found = lines.removesuffix(newline).split(newline)
    assert len(found) == len(records)
    assert all(out.startswith(given) for out, given in zip(found, records, strict=True))


@pytest.mark.hazard("another-answer")
def test_the_example_file_says_the_same_by_every_way(tmp_path: Path) -> None:
    assert run(Job(EXAMPLE, tmp_path / "out.csv")).rejected
    rows = rows_of(tmp_path / "out.csv")
    frame = pd.read_csv(EXAMPLE, dtype=str, keep_default_na=False)
    answers = grade_frame(frame)
    assert len(rows) == len(frame) == 60
    for name in answers.columns:
        texts = ["" if pd.isna(v) else v for v in answers[name]]
        if answers[name].dtype.kind == "f":
            assert [row[name] and float(row[name]) for row in rows] == [t and float(t) for t in texts]
        else:
            assert [row[name] for row in rows] == [str(t) for t in texts]
    issues = rows_of(tmp_path / "out.issues.csv")
    assert [(int(i["row"]) - 1, i["message"]) for i in issues] == [(i.row, i.message) for i in answers.attrs["issues"]]
    assert sum(i["severity"] == "error" for i in issues) == 6


@pytest.mark.hazard("another-answer")
def test_two_runs_and_any_block_size_give_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for number, size in enumerate((4_000_000, 4_000_000, 4_096, 700, 64)):
        target = tmp_path / str(number) / "out.csv"
        target.parent.mkdir()
        run(Job(EXAMPLE, target, block_bytes=size))
        written.append([(target.parent / name).read_bytes() for name in ("out.csv", "out.issues.csv", "out.run.json")])
    assert all(files == written[0] for files in written)


@pytest.mark.hazard("wrong-edition")
def test_the_manifest_says_what_is_needed_to_repeat_the_run(tmp_path: Path) -> None:
    graded(tmp_path, WIDE)
    said = json.loads((tmp_path / "out.run.json").read_text(encoding="utf-8"))
    assert said["input"]["rows"] == 7
    assert set(said["guidelines"]["ase-2017"]) == {"mitral", "aortic", "tricuspid", "pulmonic"}
    assert {c["header"]: (c["valve"], c["measurement"], c["unit"], c["unit_from"]) for c in said["columns"]}[
        "AR PHT (ms)"
    ] == ("aortic", "pressure_half_time", "ms", "header")
    assert said["status"] == {"graded": 3, "rejected": 4}
    assert said["unmatched"] == ["id", "note"]
    assert str(tmp_path) not in json.dumps(said)


def test_nothing_is_left_behind_when_a_run_fails(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("old")
    ran, *_ = graded(tmp_path, "eroa,regurgitant_volume\n0.4,50\n0.4\n", "--valve", "mitral")
    assert ran.exit_code == 2
    assert "line 3 has 1 cells, the header has 2" in ran.output
    assert (tmp_path / "out.csv").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


@pytest.mark.parametrize(
    ("text", "words", "complaint"),
    [
        ("", ["--valve", "mitral"], "the file is empty"),
        ("\n\n", ["--valve", "mitral"], "the file is empty"),
        ("eroa,eroa\n1,2\n", ["--valve", "mitral"], "appears twice (columns 1 and 2)"),
        ("eroa,ERO\n1,2\n", ["--valve", "mitral"], "both claim eroa"),
        ("eroa\n0.4\n", [], "does not say which valve it is about"),
        ("id\n0.4\n", [], "no column names a valve"),
        ("eora\n0.4\n", [], "Did you mean eroa?"),
        ("valve,mr_eroa\nmitral,0.4\n", [], "that names a valve"),
        ("eroa\n0.4\n", ["--valve", "ileocaecal"], "no valve 'ileocaecal'"),
        ("eroa\n0.4\n", ["--valve", "mitral", "--guideline", "ase-2018"], "Did you mean ase-2017?"),
        ("eroa\n0.4\n", ["--valve", "mitral", "--unit", "eroa=furlong"], "is not a unit of eroa (cm2, mm2)"),
        ("eroa\n0.4\n", ["--valve", "mitral", "--unit", "eora=cm2"], "no column or measurement 'eora'"),
        ("eroa\n0.4\n", ["--valve", "mitral", "--unit", "eroa"], "expected NAME=VALUE"),
        ("eroa\n0.4\n", ["--valve", "mitral", "--set", "sexe=f"], "Did you mean sex?"),
        ("eroa\n0.4\n", ["--valve", "mitral", "--set", "sex=x"], "--set: sex 'x' is none of"),
        ("eroa\n0.4\n", ["--valve", "mitral", "--set", "eroa=1"], "also has a column"),
        ("eroa\n0.4\n", ["--valve", "mitral", "--decimal", ";"], "--decimal: expected"),
        ("eroa (kg)\n0.4\n", ["--valve", "mitral"], "'kg' is not a unit of eroa"),
        ("eroa,ase_2017_grade\n0.4,mild\n", ["--valve", "mitral"], "was it graded before?"),
        ("eroa\n\0\n", ["--valve", "mitral"], "NUL bytes"),
        ('eroa,note\n0.4,"open\n0.3,x\n', ["--valve", "mitral"], "line 2: a quote is opened and never closed"),
    ],
)
def test_what_cannot_be_graded_is_said_in_a_sentence(
    tmp_path: Path, text: str, words: list[str], complaint: str
) -> None:
    ran, rows, _ = graded(tmp_path, text, *words)
    assert (ran.exit_code, rows) == (2, [])
    assert complaint in ran.output
    assert "Traceback" not in ran.output


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    ran = echograde("grade", tmp_path / "absent.csv", "--valve", "mitral")
    assert ran.exit_code == 2
    assert "cannot read" in ran.output


@pytest.mark.hazard("wrong-unit")
def test_a_whole_column_in_another_unit_stops_the_run(tmp_path: Path) -> None:
    text = "eroa,vena_contracta_width\n" + "".join(
        f"{area},{width}\n" for area, width in zip(range(20, 30), range(3, 13), strict=True)
    )
    ran, rows, _ = graded(tmp_path, text, "--valve", "mitral")
    assert (ran.exit_code, rows) == (2, [])
    assert "--unit eroa=mm2 --unit vena_contracta_width=mm" in ran.output.replace("\n", " ")
    ran, rows, _ = graded(
        tmp_path, text, "--valve", "mitral", "--unit", "eroa=mm2", "--unit", "vena_contracta_width=mm"
    )
    assert ran.exit_code == 0
    assert rows[0]["ase_2017_grade"] == "moderate"


def test_a_single_slipped_cell_rejects_its_row_only(tmp_path: Path) -> None:
    ran, rows, issues = graded(tmp_path, "eroa\n0.4\n35\n0.3\n0.2\n0.1\n0.5\n", "--valve", "mitral")
    assert ran.exit_code == 1
    assert [row["echograde_status"] for row in rows].count("rejected") == 1
    assert issues[0]["message"] == "EROA 35 cm2 is outside 0-5 cm2; 35 mm2 would be plausible: check the unit"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id;eroa;note\n1;0,45;x\n", []),
        ("id;eroa;note\n1;0.45;x\n", []),
        ("id\teroa\tnote\n1\t0.45\tx\n", []),
        ("sep=;\nid;eroa;note\n1;0,45;x\n", []),
        ('id,eroa,note\n1,"0,45",x\n', ["--decimal", ","]),
        ("id|eroa|note\n1|0.45|x\n", ["--delimiter", "|"]),
        (" id , EROA ,note\n1, 0.45 ,x\n", []),
        ("id,eroa,note\n1,0.45,x\n\n\n", []),
        ("id,eroa,note\n1,0.45,x", []),
        ("id,eroa,note\n1,UNK,x\n1,0.45,x\n", ["--missing", "unk"]),
        ("id,eroa,note\n1,-999,x\n1,0.45,x\n", ["--missing", "-999"]),
        ("id,eroa,note\n1,0.45,sm\xf8rrebr\xf8d\n".encode("cp1252"), []),
    ],
)
def test_how_files_are_written(tmp_path: Path, text: str | bytes, words: list[str]) -> None:
    ran, _, issues = graded(tmp_path, text, "--valve", "mitral", *words) if isinstance(text, str) else (None, [], [])
    if isinstance(text, bytes):
        source, target = tmp_path / "in.csv", tmp_path / "out.csv"
        source.write_bytes(text)
        ran = echograde("grade", source, "-o", target, "--valve", "mitral")
        assert b"sm\xf8rrebr\xf8d" in target.read_bytes()
        assert "cp1252" in ran.output
        return
    assert ran is not None
    assert (ran.exit_code, issues) == (0, [])
    delimiter = next((mark for mark in (";", "\t", "|") if mark in text.splitlines()[-1]), ",")
    text_out = (tmp_path / "out.csv").read_text(encoding="utf-8").removeprefix("sep=;\n")
    last = list(csv.DictReader(io.StringIO(text_out), delimiter=delimiter))[-1]
    assert last["ase_2017_grade"] == "severe"


def test_a_mapped_file(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(
        '[columns]\nA = { measurement = "eroa", unit = "mm2" }\nB = "vc_mm"\neroa = "ignore"\n[set]\nmechanism = "secondary"\n'
    )
    ran, rows, _ = graded(tmp_path, "A,B,eroa\n45,,0.1\n", "--valve", "MR", "--columns", tmp_path / "map.toml")
    assert ran.exit_code == 2
    assert "no measurement 'vc_mm'" in ran.output
    (tmp_path / "map.toml").write_text('[columns]\nA = { measurement = "eroa", unit = "mm2" }\neroa = "ignore"\n')
    ran, rows, _ = graded(tmp_path, "A,B,eroa\n45,,0.1\n", "--valve", "MR", "--columns", tmp_path / "map.toml")
    assert (ran.exit_code, rows[0]["ase_2017_grade"]) == (0, "severe")


@pytest.mark.parametrize(("said", "complaint"), [("x", "cannot read"), ("[rows]\n", "unknown section"),
                                                ("[columns]\nB = 'eroa'\n", "there is no column 'B'"),
                                                ("[columns]\nA = 'eora'\n", "Did you mean eroa"),
                                                ("[columns]\nA = {unit = 'cm'}\n", "expected measurement"),
                                                ("[columns]\nA = {measurement = 'eroa', unit = 'x'}\n", "no unit 'x'")])  # fmt: skip
def test_a_map_that_is_wrong_is_a_sentence(tmp_path: Path, said: str, complaint: str) -> None:
    (tmp_path / "map.toml").write_text(said)
    ran, *_ = graded(tmp_path, "A\n0.4\n", "--valve", "mitral", "--columns", tmp_path / "map.toml")
    assert ran.exit_code == 2
    assert complaint in ran.output


def test_a_valve_column(tmp_path: Path) -> None:
    ran, rows, issues = graded(tmp_path, "valve,eroa_cm2\nMR,0.35\nAR,0.35\n,0.35\nleft,0.35\nTR,0.35\n")
    assert ran.exit_code == 1
    assert [row["ase_2017_grade"] for row in rows] == ["moderate", "severe", "", "", "moderate"]
    assert [(i["row"], i["column"], i["value"]) for i in issues] == [("3", "valve", ""), ("4", "valve", "left")]


def test_parquet_in_and_out(tmp_path: Path) -> None:
    table = pa.table({"id": [7, 8, 9], "eroa": [0.45, None, 35.0], "cw_jet": ["dense", None, "faint"],
                      "when": pa.array([0, 1, 2], pa.timestamp("ms"))})  # fmt: skip
    pq.write_table(table, tmp_path / "in.parquet")
    assert echograde("grade", tmp_path / "in.parquet", "--valve", "mitral").exit_code == 1
    out = pq.read_table(tmp_path / "in.graded.parquet")
    assert out.select(table.column_names).equals(table)
    assert out["ase_2017_grade"].to_pylist() == ["severe", "insufficient_data", None]
    assert out["ase_2017_rule"].to_pylist() == [15, 14, None]
    assert echograde("grade", tmp_path / "in.parquet", "--valve", "mitral", "-o", tmp_path / "out.csv").exit_code == 1
    assert [row["ase_2017_grade"] for row in rows_of(tmp_path / "out.csv")] == ["severe", "insufficient_data", ""]
    source = tmp_path / "in.csv"
    source.write_text("id,eroa\n007,0.45\n")
    assert echograde("grade", source, "--valve", "mitral", "-o", tmp_path / "csv.parquet").exit_code == 0
    assert pq.read_table(tmp_path / "csv.parquet")["id"].to_pylist() == ["007"]


def test_a_trusted_file_is_read_in_the_same_process_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pa.table({"id": [7, 8, 9], "eroa": [0.45, None, 35.0], "cw_jet": ["dense", None, "faint"]})
    pq.write_table(table, tmp_path / "in.parquet")
    assert echograde("grade", tmp_path / "in.parquet", "--valve", "mitral", "-o", tmp_path / "a.csv").exit_code == 1
    monkeypatch.setattr(Reading, "_start", None)
    words = ("--valve", "mitral", "-o", tmp_path / "b.csv", "--trusted")
    assert echograde("grade", tmp_path / "in.parquet", *words).exit_code == 1
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_a_file_with_a_header_and_no_rows(tmp_path: Path) -> None:
    ran, rows, issues = graded(tmp_path, "id,eroa\n", "--valve", "mitral")
    assert (ran.exit_code, rows, issues) == (0, [], [])
    assert (tmp_path / "out.csv").read_text().startswith("id,eroa,ase_2017_grade")


@pytest.mark.hazard("run-by-spreadsheet")
def test_excel_safe_neutralises_result_cells(tmp_path: Path) -> None:
    _, _, issues = graded(tmp_path, "eroa\n=1+1\n-5\n", "--valve", "mitral", "--excel-safe")
    assert [issue["value"] for issue in issues] == ["'=1+1", "-5"]


# --- the contract ----------------------------------------------------------------------------------------------------

NUMBERS = [m for m in load_catalogue().enterable() if isinstance(m, Number)]


@given(st.data())
def test_masks_and_schema_refuse_the_same_cells(data: st.DataObject) -> None:
    number = data.draw(st.sampled_from(NUMBERS))
    assert number.hard is not None
    edges = [
        0.0,
        -0.0,
        number.hard.low,
        number.hard.high,
        np.nextafter(number.hard.low, -1),
        np.nextafter(number.hard.high, 1e9),
    ]
    values = st.one_of(st.sampled_from(edges), st.floats(allow_infinity=True), st.just(float("nan")))
    column = np.array(data.draw(st.lists(values, min_size=1, max_size=20)))
    named = failures(pd.DataFrame({number.name: column}), {number.name: number.name})
    assert sorted(row for row, _ in named) == np.flatnonzero(judge(number, column)[0]).tolist()


def test_the_schema_covers_every_measurement_and_checks_words() -> None:
    whole = schema()
    assert set(whole.columns) == {m.name for m in load_catalogue().enterable()}
    frame = pd.DataFrame({"cw_jet": pd.Series(["dense", "loud", None], dtype=object), "eroa": [0.4, 35.0, np.nan]})
    assert failures(frame, {"cw_jet": "cw_jet", "eroa": "eroa"}) == [(1, "cw_jet"), (1, "eroa")]


# --- data frames -----------------------------------------------------------------------------------------------------


def test_data_frames_of_any_dtype() -> None:
    texts = pd.DataFrame({"eroa": ["0.45", "", "NA"], "flail_leaflet": ["yes", "no", ""]}, index=[7, 3, 7])
    typed = pd.DataFrame(
        {"eroa": pd.array([0.45, None, None], "Float64"), "flail_leaflet": pd.array([True, False, None], "boolean")},
        index=[7, 3, 7],
    )
    mixed = pd.DataFrame(
        {"eroa": [0.45, None, "NA"], "flail_leaflet": pd.Categorical(["y", "n", None])}, index=[7, 3, 7]
    )
    first, *others = (grade_frame(df, valve="mitral") for df in (texts, typed, mixed))
    assert list(first.index) == [7, 3, 7]
    for other in others:
        pd.testing.assert_frame_equal(first, other)


def test_an_empty_data_frame_gives_no_rows_and_all_columns() -> None:
    empty = grade_frame(pd.DataFrame({"eroa": []}), valve="mitral")
    full = grade_frame(pd.DataFrame({"eroa": [0.3]}), valve="mitral")
    assert len(empty) == 0
    assert list(empty.columns) == list(full.columns)


def test_a_frame_without_a_valve_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="which valve"):
        grade_frame(pd.DataFrame({"eroa": [0.3]}))


def test_options_are_those_of_the_command_line(tmp_path: Path) -> None:
    frame = pd.DataFrame({"A": ["45", "x"], "B": [1, 2]})
    answers = grade_frame(frame, valve="mitral", columns={"A": "eroa"}, units={"A": "mm2"}, constants={"mechanism": "primary"},
                          missing=["X"])  # fmt: skip
    assert answers["ase_2017_grade"].tolist() == ["severe", "insufficient_data"]
    assert Options().valve is None


# --- what a fresh pair of eyes broke -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words", "complaint"),
    [
        ("eroa,rvol\r0.45,62\r", [], "line 1: a carriage return that ends no line"),
        ('id,name,eroa\nx"y,"a\nb",0.4\nc"d,n,0.3\n', [], "line 2: a quote inside a cell"),
        ("eroa\n0.4\n", ["--delimiter", "ab"], "expected one character"),
        ("eroa\n0.4\n", ["--encoding", "klingon"], "no encoding 'klingon'"),
        ("eroa\n0.4\n", ["--encoding", "utf-16"], "breaks off or is no UTF-16"),
        ("eroa\n0.4\n", ["--unit", "eroa=cm2", "--unit", "eroa=mm2"], "eroa is given twice"),
        ("id|eroa\n1|0.4\n", [], "give --delimiter '|'"),
        (b"\xff\xfee\x00r", [], "breaks off or is no UTF-16"),
        ("eroa\n0.4\n", ["--encoding", "cp037"], "cp037 is not read"),
        (b"eroa,\xe9\n0.4,x\n", ["--encoding", "utf-8"], "the header is not utf-8"),
        (b"eroa,n\xe9\n0.4,x\n", ["--encoding", "utf-8"], "line 1: the header is not utf-8; give --encoding"),
    ],
)
def test_odd_files_and_options_end_in_a_sentence(
    tmp_path: Path, text: str | bytes, words: list[str], complaint: str
) -> None:
    ran, rows, _ = graded(tmp_path, text, "--valve", "mitral", *words)
    assert (ran.exit_code, rows) == (2, [])
    assert complaint in ran.output


@pytest.mark.parametrize(("target", "complaint"), [("in.csv", "overwrite the input"), (".", "is a folder"),
                                                  ("out.xls", "such a workbook is not written"),
                                                  ("absent/out.csv", "cannot write beside")])  # fmt: skip
def test_a_target_that_cannot_be_written(tmp_path: Path, target: str, complaint: str) -> None:
    source = tmp_path / "in.csv"
    source.write_text("eroa\n0.4\n")
    ran = echograde("grade", source, "--valve", "mitral", "-o", tmp_path / target)
    assert ran.exit_code == 2
    assert complaint in ran.output
    assert source.read_text() == "eroa\n0.4\n"


def test_an_issues_file_never_overwrites_the_input(tmp_path: Path) -> None:
    source = tmp_path / "out.issues.csv"
    source.write_text("eroa\n0.4\n")
    ran = echograde("grade", source, "--valve", "mitral", "-o", tmp_path / "out.csv")
    assert ran.exit_code == 2
    assert source.read_text() == "eroa\n0.4\n"


def test_parquet_edges(tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_text("eroa\n")
    assert echograde("grade", tmp_path / "none.csv", "--valve", "MR", "-o", tmp_path / "none.parquet").exit_code == 0
    assert pq.read_table(tmp_path / "none.parquet").num_rows == 0
    table = pa.table({"eroa": pa.array([0.7], pa.float32()), "vc": pa.array([0.7], pa.float32()), "nest": [[1, 2]]})
    pq.write_table(table, tmp_path / "nest.PARQUET")
    ran = echograde("grade", tmp_path / "nest.PARQUET", "--valve", "TR", "-o", tmp_path / "nest.csv")
    assert ran.exit_code == 2
    assert "'nest' holds list" in ran.output
    assert (
        echograde("grade", tmp_path / "nest.PARQUET", "--valve", "TR", "-o", tmp_path / "nest.out.parquet").exit_code
        == 0
    )
    assert pq.read_table(tmp_path / "nest.out.parquet")["ase_2017_severe_criteria"].to_pylist() == [1]


def test_blank_lines_are_not_rows(tmp_path: Path) -> None:
    for text in ("eroa\n0.4\n\n0.3\n\n", "eroa,x\n0.4,1\n\n0.3,2\n\n"):
        ran, rows, _ = graded(tmp_path, text, "--valve", "mitral")
        assert (ran.exit_code, len(rows)) == (0, 2)


@pytest.mark.hazard("code-as-value")
def test_a_missing_code_is_missing_however_it_is_written() -> None:
    for column in ([999, 150], [999.0, 150.0], ["999", "150"], ["999.0", "150"]):
        found = grade_frame(pd.DataFrame({"pressure_half_time": column}), valve="aortic", missing=[999])
        assert found["ase_2017_criteria_assessed"].tolist() == [0, 1]
    assert (
        grade_frame(pd.DataFrame({"eroa": ["x", "0.4"]}), valve="mitral", missing="X")["ase_2017_grade"][0]
        == "insufficient_data"
    )


@pytest.mark.parametrize("dtype", ["float32", "Float32", "float64", "float[pyarrow]", "double[pyarrow]"])
def test_a_narrow_float_means_its_shortest_decimal(dtype: str) -> None:
    frame = pd.DataFrame({"vena_contracta_width": pd.Series([0.7], dtype=dtype)})
    assert grade_frame(frame, valve="tricuspid")["ase_2017_grade"][0] == "severe"


def test_a_frame_in_another_unit_is_refused_like_a_file() -> None:
    with pytest.raises(UsageError, match=r"units=\{'vena_contracta_width': 'mm'\}"):
        grade_frame(pd.DataFrame({"vena_contracta_width": [3, 3.5, 2, 2.8, 3.9, 2.1, 3.3]}), valve="mitral")


@pytest.mark.hazard("decimal-comma")
def test_a_decimal_comma_elsewhere_is_not_ours(tmp_path: Path) -> None:
    ran, _, _ = graded(tmp_path, "id;eroa;visit\n1;0.45;1,5\n", "--valve", "mitral")
    assert ran.exit_code == 0


THOUSANDS = "marks between the thousands, which are not read"
POINT = "has a point in a file of decimal commas: write a comma; marks between thousands are not read"
DECLARE = "write a decimal point, or declare the decimal comma for the whole file"
MARKS = [
    ("1.234,5", ".", THOUSANDS), ("1,234.5", ".", THOUSANDS), ("1 234", ".", THOUSANDS), ("-1'234'567", ".", THOUSANDS),
    ("1\u00a0234,5", ",", THOUSANDS), ("1.234.567", ",", THOUSANDS), ("1.234", ",", POINT), ("0.45", ",", POINT),
    ("1,234", ".", DECLARE), ("1 2345", ".", "is not a number"), ("1.234.5", ".", "is not a number"), ("0 123", ".", "is not a number"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "decimal", "said"), MARKS, ids=[repr(row[0]) for row in MARKS])
def test_a_cell_with_other_marks_says_which_are_read(tmp_path: Path, cell: str, decimal: str, said: str) -> None:
    ran, _, issues = graded(tmp_path, f"eroa_cm2;note\n{cell};x\n", "--valve", "mitral", "--decimal", decimal)
    assert ran.exit_code == 1
    (issue,) = issues
    assert issue["message"].startswith("EROA")
    assert said in issue["message"]


def test_issues_of_a_row_stand_in_the_order_of_its_columns(tmp_path: Path) -> None:
    names = [m.name for m in load_catalogue().enterable("mitral") if isinstance(m, Number)][:14]
    text = ",".join(names) + "\n" + ",".join(["-1"] * 13 + ["x"]) + "\n"
    _, _, issues = graded(tmp_path, text, "--valve", "mitral")
    assert [issue["column"] for issue in issues] == names


def test_a_parquet_column_keeps_its_type_where_a_chunk_has_nothing_for_it(tmp_path: Path) -> None:
    first, rest = 66_000, 10
    table = pa.table({"valve": ["pulmonic"] * first + ["mitral"] * rest, "pisa_radius": [1.0] * (first + rest),
                      "aliasing_velocity": [40.0] * (first + rest), "peak_velocity": [500.0] * (first + rest)})  # fmt: skip
    pq.write_table(table, tmp_path / "in.parquet")
    ran = echograde(
        "grade", tmp_path / "in.parquet", "-o", tmp_path / "out.parquet", "-g", "ase-2017", "-g", "acc-aha-2020"
    )
    assert ran.exit_code == 0, ran.output
    out = pq.read_table(tmp_path / "out.parquet")
    assert out["derived_eroa_cm2"].type == pa.float64()
    assert out["derived_eroa_cm2"].null_count == first
    assert out["ase_2017_grade"][-1].as_py() == "severe"
