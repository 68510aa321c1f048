"""Cells that a spreadsheet would run: the user's own too get an apostrophe on request, and nothing else changes."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from grading.cli.main import app
from grading.formats.csv_piece import Dialect
from grading.formats.csv_text import safe, safe_text
from grading.formats.formula_cells import formula_places, neutralised

CELLS = [
    # a cell as a file holds it, and whether a spreadsheet would run it
    ("=1+1", True), ("@SUM(A1)", True), ("+cmd|' /C calc'!A0", True), ("-2+3+cmd", True), ("\t=1", True), ("=", True),
    ("-5", False), ("+0.35", False), ("-0,35", False), ("-1e-3", False), ("-", False), ("--", False), ("- ", False),
    ("＝1+1", True), ("＋1", True), ("－1", True), ("＠SUM(A1)", True), ("\ufeff=1", True), ("\ufeff\ufeff-2+3+cmd", True),
    ("\ufeff5", False), ("ｅ=1", False), ("①", False),
    ("a=1", False), (" =1", False), ("2021-05-03", False), ("'=1", False), ("", False), ("0.4", False),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "runs"), CELLS, ids=[repr(c) for c, _ in CELLS])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("quoted", [False, True], ids=["bare", "quoted"])
def test_a_cell(cell: str, runs: bool, delimiter: str, quoted: bool) -> None:
    if delimiter in cell and not quoted:
        pytest.skip("it is two cells")
    text = f'"{cell}"' if quoted else cell
    for record in (f"{text}{delimiter}x\r\n", f"x{delimiter}{text}\r\n", f"x{delimiter}{text}"):
        first = f'"first{delimiter}=1"{delimiter}y\n'
        written = f'"\'{cell}"' if quoted else f"'{cell}"
        expected = record.replace(text, written) if runs else record
        data = (first + record).encode()
        assert neutralised(data, formula_places(data, Dialect(delimiter, "utf-8"))).decode() == first + expected
    assert safe(pa.array([cell])).to_pylist() == [safe_text(cell)] == [f"'{cell}" if runs else cell]


def tables(signs: str) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.lists(st.text(signs, max_size=6), min_size=2, max_size=3), min_size=1, max_size=6)


@given(st.one_of(
    st.tuples(tables("=+-@\t1a,\"\n\r'. ＝\ufeffø"), st.just(csv.QUOTE_ALL)),
    st.tuples(tables("=+-@\t1a,\"\n'. －＠"), st.just(csv.QUOTE_MINIMAL)),
))  # fmt: skip
@settings(max_examples=400, deadline=None)
def test_a_reader_finds_the_same_cells_but_for_the_apostrophes(table: tuple[list[list[str]], int]) -> None:
    rows, quoting = table
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=quoting).writerows(rows)
    data = out.getvalue().encode()
    read = list(
        csv.reader(io.StringIO(neutralised(data, formula_places(data, Dialect(",", "utf-8"))).decode(), newline=""))
    )
    expected = [[f"'{cell}" if dangerous(cell) else cell for cell in row] for row in rows]
    assert read == expected


def dangerous(cell: str) -> bool:
    """Said by another rule than the program's: a number is what float() reads, and signs alone run nothing."""
    bare = cell.lstrip("\ufeff")
    if bare[:1] in tuple("=@\t\r\n＝＠＋－") or (bare != cell and bare[:1] in ("+", "-")):
        return True
    if cell[:1] not in ("+", "-") or re.fullmatch(r"[+-]+\s*", cell):
        return False
    try:
        float(cell.lstrip("+-").replace(",", "."))
    except ValueError:
        return True
    return False


def test_a_file_graded_for_a_spreadsheet(tmp_path: Path) -> None:
    place = tmp_path / "in.csv"
    place.write_bytes(
        b'\xef\xbb\xbf=id,valve,eroa_mm2,note,change\r\n=1,MR,45,"@x, y",-5\r\nb,MR,12,"say ""=1""",+cmd\r\n'
    )
    out = tmp_path / "out.csv"
    assert CliRunner().invoke(app, ["grade", str(place), "-o", str(out), "-q", "--excel-safe"]).exit_code == 0
    lines = out.read_bytes().split(b"\r\n")
    assert lines[0].startswith(b"\xef\xbb\xbf'=id,valve,eroa_mm2,note,change,ase_2017_grade,")
    assert lines[1].startswith(b"'=1,MR,45,\"'@x, y\",-5,severe,")
    assert lines[2].startswith(b'b,MR,12,"say ""=1""",\'+cmd,mild,')
    plain = tmp_path / "plain.csv"
    assert CliRunner().invoke(app, ["grade", str(place), "-o", str(plain), "-q"]).exit_code == 0
    assert plain.read_bytes().split(b"\r\n")[1].startswith(b'=1,MR,45,"@x, y",-5,severe,')


def test_a_parquet_file_written_as_csv_for_a_spreadsheet(tmp_path: Path) -> None:
    table = pa.table({"@id": ["=1", "-5"], "valve": ["MR", "MR"], "eroa_mm2": ["45", "12"], "shift": [-3, 4]})
    pq.write_table(table, tmp_path / "in.parquet")
    out = tmp_path / "out.csv"
    place = str(tmp_path / "in.parquet")
    assert CliRunner().invoke(app, ["grade", place, "-o", str(out), "-q", "--excel-safe"]).exit_code == 0
    rows = list(csv.reader(out.read_text().splitlines()))
    assert [row[:4] for row in rows] == [
        ["'@id", "valve", "eroa_mm2", "shift"],
        ["'=1", "MR", "45", "-3"],
        ["-5", "MR", "12", "4"],
    ]
