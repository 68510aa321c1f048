"""Teaching in a real browser: the class view, a class behind its link, a set of the quiz, pairs and own cases."""

from __future__ import annotations

import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect
from support.browser import CHROMIUM, go, next_run, required, served, visit
from support.watch import notes, watched
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from grading.explanation.report import NOTICE
from grading.reference.measurement import VALVES
from grading.teaching.cases import graded, load_teaching_cases, moving_case, stage_pair
from grading.teaching.sets import quiz_order
from grading.uncertainty.measurable import measurable
from grading_app.classroom.room import NOBODY
from grading_app.drawings.case import drawing
from grading_app.html.handout import Side, handout
from grading_app.palette import THEMES
from grading_app.text import picture

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM and not required(), reason="no Chromium; apt install chromium"),
]
#: what lies over the right or the lower edge of the screen, of the parts of the frame
OUTSIDE = """() => [...document.querySelectorAll(
  'img, .eg-verdict, .eg-strip, .eg-ticks, [data-testid="stSlider"], [data-testid="stButton"]')].filter(e => e.checkVisibility()).map(e => [e.className, e.getBoundingClientRect()])
  .filter(([_, b]) => b.bottom > innerHeight || b.right > innerWidth || b.top < 0).map(([name, b]) => [name, b.bottom])"""
#: the words of the frame with the size they are seen in; the menu above is unseen, and a drawing is scaled
LETTERS = """() => {
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  const seen = e => e.checkVisibility() && !e.closest('header, .eg-unseen, [data-testid="stIconMaterial"]');
  const page = [...document.querySelectorAll('[data-testid="stMain"] *')]
    .filter(e => own(e) && seen(e) && e.getBoundingClientRect().top < innerHeight && e.getBoundingClientRect().bottom > 0)
    .map(e => [e.textContent.trim(), parseFloat(getComputedStyle(e).fontSize)]);
  const image = document.querySelector('img');
  return [...page, ['drawing', 16 * image.getBoundingClientRect().width / 480]] }"""


# --- the class view --------------------------------------------------------------------------------------------------

#: the longest reasons and names, and the cases that move first
FRAMED = ["mitral-three-signs", "aortic-what-share", "tricuspid-at-least", *(moving_case(valve).id for valve in VALVES)]


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080)])
def test_the_class_view_is_one_frame_in_large_letters(address: str, browser: Browser, width: int, height: int) -> None:
    cases = {case.id: case for case in load_teaching_cases()}
    with visit(browser, width, height) as page:
        for name in FRAMED if width == 1280 else FRAMED[:2]:
            go(page, f"{address}/class?valve={cases[name].valve}&case={name}")
            assert page.evaluate(OUTSIDE) == [], name
            small = [(text, size) for text, size in page.evaluate(LETTERS) if size < 24]
            assert small == [], name
            expect(page.get_by_text(NOTICE)).to_be_in_viewport()
            expect(page.locator("img")).to_be_in_viewport(ratio=1)


def at(page: Page) -> float:
    return float(page.get_by_test_id("stSliderThumbValue").inner_text())


def test_arrow_keys_move_the_slider_from_wherever_the_focus_is(address: str, browser: Browser) -> None:
    one = moving_case("mitral")
    found = measurable(graded(one), "pisa_radius")
    with visit(browser, 1280, 720) as page:
        go(page, f"{address}/class?valve=mitral&case={one.id}&move=pisa_radius&at=0.8")
        assert at(page) == 0.8
        expect(page.locator(".eg-grade")).to_have_text("MODERATE (single parameter)")
        # the first run is shown before the slider and the buttons all listen
        page.wait_for_timeout(1_500)
        for place in (None, "slider"):
            if place:
                page.get_by_role(place).focus()
            before = at(page)
            for key, value in (("ArrowRight", found.moved(before, 1)), ("ArrowLeft", before)):
                with next_run(page):
                    page.keyboard.press(key)
                expect(page.get_by_test_id("stSliderThumbValue")).to_have_text(f"{value:.1f}")
        with next_run(page):
            page.keyboard.press("ArrowUp")
        assert at(page) == found.tip(0.8, up=True)
        expect(page.locator(".eg-grade")).to_have_text("SEVERE (single parameter), range moderate to severe")
        assert page.evaluate("scrollY + document.querySelector('[data-testid=stMain]').scrollTop") == 0
        link = page.get_by_test_id("stCode").inner_text()
    with visit(browser, 1280, 720) as page:
        go(page, link)
        assert at(page) == 0.9
        assert "case=" + one.id in page.url


# --- a class on its phones -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server of a class runs (`elsewhere/`), what it is seen to do (`log`) and what it prints (`said`)."""
    found = tmp_path_factory.mktemp("class")
    (found / "elsewhere").mkdir()
    return found


@pytest.fixture(scope="module")
def lesson(school: Path) -> Iterator[str]:
    """The link of a class, as the terminal says it."""
    with served(school / "elsewhere", watched(school / "log"), school / "said", options=["--class"]):
        said = (school / "said").read_text(encoding="utf-8")
        yield next(iter(re.findall(r"http://\S+token=\S+", said)))


def test_without_the_token_a_class_is_shut(lesson: str) -> None:
    bare = lesson.partition("?")[0]
    for path in ("", "quiz", "_stcore/health", "_stcore/host-config", "?token=wrong", "static/index.html"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(bare + path)
        assert refused.value.code == 403
        assert "script" not in refused.value.read().decode()
    for address in (f"{bare}_stcore/stream", f"{bare}_stcore/stream?{lesson.partition('?')[2]}"):
        with pytest.raises(InvalidStatus), connect(address.replace("http:", "ws:"), origin=bare.rstrip("/")):  # type: ignore[arg-type]
            pass


def test_with_the_link_the_teaching_pages_are_there_and_files_are_not(
    lesson: str, school: Path, browser: Browser
) -> None:
    bare, _, token = lesson.partition("/?token=")
    with visit(browser, 390, 844) as page:
        go(page, f"{bare}/quiz?case=mitral-flail&token={token}")
        assert token not in page.url and "case=mitral-flail" in page.url
        expect(page.get_by_role("heading", level=1)).to_have_text("Quiz")
        page.get_by_role("radio", name="severe", exact=True).click(force=True)
        with next_run(page):
            page.get_by_role("button", name="Answer", exact=True).click()
        expect(page.get_by_text("The room: 1 answer", exact=True)).to_be_visible()
        page.get_by_role("button", name="Join this class").click()
        expect(page.get_by_alt_text(re.compile("QR code of http"))).to_be_visible()
        joined = page.get_by_test_id("stPopoverBody").get_by_test_id("stCode").inner_text()
        assert f"token={token}" in joined and "case=mitral-flail" in joined
    with visit(browser) as page:
        go(page, lesson)
        links = page.get_by_test_id("stTopNavLink").all_inner_texts()
        assert "Quiz" in links and "Grade a case" in links and not any("file" in link for link in links)
        go(page, f"{bare}/stage")
        page.get_by_role("button", name="Own cases").click()
        expect(page.get_by_role("button", name="Keep the case on the first page")).to_be_visible()
        assert page.locator("input[type=file]").count() == 0
    # nothing was written and nothing called, but for the route to nobody that tells the own address
    assert [note for note in notes(school / "log") if note != "process"] == [
        f"subprocess.Popen {sys.executable!r}", f"socket.connect {NOBODY!r}"
    ]  # fmt: skip
    assert list((school / "elsewhere").iterdir()) == []


# --- the quiz --------------------------------------------------------------------------------------------------------


def test_a_set_is_answered_to_its_score(address: str, browser: Browser) -> None:
    with visit(browser, 1280, 1400) as page:
        go(page, f"{address}/quiz")
        first = quiz_order()[0]
        expect(page.get_by_role("heading", level=3)).to_have_text(first.title)
        expect(page.get_by_alt_text(re.compile("^Left ventricle"))).to_be_visible()
        for level in ("Pulmonic", "Beginner"):
            with next_run(page):
                page.get_by_role("radio", name=level).click()
        cases = {case.title: case for case in load_teaching_cases()}
        for _ in range(4):
            case = cases[page.get_by_role("heading", level=3).inner_text()]
            page.get_by_role("radio", name=case.expect.grade.replace("_", " "), exact=True).click(force=True)
            with next_run(page):
                page.get_by_role("button", name="Answer", exact=True).click()
            expect(page.get_by_text("What it teaches.")).to_be_visible()
            with next_run(page):
                page.get_by_role("button", name="Next case").click()
        expect(page.get_by_role("heading", level=3)).to_have_text("Your score")
        expect(page.get_by_text("4 of 4 right")).to_be_visible()


# --- pairs and own cases ---------------------------------------------------------------------------------------------


def choose(page: Page, box: str, option: str) -> None:
    """Type a name into a box of many and take it."""
    field = page.get_by_role("combobox", name=box)
    field.click()
    page.keyboard.type(option)
    with next_run(page):
        page.keyboard.press("Enter")


def test_own_cases_are_saved_loaded_and_stand_beside_another(address: str, browser: Browser, tmp_path: Path) -> None:
    with visit(browser) as page:
        go(page, f"{address}/?valve=mitral&eroa=0.35 cm2")
        with next_run(page):
            page.get_by_role("link", name="Two cases side by side").click()
        page.get_by_role("button", name="Own cases").click()
        with next_run(page):
            page.get_by_role("button", name="Keep the case on the first page").click()
        with page.expect_download() as started:
            page.get_by_role("button", name="Save 1 case").click()
        saved = Path(started.value.path()).read_bytes()
        assert json.loads(saved)["cases"][0]["values"] == {"eroa": "0.35 cm2"}
    (tmp_path / "cases.json").write_bytes(saved)
    (tmp_path / "bad.json").write_bytes(saved.replace(b"0.35", b"<b>"))
    with visit(browser) as page:
        go(page, f"{address}/stage")
        page.get_by_role("button", name="Own cases").click()
        for file, sentence in (
            ("bad.json", "The file was not loaded: case 1 of the file"),
            ("cases.json", "1 new from"),
        ):
            with next_run(page):
                page.locator("input[type=file]").set_input_files(tmp_path / file)
            expect(page.get_by_text(sentence)).to_be_visible()
        page.keyboard.press("Escape")
        choose(page, "Left case", "Own case 1")
        expect(page.locator(".eg-grade").first).to_have_text("MODERATE (single parameter)")
        expect(page).to_have_url(f"{address}/stage")


def test_hearts_beat_and_turn_where_a_teacher_wants_it(address: str, browser: Browser) -> None:
    with visit(browser) as page:
        go(page, f"{address}/stage")
        for switch in ("Down", "Anterior"):
            with next_run(page):
                page.get_by_role("radio", name=switch).click()
        expect(
            page.get_by_alt_text(re.compile("the apex down.*the jet is drawn towards the lateral", re.IGNORECASE))
        ).to_be_visible()
        with next_run(page):
            page.get_by_text("Flow over one beat").click()
        beats = page.frame_locator("iframe").first
        beats.get_by_role("button", name="Pause").click()
        expect(beats.get_by_role("button", name="Play")).to_be_visible()


def test_a_page_that_one_comes_back_to_shows_what_it_showed(address: str, browser: Browser) -> None:
    with visit(browser) as page:
        go(page, f"{address}/slider?valve=aortic&case=aortic-broad-jet&move=peak_velocity")
        shown = page.url
        for link in ("References", "Move one measurement"):
            with next_run(page):
                page.get_by_role("link", name=link).click()
        expect(page).to_have_url(shown)
        expect(page.get_by_text("Aortic regurgitation by ASE 2017")).to_be_visible()


PAIRS = [*(stage_pair(valve) for valve in VALVES), (stage_pair("mitral")[1], stage_pair("mitral")[1])]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0].id} and {pair[1].id}")
def test_the_handout_of_a_pair_is_one_page(browser: Browser, pair: tuple[object, ...]) -> None:
    sides = []
    for one in pair:
        drawn = drawing(graded(one), THEMES["light"])  # type: ignore[arg-type]
        story, name = one.story, one.title  # type: ignore[attr-defined]
        sides.append(Side(name, story, graded(one).explanation, picture(drawn.svg, drawn.description)))  # type: ignore[arg-type]
    with visit(browser) as page:
        page.set_content(handout((sides[0], sides[1])))
        assert page.locator("img").count() == 2
        page.pdf(prefer_css_page_size=True, page_ranges="1")
        with pytest.raises(Error, match="exceeds page count"):
            page.pdf(prefer_css_page_size=True, page_ranges="2")
