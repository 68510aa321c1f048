"""Entered values that had no effect: what they could have been read for, and what that still needs."""

from __future__ import annotations

from collections.abc import Iterator

from grading.engine.decide import Decision
from grading.engine.fill import graded_by, read_by
from grading.engine.methods import METHODS
from grading.explanation.criteria import why_not
from grading.explanation.derived import is_known
from grading.explanation.graded import GradedCase
from grading.explanation.missing import SAYS_NOTHING, entered_text, is_idle, lacks
from grading.explanation.votes import label
from grading.reference.catalogue import load_catalogue
from grading.reference.table import Table

NO_CRITERION = "no criterion of this table"


def idle(case: GradedCase, decision: Decision) -> Iterator[str]:
    """A sentence for every entered value that the table could read, and that nothing read."""
    contexts = _contexts(decision.table)
    for name in case.reading.entered:
        if name in read_by(decision.table) and name not in contexts and is_idle(name, decision):
            yield f"{entered_text([name], decision)}: {_why(name, decision)}"


def _contexts(table: Table) -> set[str]:
    """The measurements that conditions ask about: they speak by being known."""
    conditions = list(table.conditions())
    conditions += [c for caution in table.cautions for c in caution.when]
    conditions += [c for stage in table.stages for c in stage.when]
    conditions += [c for _, row in table.rows() for c in (*row.given, *row.unless)]
    return {condition.subject for condition in conditions}


def _why(name: str, decision: Decision) -> str:
    table = decision.table
    rows = [(group, row) for group, row in table.rows() if row.name == name]
    if rows:
        group, row = next((pair for pair in rows if not pair[1].given), rows[0])
        return why_not(row, group, decision).partition(" (our reading")[0]
    read = graded_by(table)
    targets = [target for target in _targets(name, table.valve) if target in read]
    if name not in read or not targets:
        return NO_CRITERION
    unknown = [target for target in targets if not is_known(target, decision)]
    for target in unknown:
        lacking = lacks(target, decision, name)
        if lacking.startswith(SAYS_NOTHING):
            return NO_CRITERION
        if lacking:
            return f"{label(target)}{' ' if lacking.startswith('needs') else ', '}{lacking}"
    return "nothing follows from it alone" if unknown else f"{label(targets[0])} was entered itself"


def _targets(name: str, valve: str) -> list[str]:
    """What can be worked out from a measurement, nearest first."""
    words = [w.name for w in load_catalogue().words.values() if w.derivation and name in w.derivation.inputs_for(valve)]
    numbers = [m.target for m in METHODS if name in (*m.inputs, *m.optional) and valve in m.valves]
    return list(dict.fromkeys([*words, *numbers]))
