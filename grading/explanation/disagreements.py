"""What speaks against what: dissenting quantities, criteria of both kinds, derived values that do not fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grading.engine.decide import Decision
from grading.engine.fill import read_by
from grading.engine.tally import Tally
from grading.explanation.flags import flag_text
from grading.explanation.graded import CMR, GradedCase
from grading.explanation.votes import counted, label, step_name, votes
from grading.reference.scale import GRADES, SEVERITY
from grading.reference.table import ALL
from grading.writing import in_words, joined, upper

#: grades that do not tell what is milder than severe apart
MILDER = ("not_severe", "progressive")


def disagreements(decision: Decision) -> Iterator[str]:
    """Every disagreement in a sentence."""
    tallies = counted(decision)
    if ALL in decision.tallies:
        yield from _sides(tallies)
    for tally in () if ALL in decision.tallies else tallies:
        if tally.dispute[0]:
            yield from _sides([tally])
    yield from _across_groups(decision)
    yield from _uncounted(decision)
    for flag in decision.filled.flags:
        if flag.rows[0]:
            yield f"{upper(flag_text(flag, 0, decision))}."


def _sides(tallies: Sequence[Tally]) -> Iterator[str]:
    """Who argues for what in groups whose steps are the same, where they argue for several."""
    names_by_step: dict[str, list[str]] = {}
    for tally in tallies:
        for step, names in _by_step(tally).items():
            names_by_step.setdefault(step, []).extend(names)
    if len(names_by_step) > 1:
        sides = (f"{joined(names)}: {step_name(tallies[0].group, step)}" for step, names in names_by_step.items())
        yield f"{upper('; '.join(sides))}."


def _by_step(tally: Tally) -> dict[str, list[str]]:
    """The step -> the labels of the criteria that argue for it."""
    names: dict[str, list[str]] = {}
    for name, step in votes(tally, 0):
        names.setdefault(step, []).append(label(name))
    return names


def _across_groups(decision: Decision) -> Iterator[str]:
    """Criteria for severe beside mild quantities, and the other way round."""
    quantitative, specific = (decision.table.group(role) for role in ("quantitative", "criteria"))
    if quantitative is None or specific is None:
        return
    steps, tally = quantitative.steps, decision.tallies[quantitative.name]
    agreed = (tally.agree_low, tally.agree_high) if tally.agree_low[0] else (tally.low, tally.high)
    ends = [int(end[0]) for end in agreed]
    if ends[0] == 0:
        return
    low, high = (list(steps.values())[end - 1] for end in ends)
    severity = GRADES.index
    for grade, other, contrary in (
        ("severe", high, severity(high) < severity("severe")),
        ("mild", low, severity(low) > severity("mild")),
    ):
        names = [label(name) for name, step in votes(decision.tallies[specific.name], 0) if step == grade]
        if names and contrary:
            support = "supports" if len(names) == 1 else "support"
            yield f"{upper(joined(names))} {support} {grade}, the quantities say {other}."


def _uncounted(decision: Decision) -> Iterator[str]:
    """What is shown and never counted beside a grade that it does not fit."""
    ends = [GRADES[int(end[0])] for end in (decision.low, decision.high)]
    if not all(end in SEVERITY for end in ends):
        return
    low, high = map(SEVERITY.index, ends)
    for tally in decision.tallies.values():
        for step, names in _by_step(tally).items() if not tally.group.counted else ():
            first, last = (list(tally.group.steps.values())[end - 1] for end in tally.group.interval(step))
            if SEVERITY.index(first) > high or SEVERITY.index(last) < low:
                support = "supports" if len(names) == 1 else "support"
                what = f"{joined(names)} {support} {step_name(tally.group, step)}"
                yield f"{upper(what)} (shown, never counted)."


def across_methods(case: GradedCase, other: GradedCase | None) -> Iterator[str]:
    """What cardiac magnetic resonance says against a grade of echocardiography alone, where no grade is common."""
    if other is None or case.table is None or any(name.startswith(CMR) for name in read_by(case.table)):
        return
    spans = [_span(one) for one in (other, case)]
    if all(spans) and not set.intersection(*spans):
        by_other, by_echo = (_range_text(one) for one in (other, case))
        yield f"By CMR it is {by_other}, by echocardiography {by_echo}: check both."


def _span(case: GradedCase) -> set[str]:
    """Every grade that a case leaves open; empty where it leaves none."""
    low, high = case.grade_low, case.grade_high
    if not low or not high:
        return set()
    start = 0 if low in MILDER else SEVERITY.index(low)
    end = SEVERITY.index("moderate" if high in MILDER else high)
    return {*SEVERITY[start : end + 1]} - {*MILDER}


def _range_text(case: GradedCase) -> str:
    low, high = in_words(case.grade_low or ""), in_words(case.grade_high or "")
    return low if low == high else f"{low} to {high}"
