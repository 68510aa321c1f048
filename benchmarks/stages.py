"""Where the processor seconds of a run go: CSV to graded CSV by one thread, a stage at a time.

The functions of each stage are wrapped in a clock of the thread's processor seconds, which stops while a stage within
runs; the medians of the runs are printed. One thread, for two wait for one another in ways that belong to no stage.

    python benchmarks/stages.py [--rows 1000000] [--runs 5] [--update-readme]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from functools import wraps
from inspect import isgeneratorfunction
from pathlib import Path
from typing import Any

import pyarrow as pa
from grading_files import clear, update
from study_files import write_files

import grading.batch.destinations as destinations
import grading.batch.piece as piece
import grading.batch.run as run
import grading.batch.writers as writers
import grading.formats.csv_cells as csv_cells
import grading.formats.csv_file as csv_file
import grading.formats.watched as watched
import grading.rows.grader as grader
import grading.rows.result_columns as result_columns
import grading.rows.schema as schema
from grading.batch.job import Job
from grading.columns.plan import Options

#: what is done, and by what
STAGES: dict[str, list[tuple[Any, str]]] = {
    "understanding the columns": [(run, "open_source"), (run, "planned"), (run, "first_cells"), (run, "_recipe")],
    "reading the bytes, with their digest": [(watched.WatchedFile, "read")],
    "where records end, and quotes that would move cells": [
        (csv_file, "record_ends"), (csv_file, "_refuse_nul"), (csv_file.CsvFile, "_piece"),
        (csv_cells, "refuse_strays"), (csv_cells, "_is_foreign"),
    ],
    "cells, by Arrow": [(piece, "read_cells")],
    "values of the cells, their units and limits": [
        (grader, "read_column"), (grader, "judge_cells"), (grader, "_judge"),
    ],
    "the decision, with what follows from what": [(grader, "decide_valve")],
    "reasons, as sentences": [(result_columns.Phrases, "of")],
    "the other results as columns": [(grader, "valve_columns")],
    "issues": [
        (grader, "flag_issues"), (grader, "recorded_issues"), (grader, "valve_issues"), (grader, "ordered"),
        (piece.PieceGrader, "_issue_lines"),
    ],
    "results as cells": [(piece, "result_cells")],
    "splicing them behind the records": [(piece, "splice")],
    "writing": [(writers.CsvWriter, "write")],
    "bringing the files to the disk": [(destinations.FileDestination, "finish")],
    "asking the schema": [(schema.SchemaCheck, "add"), (schema.SchemaCheck, "confirm")],
}  # fmt: skip
REST = "everything between"

spent: Counter[str] = Counter()
_within: list[float] = []


def clocked(stage: str, function: Any) -> Any:
    """The same function, its processor seconds but for those of stages within counted for its stage."""

    @wraps(function)
    def wrapper(*given: Any, **named: Any) -> Any:
        start = time.thread_time()
        _within.append(0.0)
        try:
            made = function(*given, **named)
            # what comes one by one is made here, not by whoever takes it
            return list(made) if isgeneratorfunction(function) else made
        finally:
            taken = time.thread_time() - start
            spent[stage] += taken - _within.pop()
            if _within:
                _within[-1] += taken

    return wrapper


def graded(source: Path, target: Path) -> dict[str, float]:
    """The processor seconds of every stage of a run."""
    clear(target)
    spent.clear()
    start = time.process_time()
    run.run(Job(source, target, options=Options(valve="mitral"), threads=1))
    return {**spent, REST: time.process_time() - start - sum(spent.values())}


def lines(runs: list[dict[str, float]], rows: int, loading: float) -> Iterator[str]:
    """The figures as a table, the largest first."""
    medians = {stage: statistics.median(one.get(stage, 0.0) for one in runs) for stage in (*STAGES, REST)}
    yield f"{rows:,} rows, one thread, processor seconds, medians of {len(runs)}, pyarrow {pa.__version__}:\n"
    yield "| stage | processor seconds |\n|---|---|"
    yield f"| loading the program | {loading:.2f} |"
    for stage, seconds in sorted(medians.items(), key=lambda item: -item[1]):
        yield f"| {stage} | {seconds:.2f} |"
    yield f"| together | {loading + sum(medians.values()):.2f} |"


def main() -> None:
    """Grade a file several times and print where the seconds went."""
    loading = time.process_time()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "echograde-bench")
    parser.add_argument("--update-readme", action="store_true", help="put the figures into benchmarks/README.md")
    chosen = parser.parse_args()
    pa.set_cpu_count(1)
    for stage, functions in STAGES.items():
        for owner, name in functions:
            setattr(owner, name, clocked(stage, getattr(owner, name)))
    source, _ = write_files(chosen.rows, chosen.folder)
    target = chosen.folder / "graded-by-stages.csv"
    figures = "\n".join(lines([graded(source, target) for _ in range(chosen.runs)], chosen.rows, loading))
    clear(target)
    print(figures)
    if chosen.update_readme:
        update("stages", figures)


if __name__ == "__main__":
    main()
