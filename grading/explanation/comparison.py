"""The same case by several guidelines: where they differ, and which cut-off makes the difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grading.explanation.criteria import band_text
from grading.explanation.graded import GradedCase
from grading.explanation.report import NOTICE, grade_text
from grading.explanation.terminal import wrapped
from grading.reference.catalogue import Word, load_catalogue
from grading.reference.guideline import list_guidelines, references
from grading.reference.scale import SEVERITY
from grading.reference.table import Group, Row
from grading.writing import in_words, joined, plain, quantity, upper

ABBREVIATIONS = {"mitral": "MR", "aortic": "AR", "tricuspid": "TR", "pulmonic": "PR"}


def describe(case: GradedCase, guidelines: Sequence[str] | None = None) -> dict[str, Any]:
    """Grades by every guideline that covers the valve, and what is severe in one and not in another."""
    cases = [case.by(guideline) for guideline in guidelines or list_guidelines()]
    covered = [one for one in cases if one.decision is not None]
    return {
        "valve": case.valve,
        "status": case.status if case.status == "rejected" else "compared",
        "reason": case.reason if case.status == "rejected" else None,
        "grades": [
            {
                "guideline": one.guideline,
                "grade": one.grade,
                "grade_low": one.grade_low,
                "grade_high": one.grade_high,
                "certainty": one.certainty,
                "stage": one.stage,
                "reason": one.reason,
            }
            for one in covered
        ],
        "differences": differences(case, covered),
        "not_covered": [one.guideline for one in cases if one.grade == "not_covered"],
        "notice": NOTICE,
    }


def differences(case: GradedCase, covered: Sequence[GradedCase]) -> list[dict[str, Any]]:
    """Every measurement that argues for severe in one guideline and not in another, with both cut-offs."""
    found: dict[str, list[tuple[str, bool, str]]] = {}
    for one in covered:
        for name, severe, cut in _judged(one):
            found.setdefault(name, []).append((references()[one.guideline]["short"], severe, cut))
    listed = []
    for name, sides in found.items():
        severe_in = [f"{short} ({cut})" for short, severe, cut in sides if severe]
        not_in = [f"{short} ({cut})" for short, severe, cut in sides if not severe]
        if severe_in and not_in:
            what = f"{ABBREVIATIONS[case.valve]} {load_catalogue()[name].label} {_shown(case, covered, name)}"
            sentence = f"{what}: severe in {joined(severe_in)}, not in {joined(not_in)}"
            listed.append({"measurement": name, "severe_in": severe_in, "not_in": not_in, "sentence": sentence})
    return listed


def _judged(case: GradedCase) -> list[tuple[str, bool, str]]:
    """(measurement, argues for severe, the severe cut-off) for each assessed row that could argue for severe."""
    assert case.decision is not None
    judged: dict[str, tuple[str, bool, str]] = {}
    for group, row in case.decision.table.rows():
        bands = case.decision.tallies[group.name].bands
        band = int(bands[row.key][0]) if row.key in bands else 0
        cut = severe_cut(group, row)
        if band and cut and group.counted:
            judged[row.name] = (row.name, _is_severe(group, row.labels[band - 1]), cut)
    return list(judged.values())


def _is_severe(group: Group, label: str) -> bool:
    grade = group.steps.get(label.rstrip("+-"), "")
    return grade in SEVERITY[SEVERITY.index("severe") :]


def severe_cut(group: Group, row: Row) -> str:
    """What a row calls severe, in the paper's digits: '>= 0.7 cm', or the words; '' when it calls nothing so."""
    bands = [i for i, label in enumerate(row.labels, 1) if _is_severe(group, label)]
    if not bands:
        return ""
    return row.scale.text(bands[0], row.unit, bands[-1]) if row.scale else " or ".join(band_text(row, b) for b in bands)


def _shown(case: GradedCase, covered: Sequence[GradedCase], name: str) -> str:
    """The value as it was typed, or as it was worked out."""
    entered = case.reading.entered.get(name)
    if entered is not None:
        return entered.text
    measurement = load_catalogue()[name]
    column = next(c.decision.filled.columns[name] for c in covered if c.decision and name in c.decision.filled.columns)
    if isinstance(measurement, Word):
        return in_words(measurement.values[int(column[0]) - 1])
    return quantity(plain(round(float(column[0]), 4)), measurement.unit)


def text(case: GradedCase, guidelines: Sequence[str] | None = None) -> str:
    """The comparison for a terminal of 80 columns."""
    answer = describe(case, guidelines)
    lines = [f"{upper(case.valve)} regurgitation by {len(answer['grades'])} guidelines", ""]
    if answer["status"] == "rejected":
        return "\n".join([*lines, "REJECTED: not graded", *wrapped(answer["reason"], "  "), "", *wrapped(NOTICE)])
    for row in answer["grades"]:
        stage = f", stage {row['stage']}" if row["stage"] else ""
        graded = grade_text(row["grade"], row["grade_low"], row["grade_high"], row["certainty"])
        lines += wrapped(f"{references()[row['guideline']]['short']:<20} {graded}{stage}", "  ", " " * 21)
    if len({(row["grade"], row["grade_low"], row["grade_high"]) for row in answer["grades"]}) > 1:
        lines += ["", "Why each says so"]
        for row in answer["grades"]:
            lines += wrapped(f"{references()[row['guideline']]['short']}: {row['reason']}", "  ", "  ")
    lines += ["", "Cut-offs that make a difference"]
    if answer["differences"]:
        lines += [line for d in answer["differences"] for line in wrapped(f"{d['sentence']}.", "  ", "  ")]
    else:
        lines.append("  none: no measurement is severe in one guideline and not in another")
    if answer["not_covered"]:
        lines += ["", *wrapped(f"No table for this valve: {', '.join(answer['not_covered'])}.")]
    return "\n".join([*lines, "", *wrapped(NOTICE)])
