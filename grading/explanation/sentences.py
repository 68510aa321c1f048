"""The sentences of an explanation, for the terminal and for the page alike."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from grading.engine.methods import labelled
from grading.explanation.explanation import Explanation
from grading.explanation.next_step import next_step
from grading.explanation.report import SEEN, grade_text, report
from grading.explanation.value_text import in_unit
from grading.explanation.views import BandView, CriterionView, DerivedView, GroupView
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import references
from grading.writing import in_words, joined, plain, quantity, upper

#: what one more measurement could change is told of so many measurements; the others are named
MOST_CHANGES = 6

#: what a row of the table does to the grade
SUPPORTS, NEUTRAL, NEVER_COUNTED, NOT_ASSESSED = "supports", "neutral", "shown, never counted", "not assessed"


def title(case: Explanation) -> str:
    """'Mitral regurgitation by ASE 2017'."""
    return f"{upper(case.valve)} regurgitation by {references()[case.guideline]['short']}"


def verdict(case: Explanation) -> str:
    """'SEVERE (quantified)', 'INDETERMINATE: moderate to severe', with the stage where there is one."""
    if case.status == "rejected":
        return "REJECTED: not graded"
    grade = grade_text(case.grade or "", case.grade_low, case.grade_high, case.certainty)
    return grade + (f", stage {case.stage}" if case.stage else "")


def stage_text(case: Explanation) -> str:
    """'Stage C2: LV ejection fraction 58 % (<= 60 %).', 'No stage: needs symptoms.', or '' where the grade has no
    stages, or no number stands behind the one it has."""
    if case.stage_needs:
        return f"No stage: needs {joined(case.stage_needs)}."
    return f"Stage {case.stage}: {case.stage_reason}." if case.stage and case.stage_reason else ""


def rule_source(case: Explanation) -> str:
    """'Rule 13 (published: Figure 18, p 333).', or '' where no rule decided."""
    source = case.rule_source
    if source is None:
        return ""
    parts = [f"published: {source.at}"] if source.at else []
    parts += [f"our reading: {source.reading}"] if source.reading else []
    return f"Rule {case.rule} ({'; '.join(parts)})."


def group_heading(group: GroupView, case: Explanation) -> str:
    """The group, where it is printed, what it says, and how much of it was assessed."""
    met = group_counts(group, case)
    heading = f"{group.title} ({group.at})" + (f": {met}" if met else "")
    return f"{heading}; {group_assessed(group)}"


def group_counts(group: GroupView, case: Explanation) -> str:
    """'1 of 6 for mild, 2 of 6 for severe', 'they say IV'; '' for a group that is never counted."""
    if group.role == "quantitative":
        agreed = case.quantitative_grade
        if agreed is None:
            return "none measured"
        return "they disagree" if agreed == "unresolved" else f"{'most' if group.dissent else 'they'} say {agreed}"
    counts = group.count.steps.items() if group.counted else ()
    met = ((step, count) for step, count in counts if step != "not_severe")
    return ", ".join(f"{count.met} of {count.possible} for {in_words(step)}" for step, count in met)


def group_assessed(group: GroupView) -> str:
    """'3 of 8 assessed'."""
    return f"{group.count.assessed} of {group.count.criteria} assessed"


def stance(criterion: CriterionView) -> str:
    """What a row does: one of SUPPORTS, NEUTRAL, NEVER_COUNTED, NOT_ASSESSED."""
    if not criterion.assessed:
        return NOT_ASSESSED
    if not criterion.counted:
        return NEVER_COUNTED
    return SUPPORTS if criterion.argues_for else NEUTRAL


def support(criterion: CriterionView, group: GroupView) -> str:
    """What a row does, in words: 'supports severe', 'grade IV (severe)', 'neutral', 'not assessed'."""
    band = criterion.own_band
    if stance(criterion) != SUPPORTS or band is None:
        return stance(criterion)
    return f"supports {band.called}" if _is_sign(band, group) else band.called


def _is_sign(band: BandView, group: GroupView) -> bool:
    """True for a criterion that is one sign among others; a quantity, and what is not severe, names its grade."""
    return group.role != "quantitative" and band.grade != "not_severe"


def place(criterion: CriterionView, group: GroupView, case: Explanation) -> str:
    """Where a row stands and how it was seen, as far as its group's heading does not say it; or ''."""
    marks = [criterion.at] if criterion.at and criterion.at not in group.at else []
    marks += [f"our reading: {criterion.reading}"] if criterion.reading else []
    marks += [SEEN[criterion.rests_on]] if criterion.rests_on != case.rests_on else []
    return "; ".join(marks)


def criterion_value(criterion: CriterionView) -> str:
    """The value of an assessed criterion: '4 mm = 0.4 cm', 'dense'; the same number is not said twice."""
    value = criterion.value
    if not isinstance(value, float):
        return load_catalogue().words[criterion.measurement].text(str(value))
    text = quantity(digits(value, criterion), criterion.unit or "1")
    if not criterion.entered or _same_number(criterion.entered, text):
        return text
    return f"{criterion.entered} = {text}"


def _same_number(entered: str, text: str) -> bool:
    """True for '0.20 cm2' and '0.2 cm2': one number in one unit."""
    (number, _, unit), (other, _, other_unit) = (one.partition(" ") for one in (entered, text))
    return unit == other_unit and float(number) == float(other)


def finding(criterion: CriterionView, group: GroupView) -> str:
    """What an assessed criterion says: '0.41 cm2 is grade IV (severe) (>= 0.40 cm2)', 'yes supports severe', 'dense:
    neutral', '0.55 cm: moderate in Table 11; Figure 25 does not count it'."""
    value, band = criterion_value(criterion), criterion.own_band
    if band is None or not criterion.argues_for:
        figure = group.at.partition(",")[0]
        return f"{value}: {criterion.listed}; {figure} does not count it" if criterion.listed else f"{value}: {NEUTRAL}"
    grounds = [] if band.text == value else [band.text]
    grounds += [f"as {joined(criterion.since)}"] if criterion.since else []
    why = f" ({', '.join(grounds)})" if grounds else ""
    return f"{value} {'supports' if _is_sign(band, group) else 'is'} {band.called}{why}"


def unassessed(criterion: CriterionView) -> str:
    """Why a criterion has no band, behind its value if any: '8 mm, not counted: needs mechanism = primary'."""
    value = f"{criterion_value(criterion)}, " if criterion.value is not None else ""
    return f"{value}{criterion.why_not_assessed}"


def digits(value: float, criterion: CriterionView) -> str:
    """An entered value in full; a derived one in as few digits as keep its band."""
    decimals = criterion.decimals
    return plain(value) if criterion.entered or decimals is None or decimals > 8 else f"{value:.{decimals}f}"


def derived_texts(case: Explanation) -> list[str]:
    """What was worked out, by which formula, with the numbers put in."""
    texts = []
    for view in case.derived:
        value = quantity(f"{view.value:.4g}", view.unit) if view.unit else _word(view)
        texts.append(labelled(f"{view.label} {value}: {view.method} ({view.parts})"))
    return texts


def _word(view: DerivedView) -> str:
    return load_catalogue().words[view.measurement].text(str(view.value))


def change_texts(
    case: Explanation, most: int = MOST_CHANGES, units: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """What was not measured and what it could change; the first ones in full, the others by name.

    `units`: measurement -> the unit that its values are said in; without one they are in the paper's.
    """
    texts = []
    for change in case.would_change[:most]:
        unit = units.get(change.measurement, "")
        outcomes = "; ".join(
            f"{' or '.join(in_unit(value, unit) for value in o.values)}: "
            f"{outcome_text(o.grade, o.grade_low, o.grade_high)}"
            for o in change.outcomes
        )
        texts.append(f"{change.label}: {outcomes}")
    others = [change.label for change in case.would_change[most:]]
    return [*texts, f"and {joined(others)}."] if others else texts


def outcome_text(grade: str, low: str | None, high: str | None) -> str:
    """A grade with its range in the middle of a sentence: 'indeterminate, moderate to severe'.

    >>> outcome_text("moderate", "moderate", "severe")
    'moderate (range moderate to severe)'
    """
    between = f"{in_words(low)} to {in_words(high)}" if low and high and low != high else ""
    if grade == "indeterminate":
        return f"indeterminate, {between or in_words(low or '')}"
    return in_words(grade) + (f" (range {between})" if between else "")


def unused_text(case: Explanation) -> list[str]:
    """The entered measurements that the table reads nowhere, in one item, or none."""
    names = [load_catalogue()[name].label for name in case.unused]
    return [joined(names)] if names else []


def caution_texts(case: Explanation, general: bool) -> list[str]:
    """Every caution with its place: those of this case, or those of every study of its valve."""
    return [f"{caution.text} [{caution.at}]" for caution in case.cautions if caution.general == general]


def issue_texts(case: Explanation) -> list[str]:
    """What is odd or wrong with the values entered."""
    return [f"{issue.severity}: {issue.message}." for issue in case.issues]


def beside_texts(case: Explanation) -> list[str]:
    """The answer of another method beside this one, in one item, or none."""
    if case.beside is None:
        return []
    short = references()[case.beside.guideline]["short"]
    return [f"{short}: {case.beside.verdict}. {case.beside.reason}"]


def entered_text(case: Explanation) -> list[str]:
    """Everything that was entered, as it was typed, in one item, or none."""
    text = "; ".join(f"{view.label} {view.text}" for view in case.entered)
    return [text] if text else []


def sections(case: Explanation) -> dict[str, tuple[str, list[str]]]:
    """What is said beside the criteria: part of the answer -> its heading and its sentences, in order of reading."""
    short = references()[case.guideline]["short"]
    step = next_step(case)
    return {
        "next": ("Next", [step] if step else []),
        "beside": ("Beside it, never mixed with it", beside_texts(case)),
        "entered": ("Entered", entered_text(case)),
        "derived": ("Worked out", derived_texts(case)),
        "idle": ("Entered, but without effect", list(case.idle)),
        "unused": (f"Entered, but not used by {short} for this valve", unused_text(case)),
        "disagreements": ("What disagrees", list(case.disagreements)),
        "would_change": ("Not measured; one more value could change the grade", change_texts(case)),
        "cautions": ("Keep in mind", caution_texts(case, general=False)),
        "general": ("In every study of this valve", caution_texts(case, general=True)),
        "report": ("Report sentence", [report(case)]),
    }


def citation(case: Explanation) -> str:
    """The paper, and how its table was seen."""
    return f"{case.citation}." + (f" The table was {SEEN[case.rests_on]}." if case.rests_on else "")
