"""A learner grades a case: what can be ticked as a reason, and what each tick is worth.

Nothing is judged here: the criteria, what they argue for and the answer are those of the case's own explanation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from grading.case import Case
from grading.engine.columns import known
from grading.engine.decide import Decision
from grading.errors import UsageError, nearest
from grading.explanation.criteria import criteria
from grading.explanation.report import grade_text
from grading.explanation.value_text import report_value, value_text
from grading.explanation.views import CriterionView
from grading.explanation.votes import label, step_name
from grading.reference.catalogue import load_catalogue
from grading.reference.condition import Condition
from grading.reference.decision_reader import PLACEHOLDER
from grading.reference.guideline import references
from grading.reference.measurement import Number
from grading.reference.table import Group, Rule, Table
from grading.writing import in_words, upper

#: answers that every table has beside its grades
UNGRADED = ("indeterminate", "insufficient_data")
RIGHT, WITHIN, DIFFERENT = "right", "within the range", "different"
SUPPORTING, OPPOSING, SILENT = "supporting", "opposing", "silent"


class Reason(NamedTuple):
    """A criterion that was assessed, or a finding the rules ask about: its measurement, name and value in words."""

    key: str
    label: str
    value: str


class Remark(NamedTuple):
    """A sentence about one reason."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Marking:
    """What a learner's answer is worth.

    `verdict` is 'right', 'within the range' or 'different', and `text` says so in a sentence. Of the ticked reasons,
    `supporting` argue for the right answer, `opposing` for another, `silent` for no grade or are not counted; `missed`
    argue for the right answer and were not ticked.
    """

    verdict: str
    text: str
    supporting: tuple[Remark, ...]
    opposing: tuple[Remark, ...]
    silent: tuple[Remark, ...]
    missed: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class _Voice:
    """A reason, the grades it argues for (none: for no grade), and how a sentence calls them."""

    reason: Reason
    grades: tuple[str, ...] = ()
    words: str = ""
    group: str = ""
    counted: bool = True
    decides: bool = False

    @property
    def named(self) -> str:
        """'EROA 0.41 cm2', 'Flail leaflet (yes)'."""
        is_number = self.reason.key in load_catalogue().numbers
        value = self.reason.value if is_number else f"({self.reason.value})"
        return f"{upper(self.reason.label)} {value}"


def grades_offered(case: Case) -> tuple[str, ...]:
    """The grades of the table, mildest first, then those of `UNGRADED`. Raises UsageError for a case without decision.

    >>> from grading.case import grade
    >>> grades_offered(grade("mitral", "acc-aha-2020"))
    ('none', 'trace', 'progressive', 'severe', 'indeterminate', 'insufficient_data')
    """
    return (*_decision(case).table.answers, *UNGRADED)


def reasons_offered(case: Case) -> list[Reason]:
    """Every assessed criterion once, in the order of the table, then known findings that a rule asks about.

    Raises UsageError for a case without decision.

    >>> from grading.case import grade
    >>> for reason in reasons_offered(grade("mitral", eroa="25 mm2", image_quality="poor")):
    ...     print(reason.key, reason.value)
    eroa 25 mm2
    image_quality poor
    """
    return [voice.reason for voice in _voices(case).values()]


def mark(case: Case, answer: str, ticked: Collection[str]) -> Marking:
    """Mark a learner's answer, one of `grades_offered`, and the keys of `reasons_offered` that were ticked.

    Raises UsageError for an answer or a reason that was not offered, and for a case without decision.

    >>> from grading.case import grade
    >>> marking = mark(grade("mitral", eroa=0.407, regurgitant_volume=57), "severe", ["eroa"])
    >>> marking.verdict, marking.supporting[0].text
    ('within the range', 'EROA 0.407 cm2 speaks for grade IV (severe), which is within what stays open.')
    """
    voices = _voices(case)
    _check([answer], grades_offered(case), "answer")
    _check(ticked, list(voices), "reason")
    remarks: dict[str, list[Remark]] = {SUPPORTING: [], OPPOSING: [], SILENT: [], "missed": []}
    for key, voice in voices.items():
        side, text = _weighed(case, voice)
        if key in ticked:
            remarks[side].append(Remark(key, text))
        elif side == SUPPORTING:
            remarks["missed"].append(Remark(key, text))
    verdict, text = _verdict(case, answer)
    return Marking(verdict, text, **{side: tuple(some) for side, some in remarks.items()})


def _check(given: Collection[str], offered: Sequence[str], what: str) -> None:
    for key in given:
        if key not in offered:
            raise UsageError(f"no {what} {key!r}.{nearest(key, offered)} Offered: {', '.join(offered)}")


def _decision(case: Case) -> Decision:
    if case.decision is None:
        raise UsageError(f"this case is {in_words(case.status)}, so there is nothing to mark; choose a graded case")
    return case.decision


def _verdict(case: Case, answer: str) -> tuple[str, str]:
    by_table = grade_text(case.grade or "", case.grade_low, case.grade_high, case.certainty).lower()
    truth = f"the answer by {references()[case.guideline]['short']} is {by_table}."
    if answer == case.grade:
        return RIGHT, f"Yes: {truth}"
    if answer in _open(case):
        return WITHIN, f"Close: {in_words(answer)} is within the range; {truth}"
    return DIFFERENT, f"Not this time: you said {in_words(answer)}; {truth}"


def _open(case: Case) -> tuple[str, ...]:
    """The grades of the table that the answer leaves open; none where there is too little to grade by."""
    grades = _decision(case).table.answers
    if case.grade_low is None or case.grade_high is None:
        return ()
    return grades[grades.index(case.grade_low) : grades.index(case.grade_high) + 1]


def _voices(case: Case) -> Mapping[str, _Voice]:
    """Every reason by its measurement; a counted criterion that argues for a grade goes before its silent twin."""
    decision = _decision(case)
    voices: dict[str, _Voice] = {}
    for voice in (_voice(decision, criterion) for criterion in criteria(case, decision) if criterion.assessed):
        before = voices.get(voice.reason.key, voice)
        voices[voice.reason.key] = max(before, voice, key=lambda v: (v.counted, bool(v.grades)))
    decisive = set(_asked(_deciding(decision)))
    for name in _asked(decision.table.conditions()):
        column = decision.filled.columns.get(name)
        if column is not None and known(column)[0]:
            unvoiced = _Voice(Reason(name, label(name), value_text(load_catalogue()[name], column[0])))
            voices[name] = replace(voices.get(name, unvoiced), decides=name in decisive)
    return voices


def _rule(decision: Decision) -> Rule:
    return decision.table.rules[int(decision.rule[0]) - 1]


def _deciding(decision: Decision) -> tuple[Condition, ...]:
    """The conditions under which the answer came about: those of the rule, and of what raised a quantity's step."""
    rule, led, lead = _rule(decision), decision.led, decision.table.lead
    raised = led.raised[0] if led is not None and rule is decision.table.rules[-1] else 0
    return (*rule.when, *lead.raises[raised - 1].when) if lead and raised else rule.when


def _asked(conditions: Iterable[Condition]) -> Iterator[str]:
    """The measurements that conditions ask about by themselves."""
    return (condition.subject for condition in conditions if not condition.group)


def _voice(decision: Decision, criterion: CriterionView) -> _Voice:
    measurement = load_catalogue()[criterion.measurement]
    value = decision.filled.columns[measurement.name][0]
    if isinstance(measurement, Number):
        text = criterion.entered or report_value(measurement, float(value), decision.table)
    else:
        text = value_text(measurement, value)
    voice = _Voice(Reason(measurement.name, measurement.label, text), group=criterion.group, counted=criterion.counted)
    step = criterion.argues_for
    if step is None:
        return voice
    group = decision.table.groups[criterion.group]
    return replace(voice, grades=_argued(decision.table, group, step), words=step_name(group, step))


def _argued(table: Table, group: Group, step: str) -> tuple[str, ...]:
    """The grades a step stands for; the mildest that a group knows fits a recorded none or trace too."""
    steps = list(group.steps)
    low, high = (steps[end - 1] for end in group.interval(step))
    mildest = next(step for step in steps if group.possible(step))
    first = 0 if low == mildest else table.grades.index(group.steps[low])
    return table.grades[first : table.grades.index(group.steps[high]) + 1]


def _weighed(case: Case, voice: _Voice) -> tuple[str, str]:
    """Which side a reason is on, and the sentence."""
    rule = _rule(_decision(case))
    if voice.decides:
        return SUPPORTING, f"{voice.named} is what the deciding rule asks about."
    if _blind(rule):
        return SILENT, f"{voice.named} is not counted here: {label(next(_asked(rule.when)))} comes first."
    if not voice.counted:
        would = f"would speak for {voice.words}, but" if voice.grades else "argues for no grade, and"
        return SILENT, f"{voice.named} {would} the table shows it and never counts it."
    if not voice.grades:
        return _unspoken(rule, voice)
    return _spoken(case, voice)


def _blind(rule: Rule) -> bool:
    """True for a rule that neither counts criteria nor names them in its sentence, as for poor images."""
    named = [token for token in PLACEHOLDER.findall(rule.because) if token != "next_test"]
    return bool(rule.when) and not named and not any(condition.group for condition in rule.when)


def _unspoken(rule: Rule, voice: _Voice) -> tuple[str, str]:
    assessed = [c.group for c in rule.when if c.test and c.test.tally == "measured" and c.operator == ">="]
    if voice.group in assessed:
        return SUPPORTING, f"{voice.named} argues for neither end, and the rule counts it as assessed."
    return SILENT, f"{voice.named} argues for no grade in this table."


def _spoken(case: Case, voice: _Voice) -> tuple[str, str]:
    speaks = f"{voice.named} speaks for {voice.words}"
    within = set(voice.grades) & set(_open(case))
    if case.grade == "insufficient_data":
        return OPPOSING, f"{speaks}, but there is too little beside it to carry a grade."
    if case.grade == "indeterminate" and within:
        return SUPPORTING, f"{speaks}, which is within what stays open."
    if case.grade in voice.grades:
        return SUPPORTING, f"{speaks}, which fits the answer."
    if within:
        return OPPOSING, f"{speaks}: it dissents, and the range keeps its voice."
    return OPPOSING, f"{speaks}, but the rest outweighs it."
