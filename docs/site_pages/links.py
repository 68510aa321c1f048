"""Every link and every thing that the pages of a built site load: it is there, and it comes from the site itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: element -> its attribute by which a browser loads something by itself
LOADED = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src", "object": "data"}
#: what a style sheet loads from another server
OUTSIDE = re.compile(r"""(?:@import|url\()\s*(?:url\()?["']?((?:https?:)?//[^"')\s]+)""")


@dataclass
class Page(HTMLParser):
    """What one page links to, what it loads, and the places in it that can be linked to."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element says."""
        said = {name: value or "" for name, value in attrs}
        self.anchors |= {said[name] for name in ("id", "name") if name in said}
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        if said.get(LOADED.get(tag, "")):
            self.loads.append(said[LOADED[tag]])


@cache
def read_page(file: Path) -> Page:
    """One page of the site."""
    page = Page()
    page.feed(file.read_text(encoding="utf-8"))
    return page


def pages(site: Path) -> list[Path]:
    """The pages of a site; a template that the theme leaves among its files is none."""
    return [file for file in sorted(site.rglob("*.html")) if "{% macro" not in file.read_text(encoding="utf-8")]


def broken_links(site: Path) -> Iterator[str]:
    """Links and things loaded that lead to nothing inside the site, a sentence each."""
    for file in pages(site):
        page = read_page(file)
        for link in dict.fromkeys((*page.links, *page.loads)):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if not target.is_file():
                yield f"{file.relative_to(site).as_posix()}: {link} leads to no file"
            elif (
                parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in read_page(target).anchors
            ):
                yield f"{file.relative_to(site).as_posix()}: {link} leads to no place in that page"


def outside_loads(site: Path) -> Iterator[str]:
    """What a page or a style sheet would load from elsewhere, a sentence each."""
    for file in pages(site):
        for address in read_page(file).loads:
            if urlsplit(address).netloc:
                yield f"{file.relative_to(site).as_posix()}: it loads {address}"
    for file in sorted(site.rglob("*.css")):
        for address in OUTSIDE.findall(file.read_text(encoding="utf-8")):
            yield f"{file.relative_to(site).as_posix()}: it loads {address}"
