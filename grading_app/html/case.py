"""The explanation of one case as HTML: in pieces for the app, and whole as a one-page report that prints.

No script, nothing fetched. Whatever was typed is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from grading.explanation.comparison import Comparison, GuidelineGrade, difference_texts
from grading.explanation.explanation import Explanation
from grading.explanation.report import NOTICE, signed
from grading.explanation.sentences import (
    citation,
    finding,
    group_heading,
    issue_texts,
    place,
    rule_source,
    sections,
    stage_text,
    support,
    title,
    unassessed,
    verdict,
)
from grading.explanation.views import CriterionView, GroupView
from grading.reference.guideline import references
from grading.writing import in_words
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


def verdict_html(case: Explanation) -> str:
    """The grade with its scheme, why, and by which rule, in a frame of the grade's colour."""
    colour = GRADE_COLOURS.get(case.grade or "", "currentColor")
    stage, source = stage_text(case), rule_source(case)
    lines = [
        f'<p class="eg-soft">{escape(title(case))}</p>',
        f'<p class="eg-grade">{escape(verdict(case))}</p>',
        f"<p>{escape(case.reason)}</p>",
        f"<p>{escape(stage)}</p>" if stage else "",
        f'<p class="eg-soft">{escape(source)}</p>' if source else "",
    ]
    return f'<section class="eg-verdict" style="border-left-color:{colour}">{"".join(lines)}</section>'


def criteria_html(case: Explanation) -> str:
    """Every criterion of the table in its groups, each with its bar."""
    return "".join(_group(group, case) for group in case.groups)


def _group(group: GroupView, case: Explanation) -> str:
    in_force = [criterion for criterion in group.criteria if criterion.in_force]
    # what was assessed first, each part in the paper's order
    in_order = sorted(in_force, key=lambda criterion: not criterion.assessed)
    rows = "".join(_criterion(criterion, group, place(criterion, group, case)) for criterion in in_order)
    return f'<p class="eg-group">{escape(group_heading(group, case))}</p><ul class="eg-criteria">{rows}</ul>'


def _criterion(criterion: CriterionView, group: GroupView, marks: str) -> str:
    # what the row does is said beside the colour of its bar
    tag = f'<span class="eg-tag">{escape(support(criterion, group))}</span>'
    head = f'{tag}<span class="eg-name">{escape(criterion.label)}</span>'
    if not criterion.assessed:
        return f"<li>{head}: {escape(f'{unassessed(criterion)} [{criterion.cut_offs}]')}</li>"
    # the group's heading says where its rows stand; a row says where that differs
    source = f'<span class="eg-soft">{escape(marks)}</span>' if marks else ""
    return f"<li>{head}: {escape(finding(criterion, group))}{severity_bar(criterion)}{source}</li>"


def why_html(case: Explanation) -> str:
    """Everything behind the grade: what disagrees, what to measure next, cautions; every criterion; what was worked
    out, and what was not used. What is empty is left out."""
    parts = sections(case)
    before = "".join(
        listed(*parts[part]) for part in ("next", "beside", "disagreements", "would_change", "cautions", "general")
    )
    after = "".join(listed(*parts[part]) for part in ("derived", "idle", "unused"))
    return issues_html(case) + before + criteria_html(case) + after


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


def issues_html(case: Explanation) -> str:
    """What is odd or wrong with the values entered."""
    return listed("About the values", issue_texts(case))


def comparison_html(comparison: Comparison) -> str:
    """The same case by several guidelines, and the cut-offs that make the difference."""
    rows = (
        f'<tr><th scope="row">{escape(row.short)}</th><td>{grade_chip(row.grade or "").text}'
        f"{_certainty_and_range(row)}</td><td>{escape(row.reason)}</td></tr>"
        for row in comparison.grades
    )
    lacking = ", ".join(references()[guideline]["short"] for guideline in comparison.not_covered)
    return (
        case_table(("Guideline", "Grade", "Why"), rows)
        + listed("Cut-offs that make a difference", difference_texts(comparison))
        + listed("No table for this valve", [lacking] if lacking else [])
    )


def _certainty_and_range(row: GuidelineGrade) -> str:
    low, high = row.grade_low, row.grade_high
    stage = f"<br>stage {escape(row.stage)}" if row.stage else ""
    certain = row.certainty if row.certainty not in (row.grade, "insufficient") else None
    certainty = f" ({escape(in_words(certain))})" if certain else ""
    between = f"<br>{escape(in_words(low))} to {escape(in_words(high))}" if low and high and low != high else ""
    return f"{certainty}{between}{stage}"


def page(case: Explanation) -> str:
    """A whole page to print or to keep: the grade, every criterion, and what the sentences of the explanation say."""
    parts = [
        verdict_html(case),
        listed(*sections(case)["entered"]),
        why_html(case),
        listed(*sections(case)["report"]),
        f'<p class="eg-soft">{escape(citation(case))} {escape(signed())}</p>',
        f"<p><strong>{escape(NOTICE)}</strong></p>",
    ]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title(case))}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{CSS}{PAGE_CSS}</style></head><body>{''.join(parts)}</body></html>\n"
    )
