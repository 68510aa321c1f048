"""Tables as HTML text for a page: semantic, scrolled when wide, one block for each line on a narrow screen.

Every text that is not marked as HTML is escaped here. No colour stands here but those of `grading.palette`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from grading.writing import in_words
from grading_app.palette import filled

#: every table, and every grade as a coloured word
TABLE_CSS = """
.eg-scroll{overflow-x:auto}
.eg-table{border-collapse:collapse;font-size:.94rem}
.eg-table th,.eg-table td{text-align:left;vertical-align:top;padding:.35rem .7rem .35rem 0;
  border:0 solid color-mix(in srgb,currentColor 28%,transparent);border-bottom-width:1px}
.eg-table thead th{border-bottom-width:2px;vertical-align:bottom}
.eg-table caption{text-align:left;font-weight:600;font-size:1.06rem;padding:0 0 .4rem}
.eg-table tbody th{font-weight:600}
.eg-chip{display:inline-block;border-radius:.3rem;padding:0 .45rem;white-space:nowrap;font-weight:600}
"""
STYLE = (
    f"<style>{TABLE_CSS}"
    """
.published {line-height: 1.45}
.published .eg-scroll {margin: 0 0 1.6rem}
.published table {width: 100%}
.published caption small {font-weight: 400; font-size: .88rem; display: block}
.published th, .published td {min-width: 4.5rem}
.published small {display: block; font-weight: 400; opacity: .85}
.published td[data-head="When"] {min-width: 13rem}
.published .mark {border: 1px solid; border-radius: .3rem; padding: 0 .3rem; font-size: .8rem; white-space: nowrap}
.published .worked {font-variant-numeric: tabular-nums; font-size: 1rem; opacity: 1; margin: .15rem 0}
@media (max-width: 640px) {
  .published thead {position: absolute; clip-path: inset(50%); height: 1px; overflow: hidden}
  .published table, .published caption, .published tbody, .published tr, .published th, .published td {display: block}
  .published td, .published tbody th {border: 0; padding: .12rem 0; min-width: 0}
  .published td:empty, .published .end {display: none}
  .published td[data-head]::before {content: attr(data-head) ": "; font-weight: 600}
  .published tbody tr {border-bottom: 1px solid color-mix(in srgb, currentColor 28%, transparent); padding: .5rem 0}
}
</style>"""
)

_TYPESET = ((">=", "≥"), ("<=", "≤"))
_SQUARED = re.compile(r"\b([cm]?m)2\b")


@dataclass(frozen=True, slots=True)
class Html:
    """Text that is HTML already. As a cell it may span columns; as a head `word` says it without markup."""

    text: str
    word: str = ""
    span: int = 1


Piece = str | Html


def typeset(text: str) -> str:
    """Plain text as HTML, with the signs of print.

    >>> typeset(">= 0.40 cm2 & < 1")
    '≥ 0.40 cm² &amp; &lt; 1'
    """
    for typed, printed in _TYPESET:
        text = text.replace(typed, printed)
    return escape(_SQUARED.sub(r"\1²", text))


def html(piece: Piece) -> str:
    """A piece as HTML; what is not marked as HTML is escaped and typeset."""
    return piece.text if isinstance(piece, Html) else typeset(piece)


def joined_html(pieces: Iterable[Piece], between: str = "") -> Html:
    """Pieces one after the other."""
    return Html(between.join(html(piece) for piece in pieces))


def small(piece: Piece, kind: str = "") -> Html:
    """A line of its own in small print; of kind 'end' it repeats the head of a block and is left out there."""
    return Html(f'<small class="{kind}">{html(piece)}</small>' if kind else f"<small>{html(piece)}</small>")


def marked(word: str) -> Html:
    """A word in a frame, such as 'our reading'."""
    return Html(f'<span class="mark">{typeset(word)}</span>')


def grade_chip(grade: str, word: str = "") -> Html:
    """The word of a grade on its colour; a word that is no grade is plain text."""
    text = word or in_words(grade)
    style = filled(grade)
    if not style:
        return Html(typeset(text), text)
    return Html(f'<span class="eg-chip" style="{style}">{typeset(text)}</span>', text)


def _cell(piece: Piece, head: str) -> str:
    span = f' colspan="{piece.span}"' if isinstance(piece, Html) and piece.span > 1 else ""
    text = piece.word if isinstance(piece, Html) and piece.word else head
    return f'<td role="cell" data-head="{escape(text)}"{span}>{html(piece)}</td>'


def _row(row: Sequence[Piece], heads: Sequence[str]) -> str:
    cells, column = [f'<th role="rowheader" scope="row">{html(row[0])}</th>'], 1
    for piece in row[1:]:
        cells.append(_cell(piece, heads[column]))
        column += piece.span if isinstance(piece, Html) else 1
    return f'<tr role="row">{"".join(cells)}</tr>'


def web_table(caption: str, under: str, heads: Sequence[Piece], rows: Iterable[Sequence[Piece]]) -> str:
    """One table; the first cell of every row is its header. `under` is small print beneath the caption."""
    words = [head.word if isinstance(head, Html) else head for head in heads]
    columns = "".join(f'<th role="columnheader" scope="col">{html(head)}</th>' for head in heads)
    text = f"<caption>{typeset(caption)}{small(under).text if under else ''}</caption>"
    body = "\n".join(_row(row, words) for row in rows)
    return (
        f'<div class="eg-scroll"><table class="eg-table" role="table">{text}<thead>'
        f'<tr role="row">{columns}</tr></thead>\n<tbody>{body}</tbody></table></div>'
    )


def published(*parts: str) -> str:
    """Tables and paragraphs as one fragment with its style."""
    return f'<div class="published">{STYLE}\n' + "\n".join(parts) + "\n</div>"
