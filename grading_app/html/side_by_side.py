"""Two cases of one valve beside each other, criterion by criterion, each lit in the colour of what it argues for."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from grading.explanation.explanation import Explanation
from grading.explanation.sentences import criterion_value, group_assessed, group_counts, unassessed, verdict
from grading.explanation.views import CriterionView, GroupView
from grading_app.html.render import render


@dataclass(frozen=True, slots=True)
class Light:
    """A criterion in one case: its value and the grade it argues for ('' for neither), or what is missing."""

    value: str
    grade: str
    unassessed: str


@dataclass(frozen=True, slots=True)
class LightRow:
    """A criterion in both cases."""

    label: str
    cells: tuple[Light, ...]


@dataclass(frozen=True, slots=True)
class LightGroup:
    """A group of criteria, with what its heading says of each case."""

    title: str
    counts: tuple[str, ...]
    rows: tuple[LightRow, ...]


def lights_html(cases: tuple[Explanation, Explanation], names: tuple[str, str]) -> Markup:
    """The criteria of two cases in one table; both are graded by the same table.

    A criterion that is assessed in neither is left out.
    """
    heads = [f"{name}: {verdict(case)}" for name, case in zip(names, cases, strict=True)]
    groups = [_group(groups, cases) for groups in zip(*(case.groups for case in cases), strict=True)]
    return render("lights.html", heads=["Criterion", *heads], groups=[group for group in groups if group.rows])


def _group(groups: tuple[GroupView, ...], cases: tuple[Explanation, Explanation]) -> LightGroup:
    rows = tuple(
        LightRow(pair[0].label, tuple(_light(criterion) for criterion in pair))
        for pair in zip(*(group.criteria for group in groups), strict=True)
        if any(criterion.assessed for criterion in pair) and any(criterion.in_force for criterion in pair)
    )
    counts = tuple(_count(group, case) for group, case in zip(groups, cases, strict=True))
    return LightGroup(groups[0].title, counts, rows)


def _count(group: GroupView, case: Explanation) -> str:
    """What a group's heading says of the case, without the group's own title."""
    return "; ".join(part for part in (group_counts(group, case), group_assessed(group)) if part)


def _light(criterion: CriterionView) -> Light:
    band = criterion.own_band
    if band is None:
        return Light("", "", unassessed(criterion))
    return Light(criterion_value(criterion), band.grade or "", "")
