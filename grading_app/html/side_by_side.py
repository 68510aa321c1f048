"""Two cases of one valve beside each other, criterion by criterion, each lit in the colour of what it argues for."""

from __future__ import annotations

from html import escape

from grading.explanation.explanation import Explanation
from grading.explanation.sentences import criterion_value, group_assessed, group_counts, unassessed, verdict
from grading.explanation.views import CriterionView, GroupView
from grading_app.html.case import case_table
from grading_app.html.table import grade_chip

CSS = ".eg-lights{width:100%;table-layout:fixed}"


def lights_html(cases: tuple[Explanation, Explanation], names: tuple[str, str]) -> str:
    """The criteria of two cases in one table; both are graded by the same table.

    A criterion that is assessed in neither is left out.
    """
    rows = []
    for groups in zip(*(case.groups for case in cases), strict=True):
        pairs = [
            pair
            for pair in zip(*(group.criteria for group in groups), strict=True)
            if any(criterion.assessed for criterion in pair) and any(criterion.in_force for criterion in pair)
        ]
        if pairs:
            counts = "".join(
                f"<td>{escape(_count(group, case))}</td>" for group, case in zip(groups, cases, strict=True)
            )
            rows.append(f'<tr><th scope="rowgroup">{escape(groups[0].title)}</th>{counts}</tr>')
            rows += [_row(pair) for pair in pairs]
    heads = (f"{name}: {verdict(case)}" for name, case in zip(names, cases, strict=True))
    return case_table(("Criterion", *heads), rows, "eg-lights")


def _count(group: GroupView, case: Explanation) -> str:
    """What a group's heading says of the case, without the group's own title."""
    return "; ".join(part for part in (group_counts(group, case), group_assessed(group)) if part)


def _row(pair: tuple[CriterionView, ...]) -> str:
    cells = "".join(f"<td>{_cell(criterion)}</td>" for criterion in pair)
    return f'<tr><th scope="row">{escape(pair[0].label)}</th>{cells}</tr>'


def _cell(criterion: CriterionView) -> str:
    """The value, and a chip of what it argues for."""
    band = criterion.own_band
    if band is None:
        return f'<span class="eg-soft">{escape(unassessed(criterion))}</span>'
    chip = grade_chip(band.grade).text if band.grade else '<span class="eg-soft">neutral</span>'
    return f"{escape(criterion_value(criterion))} {chip}"
