"""What a small piece of work takes as a whole process, beside loading the libraries that it rests on.

    python benchmarks/start_up.py [--runs 5] [--rows 200000] [--update-readme]

A file of 60 rows beside a Python that loads numpy and pyarrow and ends, one explained case beside one that loads numpy;
a file by six guidelines at once beside six runs of one; and 10,000 calls of `grade()`. The runs take turns; medians of
the processor seconds of the whole process. Every command must end well, or nothing is timed.
"""

from __future__ import annotations

import argparse
import compileall
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from grading_files import machine, update
from study_files import study_table

from grading import grade
from grading.reference.guideline import DEFAULT_GUIDELINE, list_guidelines, load_guideline

ROOT = Path(__file__).parents[1]

ECHOGRADE = [sys.executable, "-m", "grading"]
SMALL, CALLS, MOST_SECONDS = 60, 10_000, 5.0
EXPLAIN = [*ECHOGRADE, "explain", "mitral", "eroa=0.407cm2", "regurgitant_volume=57"]
OF_ANOTHER_VALVE = ("mitral_", "la_", "lv_", "lvot_")
CASE = {"eroa": 0.45, "regurgitant_volume": 62, "regurgitant_fraction": 52, "vena_contracta_width": 0.6}

#: a work, what runs it, its floor, what runs that, the most that the one may take of the other
Work: TypeAlias = tuple[str, Callable[[], float], str, Callable[[], float], float]


def process(*commands: list[str]) -> Callable[[], float]:
    """What runs some commands one after another and gives their processor seconds."""

    def seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for command in commands:
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return seconds


def loading(modules: str) -> Callable[[], float]:
    """A Python that loads some modules and ends."""
    return process([sys.executable, "-c", f"import {modules}"])


def calls() -> float:
    """The processor seconds of a loop of calls, in this process."""
    begun = time.process_time()
    for _ in range(CALLS):
        grade("mitral", **CASE)
    return time.process_time() - begun


def graded(file: Path, out: Path, valve: str, guidelines: list[str]) -> list[str]:
    """The command that grades a file."""
    chosen = [word for guideline in guidelines for word in ("--guideline", guideline)]
    return [*ECHOGRADE, "grade", str(file), "--valve", valve, "-q", "-o", str(out), *chosen]


def write_tricuspid(file: Path, rows: int) -> None:
    """Studies of a valve that six guidelines grade, of which nothing is refused."""
    table = study_table(rows)
    table = table.select([name for name in table.column_names if not name.startswith(OF_ANOTHER_VALVE)])
    pacsv.write_csv(table.set_column(table.schema.get_field_index("eroa_cm2"), "eroa_cm2", eroa(table)), file)


def eroa(table: pa.Table) -> pa.ChunkedArray:
    """The EROA without those that were typed in another unit."""
    text = table["eroa_cm2"]
    return pc.if_else(pc.match_substring(text, "."), text, "")


def main() -> None:
    """Time all in turn, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000, help="of the file that six guidelines grade")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--update-readme", action="store_true", help="put the figures into benchmarks/README.md")
    asked = parser.parse_args()
    # a checkout is compiled when it is first imported
    compileall.compile_dir(ROOT / "grading", quiet=1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small, large = folder / "small.csv", folder / "large.csv"
        write_tricuspid(small, SMALL)
        write_tricuspid(large, asked.rows)
        papers = [paper for paper in list_guidelines() if "tricuspid" in load_guideline(paper).tables]
        one = graded(small, folder / "one.csv", "tricuspid", [DEFAULT_GUIDELINE])
        at_once = graded(large, folder / "all.csv", "tricuspid", papers)
        by_one = (graded(large, folder / f"{paper}.csv", "tricuspid", [paper]) for paper in papers)
        works: tuple[Work, ...] = (
            ("a file of 60 rows", process(one), "import numpy, pyarrow", loading("numpy, pyarrow"), 2.5),
            ("`echograde explain`", process(EXPLAIN), "import numpy", loading("numpy"), 2.5),
            (f"six guidelines at once, {asked.rows:,} rows", process(at_once), "a run each", process(*by_one), 0.45),
        )  # fmt: skip
        figures = compared(works, asked.runs)
    print(figures)
    if asked.update_readme:
        update("start-up", figures)


def compared(works: Sequence[Work], runs: int) -> str:
    """Every work beside its floor, in turns, as Markdown."""
    for _, ours, _, floor, _ in works:
        ours(), floor()
    seconds = [[(ours(), floor()) for _, ours, _, floor, _ in works] for _ in range(runs)]
    lines = [
        f"Medians of {runs}, {machine()}:",
        "",
        "| work | beside | seconds | ratio | goal | |",
        "|---|---|---|---|---|---|",
    ]
    for place, (work, _, beside, _, goal) in enumerate(works):
        mine, other = (statistics.median(pairs[place][side] for pairs in seconds) for side in (0, 1))
        met = "met" if mine / other <= goal else "NOT met"
        lines.append(
            f"| {work} | {beside} | {mine:.2f} and {other:.2f} | {mine / other:.2f} | at most {goal} | {met} |"
        )
    loop = statistics.median(calls() for _ in range(runs))
    met = "met" if loop <= MOST_SECONDS else "NOT met"
    lines.append(f"| {CALLS:,} calls of `grade()` | | {loop:.2f} | | at most {MOST_SECONDS:g} s | {met} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
