"""The sheet to hold beside a paper and to sign, as a page that prints: one line a cut-off, with a box to tick.

No script, nothing fetched.
"""

from __future__ import annotations

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
from grading_app.html.table import Html, Piece, published, typeset, web_table
from grading_app.palette import THEMES

#: an empty box, a little larger than the letters
BOX = Html('<span class="eg-box" role="img" aria-label="to tick"></span>')

PAGE_CSS = (
    "body{font-family:system-ui,sans-serif;line-height:1.35;margin:16px auto;padding:0 14px;max-width:1200px;"
    f"color:{THEMES['light'].ink};background:{THEMES['light'].paper}}}"
    ".eg-box{display:inline-block;width:1em;height:1em;border:1.5px solid currentColor;border-radius:2px}"
    "@media print{@page{size:A4 landscape;margin:8mm}html{font-size:9px}body{margin:0;max-width:none;padding:0}"
    "tr{break-inside:avoid}thead{display:table-header-group}.eg-scroll{overflow:visible}}"
)


def checklist_html(sheet: Checklist) -> str:
    """The tables of the sheet."""
    title, paper, state = heading(sheet.table)
    head = f"<p><b>{typeset(title)}</b><br>{typeset(paper)}<br>{typeset(state)}.</p>"
    groups = (
        web_table(name, "", CUT_OFF_HEADS, (_boxed(cut_off_cells(line)) for line in lines))
        for name, lines in sheet.groups.items()
    )
    rules = web_table(
        "Decision", "The first rule that holds decides.", RULE_HEADS, (_boxed(rule_cells(line)) for line in sheet.rules)
    )
    others = (
        web_table("Quantities and stages", "", OTHER_HEADS, (_boxed(other_cells(line)) for line in sheet.others))
        if sheet.others
        else ""
    )
    return published(head, *groups, rules, others, f"<p>{typeset(SIGNATURE)}</p>")


def _boxed(cells: tuple[str, ...]) -> list[Piece]:
    return [BOX, *cells[1:]]


def checklist_page(sheet: Checklist) -> str:
    """A whole page to print and to sign."""
    title, _, _ = heading(sheet.table)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{typeset(title)}: checklist</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{PAGE_CSS}</style></head><body>{checklist_html(sheet)}"
        f"<p><strong>{typeset(NOTICE)}</strong></p></body></html>\n"
    )
