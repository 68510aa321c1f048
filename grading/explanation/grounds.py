"""What a grade rests on, in clauses: the quantities, the signs of either side, what only the paper's table lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from grading.writing import in_words, joined

if TYPE_CHECKING:
    from grading.explanation.explanation import Explanation
    from grading.explanation.views import CriterionView, GroupView

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
#: answers that do not name a grade
OPEN = ("indeterminate", "insufficient_data")


def grounds(case: Explanation) -> Iterator[str]:
    """The clauses of a report: what the deciding rule asks about, the quantities, the signs, what was not counted."""
    yield from case.asked
    if case.grade in ("none", "trace"):
        return
    if any("not_severe" in group.count.steps for group in case.groups if group.counted):
        yield from _severe_or_not(case)
    else:
        yield from _quantities(case)
        yield from _signs(case)
    if case.grade in OPEN or case.certainty == "probable":
        yield from _listed(case)
        yield from _neutral(case)
    yield from _void(case)
    if not quantities(case) and any(group.is_quantitative for group in case.groups):
        yield "nothing was quantified"


def _speaking(groups: Iterable[GroupView]) -> list[CriterionView]:
    """The counted criteria of some groups that argue for a grade."""
    views = [criterion for group in groups for criterion in group.criteria]
    return [view for view in views if view.assessed and view.counted and view.argues_for]


def quantities(case: Explanation) -> list[CriterionView]:
    """The quantities that argue for a grade."""
    return _speaking(group for group in case.groups if group.is_quantitative)


def signs(case: Explanation) -> list[CriterionView]:
    """The other counted criteria that argue for a grade; one that is a quantity too is named among those."""
    named = {view.measurement for view in quantities(case)}
    views = _speaking(group for group in case.groups if not group.is_quantitative)
    return [view for view in views if view.measurement not in named]


def _phrases(views: Sequence[CriterionView]) -> str:
    return joined([view.phrase or view.label for view in views])


def _quantities(case: Explanation) -> Iterator[str]:
    """The quantities with their steps where these differ, and what raised them."""
    views = quantities(case)
    if not views:
        return
    steps = {view.argues_for for view in views}
    if case.witness and len(views) == case.witnesses and len(steps) == 1:
        yield _from_one_root(case, views)
    elif len(steps) == 1 and case.grade not in OPEN:
        yield _phrases(views)
    else:
        yield joined([f"{view.phrase} ({_step(view)})" for view in views])
        if case.witness and len(views) == case.witnesses:
            yield _all_from(case.witness, views)
    if case.led is not None and case.led.because:
        yield f"{_raised(case)} because {case.led.because}"


def _raised(case: Explanation) -> str:
    """'raised to severe'; 'grade III raised to severe' where that did not settle the grade."""
    assert case.led is not None
    step = f"grade {case.led.step} " if case.grade_low != case.grade_high else ""
    return f"{step}raised to {case.led.raised_to}"


def _root(case: Explanation) -> str:
    """What all criteria of a single parameter rest on, with its value; '' where it is not known."""
    radius = (f"{view.label} {view.text}" for view in case.entered if view.measurement == "pisa_radius")
    return case.witness or next(radius, "")


def _all_from(root: str, views: Sequence[CriterionView]) -> str:
    """'all from PISA radius 0.9 cm'."""
    return f"{'both' if len(views) == 2 else 'all'} from {root}"


def _from_one_root(case: Explanation, views: Sequence[CriterionView]) -> str:
    """'PISA radius 0.9 cm (EROA 0.41 cm2 and regurgitant volume 61 mL follow from it)'."""
    root = _root(case)
    others = [view for view in views if view.phrase != root]
    if not others or not root:
        return root or _phrases(views)
    return f"{root} ({_phrases(others)} {'follows' if len(others) == 1 else 'follow'} from it)"


def _step(view: CriterionView) -> str:
    """'grade IV', 'severe or worse'."""
    band = view.own_band
    return band.called.partition(" (")[0] if band else ""


def _signs(case: Explanation) -> Iterator[str]:
    """The signs for either end, where they had a part in the answer."""
    if not any(not group.is_quantitative and group.counted for group in case.groups):
        return
    views = signs(case)
    if not views:
        if case.grade == "insufficient_data":
            yield "no sign for severe or mild"
        return
    raised = case.led.raised_to if case.led is not None and not case.led.because else ""
    for step in _sides(case):
        side = [view for view in views if view.argues_for == step]
        if side or case.grade in OPEN or case.certainty == "probable":
            yield f"{_raised(case)} by {_side(side, step, case)}" if step == raised else _side(side, step, case)


def _sides(case: Explanation) -> tuple[str, ...]:
    """The ends whose signs are named: both where the answer is open, those of the grade where signs gave it, those that
    widened its range or raised it where the quantities lead."""
    if case.grade in OPEN or case.certainty == "probable" or case.certainty == "majority":
        return ("severe", "mild")
    if case.led is not None:
        if case.led.raised_to:
            return (case.led.raised_to,)
        return (case.led.pull,) if case.led.pull and case.grade_low != case.grade_high else ()
    return (case.grade or "",)


def _side(views: Sequence[CriterionView], step: str, case: Explanation) -> str:
    """'three signs for severe (of 7): large central jet, flail leaflet and pulmonary vein reversal'; 'other' ones
    where a quantity that was named is a sign for it too."""
    groups = [group for group in case.groups if group.counted and not group.is_quantitative]
    counts = [group.count.steps[step] for group in groups if step in group.count.steps]
    other = "other " if sum(count.met for count in counts) > len(views) else ""
    if not views:
        return f"no {other}sign for {in_words(step)}"
    possible = sum(count.possible for count in counts)
    number = _NUMBERS[len(views)] if len(views) < len(_NUMBERS) else str(len(views))
    return f"{number} {other}sign{'s' * (len(views) > 1)} for {in_words(step)} (of {possible}): {_phrases(views)}"


def _severe_or_not(case: Explanation) -> Iterator[str]:
    """Where a paper defines severe only: what is severe, and what is not; what fits the grade first and by itself."""
    views = [*quantities(case), *signs(case)]
    sides = {
        "severe": [view for view in views if view.argues_for == "severe"],
        "not_severe": [view for view in views if view.argues_for != "severe"],
    }
    first = "not_severe" if case.grade == "not_severe" else "severe"
    single = case.certainty == "single_parameter" and len(views) > 1
    if single and case.grade_low == case.grade_high:
        yield _from_one_root(case, views)
        return
    for step in sorted(sides, key=lambda step: step != first):
        if sides[step]:
            yield _phrases(sides[step]) if step == case.grade else f"{in_words(step)}: {_phrases(sides[step])}"
    if single and _root(case):
        yield _all_from(_root(case), views)
    if case.grade == "insufficient_data" and views:
        yield "another criterion or a quantity is needed"


def _listed(case: Explanation) -> Iterator[str]:
    """What the paper's table lists and its figure does not count: 'jet width ratio 50 % is moderate in Table 11'."""
    texts: dict[str, list[CriterionView]] = {}
    for view in case.criteria:
        if view.listed:
            texts.setdefault(view.listed, []).append(view)
    for text, views in texts.items():
        yield f"{_phrases(views)} {'is' if len(views) == 1 else 'are'} {text}"


def _neutral(case: Explanation) -> Iterator[str]:
    """What was assessed and supports neither end."""
    views = [view for view in case.criteria if view.assessed and view.counted and not view.argues_for]
    named = {view.measurement for view in quantities(case)}
    views = [view for view in views if not view.listed and view.measurement not in named]
    if views:
        yield f"neutral: {_phrases(views)}"


def _void(case: Explanation) -> Iterator[str]:
    """What was measured and may not be counted: 'EROA 0.45 cm2 not counted (late-systolic regurgitation)'."""
    names: dict[str, dict[str, CriterionView]] = {}
    for view in case.criteria:
        if view.void_in and view.counted:
            names.setdefault(view.void_in, {}).setdefault(view.measurement, view)
    for finding, views in names.items():
        yield f"{_phrases(list(views.values()))} not counted ({finding})"
