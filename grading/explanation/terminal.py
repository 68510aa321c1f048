"""The explanation of one case as text for a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from grading.explanation.graded import GradedCase
from grading.explanation.report import NOTICE
from grading.explanation.sentences import (
    ARGUES,
    NEVER_COUNTED,
    NOT_ASSESSED,
    SILENT,
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
from grading.reference.table import Group

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


def text(case: GradedCase, answer: Mapping[str, Any]) -> str:
    """The explanation for a terminal of 80 columns; `answer` is the case as `GradedCase.to_dict` gives it."""
    lines = [title(case), "", *wrapped(verdict(case)), *wrapped(answer["reason"], "  ")]
    if case.decision is None:
        return "\n".join([*lines, "", *wrapped(NOTICE)])
    lines += wrapped(rule_source(answer), "  ")
    for issue in answer["issues"]:
        lines += wrapped(f"{issue['severity']}: {issue['message']}.", "  ")
    groups = case.decision.table.groups
    lines += ["", _legend(groups, answer)]
    for group in groups.values():
        lines += ["", *_group_lines(group, answer)]
    for heading, sentences in sections(answer).values():
        lines += _listed(heading, sentences)
    return "\n".join([*lines, "", *wrapped(citation(answer)), *wrapped(NOTICE)])


def wrapped(sentence: str, indent: str = "", hang: str = "") -> list[str]:
    """A sentence in lines of 80 columns; lines after the first are set in by `hang`."""
    return textwrap.wrap(
        sentence, WIDTH, initial_indent=indent, subsequent_indent=indent + hang, break_on_hyphens=False
    )


def _listed(title: str, items: list[str]) -> list[str]:
    return ["", title, *(line for item in items for line in wrapped(item, "  ", "  "))] if items else []


def _legend(groups: Mapping[str, Group], answer: Mapping[str, Any]) -> str:
    """What the marks mean; that of rows that are never counted is left out where there is none."""
    stances = {stance(c, groups[c["group"]]) for c in answer["criteria"] if is_shown(c)}
    return "   ".join(" ".join(MARKS[s]) for s in MARKS if s != NEVER_COUNTED or s in stances)


def _group_lines(group: Group, answer: Mapping[str, Any]) -> list[str]:
    lines = wrapped(group_heading(group, answer))
    for criterion in answer["criteria"]:
        if criterion["group"] == group.name and is_shown(criterion):
            lines += _criterion_lines(criterion, group, answer["rests_on"])
    return lines


def _criterion_lines(criterion: dict[str, Any], group: Group, rests_on: str) -> list[str]:
    marks = place(criterion, group, rests_on)
    stands = f" ({marks})" if marks else ""
    head = f"  {MARKS[stance(criterion, group)][0]} {criterion['label'] + ':':<26}"
    said = finding(criterion, group) if criterion["assessed"] else unassessed(criterion)
    cuts = "" if criterion["argues_for"] else f"  [{criterion['cut_offs']}]"
    return wrapped(f"{head} {said}{cuts}{stands}", "", " " * 31)
