"""What stands for each mark in a page, and the pages that are made whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from grading_app.html.formulas import formulas_html
from grading_app.html.published import sources_html
from grading_app.html.render import stylesheet
from grading_app.palette import THEMES
from site_pages.markdown import raw_html, theme_pair
from site_pages.measurements import list_of_measurements, measurement_pages
from site_pages.readings import all_readings
from site_pages.tables import list_of_tables, table_pages
from site_pages.validation import comparisons, not_confirmed

ROOT = Path(__file__).resolve().parents[2]


def _of_the_app(name: str) -> str:
    """A text that the app shows as well."""
    return (files("grading_app") / f"{name}.md").read_text(encoding="utf-8")


def _changelog() -> str:
    return (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition("\n")[2]


def _citation() -> str:
    return f"```yaml\n{(ROOT / 'CITATION.cff').read_text(encoding='utf-8')}```\n"


#: mark -> what writes its Markdown
MAKERS: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "decisions": lambda: _of_the_app("decisions"),
        "decision_example": lambda: theme_pair("esc-2021-mitral", "The decision of ESC 2021 for mitral regurgitation"),
        "limits": lambda: _of_the_app("limits"),
        "list_of_tables": list_of_tables,
        "list_of_measurements": list_of_measurements,
        "formulas": lambda: raw_html(formulas_html()),
        "papers": lambda: raw_html(sources_html()),
        "readings": all_readings,
        "comparisons": comparisons,
        "not_confirmed": not_confirmed,
        "citation": _citation,
        "changelog": _changelog,
    }
)


def whole_pages() -> dict[str, str]:
    """file -> content of what is made whole: pages, drawings, sheets to print, and the inks of both themes."""
    return {**dict(table_pages()), **dict(measurement_pages()), "_static/echograde.css": _styles()}


def _styles() -> str:
    """The style sheet of the app, in the inks of the theme that a reader chose."""
    inks = (
        f'html[data-theme="{name}"]{{--eg-paper:{theme.paper};--eg-ink:{theme.ink};--eg-faint:{theme.faint}}}'
        for name, theme in THEMES.items()
    )
    return "\n".join([*inks, stylesheet()])
