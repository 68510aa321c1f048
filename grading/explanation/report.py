"""The report sentence: one sentence in the words of the 2025 ASE reporting standard, with its scheme."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from grading.engine.decide import Decision
from grading.explanation.graded import GradedCase
from grading.explanation.reasons import quantitative_grade, votes
from grading.explanation.value_text import report_value
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import load_guideline, references
from grading.version import VERSION
from grading.writing import in_words, upper

NOTICE = "For education and research. Not a medical device; not for decisions about a patient."


#: how a table was seen, in words
SEEN: Mapping[str, str] = MappingProxyType(
    {
        "paper": "read in the paper's own tables and figures",
        "reproductions": "seen in reproductions, not in the paper",
    }
)


def grade_text(grade: str, low: str | None, high: str | None, certainty: str | None) -> str:
    """'INDETERMINATE: moderate to severe', 'SEVERE (quantified)', 'MODERATE (majority), range moderate to severe'."""
    between = f"{in_words(low)} to {in_words(high)}" if low and high and low != high else ""
    if grade in ("indeterminate", "insufficient_data", "not_covered"):
        return in_words(grade).upper() + (f": {between}" if between else "")
    return f"{in_words(grade).upper()} ({in_words(certainty or '')})" + (f", range {between}" if between else "")


def report(case: GradedCase) -> str:
    """One sentence for a report, in the words of the 2025 ASE reporting standard, with its scheme."""
    short = references()[case.guideline]["short"]
    leak = f"{case.valve} regurgitation"
    if case.decision is None:
        return f"{upper(leak)}: not graded by {short}."
    grade, low, high = case.grade or "", in_words(case.grade_low or ""), in_words(case.grade_high or "")
    measured = _measured(case, case.decision)
    if grade == "insufficient_data":
        return f"The severity of {leak} cannot be graded by {short} from what was measured{measured}."
    if grade == "indeterminate":
        mixed = f"{low}-to-{high}" if low != high else low
        return f"{upper(mixed)} {leak} by {short}, indeterminate{measured}. {case.reason}"
    words = "No" if grade == "none" else upper(in_words(grade))
    step = quantitative_grade(case.decision, 0)
    numeral = f" (grade {step})" if case.certainty in ("quantified", "single_parameter") and step.isupper() else ""
    why = {"majority": f", by majority (range {low} to {high})", "single_parameter": ", by a single parameter"}
    return f"{words} {leak}{numeral} by {short}{why.get(case.certainty or '', '')}{measured}."


def _measured(case: GradedCase, decision: Decision) -> str:
    group = decision.table.group("quantitative") or decision.table.groups.get("quantitative")
    catalogue = load_catalogue()
    values = []
    for name, _ in votes(decision.tallies[group.name], 0) if group else []:
        number = catalogue.numbers.get(name)
        if number is not None:
            value = float(decision.filled.columns[name][0])
            values.append(f"{number.label} {report_value(number, value, decision.table)}")
    return f": {', '.join(values)}" if values else ""


def signed() -> str:
    """'echograde 0.1.0.': which program wrote it."""
    return f"echograde {VERSION}."


def report_text(case: GradedCase) -> str:
    """The report sentence with the guideline it was graded by, the program's version and the notice."""
    paper = load_guideline(case.guideline)
    return f"{report(case)}\n\n{paper.cited}. {signed()}\n{NOTICE}\n"
