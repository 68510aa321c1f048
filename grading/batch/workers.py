"""Pieces handed to workers, the next ones read ahead, the results in the order of the rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from grading.batch.piece import GradedPiece, Work
from grading.errors import UsageError

Apply = Callable[[Work], GradedPiece]


class Promise(Protocol):
    """A piece under way."""

    def result(self) -> GradedPiece:
        """Wait for what comes of it."""


class Workers(Protocol):
    """What pieces are handed to."""

    def submit(self, apply: Apply, piece: Work, /) -> Promise:
        """Begin the work on a piece."""


def ahead(pieces: Iterator[Work]) -> Iterator[Work]:
    """The pieces, the next one read while one is handled. It ends only when that read does, so it is not for a pipe."""
    with ThreadPoolExecutor(1) as reader:
        following: Future[Work | None] = reader.submit(next, pieces, None)
        while (piece := following.result()) is not None:
            following = reader.submit(next, pieces, None)
            yield piece


def in_order(workers: Workers, apply: Apply, pieces: Iterator[Work], at_a_time: int) -> Iterator[GradedPiece]:
    """The outcome of every piece in the order of the pieces; a few are under way while one is taken."""
    waiting: deque[Promise] = deque()
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
