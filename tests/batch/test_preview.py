"""What is seen of a file before it is graded, and what a person corrects in it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from grading.batch.in_memory import InMemory, job_of, run_in_memory
from grading.batch.job import Long
from grading.batch.preview import Preview, ordered_columns, preview
from grading.columns.plan import Options
from grading.formats.upload import Upload
from grading.graded_files.distribution import numbers_of, spreads
from grading.graded_files.table import GradedTable, Wanted, read_graded
from grading.longtable.roles import looks_long
from grading_app.file.corrections import with_edits, with_unit
from grading_app.html.count_bars import count_bars
from grading_app.html.cross_table import cross_table

TWO_VALVES = b"id,valve,eroa_cm2,note\n1,MR,0.45,=1+1\n2,AR,0.1,Boat\n3,mitral,0.1,\n4,AR,<3,boat\n5,,0.3,\n"


def looked(data: bytes, options: Options | None = None, long: Long | None = None) -> Preview:
    return preview(job_of(Upload("a.csv", data), options=options or Options(), long=long))


def graded(data: bytes) -> tuple[InMemory, GradedTable]:
    found = run_in_memory(job_of(Upload("a.csv", data)))
    return found, read_graded(found)


READ = {
    "points and commas": (b"id,mr_eroa_cm2\n1,0.4\n", "comma between cells, utf-8, decimal point"),
    "decimal commas": (b"id;mr_eroa_cm2\n1;0,4\n", "semicolon between cells, utf-8, decimal comma"),
    "windows-1252": ("id\tmr_eroa_cm2\nä\t0.4\n".encode("cp1252"), "tab between cells, cp1252, decimal point"),
    "utf-16": ("id,mr_eroa_cm2\n1,0.4\n".encode("utf-16"), "comma between cells, utf-16-le, decimal point"),
}


@pytest.mark.parametrize(("data", "said"), READ.values(), ids=READ)
def test_how_a_file_is_written_is_said(data: bytes, said: str) -> None:
    found = looked(data)
    assert (found.read_as, found.ready) == (said, True)


def test_every_header_is_listed_with_what_it_is_taken_for() -> None:
    found = looked(b"id,MR ERO,mr_vc_mm,mr_eroaa\n7,0.4,6,1\n8,,5,\n")
    columns = [
        (one.column.header, one.column.measurement, one.column.unit, one.column.unit_from) for one in found.columns
    ]
    assert columns == [
        ("id", "", "", ""),
        ("MR ERO", "eroa", "cm2", "catalogue"),
        ("mr_vc_mm", "vena_contracta_width", "mm", "header"),
        ("mr_eroaa", "", "", ""),
    ]
    assert found.columns[2].examples == ("6", "5")
    assert found.first == (("7", "0.4", "6", "1"), ("8", "", "5", ""))
    assert [one.column.header for one in ordered_columns(found.columns)][:2] == ["MR ERO", "mr_vc_mm"]


def test_a_refusal_leaves_what_was_seen() -> None:
    found = looked(b"id,eroa_cm2\n1,0.4\n")
    assert "does not say which valve" in found.refusal
    assert (found.header, found.columns[1].column.measurement, found.plan) == (("id", "eroa_cm2"), "eroa", None)


def test_a_unit_that_there_is_not_is_said_at_its_column() -> None:
    found = looked(b"mr_eroa\n0.4\n", Options(columns={"mr_eroa": {"measurement": "eroa", "unit": "mL"}}))
    assert "'mL' is not a unit of eroa" in found.columns[0].note
    assert not found.ready


def test_a_long_table_is_seen_as_the_wide_one_it_becomes() -> None:
    found = looked(b"study,label,value,unit\n1,MR VC,6,mm\n1,MR ERO,0.4,cm2\n1,heart rate,70,\n", long=Long())
    assert found.header == ("study", "label", "value", "unit")
    assert [one.column.measurement for one in found.columns if one.used] == ["vena_contracta_width", "eroa"]
    assert [issue.column for issue in found.long] == ["heart rate"]


HEADERS = {
    "labels and values": (["study_id", "label", "value"], True),
    "no study": (["name", "result", "units"], True),
    "a wide table": (["study_id", "mr_eroa_cm2"], False),
    "two values": (["label", "value", "result"], False),
}


@pytest.mark.parametrize(("header", "long"), HEADERS.values(), ids=HEADERS)
def test_a_long_table_is_known_by_its_headers(header: list[str], long: bool) -> None:
    assert looks_long(header) is long


EDITS: dict[str, tuple[bytes, Mapping[str, str], tuple[str, str, str]]] = {
    "another measurement": (b"mr_vc_mm,x", {"measurement": "eroa"}, ("eroa", "mitral", "cm2")),
    "one that has the header's unit": (b"mr_vc_mm,x", {"measurement": "pisa_radius"}, ("pisa_radius", "mitral", "mm")),
    "another unit": (b"mr_vc_mm,x", {"unit": "cm"}, ("vena_contracta_width", "mitral", "cm")),
    "another valve": (b"mr_vc_mm,x", {"valve": "aortic"}, ("vena_contracta_width", "aortic", "mm")),
    "an unknown header": (b"thing_mm2,mr_vc_mm", {"measurement": "eroa", "valve": "mitral"}, ("eroa", "mitral", "mm2")),
    "not used": (b"mr_eroa_cm2,mr_vc_mm", {"measurement": ""}, ("", "", "")),
}  # fmt: skip


@pytest.mark.parametrize(("header", "edit", "read"), EDITS.values(), ids=EDITS)
def test_a_correction_is_read_back(header: bytes, edit: Mapping[str, str], read: tuple[str, str, str]) -> None:
    data = header + b"\n3,4\n"
    columns = [one.column for one in looked(data).columns]
    column = looked(data, with_edits(Options(), columns, {0: edit})).columns[0].column
    assert (column.measurement, column.valve, column.unit) == read


def test_a_unit_after_a_measurement_belongs_to_it() -> None:
    data = b"thing,mr_vc_mm\n30,4\n"
    columns = [one.column for one in looked(data).columns]
    options = with_edits(Options(), columns, {0: {"measurement": "eroa", "valve": "mitral"}})
    column = looked(data, with_unit(options, "thing", "mm2")).columns[0].column
    assert (column.unit, column.unit_from) == ("mm2", "columns")


WANTED = {
    "everything": (Wanted(), [1, 2, 3, 4, 5]),
    "rejected": (Wanted(statuses=("rejected",)), [4, 5]),
    "severe": (Wanted(grades=("severe",)), [1]),
    "aortic": (Wanted(valves=("aortic",)), [2, 4]),
    "a text, in any case": (Wanted(text="BOAT"), [2, 4]),
    "a text and a valve": (Wanted(valves=("mitral",), text="boat"), []),
}


@pytest.mark.parametrize(("wanted", "rows"), WANTED.values(), ids=WANTED)
def test_rows_that_are_wanted(wanted: Wanted, rows: list[int]) -> None:
    table = graded(TWO_VALVES)[1]
    assert table.shown(table.rows(wanted), [0], 100).column("row").to_pylist() == rows


def test_a_shown_cell_cannot_run() -> None:
    table = graded(TWO_VALVES)[1]
    assert table.shown(table.rows(Wanted()), [3], 1).to_pylist() == [{"row": 1, "note": "'=1+1"}]


def test_a_column_named_row_stands_beside_the_number_of_the_row() -> None:
    table = graded(b"row,mr_eroa_cm2\n9,0.4\n")[1]
    assert table.shown(table.rows(Wanted()), [0], 1).to_pylist() == [{"row": 1, "row (column 1)": "9"}]


def test_blank_headers_are_told_apart() -> None:
    table = graded(b",mr_eroa_cm2,,\na,0.4,b,c\n")[1]
    shown = table.shown(table.rows(Wanted()), range(4), 1)
    assert shown.column_names == ["row", "(column 1)", "mr_eroa_cm2", "(column 3)", "(column 4)"]
    assert table.given == ["", "mr_eroa_cm2", "", ""]


def test_values_by_grade_leave_out_what_cannot_be_used() -> None:
    rows = b"".join(
        b"%s,%s\n" % pair for pair in ((b"0.5", b"60"), (b"0.7", b"70"), (b"<3", b"70"), (b"0.1", b"9"), (b"", b"65"))
    )
    found, table = graded(b"mr_eroa_cm2,mr_rvol_ml\n" + rows)
    columns = numbers_of(table)
    assert [column.header for column in columns] == ["mr_eroa_cm2", "mr_rvol_ml"]
    by_grade = spreads(table, columns[0], "mitral_ase_2017_grade", found.summary.cell_format)
    assert [(one.grade, one.count, one.median, one.values) for one in by_grade] == [
        ("mild", 1, 0.1, (0.1,)),
        ("severe", 2, 0.6, (0.5, 0.7)),
    ]


def test_counts_are_words_and_numbers_and_nothing_runs() -> None:
    bars = count_bars("<b>a", {"severe": 1, "(blank)": 3})
    table = cross_table(("<b>a", "b"), ["severe"], ["<i>"], {("severe", "<i>"): 4})
    assert all(part in bars for part in ("&lt;b&gt;a", "severe", "1 (25.0 %)", "rejected", "3 (75.0 %)"))
    assert "<b>" not in bars + table
    assert "<i>" not in table
