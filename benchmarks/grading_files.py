"""Grading files: echograde's command line against programs that do nothing or the same, on the same file.

Every run is a process of its own, timed from its start to its end; the contenders take turns, after one run each that
is not counted and whose answers are compared. Those that copy without grading move the graded file: what the answer
alone costs. The figure to quote is the ratio of the medians.

    python benchmarks/grading_files.py [--rows 1000000] [--runs 5] [--only duckdb polars] [--update-readme]
    python benchmarks/grading_files.py --memory [--rows 1000000] [--update-readme]
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from contenders import ANSWERING, CONTENDERS, GRADED, MOVING, suffix

README = Path(__file__).with_name("README.md")
MEGABYTE = 1e6
#: how many times the rows, at most how many times the memory, and at most how many megabytes
MORE_ROWS, MORE_MEMORY, MOST_MEMORY = 10, 1.1, 350


@dataclass(frozen=True, slots=True)
class Contest:
    """At most `goal` times the seconds of `rival` for the work of `ours`."""

    ours: str
    rival: str
    goal: float


CONTESTS = (
    Contest("echograde", "pyarrow", 1.0),
    Contest("echograde", "polars", 0.8),
    Contest("echograde", "duckdb", 0.6),
    Contest("echograde", "pandas", 0.15),
    Contest("echograde-parquet", "pyarrow-parquet", 0.9),
    Contest("echograde-parquet", "polars-parquet", 1.4),
)


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds on the clock, seconds of processor, and the most memory the process held [bytes]."""

    seconds: float
    processor: float
    memory: int


def alone(name: str, source: str, target: str) -> int:
    """One contender's work in this process, and the most memory that it held."""
    CONTENDERS[name]()(Path(source), Path(target))
    return most_memory()


def most_memory() -> int:
    """The most memory this process has held [bytes]; what Linux says of usage would count the parent's too."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s*(\d+) kB", status.read_text())[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def run(name: str, source: Path, target: Path) -> Run:
    """One contender's work in a process of its own, on a disk with nothing left to write."""
    clear(target)
    os.sync()
    command = [sys.executable, __file__, "--alone", name, str(source), str(target)]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(seconds, processor, int(done.stdout.splitlines()[-1]))


def clear(target: Path) -> None:
    """Remove an output and what stands beside it."""
    for path in (target, target.with_suffix(".issues.csv"), target.with_suffix(".run.json")):
        path.unlink(missing_ok=True)


def compete(contests: list[Contest], files: dict[str, Path], runs: int) -> dict[str, list[Run]]:
    """All runs of every contender, after a first one of which the answers are compared with echograde's CSV."""
    names = dict.fromkeys(name for contest in contests for name in (contest.ours, contest.rival))
    targets = {name: files[".csv"].with_name(f"graded-by-{name}{suffix(name)}") for name in ("echograde", *names)}
    done: dict[str, list[Run]] = {name: [] for name in names}
    moved = {kind: files[".csv"].with_name(f"moved{kind}") for kind in files}
    try:
        for name, target in targets.items():
            if name not in MOVING:
                run(name, files[suffix(name)], target)
        check(files[".csv"], {name: target for name, target in targets.items() if name in ANSWERING})
        for name in GRADED:
            if name in names:
                targets[name].replace(moved[suffix(name)])
        sources = {name: (moved if name in MOVING else files)[suffix(name)] for name in names}
        for name in [*names] * runs:
            done[name].append(run(name, sources[name], targets[name]))
            clear(targets[name])
    finally:
        for target in (*targets.values(), *moved.values()):
            clear(target)
    return done


def check(source: Path, targets: dict[str, Path]) -> None:
    """Every answer and every input cell is the same, or the run ends here."""
    from same_answers import different_rows

    different = different_rows(source, targets)
    print(*(f"{name}: rows with another answer or input cell: {count}" for name, count in different.items()), sep="\n")
    if any(different.values()):
        raise SystemExit(1)


def median(runs: list[Run], what: str) -> float:
    """The median of one figure of several runs."""
    return statistics.median(getattr(one, what) for one in runs)


def compared(rows: int, contests: list[Contest], done: dict[str, list[Run]]) -> str:
    """The figures as Markdown: every contender, then every ratio beside its goal."""
    runs = len(next(iter(done.values())))
    lines = [
        f"{rows:,} rows, medians of {runs} (fastest to slowest), {machine()}:",
        "",
        "| contender | seconds | processor seconds | peak memory |",
        "|---|---|---|---|",
    ]
    for name, them in done.items():
        seconds = [one.seconds for one in them]
        spread = f"{median(them, 'seconds'):.2f} ({min(seconds):.2f}-{max(seconds):.2f})"
        memory = f"{median(them, 'memory') / MEGABYTE:.0f} MB"
        lines.append(f"| {name} | {spread} | {median(them, 'processor'):.2f} | {memory} |")
    lines += ["", "| work | beside | ratio | goal | |", "|---|---|---|---|---|"]
    for contest in contests:
        ratio = median(done[contest.ours], "seconds") / median(done[contest.rival], "seconds")
        verdict = "met" if ratio <= contest.goal else "NOT met"
        lines.append(f"| {contest.ours} | {contest.rival} | {ratio:.2f} | at most {contest.goal:g} | {verdict} |")
    return "\n".join(lines)


def machine() -> str:
    """What the figures were measured with."""
    from importlib.metadata import version

    libraries = ", ".join(f"{name} {version(name)}" for name in ("pyarrow", "pandas", "polars", "duckdb"))
    return f"{os.cpu_count()} processors, Python {platform.python_version()}, {libraries}"


def remember(rows: int, folder: Path) -> str:
    """The most memory that grading holds for `rows` rows and for ten times as many, as Markdown."""
    lines = ["| rows | seconds | peak memory |", "|---|---|---|"]
    memories = []
    for count in (rows, rows * MORE_ROWS):
        one = run_once(count, folder)
        memories.append(one.memory)
        lines.append(f"| {count:,} | {one.seconds:.1f} | {one.memory / MEGABYTE:.0f} MB |")
    ratio, most = memories[1] / memories[0], max(memories) / MEGABYTE
    met = ratio <= MORE_MEMORY and most <= MOST_MEMORY
    goal = f"goal: at most {MORE_MEMORY} times, and {MOST_MEMORY} MB"
    lines += [
        "",
        f"{ratio:.2f} times the memory for {MORE_ROWS} times the rows ({goal}): {'met' if met else 'NOT met'}.",
    ]
    return "\n".join(lines)


def run_once(rows: int, folder: Path) -> Run:
    """Grade that many rows, CSV to CSV; files that were not there before are removed."""
    from study_files import write_files

    before = set(folder.glob("*"))
    target = folder / f"graded-{rows}.csv"
    try:
        return run("echograde", write_files(rows, folder)[0], target)
    finally:
        clear(target)
        for path in set(folder.glob(f"studies-{rows}.*")) - before:
            path.unlink()


def update(section: str, figures: str) -> None:
    """Put figures into the README, between the two marks of their section."""
    text = README.read_text(encoding="utf-8")
    begin, end = f"<!-- {section} -->\n", f"\n<!-- end of {section} -->"
    before, _, rest = text.partition(begin)
    README.write_text(f"{before}{begin}{figures}{end}{rest.partition(end)[2]}", encoding="utf-8")


def main() -> None:
    """Compare the answers, time all in turn, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=[c.rival for c in CONTESTS], help="the rivals to run")
    folder = Path(tempfile.gettempdir()) / "echograde-bench"
    parser.add_argument("--folder", type=Path, default=folder, help="where the files are made")
    parser.add_argument("--memory", action="store_true", help="measure memory, for these rows and ten times as many")
    parser.add_argument("--update-readme", action="store_true", help="put the figures into benchmarks/README.md")
    asked = parser.parse_args()
    if asked.memory:
        section, figures = "memory", remember(asked.rows, asked.folder)
    else:
        from study_files import write_files

        contests = [contest for contest in CONTESTS if asked.only is None or contest.rival in asked.only]
        files = {path.suffix: path for path in write_files(asked.rows, asked.folder)}
        section, figures = "files", compared(asked.rows, contests, compete(contests, files, asked.runs))
    print(figures)
    if asked.update_readme:
        update(section, figures)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--alone"]:
        print(alone(*sys.argv[2:]))
    else:
        main()
