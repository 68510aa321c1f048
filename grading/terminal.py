"""The explanation of one case as text for a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from grading.case import Case
from grading.report import NOTICE
from grading.table import Group
from grading.wording import (
    citation,
    finding,
    group_heading,
    is_shown,
    place,
    rule_source,
    sections,
    title,
    unassessed,
    verdict,
)

WIDTH = 80


def text(case: Case, answer: Mapping[str, Any]) -> str:
    """The explanation for a terminal of 80 columns; `answer` is the case as `Case.to_dict` gives it."""
    lines = [title(case), "", *wrapped(verdict(case)), *wrapped(answer["reason"], "  ")]
    if case.decision is None:
        return "\n".join([*lines, "", *wrapped(NOTICE)])
    lines += wrapped(rule_source(answer), "  ")
    for issue in answer["issues"]:
        lines += wrapped(f"{issue['severity']}: {issue['message']}.", "  ")
    lines += ["", "+ argues for a grade   o for no grade   - not assessed"]
    for group in case.decision.table.groups.values():
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


def _group_lines(group: Group, answer: Mapping[str, Any]) -> list[str]:
    lines = wrapped(group_heading(group, answer))
    for criterion in answer["criteria"]:
        if criterion["group"] == group.name and is_shown(criterion):
            lines += _criterion_lines(criterion, group, answer["rests_on"])
    return lines


def _criterion_lines(criterion: dict[str, Any], group: Group, rests_on: str) -> list[str]:
    marks = place(criterion, group, rests_on)
    stands = f" ({marks})" if marks else ""
    mark = "-" if not criterion["assessed"] else "+" if criterion["argues_for"] else "o"
    head = f"  {mark} {criterion['label'] + ':':<26}"
    said = finding(criterion, group) if criterion["assessed"] else unassessed(criterion)
    cuts = "" if criterion["argues_for"] else f"  [{criterion['cut_offs']}]"
    return wrapped(f"{head} {said}{cuts}{stands}", "", " " * 31)
