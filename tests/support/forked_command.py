"""The command line in a process of its own that need not start Python again, told apart by what it leaves behind."""

from __future__ import annotations

import multiprocessing
import os
import sys
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

MOST_ADDRESSES = 8 << 30


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit code, what it said, and the most memory it held [MB]."""

    code: int | None
    said: str
    peak: float


def run_command(words: list[str], told: Path, largest_file: int | None) -> None:
    """Run the command in this process, with limits."""
    import resource  # POSIX only, as this whole module is when it runs

    from grading.cli.edge import main

    with (told / "said").open("wb") as file:
        os.dup2(file.fileno(), 2)
    # a run that gets out of hand must not take the machine with it
    resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESSES, MOST_ADDRESSES))
    if largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    sys.argv = ["echograde", *words]
    try:
        main()
    finally:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        (told / "peak").write_text(str(peak))


def start(told: Path, *words: object, largest_file: int | None = None) -> BaseProcess:
    """Begin `echograde WORDS`; `told` is a folder for what it says, `largest_file` what it may write to one [bytes]."""
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["grading.batch.run", "grading.cli", "support.forked_command"])
    process = forks.Process(target=run_command, args=([str(word) for word in words], told, largest_file))
    process.start()
    return process


def end(process: BaseProcess, told: Path, seconds: float = 60) -> Ended:
    """Wait for a run; one that takes longer is killed, and has no exit code of its own."""
    process.join(seconds)
    process.kill()
    process.join()
    said, peak = told / "said", told / "peak"
    text = said.read_text(encoding="utf-8", errors="replace") if said.exists() else ""
    return Ended(process.exitcode, text, int(peak.read_text()) / 1024 if peak.exists() else 0.0)
