"""What the batch reads and writes beside one wide file: pipes, folders, encodings, the long layout, REDCap, a terminal."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from support.interrupts import hearing
from support.paths import EXAMPLE, TESTS
from support.witness import at_most, check_graded, check_sentence, outputs, records
from typer.testing import CliRunner, Result

from grading import TableError, grade_frame
from grading.batch.job import Job
from grading.batch.run import run
from grading.cli.arguments import as_flag
from grading.cli.main import app
from grading.columns.plan import Options
from grading.rows import schema
from grading.rows.schema import confirm

LONG = TESTS / "data" / "example_studies_long.csv"
COMMAND = [sys.executable, "-W", "error", "-m", "grading", "grade"]


def echograde(*words: object, given: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["grade", *map(str, words)], input=given)


def rows_of(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def files(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


# --- standard input and output ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The example file, graded from file to file."""
    target = tmp_path_factory.mktemp("whole") / "out.csv"
    assert echograde(EXAMPLE, "-o", target).exit_code == 1
    return target.read_bytes()


STREAMS = [
    ("in", ("-", "-o", "out.csv"), ["out.csv", "out.issues.csv", "out.run.json"]),
    ("out", (EXAMPLE, "-o", "-"), []),
    ("both", ("-", "-o", "-"), []),
    ("both, by default", ("-",), []),
]


@pytest.mark.parametrize(("words", "left"), [row[1:] for row in STREAMS], ids=[row[0] for row in STREAMS])
def test_standard_input_and_output_are_the_file(
    tmp_path: Path, whole: bytes, words: tuple[object, ...], left: list[str]
) -> None:
    with EXAMPLE.open("rb") as given:
        ran = subprocess.run([*COMMAND, *map(str, words)], stdin=given, capture_output=True, cwd=tmp_path, check=False)
    assert ran.returncode == 1
    assert b"wrote out.csv, out.issues.csv" in ran.stderr if left else b"wrote standard output" in ran.stderr
    assert files(tmp_path) == left
    assert ((tmp_path / "out.csv").read_bytes() if left else ran.stdout) == whole
    if left:
        assert ran.stdout == b""


ENDS = [
    ("clean", b"mr_eroa\n0.4\n", 0, ""),
    ("a rejected row", b"mr_eroa\nx\n", 1, "1 rejected"),
    ("nothing", b"", 2, "standard input: the file is empty"),
    ("a short row", b"mr_eroa,note\n0.4,x\n0.4\n", 2, "standard input: line 3 has 1 cells"),
]


@pytest.mark.parametrize(("given", "code", "said"), [row[1:] for row in ENDS], ids=[row[0] for row in ENDS])
def test_a_stream_ends_as_a_file_does(given: bytes, code: int, said: str) -> None:
    ran = echograde("-", given=given)
    assert ran.exit_code == code
    assert said in ran.stderr


def test_rows_of_a_stream_to_parquet_and_quietly(tmp_path: Path) -> None:
    ran = echograde("-", "-o", tmp_path / "out.parquet", "-q", given=b"mr_eroa\n0.4\n0.1\n")
    assert (ran.exit_code, ran.output) == (0, "")
    assert pq.read_table(tmp_path / "out.parquet")["mitral_ase_2017_grade"].to_pylist() == ["severe", "mild"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="pipes as POSIX has them")
@pytest.mark.parametrize("rows", [0, 40_000], ids=["before the first row", "in mid run"])
def test_a_reader_who_has_read_enough_ends_the_run_in_silence(rows: int) -> None:
    process = subprocess.Popen(
        [*COMMAND, "-", "-q"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    if not rows:
        process.stdout.close()
    process.stdin.write(b"mr_eroa\n" + b"0.4\n" * 40_000)
    process.stdin.close()
    if rows:
        assert process.stdout.readline().startswith(b"mr_eroa,mitral_ase_2017_grade")
        process.stdout.close()
    assert process.wait(60) == 141
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="signals as POSIX has them")
def test_a_run_that_waits_for_more_input_stops_at_once(tmp_path: Path) -> None:
    words = [*COMMAND, "-", "-o", str(tmp_path / "out.csv"), "-q"]
    with hearing():
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdin is not None
    process.stdin.write("mr_eroa,note\n" + f"0.4,{'x' * 1_000}\n" * 13_000)
    process.stdin.flush()
    with at_most(30):
        while not files(tmp_path):
            time.sleep(0.01)
        time.sleep(0.3)
        process.terminate()
        assert process.wait(10) == 143
    _, said = process.communicate()
    assert said == "echograde: stopped; nothing was written\n"
    assert files(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_standard_output_that_takes_no_more_is_a_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [*COMMAND, EXAMPLE, "-o", "-", "-q"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ran.returncode == 2
    check_sentence(ran.stderr, "standard output: the run stopped before its end: No space left on device")


# --- folders ---------------------------------------------------------------------------------------------------------


def parts_of(place: Path, suffix: str) -> list[Path]:
    """The example in three parts of 20 rows each, in a folder."""
    header, *rows = (f"{record.text}\n" for record in records(EXAMPLE.read_text(encoding="utf-8")))
    place.mkdir()
    for number in range(3):
        part = place / f"part{number}.csv"
        part.write_text(header + "".join(rows[20 * number : 20 * number + 20]), encoding="utf-8")
        if suffix == ".parquet":
            texts = pd.read_csv(part, dtype=str, keep_default_na=False)
            pq.write_table(pa.Table.from_pandas(texts), part.with_suffix(suffix))
            part.unlink()
    return sorted(place.iterdir())


def _place(parts: list[Path], row: int) -> str:
    """Where a row of the example stands: the part, and the line of a CSV part."""
    part = parts[row // 20]
    if part.suffix == ".parquet":
        return part.name
    return f"{part.name}:{records(part.read_text(encoding='utf-8'))[1 + row % 20].line}"


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_folder_of_parts_is_one_table(tmp_path: Path, whole: bytes, suffix: str) -> None:
    parts = parts_of(tmp_path / "parts", suffix)
    (tmp_path / "parts" / "_SUCCESS").touch()
    (tmp_path / "parts" / ".hidden.csv").write_text("no part")
    target = tmp_path / "out.csv"
    ran = echograde(tmp_path / "parts", "-o", target)
    assert ran.exit_code == 1
    assert "3 files" in ran.output
    graded = list(csv.DictReader(io.StringIO(whole.decode(), newline="")))
    assert rows_of(target) == graded
    issues = rows_of(tmp_path / "out.issues.csv")
    assert [issue["row"] for issue in issues] == ["4", "9", "13", "17", "31", "33", "47"]
    assert [issue["line"] for issue in issues] == [_place(parts, int(issue["row"]) - 1) for issue in issues]
    said = json.loads((tmp_path / "out.run.json").read_text(encoding="utf-8"))
    assert said["input"]["rows"] == 60
    assert said["input"]["parts"] == [
        {"name": part.name, "sha256": hashlib.sha256(part.read_bytes()).hexdigest()} for part in parts
    ]


def other_header(parts: list[Path]) -> None:
    parts[1].write_text(parts[1].read_text(encoding="utf-8").replace("study_id", "id"), encoding="utf-8")


def other_delimiter(parts: list[Path]) -> None:
    parts[2].write_text("study_id;mr_eroa\n1;0.4\n")


def other_column(parts: list[Path]) -> None:
    pq.write_table(pq.read_table(parts[1]).rename_columns({"study_id": "id"}), parts[1])


def other_type(parts: list[Path]) -> None:
    table = pq.read_table(parts[1])
    pq.write_table(table.set_column(1, "age", table["age"].cast(pa.int64())), parts[1])


def other_kind(parts: list[Path]) -> None:
    pq.write_table(pa.table({"mr_eroa": [0.4]}), parts[0].with_suffix(".parquet"))


def none_left(parts: list[Path]) -> None:
    for part in parts:
        part.unlink()


def ragged(parts: list[Path]) -> None:
    parts[1].write_text(parts[1].read_text(encoding="utf-8") + "x\n", encoding="utf-8")


PARTS = [
    ("another header", ".csv", other_header, "out.csv", "part1.csv: its header is not that of part0.csv"),
    ("another delimiter", ".csv", other_delimiter, "out.csv", "part2.csv: its header is not that of part0.csv"),
    ("a short row", ".csv", ragged, "out.csv", "part1.csv: line 22 has 1 cells"),
    ("other columns", ".parquet", other_column, "out.csv", "part1.parquet: its columns are not those of part0.parquet"),
    ("another type", ".parquet", other_type, "out.csv", "part1.parquet: its columns are not those of part0.parquet"),
    ("both kinds", ".csv", other_kind, "out.csv", "holds both .csv and .parquet files"),
    ("no parts", ".csv", none_left, "out.csv", "is a folder without .csv or .parquet files"),
    ("the target among the parts", ".csv", len, "parts/out.csv", "stands among the parts"),
    ("the target among them by another way", ".csv", len, "parts/../parts/out.csv", "stands among the parts"),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "act", "out", "said"), [row[1:] for row in PARTS], ids=[row[0] for row in PARTS])
def test_parts_that_are_no_table_are_refused(
    tmp_path: Path, suffix: str, act: Callable[[list[Path]], object], out: str, said: str
) -> None:
    act(parts_of(tmp_path / "parts", suffix))
    before = files(tmp_path / "parts")
    ran = echograde(tmp_path / "parts", "-o", tmp_path / out)
    assert ran.exit_code == 2
    check_sentence(ran.output, said)
    assert (files(tmp_path), files(tmp_path / "parts")) == (["parts"], before)


def test_a_folder_is_graded_beside_itself(tmp_path: Path) -> None:
    parts_of(tmp_path / "parts", ".parquet")
    assert echograde(tmp_path / "parts").exit_code == 1
    assert files(tmp_path) == ["parts", "parts.graded.issues.csv", "parts.graded.parquet", "parts.graded.run.json"]
    assert pq.read_metadata(tmp_path / "parts.graded.parquet").num_rows == 60


# --- encodings -------------------------------------------------------------------------------------------------------

WIDE = 'id,note,eroa\r\n007,Größe ≥ 2 cm ♥ 𝄞,0.45\r\n008,"a\r\nb",x\r\n'


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("block_bytes", [4_000_000, 7])
def test_utf_16_goes_out_as_it_came_in(tmp_path: Path, encoding: str, block_bytes: int) -> None:
    (tmp_path / "in.csv").write_bytes(f"\ufeff{WIDE}".encode(encoding))
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    assert (
        run(Job(source, target, options=Options("mitral"), block_bytes=block_bytes, write_option=as_flag)).rejected == 1
    )
    assert check_graded(source, target) == ["severe", "rejected"]
    assert target.read_bytes().decode(encoding).startswith("\ufeffid,note,eroa,ase_2017_grade,")
    assert target.read_bytes().decode(encoding).endswith("\r\n")
    assert echograde(source, "-o", tmp_path / "said.csv", "--valve", "mitral").exit_code == 1
    assert (tmp_path / "said.csv").read_bytes() == target.read_bytes()


MARK = codecs.BOM_UTF8
MARKED = [
    ("a mark", [MARK], "utf-8", True),
    ("none", [b""], "utf-8", False),
    ("a mark, read as Windows-1252", [MARK], "cp1252", True),
    ("a folder whose every part has one", [MARK, MARK], "utf-8", True),
    ("a folder whose later part has one", [b"", MARK], "utf-8", False),
]


@pytest.mark.parametrize(("marks", "encoding", "kept"), [row[1:] for row in MARKED], ids=[row[0] for row in MARKED])
@pytest.mark.parametrize("to", ["out.csv", "-"])
def test_a_byte_order_mark_goes_out_once_as_it_came_in(
    tmp_path: Path, marks: list[bytes], encoding: str, kept: bool, to: str
) -> None:
    place = tmp_path / "parts"
    place.mkdir()
    for number, mark in enumerate(marks):
        (place / f"{number}.csv").write_bytes(mark + b"mr_eroa_cm2,note\n0.4,x\n")
    source = place if len(marks) > 1 else place / "0.csv"
    ran = echograde(source, "-o", tmp_path / to if to != "-" else to, "--encoding", encoding)
    assert ran.exit_code == 0, ran.output
    found = ran.stdout_bytes if to == "-" else (tmp_path / to).read_bytes()
    assert found.startswith((MARK if kept else b"") + b"mr_eroa_cm2,note,mitral_ase_2017_grade,")
    assert found.count(MARK) == kept


def test_a_byte_order_mark_of_a_long_table_goes_out(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(MARK + "id,name,value\nÄ,mr_eroa,0.4\n".encode())
    assert echograde(tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--layout", "long").exit_code == 0
    lines = (tmp_path / "out.csv").read_bytes().split(b"\n")
    assert lines[0].startswith(MARK + b"id,mitral_eroa,")
    assert lines[1].startswith("Ä,0.4,severe,".encode())


def test_a_byte_order_mark_of_standard_input_goes_out() -> None:
    assert echograde("-", given=MARK + b"mr_eroa\n0.4\n").stdout_bytes.startswith(
        MARK + b"mr_eroa,mitral_ase_2017_grade,"
    )


FOREIGN = [
    ("in the last row of many", b"0.4,plain\n" * 9_000 + b"0.1,sm\xf8rrebr\xf8d\n", 9_001),
    ("in a column that passes through", b"0.4,na\xefve\n0.1,\x80 5\n", 2),
    ("beside UTF-8", "0.4,naïve\n".encode() + b"0.1,na\xefve\n", 2),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "count"), [row[1:] for row in FOREIGN], ids=[row[0] for row in FOREIGN])
@pytest.mark.parametrize("block_bytes", [4_000_000, 5_000])
def test_windows_1252_bytes_go_out_as_they_came_in(tmp_path: Path, lines: bytes, count: int, block_bytes: int) -> None:
    (tmp_path / "in.csv").write_bytes(b"mr_eroa,note\n" + lines)
    summary = run(Job(tmp_path / "in.csv", tmp_path / "out.csv", block_bytes=block_bytes))
    assert (summary.rows, summary.statuses["graded"]) == (count, count)
    assert "cp1252" in summary.read_as
    made = (tmp_path / "out.csv").read_bytes().splitlines()[1:]
    assert all(out.startswith(into + b",") for into, out in zip(lines.splitlines(), made, strict=True))
    assert "cp1252" in json.loads((tmp_path / "out.run.json").read_text(encoding="utf-8"))["input"]["read_as"]


# --- the long layout by the command line -----------------------------------------------------------------------------


def long(tmp_path: Path, text: str, *words: str, out: str = "out.csv") -> Result:
    (tmp_path / "long.csv").write_text(text, encoding="utf-8")
    return echograde(tmp_path / "long.csv", "-o", tmp_path / out, "--layout", "long", *words)


def test_the_long_example_by_its_usual_names(tmp_path: Path) -> None:
    ran = echograde(LONG, "-o", tmp_path / "out.csv", "--layout", "long")
    assert ran.exit_code == 1
    assert "long layout: id 'study_id', name 'name', value 'value', unit 'unit', valve 'valve'" in ran.output
    echograde(EXAMPLE, "-o", tmp_path / "wide.csv")
    grades = [f"{valve}_ase_2017_grade" for valve in ("mitral", "aortic", "tricuspid", "pulmonic")]
    found, wide = rows_of(tmp_path / "out.csv"), rows_of(tmp_path / "wide.csv")[:20]
    assert [[row["study_id"], *map(row.get, grades)] for row in found] == [
        [row["study_id"], *map(row.get, grades)] for row in wide
    ]
    said = json.loads((tmp_path / "out.run.json").read_text(encoding="utf-8"))
    assert said["options"]["layout"] == "long"
    assert said["input"]["sha256"] == hashlib.sha256(LONG.read_bytes()).hexdigest()


NAMED = "Untersuchung,Was,Wert,Einheit,Klappe\nA,EROA,45,mm2,mitral\nA,VC,8,mm,mitral\nB,EROA,10,mm2,MR\n"
OPTIONS = [
    ("columns named", NAMED, "--id Untersuchung --name Was --value Wert --unit-column Einheit --valve-column Klappe", 0, ["severe", "mild"]),
    ("one study", "name,value\nMR EROA,0.45\nMR VC,0.8\n", "--one-study", 0, ["severe"]),
    ("a fixed valve", "id,name,value\nA,eroa,0.45\nB,eroa,0.1\n", "--valve mitral", 0, ["severe", "mild"]),
    ("a unit said", "id,name,value\nA,mr_eroa,45\nB,mr_eroa,10\n", "--unit mr_eroa=mm2", 0, ["severe", "mild"]),
    ("decimal comma", "id;name;value\nA;mr_eroa;0,45\nB;mr_eroa;0,1\n", "", 0, ["severe", "mild"]),
    ("decimal comma said", 'id,name,value\nA,mr_eroa,"0,45"\n', "--decimal ,", 0, ["severe"]),
    ("missing codes", "id,name,value\nA,mr_eroa,0.45\nB,mr_eroa,-999\nC,mr_eroa,UNK\n", "--missing -999 --missing UNK", 0,
     ["severe", "insufficient_data", "insufficient_data"]),
    ("an id that is no number", "id,name,value\n007,mr_eroa,0.45\n", "", 0, ["severe"]),
    ("a value that is none", "id,name,value\nA,mr_eroa,0.45\nB,mr_eroa,big\n", "", 1, ["severe", ""]),
    ("a line without a study", "id,name,value\nA,mr_eroa,0.45\n,mr_eroa,0.1\n", "", 1, ["severe"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words", "code", "grades"), [row[1:] for row in OPTIONS], ids=[row[0] for row in OPTIONS]
)
def test_long_files_as_the_options_say(tmp_path: Path, text: str, words: str, code: int, grades: list[str]) -> None:
    ran = long(tmp_path, text, *words.split())
    assert ran.exit_code == code, ran.output
    delimiter = ";" if ";" in text else ","
    found = rows_of(tmp_path / "out.csv", delimiter)
    name = "ase_2017_grade" if "--valve " in words else "mitral_ase_2017_grade"
    assert [row[name] for row in found] == grades
    if "007" in text:
        assert found[0]["id"] == "007"


REPEATS = [("", "0.44", "severe"), ("mean", "0.44", "severe"), ("first", "0.42", "severe"), ("last", "0.44", "severe"), ("max", "0.46", "severe")]  # fmt: skip


TAKEN = {
    "": "their mean 0.44 is taken", "mean": "their mean 0.44 is taken", "first": "the first is taken",
    "last": "the last is taken", "max": "the largest is taken",
}  # fmt: skip


@pytest.mark.parametrize(("rule", "cell", "grade"), REPEATS, ids=[row[0] or "default" for row in REPEATS])
def test_repeats_come_to_one_value_by_the_rule(tmp_path: Path, rule: str, cell: str, grade: str) -> None:
    text = "id,name,value\nA,mr_eroa,0.42\nA,mr_eroa,0.46\nA,mr_eroa,0.44\n"
    ran = long(tmp_path, text, *(["--repeats", rule] if rule else []))
    assert ran.exit_code == 0
    (row,) = rows_of(tmp_path / "out.csv")
    (name,) = (header for header in row if header.startswith("mitral_eroa"))
    assert (row[name], row["mitral_ase_2017_grade"]) == (cell, grade)
    unit, issue = rows_of(tmp_path / "out.issues.csv")
    assert (unit["row"], unit["severity"]) == ("", "note")
    assert (issue["row"], issue["line"], issue["severity"]) == ("1", "2", "note")
    assert TAKEN[rule] in issue["message"]


def test_what_is_about_no_study_stands_at_the_top_of_the_issues(tmp_path: Path) -> None:
    text = "id,name,value\nA,mr_eroa,0.45\nA,HR,70\nA,mr_eora,0.1\n,mr_eroa,0.2\nB,mr_eroa,big\nB,HR,72\n"
    ran = long(tmp_path, text)
    assert ran.exit_code == 1
    issues = rows_of(tmp_path / "out.issues.csv")
    found = [(issue["row"], issue["line"], issue["column"], issue["severity"]) for issue in issues]
    assert found == [
        ("", "2", "mitral_eroa", "note"),
        ("", "3", "HR", "note"),
        ("", "4", "mr_eora", "warning"),
        ("", "5", "id", "error"),
        ("2", "6", "mitral_eroa", "error"),
    ]
    assert "(2 lines)" in issues[1]["message"]
    assert "Did you mean eroa?" in issues[2]["message"]
    assert "line 5: error: no study is named" in ran.output
    assert ran.output.index("line 5: error") < ran.output.index("line 4: warning") < ran.output.index("line 3: note")


KG = "'kg' is not a unit of EROA"
UNITS = [
    ("an unknown unit", "A,MR VC,6,mm\nA,MR ERO,0.4,kg\n", [("3", "mitral_eroa_cm2", "0.4 kg", KG)]),
    ("beside no number", "A,MR ERO,abc,kg\n", [("2", "mitral_eroa_cm2", "abc kg", KG)]),
    ("beside a good line", "A,MR ERO,0.4,cm2\nA,MR ERO,0.5,kg\n", [("3", "mitral_eroa_cm2", "0.5 kg", KG)]),
    ("behind another error", "A,MR ERO,~0.4,cm2\nA,MR ERO,0.5,kg\n", [("2", "mitral_eroa_cm2", "~0.4", "is a limit")]),
    ("not measured", "A,MR VC,6,mm\nA,MR ERO,NA,kg\n", []),
    ("another than the label says", "A,MR ERO (cm2),40,mm2\n", [("2", "mitral_eroa_cm2", "40 mm2", "the label says cm2")]),
    ("of two studies", "A,MR ERO,0.4,kg\nB,MR ERO,0.5,kg\n",
     [("2", "mitral_eroa_cm2", "0.4 kg", KG), ("3", "mitral_eroa_cm2", "0.5 kg", KG)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "errors"), [row[1:] for row in UNITS], ids=[row[0] for row in UNITS])
def test_a_refused_unit_is_one_error_of_its_line(
    tmp_path: Path, text: str, errors: list[tuple[str, str, str, str]]
) -> None:
    ran = long(tmp_path, "id,name,value,unit\n" + text)
    assert ran.exit_code == bool(errors)
    found = [issue for issue in rows_of(tmp_path / "out.issues.csv") if issue["severity"] == "error"]
    for issue, (line, column, value, said) in zip(found, errors, strict=True):
        assert (issue["line"], issue["column"], issue["value"]) == (line, column, value)
        assert said in issue["message"]
    statuses = [row["echograde_status"] for row in rows_of(tmp_path / "out.csv")]
    assert statuses.count("rejected") == len(errors)


@pytest.mark.parametrize("out", ["out.csv", "out.parquet"])
def test_a_long_parquet_file_is_the_long_text(tmp_path: Path, out: str) -> None:
    table = pacsv.read_csv(LONG, convert_options=pacsv.ConvertOptions(column_types={"value": pa.string()}))
    pq.write_table(table, tmp_path / "long.parquet")
    assert echograde(tmp_path / "long.parquet", "-o", tmp_path / out, "--layout", "long").exit_code == 1
    assert echograde(LONG, "-o", tmp_path / "csv" / out, "--layout", "long").exit_code == 2
    (tmp_path / "csv").mkdir()
    assert echograde(LONG, "-o", tmp_path / "csv" / out, "--layout", "long").exit_code == 1
    assert (tmp_path / out).read_bytes() == (tmp_path / "csv" / out).read_bytes()


REFUSED = [
    ("columns", "--columns", "names headers of a wide table; in a long one, rename the labels"),
    ("a rule that is none", "--repeats median", "--repeats: expected one of mean, first, last, max, found 'median'"),
    ("an id and one study", "--id id --one-study", "contradict each other"),
    ("a column that is not there", "--name label", "--name: column 'label' is not there"),
    ("another layout", "--layout tall", "--layout: expected wide or long, found 'tall'"),
    ("long options of a wide file", "--layout wide --one-study", "give --layout long"),
]


@pytest.mark.parametrize(("words", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_options_that_do_not_fit_the_long_layout(tmp_path: Path, words: str, said: str) -> None:
    (tmp_path / "map.toml").write_text('[columns]\nname = "eroa"\n')
    told = words.replace("--columns", f"--columns {tmp_path / 'map.toml'}").split()
    (tmp_path / "long.csv").write_text("id,name,value\nA,mr_eroa,0.45\n", encoding="utf-8")
    layout = [] if "--layout" in told else ["--layout", "long"]
    ran = echograde(tmp_path / "long.csv", "-o", tmp_path / "out.csv", *layout, *told)
    assert ran.exit_code == 2
    check_sentence(ran.output, said)
    assert files(tmp_path) == ["long.csv", "map.toml"]


# --- Parquet, frames and the contract --------------------------------------------------------------------------------


def test_parquet_is_the_same_bytes_for_any_block_size(tmp_path: Path) -> None:
    written = []
    for size in (4_000_000, 4_096, 700):
        target = tmp_path / str(size) / "out.parquet"
        target.parent.mkdir()
        run(Job(EXAMPLE, target, block_bytes=size))
        written.append([path.read_bytes() for path in outputs(target)])
    assert written[1:] == written[:1] * 2


@pytest.mark.parametrize("guidelines", [("ase-2017",), ("esc-2025", "tvarc-2023")], ids=lambda ids: ids[0])
def test_grade_frame_is_the_file(tmp_path: Path, guidelines: tuple[str, ...]) -> None:
    run(Job(EXAMPLE, tmp_path / "out.parquet", guidelines=guidelines))
    frame = pd.read_csv(EXAMPLE, dtype=str, keep_default_na=False)
    graded = grade_frame(frame, list(guidelines))
    found = pq.read_table(tmp_path / "out.parquet").select(list(graded.columns))
    texts = [[None if pd.isna(cell) else cell for cell in graded[name]] for name in graded.columns]
    assert [
        [cell or None if isinstance(cell, str) else cell for cell in column.to_pylist()] for column in found
    ] == texts


def test_limits_that_contradict_the_schema_stop_the_run() -> None:
    confirm({"eroa": {35.0, -1.0}})
    with pytest.raises(TableError, match=r"eroa: 0\.4 was refused, but the schema takes it"):
        confirm({"eroa": {35.0, 0.4}})
    with pytest.raises(TableError, match=r"vena_contracta_width: 99 was taken, but the schema refuses it"):
        confirm({"eroa": {35.0, -1.0, 36.0}}, {"eroa": (0.1, 0.4), "vena_contracta_width": (0.3, 99.0)})


def test_what_a_run_refused_waits_for_one_question(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, set[float]]] = []
    monkeypatch.setattr(
        schema, "confirm", lambda refused, accepted: asked.append({k: set(v) for k, v in refused.items()})
    )
    monkeypatch.setattr(schema, "MOST_WAITING", 3)
    check = schema.SchemaCheck()
    check.add({}, {"eroa": (0.1, 0.4)})
    check.confirm()
    assert asked == []
    check.add({"eroa": {35.0, 36.0}}, {"eroa": (0.1, 0.4)})
    check.add({"eroa": {36.0, 37.0}}, {"eroa": (0.2, 0.5)})
    assert asked == []
    check.add({"eroa": {38.0}}, {})
    check.add({"eroa": {39.0}}, {})
    check.confirm()
    assert asked == [{"eroa": {35.0, 36.0, 37.0, 38.0}}, {"eroa": {39.0}}]


# --- REDCap ------------------------------------------------------------------------------------------------------------

REDCAP = """\
"record_id","redcap_event_name","redcap_repeat_instrument","redcap_repeat_instance","mr_eroa_cm2","mr_rvol_ml","mr_mechanism___1","mr_mechanism___2","consent___1","echo_complete"
"007","baseline_arm_1","","",0.45,62,1,0,1,2
"007","followup_arm_1","","",-999,20,0,1,1,2
"008","baseline_arm_1","echo","1",UNK,-999,0,0,1,0
"""


def test_an_export_of_redcap(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(REDCAP)
    ran = echograde(tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--missing", "-999", "--missing", "UNK")
    assert ran.exit_code == 0, ran.output
    rows = rows_of(tmp_path / "out.csv")
    assert [row["mitral_ase_2017_grade"] for row in rows] == ["severe", "mild", "insufficient_data"]
    assert [row["record_id"] for row in rows] == ["007", "007", "008"]
    said = json.loads((tmp_path / "out.run.json").read_text(encoding="utf-8"))
    assert [column["header"] for column in said["columns"]] == ["mr_eroa_cm2", "mr_rvol_ml"]
    assert said["unmatched"] == [
        "record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "mr_mechanism___1",
        "mr_mechanism___2", "consent___1", "echo_complete",
    ]  # fmt: skip
    notes = [line for line in ran.output.splitlines() if line.startswith("note:")]
    assert [note.split("'")[1] for note in notes] == ["mr_mechanism___1", "mr_mechanism___2"]
    assert "is a REDCap checkbox, one choice of several" in notes[0]


# --- a terminal --------------------------------------------------------------------------------------------------------


def on_a_terminal(*words: object) -> str:
    """What the command shows on standard error when that is a terminal, without its colours."""
    import pty

    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(
        [*COMMAND, *map(str, words)], stdout=subprocess.DEVNULL, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        shown = b""
        while data := _read(ours):
            shown += data
        os.close(ours)
    assert process.returncode in (0, 1)
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode())


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "openpty"), reason="a terminal as POSIX has it")
@pytest.mark.parametrize("kind", ["csv", "utf-16", "parquet", "folder"])
def test_a_terminal_shows_rows_their_rate_and_the_time_left(tmp_path: Path, kind: str) -> None:
    source = tmp_path / ("in.parquet" if kind == "parquet" else "in.csv")
    if kind == "parquet":
        pq.write_table(pa.table({"mr_eroa": [0.4] * 5_000}), source)
    elif kind == "folder":
        source = tmp_path / "parts"
        source.mkdir()
        for part in ("a.csv", "b.csv"):
            (source / part).write_text("mr_eroa\n" + "0.4\n" * 2_500)
    else:
        source.write_text("mr_eroa\n" + "0.4\n" * 5_000, encoding="utf-16" if kind == "utf-16" else "utf-8")
    shown = on_a_terminal(source, "-o", tmp_path / "out.csv")
    bar, _, report = shown.partition("read as:")
    assert re.search(r"5,000 rows, [0-9,]+ a second .* 0:00:00 left\s+$", bar), bar
    assert "5000 rows: 5000 graded" in report


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="a terminal as POSIX has it")
def test_a_long_file_shows_a_bar_without_an_end(tmp_path: Path) -> None:
    bar = on_a_terminal(LONG, "-o", tmp_path / "out.csv", "--layout", "long").partition("read as:")[0]
    assert re.search(r"20 rows, [0-9,]+ a second", bar), bar
    assert "left" not in bar


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="a terminal as POSIX has it")
def test_quietly_a_terminal_shows_nothing(tmp_path: Path) -> None:
    assert on_a_terminal(EXAMPLE, "-o", tmp_path / "out.csv", "--quiet") == ""


def test_a_pipe_shows_no_bar(tmp_path: Path) -> None:
    ran = subprocess.run([*COMMAND, EXAMPLE, "-o", tmp_path / "out.csv"], capture_output=True, text=True, check=False)
    assert ran.stdout == ""
    assert ran.stderr.startswith("read as:")
    assert "\x1b" not in ran.stderr
