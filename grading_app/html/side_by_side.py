"""Two cases of one valve beside each other, criterion by criterion, each lit in the colour of what it argues for."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from grading.case import Case
from grading.explanation.sentences import group_heading, is_shown, unassessed, value_text, verdict
from grading_app.html.case import case_table
from grading_app.html.table import grade_chip

CSS = ".eg-lights{width:100%;table-layout:fixed}"


def lights_html(
    cases: tuple[Case, Case], answers: tuple[Mapping[str, Any], Mapping[str, Any]], names: tuple[str, str]
) -> str:
    """The criteria of two cases in one table, from their explanations; both are graded by the same table.

    A criterion that is assessed in neither is left out.
    """
    decision = cases[0].decision
    assert decision is not None
    rows = []
    for group in decision.table.groups.values():
        pairs = [
            pair
            for pair in zip(*(a["criteria"] for a in answers), strict=True)
            if pair[0]["group"] == group.name and any(c["assessed"] for c in pair) and any(map(is_shown, pair))
        ]
        if pairs:
            headings = "".join(f"<td>{escape(_count(group_heading(group, a)))}</td>" for a in answers)
            rows.append(f'<tr><th scope="rowgroup">{escape(group.title)}</th>{headings}</tr>')
            rows += [_row(pair) for pair in pairs]
    heads = (f"{name}: {verdict(case)}" for name, case in zip(names, cases, strict=True))
    return case_table(("Criterion", *heads), rows, "eg-lights")


def _count(heading: str) -> str:
    """What a group's heading says of the case, without the group's own title."""
    return heading.partition("): ")[2] or heading.rpartition("; ")[2]


def _row(pair: tuple[Mapping[str, Any], Mapping[str, Any]]) -> str:
    cells = "".join(f"<td>{_cell(criterion)}</td>" for criterion in pair)
    return f'<tr><th scope="row">{escape(pair[0]["label"])}</th>{cells}</tr>'


def _cell(criterion: Mapping[str, Any]) -> str:
    """The value, and a chip of what it argues for."""
    if not criterion["assessed"]:
        return f'<span class="eg-soft">{escape(unassessed(criterion))}</span>'
    band = criterion["bands"][criterion["in_band"] - 1]
    lit = grade_chip(band["grade"]).text if band["grade"] else '<span class="eg-soft">argues for no grade</span>'
    return f"{escape(value_text(criterion))} {lit}"
