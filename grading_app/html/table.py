"""Tables as HTML for a page: semantic, scrolled when wide, one block for each line on a narrow screen.

What is not marked as HTML is escaped and typeset by the templates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grading_app.html.render import piece, render, typeset


@dataclass(frozen=True, slots=True)
class Cell:
    """HTML in a table. As a cell it may span columns; `word` says it without markup, above all as a head."""

    html: Markup
    word: str = ""
    span: int = 1

    def __html__(self) -> str:
        return self.html


#: text, or HTML where it is Markup or a Cell
Piece = str | Cell


@dataclass(frozen=True, slots=True)
class _HeadedCell:
    head: str
    html: Markup
    span: int


def joined_html(pieces: Iterable[Piece], between: str = "") -> Markup:
    """Pieces one after the other."""
    return typeset(between).join(map(typeset, pieces))


def small(text: Piece, kind: str = "") -> Markup:
    """A line of its own in small print; of kind 'end' it repeats the head of a block and is left out there."""
    return piece("small", text, kind)


def marked(word: str) -> Markup:
    """A word in a frame, such as 'our reading'."""
    return piece("marked", word)


def grade_chip(grade: str, word: str = "") -> Markup:
    """The word of a grade on its colour; a word that is no grade is plain text."""
    return piece("chip", grade, word)


def _headed(row: Sequence[Piece], heads: Sequence[str]) -> list[_HeadedCell]:
    """The cells after the first, each with the words of its column's head."""
    cells, column = [], 1
    for part in row[1:]:
        word, span = (part.word, part.span) if isinstance(part, Cell) else ("", 1)
        cells.append(_HeadedCell(word or heads[column], typeset(part), span))
        column += span
    return cells


def web_table(caption: str, under: str, heads: Sequence[Piece], rows: Iterable[Sequence[Piece]]) -> Markup:
    """One table; the first cell of every row is its header. `under` is small print beneath the caption."""
    words = [head.word if isinstance(head, Cell) else head for head in heads]
    lines = [(row[0], _headed(row, words)) for row in rows]
    return render("web_table.html", caption=caption, under=under, heads=heads, rows=lines)


def published(*parts: Markup) -> Markup:
    """Tables and paragraphs as one fragment."""
    return render("published.html", parts=parts)
