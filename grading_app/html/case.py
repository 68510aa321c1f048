"""The explanation of one case as HTML: in pieces for the app, and whole as a one-page report that prints.

No script, nothing fetched. The templates escape whatever was typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from grading.case import Case
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
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import references
from grading.writing import in_words
from grading_app.html.bars import severity_bar
from grading_app.html.render import piece, render, style_html
from grading_app.palette import THEMES


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion of a list: what it does, its label, its value or what is missing, its bar, and its place."""

    support: str
    label: str
    text: str
    bar: Markup | None = None
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidelineRow:
    """One guideline of a comparison; a part that is not said is ''."""

    name: str
    grade: str
    certainty: str
    range: str
    stage: str
    reason: str


def verdict_html(case: Explanation, is_live: bool = False) -> Markup:
    """The grade with its scheme, why, and by which rule, in a frame of the grade's colour.

    `is_live`: a screen reader says it again when it changes.
    """
    return render(
        "verdict.html",
        title=title(case),
        grade=case.grade,
        verdict=verdict(case),
        reason=case.reason,
        stage=stage_text(case),
        source=rule_source(case),
        is_live=is_live,
    )


def unseen_title(name: str) -> Markup:
    """The title of a page that has no room for one, for screen readers and lists of headings."""
    return piece("unseen_title", name)


def line_html(case: Explanation) -> Markup:
    """The grade in one line."""
    return render("line.html", title=title(case), verdict=verdict(case))


def criteria_html(case: Explanation) -> Markup:
    """Every criterion of the table in its groups, each with its bar."""
    return render("criteria.html", groups=[(group_heading(group, case), _rows(group, case)) for group in case.groups])


def _rows(group: GroupView, case: Explanation) -> list[CriterionRow]:
    in_force = [criterion for criterion in group.criteria if criterion.in_force]
    # what was assessed first, each part in the paper's order
    in_order = sorted(in_force, key=lambda criterion: not criterion.assessed)
    return [_row(criterion, group, place(criterion, group, case)) for criterion in in_order]


def _row(criterion: CriterionView, group: GroupView, marks: str) -> CriterionRow:
    support_text = support(criterion, group)
    if not criterion.assessed:
        return CriterionRow(support_text, criterion.label, f"{unassessed(criterion)} [{criterion.cut_offs}]")
    # the group's heading says where its rows stand; a row says where that differs
    return CriterionRow(support_text, criterion.label, finding(criterion, group), severity_bar(criterion), marks)


def why_html(case: Explanation) -> Markup:
    """Everything behind the grade: what disagrees, what to measure next, cautions; every criterion; what was worked
    out, and what was not used. What is empty is left out."""
    parts = sections(case)
    before = [parts[part] for part in ("next", "beside", "disagreements", "would_change", "cautions", "general")]
    after = [parts[part] for part in ("derived", "idle", "unused")]
    issues = ("About the values", issue_texts(case))
    return render("why.html", before=[issues, *before], criteria=criteria_html(case), after=after)


def listed(heading: str, items: Iterable[str]) -> Markup:
    """A heading over a list; '' for an empty one."""
    return piece("listed", heading, list(items))


def findings_html(case: Case) -> Markup:
    """Everything that was entered, as a table."""
    entered = case.reading.entered.values()
    return render("findings.html", findings=[(load_catalogue()[e.name].label, in_words(e.text)) for e in entered])


def comparison_html(comparison: Comparison) -> Markup:
    """The same case by several guidelines, and the cut-offs that make the difference."""
    not_covered = [references()[guideline]["short"] for guideline in comparison.not_covered]
    return render(
        "comparison.html",
        rows=[_guideline_row(row) for row in comparison.grades],
        differences=difference_texts(comparison),
        not_covered=[", ".join(not_covered)] if not_covered else [],
    )


def _guideline_row(row: GuidelineGrade) -> GuidelineRow:
    low, high = row.grade_low, row.grade_high
    certain = row.certainty if row.certainty not in (row.grade, "insufficient") else None
    return GuidelineRow(
        name=row.short,
        grade=row.grade or "rejected",
        certainty=in_words(certain or ""),
        range=f"{in_words(low)} to {in_words(high)}" if low and high and low != high else "",
        stage=row.stage or "",
        reason=row.reason,
    )


def page(case: Explanation) -> Markup:
    """A whole page to print or to keep: the grade, every criterion, and what the sentences of the explanation say."""
    parts = sections(case)
    html = render(
        "case_page.html",
        layout="eg-upright",
        style=style_html(THEMES["light"]),
        title=title(case),
        verdict=verdict_html(case),
        entered=parts["entered"],
        why=why_html(case),
        report=parts["report"],
        citation=citation(case),
        signed=signed(),
        notice=NOTICE,
    )
    return html + "\n"
