"""The explanation of one case as text for a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from types import MappingProxyType

from grading.explanation.explanation import Explanation
from grading.explanation.report import NOTICE
from grading.explanation.sentences import (
    NEUTRAL,
    NEVER_COUNTED,
    NOT_ASSESSED,
    SUPPORTS,
    citation,
    finding,
    group_heading,
    issue_texts,
    place,
    rule_source,
    sections,
    stage_text,
    stance,
    title,
    unassessed,
    verdict,
)
from grading.explanation.views import CriterionView, GroupView

WIDTH = 80
#: sections that stand before the criteria
BEFORE = ("next", "beside")

#: what a row does -> the mark before it, and what the legend says of the mark
MARKS = MappingProxyType(
    {
        SUPPORTS: ("+", "supports a grade"),
        NEUTRAL: ("o", NEUTRAL),
        NEVER_COUNTED: ("~", NEVER_COUNTED),
        NOT_ASSESSED: ("-", NOT_ASSESSED),
    }
)


def explanation_text(case: Explanation) -> str:
    """The explanation for a terminal of 80 columns."""
    lines = [title(case), "", *wrapped(verdict(case)), *wrapped(case.reason, "  ")]
    if not case.groups:
        return "\n".join([*lines, "", *wrapped(NOTICE)])
    lines += [*wrapped(stage_text(case), "  "), *wrapped(rule_source(case), "  ")]
    for issue in issue_texts(case):
        lines += wrapped(issue, "  ")
    parts = sections(case)
    for part in BEFORE:
        lines += _listed(*parts.pop(part))
    lines += ["", _legend(case.criteria)]
    for group in case.groups:
        lines += ["", *_group_lines(group, case)]
    for heading, sentences in parts.values():
        lines += _listed(heading, sentences)
    return "\n".join([*lines, "", *wrapped(citation(case)), *wrapped(NOTICE)])


def wrapped(sentence: str, indent: str = "", hang: str = "") -> list[str]:
    """A sentence in lines of 80 columns; lines after the first are set in by `hang`."""
    return textwrap.wrap(
        sentence, WIDTH, initial_indent=indent, subsequent_indent=indent + hang, break_on_hyphens=False
    )


def _listed(heading: str, items: Iterable[str]) -> list[str]:
    lines = [line for item in items for line in wrapped(item, "  ", "  ")]
    return ["", heading, *lines] if lines else []


def _legend(criteria: Iterable[CriterionView]) -> str:
    """What the marks mean; that of rows that are never counted is left out where there is none."""
    stances = {stance(criterion) for criterion in criteria if criterion.in_force}
    return "   ".join(" ".join(MARKS[s]) for s in MARKS if s != NEVER_COUNTED or s in stances)


def _group_lines(group: GroupView, case: Explanation) -> list[str]:
    lines = wrapped(group_heading(group, case))
    for criterion in group.criteria:
        if criterion.in_force:
            lines += _criterion_lines(criterion, group, place(criterion, group, case))
    return lines


def _criterion_lines(criterion: CriterionView, group: GroupView, marks: str) -> list[str]:
    head = f"  {MARKS[stance(criterion)][0]} {criterion.label + ':':<26}"
    text = finding(criterion, group) if criterion.assessed else unassessed(criterion)
    cut_offs = "" if criterion.argues_for else f"  [{criterion.cut_offs}]"
    source = f" ({marks})" if marks else ""
    return wrapped(f"{head} {text}{cut_offs}{source}", "", " " * 31)
