"""The app as a user has it: typed into, clicked, at two widths, in light and dark, in a real browser."""

from __future__ import annotations

import contextlib
import io
import json
import re
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Download, Error, Page, expect
from support.browser import CHROMIUM, go, next_run, required, served, visit
from support.page_words import in_page_words
from support.paths import EXAMPLE
from support.watch import notes, watched

from grading import grade
from grading.explanation.report import NOTICE
from grading.reference.guideline import load_guideline
from grading.reference.measurement import VALVES, Number
from grading.reference.units import convert
from grading.teaching.cases import TeachingCase, graded, load_teaching_cases, stage_pair
from grading.writing import upper
from grading_app.case.fields import field_groups, field_label
from grading_app.html.case import page as whole_page
from grading_app.signs import with_signs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not CHROMIUM and not required(), reason="no Chromium; apt install chromium (CI has it, and fails without)"
    ),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server runs (`elsewhere/`), what it is seen to do (`log`) and what it prints (`output`)."""
    found = tmp_path_factory.mktemp("server")
    (found / "elsewhere").mkdir()
    return found


@pytest.fixture(scope="module")
def address(place: Path) -> Iterator[str]:
    with served(place / "elsewhere", watched(place / "log"), place / "output") as found:
        yield found


def type_in(page: Page, label: str, value: str) -> None:
    field = page.get_by_label(label, exact=True).locator("visible=true").first
    field.fill(value)
    with next_run(page):
        field.press("Enter")


def follow(page: Page, link: str) -> None:
    with next_run(page):
        page.get_by_role("link", name=link).click()


def test_a_case_is_typed_in_a_unit_changed_and_the_grade_read(page: Page) -> None:
    expect(page.locator(".eg-grade")).to_contain_text("or try an example.")
    type_in(page, "EROA (cm²)", "0.407")
    expect(page.locator(".eg-grade")).to_have_text("SEVERE (single parameter)")
    type_in(page, "regurgitant volume (mL)", "57")
    expect(page.locator(".eg-grade")).to_have_text("INDETERMINATE: moderate to severe")
    page.get_by_role("button", name="Units").click()
    page.get_by_role("radio", name="mm²").click()
    expect(page.get_by_label("EROA (mm²)", exact=True).first).to_have_value("40.7")
    page.keyboard.press("Escape")
    expect(page.locator(".eg-grade")).to_have_text("INDETERMINATE: moderate to severe")
    expect(page.get_by_text("40.7 mm² = 0.407 cm² is grade IV (severe)")).to_be_visible()
    type_in(page, "EROA (mm²)", "4070")
    expect(page.locator(".eg-grade")).to_have_text("Not graded: check EROA")
    sentence = with_signs(grade("mitral", eroa="4070 mm2").reason)
    expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()


def upload_and_grade(page: Page, file: Path) -> None:
    with next_run(page):
        page.locator("input[type=file]").set_input_files(file)
    with next_run(page):
        page.get_by_role("button", name="Grade", exact=True).click()


def test_a_file_is_uploaded_graded_and_downloaded_as_the_command_line_writes_it(
    address: str, browser: Browser, tmp_path: Path
) -> None:
    downloads = {}
    with visit(browser) as page:
        upload_and_grade(go(page, f"{address}/file"), EXAMPLE)
        assert page.get_by_text(NOTICE).count() == 1
        for label in ("Graded rows", "Problems", "How it was made"):
            with page.expect_download() as started:
                page.get_by_role("button", name=re.compile(label)).click()
            downloads[started.value.suggested_filename] = Path(started.value.path()).read_bytes()
    written = tmp_path / "here"
    written.mkdir()
    (written / EXAMPLE.name).write_bytes(EXAMPLE.read_bytes())
    command = [sys.executable, "-m", "grading", "grade", EXAMPLE.name, "--excel-safe", "--quiet"]
    assert subprocess.run(command, cwd=written, check=False).returncode == 1
    for name, data in downloads.items():
        assert in_page_words((written / name).read_bytes()) == data, name
    assert len(downloads) == 3


def counts(said: ConsoleMessage) -> bool:
    """Errors in the console, but for Streamlit's own search for where its server begins."""
    return said.type == "error" and "/_stcore/" not in str(said.location.get("url"))


#: address, title, how many live regions
PAGES = [
    ("", "Grade a case", 1),
    ("file", "Grade a file", 0),
    ("stage", "Two cases side by side", 0),
    ("slider", "Move one measurement", 1),
    ("class", "Class view", 1),
    ("quiz", "Quiz", 0),
    ("background", "Background", 0),
    ("references", "References", 0),
]
#: elements beyond the right edge of the screen, but for those in a box that scrolls or clips by itself
OVER_THE_EDGE = """() => {
  const inBox = e => e && e !== document.body && (getComputedStyle(e).overflowX !== 'visible' || inBox(e.parentElement));
  return [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !inBox(e.parentElement))
    .map(e => e.tagName + '.' + e.className).slice(0, 3);
}"""


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)], ids=["wide and light", "narrow and dark"])
def test_every_page_fits_its_screen_and_says_nothing_in_the_console(
    address: str, browser: Browser, width: int, dark: bool
) -> None:
    complaints: list[str] = []
    with visit(browser, width, 844, dark) as page:
        page.on("console", lambda said: complaints.append(said.text) if counts(said) else None)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        for name, _, _ in PAGES:
            go(page, f"{address}/{name}")
            assert page.evaluate(OVER_THE_EDGE) == [], name
            assert page.get_by_text(NOTICE).count() == 1, name
            unnamed = page.locator("img:not([alt]), img[alt='']").count()
            assert unnamed == 0, name
    assert complaints == []


def handshake(address: str, path: str, **headers: str) -> str:
    """The first line of the answer to a page that asks for a connection that stays."""
    host, port = address.removeprefix("http://").split(":")
    fields = {
        "Host": f"{host}:{port}", "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==", **headers,
    }  # fmt: skip
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    with socket.create_connection((host, int(port)), timeout=20) as asking:
        asking.sendall("\r\n".join(lines).encode())
        return asking.makefile("rb").readline().decode()


def memory(process: int) -> int:
    """What a process holds [MB]."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    assert found is not None
    return int(found[1]) // 1024


def server_of(address: str) -> int:
    """The process that serves an address."""
    option = f"--server.port={address.rpartition(':')[2]}"
    commands = {int(path.parts[2]): path for path in Path("/proc").glob("[0-9]*/cmdline")}
    for process, path in commands.items():
        with contextlib.suppress(OSError):
            words = path.read_bytes().decode().split("\0")
            if option in words and "streamlit" in words:
                return process
    raise AssertionError("no server")


def large_file(path: Path, rows: int) -> Path:
    lines = (f"{row:06d},0.{row % 90 + 10},{row % 80 + 10},{row * 7919 % 1000003:x}\n" for row in range(rows))
    path.write_text("id,mr_eroa_cm2,mr_rvol_ml,note\n" + "".join(lines))
    return path


@pytest.mark.hazard("told-on")
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="memory is asked of Linux")
def test_a_forgotten_file_leaves_neither_a_download_nor_its_memory(
    address: str, browser: Browser, tmp_path: Path
) -> None:
    process, served_at = server_of(address), []
    with visit(browser) as page:
        page.set_default_timeout(120_000)
        page.on("request", lambda one: served_at.append(one.url) if "/media/" in one.url else None)
        go(page, f"{address}/file")
        held = {}
        for rows in (60, 200_000, 200_000):
            upload_and_grade(page, large_file(tmp_path / "in.csv", rows))
            for _ in range(2):
                with page.expect_download() as started:
                    page.get_by_role("button", name=re.compile("Graded rows")).click()
                assert graded_lines(started.value) == rows + 1
            assert page.request.get(served_at[-1]).status == 200
            with next_run(page):
                page.get_by_role("button", name="Forget this file").click()
            assert page.request.get(served_at[-1]).status == 404
            held.setdefault(rows, []).append(memory(process))
    assert max(held[200_000]) < held[60][0] + 60, held


def graded_lines(download: Download) -> int:
    """The lines of a graded file that was saved; a large one comes in a zip archive."""
    data = Path(download.path()).read_bytes()
    if download.suggested_filename.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = archive.read(archive.namelist()[0])
    return data.count(b"\n")


@pytest.mark.hazard("told-on")
def test_the_server_keeps_sends_and_prints_nothing(page: Page, address: str, place: Path, tmp_path: Path) -> None:
    """The program that starts it starts one other; no file is written, no address called, nothing typed is logged."""
    type_in(page, "EROA (cm²)", "0.41379")
    go(page, f"{address}/file")
    (tmp_path / "secret.csv").write_text("id,mr_eroa_cm2,0.41379\n1,0.41379,0.41379\n2,x0.41379,\n")
    upload_and_grade(page, tmp_path / "secret.csv")
    with page.expect_download():
        page.get_by_role("button", name=re.compile("Graded rows")).click()
    for origin in ("http://evil.example", "http://127.0.0.1:1", "null"):
        assert " 403 " in handshake(address, "/_stcore/stream", Origin=origin)
    assert " 101 " in handshake(address, "/_stcore/stream", Origin=address)
    # a name that another site has point here
    assert " 403 " in handshake(address, "/_stcore/stream", Host="evil.example", Origin="http://evil.example")
    assert notes(place / "log") == ["process", f"subprocess.Popen {sys.executable!r}", "process"]
    assert list((place / "elsewhere").iterdir()) == []
    assert "0.41379" not in (place / "output").read_text(encoding="utf-8")


def test_a_case_is_graded_with_the_keyboard_alone(page: Page) -> None:
    """Tab reaches every field in the order of the page; Enter takes what was typed."""
    page.get_by_role("radio", name="Mitral").focus()
    focused = "document.activeElement.getAttribute('aria-label')"
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate(focused) == "EROA (cm²)":
            break
    page.keyboard.type("0.45")
    with next_run(page):
        page.keyboard.press("Enter")
    expect(page.locator(".eg-grade")).to_have_text("SEVERE (single parameter)")
    assert page.evaluate(focused) == "EROA (cm²)"


def test_markup_in_a_file_is_shown_as_text(address: str, browser: Browser, tmp_path: Path) -> None:
    marks = ["<img src=x onerror=alert(1)>", "[link](http://example.org)", "![picture](http://example.org/p.png)"]
    file = tmp_path / "marks.csv"
    file.write_text(f"valve,eroa,{marks[0]},{marks[1]}\nMR,<script>,{marks[2]},{marks[1]}\nMR,0.4,{marks[0]},x\n")
    asked: list[str] = []
    with visit(browser) as page:
        go(page, f"{address}/file")
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: asked.append("dialog"))
        upload_and_grade(page, file)
        page.get_by_role("button", name=re.compile("Graded rows")).wait_for()
        assert page.locator("a[href*='example.org'], img[src='x'], img[src*='example.org']").count() == 0
    assert asked
    assert [url for url in asked if "127.0.0.1" not in url and not url.startswith(("data:", "blob:"))] == []


def test_the_tabs_of_a_case_and_its_downloads(page: Page) -> None:
    for label, value in (
        ("PISA radius (cm)", "0.9"),
        ("aliasing velocity (cm/s)", "40"),
        ("peak velocity (m/s)", "5"),
    ):
        type_in(page, label, value)
    expect(page.locator(".eg-grade")).to_have_text("SEVERE (single parameter)")
    page.get_by_role("tab", name="Sensitivity").click()
    expect(page.get_by_text("0.41 ± 0.08 cm²")).to_be_visible()
    page.get_by_role("tab", name="Other guidelines").click()
    expect(page.get_by_role("rowheader", name="ESC 2025")).to_be_visible()
    page.get_by_role("tab", name="Take away").click()
    case = grade("mitral", pisa_radius="0.9 cm", aliasing_velocity="40 cm/s", peak_velocity="5 m/s")
    expected = {"Page to print": whole_page(case.explanation), "Explanation as text": case.explain() + "\n"}
    for button, text in expected.items():
        with page.expect_download() as started:
            page.get_by_role("button", name=button, exact=True).click()
        assert Path(started.value.path()).read_text(encoding="utf-8") == text
    with page.expect_download() as started:
        page.get_by_role("button", name="JSON", exact=True).click()
    assert json.loads(Path(started.value.path()).read_bytes()) == case.to_dict()


def test_a_case_typed_on_one_page_is_there_again_after_another(page: Page) -> None:
    type_in(page, "EROA (cm²)", "0.45")
    expect(page.locator(".eg-grade")).to_have_text("SEVERE (single parameter)")
    follow(page, "References")
    page.get_by_role("heading", name="References").wait_for()
    follow(page, "Grade a case")
    expect(page.locator(".eg-grade")).to_have_text("SEVERE (single parameter)")
    # what is graded is what one sees
    expect(page.get_by_label("EROA (cm²)", exact=True)).to_have_value("0.45")
    expect(page.get_by_role("radio", name="Mitral")).to_be_checked()
    chosen = page.get_by_test_id("stSelectbox").filter(has_text="Guideline")
    assert "ASE 2017, native" in chosen.inner_text() + str(chosen.locator("input").input_value())
    type_in(page, "regurgitant volume (mL)", "70")
    expect(page.locator(".eg-grade")).to_have_text("SEVERE (quantified)")


def test_the_way_back_from_the_references_finds_the_case_as_it_was(page: Page) -> None:
    with next_run(page):
        page.get_by_role("radio", name="Aortic").click()
    expect(page.get_by_text("Aortic regurgitation by ASE 2017", exact=True)).to_be_visible()
    type_in(page, "EROA (cm²)", "0.45")
    expect(page.locator(".eg-grade")).to_have_text("SEVERE (single parameter)")
    follow(page, "References")
    page.get_by_role("heading", name="References").wait_for()
    with next_run(page):
        page.go_back()
    expect(page.get_by_text("Aortic regurgitation by ASE 2017", exact=True)).to_be_visible()
    expect(page.locator(".eg-grade")).to_have_text("SEVERE (single parameter)")
    expect(page.get_by_label("EROA (cm²)", exact=True)).to_have_value("0.45")
    expect(page.get_by_role("radio", name="Aortic")).to_be_checked()


RICH = [case for case in load_teaching_cases() if case.stage]


@pytest.mark.parametrize("case", RICH, ids=lambda case: case.id)
def test_the_page_to_print_is_one_page(browser: Browser, case: TeachingCase) -> None:
    printed = graded(case)
    with visit(browser) as page:
        page.set_content(whole_page(printed.explanation))
        page.pdf(prefer_css_page_size=True, page_ranges="1")
        with pytest.raises(Error, match="exceeds page count"):
            page.pdf(prefer_css_page_size=True, page_ranges="2")


@pytest.mark.parametrize("valve", VALVES)
def test_a_drawer_that_is_typed_into_stays_open_and_keeps_the_focus(address: str, browser: Browser, valve: str) -> None:
    with visit(browser, height=2400) as page:
        go(page, address)
        if valve != VALVES[0]:
            with next_run(page):
                page.get_by_role("radio", name=upper(valve)).click()
        groups = [group for group in field_groups(load_guideline("ase-2017").tables[valve], valve) if group.more]
        assert groups
        for group in groups:
            drawer = page.locator("details").filter(has=page.get_by_text(f"More: {group.name}", exact=True))
            with next_run(page):
                drawer.locator("summary").click()
            numbers = [m for m in group.more if isinstance(m, Number)]
            for measurement in numbers[:2]:
                usual = measurement.soft or measurement.hard
                assert usual is not None and measurement.hard is not None
                middle = (max(usual.low, measurement.hard.low) + min(usual.high, measurement.hard.high)) / 2
                label = field_label(measurement, measurement.asked_unit)
                field = drawer.get_by_label(label, exact=True).locator("visible=true").first
                field.fill(f"{convert(middle, measurement.unit, measurement.asked_unit):.3g}")
                with next_run(page):
                    field.press("Enter")
                expect(field).to_be_visible()
                expect(field).to_be_focused()
            if numbers:
                told = page.get_by_text(f"{len(numbers[:2])} filled under More: {group.name}", exact=True)
                expect(told).to_be_visible()
        expect(page.locator("details[open]")).to_have_count(len(groups))


@pytest.mark.parametrize(("path", "title", "live"), PAGES, ids=[row[1] for row in PAGES])
def test_a_page_has_a_title_of_its_own_and_one_heading_and_says_a_changed_grade(
    address: str, browser: Browser, path: str, title: str, live: int
) -> None:
    with visit(browser) as page:
        go(page, f"{address}/{path}")
        expect(page).to_have_title(f"{title} · echograde")
        expect(page.get_by_role("heading", level=1)).to_have_text([title])
        expect(page.locator(".eg-verdict[role=status]")).to_have_count(live)


def test_a_drawing_is_saved_beside_its_case(address: str, browser: Browser) -> None:
    mild, severe = stage_pair("mitral")
    with visit(browser) as page:
        go(page, f"{address}/stage")
        for place, case in enumerate((mild, severe)):
            buttons = page.frame_locator("iframe").nth(place)
            for kind, begins in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
                with page.expect_download() as started:
                    buttons.get_by_role("button", name=f"Save as {kind}").click()
                assert started.value.suggested_filename == f"{case.id}.{kind.lower()}"
                assert Path(started.value.path()).read_bytes().startswith(begins)
