"""What numpy refused, asked of the schema while the run goes on."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from grading.rows.grader import confirm_refused


class Refusals:
    """Distinct values outside a hard range, by measurement [catalogue unit], each asked of the schema once.

    Loading the schema takes long, so the first question is asked on a thread beside the grading; a question costs the
    same for one value as for hundreds, so the next waits until as many values are new as were asked about.
    """

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._pool = stack.enter_context(ThreadPoolExecutor(1))
        self._asked: dict[str, set[float]] = {}
        self._waiting: dict[str, set[float]] = {}
        self._answer: Future[None] | None = None

    def add(self, refused: Mapping[str, Collection[float]]) -> None:
        """Take what one piece refused. Raises TableError when the schema would have taken an earlier one."""
        for name, values in refused.items():
            new = set(values) - self._asked.get(name, set())
            if new:
                self._waiting.setdefault(name, set()).update(new)
        if _count(self._waiting) > _count(self._asked):
            self._ask()

    def confirm(self) -> None:
        """Wait for every answer. Raises TableError when the schema would have taken a refused value."""
        if self._waiting:
            self._ask()
        if self._answer is not None:
            self._answer.result()

    def _ask(self) -> None:
        if self._answer is not None:
            self._answer.result()
        for name, values in self._waiting.items():
            self._asked.setdefault(name, set()).update(values)
        self._answer = self._pool.submit(confirm_refused, self._waiting)
        self._waiting = {}


def _count(values: Mapping[str, Collection[float]]) -> int:
    return sum(map(len, values.values()))
