"""The report sentence, in the words of the 2025 ASE reporting standard: what, by which scheme, how sure, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grading.explanation.grounds import grounds
from grading.reference.guideline import references
from grading.version import VERSION
from grading.writing import in_words, upper

if TYPE_CHECKING:
    # a run over a file grades without an explanation, and a small one in less time than loading it takes
    from grading.explanation.explanation import Explanation

NOTICE = "For education and research. Not a medical device; not for decisions about a patient."

#: how a table was seen, in words
SEEN: Final = {
    "paper": "read in the paper's own tables and figures",
    "reproductions": "seen in reproductions, not in the paper",
}


def grade_text(grade: str, low: str | None, high: str | None, certainty: str | None) -> str:
    """'INDETERMINATE: moderate to severe', 'SEVERE (quantified)', 'MODERATE (majority), range moderate to severe'."""
    between = f"{in_words(low)} to {in_words(high)}" if low and high and low != high else ""
    if grade in ("indeterminate", "insufficient_data", "not_covered", "rejected"):
        return in_words(grade).upper() + (f": {between}" if between else "")
    return f"{in_words(grade).upper()} ({in_words(certainty or '')})" + (f", range {between}" if between else "")


def report(case: Explanation) -> str:
    """One or two sentences for a report: the finding with its scheme and certainty, and what it rests on."""
    short = references()[case.guideline]["short"]
    if not case.groups:
        return f"{upper(case.valve)} regurgitation: not graded by {short}."
    found = "; ".join(grounds(case))
    if case.grade == "insufficient_data":
        return f"{upper(_leak(case))}: insufficient data to grade by {short}; {found}."
    if case.grade == "indeterminate":
        return f"{upper(_leak(case))}: severity could not be determined by {short}, {_open(case)}. {upper(found)}."
    lead = f"{_graded(case)} by {short}{_certainty(case)}{_stage(case)}"
    return f"{lead}: {found}." if found else f"{lead}."


def _leak(case: Explanation) -> str:
    """'late-systolic secondary mitral regurgitation': the leak with what was entered of its mechanism."""
    late = "late-systolic" if case.word("holosystolic") == "no" else ""
    mechanism = case.word("mechanism") or ""
    return " ".join(word for word in (late, mechanism, case.valve, "regurgitation") if word)


def _open(case: Explanation) -> str:
    """'moderate or severe' for neighbours, 'anything from mild to severe' for more."""
    low, high = in_words(case.grade_low or ""), in_words(case.grade_high or "")
    if case.grade_low == "not_severe":
        return "severe or not"
    apart = case.grades.index(case.grade_high or "") - case.grades.index(case.grade_low or "")
    return f"{low} or {high}" if apart == 1 else f"anything from {low} to {high}"


def _graded(case: Explanation) -> str:
    """'Severe mitral regurgitation (grade IV)', 'Probably mild ...', 'At least massive ...', 'Mitral regurgitation, not
    severe'."""
    grade, leak = case.grade or "", _leak(case)
    probably = "probably " if case.certainty == "probable" else ""
    if grade == "none":
        return f"No {case.valve} regurgitation"
    if grade == "not_severe":
        return f"{upper(leak)}, {probably}not severe"
    at_least = "at least " if case.grade_low == grade and case.grade_high in ("massive", "torrential") else ""
    at_least = at_least if case.grade_high != grade else ""
    return f"{upper(f'{probably}{at_least}{grade} {leak}')}{_numeral(case)}"


def _numeral(case: Explanation) -> str:
    """' (grade IV)' where the quantities say it and the signs did not change it."""
    step = case.quantitative_grade or ""
    raised = case.led is not None and case.led.raised_to
    rests = case.certainty in ("quantified", "single_parameter")
    return f" (grade {step})" if rests and step.isupper() and not raised else ""


def _certainty(case: Explanation) -> str:
    """', by majority (range moderate to severe)', ', by a single parameter', ' (range moderate to severe)'."""
    low, high = case.grade_low, case.grade_high
    between = f" (range {in_words(low)} to {in_words(high)})" if low and high and low != high else ""
    how = {"majority": ", by majority", "single_parameter": ", by a single parameter"}
    return how.get(case.certainty or "", "") + between


def _stage(case: Explanation) -> str:
    if not case.stage:
        return ""
    return f", stage {case.stage}" + (f" ({case.stage_reason})" if case.stage_reason else "")


def signed() -> str:
    """'echograde 0.1.0.': which program wrote it."""
    return f"echograde {VERSION}."


def report_text(case: Explanation, sentence: str = "") -> str:
    """The report sentence (or one given in its place) with the guideline it was graded by, the program's version and
    the notice."""
    return f"{sentence or report(case)}\n\n{case.citation}. {signed()}\n{NOTICE}\n"
