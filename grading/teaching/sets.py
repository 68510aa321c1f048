"""Sets of questions: which cases, in which order, and how a learner did."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from grading.teaching.cases import LEVELS, TeachingCase, load_teaching_cases
from grading.teaching.quiz import DIFFERENT, RIGHT, WITHIN

#: how many questions a set has at most
SIZE = 10
#: what the first question of all is about
_FIRST = ("mitral", ("mild", "severe"))
_ANY = ""


@cache
def quiz_order() -> tuple[TeachingCase, ...]:
    """All cases by level, mixed within each, the same for everybody; the first is mitral, and mild or severe.

    >>> first = quiz_order()[0]
    >>> first.valve, first.level, first.kind in ("mild", "severe")
    ('mitral', 'beginner', True)
    """
    cases = list(load_teaching_cases())
    random.Random(len(cases)).shuffle(cases)
    cases.sort(key=lambda case: (LEVELS.index(case.level), not _begins(case)))
    return tuple(cases)


def _begins(case: TeachingCase) -> bool:
    valve, kinds = _FIRST
    return case.valve == valve and case.kind in kinds and case.level == LEVELS[0]


def quiz_sets(valve: str = _ANY, level: str = _ANY) -> list[tuple[TeachingCase, ...]]:
    """Sets of at most `SIZE` questions of a valve and a level, or of all; none where there is no such case.

    No two sets are more than one apart in size.

    >>> [len(one) for one in quiz_sets("mitral")]
    [9, 9, 9]
    """
    cases = [case for case in quiz_order() if valve in (_ANY, case.valve) and level in (_ANY, case.level)]
    count = max(1, -(-len(cases) // SIZE))
    ends = [round(len(cases) * place / count) for place in range(count + 1)]
    return [tuple(cases[a:b]) for a, b in itertools.pairwise(ends)] if cases else []


@dataclass(frozen=True, slots=True)
class Score:
    """How many questions of a set were answered right, within the range and different, and how many there are."""

    right: int
    within: int
    different: int
    questions: int

    @property
    def answered(self) -> int:
        """How many were answered."""
        return self.right + self.within + self.different

    @property
    def text(self) -> str:
        """'7 of 10 right, 1 within the range, 2 different'; what did not happen is not said."""
        parts = [f"{self.right} of {self.questions} right"]
        parts += [f"{n} {word}" for n, word in ((self.within, WITHIN), (self.different, DIFFERENT)) if n]
        missing = self.questions - self.answered
        return ", ".join([*parts, f"{missing} not answered"] if missing else parts)


def score(questions: Sequence[TeachingCase], verdicts: Mapping[str, str]) -> Score:
    """The score of a set; `verdicts` by the id of a case are those of `quiz.mark`.

    >>> score(quiz_order()[:2], {quiz_order()[0].id: "right"}).text
    '1 of 2 right, 1 not answered'
    """
    said = [verdicts[case.id] for case in questions if case.id in verdicts]
    return Score(said.count(RIGHT), said.count(WITHIN), said.count(DIFFERENT), len(questions))
