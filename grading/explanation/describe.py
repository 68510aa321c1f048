"""The explanation of one case. It only reads the arrays the decision was made from, and asks the engine 'what if'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from grading.engine.decide import Decision, met
from grading.engine.fill import ENTERED, Flag, read_by
from grading.engine.methods import METHODS, labelled
from grading.explanation.criteria import criteria, is_known
from grading.explanation.graded import GradedCase
from grading.explanation.reasons import quantitative_grade, spoken, step_name, witness
from grading.explanation.report import NOTICE, report
from grading.explanation.whatif import what_would_change
from grading.reading.values import Entered
from grading.reference.catalogue import Number, Word, load_catalogue
from grading.reference.guideline import load_guideline, references
from grading.reference.scale import GRADES, Mask
from grading.version import VERSION
from grading.writing import in_words, joined, plain, quantity, upper

#: what a case that was not graded has to say
NOTHING: Mapping[str, Any] = MappingProxyType(
    {"rule_source": None, "quantitative_grade": None, "counts": {}}
    | {key: [] for key in ("criteria", "derived", "disagreements", "unused", "cautions", "would_change")}
)


def describe(case: GradedCase) -> dict[str, Any]:
    """Everything about one case as plain dictionaries and lists, ready for JSON."""
    paper = load_guideline(case.guideline)
    answer: dict[str, Any] = {
        "valve": case.valve,
        "guideline": case.guideline,
        "citation": paper.cited,
        "scheme": case.table.scheme if case.table else None,
        "rests_on": case.table.rests_on if case.table else None,
        "status": case.status,
        "grade": case.grade,
        "grade_low": case.grade_low,
        "grade_high": case.grade_high,
        "certainty": case.certainty,
        "stage": case.stage,
        "reason": case.reason,
        "rule": case.rule,
        "entered": [_entered(e) for e in case.reading.entered.values()],
        "issues": [
            {"column": i.column, "value": i.value, "severity": i.severity, "message": i.message} for i in case.issues
        ],
    }
    answer |= NOTHING
    if case.decision is not None:
        answer |= _described(case, case.decision)
    return answer | {"report": report(case), "notice": NOTICE, "echograde": VERSION}


def _described(case: GradedCase, decision: Decision) -> dict[str, Any]:
    rule = decision.table.rules[decision.rule[0] - 1] if decision.rule[0] else None
    return {
        "rule_source": {"at": rule.at or None, "reading": rule.reading or None} if rule else None,
        "quantitative_grade": quantitative_grade(decision, 0) or None,
        "counts": counts(decision),
        "criteria": list(criteria(case, decision)),
        "derived": derived(decision),
        "disagreements": disagreements(decision),
        "unused": unused(case, decision),
        "cautions": cautions(decision),
        "would_change": what_would_change(decision.table, case.reading.columns(), decision),
    }


def _entered(entered: Entered) -> dict[str, Any]:
    measurement = load_catalogue()[entered.name]
    row: dict[str, Any] = {"measurement": entered.name, "label": measurement.label, "typed": entered.typed}
    if isinstance(measurement, Number):
        return row | {"unit": entered.unit, "value": entered.value, "catalogue_unit": measurement.unit}
    return row | {"value": measurement.values[int(entered.value) - 1]}


def counts(decision: Decision) -> dict[str, Any]:
    """How many criteria were met for each grade, of how many, and how many were assessed, per group."""
    return {
        name: {
            "assessed": int(tally.measured[0]),
            "criteria": tally.group.size,
            **{
                step: {"met": int(count[0]), "possible": tally.group.possible(step)}
                for step, count in tally.counts.items()
                if tally.group.possible(step)
            },
        }
        for name, tally in decision.tallies.items()
    }  # fmt: skip


def derived(decision: Decision) -> list[dict[str, Any]]:
    """What was worked out and is read, from what, by which formula."""
    catalogue, filled = load_catalogue(), decision.filled
    rows: list[dict[str, Any]] = []
    read = read_by(decision.table)
    for name, sources in filled.sources.items():
        measurement = catalogue[name]
        if sources[0] < 2 or name not in read:
            continue
        if isinstance(measurement, Number):
            method = filled.method(name)
            assert method is not None
            parts = [*method.inputs, *(n for n in method.optional if n in filled.columns)]
            values = [f"{n} = {said(catalogue[n], filled.columns[n][0])}" for n in parts]
            rows.append(
                {"measurement": name, "label": measurement.label, "value": float(filled.columns[name][0]),
                 "unit": measurement.unit, "method": method.text, "from": ", ".join(values)}
            )  # fmt: skip
        else:
            derivation = measurement.derivation
            assert derivation is not None
            known = [n for n in derivation.inputs if is_known(n, decision)]
            values = [f"{n} = {said(catalogue[n], filled.columns[n][0])}" for n in known]
            value = measurement.values[filled.columns[name][0] - 1]
            rows.append(
                {"measurement": name, "label": measurement.label, "value": value, "unit": None,
                 "method": derivation.place_for(decision.table.valve), "from": ", ".join(values)}
            )  # fmt: skip
    return rows


def flag_wording(flag: Flag, source: int) -> tuple[str, str, str]:
    """The sentence around the kept value and the other one, where the kept one came from `source` (see Filled)."""
    measurement = load_catalogue()[flag.target]
    if not flag.disagrees:
        return f"{measurement.label} by {flag.by} would be ", "", ", which is impossible; it is not used, check"
    which = "entered" if source == ENTERED else "first"
    by = f" by {METHODS[source - 2].name}" if source > ENTERED and isinstance(measurement, Number) else ""
    how = f"{measurement.label} is " if by else f"{measurement.label} was entered as "
    apart = "" if isinstance(measurement, Word) else ", more than 20 % apart"
    return how, f"{by}, but {flag.by} gives ", f"{apart}; the {which} value is kept, check both"


def flag_text(flag: Flag, row: int, decision: Decision) -> str:
    """The sentence for one value that could not be used, or that disagrees with the one that is kept."""
    measurement, sources = load_catalogue()[flag.target], decision.filled.sources.get(flag.target)
    shown = replace(flag, by=labelled(flag.by))
    head, middle, tail = flag_wording(shown, ENTERED if sources is None else int(sources[row]))
    other = said(measurement, flag.value[row])
    kept = said(measurement, decision.filled.columns[flag.target][row]) if flag.disagrees else ""
    return f"{head}{kept}{middle}{other}{tail}"


def said(measurement: Number | Word, value: Any) -> str:
    """A value in its unit, with enough digits to be checked; or the word."""
    if isinstance(measurement, Word):
        return in_words(measurement.values[int(value) - 1])
    return quantity(plain(float(np.round(value, measurement.decimals + 1))), measurement.unit)


def disagreements(decision: Decision) -> list[str]:
    """What speaks against what: dissenting quantities, criteria of both kinds, derived values that do not fit."""
    found = []
    for tally in decision.tallies.values():
        voices: dict[str, list[str]] = {}
        for name, step in spoken(tally, 0):
            if tally.group.counted:
                voices.setdefault(step, []).append(load_catalogue()[name].label)
        if len(voices) > 1:
            found.append(
                "; ".join(f"{joined(names)}: {step_name(tally.group, s)}" for s, names in voices.items()) + "."
            )
    found += _across_groups(decision)
    filled = decision.filled
    for flag in filled.flags:
        if flag.rows[0]:
            found.append(upper(flag_text(flag, 0, decision)) + ".")
    return found


def _across_groups(decision: Decision) -> list[str]:
    """Criteria for severe beside mild quantities, and the other way round."""
    quantitative, specific = (decision.table.group(role) for role in ("quantitative", "criteria"))
    if quantitative is None or specific is None:
        return []
    steps, tally = quantitative.steps, decision.tallies[quantitative.name]
    agreed = (tally.agree_low, tally.agree_high) if tally.agree_low[0] else (tally.low, tally.high)
    ends = [int(end[0]) for end in agreed]
    if ends[0] == 0:
        return []
    low, high = (list(steps.values())[end - 1] for end in ends)
    severity = GRADES.index
    said = []
    for grade, other, contrary in (
        ("severe", high, severity(high) < severity("severe")),
        ("mild", low, severity(low) > severity("mild")),
    ):
        names = [load_catalogue()[n].label for n, step in spoken(decision.tallies[specific.name], 0) if step == grade]
        if names and contrary:
            argue = "argues" if len(names) == 1 else "argue"
            said.append(f"{upper(joined(names))} {argue} for {grade}, the quantities for {other}.")
    return said


def unused(case: GradedCase, decision: Decision) -> list[str]:
    """Entered measurements that this table reads nowhere, neither itself nor through something worked out."""
    read = read_by(decision.table)
    return [name for name in case.reading.entered if name not in read]


def cautions(decision: Decision) -> list[dict[str, str]]:
    """Sentences to keep in mind; they never change the grade."""
    one = witness(decision, 0)
    said = [{"text": one, "at": "reading: what rests on one measurement is one witness"}] if one else []
    for caution in decision.table.cautions:
        masks = [met(condition, decision.tallies, decision.filled.columns) for condition in caution.when]
        if all(mask is not None and mask[0] for mask in masks):
            said.append({"text": caution.text, "at": caution.at})
    said += [
        {"text": f"{upper(recorded_text(value, [decision]))}.", "at": "reading: nothing recorded is passed over"}
        for value in recorded_beside(decision)
    ]
    return said


def recorded_beside(decision: Decision) -> dict[str, Mask]:
    """'none' and 'trace' -> the rows for which that was recorded, and which a table grades that does not ask for it."""
    recorded = decision.filled.columns.get("regurgitation")
    if recorded is None or "regurgitation" in read_by(decision.table):
        return {}
    word, measured = load_catalogue().words["regurgitation"], decision.grade != GRADES.index("insufficient_data")
    found = {value: measured & (recorded == word.code(value)) for value in ("none", "trace")}
    return {value: rows for value, rows in found.items() if rows.any()}


def recorded_text(value: str, decisions: Sequence[Decision]) -> str:
    """The sentence for what was recorded beside the grades of tables that do not ask for it."""
    by = joined([references()[decision.table.guideline]["short"] for decision in decisions])
    rest = "grade by {} rests" if len(decisions) == 1 else "grades by {} rest"
    return f"regurgitation was recorded as {value}; the {rest.format(by)} on what was measured alone, check both"
