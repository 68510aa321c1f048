"""How many of a room gave which answer: counted by a number that a visit is given, and never by a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from threading import Lock

#: more questions and visits than one lesson has; the oldest question makes room for a new one
QUESTIONS, VISITS = 500, 2000


class Poll:
    """The first answer of each visit to each question, in the memory of the server only.

    >>> poll = Poll()
    >>> for visit, answer in enumerate(("mild", "severe", "severe")):
    ...     poll.answer("a-case", str(visit), answer)
    >>> poll.counts("a-case", ("mild", "moderate", "severe"))
    {'mild': 1, 'moderate': 0, 'severe': 2}
    """

    def __init__(self) -> None:
        """No answers."""
        self._given: dict[str, dict[str, str]] = {}
        self._lock = Lock()

    def answer(self, question: str, visit: str, said: str) -> None:
        """Count an answer; the first of a visit counts."""
        with self._lock:
            given = self._given.setdefault(question, {})
            if len(given) < VISITS:
                given.setdefault(visit, said)
            while len(self._given) > QUESTIONS:
                del self._given[next(iter(self._given))]

    def counts(self, question: str, answers: Sequence[str]) -> Mapping[str, int]:
        """How many gave each of the answers, in their order."""
        with self._lock:
            found = Counter(self._given.get(question, {}).values())
        return {answer: found[answer] for answer in answers}
