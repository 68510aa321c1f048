"""Drawings as a browser shows them: where their words really lie, in which typeface, and how wide."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from support.browser import CHROMIUM, chromium, required
from support.drawn_cases import CASES

from grading import grade
from grading.reference.measurement import VALVES
from grading.teaching.cases import graded, load_teaching_cases, stage_pair
from grading_app.drawings.beat import PHASES
from grading_app.drawings.beat_page import beat_page
from grading_app.drawings.case import drawing, heart_drawing
from grading_app.drawings.circulation import normal_and_leak
from grading_app.drawings.echo_picture import echo_picture
from grading_app.drawings.export_page import PIXELS, export_page
from grading_app.drawings.mechanisms import mechanisms
from grading_app.drawings.operations import operations
from grading_app.drawings.svg import Drawing
from grading_app.drawings.typeface import FAMILY, REGULAR, width
from grading_app.drawings.views import View
from grading_app.palette import THEMES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM and not required(), reason="no Chromium; apt install chromium"),
]
LIGHT = THEMES["light"]
#: the boxes of words, and points along the lines to what they name, as the browser lays them out
MEASURE = """() => {
  const svg = document.querySelector('svg'); svg.setAttribute('width', svg.viewBox.baseVal.width);
  const box = e => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom] };
  const texts = [...document.querySelectorAll('text')].filter(e => e.textContent);
  const words = texts.map(e => ({text: e.textContent, box: box(e), wide: e.getComputedTextLength(),
    size: parseFloat(e.getAttribute('font-size')), weight: parseInt(e.getAttribute('font-weight') || '400')}));
  const lines = [...document.querySelectorAll('.leader')].map(e => { const m = e.getScreenCTM(), p = [];
    for (let i = 3; i <= 100; i++) { const q = e.getPointAtLength(e.getTotalLength() * i / 100).matrixTransform(m);
      p.push([q.x, q.y]) } return p });
  return {words, lines, paper: box(svg)} }"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield browser.new_page(viewport={"width": 1100, "height": 1000})


def pictures() -> Iterator[tuple[str, Drawing]]:
    """Every example and teaching case, every case of the table of drawings, and the healthy heart beside a leak."""
    cases = [(case.id, graded(case)) for case in load_teaching_cases()]
    cases += [(name, grade(valve, **values)) for name, (valve, values) in CASES.items()]
    for (name, case), apex, leaflet in itertools.product(cases, ("up", "down"), ("posterior", "anterior")):
        view = View(apex, leaflet)
        if leaflet == "posterior" or case.valve == "mitral":
            yield f"{name}, {apex}, {leaflet}", drawing(case, LIGHT, view, wide=apex == "down")
            yield f"{name}, {apex}, {leaflet}, alone", heart_drawing(case, LIGHT, view)
    yield from ((f"healthy and {valve}", normal_and_leak(valve, LIGHT)) for valve in VALVES)
    yield from ((picture.title, picture) for picture in (mechanisms(LIGHT), operations(LIGHT), echo_picture(LIGHT)))


def measured(page: Page, picture: Drawing) -> dict[str, Any]:
    """What the browser says of the words and lines of a picture."""
    page.set_content(f'<body style="margin:0">{picture.svg}</body>')
    page.evaluate("document.fonts.ready")
    found: dict[str, Any] = page.evaluate(MEASURE)
    return found


def meet(one: list[float], other: list[float], least: float = 0.5) -> bool:
    """True for boxes that lie on each other by more than half a pixel."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    return across > least and min(one[3], other[3]) - max(one[1], other[1]) > least


def snug(word: dict[str, Any]) -> list[float]:
    """The box of the letters: a browser's box of a text is as high as the font's lines."""
    left, top, right, bottom = word["box"]
    spare = max(0.0, (bottom - top) - 0.98 * word["size"]) / 2 if right - left > 12 else 0.0
    return [left, top + spare, right, bottom - spare]


def test_no_words_of_any_case_lie_on_words_or_on_a_line_or_outside(page: Page) -> None:
    faults = []
    for name, picture in pictures():
        found = measured(page, picture)
        boxes = [(snug(word), word["text"]) for word in found["words"]]
        left, top, right, bottom = found["paper"]
        faults += [(name, a, b) for (one, a), (other, b) in itertools.combinations(boxes, 2) if meet(one, other)]
        faults += [
            (name, text, "outside") for b, text in boxes if b[0] < left or b[1] < top or b[2] > right or b[3] > bottom
        ]
        faults += [
            (name, text, "line")
            for line in found["lines"]
            for b, text in boxes
            if any(b[0] < x < b[2] and b[1] < y < b[3] for x, y in line)
        ]
    assert sorted(set(faults)) == []


def test_words_are_as_wide_as_the_table_of_the_typeface_says(page: Page) -> None:
    for name, (valve, values) in CASES.items():
        for word in measured(page, drawing(grade(valve, **values), LIGHT))["words"]:
            scale = word["wide"] / width(word["text"], word["size"], word["weight"] or REGULAR)
            assert scale == pytest.approx(1.0, abs=0.01), (name, word["text"])


def test_the_drawing_brings_its_typeface_along(page: Page) -> None:
    measured(page, drawing(grade("mitral"), LIGHT))
    faces = page.evaluate("[...document.fonts].map(f => [f.family.replaceAll('\"', ''), f.weight, f.status])")
    assert faces == [[FAMILY, "400", "loaded"], [FAMILY, "600", "loaded"]]


def shown(page: Page, html: str, folder: Path) -> None:
    """A page of its own, as an app's frame shows it."""
    file = folder / "page.html"
    file.write_text(html, encoding="utf-8")
    page.goto(file.as_uri())


def outlines(page: Page) -> list[str]:
    """The outline of every moving shape as it is shown now."""
    script = (
        "[...document.querySelectorAll('path')].map(e => e.getBBox()).map(b => [b.x, b.y, b.width, b.height].join())"
    )
    found: list[str] = page.evaluate(script)
    return found


@pytest.mark.parametrize("valve", VALVES)
def test_a_beat_plays_pauses_and_steps_from_phase_to_phase(page: Page, tmp_path: Path, valve: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.emulate_media(reduced_motion="no-preference")
    shown(page, beat_page(graded(stage_pair(valve)[1]), LIGHT), tmp_path)
    before = outlines(page)
    page.wait_for_timeout(400)
    assert outlines(page) != before
    page.get_by_role("button", name="Pause").click()
    still = outlines(page)
    page.wait_for_timeout(400)
    assert outlines(page) == still
    page.get_by_label("Moment of the beat").fill("0")
    phases = []
    for _ in PHASES:
        page.get_by_role("button", name="Step on").click()
        phases.append(page.get_by_role("status").inner_text())
    assert phases == [name for _, name in PHASES]
    page.get_by_role("button", name="Step back").click()
    assert page.get_by_role("status").inner_text() == PHASES[-2][1]
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(400)
    assert outlines(page) != still
    assert errors == []


def test_a_beat_stands_still_for_who_asks_for_less_motion(page: Page, tmp_path: Path) -> None:
    page.emulate_media(reduced_motion="reduce")
    shown(page, beat_page(graded(stage_pair("mitral")[1]), LIGHT), tmp_path)
    page.get_by_role("button", name="Play").wait_for()
    still = outlines(page)
    page.wait_for_timeout(400)
    assert outlines(page) == still
    assert page.get_by_role("status").inner_text() == "ejection"


@pytest.mark.parametrize("valve", VALVES)
def test_the_leak_is_seen_in_its_phase_only(page: Page, tmp_path: Path, valve: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    shown(page, beat_page(graded(stage_pair(valve)[1]), LIGHT), tmp_path)
    seen = []
    for moment in ("0.2", "0.5"):
        page.get_by_label("Moment of the beat").fill(moment)
        seen.append(float(page.evaluate("getComputedStyle(document.querySelector('.jet')).opacity")))
    assert seen == ([1.0, 0.0] if valve in ("mitral", "tricuspid") else [0.0, 1.0])


def test_a_drawing_is_saved_as_svg_and_png(page: Page, tmp_path: Path) -> None:
    picture = drawing(graded(stage_pair("mitral")[1]), LIGHT)
    shown(page, export_page(picture, "mitral-flail", LIGHT), tmp_path)
    saved = {}
    for label in ("Save as SVG", "Save as PNG"):
        with page.expect_download() as started:
            page.get_by_role("button", name=label).click()
        saved[started.value.suggested_filename] = Path(started.value.path()).read_bytes()
    assert list(saved) == ["mitral-flail.svg", "mitral-flail.png"]
    assert saved["mitral-flail.svg"].decode() == picture.svg
    size = struct.unpack(">II", saved["mitral-flail.png"][16:24])
    assert size == tuple(round(float(n)) * PIXELS for n in picture.svg.split('viewBox="0 0 ')[1].split('"')[0].split())
