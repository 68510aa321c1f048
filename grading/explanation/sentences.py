"""The sentences of an explanation, for the terminal and for the page alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grading.engine.methods import labelled
from grading.explanation.graded import GradedCase
from grading.explanation.reasons import step_name
from grading.explanation.report import SEEN, grade_text
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import references
from grading.reference.table import Group
from grading.writing import in_words, joined, plain, quantity, upper

#: what one more measurement could change is told of so many measurements; the others are named
MOST_CHANGES = 6

#: what a row of the table does to the grade
ARGUES, SILENT, NEVER_COUNTED, NOT_ASSESSED = "argues", "argues for no grade", "shown, never counted", "not assessed"


def title(case: GradedCase) -> str:
    """'Mitral regurgitation by ASE 2017'."""
    return f"{upper(case.valve)} regurgitation by {references()[case.guideline]['short']}"


def verdict(case: GradedCase) -> str:
    """'SEVERE (quantified)', 'INDETERMINATE: moderate to severe', with the stage where there is one."""
    if case.status == "rejected":
        return "REJECTED: not graded"
    said = grade_text(case.grade or "", case.grade_low, case.grade_high, case.certainty)
    return said + (f", stage {case.stage}" if case.stage else "")


def rule_source(answer: Mapping[str, Any]) -> str:
    """'Rule 13 (published: Figure 18, p 333).', or '' where no rule decided."""
    source = answer["rule_source"]
    if not source:
        return ""
    said = [f"published: {source['at']}"] if source["at"] else []
    said += [f"our reading: {source['reading']}"] if source["reading"] else []
    return f"Rule {answer['rule']} ({'; '.join(said)})."


def group_heading(group: Group, answer: Mapping[str, Any]) -> str:
    """The group, where it is printed, what it says, and how much of it was assessed."""
    count = answer["counts"][group.name]
    met = [f"{c['met']} of {c['possible']} for {in_words(s)}" for s, c in count.items() if isinstance(c, dict)]
    if group.role == "quantitative":
        resolved = answer["quantitative_grade"]
        met = [{"unresolved": "they disagree", None: "none measured"}.get(resolved, f"they say {resolved}")]
    elif not group.counted:
        met = []
    heading = f"{group.title} ({group.at})" + (f": {', '.join(met)}" if met else "")
    return f"{heading}; {count['assessed']} of {count['criteria']} assessed"


def is_shown(criterion: Mapping[str, Any]) -> bool:
    """Of several scales for one measurement the one in force; a stand-in is left out while it is not needed."""
    return bool(criterion["in_force"])


def stance(criterion: Mapping[str, Any], group: Group) -> str:
    """What a row does: one of ARGUES, SILENT, NEVER_COUNTED, NOT_ASSESSED."""
    if not criterion["assessed"]:
        return NOT_ASSESSED
    if not group.counted:
        return NEVER_COUNTED
    return ARGUES if criterion["argues_for"] else SILENT


def place(criterion: Mapping[str, Any], group: Group, rests_on: str) -> str:
    """Where a row stands and how it was seen, as far as its group's heading does not say it; or ''."""
    marks = [criterion["at"]] if criterion["at"] and criterion["at"] not in group.at else []
    marks += [f"our reading: {criterion['reading']}"] if criterion["reading"] else []
    marks += [SEEN[criterion["rests_on"]]] if criterion["rests_on"] != rests_on else []
    return "; ".join(marks)


def value_text(criterion: Mapping[str, Any]) -> str:
    """The value of an assessed criterion: '4 mm = 0.4 cm', 'dense'."""
    value = criterion["value"]
    said = quantity(digits(value, criterion), criterion["unit"]) if isinstance(value, float) else in_words(str(value))
    if criterion["entered"] and isinstance(value, float) and criterion["entered"] != said:
        return f"{criterion['entered']} = {said}"
    return said


def finding(criterion: Mapping[str, Any], group: Group) -> str:
    """What an assessed criterion says: '0.41 cm2 is grade IV (severe) (>= 0.40 cm2)', 'dense argues for no grade'."""
    said = value_text(criterion)
    if not criterion["argues_for"]:
        return f"{said} argues for no grade"
    band = [] if criterion["band"] == said else [criterion["band"]]
    since = [f"as {joined(criterion['since'])}"] if criterion["since"] else []
    why = f" ({', '.join([*band, *since])})" if band or since else ""
    return f"{said} is {step_name(group, criterion['argues_for'])}{why}"


def unassessed(criterion: Mapping[str, Any]) -> str:
    """Why a criterion has no band, behind its value if any: '8 mm, not counted: needs mechanism = primary'."""
    value = f"{value_text(criterion)}, " if criterion["value"] is not None else ""
    return f"{value}{criterion['why_not_assessed']}"


def digits(value: float, criterion: Mapping[str, Any]) -> str:
    """An entered value in full; a derived one in as few digits as keep its band."""
    places = criterion["shown"]
    return plain(value) if criterion["entered"] or places > 8 else f"{value:.{places}f}"


def derived_texts(answer: Mapping[str, Any]) -> list[str]:
    """What was worked out, by which formula, with the numbers put in."""
    said = []
    for row in answer["derived"]:
        value = quantity(f"{row['value']:.4g}", row["unit"]) if row["unit"] else in_words(str(row["value"]))
        said.append(labelled(f"{row['label']} {value}: {row['method']} ({row['from']})"))
    return said


def change_texts(answer: Mapping[str, Any], most: int = MOST_CHANGES) -> list[str]:
    """What was not measured and what it could change; the first ones in full, the others by name."""
    changes = answer["would_change"]
    said = []
    for change in changes[:most]:
        outcomes = "; ".join(
            f"{' or '.join(o['values'])}: {outcome_text(o['grade'], o['grade_low'], o['grade_high'])}"
            for o in change["outcomes"]
        )
        said.append(f"{change['label']}: {outcomes}")
    if len(changes) > most:
        said.append(f"and {joined([c['label'] for c in changes[most:]])}.")
    return said


def outcome_text(grade: str, low: str | None, high: str | None) -> str:
    """A grade with its range in the middle of a sentence: 'indeterminate, moderate to severe'.

    >>> outcome_text("moderate", "moderate", "severe")
    'moderate (range moderate to severe)'
    """
    between = f"{in_words(low)} to {in_words(high)}" if low and high and low != high else ""
    if grade == "indeterminate":
        return f"indeterminate, {between or in_words(low or '')}"
    return in_words(grade) + (f" (range {between})" if between else "")


def unused_text(answer: Mapping[str, Any]) -> list[str]:
    """The entered measurements that the table reads nowhere, in one item, or none."""
    names = [load_catalogue()[name].label for name in answer["unused"]]
    return [joined(names)] if names else []


def caution_texts(answer: Mapping[str, Any]) -> list[str]:
    """Every caution with its place."""
    return [f"{c['text']} [{c['at']}]" for c in answer["cautions"]]


def sections(answer: Mapping[str, Any]) -> dict[str, tuple[str, list[str]]]:
    """What is said beside the criteria: part of the answer -> its heading and its sentences, in order of reading."""
    short = references()[answer["guideline"]]["short"]
    return {
        "derived": ("Worked out", derived_texts(answer)),
        "disagreements": ("What disagrees", answer["disagreements"]),
        "unused": (f"Entered, but not used by {short} for this valve", unused_text(answer)),
        "would_change": ("Not measured; one more value could change the grade", change_texts(answer)),
        "cautions": ("Keep in mind", caution_texts(answer)),
        "report": ("Report sentence", [answer["report"]]),
    }


def citation(answer: Mapping[str, Any]) -> str:
    """The paper, and how its table was seen."""
    return f"{answer['citation']}." + (f" The table was {SEEN[answer['rests_on']]}." if answer["rests_on"] else "")
