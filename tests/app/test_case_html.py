"""The explanation as HTML: bars that say what the table prints, values marked in their band, and nothing typed as markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from grading import grade
from grading.case import Case
from grading.explanation.comparison import compare
from grading.explanation.views import CriterionView
from grading.reference.guideline import list_guidelines, load_guideline
from grading.reference.scale import GRADES
from grading_app.html.bars import band_shares, bar_text, severity_bar, value_place
from grading_app.html.case import comparison_html, criteria_html, page, verdict_html
from grading_app.palette import GRADE_COLOURS, THEMES, contrast, ink_on

VOID = {"meta", "br", "img"}


class Balanced(HTMLParser):
    """Fails on a tag that is closed wrongly; keeps tags and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(str(html))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def printed(case: Case) -> str:
    return page(case.explanation)


def criterion(valve: str, guideline: str, name: str, **values: Any) -> CriterionView:
    return next(c for c in grade(valve, guideline, **values).explanation.criteria if c.measurement == name)


BARS = [
    # valve, guideline, measurement, value, cut-offs as printed under the borders, the band that is marked
    ("mitral", "ase-2017", "eroa", "0.40 cm2", ["≥ 0.20", "≥ 0.30", "≥ 0.40"], "grade IV (severe)"),
    ("mitral", "ase-2017", "eroa", "39.9 mm2", ["≥ 0.20", "≥ 0.30", "≥ 0.40"], "grade III (moderate)"),
    ("mitral", "ase-2017", "vena_contracta_width", "3 mm", ["≤ 0.3", "≥ 0.7"], "mild"),
    ("aortic", "ase-2017", "vena_contracta_width", "0.6 cm", ["< 0.3", "> 0.6"], "neither"),
    ("aortic", "ase-2017", "pressure_half_time", "0.15 s", ["< 200", "> 500"], "severe"),
    ("tricuspid", "esc-2021", "eroa", "0.40 cm2", ["≥ 40"], "severe"),
    ("tricuspid", "tvarc-2023", "regurgitant_volume", "60 mL", ["≥ 30", "≥ 45", "≥ 60", "≥ 75"], "massive"),
    ("tricuspid", "hahn-zamorano-2017", "vena_contracta_area_3d", "70 mm2", ["≥ 75", "≥ 95", "≥ 115"], "moderate or milder"),
    ("pulmonic", "ase-2017", "regurgitant_fraction", "40 %", ["≥ 20", "> 40"], "moderate"),
]  # fmt: skip


@pytest.mark.parametrize(("valve", "guideline", "name", "value", "cuts", "band"), BARS, ids=lambda v: str(v)[:30])
def test_a_bar_shows_the_printed_cut_offs_and_marks_the_band_of_the_value(
    valve: str, guideline: str, name: str, value: str, cuts: list[str], band: str
) -> None:
    html = severity_bar(criterion(valve, guideline, name, **{name: value}))
    below = html.split('class="eg-cuts"')[1]
    assert [cut.replace("&lt;", "<").replace("&gt;", ">") for cut in re.findall(r"%\">([^<]*)</span>", below)] == cuts
    marked = re.findall(r'<span class="eg-band[^"]*eg-here"[^>]*>(?:<span[^>]*>)?([^<]*)<', html)
    assert marked == [band]
    assert html.count("eg-mark") == 1


def test_a_bar_is_to_scale_and_the_value_stands_at_its_mark() -> None:
    bars = {
        v: severity_bar(criterion("mitral", "ase-2017", "eroa", eroa=v)) for v in (0.10, 0.20, 0.25, 0.30, 0.40, 4.0)
    }
    at = [float(re.findall(r"eg-mark\" style=\"left:([\d.]+)%", bar)[0]) for bar in bars.values()]
    # the last cut-off is 0.40, and the open end half of that
    assert at == [pytest.approx(100 * v / 0.60, abs=0.01) for v in (0.10, 0.20, 0.25, 0.30, 0.40)] + [98.5]
    values = [re.findall(r'class="eg-at"[^>]*>([\d.]+) cm²<', bar) for bar in bars.values()]
    assert values == [["0.1"], ["0.2"], ["0.25"], ["0.3"], ["0.4"], ["4"]]
    cuts = [float(left) for left in re.findall(r'left:([\d.]+)%">[≥]', bars[0.25])]
    assert cuts == [pytest.approx(100 * cut / 0.60, abs=0.01) for cut in (0.20, 0.30, 0.40)]


@pytest.mark.parametrize("guideline", list_guidelines())
def test_a_mark_never_leaves_the_band_of_its_value(guideline: str) -> None:
    for valve, table in load_guideline(guideline).tables.items():
        rows = [row for _, row in table.rows() if row.scale]
        for value in {float(v * row.ratio) for row in rows for v in row.scale.inside()}:
            case = grade(valve, guideline, **{row.name: value for row in rows})
            for one in case.explanation.criteria:
                place, shares = value_place(one), band_shares(one.bands)
                assert sum(shares) == pytest.approx(1)
                if place is not None and one.in_band:
                    start = sum(shares[: one.in_band - 1])
                    assert start - 0.016 <= place <= start + shares[one.in_band - 1] + 0.016


def test_a_bar_is_said_in_words() -> None:
    said = bar_text(criterion("mitral", "ase-2017", "eroa", eroa=0.41))
    assert said.startswith("EROA: in the band >= 0.40 cm2. Bands: < 0.20 cm2: grade I (mild); ")
    assert bar_text(criterion("mitral", "ase-2017", "eroa", regurgitant_volume=60)).startswith("EROA: not assessed.")


@pytest.mark.parametrize("guideline", list_guidelines())
def test_every_table_makes_whole_html(guideline: str) -> None:
    for valve, table in load_guideline(guideline).tables.items():
        numbers = {row.name: 1.0 for _, row in table.rows() if row.scale and row.name in ("eroa", "regurgitant_volume")}
        case = grade(valve, guideline, **numbers)
        found = Balanced(printed(case))
        for _, row in table.rows():
            if not row.instead_of:
                assert any(c.label in found.text for c in case.explanation.criteria if c.measurement == row.name)
        Balanced(criteria_html(case.explanation) + verdict_html(case.explanation))
        Balanced(comparison_html(compare(case)))


def test_the_page_says_grade_scheme_rule_place_version_and_notice() -> None:
    text = Balanced(printed(grade("mitral", eroa="40.7 mm2", regurgitant_volume=57))).text
    for said in (
        "Mitral regurgitation by ASE 2017", "INDETERMINATE: moderate to severe", "Rule 15 (published: arrows and box in Figure 18, p 333",
        "40.7 mm² = 0.407 cm² is grade IV (severe) (≥ 0.40 cm²)", "regurgitant fraction", "not entered",
        "Zoghbi WA et al.", "10.1016/j.echo.2017.01.007", "echograde 0.1.0", "Not a medical device",
    ):  # fmt: skip
        assert said in text


CHIPS = [
    ("pulmonic", "pr_index", 0.5, "shown, never countedPR index"),
    ("pulmonic", "pr_index", 0.9, "shown, never countedPR index"),
    ("mitral", "eroa", 0.5, "grade IV (severe)EROA"),
    ("mitral", "flail_leaflet", "no", "neutralflail leaflet"),
    ("mitral", "flail_leaflet", "yes", "supports severeflail leaflet"),
    ("mitral", "eroa", None, "not assessedEROA"),
]


@pytest.mark.parametrize(("valve", "name", "value", "chip"), CHIPS, ids=[f"{row[1]} {row[2]}" for row in CHIPS])
def test_a_chip_says_what_a_row_does(valve: str, name: str, value: object, chip: str) -> None:
    case = grade(valve, **{name: value})
    assert chip in Balanced(criteria_html(case.explanation)).text


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&lt;b&gt;"])
def test_what_was_typed_is_never_markup(typed: str) -> None:
    found = Balanced(printed(grade("mitral", eroa=typed, cw_jet=typed)))
    assert typed in found.text
    assert not {"script", "img", "b"} & set(found.tags)


def test_a_rejected_case_and_one_that_is_not_covered_have_a_page() -> None:
    assert "35 mm² would be plausible" in Balanced(printed(grade("mitral", eroa="35 cm2"))).text
    assert "does not grade pulmonic" in Balanced(printed(grade("pulmonic", "esc-2021"))).text


def test_every_grade_that_a_table_gives_has_a_colour() -> None:
    given = {g for i in list_guidelines() for t in load_guideline(i).tables.values() for g in t.grades}
    assert given <= set(GRADE_COLOURS) <= set(GRADES)


@pytest.mark.parametrize("grade_", sorted(GRADE_COLOURS))
def test_a_word_is_read_on_its_colour(grade_: str) -> None:
    assert contrast(GRADE_COLOURS[grade_], ink_on(GRADE_COLOURS[grade_])) >= 4.5


@pytest.mark.parametrize("name", sorted(THEMES))
def test_ink_is_read_on_paper(name: str) -> None:
    theme = THEMES[name]
    assert contrast(theme.ink, theme.paper) >= 7
    assert contrast(theme.faint, theme.paper) >= 4.5


def test_the_colours_of_a_scale_grow_darker() -> None:
    scale = ["mild", "moderate", "severe", "massive", "torrential"]
    light = [contrast(GRADE_COLOURS[g], "#FFFFFF") for g in scale]
    assert light == sorted(light) and len(set(light)) == len(scale)
