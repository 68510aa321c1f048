"""Templates filled with data. What is not marked as HTML is escaped by the template, wherever it stands."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grading.writing import in_words
from grading_app.palette import GRADE_COLOURS, Theme, filled, ink_on
from grading_app.signs import with_signs


def typeset(text: object) -> Markup:
    """Plain text as HTML, with the signs of print; HTML stays as it is.

    >>> typeset(">= 0.40 cm2 & < 1")
    Markup('≥ 0.40 cm² &amp; &lt; 1')
    """
    if hasattr(text, "__html__"):
        return escape(text)
    return escape(with_signs(str(text)))


def _typeset_text(value: object) -> object:
    return typeset(value) if isinstance(value, str) else value


@cache
def environment() -> Environment:
    """The templates of this package: they typeset every text; a name that one does not get is an error."""
    templates = Environment(
        loader=PackageLoader("grading_app.html"),
        autoescape=True,
        finalize=_typeset_text,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.filters["in_words"] = in_words
    templates.globals |= {"GRADE_COLOURS": GRADE_COLOURS, "filled": filled, "ink_on": ink_on}
    return templates


def render(template: str, **data: object) -> Markup:
    """A template filled with data. Raises jinja2.UndefinedError for data it wants and does not get."""
    return Markup(environment().get_template(template).render(**data))


def piece(name: str, *data: object) -> Markup:
    """One macro of `pieces.html` filled with data."""
    return Markup(getattr(environment().get_template("pieces.html").module, name)(*data))


@cache
def stylesheet() -> str:
    """The one stylesheet. Its colours, but for those of grades, are the theme's."""
    return files("grading_app.html").joinpath("style.css").read_text(encoding="utf-8")


def style_html(theme: Theme) -> Markup:
    """The stylesheet in the inks of a theme, for the head of a page."""
    return render("style.html", theme=theme, stylesheet=Markup(stylesheet()))
