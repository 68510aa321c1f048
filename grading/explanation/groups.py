"""The groups of a table for one case: what each holds, how much of it was assessed, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping

from grading.engine.decide import Decision
from grading.engine.tally import Tally
from grading.explanation.criteria import criteria, is_barred
from grading.explanation.graded import GradedCase
from grading.explanation.views import CriterionView, GroupCount, GroupView, StepCount
from grading.reference.table import Group, Row


def counts(decision: Decision) -> dict[str, GroupCount]:
    """How many criteria were met for each grade, of how many, and how many were assessed, per group; one that is for
    another context than the case's is not counted among them."""
    return {
        name: GroupCount(
            int(tally.measured[0]),
            tally.group.size - _barred(tally.group, decision),
            {
                step: StepCount(int(count[0]), tally.group.possible(step))
                for step, count in tally.counts.items()
                if tally.group.possible(step)
            },
        )
        for name, tally in decision.tallies.items()
    }


def _barred(group: Group, decision: Decision) -> int:
    """How many criteria of a group, each with what stands in for it, are for another context."""
    firsts = [row for row in group.rows if not row.instead_of and not row.weak]
    return sum(not _is_open(row, group, decision) for row in firsts)


def _is_open(row: Row, group: Group, decision: Decision) -> bool:
    stand_ins = [other for other in group.rows if other.instead_of == row.key]
    return not is_barred(row, decision) or any(_is_open(other, group, decision) for other in stand_ins)


def groups(case: GradedCase, decision: Decision) -> tuple[GroupView, ...]:
    """Every group of the table with its criteria."""
    count = counts(decision)
    views: dict[str, list[CriterionView]] = {name: [] for name in decision.table.groups}
    for view in criteria(case, decision):
        views[view.group].append(view)
    return tuple(_group(group, views[group.name], count, decision) for group in decision.table.groups.values())


def _group(
    group: Group, views: list[CriterionView], count: Mapping[str, GroupCount], decision: Decision
) -> GroupView:  # fmt: skip
    return GroupView(
        name=group.name,
        title=group.title,
        at=_place(group, views, decision),
        role=group.role,
        counted=group.counted,
        count=count[group.name],
        dissent=_dissent(decision.tallies[group.name]),
        criteria=tuple(views),
    )


def _place(group: Group, views: list[CriterionView], decision: Decision) -> str:
    """Where a group stands: where all its criteria do that are for this context, if some are for another."""
    if not _barred(group, decision):
        return group.at
    barred = [is_barred(row, decision) for row in group.rows]
    places = {view.at for view, no in zip(views, barred, strict=True) if view.in_force and not no}
    return places.pop() or group.at if len(places) == 1 else group.at


def _dissent(tally: Tally) -> bool:
    """True where the rows of a group say one step, and not all of them."""
    return bool(tally.agree_low[0] and tally.agree_low[0] == tally.agree_high[0] and tally.dispute[0])
