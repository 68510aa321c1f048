"""Sentences to keep in mind beside a grade; they never change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grading.engine.decide import Decision
from grading.engine.fill import read_by
from grading.engine.rule_tests import met
from grading.explanation.reasons import witness
from grading.explanation.views import CautionView
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import references
from grading.reference.scale import GRADES, Mask
from grading.writing import joined, upper


def cautions(decision: Decision) -> Iterator[CautionView]:
    """One witness behind several quantities, the table's own cautions, and a record that no rule asks for."""
    one_witness = witness(decision, 0)
    if one_witness:
        yield CautionView(one_witness, "reading: what rests on one measurement is one witness")
    for caution in decision.table.cautions:
        masks = [met(condition, decision.tallies, decision.filled.columns) for condition in caution.when]
        if all(mask is not None and mask[0] for mask in masks):
            yield CautionView(caution.text, caution.at)
    for value in recorded_beside(decision):
        yield CautionView(f"{upper(recorded_text(value, [decision]))}.", "reading: nothing recorded is passed over")


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
