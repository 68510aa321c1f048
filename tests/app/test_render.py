"""Templates and the stylesheet: what a template wants it gets or refuses, text is escaped, and no style is without use."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.resources import files

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from grading_app.html.render import environment, piece, render, style_html, stylesheet, typeset
from grading_app.palette import THEMES, Theme

TEMPLATES = environment().list_templates()
#: tags with a class in an f-string would be HTML outside the templates
MODULES = [path for path in files("grading_app.html").iterdir() if path.name.endswith(".py")]


def source(template: str) -> str:
    return files("grading_app.html").joinpath("templates", template).read_text(encoding="utf-8")


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_is_whole_and_marks_nothing_as_safe(template: str) -> None:
    environment().get_template(template)
    assert not re.search(r"\|\s*safe|autoescape", source(template))


def test_a_template_without_its_data_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'title' is undefined"):
        render("invitation.html", heading="Enter something")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            render("invitation.html", title="<b>", heading="a & b", lines=[]),
            '&lt;b&gt;</p>\n<p class="eg-grade">a &amp; b',
        ),
        (piece("listed", "<b>", ["<i>"]), "&lt;b&gt;</p>"),
        (piece("small", "< 3 cm2"), "<small>&lt; 3 cm²</small>"),
        (piece("small", Markup("<i>x</i>")), "<small><i>x</i></small>"),
        (piece("chip", "<b>"), "&lt;b&gt;"),
        (piece("powers", ["<r", "2", " × π"]), "&lt;r<sup>2</sup> × π"),
        (typeset("<= 4 mm2"), "≤ 4 mm²"),
        (typeset(Markup("<b>")), "<b>"),
    ],
)
def test_text_is_escaped_and_html_is_kept(html: Markup, expected: str) -> None:
    assert expected in html


def test_an_empty_list_has_no_heading() -> None:
    assert piece("listed", "Cautions", []) == ""


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_style_is_in_the_inks_of_the_theme(theme: Theme) -> None:
    style = style_html(theme)
    assert style.startswith("<style>") and style.endswith("</style>")
    inks = dict(re.findall(r"(--eg-\w+):(#\w+)", style))
    assert inks == {"--eg-paper": theme.paper, "--eg-ink": theme.ink, "--eg-faint": theme.faint}


def test_every_class_that_is_styled_is_used_and_every_ink_is_a_theme_s() -> None:
    styled = set(re.findall(r"\.(eg-[a-z]+)", stylesheet()))
    texts = [source(template) for template in TEMPLATES] + [module.read_text(encoding="utf-8") for module in MODULES]
    used = set(re.findall(r"\beg-[a-z]+", " ".join(texts)))
    assert styled - used == set()
    assert re.findall(r"#[0-9A-Fa-f]{3,6}\b", stylesheet()) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_no_module_writes_tags_with_text_in_them(module: object) -> None:
    text = module.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert not re.search(r"""f(["']|\"{3})[^"'\n]*</?[a-z]+[ >]""", text)
    assert "from html import escape" not in text


def test_the_command_starts_without_the_library_of_templates() -> None:
    program = "import sys, grading.cli; print('jinja2' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
