"""Where pieces are graded: on threads of this machine, or on the workers of a Dask cluster."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from grading.errors import UsageError
from grading.work import Outcome, Work

#: threads beyond this wait for one another more than they work
MOST_THREADS = 4


@contextmanager
def engine(name: str, scheduler: str | None = None) -> Iterator[tuple[Executor, int]]:
    """An executor, and how many pieces it works on at a time.

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
        with _dask(scheduler) as found:
            yield found
    else:
        raise UsageError(f"--engine: expected local or dask, found {name!r}")


@contextmanager
def _dask(scheduler: str | None) -> Iterator[tuple[Executor, int]]:
    try:
        import distributed
    except ImportError as error:
        raise UsageError("--engine dask needs dask and distributed: pip install 'echograde[dask]'") from error
    connect: Any = distributed.Client
    try:
        client = connect(scheduler, timeout=10) if scheduler else connect(processes=True, dashboard_address=None)
    except (OSError, ValueError) as error:
        raise UsageError(f"--scheduler: no Dask scheduler answers at {scheduler}: {error}") from error
    with client:
        # a task that was under way on a worker that dies is given to another; it has no side effect, so no row doubles
        threads = sum(client.nthreads().values()) or 1
        yield client.get_executor(pure=False, retries=3), threads


def ahead(pieces: Iterator[Work]) -> Iterator[Work]:
    """The pieces, the next one read while one is handled."""
    with ThreadPoolExecutor(1) as reader:
        following: Future[Work | None] = reader.submit(next, pieces, None)
        while (piece := following.result()) is not None:
            following = reader.submit(next, pieces, None)
            yield piece


def in_order(
    executor: Executor, apply: Callable[[Work], Outcome], pieces: Iterator[Work], at_a_time: int
) -> Iterator[Outcome]:
    """The outcome of every piece in the order of the pieces; a few are under way while one is taken."""
    waiting: deque[Future[Any]] = deque()
    try:
        for piece in ahead(pieces):
            waiting.append(executor.submit(apply, piece))
            if len(waiting) > at_a_time + 1:
                yield waiting.popleft().result()
    except UsageError:
        # what is wrong further up in the file is to be said first
        while waiting:
            waiting.popleft().result()
        raise
    while waiting:
        yield waiting.popleft().result()
