"""The page of one case as a person uses it in a real browser: by keyboard, field by field, undone, reloaded, copied, on
a phone; and that no page shuts anybody out, as far as axe-core can tell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect
from support.browser import CHROMIUM, RUN, go, next_run, required, visit

from grading import grade
from grading.explanation.report import report
from grading.formats.fhir_bundle import bundle
from grading.reading.checks import impossible
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import load_guideline
from grading.reference.measurement import VALVES, Number
from grading.reference.units import convert
from grading.teaching.cases import examples
from grading.writing import plain, quantity
from grading_app.case.fields import field_groups, field_label, pisa_strip
from grading_app.signs import with_signs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not CHROMIUM and not required(), reason="no Chromium; apt install chromium (CI has it, and fails without)"
    ),
]

#: an example with something in every part of the page
FULL = {
    "valve": "mitral", "mechanism": "primary", "pisa_radius": "0.9 cm", "aliasing_velocity": "40 cm/s",
    "peak_velocity": "5 m/s", "vena_contracta_width": "0.72 cm", "regurgitant_volume": "40 mL",
}  # fmt: skip
PAGES = ("", "file", "stage", "slider", "quiz", "background", "references")
#: key presses beside the digits, from the open page to the grade
FEW = 12
#: on a machine that is at work an answer takes its time
expect.set_options(timeout=30_000)
FOCUSED = "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"


def grade_of(page: Page) -> Locator:
    return page.locator(".eg-verdict .eg-grade")


def field_of(place: Page | Locator, label: str) -> Locator:
    return place.get_by_label(label, exact=True).locator("visible=true").first


def type_in(page: Page, field: Locator, text: str) -> None:
    field.fill(text)
    with next_run(page):
        field.press("Enter")


def test_a_grade_by_pisa_takes_few_key_presses(page: Page) -> None:
    presses = ["Tab", "Enter"]
    for key in presses:
        page.keyboard.press(key)
    while page.evaluate(FOCUSED) != "PISA radius (cm)" and len(presses) < FEW:
        page.keyboard.press("Tab")
        presses.append("Tab")
    for digits, label in (("0,9", "aliasing velocity (cm/s)"), ("40", "peak velocity (m/s)")):
        page.keyboard.type(digits)
        page.keyboard.press("Tab")
        presses.append("Tab")
        assert page.evaluate(FOCUSED) == label
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    presses.append("Enter")
    expect(grade_of(page)).to_have_text("SEVERE (single parameter)")
    expect(page.get_by_text("EROA 0.41 cm² by PISA.")).to_be_visible()
    assert page.evaluate(FOCUSED) == "peak velocity (m/s)"
    assert len(presses) <= FEW


def test_a_case_by_keyboard_alone_with_a_word_from_a_drawer(page: Page) -> None:
    def reach(label: str) -> None:
        for _ in range(60):
            if (page.evaluate(FOCUSED) or "").strip().endswith(label):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{label} is out of reach of the keyboard")

    reach("vena contracta width (cm)")
    with next_run(page):
        page.keyboard.type("7 mm")
        page.keyboard.press("Tab")
    reach("More: volumetric")
    with next_run(page):
        page.keyboard.press("Enter")
    reach("LVOT diameter (cm)")
    with next_run(page):
        page.keyboard.type("2,0")
        page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "LVOT VTI (cm)"
    reach("flail leaflet")
    page.keyboard.type("yes")
    with next_run(page):
        page.keyboard.press("Enter")
    expect(page.locator(".eg-verdict")).to_contain_text("2 of 6 for severe")


def numbers_in_turn(page: Page, valve: str) -> Iterator[tuple[Locator | Page, list[Number]]]:
    """The fields of numbers of a valve by the place they stand in, each drawer opened before its own; what describes the
    heart is left to the first valve that asks for it."""
    earlier = VALVES[: VALVES.index(valve)]
    groups = field_groups(load_guideline("ase-2017").tables[valve], valve)
    yield page, [*pisa_strip(valve), *(m for group in groups for m in group.first if isinstance(m, Number))]
    for group in groups:
        numbers = [m for m in group.more if isinstance(m, Number)]
        fresh = [m for m in numbers if not (m.shared and any(other in m.valves for other in earlier))]
        if fresh:
            drawer = page.locator("details").filter(has=page.get_by_text(f"More: {group.name}", exact=True))
            with next_run(page):
                drawer.locator("summary").click()
            yield drawer, fresh


def fill_in(page: Page, place: Locator | Page, texts: Mapping[str, str]) -> Locator:
    """Type into several fields as one who is quick; the last one, which has the focus."""
    for label, text in texts.items():
        field = field_of(place, label)
        field.fill(text)
    with next_run(page):
        field.press("Enter")
    return field


def sentence_beyond(number: Number) -> tuple[str, str]:
    """A value that no patient has, and how what is said of it begins: of one that no table uses more follows."""
    assert number.hard is not None
    beyond = plain(number.hard.high * 10)
    sentence = impossible(number, float(beyond), beyond, number.unit)
    return quantity(beyond, number.unit), with_signs(sentence)


def ordinary(number: Number) -> str:
    """A value in the middle of what is usual, in the last of a number's units, with a decimal comma."""
    usual = number.soft or number.hard
    assert usual is not None and number.hard is not None
    middle = (max(usual.low, number.hard.low) + min(usual.high, number.hard.high)) / 2
    unit = number.units[-1]
    return quantity(f"{convert(middle, number.unit, unit):.2f}".replace(".", ","), unit)


@pytest.mark.parametrize("valve", VALVES)
def test_every_field_reads_its_units_refuses_with_its_sentence_and_keeps_drawer_and_focus(
    address: str, browser: Browser, valve: str
) -> None:
    with visit(browser, height=6000) as page:
        go(page, f"{address}/?valve={valve}")
        drawers = 0
        for place, numbers in numbers_in_turn(page, valve):
            drawers += place is not page
            labels = [field_label(number, number.asked_unit) for number in numbers]
            wrong = dict(zip(labels, map(sentence_beyond, numbers), strict=True))
            last = fill_in(page, place, {label: text for label, (text, _) in wrong.items()})
            for label, (text, sentence) in wrong.items():
                expect(page.get_by_role("alert").filter(has_text=sentence)).to_have_count(1)
                expect(field_of(place, label)).to_have_value(text)
            expect(page.get_by_role("alert").filter(has_text="is outside")).to_have_count(len(numbers))
            expect(last).to_be_focused()
            last = fill_in(page, place, dict(zip(labels, map(ordinary, numbers), strict=True)))
            expect(page.get_by_role("alert").filter(has_text="is outside")).to_have_count(0)
            expect(page.get_by_role("alert").filter(has_text="not a number")).to_have_count(0)
            expect(last).to_be_focused()
        expect(page.locator(".st-key-form [data-testid=stExpander] details[open]")).to_have_count(drawers)
        expect(grade_of(page)).not_to_contain_text("Not graded")


def test_a_refused_value_stays_and_one_click_takes_what_was_meant(page: Page) -> None:
    type_in(page, field_of(page, "vena contracta width (cm)"), "0,72")
    field = field_of(page, "PISA radius (cm)")
    type_in(page, field, "9,5")
    expect(field).to_have_value("9,5")
    expect(page.get_by_text("PISA radius 9.5 cm is outside")).to_have_count(1)
    expect(page.get_by_text("not counted")).not_to_have_count(0)
    expect(page.get_by_text("supports severe", exact=True)).to_be_visible()
    with next_run(page):
        page.get_by_role("button", name="Use 9.5 mm").click()
    expect(field).to_have_value("9.5 mm")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_tap_on_a_page_keeps_what_was_typed_and_goes_there(address: str, browser: Browser) -> None:
    """A tap leaves the field and asks for the page at once."""
    context = browser.new_context(viewport={"width": 1180, "height": 820}, has_touch=True)
    page = go(context.new_page(), address)
    field = field_of(page, "EROA (cm²)")
    field.tap()
    page.keyboard.type("0.31")
    page.get_by_role("link", name="References").tap()
    expect(page.get_by_role("heading", name="References")).to_be_visible()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    page.get_by_role("link", name="Grade a case").tap()
    expect(grade_of(page)).to_have_text("MODERATE (single parameter)")
    expect(field_of(page, "EROA (cm²)")).to_have_value("0.31")
    context.close()


def test_what_was_cleared_comes_back(page: Page) -> None:
    type_in(page, field_of(page, "EROA (cm²)"), "0,45")
    for lose in ("Clear", examples("mitral")[0].title):
        if lose != "Clear":
            page.get_by_role("button", name="Examples").click()
        with next_run(page):
            page.get_by_role("button", name=lose).click()
        page.keyboard.press("Escape")
        expect(grade_of(page)).not_to_have_text("SEVERE (single parameter)")
        page.get_by_role("button", name="Undo").click()
        expect(grade_of(page)).to_have_text("SEVERE (single parameter)")
        expect(field_of(page, "EROA (cm²)")).to_have_value("0,45")


def test_a_case_survives_reload_and_the_way_back_and_is_in_the_address_only_when_wanted(
    address: str, browser: Browser
) -> None:
    with visit(browser) as page:
        go(page, address)
        type_in(page, field_of(page, "EROA (cm²)"), "0,45")
        type_in(page, field_of(page, "vena contracta width (cm)"), "abc")
        expect(grade_of(page)).to_have_text("Not graded: check vena contracta width")
        page.reload()
        expect(field_of(page, "EROA (cm²)")).to_have_value("0,45")
        expect(field_of(page, "vena contracta width (cm)")).to_have_value("abc")
        type_in(page, field_of(page, "vena contracta width (cm)"), "")
        page.goto(f"{address}/background")
        page.locator(RUN).wait_for(state="attached")
        page.go_back()
        expect(grade_of(page)).to_have_text("SEVERE (single parameter)")
        assert "?" not in page.url
        page.get_by_role("tab", name="Take away").click()
        page.get_by_text("Keep the case in the address").click()
        page.wait_for_url(re.compile(r"eroa=0\.45"))
        page.wait_for_function("() => JSON.parse(sessionStorage.getItem('echograde.case')).address.includes('eroa')")
        page.reload()
        page.wait_for_url(re.compile(r"eroa=0\.45"))
        expect(field_of(page, "EROA (cm²)")).to_have_value("0,45")
    with visit(browser) as other:
        # another tab knows nothing of it
        expect(grade_of(go(other, address))).to_contain_text("or try an example.")


def test_what_a_tab_kept_is_only_taken_where_a_form_can_hold_it(address: str, browser: Browser) -> None:
    kept = {
        "valve": "aortic", "guideline": "ase-2017", "units": {"orifice area": "furlong"}, "address": "",
        "fields": {"case.aortic.eroa": "0.35", "case.aortic.cw_jet": "<b>", "case.aortic.nothing": "1", "tab": "x",
                   "case.aortic.regurgitant_volume": 7, "case.aortic.vena_contracta_width": "9" * 5000},
    }  # fmt: skip
    with visit(browser) as page:
        for text in ("[", "null", json.dumps({"valve": "heart"})):
            go(page, address)
            page.evaluate("text => sessionStorage.setItem('echograde.case', text)", text)
            page.reload()
            page.locator(RUN).wait_for(state="attached")
            expect(grade_of(page)).to_contain_text("or try an example.")
        page.evaluate("text => sessionStorage.setItem('echograde.case', text)", json.dumps(kept))
        page.reload()
        expect(page.locator(".eg-verdict")).to_contain_text("Aortic regurgitation by ASE 2017")
        expect(grade_of(page)).to_have_text("SEVERE (single parameter)")
        expect(field_of(page, "vena contracta width (cm)")).to_have_value("")


def test_the_sentence_is_copied_and_the_rest_is_one_click_away(address: str, browser: Browser) -> None:
    # as the form holds it: in the order of the catalogue
    case = grade("mitral", **{m.name: FULL[m.name] for m in load_catalogue().enterable("mitral") if m.name in FULL})
    with visit(browser) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        go(page, f"{address}/?{urlencode(FULL)}")
        page.get_by_role("button", name="Copy sentence").click()
        expect(page.get_by_text("Copied", exact=True)).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == report(case.explanation)
        with page.expect_download() as started:
            page.get_by_role("button", name="FHIR", exact=True).click()
        assert json.loads(Path(started.value.path()).read_bytes()) == json.loads(json.dumps(bundle(case)))
        with page.expect_download() as started:
            page.get_by_role("button", name="Whole report", exact=True).click()
        assert Path(started.value.path()).read_text(encoding="utf-8").startswith(report(case.explanation))


def test_the_answer_stands_in_one_live_region_that_follows_what_is_typed(page: Page) -> None:
    live = page.get_by_role("status").filter(has=page.locator(".eg-grade"))
    expect(live).to_have_count(1)
    type_in(page, field_of(page, "EROA (cm²)"), "0,45")
    expect(live).to_contain_text("SEVERE (single parameter)")
    expect(live.get_by_text("Next:")).to_be_visible()
    type_in(page, field_of(page, "EROA (cm²)"), "45")
    expect(live).to_contain_text("Not graded: check EROA")


@pytest.mark.parametrize("valve", VALVES)
def test_on_a_phone_form_and_why_are_tabs_of_at_most_three_screens(address: str, browser: Browser, valve: str) -> None:
    with visit(browser, 390, 844) as page:
        link = {"valve": valve, "regurgitant_fraction": "55 %"}
        go(page, f"{address}/?{urlencode(link)}")
        expect(page.locator(".eg-verdict:visible")).to_have_count(1)
        expect(page.locator(".st-key-form")).to_be_visible()
        long = "document.querySelector('[data-testid=stMain]').scrollHeight / innerHeight"
        wide = "document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth"
        expect(page.get_by_role("tab", name="Sensitivity")).to_be_hidden()
        assert page.evaluate(long) <= 3
        assert page.evaluate(wide) <= 0
        with next_run(page):
            page.get_by_role("radio", name="Why").click()
        expect(page.get_by_role("tab", name="Sensitivity")).to_be_visible()
        expect(page.locator(".st-key-form")).to_be_hidden()
        assert page.evaluate(long) <= 3
        assert page.evaluate(wide) <= 0


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", [*PAGES, f"?{urlencode(FULL)}"], ids=[*(p or "case" for p in PAGES), "a full case"])
def test_axe_finds_nothing_serious_on_any_page(address: str, browser: Browser, path: str, dark: bool) -> None:
    with visit(browser, dark=dark) as page:
        go(page, f"{address}/{path}")
        page.locator('[data-testid="stSkeleton"]').first.wait_for(state="detached")
        if path == "file":
            # a page with a file says more than one without
            with next_run(page):
                page.get_by_role("button", name="Use the example file").click()
        found = Axe().run(page).response["violations"]
    grave = [one for one in found if one["impact"] in ("serious", "critical")]
    told = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in grave]
    assert told == []
