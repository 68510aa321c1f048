"""The explanation of one case as HTML: in pieces for the app, and whole as a one-page report that prints.

No script, nothing fetched. The templates escape whatever was typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from markupsafe import Markup

from grading.case import Case
from grading.explanation.comparison import Comparison, GuidelineGrade, difference_texts
from grading.explanation.explanation import Explanation
from grading.explanation.next_step import next_step
from grading.explanation.report import NOTICE, signed
from grading.explanation.sentences import (
    NOT_ASSESSED,
    SUPPORTS,
    change_texts,
    citation,
    finding,
    group_heading,
    issue_texts,
    place,
    rule_source,
    sections,
    stage_text,
    stance,
    support,
    title,
    unassessed,
    verdict,
)
from grading.explanation.views import CriterionView, GroupView
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import references
from grading.writing import in_words, upper
from grading_app.html.bars import severity_bar
from grading_app.html.render import piece, render, style_html
from grading_app.palette import THEMES, filled

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion of a list: what it does, its label, its value or what is missing, its bar, and its place; the style
    of what it supports, and whether it waits for a value that was refused."""

    support: str
    label: str
    text: str
    bar: Markup | None = None
    place: str = ""
    style: str = ""
    waits: bool = False


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
    return _verdict(case, is_live, source=rule_source(case))


def answer_html(case: Explanation, caution: str = "") -> Markup:
    """The answer first: the grade, one sentence, and what to do next. `caution`: what must be said beside the grade."""
    return _verdict(case, True, caution=caution, next_=next_step(case))


def _verdict(case: Explanation, is_live: bool, source: str = "", caution: str = "", next_: str = "") -> Markup:
    return render(
        "verdict.html",
        title=title(case),
        grade=case.grade,
        verdict=verdict(case),
        reason=case.reason,
        stage=stage_text(case),
        source=source,
        caution=caution,
        next=next_,
        is_live=is_live,
    )


def unanswered_html(valve: str, guideline: str, heading: str, *lines: str) -> Markup:
    """What stands in place of a grade where there is none to give: a heading, and what to do."""
    name = f"{upper(valve)} regurgitation by {references()[guideline]['short']}"
    return render("invitation.html", title=name, heading=heading, lines=lines)


def unseen_title(name: str) -> Markup:
    """The title of a page that has no room for one, for screen readers and lists of headings."""
    return piece("unseen_title", name)


def side_mark(side: str) -> Markup:
    """Which side of the page a narrow screen shows: 'form' or 'why'."""
    return piece("side_mark", side)


def criteria_html(case: Explanation, refused: Mapping[str, str] = _NONE, only_known: bool = False) -> Markup:
    """Every criterion of the table in its groups, each with its bar.

    `refused`: measurement -> the label of the refused value that it waits for. `only_known`: without those that were
    not assessed and wait for nothing.
    """
    groups = ((group, _rows(group, case, refused)) for group in case.groups)
    shown = [(group, [row for row in rows if not only_known or _is_known(row)]) for group, rows in groups]
    return render("criteria.html", groups=[(group_heading(group, case), rows) for group, rows in shown])


def unassessed_html(case: Explanation, refused: Mapping[str, str] = _NONE) -> tuple[Markup, int]:
    """The criteria that were not assessed, in their groups, and how many there are."""
    groups = [
        (group.title, [row for row in _rows(group, case, refused) if not _is_known(row)]) for group in case.groups
    ]
    rows = render("criteria.html", groups=[(name, rows) for name, rows in groups if rows])
    return rows, sum(len(rows) for _, rows in groups)


def _is_known(row: CriterionRow) -> bool:
    return row.support != NOT_ASSESSED or row.waits


def _rows(group: GroupView, case: Explanation, refused: Mapping[str, str]) -> list[CriterionRow]:
    in_force = [criterion for criterion in group.criteria if criterion.in_force]
    # what was assessed first, each part in the paper's order
    in_order = sorted(in_force, key=lambda criterion: not criterion.assessed)
    return [_row(one, group, place(one, group, case), refused.get(one.measurement, "")) for one in in_order]


def _row(criterion: CriterionView, group: GroupView, marks: str, refused: str) -> CriterionRow:
    support_text = support(criterion, group)
    if not criterion.assessed and refused:
        return CriterionRow("not counted", criterion.label, f"until {refused} is corrected", waits=True)
    if not criterion.assessed:
        return CriterionRow(support_text, criterion.label, f"{unassessed(criterion)} [{criterion.cut_offs}]")
    style = filled(criterion.own_band.grade or "") if criterion.own_band and stance(criterion) == SUPPORTS else ""
    # the group's heading says where its rows stand; a row says where that differs
    return CriterionRow(support_text, criterion.label, finding(criterion, group), severity_bar(criterion), marks, style)


def why_html(case: Explanation) -> Markup:
    """Everything behind the grade: what disagrees, what to measure next, cautions; every criterion; what was worked
    out, and what was not used. What is empty is left out."""
    parts = sections(case)
    before = [parts[part] for part in ("next", "beside", "disagreements", "would_change", "cautions", "general")]
    after = [parts[part] for part in ("derived", "idle", "unused")]
    issues = ("About the values", issue_texts(case))
    return render("why.html", before=[issues, *before], criteria=criteria_html(case), after=after)


def grounds_html(case: Explanation, refused: Mapping[str, str] = _NONE) -> Markup:
    """What stands behind the grade and is shown at once: the rule, what disagrees, cautions of this case, the criteria
    that were assessed, what was worked out, and what was not used."""
    parts = sections(case)
    source = rule_source(case)
    rule = ("Decided by", [source] if source else [])
    before = [rule, *(parts[part] for part in ("disagreements", "beside", "cautions"))]
    after = [parts[part] for part in ("derived", "idle", "unused")]
    return render("why.html", before=before, criteria=criteria_html(case, refused, only_known=True), after=after)


def changes_html(case: Explanation, units: Mapping[str, str] = _NONE) -> Markup:
    """What one more value could change, in the units of the form."""
    heading = sections(case)["would_change"][0]
    return piece("listed", heading, change_texts(case, units=units))


def general_html(case: Explanation) -> Markup:
    """What belongs to every study of the valve."""
    return piece("listed", *sections(case)["general"])


def glossary_html(heading: str, rows: Iterable[tuple[str, str]]) -> Markup:
    """A heading that opens to what each field asks: labels and texts."""
    return render("glossary.html", heading=heading, rows=list(rows))


def listed(heading: str, items: Iterable[str]) -> Markup:
    """A heading over a list; '' for an empty one."""
    return piece("listed", heading, list(items))


def findings_html(case: Case) -> Markup:
    """Everything that was entered, as a table."""
    words = load_catalogue().words
    findings = [
        (
            load_catalogue()[e.name].label,
            words[e.name].text(words[e.name].values[int(e.value) - 1]) if e.name in words else e.text,
        )
        for e in case.reading.entered.values()
    ]
    return render("findings.html", findings=findings)


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
