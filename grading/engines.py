"""Where pieces are graded: on threads of this machine, or on the workers of a Dask cluster."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Protocol

from grading.errors import UsageError
from grading.work import Outcome, Work

#: threads beyond this wait for one another more than they work
MOST_THREADS = 4
Apply = Callable[[Work], Outcome]


class Promise(Protocol):
    """A piece under way."""

    def result(self) -> Outcome:
        """Wait for what comes of it."""


class Workers(Protocol):
    """What pieces are handed to."""

    def submit(self, apply: Apply, piece: Work, /) -> Promise:
        """Begin the work on a piece."""


@contextmanager
def engine(name: str, scheduler: str | None = None) -> Iterator[tuple[Workers, int]]:
    """What pieces are handed to, and how many pieces it works on at a time.

    'local': threads, for numpy and pyarrow let go of the interpreter lock; 'dask': the cluster at `scheduler`, or one
    of processes on this machine. Raises UsageError when it cannot be had.
    """
    if name == "local":
        threads = min(MOST_THREADS, os.cpu_count() or 1)
        with ThreadPoolExecutor(threads) as pool:
            try:
                yield pool, threads
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
    elif name == "dask":
        from grading.cluster import cluster

        with cluster(scheduler) as found:
            yield found
    else:
        raise UsageError(f"--engine: expected local or dask, found {name!r}")


def ahead(pieces: Iterator[Work]) -> Iterator[Work]:
    """The pieces, the next one read while one is handled. It ends only when that read does, so it is not for a pipe."""
    with ThreadPoolExecutor(1) as reader:
        following: Future[Work | None] = reader.submit(next, pieces, None)
        while (piece := following.result()) is not None:
            following = reader.submit(next, pieces, None)
            yield piece


def in_order(workers: Workers, apply: Apply, pieces: Iterator[Work], at_a_time: int) -> Iterator[Outcome]:
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
