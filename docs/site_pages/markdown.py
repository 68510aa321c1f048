"""Small pieces of Markdown that the pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def raw_html(html: str) -> str:
    """HTML as it is, in the middle of a page."""
    return f"``````{{raw}} html\n{html}\n``````\n"


def cell(text: str) -> str:
    """Text for one cell of a table: nothing in it ends the cell, and '<' is a sign and no mark."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the cells are Markdown already."""
    lines = [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)]
    return "\n".join(lines) + "\n"


def toctree(names: Iterable[str], caption: str = "") -> str:
    """A menu of pages that is not shown in the text."""
    said = [f":caption: {caption}"] if caption else []
    return "\n".join(["```{toctree}", ":hidden:", *said, "", *names, "```"]) + "\n"


def theme_pair(name: str, alt: str) -> str:
    """A drawing in the inks of the page's theme: `drawings/NAME-light.svg` and `-dark.svg`."""
    kinds = (("light", "only-light"), ("dark", "only-dark"))
    return "\n".join(
        f"```{{image}} /drawings/{name}-{theme}.svg\n:alt: {' '.join(alt.split())}\n:class: {kind} eg-drawing\n```\n"
        for theme, kind in kinds
    )
