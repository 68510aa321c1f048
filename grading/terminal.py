"""The explanation of one case as text for a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from typing import Any

from grading.case import Case
from grading.catalogue import load_catalogue
from grading.explain import describe
from grading.guideline import references
from grading.limits import plain, quantity
from grading.reasons import joined, step_name, upper
from grading.report import NOTICE, SEEN, grade_text, in_words
from grading.table import Group

WIDTH = 80


def text(case: Case) -> str:
    """The explanation for a terminal of 80 columns."""
    answer = describe(case)
    short = references()[case.guideline]["short"]
    lines = [f"{upper(case.valve)} regurgitation by {short}", ""]
    lines += wrapped(_verdict_line(case) + (f", stage {case.stage}" if case.stage else ""))
    lines += wrapped(answer["reason"], "  ")
    if case.decision is None:
        return "\n".join([*lines, "", *wrapped(NOTICE)])
    if answer["rule_source"]:
        source = answer["rule_source"]
        said = [f"published: {source['at']}"] if source["at"] else []
        said += [f"our reading: {source['reading']}"] if source["reading"] else []
        lines += wrapped(f"Rule {answer['rule']} ({'; '.join(said)}).", "  ")
    for issue in answer["issues"]:
        lines += wrapped(f"{issue['severity']}: {issue['message']}.", "  ")
    lines += ["", "+ argues for a grade   o for none   - not assessed"]
    for name, group in case.decision.table.groups.items():
        lines += ["", *_group_lines(group, answer["counts"][name], answer)]
    lines += _derived_lines(answer["derived"])
    lines += _listed("What disagrees", answer["disagreements"])
    names = [load_catalogue()[name].label for name in answer["unused"]]
    lines += _listed(f"Entered, but not used by {short} for this valve", [joined(names)] if names else [])
    lines += _change_lines(answer["would_change"])
    lines += _listed("Keep in mind", [f"{c['text']} [{c['at']}]" for c in answer["cautions"]])
    lines += _listed("Report sentence", [answer["report"]])
    lines += ["", *wrapped(f"{answer['citation']}. The table was {SEEN[answer['rests_on']]}."), *wrapped(NOTICE)]
    return "\n".join(lines)


def wrapped(sentence: str, indent: str = "", hang: str = "") -> list[str]:
    """A sentence in lines of 80 columns; lines after the first are set in by `hang`."""
    return textwrap.wrap(
        sentence, WIDTH, initial_indent=indent, subsequent_indent=indent + hang, break_on_hyphens=False
    )


def _listed(title: str, items: list[str]) -> list[str]:
    return ["", title, *(line for item in items for line in wrapped(item, "  ", "  "))] if items else []


def _verdict_line(case: Case) -> str:
    if case.status == "rejected":
        return "REJECTED: not graded"
    return grade_text(case.grade or "", case.grade_low, case.grade_high, case.certainty)


def _group_lines(group: Group, count: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    met = [f"{c['met']} of {c['possible']} for {in_words(s)}" for s, c in count.items() if isinstance(c, dict)]
    if group.role == "quantitative":
        resolved = answer["quantitative_grade"]
        met = [{"unresolved": "they disagree", None: "none measured"}.get(resolved, f"they say {resolved}")]
    elif group.role == "supportive":
        met = []
    title = f"{group.title} ({group.at})" + (f": {', '.join(met)}" if met else "")
    lines = wrapped(f"{title}; {count['assessed']} of {count['criteria']} assessed")
    for criterion in answer["criteria"]:
        if criterion["group"] == group.name and not (criterion["instead_of"] and not criterion["assessed"]):
            lines += _criterion_lines(criterion, group, answer["rests_on"])
    return lines


def _place(criterion: dict[str, Any], group: Group, rests_on: str) -> str:
    """Where a row stands and how it was seen, as far as its group's heading does not say it."""
    marks = [criterion["at"]] if criterion["at"] and criterion["at"] not in group.at else []
    marks += [f"our reading: {criterion['reading']}"] if criterion["reading"] else []
    marks += [SEEN[criterion["rests_on"]]] if criterion["rests_on"] != rests_on else []
    return f" ({'; '.join(marks)})" if marks else ""


def _criterion_lines(criterion: dict[str, Any], group: Group, rests_on: str) -> list[str]:
    place = _place(criterion, group, rests_on)
    mark = "-" if not criterion["assessed"] else "+" if criterion["argues_for"] else "o"
    head = f"  {mark} {criterion['label'] + ':':<26}"
    if not criterion["assessed"]:
        return wrapped(f"{head} {criterion['why_not_assessed']}  [{criterion['cut_offs']}]{place}", "", " " * 31)
    value = criterion["value"]
    said = quantity(digits(value, criterion), criterion["unit"]) if isinstance(value, float) else in_words(str(value))
    if criterion["entered"] and isinstance(value, float) and criterion["entered"] != said:
        said = f"{criterion['entered']} = {said}"
    if criterion["argues_for"]:
        verdict = step_name(group, criterion["argues_for"])
        shown_band = "" if criterion["band"] == said else f" ({criterion['band']})"
        return wrapped(f"{head} {said} is {verdict}{shown_band}{place}", "", " " * 31)
    return wrapped(f"{head} {said} argues for none  [{criterion['cut_offs']}]{place}", "", " " * 31)


def digits(value: float, criterion: dict[str, Any]) -> str:
    """An entered value in full; a derived one in as few digits as keep its band."""
    places = criterion["shown"]
    return plain(value) if criterion["entered"] or places > 8 else f"{value:.{places}f}"


def _derived_lines(rows: list[dict[str, Any]]) -> list[str]:
    said = []
    for row in rows:
        value = quantity(f"{row['value']:.4g}", row["unit"]) if row["unit"] else str(row["value"]).replace("_", " ")
        said.append(f"{row['label']} {value}: {row['method']} ({row['from']})")
    return _listed("Worked out", said)


def _change_lines(changes: list[dict[str, Any]], most: int = 6) -> list[str]:
    said = []
    for change in changes[:most]:
        outcomes = "; ".join(f"{' or '.join(o['values'])}: {_outcome(o)}" for o in change["outcomes"])
        said.append(f"{change['label']}: {outcomes}")
    if len(changes) > most:
        said.append(f"and {joined([c['label'] for c in changes[most:]])}.")
    return _listed("Not measured; one more value could change the grade", said)


def _outcome(outcome: dict[str, Any]) -> str:
    grade, low, high = outcome["grade"], outcome["grade_low"], outcome["grade_high"]
    if grade == "indeterminate":
        return f"indeterminate, {in_words(low)} to {in_words(high)}"
    return in_words(grade) + (f" (range {in_words(low)} to {in_words(high)})" if low != high and low else "")
