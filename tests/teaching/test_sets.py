"""Sets of questions: every case in one of them, and the score of a set."""

from __future__ import annotations

import pytest

from grading.reference.measurement import VALVES
from grading.teaching.cases import LEVELS, load_teaching_cases
from grading.teaching.quiz import DIFFERENT, RIGHT, WITHIN
from grading.teaching.sets import SIZE, quiz_order, quiz_sets, score


@pytest.mark.parametrize("valve", ["", *VALVES])
@pytest.mark.parametrize("level", ["", *LEVELS])
def test_the_sets_hold_every_case_once(valve: str, level: str) -> None:
    sets = quiz_sets(valve, level)
    expected = {case.id for case in load_teaching_cases() if valve in ("", case.valve) and level in ("", case.level)}
    found = [case.id for questions in sets for case in questions]
    assert set(found) == expected and len(found) == len(expected)
    sizes = [len(questions) for questions in sets]
    assert sets == [] if not expected else max(sizes) <= SIZE and max(sizes) - min(sizes) <= 1


def test_there_are_sixty_cases_and_the_first_is_mitral_and_mild_or_severe() -> None:
    first = quiz_order()[0]
    assert len(quiz_order()) >= 60
    assert first.valve == "mitral" and first.kind in ("mild", "severe")
    assert [LEVELS.index(case.level) for case in quiz_order()] == sorted(LEVELS.index(c.level) for c in quiz_order())


def test_a_score_counts_what_was_answered() -> None:
    questions = quiz_sets()[0]
    verdicts = dict(zip((case.id for case in questions), [RIGHT, RIGHT, WITHIN, DIFFERENT], strict=False))
    found = score(questions, {**verdicts, "another-case": RIGHT})
    assert (found.right, found.within, found.different, found.answered) == (2, 1, 1, 4)
    assert found.text == "2 of 10 right, 1 within the range, 1 different, 6 not answered"
