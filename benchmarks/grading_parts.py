"""A folder of parts graded by Dask workers of one thread each, beside the threads of one process.

Every run is the command in a process of its own, with the workers waiting before the clock starts; the contenders take
turns, after one run each over a single part that is not counted. What they write is compared byte for byte before
anything is said. Wall seconds mean something on a machine that does nothing else; processor seconds (of the command,
the workers, and the readers that they start) do elsewhere too.

    python benchmarks/grading_parts.py [--rows 10000000] [--parts 40] [--runs 3]
"""

from __future__ import annotations

import argparse
import filecmp
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import distributed
import psutil
import pyarrow.parquet as pq
from study_files import study_table, typed

#: contender -> Dask workers of one thread; 0: one process and its threads
CONTENDERS = {"threads": 0, "one worker": 1, "two workers": 2}
#: what the figures are held against
MOST_BESIDE_THREADS, LEAST_GAIN = 1.3, 1.7
#: the machines and rows of the model on paper
MACHINES, MODEL_ROWS, MODEL_PARTS = 32, 1_000_000_000, 4_000


@dataclass(frozen=True)
class Run:
    """What one run took [s]."""

    wall: float
    processor: float


def write_parts(rows: int, parts: int, folder: Path) -> Path:
    """`folder`/studies-ROWS-PARTS with parts of equal length, unless it is there."""
    made = folder / f"studies-{rows}-{parts}"
    if made.exists():
        return made
    making = folder / f"{made.name}.part"
    making.mkdir(parents=True, exist_ok=True)
    each = rows // parts
    for place in range(parts):
        pq.write_table(typed(study_table(each, first=place * each)), making / f"{place:05d}.parquet")
    return making.rename(made)


@contextmanager
def cluster(workers: int) -> Iterator[tuple[list[str], list[psutil.Process]]]:
    """The words that name a cluster to the command, and its processes."""
    if not workers:
        yield [], []
        return
    with distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", silence_logs=50
    ) as opened:
        yield (
            ["--engine", "dask", "--scheduler", opened.scheduler_address],
            [psutil.Process(worker.pid) for worker in opened.workers.values()],
        )


def spent(process: psutil.Process) -> float:
    """Processor seconds of a process and of those it has waited for."""
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def graded(source: Path, target: Path, workers: int, warm: Path) -> Run:
    """One run; its workers have graded a part before."""
    shutil.rmtree(target, ignore_errors=True)
    with cluster(workers) as (words, processes):

        def command(source: Path, target: Path) -> None:
            given = [
                sys.executable,
                "-m",
                "grading",
                "grade",
                str(source),
                "-o",
                f"{target}/",
                "--valve",
                "mitral",
                "-q",
            ]
            code = subprocess.run([*given, *words], check=False).returncode
            if code > 1:
                raise SystemExit(f"the run ended with {code}")

        for _ in range(workers):
            command(warm, target)
            shutil.rmtree(target)
        before, own = sum(map(spent, processes)), os.times()
        begun = time.perf_counter()
        command(source, target)
        wall, now = time.perf_counter() - begun, os.times()
        children = now.children_user + now.children_system - own.children_user - own.children_system
        return Run(wall, sum(map(spent, processes)) - before + children)


def same(one: Path, other: Path) -> bool:
    """True where two folders hold the same files, byte for byte."""
    names = [
        sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file()) for folder in (one, other)
    ]
    return names[0] == names[1] and all(filecmp.cmp(one / name, other / name, shallow=False) for name in names[0])


def model(rows: int, runs: dict[str, list[Run]]) -> str:
    """The time of MODEL_ROWS on MACHINES with one worker each, from the processor seconds of one worker here.

    A part takes what as many rows took here, the start of the command and of the readers among it; the slowest machine
    has one part more than the others. The command adds up while others work.
    """
    a_part = median(run.processor for run in runs["one worker"]) / rows * (MODEL_ROWS / MODEL_PARTS)
    turns = math.ceil(MODEL_PARTS / MACHINES)
    return (
        f"on paper: {MODEL_ROWS:,} rows in {MODEL_PARTS:,} parts on {MACHINES} machines of a worker each: {turns} "
        f"parts of {a_part:.1f} s, {turns * a_part / 60:.1f} minutes; stores and networks not counted"
    )


def told(rows: int, parts: int, runs: dict[str, list[Run]]) -> Iterator[str]:
    """The figures as a table, what was aimed at, and the model."""
    yield f"{rows:,} rows in {parts} parts, medians of {len(runs['threads'])}, {os.cpu_count()} processors:"
    yield "\n| contender | seconds | processor seconds | a million rows [processor s] |\n|---|---|---|---|"
    wall = {name: median(run.wall for run in own) for name, own in runs.items()}
    for name, own in runs.items():
        processor = median(run.processor for run in own)
        yield f"| {name} | {wall[name]:.1f} | {processor:.1f} | {processor / rows * 1e6:.2f} |"
    beside, gain = wall["two workers"] / wall["threads"], wall["one worker"] / wall["two workers"]
    yield f"\ntwo workers beside threads: {beside:.2f} (goal: at most {MOST_BESIDE_THREADS})"
    yield f"two workers beside one: {gain:.2f} times as fast (goal: at least {LEAST_GAIN})"
    yield model(rows, runs)


def main(words: Sequence[str] | None = None) -> None:
    """Run the benchmark and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--parts", type=int, default=40)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "echograde-bench")
    asked = parser.parse_args(words)
    source = write_parts(asked.rows, asked.parts, asked.folder)
    with tempfile.TemporaryDirectory(dir=asked.folder) as place:
        warm = Path(place) / "warm"
        warm.mkdir()
        shutil.copy(next(source.iterdir()), warm)
        runs: dict[str, list[Run]] = {name: [] for name in CONTENDERS}
        for turn in range(asked.runs):
            for name, workers in CONTENDERS.items():
                runs[name].append(graded(source, Path(place) / name, workers, warm))
                print(f"run {turn + 1}: {name} {runs[name][-1].wall:.1f} s", file=sys.stderr)
                if not same(Path(place) / "threads", Path(place) / name):
                    raise SystemExit(f"{name} wrote other bytes than the threads")
        print("\n".join(told(asked.rows, asked.parts, runs)))


if __name__ == "__main__":
    main()
