"""The laws of sections 5.4, 6 and 7 in the second reading, by enumeration: a worse finding never lowers an answer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement, product

import pytest
from support.second_answer import Answer
from support.second_ase import LADDERS, ORDER, Situation, ase_decision
from support.second_bands import FIVE, MODERATE_OR_LESS, SEVERE_OR_MORE, THREE, TWO, banded_decision
from support.second_esc import esc_decision
from support.second_filling import Filled

#: rows of each valve: that argue for mild only, for severe only, for either; the tricuspid vena contracta stands apart
ROWS = {"mitral": (2, 2, 4), "aortic": (1, 2, 5), "tricuspid": (1, 1, 5), "pulmonic": (3, 4, 1)}
QUANTITIES = {"mitral": 3, "aortic": 3, "tricuspid": 2, "pulmonic": 1}
#: signs for mild and for neither of the first kind, severe and neither of the second, mild, neither, severe of the third
Signs = tuple[int, int, int, int, int, int, int]
Case = tuple[Signs, tuple[str, ...], str, bool]


def sign_counts(valve: str) -> Iterator[Signs]:
    a, b, c = ROWS[valve]
    for signs in product(
        range(a + 1), range(a + 1), range(b + 1), range(b + 1), range(c + 1), range(c + 1), range(c + 1)
    ):
        if signs[0] + signs[1] <= a and signs[2] + signs[3] <= b and sum(signs[4:]) <= c:
            yield signs


def worse_cases(valve: str, case: Case) -> Iterator[Case]:
    """The case with one finding one class worse."""
    signs, steps, width, elliptical = case
    ladder = LADDERS[valve]
    for source, target in ((0, 1), (3, 2), (4, 5), (4, 6), (5, 6)):
        if signs[source]:
            moved = list(signs)
            moved[source] -= 1
            moved[target] += 1
            yield tuple(moved), steps, width, elliptical  # type: ignore[misc]
    for place, step in enumerate(steps):
        if step != ladder[-1]:
            yield signs, (*steps[:place], ladder[ladder.index(step) + 1], *steps[place + 1 :]), width, elliptical
    if width and width != ladder[-1]:
        yield signs, steps, ladder[ladder.index(width) + 1], elliptical
    if valve == "mitral" and not elliptical:
        yield signs, steps, width, True


def situation(valve: str, case: Case) -> Situation:
    signs, steps, width, elliptical = case
    measured = (*steps, width) if width else steps
    return Situation(
        valve=valve,
        mild=signs[0] + signs[4] + (width == "I"),
        severe=signs[2] + signs[6] + (width == "IV"),
        assessed=sum(signs) + bool(width),
        steps=tuple(sorted(measured)),
        roots=tuple(map(str, range(len(measured)))),
        elliptical=elliptical,
    )


def fall(scale: tuple[str, ...], before: Answer, after: Answer) -> bool:
    """Whether an end of the range fell, or a definite grade became milder."""
    pairs = [(before.low, after.low), (before.high, after.high), (before.grade, after.grade)]
    return any(scale.index(b) < scale.index(a) for a, b in pairs if a in scale and b in scale)


@pytest.mark.slow
@pytest.mark.parametrize("valve", ROWS)
def test_ase_ranges_never_fall(valve: str) -> None:
    ladder, answers = LADDERS[valve], {}
    step_sets = [s for n in range(QUANTITIES[valve] + 1) for s in combinations_with_replacement(ladder, n)]
    widths = ("", *ladder) if valve == "tricuspid" else ("",)
    moves, falls = 0, []
    for case in product(sign_counts(valve), step_sets, widths, (False, True) if valve == "mitral" else (False,)):
        for other in worse_cases(valve, case):
            before, after = situation(valve, case), situation(valve, other)
            for each in (before, after):
                if each not in answers:
                    answers[each] = ase_decision(each)
            moves += 1
            if fall(ORDER, answers[before], answers[after]):
                falls.append((before, after))
    assert falls == []
    assert moves > 5000


def test_esc_ranges_never_fall() -> None:
    moves, falls = 0, []
    for rows, quantities in product(range(9), range(5)):
        for severe, q_severe in product(range(rows + 1), range(quantities + 1)):

            def answer(s: int, q: int, m: int = rows, n: int = quantities) -> Answer:
                quantified = [True] * q + [False] * (n - q)
                claims = [True] * s + [False] * (m - s) + quantified
                return esc_decision(Filled({}), claims, quantified, [str(place) for place in range(len(claims))])

            for s, q in ((severe + 1, q_severe), (severe, q_severe + 1)):
                if s <= rows and q <= quantities:
                    moves += 1
                    if fall(("not_severe", "severe"), answer(severe, q_severe), answer(s, q)):
                        falls.append((rows, quantities, severe, q_severe))
    assert falls == []
    assert moves > 800


SINGLE = tuple((place, place) for place in range(5))
AREA = (MODERATE_OR_LESS, *SINGLE[2:])
OPEN = (*SINGLE[:2], SEVERE_OR_MORE)


@pytest.mark.parametrize(
    ("scale", "rows"),
    [
        (THREE, [SINGLE[:3]] * 5 + [SINGLE[2:3]]),
        (TWO, [SINGLE[:2]] * 5),
        (FIVE, [SINGLE, SINGLE, AREA, AREA]),
        (FIVE, [SINGLE, SINGLE, AREA, AREA, SINGLE, OPEN, OPEN]),
    ],
    ids=["acc-aha-aortic", "acc-aha-mitral", "hahn-zamorano", "tvarc"],
)  # fmt: skip
def test_banded_ranges_never_fall(scale: tuple[str, ...], rows: list[tuple[tuple[int, int], ...]]) -> None:
    answers: dict[tuple[tuple[int, int], ...], Answer] = {}

    def answer(intervals: tuple[tuple[int, int], ...]) -> Answer:
        key = tuple(sorted(intervals))
        if key not in answers:
            answers[key] = banded_decision(scale, Filled({}), list(key), [str(place) for place in range(len(key))])
        return answers[key]

    moves, falls = 0, []
    for places in product(*(range(-1, len(bands)) for bands in rows)):
        chosen = {row: place for row, place in enumerate(places) if place >= 0}
        for row, place in chosen.items():
            if place + 1 < len(rows[row]):
                moves += 1
                before, after = (
                    answer(tuple(rows[r][p] for r, p in c.items())) for c in (chosen, chosen | {row: place + 1})
                )
                if fall(scale, before, after):
                    falls.append((before, after))
    assert falls == []
    assert moves > 400
