"""The first table of a paper: its counts and medians are those that pandas finds in the same file."""

from __future__ import annotations

import csv
import io
from typing import Any

import pandas as pd
import pytest
from support.paths import EXAMPLE

from grading import UsageError
from grading.batch.in_memory import InMemory, job_of, run_in_memory
from grading.formats.upload import Upload
from grading.graded_files.table import read_graded
from grading.graded_files.table_one import TableOne, as_csv, as_text, table_one

GRADES = "mitral_ase_2017_grade"
BY_ROW = b"id,valve,eroa_cm2,flail?,age,centre\n1,MR,0.44,yes,60,A\n2,MR,0.52,no,70,B\n3,MR,<3,no,50,A\n4,AR,0.1,,40,A\n5,MR,,,NA,\n"


def graded(data: bytes) -> InMemory:
    return run_in_memory(job_of(Upload("a.csv", data)))


def first_table(data: bytes, grades: str = GRADES, **options: Any) -> TableOne:
    run = graded(data)
    return table_one(read_graded(run), grades, run.summary.cell_format, **options)


def cells(table: TableOne, name: str, skip: int = 0) -> dict[str, str]:
    """The cells of a line by column; `skip` lines below the named one."""
    names = [line.name for line in table.lines]
    return dict(zip(table.columns, table.lines[names.index(name) + skip].cells, strict=True))


def test_the_example_is_counted_as_pandas_counts_it() -> None:
    run = graded(EXAMPLE.read_bytes())
    table = table_one(read_graded(run), GRADES, run.summary.cell_format, also=["age"])
    frame = pd.read_csv(io.BytesIO(run.graded), keep_default_na=False)
    grade = frame[GRADES].replace("", "rejected")
    assert cells(table, "Rows") == {"all": "60", **{name: str(n) for name, n in grade.value_counts().items()}}
    rows = {"all": slice(None), **{name: grade == name for name in table.columns[1:]}}
    width = pd.to_numeric(frame["mr_vc_mm"], errors="coerce") / 10
    flail = frame["mr_flail_leaflet"]
    for name, here in rows.items():
        known = width[here].dropna()
        low, median, high = known.quantile([0.25, 0.5, 0.75]) if len(known) else (0, 0, 0)
        expected = f"{median:.1f} [{low:.1f}, {high:.1f}]" if len(known) else "-"
        assert cells(table, "Vena contracta width (cm), median [quartiles]")[name] == expected, name
        assert cells(table, "Vena contracta width (cm), median [quartiles]", 1)[name] == str(width[here].isna().sum())
        said = flail[here][flail[here] != ""]
        share = f"{(said == 'yes').sum()} ({100 * (said == 'yes').mean():.0f} %)" if len(said) else "-"
        assert cells(table, "Flail leaflet: yes, n (%)")[name] == share, name
        ages = frame["age"][here]
        assert cells(table, "age, median [quartiles]")[name].startswith(f"{ages.median():.1f} ["), name


def test_rows_of_one_valve_are_counted_where_each_row_names_its_own() -> None:
    table = first_table(BY_ROW, "ase_2017_grade", valve="mitral", also=["age", "centre"])
    assert (table.valve, table.columns) == ("mitral", ("all", "severe", "insufficient_data", "rejected"))
    assert cells(table, "Rows") == {"all": "4", "severe": "2", "insufficient_data": "1", "rejected": "1"}
    assert cells(table, "EROA (cm2), median [quartiles]")["severe"] == "0.48 [0.46, 0.50]"
    assert cells(table, "EROA (cm2), median [quartiles]", 1) == {
        "all": "2", "severe": "0", "insufficient_data": "1", "rejected": "1",
    }  # fmt: skip
    assert cells(table, "Flail leaflet: yes, n (%)")["severe"] == "1 (50 %)"
    assert cells(table, "age, median [quartiles]")["all"] == "60.0 [55.0, 65.0]"
    assert cells(table, "centre: A, n (%)")["all"] == "2 (67 %)"


def test_a_decimal_comma_in_a_further_column_is_read() -> None:
    data = b"id;mr_eroa_cm2;alter\n1;0,45;60,5\n2;0,5;61,5\n"
    assert cells(first_table(data, also=["alter"]), "alter, median [quartiles]")["all"] == "61.0 [60.8, 61.2]"


def test_the_table_is_the_same_as_csv_and_as_text() -> None:
    table = first_table(BY_ROW.replace(b"centre", b"=centre"), "ase_2017_grade", valve="mitral", also=["'=centre"])
    rows = list(csv.reader(io.StringIO(as_csv(table))))
    assert rows[0] == ["", "all", "severe", "insufficient data", "rejected"]
    lines = [line.split("\t") for line in as_text(table).splitlines()]
    assert [[" ".join(cell.split()) for cell in row] for row in rows] == lines
    assert [row[0] for row in rows if "centre" in row[0]] == ["'=centre: A, n (%)", "'=centre: B, n (%)"]


REFUSED = {
    "no column": ("nothing", "there is no column 'nothing'"),
    "free text": ("comment", r"column 'comment' holds \d+ different texts; one of numbers, or of at most 12 texts"),
}


@pytest.mark.parametrize(("header", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_counted_is_said(header: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        first_table(EXAMPLE.read_bytes(), also=[header])
