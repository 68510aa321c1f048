"""Grading alone, in memory: the engine against the same decision hand-written as a DuckDB CASE query.

Both take the same 20 mitral measurement columns of one million seeded rows, already in memory (numpy arrays; a native
DuckDB table), fill in the same derived values, and give grade, range, certainty and rule for every row. The answers are
compared before anything is timed. Runs are interleaved; the figure to quote is the ratio of the medians.

    python benchmarks/grading_in_memory.py [--rows 1000000] [--runs 7] [--threads 2]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd

from grading.catalogue import load_catalogue
from grading.engine import decide_chunks
from grading.guideline import load_guideline
from grading.scale import CERTAINTIES, GRADES

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


QUERY = """
with filled as (
  select *,
    coalesce(eroa, round(2 * pi() * pisa_radius * pisa_radius * aliasing_velocity / peak_velocity, 9)) as e,
    pi() / 4 * lvot_diameter * lvot_diameter * lvot_vti as sv,
    coalesce(eroa, 2 * pi() * pisa_radius * pisa_radius * aliasing_velocity / peak_velocity) * regurgitant_vti as pv,
    case when flow_convergence > 0 then flow_convergence
         when aliasing_velocity between 30 and 40 and pisa_radius is not null then
           case when pisa_radius >= 1.0 then 4 when pisa_radius <= 0.3 then 2 else 3 end
         else 0 end as fc,
    case when lv_size = 1 and la_size = 1 then 1
         when lv_size = 2 and lv_function = 1 then 3
         when (lv_size = 2 or la_size = 2) and (lv_size = 1 or lv_function = 2) then 2
         else 0 end as heart
  from cases
), volumes as (
  select *, coalesce(regurgitant_volume, round(pv, 9)) as v,
    coalesce(regurgitant_fraction,
      round(100 * coalesce(regurgitant_volume, pv) / (coalesce(regurgitant_volume, pv) + sv), 9)) as f
  from filled
), counted as (
  select *,
    (colour_jet = 1)::int + coalesce((vena_contracta_width <= 0.3)::int, 0) + (fc in (1, 2))::int
      + (mitral_inflow = 1)::int + (cw_jet = 1)::int + (heart = 1)::int as nm,
    (colour_jet = 3)::int + coalesce((vena_contracta_width >= 0.7)::int, 0) + (fc = 4)::int + (heart = 3)::int
      + (flail_leaflet = 2)::int + (pulmonary_vein_flow = 3)::int as ns,
    (colour_jet > 0)::int + (vena_contracta_width is not null)::int + (fc > 0)::int + (mitral_inflow > 0)::int
      + (cw_jet > 0)::int + (heart > 0)::int + (flail_leaflet > 0)::int + (pulmonary_vein_flow > 0)::int as ms,
    case when e is null then null when e < 0.20 then 1 when e < 0.30 then 2 when e < 0.40 then 3 else 4 end as qe,
    case when v is null then null when v < 30 then 1 when v < 45 then 2 when v < 60 then 3 else 4 end as qv,
    case when f is null then null when f < 30 then 1 when f < 40 then 2 when f < 50 then 3 else 4 end as qf
  from volumes
), spread as (
  select *, (qe is not null)::int + (qv is not null)::int + (qf is not null)::int as n,
    least(qe, qv, qf) as l, greatest(qe, qv, qf) as h
  from counted
), resolved as (
  select *,
    case when n = 0 then null when l = h then l
         when n = 3 and h - l = 1 then qe + qv + qf - l - h
         when n = 2 and l = 2 and h = 3 then 23
         else 0 end as q
  from spread
), ruled as (
  select *,
    case when ns >= 4 and nm >= 4 then 2
         when ns >= 4 and n >= 1 and h <= 2 then 3
         when ns >= 4 then 4
         when nm >= 4 and n >= 1 and l >= 3 then 5
         when nm >= 4 then 6
         when n = 0 and (ns >= 2 or nm >= 2) then 7
         when n = 0 and ms >= 4 then 8
         when n = 0 then 9
         when q = 0 then 10
         when q in (3, 4) and nm >= 2 and ns < 2 then 11
         when q in (1, 2) and ns >= 2 and nm < 2 then 12
         when q = 4 then 13
         when q = 3 and ns >= 3 then 14
         when q = 3 and elliptical_orifice = 2 then 15
         when q in (2, 3, 23) then 16
         else 17 end as rule,
    n = 3 and h - l = 1 and (l = 1 or h = 4) as outvoted
  from resolved
)
select rule,
  case when rule in (2, 3, 5, 7, 10, 11, 12) then 'indeterminate' when rule in (4, 13, 14, 15) then 'severe'
       when rule in (8, 16) then 'moderate' when rule in (6, 17) then 'mild' else 'insufficient_data' end as grade,
  case when rule in (4, 6) then 'definite' when rule = 8 then 'probable' when rule = 9 then 'insufficient'
       when rule >= 13 then
         case when n = 1 then 'single_parameter' when outvoted then 'majority' else 'quantified' end
       else 'indeterminate' end as certainty,
  case when rule = 9 then ''
       when rule in (2, 5, 6, 11) then 'mild'
       when rule = 4 then 'severe'
       when rule = 8 then 'moderate'
       when rule = 7 then case when nm < 2 then 'moderate' else 'mild' end
       when rule in (3, 10) then case when l = 1 then 'mild' when l = 4 then 'severe' else 'moderate' end
       when rule = 12 then case when q = 1 then 'mild' else 'moderate' end
       when outvoted then case when l = 1 then 'mild' else 'moderate' end
       when rule in (13, 14, 15) then 'severe' when rule = 16 then 'moderate' else 'mild' end as grade_low,
  case when rule = 9 then ''
       when rule in (2, 3, 4, 12, 13, 14, 15) then 'severe'
       when rule = 6 then 'mild'
       when rule = 8 then 'moderate'
       when rule = 7 then case when ns < 2 then 'moderate' else 'severe' end
       when rule in (5, 10) then case when h = 1 then 'mild' when h = 4 then 'severe' else 'moderate' end
       when rule = 11 then case when q = 4 then 'severe' else 'moderate' end
       when outvoted then case when h = 4 then 'severe' else 'moderate' end
       when rule = 16 then 'moderate' else 'mild' end as grade_high
from ruled
"""


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


def main() -> None:
    """Compare the answers, then time both in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    columns = make_columns(asked.rows)
    database = duckdb.connect(config={"threads": asked.threads})
    frame = pd.DataFrame({k: pd.array(v, dtype="Float64") if v.dtype.kind == "f" else v for k, v in columns.items()})
    frame["row"] = np.arange(asked.rows)
    database.register("given", frame)
    database.execute("create table cases as select * from given")
    ours, theirs = by_echograde(columns, asked.rows, asked.threads), database.execute(f"{QUERY} order by row").df()
    different = int((ours.astype(str) != theirs.astype(str)).any(axis=1).sum())
    print(f"{asked.rows} rows, {len(columns)} columns, {asked.threads} threads; rows with another answer: {different}")
    if different:
        rows = (ours.astype(str) != theirs.astype(str)).any(axis=1)
        print(pd.concat([ours[rows].head(), theirs[rows].head(), frame[rows].head()], axis=1).T)
        raise SystemExit(1)
    table = load_guideline("ase-2017").tables["mitral"]
    database.execute(f"create view answers as {QUERY}")
    times: dict[str, list[float]] = {"echograde": [], "duckdb": []}
    for _ in range(asked.runs):
        times["echograde"].append(timed(lambda: decide_chunks(table, columns, asked.rows, asked.threads)))
        times["duckdb"].append(timed(lambda: database.execute("create or replace table out as select * from answers")))
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    for name, seconds in times.items():
        rate = asked.rows / medians[name] / 1e6
        spread = f"({min(seconds):.3f}-{max(seconds):.3f})"
        print(f"{name:<10} median {medians[name]:.3f} s {spread}, {rate:.1f} million rows/s")
    print(f"ratio echograde / duckdb: {medians['echograde'] / medians['duckdb']:.2f} (goal: at most 0.50)")


if __name__ == "__main__":
    main()
