"""Drawings as a browser shows them: where their words really lie, in which typeface, and how wide."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import CHROMIUM, chromium, required
from playwright.sync_api import Page
from test_drawings import CASES

from grading import grade
from grading.reference.catalogue import VALVES
from grading.teaching.cases import graded, load_teaching_cases
from grading_app.drawings.case import drawing
from grading_app.drawings.circulation import normal_and_leak
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
  const box = e => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom] };
  const texts = [...document.querySelectorAll('text')].filter(e => e.textContent);
  const words = texts.map(e => ({text: e.textContent, box: box(e), wide: e.getComputedTextLength(),
    size: parseFloat(e.getAttribute('font-size')), weight: parseInt(e.getAttribute('font-weight') || '400')}));
  const lines = [...document.querySelectorAll('.leader')].map(e => { const m = e.getScreenCTM(), p = [];
    for (let i = 3; i <= 100; i++) { const q = e.getPointAtLength(e.getTotalLength() * i / 100).matrixTransform(m);
      p.push([q.x, q.y]) } return p });
  return {words, lines, paper: box(document.querySelector('svg'))} }"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with tempfile.TemporaryDirectory() as profile, chromium(Path(profile), 1100, 1000) as context:
        yield context.pages[0] if context.pages else context.new_page()


def pictures() -> Iterator[tuple[str, Drawing]]:
    """Every example and teaching case, every case of the table of drawings, and the healthy heart beside a leak."""
    cases = [(case.id, graded(case)) for case in load_teaching_cases()]
    cases += [(name, grade(valve, **values)) for name, (valve, values) in CASES.items()]
    for (name, case), apex, leaflet in itertools.product(cases, ("up", "down"), ("posterior", "anterior")):
        view = View(apex, leaflet)
        if leaflet == "posterior" or case.valve == "mitral":
            yield f"{name}, {apex}, {leaflet}", drawing(case, LIGHT, view, wide=apex == "down")
    yield from ((f"healthy and {valve}", normal_and_leak(valve, LIGHT)) for valve in VALVES)


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
