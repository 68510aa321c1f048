"""The page 'Grade a file' in a real browser: a file of each kind that is read, and the memory that a large one takes."""

from __future__ import annotations

import gzip
import io
import random
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Browser, Page, expect
from support import make_observations, make_reports, make_statistics, make_workbooks
from support.browser import CHROMIUM, Address, go, next_run, required, served, visit
from support.memory import watched_memory
from support.page_words import in_page_words
from support.paths import TESTS
from typer.testing import CliRunner

from grading.cli.main import app
from grading_app.file.results import TABS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not CHROMIUM and not required(), reason="no Chromium; apt install chromium (CI has it, and fails without)"
    ),
]

WIDE = "id,valve,EROA (mm²),RVol (mL)\nP01,MR,45,62\nP02,MR,12.5,20\n".encode()
LONG = (TESTS / "data" / "example_studies_long.csv").read_bytes()
REPORTS = {"one.dcm": make_reports.older(), "two.dcm": make_reports.precoordinated(study="1.2.3.5")}
#: the most that a large file may take of the server, with all that it starts [bytes]
MOST_MEMORY = 400_000_000


def parquet() -> bytes:
    written = io.BytesIO()
    pq.write_table(pacsv.read_csv(io.BytesIO(WIDE)), written)
    return written.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


#: the page is not being drawn
WHOLE = "() => document.querySelector('.stApp')?.getAttribute('data-test-script-state') === 'notRunning'"


@pytest.fixture
def page(address: Address, browser: Browser) -> Iterator[Page]:
    with visit(browser) as found:
        found.set_default_timeout(60_000)
        yield go(found, f"{address}/file")


#: what is chosen -> the files, and what the command line is told beside them
KINDS: dict[str, tuple[dict[str, bytes], tuple[str, ...]]] = {
    "CSV": ({"a.csv": WIDE}, ()),
    "a CSV that gzip packed": ({"a.csv.gz": gzip.compress(WIDE)}, ()),
    "a CSV in a zip archive": ({"a.zip": zipped({"a.csv": WIDE})}, ()),
    "Parquet": ({"a.parquet": parquet()}, ()),
    "Excel": ({"a.xlsx": make_workbooks.xlsx()}, ()),
    "Excel of the old kind": ({"a.xls": make_workbooks.xls()}, ()),
    "OpenDocument": ({"a.ods": make_workbooks.ods()}, ()),
    "a DICOM report": ({"one.dcm": REPORTS["one.dcm"]}, ()),
    "several DICOM reports": (REPORTS, ()),
    "DICOM reports in a zip archive": ({"reports.zip": zipped(REPORTS)}, ()),
    "a FHIR bundle": ({"bundle.json": make_observations.bundle(*make_observations.STUDY)}, ()),
    "FHIR observations": ({"lines.ndjson": make_observations.lines(*make_observations.STUDY)}, ()),
    "a long table": ({"long.csv": LONG}, ("--layout", "long")),
}


def choose(page: Page, *files: Path) -> None:
    """Choose files, and wait for what is said of them."""
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name="Forget this file").wait_for()
    page.wait_for_function(WHOLE)


def choose_and_grade(page: Page, *files: Path) -> None:
    choose(page, *files)
    for way in ("Read it so", "Every row is mitral", "“flail”: mitral too"):
        button = page.get_by_role("button", name=way, exact=True)
        if button.count():
            with next_run(page):
                button.click()
    with next_run(page):
        page.get_by_role("button", name="Grade", exact=True).click()


def saved(page: Page, label: str) -> tuple[str, bytes]:
    with page.expect_download() as started:
        page.get_by_role("button", name=re.compile(label)).click()
    return started.value.suggested_filename, Path(started.value.path()).read_bytes()


@pytest.mark.parametrize(("files", "words"), KINDS.values(), ids=KINDS)
def test_a_file_of_each_kind_is_graded_as_the_command_line_grades_it(
    page: Page, tmp_path: Path, files: dict[str, bytes], words: tuple[str, ...]
) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    source = folder if len(files) > 1 else next(folder.iterdir())
    out = tmp_path / "out.csv"
    CliRunner().invoke(app, ["grade", str(source), "-o", str(out), "--excel-safe", "--quiet", *words])
    choose_and_grade(page, *sorted(folder.iterdir()))
    name, data = saved(page, "Graded rows")
    assert (data, name.endswith(".graded.csv")) == (in_page_words(out.read_bytes()), True)
    assert re.search(rb",(mild|severe),", data)


def test_a_data_file_of_statistics_is_graded(page: Page, tmp_path: Path) -> None:
    choose_and_grade(page, make_statistics.stata(tmp_path / "a.dta"))
    assert saved(page, "Graded rows")[0] == "a.graded.csv"


def test_a_column_without_a_valve_is_one_click_from_its_grade(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("id,mr_eroa_cm2,mr_vc_mm,flail?\n1,0.45,8,yes\n")
    choose(page, file)
    grade = page.get_by_role("button", name="Grade", exact=True)
    expect(grade).to_be_disabled()
    expect(page.get_by_text("It waits for an answer to what is said above in red.")).to_be_visible()
    # what it waits for would stand beside an empty box
    paper = page.get_by_test_id("stApp").evaluate("e => getComputedStyle(e).backgroundColor")
    assert grade.locator("p").evaluate("e => getComputedStyle(e).color") != paper
    with next_run(page):
        page.get_by_role("button", name="“flail?”: mitral too").click()
    with next_run(page):
        grade.click()
    assert b",severe," in saved(page, "Graded rows")[1]


def many_studies(path: Path, rows: int) -> Path:
    """Invented studies of two valves with a remark: some 160 bytes a row."""
    drawn = random.Random(1)
    remarks = [
        "posterior",
        "leaflet",
        "prolapse",
        "jet",
        "eccentric",
        "central",
        "dilated",
        "annulus",
        "calcified",
        "quality",
        "good",
        "poor",
        "images",
    ]
    header = (
        "study_id,site,age,remark,mr_vc_mm,mr_pisa_radius_cm,mr_aliasing_velocity_cm_s,mr_peak_velocity_m_s,"
        "mr_regurgitant_vti_cm,mr_cw_jet,ar_vc_mm,ar_pht_ms,ar_jet_width_ratio_pct,ar_cw_jet\n"
    )
    with path.open("w", encoding="utf-8") as file:
        file.write(header)
        for row in range(rows):
            mitral = (
                f"{drawn.uniform(1, 9):.1f},{drawn.uniform(0.2, 1.2):.2f},{drawn.choice((30, 35, 40))},"
                f"{drawn.uniform(4, 6):.2f},{drawn.randrange(100, 190)},{drawn.choice(('dense', 'dense_triangular', ''))}"
            )
            aortic = f"{drawn.uniform(1, 8):.1f},{drawn.randrange(150, 700)},{drawn.randrange(5, 80)},dense"
            remark = " ".join(drawn.choices(remarks, k=11))
            file.write(
                f"S-{row:07d}-{drawn.randrange(10**8):08d},site {row % 30},{row % 70 + 20},{remark},{mitral},{aortic}\n"
            )
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_200_000_rows_take_at_most_400_mb_of_the_server(browser: Browser, tmp_path: Path) -> None:
    file = many_studies(tmp_path / "many.csv", 200_000)
    assert file.stat().st_size > 30_000_000
    (tmp_path / "elsewhere").mkdir()
    with served(tmp_path / "elsewhere") as address, visit(browser) as page, watched_memory(address.process) as peak:
        page.set_default_timeout(180_000)
        choose_and_grade(go(page, f"{address}/file"), file)
        name, data = saved(page, "Graded rows")
        assert name == "many.graded.csv.zip"
        for label in ("Problems", "How it was made"):
            saved(page, label)
        for tab in TABS[1:]:
            with next_run(page):
                page.get_by_role("tab", name=tab).click()
        with next_run(page):
            page.get_by_role("tab", name=TABS[0]).click()
        field = page.get_by_label("Text in any column")
        field.fill("PROLAPSE")
        with next_run(page):
            field.press("Enter")
        expect(page.get_by_text(re.compile(r"of 200,000 rows; the first 1,000 are shown"))).to_be_visible()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("many.graded.csv") as rows:
        assert sum(1 for _ in rows) == 200_001
    assert peak.most < MOST_MEMORY, f"{peak.most / 1e6:,.0f} MB"
