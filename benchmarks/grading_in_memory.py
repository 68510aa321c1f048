"""Grading alone, in memory: the engine against the same decision hand-written for DuckDB and for polars.

All take the same 20 mitral measurement columns of one million seeded rows, already in memory (numpy arrays; a native
DuckDB table; a polars frame), fill in the same derived values, and give grade, range, certainty and rule for every row
(the engine as codes, the others as texts). The answers are compared before anything is timed. Runs are interleaved;
the figure to quote is the ratio of the medians.

    python benchmarks/grading_in_memory.py [--rows 1000000] [--runs 7] [--threads 2]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
from duckdb_rival import QUERY
from polars_rival import graded
from rivals import ANSWERS

from grading.engine.columns import Columns
from grading.engine.decide import Decision, decide
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import load_guideline
from grading.reference.scale import CERTAINTIES, GRADES
from grading.reference.table import Table

NUMBERS = {
    "eroa": (0.02, 0.8, 2), "regurgitant_volume": (5, 110, 0), "regurgitant_fraction": (5, 75, 0),
    "vena_contracta_width": (0.1, 1.1, 1), "pisa_radius": (0.1, 1.4, 1), "aliasing_velocity": (20, 50, 0),
    "peak_velocity": (350, 650, 0), "regurgitant_vti": (80, 220, 0), "lvot_diameter": (1.6, 2.6, 1),
    "lvot_vti": (8, 30, 1),
}  # fmt: skip
WORDS = (
    "colour_jet", "flow_convergence", "mitral_inflow", "cw_jet", "lv_size", "la_size", "lv_function", "flail_leaflet",
    "pulmonary_vein_flow", "elliptical_orifice",
)  # fmt: skip
MISSING = 0.3
#: rows graded at a time: small enough that a chunk's arrays stay in the processor's cache
CHUNK = 65536
GOALS = {"duckdb": 0.35, "polars": 0.5}


def make_columns(rows: int, seed: int = 20170401) -> dict[str, np.ndarray]:
    """Twenty columns as the engine takes them; 30 % of the cells are missing."""
    random = np.random.default_rng(seed)
    columns: dict[str, np.ndarray] = {}
    for name, (low, high, decimals) in NUMBERS.items():
        values = np.round(random.uniform(low, high, rows), decimals)
        values[random.random(rows) < MISSING] = np.nan
        columns[name] = values
    for name in WORDS:
        codes = random.integers(1, len(load_catalogue().words[name].values) + 1, rows).astype(np.int8)
        codes[random.random(rows) < MISSING] = 0
        columns[name] = codes
    return columns


def decide_chunks(table: Table, columns: Columns, rows: int, threads: int = 2) -> list[Decision]:
    """`decide` in cache-sized chunks on several threads (numpy releases the interpreter lock in large operations)."""
    starts = range(0, rows, CHUNK)

    def one(start: int) -> Decision:
        part: dict[str, Any] = {name: column[start : start + CHUNK] for name, column in columns.items()}
        return decide(table, part, min(CHUNK, rows - start))

    if len(starts) < 2 or threads < 2:
        return [one(start) for start in starts]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, starts))


def by_echograde(columns: dict[str, np.ndarray], rows: int, threads: int) -> pd.DataFrame:
    """The engine's answers as text, to compare."""
    decisions = decide_chunks(load_guideline("ase-2017").tables["mitral"], columns, rows, threads)
    rules = np.array([0, *(rule.number for rule in decisions[0].table.rules)])
    named = {"grade": GRADES, "certainty": CERTAINTIES, "low": GRADES, "high": GRADES}
    texts = {k: np.array(v)[np.concatenate([getattr(d, k) for d in decisions])] for k, v in named.items()}
    rule = rules[np.concatenate([d.rule for d in decisions])]
    return pd.DataFrame(
        {"rule": rule, "grade": texts["grade"], "certainty": texts["certainty"], "grade_low": texts["low"],
         "grade_high": texts["high"]}
    )  # fmt: skip


def timed(work: Callable[[], object]) -> float:
    """Seconds one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def check(rival: str, ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    """Every answer is the same, or the run ends here."""
    different = (ours.astype(str) != theirs[list(ours)].astype(str)).any(axis=1)
    print(f"{rival}: rows with another answer: {different.sum()}")
    if different.any():
        print(pd.concat([ours[different].head(), theirs[different].head()], axis=1).T)
        raise SystemExit(1)


def main() -> None:
    """Compare the answers, then time all in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    if pl.thread_pool_size() != asked.threads:
        raise SystemExit(f"polars has {pl.thread_pool_size()} threads, not {asked.threads}: set POLARS_MAX_THREADS")
    columns = make_columns(asked.rows)
    print(f"{asked.rows} rows, {len(columns)} columns, {asked.threads} threads")
    work = prepare(columns, asked.rows, asked.threads)
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(asked.runs):
        for name, one in work.items():
            times[name].append(timed(one))
    report(asked.rows, times)


def prepare(columns: dict[str, np.ndarray], rows: int, threads: int) -> dict[str, Callable[[], object]]:
    """What is timed, each on data in its own form, after a check that all give the same answers."""
    database = duckdb.connect(config={"threads": threads})
    numbers = {k: pd.array(v, dtype="Float64") if v.dtype.kind == "f" else v for k, v in columns.items()}
    database.register("given", pd.DataFrame({**numbers, "row": np.arange(rows)}))
    database.execute("create table cases as select * from given")
    database.execute(f"create view answers as {QUERY}")
    frame = pl.DataFrame(columns).fill_nan(None).lazy()
    table = load_guideline("ase-2017").tables["mitral"]
    ours = by_echograde(columns, rows, threads)
    check("duckdb", ours, database.execute(f"{QUERY} order by row").df())
    check("polars", ours, graded(frame).select(ANSWERS).collect().to_pandas())
    return {
        "echograde": lambda: decide_chunks(table, columns, rows, threads),
        "duckdb": lambda: database.execute("create or replace table out as select * from answers"),
        "polars": lambda: graded(frame).select(ANSWERS).collect(),
    }


def report(rows: int, times: dict[str, list[float]]) -> None:
    """Medians, and the ratio to each rival."""
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    for name, seconds in times.items():
        spread = f"({min(seconds):.3f}-{max(seconds):.3f})"
        print(f"{name:<10} median {medians[name]:.3f} s {spread}, {rows / medians[name] / 1e6:.1f} million rows/s")
    for rival, goal in GOALS.items():
        ratio = medians["echograde"] / medians[rival]
        verdict = "met" if ratio <= goal else "NOT met"
        print(f"ratio echograde / {rival}: {ratio:.2f} (goal: at most {goal:.2f}, {verdict})")


if __name__ == "__main__":
    main()
