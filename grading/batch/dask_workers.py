"""A Dask cluster as a place where pieces are graded: quiet, with the same tables, and gone when the run is."""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from multiprocessing import resource_tracker
from types import FrameType
from typing import Any

from grading.batch.workers import Given, Made, Promise, Workers, WorkersDiedError
from grading.errors import UsageError, option, why
from grading.reference.catalogue import tables
from grading.version import VERSION

#: a piece is meant to travel with its task, for data put on a worker beforehand would die with the worker; and no page
#: of a cluster of our own is served, to anybody
_SETTINGS = {
    "distributed.admin.large-graph-warning-threshold": "1 GB",
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}

#: the descriptor of the standard stream of errors, which a process inherits
_ERRORS = 2


@contextmanager
def cluster(scheduler: str | None) -> Iterator[tuple[Workers, int]]:
    """The workers of the cluster at `scheduler`, or of one on this machine, and how many pieces they do at a time.

    A cluster on this machine has certificates made for the run, for whoever could talk to its scheduler could run code
    as its owner. At a `scheduler` Dask's own settings of certificates hold. Raises UsageError when Dask is not
    installed, or no scheduler answers.
    """
    try:
        import dask
        import distributed
    except ImportError as error:
        needs = "needs dask and distributed: pip install 'echograde[dask]'"
        raise UsageError(f"{option('engine', 'dask')} {needs}") from error
    connect: Any = distributed.Client
    with ExitStack() as stack:
        stack.enter_context(_silent())
        stack.enter_context(dask.config.set(_SETTINGS))
        stack.callback(_close, opened := ExitStack())
        try:
            with _unstopped(), _deaf(), _mute():
                place = scheduler or opened.enter_context(_own_cluster())
                client = opened.enter_context(connect(place))
        except (OSError, ValueError, RuntimeError, TypeError) as error:
            raise UsageError(f"{option('engine', 'dask')}: {_why_none(scheduler, error)}") from error
        yield Cluster(client), sum(client.nthreads().values()) or 1


def _own_cluster() -> Any:
    """A cluster of processes on this machine. Raises UsageError where its certificates cannot be made."""
    import dask
    import distributed
    from distributed.security import Security

    make: Any = Security.temporary
    try:
        security = make()
    except ImportError as error:
        needs = "needs cryptography, for the certificates of its processes: pip install 'echograde[dask]'"
        raise UsageError(f"{option('engine', 'dask')} {needs}") from error
    start: Any = distributed.LocalCluster
    return start(
        n_workers=dask.system.CPU_COUNT, threads_per_worker=1, silence_logs=logging.CRITICAL, host="127.0.0.1",
        security=security, protocol="tls://",
        # without a place of its own, the page of a second cluster would warn that the usual port is taken
        dashboard_address="127.0.0.1:0", scheduler_kwargs={"dashboard": False},
    )  # fmt: skip


def _why_none(scheduler: str | None, error: Exception) -> str:
    if scheduler is None:
        return f"no local Dask cluster can be started: {why(error)}"
    if isinstance(error, TypeError):
        # what distributed says of an address that asks for certificates where there are none
        return (
            f"the scheduler at {scheduler} asks for certificates; name them in Dask's settings "
            "(distributed.comm.tls.ca-file, .client.cert and .client.key)"
        )
    return f"no Dask scheduler answers at {scheduler}: {why(error)}"


def _close(opened: ExitStack) -> None:
    with _unstopped():
        opened.close()


@contextmanager
def _unstopped() -> Iterator[None]:
    """Ctrl-C and a polite kill wait until what is within is done: half a cluster would leave processes and noise."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[tuple[int, FrameType | None]] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *stop: waiting.append(stop)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for stop, frame in waiting[:1]:
        handler = before[signal.Signals(stop)]
        if callable(handler):
            handler(stop, frame)


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes begun here do not hear Ctrl-C: it stops this one, and this one stops them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # the tracker lets Ctrl-C through again as it starts, so it starts first
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _mute() -> Iterator[None]:
    """Processes begun here write nowhere: of one that ends early, what matters is said in a sentence by this one."""
    try:
        before = os.dup(_ERRORS)
    except OSError:
        # it is closed, and they inherit nothing
        yield
        return
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), _ERRORS)
    try:
        yield
    finally:
        os.dup2(before, _ERRORS)
        os.close(before)


@contextmanager
def _silent() -> Iterator[None]:
    """Dask tells every lost worker to the terminal; what matters of it is said in a sentence."""
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


@dataclass(frozen=True, slots=True)
class Cluster:
    """The workers of a connected `distributed.Client`.

    A piece that was under way on a worker that dies is given to another; its work has no side effect, so no row
    doubles.
    """

    client: Any

    def submit(self, apply: Callable[[Given], Made], given: Given, /) -> Promise[Made]:
        """Begin the work on a piece."""
        return _Task(self.client, self.client.submit(_same_tables, apply, edition(), given, pure=False))


@dataclass(frozen=True, slots=True)
class _Task:
    client: Any
    future: Any

    def result(self) -> Any:
        """Wait for what comes of a piece.

        Raises UsageError when no worker is left to do it, WorkersDiedError when one after the other dies of it.
        """
        import dask
        from distributed import KilledWorker

        patience = dask.utils.parse_timedelta(dask.config.get("distributed.comm.timeouts.connect"))
        alone_since = None
        while True:
            try:
                return self.future.result(timeout=1)
            except KeyboardInterrupt:
                # what was being waited for is let go of, which is no news to whoever stopped it
                warnings.filterwarnings("ignore", "coroutine '.*' was never awaited", RuntimeWarning)
                raise
            except TimeoutError as error:
                now = time.monotonic()
                alone_since = None if self.client.nthreads() else alone_since or now
                if alone_since is not None and now - alone_since > patience:
                    raise UsageError(f"the Dask cluster has had no worker for {patience:g} s; start some") from error
            except KilledWorker as error:
                said = "workers died one after the other on the same rows; give them more memory"
                raise WorkersDiedError(f"{option('engine', 'dask')}: {said}") from error
            except (CancelledError, OSError) as error:
                raise UsageError("the Dask scheduler is gone") from error


def _same_tables(apply: Callable[[Given], Made], expected: str, given: Given) -> Made:
    """Grade a piece where the program and the tables are those of the machine that asks."""
    if edition() != expected:
        raise UsageError(f"a Dask worker has echograde {edition()}, and this is {expected}; install the same on all")
    return apply(given)


@cache
def edition() -> str:
    """The version of the program and a digest of all its tables: '0.1.0 (tables 1a2b3c4d)'."""
    digest = hashlib.sha256()
    for file in _files(tables()):
        digest.update(file.read_bytes())
    return f"{VERSION} (tables {digest.hexdigest()[:8]})"


def _files(folder: Traversable) -> Iterator[Traversable]:
    """Every table in a folder and those within, by name."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _files(entry)
        elif entry.name.endswith(".toml"):
            yield entry
