"""The report sentence: one sentence in the words of the 2025 ASE reporting standard, with its scheme."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from grading.engine.decide import Decision
from grading.explanation.graded import GradedCase
from grading.explanation.reasons import quantitative_grade, spoken
from grading.reference.catalogue import Number, load_catalogue
from grading.reference.guideline import load_guideline, references
from grading.reference.table import Table
from grading.version import VERSION
from grading.writing import in_words, plain, quantity, upper

NOTICE = "For education and research. Not a medical device; not for decisions about a patient."


def shown(number: Number, value: float, table: Table | None) -> str:
    """A value as a report prints it: the catalogue's decimals, and more where fewer would move it into another band."""
    rows = [row for _, row in table.rows() if row.name == number.name and row.scale] if table else []
    for decimals in range(number.decimals, 10):
        text = f"{value:.{decimals}f}"
        pairs = [np.array([value, float(text)]) for _ in rows]
        bands = [row.scale.band(pair, row.ratio) for row, pair in zip(rows, pairs, strict=True) if row.scale]
        if all(pair[0] == pair[1] for pair in bands):
            return quantity(text, number.unit)
    return quantity(plain(value), number.unit)


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
    said = []
    for name, _ in spoken(decision.tallies[group.name], 0) if group else []:
        number = catalogue.numbers.get(name)
        if number is None:
            continue
        said.append(f"{number.label} {shown(number, float(decision.filled.columns[name][0]), decision.table)}")
    return f": {', '.join(said)}" if said else ""


def signed() -> str:
    """'echograde 0.1.0.': which program said so."""
    return f"echograde {VERSION}."


def report_text(case: GradedCase) -> str:
    """The report sentence with the guideline it was graded by, the program's version and the notice."""
    paper = load_guideline(case.guideline)
    return f"{report(case)}\n\n{paper.cited}. {signed()}\n{NOTICE}\n"
