"""The explanation of one case: it only reads the arrays the decision was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from grading.engine.columns import holds
from grading.engine.decide import Decision
from grading.engine.fill import read_by
from grading.engine.methods import PISA
from grading.explanation.cautions import cautions
from grading.explanation.criteria import phrase
from grading.explanation.derived import derived, is_known
from grading.explanation.disagreements import across_methods, disagreements
from grading.explanation.explanation import Explanation
from grading.explanation.graded import CMR, CMR_GUIDELINE, GradedCase
from grading.explanation.groups import counts, groups
from grading.explanation.idle import idle
from grading.explanation.missing import fails, recipes
from grading.explanation.next_step import next_step
from grading.explanation.reasons import put_into, quantitative_grade
from grading.explanation.report import NOTICE, grade_text, report
from grading.explanation.rule_text import measurement_text
from grading.explanation.views import (
    Beside,
    EnteredNumber,
    EnteredWord,
    Led,
    RuleSource,
    Unfinished,
    as_json,
)
from grading.explanation.votes import label
from grading.explanation.whatif import what_would_change
from grading.explanation.witness import one_witness, root_text
from grading.reading.values import Entered
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import list_guidelines, load_guideline
from grading.reference.measurement import Number
from grading.reference.scale import GRADES
from grading.reference.table import PULLS
from grading.version import VERSION
from grading.writing import joined

#: what `as_dict` takes as it is, in this order; what follows is worked out
_KEYS = (
    "valve", "guideline", "citation", "scheme", "rests_on", "status", "grade", "grade_low", "grade_high", "certainty",
    "stage", "stage_reason", "stage_needs", "reason", "rule", "entered", "issues", "rule_source", "quantitative_grade",
    "counts", "criteria", "derived", "disagreements", "unused", "idle", "cautions", "would_change", "beside",
)  # fmt: skip


def as_dict(case: Explanation) -> dict[str, Any]:
    """All of it, with what could change, as dictionaries and lists ready for JSON."""
    counts: Mapping[str, Any] = {"counts": {name: count.to_dict() for name, count in case.counts.items()}}
    answer = {key: as_json(counts.get(key, getattr(case, key))) for key in _KEYS}
    return answer | {"next": next_step(case), "report": report(case), "notice": NOTICE, "echograde": VERSION}


def describe(case: GradedCase) -> Explanation:
    """Everything about one case."""
    explanation = Explanation(
        valve=case.valve,
        guideline=case.guideline,
        citation=load_guideline(case.guideline).cited,
        scheme=case.table.scheme if case.table else None,
        rests_on=case.table.rests_on if case.table else None,
        status=case.status,
        grade=case.grade,
        grade_low=case.grade_low,
        grade_high=case.grade_high,
        certainty=case.certainty,
        stage=case.stage,
        reason=case.reason,
        rule=case.rule,
        entered=tuple(_entered(entered) for entered in case.reading.entered.values()),
        issues=tuple(case.issues),
    )
    return explanation if case.decision is None else _decided(explanation, case, case.decision)


def _decided(explanation: Explanation, case: GradedCase, decision: Decision) -> Explanation:
    root, names = one_witness(decision, 0)
    other = by_cmr(case)
    return replace(
        explanation,
        stage_reason=stage_reason(decision),
        stage_needs=stage_needs(decision),
        rule_source=rule_source(decision),
        quantitative_grade=quantitative_grade(decision, 0) or None,
        counts=counts(decision),
        groups=groups(case, decision),
        derived=tuple(derived(decision)),
        disagreements=(*disagreements(decision), *across_methods(case, other)),
        unused=unused(case, decision, other),
        idle=tuple(idle(case, decision)),
        cautions=tuple(cautions(decision)),
        next_test=decision.table.next_test,
        grades=decision.table.answers,
        asked=asked(decision),
        led=led(decision),
        witness=_root_phrase(root, decision) if names else "",
        witnesses=len(names),
        unfinished=unfinished(decision),
        beside=beside(other) if other else None,
        changes=partial(what_would_change, decision.table, case.reading.columns(), decision),
    )


def _entered(entered: Entered) -> EnteredNumber | EnteredWord:
    measurement = load_catalogue()[entered.name]
    if not isinstance(measurement, Number):
        value = measurement.values[int(entered.value) - 1]
        return EnteredWord(entered.name, measurement.label, entered.typed, value)
    return EnteredNumber(
        measurement=entered.name,
        label=measurement.label,
        typed=entered.typed,
        unit=entered.unit,
        value=entered.value,
        catalogue_unit=measurement.unit,
    )


def rule_source(decision: Decision) -> RuleSource | None:
    """Where the rule stands that decided; None where none did."""
    position = int(decision.rule[0])
    if not position:
        return None
    rule = decision.table.rules[position - 1]
    return RuleSource(rule.at or None, rule.reading or None)


def asked(decision: Decision) -> tuple[str, ...]:
    """The findings that the deciding rule asks about by themselves: 'poor image quality', 'recorded as none'."""
    position = int(decision.rule[0])
    conditions = decision.table.rules[position - 1].when if position else ()
    names = [condition.subject for condition in conditions if condition.test is None]
    return tuple(phrase(name, decision) for name in dict.fromkeys(names))


def led(decision: Decision) -> Led | None:
    """What the signs made of the quantities, where these led."""
    lead, answer = decision.table.lead, decision.led
    if lead is None or answer is None or int(decision.rule[0]) != len(decision.table.rules):
        return None
    pull, raised = int(answer.pull[0]), int(answer.raised[0])
    towards = PULLS[pull] if pull else ""
    if not raised:
        return Led(towards)
    line = lead.raises[raised - 1]
    by_signs = any(condition.test for condition in line.when)
    step = list(decision.tallies[lead.group].group.steps)[line.step - 1]
    return Led(towards, line.to, "" if by_signs else put_into(line.because, decision, 0), step)


def stage_reason(decision: Decision) -> str:
    """Why the stage: 'LV ejection fraction 58 % (<= 60 %), LV end-systolic diameter 4.2 cm (>= 4.0 cm)'."""
    if not decision.stage[0]:
        return ""
    stage = decision.table.stages[decision.stage[0] - 1].stage
    texts: dict[str, str] = {}
    for line in decision.table.stages:
        masks = [holds(condition, decision.filled.columns) for condition in line.when]
        if line.stage == stage and all(mask is not None and mask[0] for mask in masks):
            for condition in line.when:
                if condition.subject in load_catalogue().numbers:
                    limit = measurement_text(condition).removeprefix(f"{label(condition.subject)} ")
                    texts[condition.text] = f"{phrase(condition.subject, decision)} ({limit})"
    return ", ".join(texts.values())


def stage_needs(decision: Decision) -> tuple[str, ...]:
    """What a stage of this grade waits for, where the table has one and what was entered gives none."""
    if decision.stage[0]:
        return ()
    grade, catalogue = GRADES[decision.grade[0]], load_catalogue()
    lines = [line.when for line in decision.table.stages if grade in line.grades]
    asked = [c.subject for when in lines if not any(fails(c, decision) for c in when) for c in when]
    unknown = (name for name in asked if not is_known(name, decision) and catalogue[name].group != "derived")
    return tuple(label(name) for name in dict.fromkeys(unknown))


def _root_phrase(name: str, decision: Decision) -> str:
    """The measurement that several quantities rest on, with its value: 'PISA radius 0.9 cm', 'one volumetric study'."""
    return phrase(name, decision) if root_text(name) == label(name) else f"one {root_text(name)}"


def unfinished(decision: Decision) -> Unfinished | None:
    """An EROA by PISA that was begun, and what it lacks."""
    if is_known("eroa", decision) or "eroa" not in read_by(decision.table):
        return None
    ways = [recipe for recipe in recipes("eroa", decision) if recipe.method.kind == PISA]
    begun = next((recipe for recipe in ways if recipe.known and recipe.missing), None)
    if begun is None:
        return None
    parts = joined([label(name) for name in begun.missing])
    return Unfinished(
        f"{parts}, which {'completes' if len(begun.missing) == 1 else 'complete'} the EROA by PISA", begun.missing
    )


def by_cmr(case: GradedCase) -> GradedCase | None:
    """The same case by cardiac magnetic resonance, where that was entered too and carries an answer."""
    measured = any(name.startswith(CMR) for name in case.reading.entered)
    if not measured or case.guideline == CMR_GUIDELINE or CMR_GUIDELINE not in list_guidelines():
        return None
    other = case.by(CMR_GUIDELINE)
    return None if other.decision is None or other.status == "insufficient_data" else other


def beside(other: GradedCase) -> Beside:
    """The answer of another method."""
    verdict = grade_text(other.grade or "", other.grade_low, other.grade_high, other.certainty)
    return Beside(other.guideline, verdict, other.reason)


def unused(case: GradedCase, decision: Decision, other: GradedCase | None) -> tuple[str, ...]:
    """Entered measurements that this table reads nowhere, neither itself nor through something worked out; those that
    another method grades beside it are not among them."""
    read = read_by(decision.table)
    if other is not None and other.decision is not None:
        read |= {name for name in read_by(other.decision.table) if name.startswith(CMR)}
    return tuple(name for name in case.reading.entered if name not in read)
