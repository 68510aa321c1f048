"""Sheets of workbooks as text, and tables as a sheet."""

from __future__ import annotations

import datetime
import io
import struct
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from support import make_workbooks as make

from grading.errors import UsageError
from grading.formats.excel import headed, read_grid
from grading.formats.excel_writer import MOST_ROWS, SheetWriter
from grading.formats.foreign import CELLS, ForeignTable, text_of
from grading.formats.upload import Upload
from grading.formats.xls_cells import xls_corrections

Cells = list[list[str | None]]


def grid(data: bytes, sheet: str | None = None, isolate: bool = False) -> ForeignTable:
    return read_grid(Upload("a.xlsx", data), sheet, isolate)


def rows(found: ForeignTable) -> Cells:
    return [list(row.values()) for row in found.table.to_pylist()]


STUDIES: Cells = [
    ["id", "valve", "EROA (mm²)", "RVol (mL)", "seen"], ["P01", "MR", "45", "62", "2026-04-03"], ["P02", "MR", "12.5", "20", None],
]  # fmt: skip


@pytest.mark.parametrize("isolate", [False, True], ids=["here", "apart"])
@pytest.mark.parametrize(
    ("data", "read_as"),
    [
        (make.xlsx(), "Excel workbook, sheet 'Echo' (1 of 1)"),
        (make.xls(), "Excel workbook of the old kind (.xls), sheet 'Echo' (1 of 1)"),
        (make.ods(), "OpenDocument spreadsheet, sheet 'Echo' (1 of 1)"),
    ],
    ids=["xlsx", "xls", "ods"],
)
def test_every_kind_of_workbook(data: bytes, read_as: str, isolate: bool) -> None:
    found = grid(data, isolate=isolate)
    assert (rows(found), found.lines.to_pylist(), found.read_as, found.notes) == (STUDIES, [1, 2, 3], read_as, ())


VALUES: list[tuple[Any, str | None]] = [
    (45.0, "45"), (0.1 + 0.2, "0.3"), (1e-7, "1e-7"), (1e22, "1e+22"), (123456789012345.0, "123456789012345"), (-3, "-3"), ("007", "007"),
    ("45.0", "45.0"), (" x ", " x "), ("=1+1", "=1+1"), (True, "TRUE"), (False, "FALSE"), ("", None), (None, None),
    (datetime.date(2026, 4, 3), "2026-04-03"), (datetime.datetime(2026, 4, 3, 10, 11, 5), "2026-04-03T10:11:05"),
    ("a\x01\u2028é_x0041_\n", "a\x01\u2028é_x0041_\n"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), VALUES, ids=[repr(value) for value, _ in VALUES])
@pytest.mark.parametrize("beside", ["x", 1.5, True], ids=["text", "number", "flag"])
def test_a_cell_as_shown(value: Any, expected: str | None, beside: Any) -> None:
    found = rows(grid(make.xlsx([["h"], [value], [beside]])))
    assert found[1:-1] == ([[expected]] if expected else [])


def odd(book: Any, sheet: Any) -> None:
    """Cells whose value is not what is shown."""
    percent, own = book.add_format({"num_format": "0%"}), book.add_format({"num_format": '0.0"%"'})
    sheet.write(3, 0, 0.57, percent)
    sheet.write(3, 1, 0.57, own)
    sheet.write(3, 2, 46115, book.add_format({"num_format": "dd-mmm"}))
    sheet.write(3, 3, 1.5, book.add_format({"num_format": "[h]:mm"}))
    sheet.write_formula(4, 0, "=NA()", None, "#N/A")
    sheet.write_formula(4, 1, "=1/0", None, "#DIV/0!")
    sheet.write_formula(4, 2, "=6*7", None, 42)
    sheet.write_formula(4, 3, "=A1", None, "")


def test_cells_that_are_shown_otherwise() -> None:
    found = grid(make.xlsx(also=odd))
    assert rows(found)[3:] == [["57", "0.57", "2026-04-03", "36:00:00", None], ["#N/A", "#DIV/0!", "42", "=A1", None]]
    assert found.notes == (
        "cells shown as percent are read as they are shown (52, where 0.52 is stored): A4",
        "formulas without a result; open the workbook in its program and save it: D5",
    )


def test_a_prefixed_and_unnumbered_sheet() -> None:
    plain = make.xlsx(also=odd)

    def prefixed(text: str) -> str:
        import re

        text = re.sub(r' r="[A-Z]+\d+"', "", text)
        return re.sub(r"<(/?)([a-zA-Z])", r"<\1x:\2", text.partition("?>")[2]).replace("xmlns=", "xmlns:x=")

    assert rows(grid(make.with_member(plain, "xl/worksheets/sheet1.xml", prefixed)))[4][:3] == ["#N/A", "#DIV/0!", "42"]


def test_cells_of_an_opendocument_sheet() -> None:
    cells = (
        '<table:table-cell office:value-type="percentage" office:value="0.57"><text:p>57%</text:p></table:table-cell>'
        '<table:table-cell office:value-type="float" office:value="0" table:formula="of:=1/0"><text:p>#DIV/0!</text:p></table:table-cell>'
        '<table:table-cell office:value-type="date" office:date-value="2026-04-03"><text:p>03.04.26</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="0" table:formula="of:=X()"><text:p>Err:502</text:p></table:table-cell>'
    )  # fmt: skip
    assert rows(grid(make.ods(cell=cells)))[3] == ["57", "#DIV/0!", "2026-04-03", "Err:502", "Err:502"]


def test_errors_of_an_old_workbook() -> None:
    assert [row[4:] for row in rows(grid(make.xls(errors=[(1, 5, 42), (2, 4, 7)])))[1:]] == [
        ["2026-04-03", "#N/A"],
        ["#DIV/0!", None],
    ]


def test_percentages_and_formulas_of_an_old_workbook() -> None:
    code = "0.0%".encode("latin-1")
    own = make.record(0x41E, struct.pack("<HHB", 164, len(code), 0) + code)
    plain, percent, other = (make.record(0xE0, struct.pack("<HH16x", 0, number)) for number in (0, 9, 164))
    number = make.record(0x203, struct.pack("<HHHd", 3, 0, 1, 0.57))
    ratio = make.record(0x27E, struct.pack("<HHHI", 3, 1, 2, 57 << 2 | 3))  # a hundredth of a whole number
    several = make.record(0xBD, struct.pack("<HHHIHIH", 3, 2, 0, 7 << 2 | 2, 1, 57 << 2 | 3, 3))
    error = make.record(0x06, struct.pack("<HHHBBBBBBHHI", 3, 4, 0, 2, 0, 7, 0, 0, 0, 0xFFFF, 0, 0) + bytes(4))
    found = grid(make.xls(styles=own + plain + percent + other, cells=number + ratio + several + error))
    assert rows(found)[3] == ["57", "57", "7", "57", "#DIV/0!"]
    assert found.notes == ("cells shown as percent are read as they are shown (52, where 0.52 is stored): A4, B4, D4",)


def test_an_old_workbook_whose_directory_is_lost() -> None:
    assert xls_corrections(make.xls()[:1000] + b"\xff" * 2000, 0).cells == {}


def two(book: Any, _: Any) -> None:
    book.add_chartsheet("Plot")
    book.add_worksheet("Blank")
    book.add_worksheet("7").write_string(0, 0, "seven")


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        (None, "sheet 'Echo' (1 of 4)"), ("Echo", "sheet 'Echo' (1 of 4)"), ("echo ", "sheet 'Echo' (1 of 4)"), ("1", "sheet 'Echo' (1 of 4)"),
        ("4", "sheet '7' (4 of 4)"), ("7", "sheet '7' (4 of 4)"), ("2", "there is no sheet '2'; the workbook has 'Echo', 'Blank', '7'"),
        ("Ech", "there is no sheet 'Ech'; the workbook has 'Echo', 'Blank', '7'"), ("Plot", "there is no sheet 'Plot'"),
        ("0", "there is no sheet '0'"), ("5", "there is no sheet '5'"), ("Blank", "sheet 'Blank' is blank; name another one"),
    ],
)  # fmt: skip
def test_sheets(sheet: str | None, expected: str) -> None:
    try:
        said = grid(make.xlsx(also=two), sheet).read_as
    except UsageError as error:
        said = str(error)
    assert expected in said


def test_the_first_sheet_that_is_not_hidden() -> None:
    def hide(book: Any, sheet: Any) -> None:
        book.worksheets()[1].activate()
        book.worksheets()[1].set_first_sheet()
        sheet.hide()

    found = grid(make.xlsx(sheets=("Old", "New"), also=hide))
    assert (found.read_as, found.notes) == (
        "Excel workbook, sheet 'New' (2 of 2)", ("sheet 'New' is read; the workbook also has 'Old'",),
    )  # fmt: skip


TITLED = (("Echo lab",), (None,), (None, "id", "EROA"), (None, 1, 0.4))


def test_a_title_above_the_header() -> None:
    found = headed(grid(make.xlsx(TITLED, also=lambda _, sheet: sheet.merge_range("A1:C1", "Echo lab"))), skip_lines=1)
    assert (found.table.to_pydict(), found.lines.to_pylist()) == ({"id": ["1"], "EROA": ["0.4"]}, [4])
    assert found.notes == ("cells are merged (A1:C1): only the first of each holds what is shown",)


def test_a_header_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="there is no header below 3 lines: the sheet has 3 rows that are not blank"):
        headed(grid(make.xlsx(TITLED)), skip_lines=3)


def test_a_column_without_header_but_with_cells_stays() -> None:
    found = headed(grid(make.xlsx((("id", None, None), ("a", None, 1)))))
    assert found.table.to_pydict() == {"id": ["a"], "": ["1"]}


def test_many_rows_come_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grading.formats.excel._ROWS", 2)
    assert rows(grid(make.xlsx())) == STUDIES


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "this is no workbook"), (b"%PDF-1.4", "this is a PDF document, which is not read"), (make.xlsx()[:3000], "a.xlsx: "),
        (make.xlsx([]), "sheet 'Echo' is blank"), (make.xls()[:600], "a.xlsx: "), (b"PK\x03\x04" + b"xl/workbook" * 9, "cannot be read"),
    ],
    ids=["nothing", "a PDF", "cut short", "blank", "old, cut short", "no archive"],
)  # fmt: skip
def test_refusals(data: bytes, message: str) -> None:
    with pytest.raises(UsageError) as error:
        grid(data)
    assert message in str(error.value)


def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(
        UsageError, match=r"python_calamine, which is not installed; give: pip install 'echograde\[excel\]'"
    ):
        grid(make.xlsx())


def written(*tables: pa.Table) -> bytes:
    stream = io.BytesIO()
    with SheetWriter(stream) as sheet:
        for table in tables:
            sheet.write(table)
    return stream.getvalue()


def test_a_sheet_written_and_read_again_is_the_same() -> None:
    first = headed(
        grid(make.xlsx([["a", "b"], *([value, "x"] for value, _ in VALUES if value not in (True, False))], also=odd))
    )
    again = headed(grid(written(first.table)))
    assert again.table.equals(first.table, check_metadata=True)


def test_kinds_of_cells_are_kept() -> None:
    columns = {
        "n": [1.5, 2.0],
        "t": ["1.5", "x"],
        "mixed": ["1.5", 2.0],
        "d": [datetime.date(2026, 4, 3), None],
        "b": [True, "no"],
    }
    found = grid(make.xlsx([list(columns), *zip(*columns.values(), strict=True)]))
    kinds = [field.metadata[CELLS].decode() for field in found.table.schema]
    assert kinds == ["number", "", "", "date", "boolean"]


def test_results_are_written_as_what_they_are() -> None:
    table = pa.table(
        {
            "text": ["=1+1", "-x", "007", None], "number": [1.5, float("nan"), float("inf"), None], "whole": [1, 2, 10**17, None],
            "flag": [True, False, None, True], "word": pa.array(["a", None, "b", "a"]).dictionary_encode(),
        }
    )  # fmt: skip
    found = headed(grid(written(table, table.slice(0, 1))))
    assert found.table.to_pydict() == {
        "text": ["=1+1", "-x", "007", None, "=1+1"], "number": ["1.5", None, "inf", None, "1.5"],
        "whole": ["1", "2", "100000000000000000", None, "1"], "flag": ["TRUE", "FALSE", None, "TRUE", "TRUE"],
        "word": ["a", None, "b", "a", "a"],
    }  # fmt: skip


def test_no_text_is_a_formula() -> None:
    import zipfile

    with zipfile.ZipFile(
        io.BytesIO(written(pa.table({"=cmd|' /C calc'!A0": ["=1+1", "@SUM(1)", "+1", "http://x.y"]})))
    ) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert (sheet.count("<f>"), sheet.count("hyperlink"), sheet.count('t="inlineStr"')) == (0, 0, 5)


def test_the_same_table_gives_the_same_bytes() -> None:
    table = pa.table({"a": ["x", "1"]})
    assert written(table) == written(table)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pa.table({"a": ["x" * 40_000]}), "at most 32,767 characters (column 1, row 2)"),
        (pa.table({str(place): [""] for place in range(16_385)}), "at most 16,384 columns"),
        (pa.table({"a": pa.nulls(MOST_ROWS, pa.string())}), "at most 1,048,576 rows, header included"),
    ],
    ids=["a long text", "many columns", "many rows"],
)  # fmt: skip
def test_what_a_sheet_cannot_hold(table: pa.Table, message: str, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    with pytest.raises(UsageError) as error, SheetWriter(path) as sheet:
        sheet.write(table)
    assert (message in str(error.value), list(tmp_path.iterdir())) == (True, [])


@pytest.mark.parametrize(
    ("value", "expected"),
    [(datetime.timedelta(hours=-30), "-30:00:00"), (datetime.time(6, 5), "06:05:00"), (float("nan"), None), (1e15, "1000000000000000"), (1e16, "1e+16"), (7, "7")],
)  # fmt: skip
def test_text_of(value: object, expected: str | None) -> None:
    assert text_of(value) == expected
