"""The memory of a process and of all that it started, as the system counts it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: how often it is looked at [s]
_EVERY = 0.03


def processes(first: int) -> list[int]:
    """A process and those below it."""
    found = [first]
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{first}/task").iterdir():
            for child in (thread / "children").read_text().split():
                found += processes(int(child))
    return found


def resident(first: int) -> int:
    """Bytes in memory of a process and those below it."""
    total = 0
    for process in processes(first):
        with contextlib.suppress(OSError):
            pages = next(line for line in Path(f"/proc/{process}/status").read_text().splitlines() if "VmRSS" in line)
            total += int(pages.split()[1]) * 1024
    return total


@dataclass
class Peak:
    """The most that was seen [bytes]."""

    most: int = 0


@contextlib.contextmanager
def watched_memory(first: int) -> Iterator[Peak]:
    """Look at the memory of a process and those below it while the body runs."""
    peak, ended = Peak(), threading.Event()

    def look() -> None:
        while not ended.is_set():
            peak.most = max(peak.most, resident(first))
            time.sleep(_EVERY)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()
