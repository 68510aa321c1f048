"""The app's own writing: Markdown files of this package, section by section."""

from __future__ import annotations

from importlib.resources import files


def sections(name: str) -> dict[str, str]:
    """Title -> text of every section (`## Title`) of one file, in order.

    >>> list(sections("limits"))[0]
    'What it is for'
    """
    text = (files("grading_app") / f"{name}.md").read_text(encoding="utf-8")
    parts = (part.partition("\n") for part in f"\n{text}".split("\n## ")[1:])
    return {title.strip(): body.strip() for title, _, body in parts}
