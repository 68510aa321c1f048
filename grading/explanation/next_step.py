"""What to measure next: one sentence, the cheapest step first."""

from __future__ import annotations

from grading.explanation.explanation import Explanation
from grading.explanation.grounds import OPEN
from grading.writing import upper

#: how many quantities are named
MOST = 3


def next_step(case: Explanation) -> str:
    """The cheapest step that could settle or confirm the grade: a PISA that was begun, then a quantity, then the test
    the paper names. '' where nothing is open."""
    if not case.groups or not _is_open(case):
        return ""
    names = [change.measurement for change in case.would_change if any(o.settles for o in change.outcomes)]
    steps = []
    if case.unfinished and any(name in names for name in (*case.unfinished.missing, "eroa")):
        steps.append(case.unfinished.label)
    quantities = _quantities(case, names)
    if quantities:
        steps.append(" or ".join([", ".join(quantities[:-1]), quantities[-1]] if len(quantities) > 1 else quantities))
    confirm, test = "" if case.grade in OPEN else "to confirm it: ", _test(case)
    if steps:
        return upper(f"{confirm}{', then '.join(steps)}{f'; {test} where that leaves it open' if test else ''}.")
    if case.asked:
        return upper(f"{test}.") if test else ""
    if confirm:
        others = [f"a quantity that does not rest on the {_root(case)}"] if case.witness else []
        others += [test] if test else []
        return upper(f"{confirm}{', or '.join(others)}.") if others else ""
    return upper(f"{test + '; ' if test else ''}no further quantity settles it.")


def _test(case: Explanation) -> str:
    """The test that the paper names, without the one whose answer stands beside the grade already."""
    tests = case.next_test.split(" or ")
    return " or ".join(test for test in tests if case.beside is None or test != "CMR")


def _root(case: Explanation) -> str:
    """The measurement that several quantities rest on, without its value."""
    root = next((view.label for view in case.entered if case.witness.startswith(view.label)), "")
    return root or case.witness.removeprefix("one ")


def _is_open(case: Explanation) -> bool:
    """True unless the grade is definite or quantified without a range."""
    return case.grade in OPEN or case.certainty not in ("definite", "quantified") or case.grade_low != case.grade_high


def _quantities(case: Explanation, names: list[str]) -> list[str]:
    """The labels of the quantities that could change the answer, in the order of the table."""
    begun = "eroa" if case.unfinished else ""
    labels = [
        view.label
        for group in case.groups
        if group.is_quantitative
        for view in group.criteria
        if view.measurement in names and not view.assessed and view.measurement != begun
    ]
    return list(dict.fromkeys(labels))[:MOST]
