"""Where pieces are graded: on threads of this machine, or on the workers of a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from grading.batch.workers import Here, Workers
from grading.errors import UsageError

#: threads beyond this wait for one another more than they work
MOST_THREADS = 4


@contextmanager
def engine(name: str, scheduler: str | None = None, threads: int | None = None) -> Iterator[tuple[Workers, int]]:
    """What pieces are handed to, and how many pieces it works on at a time.

    'local': threads, as many as are useful by default, for numpy and pyarrow let go of the interpreter lock; 'dask':
    the cluster at `scheduler`, or one of processes on this machine. Raises UsageError when it cannot be had.
    """
    if name == "local" and threads == 1:
        yield Here(), 0
    elif name == "local":
        threads = threads or min(MOST_THREADS, os.cpu_count() or 1)
        with ThreadPoolExecutor(threads) as pool:
            try:
                yield pool, threads
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
    elif name == "dask":
        from grading.batch.dask_workers import cluster

        with cluster(scheduler) as found:
            yield found
    else:
        raise UsageError(f"expected local or dask, found {name!r}", about="engine")
