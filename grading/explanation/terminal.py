"""The explanation of one case as text for a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from types import MappingProxyType

from grading.explanation.describe import Explanation
from grading.explanation.sentences import (
    ARGUES,
    NEVER_COUNTED,
    NOT_ASSESSED,
    SILENT,
    citation,
    finding,
    group_heading,
    issue_texts,
    place,
    rule_source,
    sections,
    stance,
    title,
    unassessed,
    verdict,
)
from grading.explanation.views import CriterionView, GroupView

WIDTH = 80

#: what a row does -> the mark before it, and what the legend says of the mark
MARKS = MappingProxyType(
    {
        ARGUES: ("+", "argues for a grade"),
        SILENT: ("o", "for no grade"),
        NEVER_COUNTED: ("~", NEVER_COUNTED),
        NOT_ASSESSED: ("-", NOT_ASSESSED),
    }
)


def explanation_text(case: Explanation) -> str:
    """The explanation for a terminal of 80 columns."""
    lines = [title(case), "", *wrapped(verdict(case)), *wrapped(case.reason, "  ")]
    if not case.groups:
        return "\n".join([*lines, "", *wrapped(case.notice)])
    lines += wrapped(rule_source(case), "  ")
    for issue in issue_texts(case):
        lines += wrapped(issue, "  ")
    lines += ["", _legend(case.criteria)]
    for group in case.groups:
        lines += ["", *_group_lines(group, case)]
    for heading, sentences in sections(case).values():
        lines += _listed(heading, sentences)
    return "\n".join([*lines, "", *wrapped(citation(case)), *wrapped(case.notice)])


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
            lines += _criterion_lines(criterion, place(criterion, group, case))
    return lines


def _criterion_lines(criterion: CriterionView, marks: str) -> list[str]:
    head = f"  {MARKS[stance(criterion)][0]} {criterion.label + ':':<26}"
    text = finding(criterion) if criterion.assessed else unassessed(criterion)
    cut_offs = "" if criterion.argues_for else f"  [{criterion.cut_offs}]"
    source = f" ({marks})" if marks else ""
    return wrapped(f"{head} {text}{cut_offs}{source}", "", " " * 31)
