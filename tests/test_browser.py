"""The app as a user has it: typed into, clicked, at two widths, in light and dark, in a real browser."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import CHROMIUM, chromium, open_page, required, served
from playwright.sync_api import Page, expect

from grading import grade
from grading.casepage import page as whole_page
from grading.teaching import TeachingCase, graded, load_teaching_cases

pytestmark = pytest.mark.skipif(
    not CHROMIUM and not required(), reason="no Chromium; apt install chromium (CI has it, and fails without)"
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("elsewhere")) as found:
        yield found


@pytest.fixture
def page(address: str, tmp_path: Path) -> Iterator[Page]:
    with tempfile.TemporaryDirectory() as profile, chromium(Path(profile)) as context:
        yield open_page(context, address)


def grade_of(page: Page) -> str:
    return page.locator(".eg-grade").inner_text()


def type_in(page: Page, label: str, value: str) -> None:
    field = page.get_by_label(label, exact=True).locator("visible=true").first
    field.fill(value)
    field.press("Enter")


def test_a_case_is_typed_in_a_unit_changed_and_the_grade_read(page: Page) -> None:
    assert grade_of(page) == "INSUFFICIENT DATA"
    type_in(page, "EROA (cm2)", "0.407")
    expect(page.locator(".eg-grade")).to_have_text("SEVERE (single parameter)")
    type_in(page, "regurgitant volume (mL)", "57")
    expect(page.locator(".eg-grade")).to_have_text("INDETERMINATE: moderate to severe")
    page.get_by_role("button", name="Units").click()
    page.get_by_role("radio", name="mm2").click()
    expect(page.get_by_label("EROA (mm2)", exact=True).first).to_have_value("40.7")
    page.keyboard.press("Escape")
    expect(page.locator(".eg-grade")).to_have_text("INDETERMINATE: moderate to severe")
    expect(page.get_by_text("40.7 mm2 = 0.407 cm2 is grade IV (severe)")).to_be_visible()
    type_in(page, "EROA (mm2)", "4070")
    expect(page.locator(".eg-grade")).to_have_text("REJECTED: not graded")
    sentence = grade("mitral", eroa="4070 mm2").reason
    expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()


RICH = [case for case in load_teaching_cases() if case.stage]


@pytest.mark.parametrize("case", RICH, ids=lambda case: case.id)
def test_the_page_to_print_is_one_page(case: TeachingCase, tmp_path: Path) -> None:
    file = tmp_path / "case.html"
    file.write_text(whole_page(graded(case)), encoding="utf-8")
    with chromium(tmp_path / "profile") as context:
        page = context.new_page()
        page.goto(file.as_uri())
        printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
