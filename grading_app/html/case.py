"""The explanation of one case as HTML: in pieces for the app, and whole as a one-page report that prints.

No script, nothing fetched. Whatever was typed is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from grading.case import Case
from grading.explanation.report import NOTICE, signed
from grading.explanation.sentences import (
    citation,
    finding,
    group_heading,
    is_shown,
    place,
    rule_source,
    sections,
    stance,
    title,
    unassessed,
    verdict,
)
from grading.reference.guideline import references
from grading.reference.table import Group
from grading.writing import in_words, quantity
from grading_app.html.bars import CSS as BAR_CSS
from grading_app.html.bars import severity_bar
from grading_app.html.table import TABLE_CSS, grade_chip
from grading_app.palette import GRADE_COLOURS, THEMES

CSS = (
    """
.eg-verdict{border:1px solid color-mix(in srgb,currentColor 25%,transparent);border-left-width:12px;
  border-radius:8px;padding:10px 14px;margin:0 0 10px}
.eg-verdict p{margin:0 0 4px}
.eg-grade{font-size:1.45rem;font-weight:700;line-height:1.25;overflow-wrap:anywhere}
.eg-soft{opacity:.8;font-size:.9rem}
.eg-group{margin:14px 0 4px;font-weight:700}
ul.eg-criteria.eg-criteria{list-style:none;margin:0;padding:0}
ul.eg-criteria.eg-criteria li{margin:0;padding:7px 0;
  border-top:1px solid color-mix(in srgb,currentColor 15%,transparent)}
.eg-name{font-weight:600}
.eg-tag{display:inline-block;font-size:.78rem;border:1px solid currentColor;border-radius:9px;padding:0 7px;
  margin-right:6px}
.eg-list{margin:4px 0 10px;padding-left:20px}
.eg-list li{margin:3px 0;overflow-wrap:anywhere}
"""
    + TABLE_CSS
    + BAR_CSS
)

PAGE_CSS = (
    "body{font-family:system-ui,sans-serif;line-height:1.4;max-width:760px;margin:20px auto;padding:0 14px;"
    f"color:{THEMES['light'].ink};background:{THEMES['light'].paper}}}"
    "*{-webkit-print-color-adjust:exact;print-color-adjust:exact}"
    "@media print{@page{size:A4;margin:8mm}html{font-size:9.5px}body{font-size:1rem;margin:0;max-width:none;padding:0}"
    "ul.eg-criteria.eg-criteria{columns:2;column-gap:22px}"
    "ul.eg-criteria.eg-criteria li{break-inside:avoid;padding:3px 0}"
    ".eg-band,.eg-cuts{font-size:8px}.eg-cuts{height:11px}.eg-bar{margin-top:10px}.eg-group{margin:7px 0 2px}"
    ".eg-list{columns:2;column-gap:22px;margin:2px 0 5px}.eg-list li{margin:1px 0}}"
)


def verdict_html(case: Case, answer: Mapping[str, Any]) -> str:
    """The grade with its scheme, why, and by which rule, in a frame of the grade's colour."""
    colour = GRADE_COLOURS.get(case.grade or "", "currentColor")
    lines = [
        f'<p class="eg-soft">{escape(title(case))}</p>',
        f'<p class="eg-grade">{escape(verdict(case))}</p>',
        f"<p>{escape(answer['reason'])}</p>",
        f'<p class="eg-soft">{escape(rule_source(answer))}</p>' if answer["rule_source"] else "",
    ]
    return f'<section class="eg-verdict" style="border-left-color:{colour}">{"".join(lines)}</section>'


def criteria_html(case: Case, answer: Mapping[str, Any]) -> str:
    """Every criterion of the table in its groups, each with its bar."""
    if case.decision is None:
        return ""
    groups = case.decision.table.groups.values()
    return "".join(_group(group, answer) for group in groups)


def _group(group: Group, answer: Mapping[str, Any]) -> str:
    own = [c for c in answer["criteria"] if c["group"] == group.name and is_shown(c)]
    # what was assessed first, each part in the paper's order
    rows = "".join(_criterion(c, group, answer["rests_on"]) for c in sorted(own, key=lambda c: not c["assessed"]))
    return f'<p class="eg-group">{escape(group_heading(group, answer))}</p><ul class="eg-criteria">{rows}</ul>'


def _criterion(criterion: Mapping[str, Any], group: Group, rests_on: str) -> str:
    # what the row does is said beside the colour of its bar
    head = _named(stance(criterion, group), criterion)
    if not criterion["assessed"]:
        said = f"{unassessed(criterion)} [{criterion['cut_offs']}]"
        return f"<li>{head}: {escape(said)}</li>"
    said = escape(finding(criterion, group))
    # the group's heading says where its rows stand; a row says where that differs
    marks = escape(place(criterion, group, rests_on))
    stands = f'<span class="eg-soft">{marks}</span>' if marks else ""
    return f"<li>{head}: {said}{severity_bar(criterion)}{stands}</li>"


def _named(state: str, criterion: Mapping[str, Any]) -> str:
    return f'<span class="eg-tag">{state}</span><span class="eg-name">{escape(criterion["label"])}</span>'


def why_html(case: Case, answer: Mapping[str, Any]) -> str:
    """Everything behind the grade: what disagrees, what to measure next, cautions; every criterion; what was worked
    out, and what was not used. What is empty is left out."""
    said = sections(answer)
    before = "".join(listed(*said[part]) for part in ("disagreements", "would_change", "cautions"))
    after = "".join(listed(*said[part]) for part in ("derived", "unused"))
    return issues_html(answer) + before + criteria_html(case, answer) + after


def listed(heading: str, items: Iterable[str]) -> str:
    """A heading over a list; '' for an empty one."""
    rows = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f'<p class="eg-group">{escape(heading)}</p><ul class="eg-list">{rows}</ul>' if rows else ""


def case_table(heads: Iterable[str], rows: Iterable[str], kind: str = "") -> str:
    """A table of a case: heads as text, rows as HTML; `kind` is a further class."""
    cells = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    return (
        f'<div class="eg-scroll"><table class="{f"eg-table {kind}".strip()}"><thead><tr>{cells}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def issues_html(answer: Mapping[str, Any]) -> str:
    """What is odd or wrong with the values entered."""
    return listed("About the values", (f"{i['severity']}: {i['message']}." for i in answer["issues"]))


def comparison_html(compared: Mapping[str, Any]) -> str:
    """The same case by several guidelines, and the cut-offs that make the difference; see `compare.describe`."""
    rows = "".join(
        f'<tr><th scope="row">{escape(references()[row["guideline"]]["short"])}</th><td>{grade_chip(row["grade"]).text}'
        f"{_between(row)}</td><td>{escape(row['reason'])}</td></tr>"
        for row in compared["grades"]
    )
    sentences = [f"{d['sentence']}." for d in compared["differences"]]
    none = ["none: no measurement is severe in one guideline and not in another"]
    lacking = ", ".join(references()[guideline]["short"] for guideline in compared["not_covered"])
    return (
        case_table(("Guideline", "Grade", "Why"), [rows])
        + listed("Cut-offs that make a difference", sentences or none)
        + listed("No table for this valve", [lacking] if lacking else [])
    )


def _between(row: Mapping[str, Any]) -> str:
    low, high = row["grade_low"], row["grade_high"]
    stage = f"<br>stage {escape(row['stage'])}" if row["stage"] else ""
    certain = row["certainty"] if row["certainty"] not in (row["grade"], "insufficient") else None
    certainty = f" ({escape(in_words(certain))})" if certain else ""
    between = f"<br>{escape(in_words(low))} to {escape(in_words(high))}" if low and high and low != high else ""
    return f"{certainty}{between}{stage}"


def page(case: Case, answer: Mapping[str, Any]) -> str:
    """A whole page to print or to keep: the grade, every criterion, and what the sentences of the explanation say."""
    entered = [f"{e['label']}: {_typed(e)}" for e in answer["entered"]]
    parts = [
        verdict_html(case, answer),
        listed("Entered", ["; ".join(entered)] if entered else []),
        why_html(case, answer),
        listed(*sections(answer)["report"]),
        f'<p class="eg-soft">{escape(citation(answer))} {escape(signed())}</p>',
        f"<p><strong>{escape(NOTICE)}</strong></p>",
    ]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title(case))}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{CSS}{PAGE_CSS}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _typed(entered: Mapping[str, Any]) -> str:
    return quantity(entered["typed"], entered["unit"]) if "unit" in entered else in_words(entered["value"])
