"""Whatever fails, at whatever moment, a run ends with its three files whole or with those that were there before.

For n = 1, 2, 3 ... the n-th open, read, write, fsync or rename of a run fails, or memory runs out in the n-th call, until
a run has fewer of them. `ECHOGRADE_FAULTS=all` tries every call; otherwise they are tried in growing steps.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.paths import ROOT
from support.witness import check_sentence, outputs

if not hasattr(os, "fork"):
    pytest.skip("the command is run in a fork", allow_module_level=True)

from support.failing import KINDS, run_failing

ALL = os.environ.get("ECHOGRADE_FAULTS") == "all"
#: rows that are graded, rejected, and noted
ROWS = b"1,MR,0.45,62\n2,MR,0.1,20\n3,MR,x,45\n4,MR,,\n" * 50
LONG = b"study,label,value\n" + b"".join(b"%d,mr_eroa,0.45\n%d,mr_rvol,x\n" % (row, row) for row in range(100))


def csv(folder: Path) -> Path:
    path = folder / "in.csv"
    path.write_bytes(b"id,valve,eroa_cm2,rvol_ml\n" + ROWS)
    return path


def parquet(folder: Path) -> Path:
    path = folder / "in.parquet"
    table = pa.table({"id": range(200), "valve": ["MR"] * 200, "eroa_cm2": [0.45, 0.1, -1.0, None] * 50})
    pq.write_table(table, path)
    return path


def long(folder: Path) -> Path:
    path = folder / "in.csv"
    path.write_bytes(LONG)
    return path


# how the input is made, what it is graded to, further words
RUNS = {
    "csv": (csv, "out.csv", ()),
    "parquet": (parquet, "out.parquet", ()),
    "parquet to csv": (parquet, "out.csv", ()),
    "long": (long, "out.csv", ("--layout", "long")),
    "excel out": (csv, "out.xlsx", ()),
    "dask": (csv, "out.csv", ("--engine", "dask")),
}
#: a cluster takes seconds to begin, so of its runs only what they end with is tried
ENDS = ("fsync", "rename", "write")
TRIED = [(run, kind) for run in RUNS for kind in KINDS if run != "dask" or kind in ENDS]


def numbers(kind: str) -> Iterator[int]:
    """Which operations are tried: all of a kind that has few."""
    number = 1
    while True:
        yield number
        number += 1 if kind != "memory" or ALL else max(1, number // 6)


def contents(target: Path) -> list[bytes | None]:
    return [path.read_bytes() if path.exists() else None for path in outputs(target)]


def tried(folder: Path, told: Path, run: str, kind: str, old: bool) -> int:
    """Fail every operation of a kind in turn; how many there were."""
    make, name, words = RUNS[run]
    source, target = make(folder), folder / name
    command = ("grade", source, "-o", target, "-q", *words)
    ended, _ = run_failing(told, kind, 0, *command)
    assert ended.code in (0, 1), ended
    whole = contents(target)
    for count, number in enumerate(numbers(kind)):
        for path in outputs(target):
            path.unlink(missing_ok=True)
            if old:
                path.write_text(f"old {path.name}\n")
        before = contents(target)
        ended, reached = run_failing(told, kind, number, *command)
        where = f"{kind} {number} of {run}: {ended.said}"
        assert sorted(folder.iterdir()) == sorted({source, *(path for path in outputs(target) if path.exists())}), where
        if ended.code in (0, 1):
            assert contents(target) == whole, where
        else:
            assert contents(target) == before, where
            assert ended.code in (2, 70), f"{ended.code}: {where}"
            check_ending(ended.code, ended.said)
        if not reached:
            return count
    raise AssertionError


def check_ending(code: int, said: str) -> None:
    """A sentence; where the program itself failed, two more lines to report it by."""
    first, *others = said.strip().splitlines()
    # a file of the program that cannot be opened is named too
    check_sentence(re.sub(rf"{re.escape(str(ROOT))}\S+", "a file", first))
    assert len(others) == (2 if code == 70 else 0), said


@pytest.mark.hazard("half-output")
@pytest.mark.parametrize("old", [False, True], ids=["nothing there", "old files there"])
@pytest.mark.parametrize("kind", ENDS)
@pytest.mark.parametrize("run", ["csv", "parquet"])
def test_the_end_of_a_run(tmp_path_factory: pytest.TempPathFactory, run: str, kind: str, old: bool) -> None:
    assert tried(tmp_path_factory.mktemp("run"), tmp_path_factory.mktemp("told"), run, kind, old) >= 3


@pytest.mark.hazard("half-output")
@pytest.mark.slow
@pytest.mark.parametrize(("run", "kind"), TRIED)
def test_every_operation(tmp_path_factory: pytest.TempPathFactory, run: str, kind: str) -> None:
    count = tried(tmp_path_factory.mktemp("run"), tmp_path_factory.mktemp("told"), run, kind, old=True)
    print(f"{run}: {count} times {kind}")
    assert count >= (3 if kind in ("fsync", "rename") else 1)
