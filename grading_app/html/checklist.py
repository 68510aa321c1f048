"""The sheet to hold beside a paper and to sign, as a page that prints: one line a cut-off, with a box to tick.

No script, nothing fetched.
"""

from __future__ import annotations

from markupsafe import Markup

from grading.explanation.checklist import Checklist
from grading.explanation.checklist_text import (
    CUT_OFF_HEADS,
    OTHER_HEADS,
    RULE_HEADS,
    SIGNATURE,
    cut_off_cells,
    heading,
    other_cells,
    rule_cells,
)
from grading.explanation.report import NOTICE
from grading_app.html.render import piece, render, style_html
from grading_app.html.table import Piece, published, web_table
from grading_app.palette import THEMES


def checklist_html(sheet: Checklist) -> Markup:
    """The tables of the sheet."""
    title, paper, state = heading(sheet.table)
    groups = (
        web_table(name, "", CUT_OFF_HEADS, (_boxed(cut_off_cells(line)) for line in lines))
        for name, lines in sheet.groups.items()
    )
    rules = web_table(
        "Decision", "The first rule that holds decides.", RULE_HEADS, (_boxed(rule_cells(line)) for line in sheet.rules)
    )
    others = web_table("Quantities and stages", "", OTHER_HEADS, (_boxed(other_cells(line)) for line in sheet.others))
    tables = (*groups, rules, others) if sheet.others else (*groups, rules)
    return published(piece("title", title, [paper, f"{state}."]), *tables, piece("paragraph", SIGNATURE))


def _boxed(cells: tuple[str, ...]) -> list[Piece]:
    return [piece("tick_box"), *cells[1:]]


def checklist_page(sheet: Checklist) -> Markup:
    """A whole page to print and to sign."""
    title, _, _ = heading(sheet.table)
    html = render(
        "checklist_page.html",
        layout="eg-across",
        style=style_html(THEMES["light"]),
        title=title,
        checklist=checklist_html(sheet),
        notice=NOTICE,
    )
    return html + "\n"
