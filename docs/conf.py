"""Settings of Sphinx for the site; `build_site.py` calls it. Nothing is fetched when it is built or read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pygments.lexers.special import TextLexer

from grading.version import VERSION

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "echograde"
version = release = VERSION
project_copyright = "the authors of echograde, MIT licence"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["attrs_block", "colon_fence", "deflist"]
myst_heading_anchors = 3
nitpicky = True
#: types of other libraries, and those inside the house, which may move
nitpick_ignore_regex = [
    ("py:.*", r"(pd|np|pandas|numpy|collections|pathlib|typing|NDArray|Mask|Numbers)\b.*"),
    ("py:class", r"grading\.\w+\.\w+.*"),
]
# a word in single quotes of a docstring is code
default_role = "code"
smartquotes = False  # quotes of a command stay as they are typed
autodoc_typehints = "description"
autodoc_member_order = "bysource"
python_use_unqualified_type_names = True

html_theme = "pydata_sphinx_theme"
html_title = "echograde"
html_css_files = ["echograde.css", "site.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_prev_next": True,
}
html_sidebars = {"index": []}


def _as_sentences(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Of a property the words before a colon are no type: napoleon takes them for one in a first line."""
    if what in ("property", "attribute", "data"):
        lines[:0] = ["..", ""]


def setup(app: Sphinx) -> None:
    """A table is shown as plain text, and a docstring as its sentences."""
    app.add_lexer("csv", TextLexer)
    app.connect("autodoc-process-docstring", _as_sentences, priority=100)
