"""The page 'Grade a file', used as a person uses it: a file in, corrections, results, downloads; and nothing left behind."""

from __future__ import annotations

import io
import json
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support import make_reports
from support.page_words import in_page_words
from support.paths import EXAMPLE, ROOT, TESTS
from typer.testing import CliRunner

pytest.importorskip("streamlit")

from streamlit.testing.v1 import AppTest

from grading.batch.in_memory import InMemory
from grading.cli.main import app
from grading.errors import option
from grading_app.file.results import TABS
from grading_app.file.session import SessionFile
from grading_app.file.words import on_page

PAGES = sorted((ROOT / "grading_app").rglob("*.py"))
READER = (TESTS / "data" / "example_reader.csv").read_bytes()
LONG = (TESTS / "data" / "example_studies_long.csv").read_bytes()
MARKUP = ("<script>alert(1)</script>", "[x](http://x)", "![i](http://x)", ":red[y]", "$z$")


def script() -> None:
    from grading_app.pages.file import page

    page()


def two_pages() -> None:
    import streamlit as st

    from grading_app.pages.file import page

    if not st.checkbox("elsewhere", key="elsewhere"):
        page()


def opened(name: str = "", data: bytes = b"") -> AppTest:
    """The page, with a file uploaded when one is given."""
    test = AppTest.from_function(script, default_timeout=60).run()
    if name:
        test.file_uploader[0].set_value((name, data, "text/csv")).run()
    return test


def press(test: AppTest, label: str) -> AppTest:
    next(button for button in test.button if button.label == label).click()
    return test.run()


def look(test: AppTest, tab: str) -> AppTest:
    """Open a tab of the results."""
    assert tab in TABS
    test.session_state["file_tab"] = tab
    return test.run()


def held(test: AppTest) -> SessionFile:
    found = test.session_state["file_held"]
    assert isinstance(found, SessionFile)
    return found


def graded(test: AppTest) -> InMemory:
    found = held(test).graded
    assert found is not None
    return found


def said(test: AppTest) -> str:
    """All that the page says in sentences."""
    parts = (*test.text, *test.error, *test.warning, *test.info, *test.success, *test.markdown, *test.caption)
    return "\n".join(part.value.replace("\\", "") for part in parts)


def by_command(place: Path, name: str, data: bytes, *words: str) -> list[bytes]:
    """What the command line writes for the same file, with the controls of the page in place of its flags."""
    (place / name).write_bytes(data)
    target = place / f"{Path(name).stem}.graded.csv"
    CliRunner().invoke(app, ["grade", str(place / name), "-o", str(target), "--excel-safe", "--quiet", *words])
    outputs = (target.with_name(target.stem + ending) for ending in (".csv", ".issues.csv", ".run.json"))
    return [in_page_words(output.read_bytes()) for output in outputs]


def test_the_empty_page_offers_an_example_and_blank_files() -> None:
    test = opened()
    assert [button.label for button in test.button] == ["Use the example file"]
    assert [button.label for button in test.download_button] == [
        "Blank CSV file",
        "What each column means",
        "REDCap data dictionary",
    ]


def test_the_example_is_graded_to_the_bytes_of_the_command_line(tmp_path: Path) -> None:
    test = press(press(opened(), "Use the example file"), "Grade")
    assert not test.exception
    found = graded(test)
    assert [found.graded, found.issues, found.manifest] == by_command(tmp_path, EXAMPLE.name, EXAMPLE.read_bytes())
    assert "6 errors, 1 warning. 6 of 60 rows are rejected" in said(test)
    assert [button.label for button in test.download_button] == [
        "Graded rows (CSV)",
        "Problems (CSV)",
        "How it was made (JSON)",
    ]


def test_a_slip_of_units_is_corrected_by_a_click(tmp_path: Path) -> None:
    data = b"id,mr_eroa\n" + b"".join(b"%d,%d\n" % (row, value) for row, value in enumerate((45, 40, 35, 30, 12, 25)))
    test = opened("slip.csv", data)
    assert "do not look like cm2 but like mm2" in said(test)
    assert next(button for button in test.button if button.label == "Grade").disabled
    test = press(press(test, "The values are in mm2"), "Grade")
    found = graded(test)
    assert [found.graded, found.issues, found.manifest] == by_command(
        tmp_path, "slip.csv", data, "--unit", "mr_eroa=mm2"
    )
    assert found.summary.grades["mitral_ase_2017_grade"]["severe"] == 2


def test_insisting_on_the_assumed_unit_is_possible_too() -> None:
    test = opened("slip.csv", b"id,mr_eroa\n1,45\n2,40\n3,35\n4,30\n5,25\n")
    found = graded(press(press(test, "The values are in cm2"), "Grade"))
    assert found.summary.statuses == {"rejected": 5}


def test_two_guidelines_and_a_reader_are_compared() -> None:
    test = opened("reader.csv", READER)
    test.multiselect(key="file_guidelines").set_value(["ase-2017", "esc-2021"]).run()
    press(test, "Grade")
    look(test, "Agreement with a reader").selectbox(key="file_reader").set_value("mr_reader").run()
    assert not test.exception
    assert "40 rows: 28 compared, 12 set aside." in said(test)
    assert "Kappa, linear weights: 0.75, 95 % interval 0.57 to 0.89" in said(test)
    assert sum("ASE 2017 \\ reader" in html.value for html in test.get("html")) == 1
    look(test, "Two guidelines")
    assert sum("ASE 2017 \\ ESC 2021" in html.value for html in test.get("html")) == 1
    look(test, "Agreement with a reader")
    assert test.selectbox(key="file_reader").value == "mr_reader"


def test_a_reader_in_words_of_their_own() -> None:
    test = press(opened("a.csv", b"mr_eroa_cm2,mine\n0.1,kaum\n0.45,arg\n0.42,arg\n0.1,mild\n"), "Grade")
    look(test, "Agreement with a reader").selectbox(key="file_reader").set_value("mine").run()
    assert "2 of its texts cannot be read as a grade" in said(test)
    for label, meaning in (("arg (2 rows)", "severe"), ("kaum (1 row)", "mild")):
        next(box for box in test.selectbox if box.label.replace("\\", "") == label).set_value(meaning).run()
    assert "Exact agreement: 100.0 % (4 of 4)" in said(test)


def test_a_reader_who_writes_numbers_says_what_they_mean() -> None:
    test = press(opened("a.csv", b"mr_eroa_cm2,mine\n0.1,1\n0.45,3\n0.42,3\n0.1,1\n"), "Grade")
    look(test, "Agreement with a reader").selectbox(key="file_reader").set_value("mine").run()
    assert "“What a bare number means”: 0-3" in said(test)
    test.selectbox(key="file_agree_scale").set_value("0-3").run()
    assert "Exact agreement: 100.0 % (4 of 4)" in said(test)


def test_a_long_file_is_graded(tmp_path: Path) -> None:
    test = opened("long.csv", LONG)
    assert "It looks like a table with one measurement in each row." in said(test)
    press(test, "Read it so")
    found = graded(press(test, "Grade"))
    assert found.graded == by_command(tmp_path, "long.csv", LONG, "--layout", "long")[0]


def test_reports_are_graded_together() -> None:
    reports = [make_reports.older(), make_reports.precoordinated(study="1.2.3.5")]
    test = opened()
    test.file_uploader[0].set_value([("a.dcm", data, "application/dicom") for data in reports]).run()
    found = graded(press(test, "Grade"))
    assert not test.exception
    assert (held(test).upload.name, found.summary.rows) == ("reports.zip", 2)
    assert "Read as: DICOM structured reports, one a study (2)" in said(test)


def test_of_several_tables_the_last_is_graded_and_the_others_are_named() -> None:
    test = opened()
    tables = [(f"{name}.csv", f"id,mr_eroa_cm2\n{name},0.45\n".encode(), "text/csv") for name in ("one", "two")]
    test.file_uploader[0].set_value(tables).run()
    assert (held(test).upload.name, held(test).set_aside) == ("two.csv", ("one.csv",))
    assert "the last that was chosen. Set aside: 'one.csv'." in said(test)
    press(test, "Forget this file")
    assert "file_held" not in test.session_state


def test_rows_are_filtered() -> None:
    test = press(press(opened(), "Use the example file"), "Grade")
    test.multiselect(key="file_filter_Grade").set_value(["severe"]).run()
    test.multiselect(key="file_filter_Valve").set_value(["mitral"]).run()
    shown = test.dataframe[-1].value
    assert set(shown["mitral_ase_2017_grade"]) == {"severe"}
    assert f"{len(shown)} of 60 rows." in said(test)
    test.text_input(key="file_filter_text").set_value("no such text").run()
    assert "0 of 60 rows." in said(test)


def test_a_visit_to_another_page_loses_nothing() -> None:
    test = AppTest.from_function(two_pages, default_timeout=60).run()
    press(test, "Use the example file")
    test.multiselect(key="file_guidelines").set_value(["esc-2021"]).run()
    press(test, "Grade")
    test.checkbox(key="elsewhere").set_value(True).run()
    assert not test.multiselect
    test.checkbox(key="elsewhere").set_value(False).run()
    assert test.multiselect(key="file_guidelines").value == ["esc-2021"]
    assert "6 of 60 rows are rejected" in said(test)


def test_a_changed_option_shows_no_stale_results() -> None:
    test = press(press(opened(), "Use the example file"), "Grade")
    test.multiselect(key="file_guidelines").set_value(["esc-2021"]).run()
    assert "Something was changed since the last run" in said(test)
    assert "Result" not in [heading.value for heading in test.subheader]
    assert not test.get("download_button")


def test_the_problems_of_a_small_file_stand_before_it_is_graded() -> None:
    test = press(opened(), "Use the example file")
    assert "6 errors, 1 warning. 6 of 60 rows are rejected because of an error." in said(test)
    assert [heading.value for heading in test.subheader] == ["Problems in the file"]
    assert not test.get("download_button")
    press(test, "Grade")
    assert [heading.value for heading in test.subheader] == ["Problems in the file", "Result"]


def test_the_problems_of_a_large_file_come_with_its_grades() -> None:
    row = b"1,0.45," + b"x" * 10_000 + b"\n"
    test = opened("large.csv", b"id,mr_eroa_cm2,note\n" + 600 * row + b"2,45," + row[7:])
    assert "Problems of single rows are listed here once the file is graded." in [c.value for c in test.caption]
    press(test, "Grade")
    assert "1 error. 1 of 601 rows are rejected because of an error." in said(test)


REFUSED: dict[str, tuple[str, bytes, str]] = {
    "no bytes": ("a.csv", b"", "the file is empty"),
    "only a header": ("a.csv", b"id,colour\n", "no column names a valve"),
    "binary": ("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "this is a picture, which is not read"),
    "no Parquet": ("a.parquet", b"PAR1PAR1", "not a readable Parquet file"),
    "no valve": ("a.csv", b"eroa_cm2\n0.4\n", "give “Valve of every row”, add a column"),
    "no measurement": ("a.csv", b"valve,colour\nMR,red\n", "no column holds a measurement"),
    "two of one": ("a.csv", b"mr_eroa_cm2,mitral_ero_cm2\n0.4,0.3\n", "both claim mitral eroa"),
    "a stray quote": ("a.csv", b'id,mr_eroa_cm2\n1,0"4"\n', "a quote inside a cell"),
}


@pytest.mark.parametrize(("name", "data", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_graded_is_said(name: str, data: bytes, sentence: str) -> None:
    test = opened(name, data)
    assert not test.exception
    assert sentence in said(test)
    assert next(button for button in test.button if button.label == "Grade").disabled


def test_a_file_without_rows_says_so() -> None:
    test = opened("a.csv", b"id,mr_eroa_cm2\n")
    assert "nothing to grade" in test.warning[0].value
    assert not test.success


def test_a_fault_far_down_the_file_is_said_after_the_run() -> None:
    rows = b"".join(b"%0100d,0.4\n" % row for row in range(60_000))
    test = press(opened("a.csv", b"id,mr_eroa_cm2\n" + rows + b'1,"0.4\n'), "Grade")
    assert "a quote is opened and never closed" in said(test)


ONE_CLICK = {
    "a column without a valve": (
        "id,mr_eroa_cm2,mr_vc_mm,flail?\n1,0.45,8,yes\n",
        "“flail?”: mitral too",
        {"columns": {"flail?": {"measurement": "flail_leaflet", "valve": "mitral"}}},
    ),
    "no column with a valve": ("id,eroa_cm2\n1,0.45\n", "Every row is mitral", {"valve": "mitral"}),
    "two of one": (
        "mr_eroa_cm2,mitral_ero_cm2\n0.4,0.3\n", "Do not use “mitral_ero_cm2”", {"columns": {"mitral_ero_cm2": "ignore"}},
    ),
    "a slip of the pen": (
        "valve,eroaa_mm2,vc_mm\nMR,45,8\n", "Use “eroaa_mm2” as EROA (mm²)", {"columns": {"eroaa_mm2": "eroa"}},
    ),
    "a slip of the pen in a column of a valve": (
        "mr_eroaa_mm2,mr_vc_mm\n45,8\n", "Use “mr_eroaa_mm2” as mitral EROA (mm²)", {"columns": {"mr_eroaa_mm2": "mitral_eroa"}},
    ),
    "a column of valves": ("lesion,eroa_cm2\nMR,0.45\n", "Use “lesion” as valve", {"columns": {"lesion": "valve"}}),
    "no unit of it": ("mr_vc_cms,mr_eroa_cm2\n0.7,0.45\n", "“mr_vc_cms” is in cm", {"units": {"mr_vc_cms": "cm"}}),
    "a title": ("Echo lab 2026\n\nid,mr_eroa_cm2,mr_rvol_ml\n1,0.45,66\n", "Pass over 2 lines above the header", {"skip_lines": 2}),
    "units below": ("id,mr_eroa,mr_rvol\n,cm2,mL\n1,0.45,66\n", "The line below the header holds units", {"units_row": True}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "label", "said_so"), ONE_CLICK.values(), ids=ONE_CLICK)
def test_what_a_sentence_offers_is_one_click_away(text: str, label: str, said_so: dict[str, object]) -> None:
    test = opened("a.csv", text.encode())
    labels = [button.label.replace("\\", "") for button in test.button]
    assert label in labels
    test.button[labels.index(label)].click()
    test.run()
    assert not test.exception
    found = graded(press(test, "Grade"))
    manifest = json.loads(found.manifest)["options"]
    assert {name: manifest[name] for name in said_so} == said_so
    assert found.summary.statuses == {"graded": 1}


def test_a_button_that_is_off_says_what_it_waits_for() -> None:
    test = opened("a.csv", b"id,mr_eroa\n1,45\n2,40\n3,35\n4,30\n5,25\n")
    assert "It waits for the unit of 'mr_eroa': choose one above." in said(test)
    assert "It waits for" not in said(press(test, "The values are in mm2"))
    assert "It waits for an answer to what is said above in red." in said(opened("a.csv", b"eroa_cm2\n0.4\n"))


def test_a_valve_for_every_row_is_an_answer_to_the_refusal() -> None:
    test = opened("a.csv", b"eroa_cm2\n0.45\n")
    test.selectbox(key="file_valve").set_value("mitral").run()
    assert graded(press(test, "Grade")).summary.grades["ase_2017_grade"] == {"severe": 1}


def test_what_a_file_holds_is_only_ever_text() -> None:
    header = ",".join([*MARKUP, "mr_eroa_cm2", "mr_vc_mm"]).encode()
    rows = b"".join(",".join([*MARKUP, str(value), "<b>7"]).encode() + b"\n" for value in (0.45, 0.4, 0.35, 0.3, 0.25))
    test = press(opened("<b>a.csv", header + b"\n" + rows), "Grade")
    look(test, "Agreement with a reader").selectbox(key="file_reader").set_value(MARKUP[0]).run()
    assert not test.exception
    read_as_markup = [
        part.value for kind in (test.markdown, test.error, test.warning, test.caption, test.info) for part in kind
    ]
    assert not [text for text in read_as_markup for mark in MARKUP if mark in text]
    assert not [html.value for html in test.get("html") if "<script" in html.value or "http" in html.value]
    assert any("<script>alert(1)</script>" in part.replace("\\", "") for part in read_as_markup)


def test_cells_that_a_spreadsheet_would_run_are_shown_as_text() -> None:
    test = press(opened("a.csv", b"id,mr_eroa_cm2,strain\n=1+1,=2,-18.2\n"), "Grade")
    test.toggle(key="file_everything").set_value(True).run()
    shown = test.dataframe[-1].value
    assert shown.iloc[0][["id", "mr_eroa_cm2", "strain"]].tolist() == ["'=1+1", "'=2", "-18.2"]


def test_two_sessions_see_nothing_of_each_other() -> None:
    first, second = opened("one.csv", b"id,mr_eroa_cm2\nalpha,0.45\n"), opened("two.csv", b"id,ar_eroa_cm2\nbeta,0.1\n")
    press(first, "Grade")
    press(second, "Grade")
    assert (b"alpha" in graded(first).graded, b"beta" in graded(first).graded) == (True, False)
    assert (b"alpha" in graded(second).graded, b"beta" in graded(second).graded) == (False, True)
    assert "two.csv" not in said(first.run())
    assert "file_held" not in opened().session_state


def test_forgetting_leaves_nothing() -> None:
    test = press(opened("one.csv", b"id,mr_eroa_cm2\nalpha,0.45\n"), "Grade")
    press(test, "Forget this file")
    assert "file_held" not in test.session_state
    assert "one.csv" not in repr(test.session_state)
    assert [button.label for button in test.button] == ["Use the example file"]


def test_another_file_begins_anew() -> None:
    test = press(opened("one.csv", b"id,mr_eroa_cm2\nalpha,0.45\n"), "Grade")
    test.file_uploader[0].set_value(("two.csv", b"id,ar_eroa_cm2\nbeta,0.1\n", "text/csv")).run()
    assert (held(test).upload.name, held(test).asked) == ("two.csv", None)
    assert "alpha" not in said(test)


def test_a_table_of_300_columns_and_one_row() -> None:
    header = ",".join(["mr_eroa_cm2", *(f"other{place}" for place in range(300))])
    test = press(opened("wide.csv", f"{header}\n0.45{',x' * 300}\n".encode()), "Grade")
    assert "1 of 301 columns are used." in said(test)
    test.toggle(key="file_everything").set_value(True).run()
    assert not test.exception


def test_blank_headers_do_not_stop_the_page() -> None:
    test = press(opened("a.csv", b"id,,mr_eroa_cm2,\n1,x,0.45,y\n"), "Grade")
    test.toggle(key="file_everything").set_value(True).run()
    assert not test.exception
    assert "1 of 1 rows." in said(test)


def test_a_header_without_rows_is_graded_to_none() -> None:
    test = press(opened("a.csv", b"id,mr_eroa_cm2\n"), "Grade")
    test.toggle(key="file_everything").set_value(True).run()
    assert not test.exception
    assert "0 of 0 rows." in said(test)


def test_parquet_with_types_of_its_own() -> None:
    written = io.BytesIO()
    columns = {
        "id": [1, 2], "when": [datetime(2020, 1, 1), None], "parts": [[1, 2], []], "mr_eroa_cm2": [0.45, None],
        "sure": [True, False],
    }  # fmt: skip
    pq.write_table(pa.table(columns).drop_columns("parts"), written)
    test = press(opened("a.parquet", written.getvalue()), "Grade")
    assert not test.exception
    assert graded(test).summary.rows == 2
    nested = io.BytesIO()
    pq.write_table(pa.table(columns), nested)
    test = press(opened("a.parquet", nested.getvalue()), "Grade")
    assert not test.exception
    assert "column 'parts' holds" in said(test)


#: what would keep data of a person beyond the session, or read text as markup
FORBIDDEN = ("cache_data", "cache_resource", "unsafe_allow_html", "unsafe_allow_javascript")


@pytest.mark.parametrize("name", FORBIDDEN)
def test_no_page_shares_data_between_sessions_or_lets_markup_through(name: str) -> None:
    assert [path.name for path in PAGES if name in path.read_text(encoding="utf-8")] == []


SENTENCES = {
    "a valve": (
        f"rows of several valves; give {option('valve')} (mitral)",
        "rows of several valves; give “Valve of every row” (mitral)",
    ),
    "an encoding": (
        f"the header is not utf-8; give {option('encoding')}",
        "the header is not utf-8; give “Text encoding”",
    ),
    "a role": (
        f"give {option('id')}, or {option('one_study')} when",
        "give “Column of the study”, or “The whole file is one study” when",
    ),
    "a scale": (
        f"  {option('reader_scale', '0-4')}: four grades",
        "  “What a bare number means”: 0-4: four grades",
    ),
    "a column of its own words": (
        f"{option('columns', 'note --id', 'ignore')} sets 'note --id' aside",
        "the table “What the columns are taken for” ('note --id' as not used) sets 'note --id' aside",
    ),
    "a plain one": ("line 3 is blank; expected the header", "line 3 is blank; expected the header"),
}


@pytest.mark.parametrize(("by_option", "by_control"), SENTENCES.values(), ids=SENTENCES)
def test_sentences_name_the_controls_of_the_page(by_option: str, by_control: str) -> None:
    assert on_page(by_option) == by_control


def test_the_first_table_of_a_paper_is_shown_copied_and_saved() -> None:
    test = look(press(press(opened(), "Use the example file"), "Grade"), "Table 1")
    test.multiselect(key="file_first_also").set_value(["age"]).run()
    assert not test.exception
    page = " ".join(html.value for html in test.get("html"))
    assert "EROA (cm²), median [quartiles]" in page
    assert "age, median [quartiles]\t59.5 [46.8, 69.2]\t" in test.code[0].value
    test.multiselect(key="file_first_also").set_value(["comment"]).run()
    assert "different texts; one of numbers, or of at most 12 texts, can be counted" in said(test)


VISITS = """patient,echo_date,valve,eroa_mm2,regurgitant_volume_ml
A,2022-01-10,MR,15,22
A,2023-02-11,MR,45,72
B,03.05.2022,MR,38,58
"""


def test_the_studies_of_one_patient_are_followed() -> None:
    data = VISITS.replace("03.05.2022", "2022-05-03").encode()
    test = look(press(opened("visits.csv", data), "Grade"), "Follow-up")
    test.selectbox(key="file_moved_id").set_value("patient").run()
    test.selectbox(key="file_moved_date").set_value("echo_date").run()
    assert not test.exception
    assert "mitral by ASE 2017: 2 first studies; of 1 later ones 1 higher (1 beyond measurement error)" in said(test)
    lines = test.dataframe[-1].value
    assert lines["moved"].tolist() == ["first", "higher", "first"]
    assert lines["beyond by"].tolist() == ["", "regurgitant volume 22 mL to 72 mL", ""]
    # another choice is another question, and a tab that was shut keeps them
    test.selectbox(key="file_moved_against").set_value("first").run()
    assert look(look(test, "Rows"), "Follow-up").selectbox(key="file_moved_id").value == "patient"


def test_dates_that_may_be_read_in_two_ways_are_asked_about_by_the_page_s_own_control() -> None:
    test = look(press(opened("visits.csv", VISITS.encode()), "Grade"), "Follow-up")
    test.selectbox(key="file_moved_id").set_value("patient").run()
    test.selectbox(key="file_moved_date").set_value("echo_date").run()
    assert "Dates are" in said(test) and "--date-order" not in said(test)
    test.selectbox(key="file_moved_order").set_value("dmy").run()
    assert not test.exception


def test_a_long_file_is_followed_by_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grading_app.file.follow_up.MOST_ROWS", 2)
    test = look(press(opened("visits.csv", VISITS.encode()), "Grade"), "Follow-up")
    assert "up to 2 are compared here" in test.info[-1].value
