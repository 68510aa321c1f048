"""The site: it is built in strict mode, says what the tables say, and is shown without anything from elsewhere."""

from __future__ import annotations

import contextlib
import http.server
import importlib.util
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Browser
from support.browser import CHROMIUM, chromium, required, visit
from support.paths import ROOT

from grading.explanation.readings import every_reading
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import list_guidelines, load_guideline

TABLES = [f"{name}-{valve}" for name in list_guidelines() for valve in load_guideline(name).tables]
PAGES = (
    "index.html",
    "start/trainee.html",
    "start/researcher.html",
    "reference/decisions.html",
    "reference/tables/ase-2017-mitral.html",
    "reference/tables/tvarc-2023-tricuspid.html",
    "reference/measurements/colour-doppler.html",
    "files/messages.html",
    "python/reference.html",
    "trust/readings.html",
    "trust/validation.html",
    "_static/checklists/ase-2017-mitral.html",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as the README says."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-W", "ignore", str(ROOT / "docs" / "build_site.py"), str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout == f"wrote {folder / 'index.html'}\n"
    return folder


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The program that builds it, as a module."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    spec = importlib.util.spec_from_file_location("build_site", ROOT / "docs" / "build_site.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def text_of(site: Path, name: str) -> str:
    return (site / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_its_page_its_drawing_and_its_checklist(site: Path, name: str) -> None:
    page = text_of(site, f"reference/tables/{name}.html")
    guideline, _, valve = name.rpartition("-")
    table = load_guideline(guideline).tables[valve]
    for group in table.groups.values():
        assert group.at in page
    assert f"{name}-light.svg" in page and f"{name}-dark.svg" in page
    assert table.digest in text_of(site, f"_static/checklists/{name}.html")
    assert name in text_of(site, "reference/index.html")


def test_every_measurement_has_its_section(site: Path) -> None:
    pages = "".join(file.read_text("utf-8") for file in (site / "reference" / "measurements").glob("*.html"))
    sections = {m.name for m in load_catalogue().enterable() if f'id="measurement-{m.name.replace("_", "-")}"' in pages}
    assert sections == {m.name for m in load_catalogue().enterable()}
    for number in load_catalogue().numbers.values():
        assert [code for code in number.loinc.values() if code not in pages] == []


def test_every_reading_stands_on_its_page(site: Path) -> None:
    page = text_of(site, "trust/readings.html")
    assert [one.id for one in every_reading() if f">{one.id}<" not in page] == []


def test_a_mark_that_nothing_makes_stops_the_build(
    program: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.md").write_text("# A page\n\n<!-- made: nothing -->\n")
    monkeypatch.setattr(program, "DOCS", docs)
    with pytest.raises(KeyError, match="nothing"):
        program.stage(tmp_path / "staged")


FAULTS = {
    "a file that is not there": ("index.html", '<a href="gone.html">x</a>', ["index.html: gone.html leads to no file"]),
    "a place that is not there": ("index.html", '<a href="#gone">x</a>', ["index.html: #gone leads to no place in that page"]),
    "a picture that is not there": ("a/b.html", '<img src="../gone.png">', ["a/b.html: ../gone.png leads to no file"]),
    "a script from elsewhere": ("index.html", '<script src="https://cdn.example/x.js"></script>', ["index.html: it loads https://cdn.example/x.js"]),
    "a font from elsewhere": ("site.css", "@font-face{src:url('//fonts.example/x.woff2')}", ["site.css: it loads //fonts.example/x.woff2"]),
    "a style from elsewhere": ("site.css", '@import "https://cdn.example/x.css";', ["site.css: it loads https://cdn.example/x.css"]),
    "all is well": ("index.html", '<a id="here" href="#here">x</a><a href="https://doi.org/x">paper</a>', []),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "said"), FAULTS.values(), ids=FAULTS)
def test_a_link_that_leads_nowhere_is_noticed(
    program: ModuleType, tmp_path: Path, name: str, content: str, said: list[str]
) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(content)
    assert [*program.broken_links(tmp_path), *program.outside_loads(tmp_path)] == said


# --- in a browser ----------------------------------------------------------------------------------------------------


class Silent(http.server.SimpleHTTPRequestHandler):
    """A server of files that says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM and not required(), reason="there is no Chromium here")
def test_pages_are_shown_by_themselves_and_fit_a_screen(site: Path) -> None:
    with served(site) as address, chromium() as browser:
        wrong = [said for width in (390, 1280) for said in faults(browser, address, width)]
    assert wrong == []


def faults(browser: Browser, address: str, width: int) -> list[str]:
    """What is wrong with the pages at one width: too wide for the screen, or something asked of elsewhere or not had."""
    wrong: list[str] = []
    asked: list[str] = []
    with visit(browser, width, 900) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: wrong.append(f"at {width}: {request.url} is not had"))
        page.on("pageerror", lambda error: wrong.append(f"at {width}: {error}"))
        for name in PAGES:
            page.goto(f"{address}/{name}")
            page.wait_for_load_state("networkidle")
            page.evaluate("document.querySelectorAll('article details').forEach(one => { one.open = true })")
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            wrong += [f"{name} at {width}: {over} pixels too wide"] if over > 0 else []
    return wrong + [f"at {width}: {url}" for url in asked if not url.startswith((address, "data:"))]
