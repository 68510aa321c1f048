"""Pieces handed to workers, the next ones read ahead, the results in the order of the rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, Protocol, TypeVar

from grading.batch.piece import Work
from grading.errors import UsageError

Given = TypeVar("Given")
Made = TypeVar("Made")
Come = TypeVar("Come", covariant=True)


class WorkersDiedError(UsageError):
    """Worker after worker died of the same work; what others have to do may be well."""


class Promise(Protocol[Come]):
    """Work under way."""

    def result(self) -> Come:
        """Wait for what comes of it."""


class Workers(Protocol):
    """What pieces, or whole parts, are handed to."""

    def submit(self, apply: Callable[[Given], Made], given: Given, /) -> Promise[Made]:
        """Begin the work on one."""


class Here:
    """The thread that asks, as the only worker: the work is done when its result is wanted."""

    def submit(self, apply: Callable[[Given], Made], given: Given, /) -> Promise[Made]:
        """The work on one, not begun."""
        return _Later(apply, given)


class _Later(Generic[Given, Made]):
    def __init__(self, apply: Callable[[Given], Made], given: Given) -> None:
        self._apply, self._given = apply, given

    def result(self) -> Made:
        return self._apply(self._given)


def ahead(pieces: Iterator[Work]) -> Iterator[Work]:
    """The pieces, the next one read while one is handled. It ends only when that read does, so it is not for a pipe."""
    with ThreadPoolExecutor(1) as reader:
        following: Future[Work | None] = reader.submit(next, pieces, None)
        while (piece := following.result()) is not None:
            following = reader.submit(next, pieces, None)
            yield piece


def in_order(
    workers: Workers, apply: Callable[[Given], Made], pieces: Iterator[Given], at_a_time: int
) -> Iterator[Made]:
    """The outcome of every piece in the order of the pieces; a few are under way while one is taken."""
    waiting: deque[Promise[Made]] = deque()
    while True:
        try:
            piece = next(pieces, None)
        except UsageError:
            # what is wrong further up in the file is to be said first
            for promise in waiting:
                promise.result()
            raise
        if piece is None:
            break
        waiting.append(workers.submit(apply, piece))
        if len(waiting) > at_a_time + 1:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
