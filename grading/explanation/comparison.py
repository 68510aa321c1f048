"""The same case by several guidelines: where they differ, and which cut-off makes the difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from grading.explanation.criteria import band_of, band_text, bands_of
from grading.explanation.graded import CMR, CMR_GUIDELINE, GradedCase
from grading.explanation.report import NOTICE, grade_text
from grading.explanation.terminal import wrapped
from grading.explanation.views import as_json
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import list_guidelines, references
from grading.reference.measurement import Word
from grading.reference.table import Group, Row
from grading.writing import joined, plain, quantity, upper

ABBREVIATIONS = {"mitral": "MR", "aortic": "AR", "tricuspid": "TR", "pulmonic": "PR"}
COMPARED, REJECTED = "compared", "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidelineGrade:
    """The answer of one guideline; `grade` is None where a value that it needs cannot be used, as `reason` says."""

    guideline: str
    grade: str | None
    grade_low: str | None
    grade_high: str | None
    certainty: str | None
    stage: str | None
    reason: str

    @property
    def short(self) -> str:
        """'ASE 2017'."""
        return references()[self.guideline]["short"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A measurement that argues for severe in some guidelines and not in others, each with its cut-off."""

    measurement: str
    severe_in: tuple[str, ...]
    not_in: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Grades by every guideline that covers the valve; `status` is 'compared' or 'rejected', the latter with a
    reason."""

    valve: str
    status: str
    reason: str | None
    grades: tuple[GuidelineGrade, ...]
    differences: tuple[Difference, ...]
    not_covered: tuple[str, ...]
    notice: str = NOTICE

    def to_dict(self) -> dict[str, Any]:
        """The same as dictionaries and lists ready for JSON."""
        answer: dict[str, Any] = as_json(self)
        return answer


class _Side(NamedTuple):
    """What one guideline says of a measurement that it could call severe."""

    guideline: str
    is_severe: bool
    cut_off: str

    @property
    def text(self) -> str:
        return f"{references()[self.guideline]['short']} ({self.cut_off})"


def compare(case: GradedCase, guidelines: Sequence[str] | None = None) -> Comparison:
    """Grades by every guideline that covers the valve (or by those named), and what is severe in one and not in
    another. Raises UsageError for a guideline that does not exist."""
    cases = [case.by(guideline) for guideline in guidelines or _asked(case)]
    covered = [other for other in cases if other.decision is not None]
    # a word that one guideline does without may be one that another decides by
    answered = [other for other in cases if other.table and (other.decision or not case.reading.rejected)]
    return Comparison(
        valve=case.valve,
        status=case.status if case.status == REJECTED else COMPARED,
        reason=case.reason if case.status == REJECTED else None,
        grades=tuple(_grade(other) for other in answered),
        differences=tuple(differences(case, covered)),
        not_covered=tuple(other.guideline for other in cases if other.grade == "not_covered"),
    )


def _asked(case: GradedCase) -> list[str]:
    """Every guideline; that of another method only where something was entered for it."""
    other_method = [] if any(name.startswith(CMR) for name in case.reading.entered) else [CMR_GUIDELINE]
    return [guideline for guideline in list_guidelines() if guideline not in other_method]


def _grade(case: GradedCase) -> GuidelineGrade:
    return GuidelineGrade(
        guideline=case.guideline,
        grade=case.grade,
        grade_low=case.grade_low,
        grade_high=case.grade_high,
        certainty=case.certainty,
        stage=case.stage,
        reason=case.reason,
    )


def differences(case: GradedCase, covered: Sequence[GradedCase]) -> Iterator[Difference]:
    """Every measurement that argues for severe in one guideline and not in another, with both cut-offs."""
    sides_by_name: dict[str, list[_Side]] = {}
    for other in covered:
        for name, side in _sides(other).items():
            sides_by_name.setdefault(name, []).append(side)
    for name, sides in sides_by_name.items():
        severe_in = [side.text for side in sides if side.is_severe]
        not_in = [side.text for side in sides if not side.is_severe]
        if severe_in and not_in:
            finding = f"{ABBREVIATIONS[case.valve]} {load_catalogue()[name].label} {_value_text(case, covered, name)}"
            sentence = f"{finding}: severe in {joined(severe_in)}, not in {joined(not_in)}"
            yield Difference(name, tuple(severe_in), tuple(not_in), sentence)


def _sides(case: GradedCase) -> dict[str, _Side]:
    """Measurement -> what a guideline says of it, for each assessed row that could argue for severe."""
    assert case.decision is not None
    sides = {}
    for group, row in case.decision.table.rows():
        band, cut_off = band_of(group, row, case.decision), severe_cut_off(group, row)
        if band and cut_off and group.counted:
            is_severe = list(bands_of(row, group))[band - 1].is_severe
            sides[row.name] = _Side(case.guideline, is_severe, cut_off)
    return sides


def severe_cut_off(group: Group, row: Row) -> str:
    """What a row calls severe, in the paper's digits: '>= 0.7 cm', or the words; '' when it calls nothing so."""
    bands = [place for place, band in enumerate(bands_of(row, group), 1) if band.is_severe]
    if not bands:
        return ""
    return row.scale.text(bands[0], row.unit, bands[-1]) if row.scale else " or ".join(band_text(row, b) for b in bands)


def _value_text(case: GradedCase, covered: Sequence[GradedCase], name: str) -> str:
    """The value as it was typed, or as it was worked out."""
    entered = case.reading.entered.get(name)
    if entered is not None:
        return entered.text
    measurement = load_catalogue()[name]
    column = next(c.decision.filled.columns[name] for c in covered if c.decision and name in c.decision.filled.columns)
    if isinstance(measurement, Word):
        return measurement.text(measurement.values[int(column[0]) - 1])
    return quantity(plain(round(float(column[0]), 4)), measurement.unit)


def comparison_text(comparison: Comparison) -> str:
    """The comparison for a terminal of 80 columns."""
    lines = [f"{upper(comparison.valve)} regurgitation by {len(comparison.grades)} guidelines", ""]
    if comparison.reason is not None:
        lines += ["REJECTED: not graded", *wrapped(comparison.reason, "  ")]
        return "\n".join([*lines, "", *wrapped(comparison.notice)])
    for row in comparison.grades:
        stage = f", stage {row.stage}" if row.stage else ""
        grade = grade_text(row.grade or REJECTED, row.grade_low, row.grade_high, row.certainty)
        lines += wrapped(f"{row.short:<20} {grade}{stage}", "  ", " " * 21)
    if len({(row.grade, row.grade_low, row.grade_high) for row in comparison.grades}) > 1:
        lines += ["", "Why each says so"]
        for row in comparison.grades:
            lines += wrapped(f"{row.short}: {row.reason}", "  ", "  ")
    lines += ["", "Cut-offs that make a difference"]
    for text in difference_texts(comparison):
        lines += wrapped(text, "  ", "  ")
    if comparison.not_covered:
        lines += ["", *wrapped(f"No table for this valve: {', '.join(comparison.not_covered)}.")]
    return "\n".join([*lines, "", *wrapped(comparison.notice)])


def difference_texts(comparison: Comparison) -> list[str]:
    """A sentence for each difference, or one that there is none."""
    none = ["none: no measurement is severe in one guideline and not in another"]
    return [f"{difference.sentence}." for difference in comparison.differences] or none
