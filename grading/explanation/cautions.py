"""Sentences to keep in mind beside a grade; they never change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from grading.engine.columns import ENTERED
from grading.engine.decide import Decision
from grading.engine.fill import read_by
from grading.engine.rule_tests import met
from grading.explanation.value_text import value_text
from grading.explanation.votes import counted, label, votes
from grading.explanation.witness import witness
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import references
from grading.reference.scale import GRADES, SEVERITY, Mask
from grading.writing import joined, plain, upper

if TYPE_CHECKING:
    from grading.explanation.views import CautionView

#: quantities that one PISA radius gives
FROM_A_RADIUS = ("eroa", "regurgitant_volume", "regurgitant_fraction")
ONE_WITNESS = "reading: what rests on one measurement is one witness"


def cautions(decision: Decision) -> Iterator[CautionView]:
    """One witness behind several quantities, a small stroke volume, the table's own cautions, and a record that no rule
    asks for."""
    from grading.explanation.views import CautionView

    shared = witness(decision, 0) or _typed_together(decision)
    if shared:
        yield CautionView(shared, ONE_WITNESS)
    flow = stroke_volumes(decision)
    if flow:
        yield CautionView(flow, "arithmetic: fraction = regurgitant volume / total stroke volume")
    for caution in decision.table.cautions:
        masks = [met(condition, decision.tallies, decision.filled.columns) for condition in caution.when]
        if all(mask is not None and mask[0] for mask in masks):
            yield CautionView(caution.text, caution.at, caution.general)
    for value in recorded_beside(decision):
        yield CautionView(f"{upper(recorded_text(value, [decision]))}.", "reading: nothing recorded is passed over")


def _typed_together(decision: Decision) -> str:
    """Quantities typed as results may come from one radius, which nobody but their reader knows."""
    voiced = {name for tally in counted(decision) for name, _ in votes(tally, 0)}
    sources = decision.filled.sources
    names = [n for n in FROM_A_RADIUS if n in voiced and (n not in sources or sources[n][0] == ENTERED)]
    if len(names) < 2:
        return ""
    return f"If {joined([label(name) for name in names])} come from one PISA radius, they are one witness."


def stroke_volumes(decision: Decision) -> str:
    """The stroke volumes that a regurgitant volume and its fraction imply, where the fraction is the more severe of the
    two: it says whether flow is low without a limit for it."""
    steps = {name: step for tally in counted(decision) for name, step in votes(tally, 0) if name in FROM_A_RADIUS}
    grades = {name: _severity(name, steps[name], decision) for name in steps}
    if grades.get("regurgitant_fraction", -1) <= grades.get("regurgitant_volume", 99):
        return ""
    catalogue, columns = load_catalogue(), decision.filled.columns
    volume, fraction = (float(columns[name][0]) for name in ("regurgitant_volume", "regurgitant_fraction"))
    if not fraction:
        return ""
    total = 100 * volume / fraction
    texts = (value_text(catalogue[name], columns[name][0]) for name in ("regurgitant_volume", "regurgitant_fraction"))
    return (
        f"A regurgitant volume of {' with a fraction of '.join(texts)} means a total stroke volume of "
        f"{plain(round(total))} mL, {plain(round(total - volume))} mL of it forward: at a small stroke volume the "
        "regurgitant volume of a severe leak is small too."
    )


def _severity(name: str, step: str, decision: Decision) -> int:
    """The place of the step a measurement argues for, mildest first."""
    group = next(t.group for t in counted(decision) if any(row.name == name for row in t.group.rows))
    bare = step.rstrip("+-")
    return list(group.steps).index(bare) if bare in group.steps else SEVERITY.index(bare)


def recorded_beside(decision: Decision) -> dict[str, Mask]:
    """'none' and 'trace' -> the rows for which that was recorded, and which a table grades that does not ask for it."""
    recorded = decision.filled.columns.get("regurgitation")
    if recorded is None or "regurgitation" in read_by(decision.table):
        return {}
    word, measured = load_catalogue().words["regurgitation"], decision.grade != GRADES.index("insufficient_data")
    rows_by_value = {value: measured & (recorded == word.code(value)) for value in ("none", "trace")}
    return {value: rows for value, rows in rows_by_value.items() if rows.any()}


def recorded_text(value: str, decisions: Sequence[Decision]) -> str:
    """The sentence for what was recorded beside the grades of tables that do not ask for it."""
    by = joined([references()[decision.table.guideline]["short"] for decision in decisions])
    rest = "grade by {} rests" if len(decisions) == 1 else "grades by {} rest"
    return f"regurgitation was recorded as {value}; the {rest.format(by)} on what was measured alone, check both"
