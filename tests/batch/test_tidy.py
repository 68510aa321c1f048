"""The tidy file: it says what the graded file says, below each other, and its schema says what may stand in it."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from support.paths import EXAMPLE, ROOT, TESTS
from typer.testing import CliRunner, Result

from grading.batch.in_memory import job_of, run_in_memory
from grading.batch.job import Job, Tidy
from grading.batch.run import run
from grading.batch.tidy_file import TidyPiece
from grading.cli.main import app
from grading.columns.plan import Options
from grading.formats.upload import Upload
from grading.reference.guideline import list_guidelines, load_guideline
from grading.reference.measurement import VALVES
from grading.rows.coded import Coded

NAMES = {"grade": "grade", "certainty": "certainty", "low": "grade_low", "high": "grade_high", "rule": "rule", "reason": "reason"}  # fmt: skip
MIXED = """id,valve,eroa_cm2,regurgitant_volume_ml,note
a,MR,0.45,62,"one, two"
b,TR,0.1,8,
c,,0.3,,names no valve
d,PR,,,
e,MR,450,,impossible
f,AR,0.35,,=1+1
"""


def echograde(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def expected(wide: list[dict[str, str]], guidelines: list[str], valves: list[str], ids: str) -> list[list[str]]:
    """The tidy rows, taken from the cells of the graded file. `valves`: [''] where the columns name none."""
    found = []
    for number, row in enumerate(wide, 1):
        for valve in valves:
            for guideline in guidelines:
                prefix = f"{valve}_" * bool(valve) + guideline.replace("-", "_")
                cells = [row[f"{prefix}_{name}"] for name in NAMES.values()]
                found.append([str(number), row[ids] if ids else "", guideline, *cells])
    return found


def said(tidy: list[dict[str, str]]) -> list[list[str]]:
    return [[row["row"], row["id"], row["guideline"], *(row[name] for name in NAMES)] for row in tidy]


#: how the file is given -> (source, options, valves of the columns, the column of the study)
WAYS = {
    "a valve by columns": (EXAMPLE, [], list(VALVES), "study_id"),
    "one valve": (TESTS / "data" / "example_one_valve.csv", ["--valve", "mitral"], [""], "id"),
    "one measurement a line": (TESTS / "data" / "example_studies_long.csv", ["--layout", "long"], list(VALVES), "study_id"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "words", "valves", "ids"), WAYS.values(), ids=WAYS)
def test_tidy_rows_are_the_cells_of_the_graded_file(
    tmp_path: Path, source: Path, words: list[str], valves: list[str], ids: str
) -> None:
    target = tmp_path / "out.csv"
    ran = echograde("grade", source, "-o", target, "-g", "all", "--tidy", *words)
    assert ran.exit_code in (0, 1), ran.output
    wide, tidy = rows_of(target), rows_of(tmp_path / "out.tidy.csv")
    assert said(tidy) == expected(wide, list_guidelines(), valves, ids)
    assert [row["valve"] for row in tidy[:: len(list_guidelines())]] == [v or "mitral" for v in valves] * len(wide)


def test_a_column_of_valves_names_the_valve_of_each_row(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(MIXED)
    ran = echograde(
        "grade", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "-g", "esc-2025", "--tidy", "--tidy-codes"
    )
    assert ran.exit_code == 1
    tidy = rows_of(tmp_path / "out.tidy.csv")
    assert said(tidy) == expected(rows_of(tmp_path / "out.csv"), ["esc-2025"], [""], "id")
    assert [(r["id"], r["valve"], r["grade"], r["grade_code"], r["low_code"], r["high_code"]) for r in tidy] == [
        ("a", "mitral", "severe", "1", "1", "1"),
        ("b", "tricuspid", "not_severe", "0", "0", "0"),
        ("c", "", "", "", "", ""),
        ("d", "pulmonic", "not_covered", "", "", ""),
        ("e", "mitral", "", "", "", ""),
        ("f", "aortic", "severe", "1", "1", "1"),
    ]


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".xlsx"])
def test_the_same_tidy_bytes_by_every_way(tmp_path: Path, ending: str) -> None:
    pq.write_table(pacsv.read_csv(EXAMPLE), tmp_path / "in.parquet")
    found = set()
    for number, (source, size) in enumerate(((EXAMPLE, 1_000_000), (EXAMPLE, 700), (tmp_path / "in.parquet", 1))):
        target = tmp_path / f"{number}{ending}"
        run(Job(source, target, guidelines=("ase-2017", "tvarc-2023"), tidy=Tidy(codes=True), block_bytes=size))
        found.add((tmp_path / f"{number}.tidy.csv").read_bytes())
    inside = run_in_memory(
        job_of(Upload("in.csv", EXAMPLE.read_bytes()), guidelines=("ase-2017", "tvarc-2023"), tidy=Tidy(codes=True))
    )
    assert found == {inside.tidy}
    assert len(inside.tidy.splitlines()) == 1 + 60 * 4 * 2
    assert json.loads(inside.tidy_schema) == json.loads((tmp_path / "0.tidy.schema.json").read_text())


def test_every_cell_is_one_that_the_schema_allows(tmp_path: Path) -> None:
    run(Job(EXAMPLE, tmp_path / "out.csv", guidelines=tuple(list_guidelines()), tidy=Tidy(codes=True)))
    schema = json.loads((tmp_path / "out.tidy.schema.json").read_text(encoding="utf-8"))
    tidy = rows_of(tmp_path / "out.tidy.csv")
    assert [field["name"] for field in schema["fields"]] == list(tidy[0])
    for field in schema["fields"]:
        held = {row[field["name"]] for row in tidy} - set(schema["missingValues"])
        assert held, field["name"]
        if field["type"] == "integer":
            assert all(cell.isdigit() for cell in held), field["name"]
        if "categories" in field:
            assert held <= {level["value"] for level in field["categories"]}, field["name"]
    for row in tidy:
        levels = schema["levels"][row["guideline"]].get(row["valve"], [])
        for name in ("grade", "low", "high"):
            assert row[f"{name}_code"] == (str(levels.index(row[name])) if row[name] in levels else "")
    keys = [tuple(row[name] for name in schema["uniqueKeys"][0]) for row in tidy]
    assert len(keys) == len(set(keys))


def test_levels_are_in_order_of_severity_and_labelled(tmp_path: Path) -> None:
    run(Job(EXAMPLE, tmp_path / "out.csv", tidy=Tidy()))
    schema = json.loads((tmp_path / "out.tidy.schema.json").read_text(encoding="utf-8"))
    low = next(field for field in schema["fields"] if field["name"] == "low")
    assert [(level["value"], level["label"]) for level in low["categories"]] == [
        ("none", "None"), ("trace", "Trace"), ("mild", "Mild"), ("moderate", "Moderate"), ("severe", "Severe"),
    ]  # fmt: skip
    assert low["categoriesOrdered"]
    assert schema["levels"]["ase-2017"] == {
        valve: list(table.answers) for valve, table in load_guideline("ase-2017").tables.items()
    }
    assert json.loads((tmp_path / "out.run.json").read_text())["options"]["tidy"] == {"id": None, "codes": False}


def test_no_cell_runs_in_a_spreadsheet_where_none_should(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(MIXED)
    for safe, cell in ((False, "=1+1"), (True, "'=1+1")):
        options = Options(units={"eroa_cm2": "cm2"})
        run(Job(tmp_path / "in.csv", tmp_path / "out.csv", excel_safe=safe, options=options, tidy=Tidy("note")))
        assert [row["id"] for row in rows_of(tmp_path / "out.tidy.csv")] == [
            "one, two", "", "names no valve", "", "impossible", cell,
        ]  # fmt: skip


REFUSED = {
    "no such column": (["--tidy", "--tidy-id", "nota"], "--tidy-id: there is no column 'nota'. Did you mean note?"),
    "a measurement": (["--tidy", "--tidy-id", "eroa_cm2"], "--tidy-id: column 'eroa_cm2' is read as a measurement (eroa)"),
    "an id without a file": (["--tidy-id", "note"], "--tidy-id: it is for --tidy"),
    "codes without a file": (["--tidy-codes"], "--tidy-codes: it is for --tidy"),
    "standard output": (["--tidy", "-o", "-"], "--tidy: it is a file beside the graded one; name a file to write"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_said_and_nothing_is_written(tmp_path: Path, words: list[str], sentence: str) -> None:
    (tmp_path / "in.csv").write_text(MIXED)
    ran = echograde("grade", tmp_path / "in.csv", *words)
    assert ran.exit_code == 2
    assert sentence in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_no_tidy_file_is_left_by_a_run_that_fails_nor_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(MIXED + "g,MR\n")
    (tmp_path / "out.tidy.csv").write_text("old")
    assert echograde("grade", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--tidy").exit_code == 2
    assert {path.name: path.read_text() for path in tmp_path.glob("out*")} == {"out.tidy.csv": "old"}
    (tmp_path / "in.csv").write_text(MIXED)
    (tmp_path / "out.tidy.csv").unlink()
    (tmp_path / "out.tidy.csv").symlink_to(tmp_path / "elsewhere.csv")
    ran = echograde("grade", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--tidy")
    assert (ran.exit_code, "is a link to" in ran.stderr) == (2, True)
    assert not (tmp_path / "elsewhere.csv").exists()


def test_lines_are_put_together_some_thousand_at_a_time() -> None:
    rows = 200_000
    column = Coded("row", [0] * rows, ["x"])  # type: ignore[arg-type]
    sizes = [line.size for line in TidyPiece([column], excel_safe=False).lines()]
    assert (sum(sizes), len(sizes) > 2) == (2 * rows, True)


def test_the_page_reads_the_file_as_categories(tmp_path: Path) -> None:
    run(Job(EXAMPLE, tmp_path / "graded.csv", guidelines=("ase-2017", "esc-2025"), tidy=Tidy()))
    program = re.search(
        r"```python\n(.*?)```", (ROOT / "docs" / "files" / "tidy.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert program is not None
    told = program[1] + 'print(tidy["low"].cat.ordered, (tidy["low"] >= "moderate").sum())\n'
    ran = subprocess.run([sys.executable, "-c", told], cwd=tmp_path, capture_output=True, text=True, check=True)
    wide = rows_of(tmp_path / "graded.csv")
    columns = [f"{valve}_ase_2017_grade_low" for valve in VALVES] + [f"{valve}_esc_2025_grade_low" for valve in VALVES]
    most = sum(row[name] in ("moderate", "severe") for row in wide for name in columns)
    assert ran.stdout.splitlines()[-1] == f"True {most}"
    assert re.search(r"(?m)^mitral +ase-2017 .*", ran.stdout)
