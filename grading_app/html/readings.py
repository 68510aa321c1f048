"""Readings as HTML, each under its id, which is a place to link to."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from grading.explanation.readings import Reading
from grading_app.html.render import typeset

_ENTRY = Markup('<dt id="{id}"><code>{id}</code></dt>\n<dd>{of}: {says}{published}</dd>\n')


def readings_html(readings: Iterable[Reading]) -> Markup:
    """What this project decided where a paper is silent, one entry a reading; empty where there is none."""
    entries = Markup("").join(map(_entry, readings))
    return Markup('<dl class="eg-readings">{}</dl>').format(entries) if entries else Markup()


def _entry(one: Reading) -> Markup:
    published = typeset(f" (the rest is published: {one.published})") if one.published else ""
    return _ENTRY.format(id=one.id, of=typeset(one.of), says=typeset(one.says), published=published)
