"""Dask does what the threads do: the same bytes, whatever becomes of its workers; else a sentence, and no file touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import dask
import dask.dataframe
import distributed
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.interrupts import hearing
from support.paths import EXAMPLE, TESTS
from support.witness import at_most, check_sentence, outputs, records, text_of
from typer.testing import CliRunner, Result

from grading import UsageError, grade_frame
from grading.batch import dask_workers
from grading.batch.dask_workers import edition
from grading.batch.job import Job
from grading.batch.run import run
from grading.cli.main import app

pytestmark = pytest.mark.slow

PATIENCE = "distributed.comm.timeouts.connect"


@pytest.fixture(autouse=True)
def _no_hang() -> Iterator[None]:
    with at_most(60):
        yield


def local_cluster(workers: int) -> distributed.LocalCluster:
    return distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", silence_logs=50
    )


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a scheduler with two worker processes."""
    with local_cluster(2) as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def many(tmp_path: Path) -> Job:
    """6,000 rows in some thirty pieces, to be graded by threads."""
    header, *rows = EXAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "in.csv").write_text(header + "".join(rows) * 100, encoding="utf-8")
    return Job(tmp_path / "in.csv", tmp_path / "out.csv", block_bytes=40_000)


def written(target: Path) -> list[bytes]:
    return [path.read_bytes() for path in outputs(target)]


def echograde(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


# --- the same bytes --------------------------------------------------------------------------------------------------


def csv_file(place: Path) -> Path:
    (place / "in.csv").write_bytes(EXAMPLE.read_bytes())
    return place / "in.csv"


def parquet_file(place: Path) -> Path:
    texts = pd.read_csv(EXAMPLE, dtype=str, keep_default_na=False)
    pq.write_table(pa.Table.from_pandas(texts), place / "in.parquet")
    return place / "in.parquet"


def folder(place: Path) -> Path:
    header, *rows = (f"{record.text}\n" for record in records(EXAMPLE.read_text(encoding="utf-8")))
    (place / "parts").mkdir()
    for number in range(3):
        part = rows[20 * number : 20 * number + 20]
        (place / "parts" / f"{number}.csv").write_text(header + "".join(part), encoding="utf-8")
    return place / "parts"


def long_file(place: Path) -> Path:
    (place / "long.csv").write_bytes((TESTS / "data" / "example_studies_long.csv").read_bytes())
    return place / "long.csv"


INPUTS = [
    ("CSV", csv_file, "out.csv", ()),
    ("CSV to Parquet", csv_file, "out.parquet", ()),
    ("Parquet", parquet_file, "out.parquet", ()),
    ("Parquet to CSV", parquet_file, "out.csv", ()),
    ("a folder of parts", folder, "out.csv", ()),
    ("long layout", long_file, "out.csv", ("--layout", "long")),
]


@pytest.mark.parametrize(("made", "out", "words"), [row[1:] for row in INPUTS], ids=[row[0] for row in INPUTS])
def test_the_command_writes_the_same_bytes(
    tmp_path: Path, scheduler: str, made: Callable[[Path], Path], out: str, words: tuple[str, ...]
) -> None:
    source, target = made(tmp_path), tmp_path / out
    threads = echograde("grade", source, "-o", target, *words)
    expected = written(target)
    for path in outputs(target):
        path.unlink()
    dask_too = echograde("grade", source, "-o", target, *words, "--engine", "dask", "--scheduler", scheduler)
    assert (dask_too.exit_code, dask_too.output) == (threads.exit_code, threads.output)
    assert written(target) == expected


@pytest.mark.parametrize("out", ["out.csv", "out.parquet"])
def test_many_pieces_are_the_same_bytes(many: Job, scheduler: str, out: str) -> None:
    threads = replace(many, target=many.target.with_name(out))
    cluster = replace(threads, target=many.target.parent / "dask" / out, engine="dask", scheduler=scheduler)
    cluster.target.parent.mkdir()
    assert run(threads).statuses == run(cluster).statuses
    assert written(cluster.target) == written(threads.target)


def test_a_piece_larger_than_dask_likes_raises_no_warning(tmp_path: Path, scheduler: str) -> None:
    rows = "".join(f"0.45,{number:07d}{'x' * 993}\n" for number in range(12_000))
    (tmp_path / "in.csv").write_text(f"mr_eroa,note\n{rows}")
    job = Job(tmp_path / "in.csv", tmp_path / "out.csv", engine="dask", scheduler=scheduler, block_bytes=20_000_000)
    assert run(job).rows == 12_000


@pytest.mark.parametrize("engine", ["local", "dask"])
def test_of_several_errors_the_first_is_said(tmp_path: Path, scheduler: str, engine: str) -> None:
    (tmp_path / "in.csv").write_text("mr_eroa,note\n" + "0.4,x\n" * 11_000 + "0.4\n" * 2_000)
    where = scheduler if engine == "dask" else None
    job = Job(tmp_path / "in.csv", tmp_path / "out.csv", engine=engine, scheduler=where, block_bytes=1_000)
    with pytest.raises(UsageError, match=r"line 11002 has 1 cells"):
        run(job)


# --- workers and schedulers that go ----------------------------------------------------------------------------------


def after(outcomes: int, act: Callable[[], object]) -> Callable[[int, int], None]:
    """A progress callback that acts once, after so many outcomes."""
    seen = iter(range(1, 1_000_000))

    def tell(rows: int, size: int) -> None:
        if next(seen) == outcomes:
            act()

    return tell


def test_a_worker_killed_in_mid_run_costs_no_row_and_doubles_none(many: Job, scheduler: str) -> None:
    run(many)
    expected = written(many.target)
    with distributed.Client(scheduler) as client:
        first, *_ = client.run(os.getpid).values()
        job = replace(many, engine="dask", scheduler=scheduler)
        run(job, after(3, lambda: os.kill(first, signal.SIGKILL)))
        assert first not in client.run(os.getpid).values()
    assert written(many.target) == expected
    assert len(records(text_of(many.target.read_bytes()))) == 6_001


GOING: list[tuple[str, dict[str, object], Callable[[distributed.LocalCluster], object], str]] = [
    ("every worker", {}, lambda cluster: cluster.scale(0), "has had no worker for 1 s"),
    ("the scheduler", {}, lambda cluster: cluster.close(), "the Dask scheduler is gone"),
    ("the worker on the same rows", {"distributed.scheduler.allowed-failures": 0},
     lambda cluster: [os.kill(worker.pid, signal.SIGKILL) for worker in cluster.workers.values()],
     "workers died one after the other on the same rows"),
]  # fmt: skip


@pytest.mark.parametrize(("config", "act", "said"), [row[1:] for row in GOING], ids=[row[0] for row in GOING])
def test_what_goes_in_mid_run_is_said_and_the_old_file_stays(
    many: Job, config: dict[str, object], act: Callable[[distributed.LocalCluster], object], said: str
) -> None:
    for path in outputs(many.target):
        path.write_text("old")
    with dask.config.set({PATIENCE: "1s", **config}), local_cluster(1) as cluster:
        job = replace(many, engine="dask", scheduler=cluster.scheduler_address)
        with pytest.raises(UsageError, match=said) as raised:
            run(job, after(3, lambda: act(cluster)))
    check_sentence(str(raised.value), "in.csv")
    assert written(many.target) == [b"old"] * 3
    assert sorted(many.target.parent.iterdir()) == sorted([many.source, *outputs(many.target)])


def test_a_cluster_without_workers_is_a_sentence(many: Job) -> None:
    with dask.config.set({PATIENCE: "1s"}), local_cluster(0) as cluster:
        job = replace(many, engine="dask", scheduler=cluster.scheduler_address)
        with pytest.raises(UsageError, match="has had no worker for 1 s; start some"):
            run(job)
    assert not many.target.exists()


def make_older() -> None:
    dask_workers.VERSION = "0.0.9"
    edition.cache_clear()


def test_a_worker_with_other_tables_is_refused(many: Job) -> None:
    with local_cluster(1) as cluster, distributed.Client(cluster) as client:
        client.run(make_older)
        job = replace(many, engine="dask", scheduler=cluster.scheduler_address)
        with pytest.raises(UsageError, match=r"a Dask worker has echograde 0\.0\.9 .* install the same on all"):
            run(job)


ABSENT = [
    (
        "nobody at the address",
        ["--engine", "dask", "--scheduler", "tcp://127.0.0.1:9"],
        "no Dask scheduler answers at tcp",
    ),
    ("no address", ["--engine", "dask", "--scheduler", "somewhere"], "no Dask scheduler answers at somewhere"),
    ("a scheduler for threads", ["--scheduler", "tcp://127.0.0.1:9"], "--scheduler: it is for --engine dask"),
    ("an engine that is none", ["--engine", "ray"], "expected local or dask, found 'ray'"),
]


@pytest.mark.parametrize(("words", "said"), [row[1:] for row in ABSENT], ids=[row[0] for row in ABSENT])
def test_an_engine_that_cannot_be_had_is_a_sentence(tmp_path: Path, words: list[str], said: str) -> None:
    source = csv_file(tmp_path)
    with dask.config.set({PATIENCE: "1s"}):
        ran = echograde("grade", source, "-o", tmp_path / "out.csv", *words)
    assert ran.exit_code == 2
    check_sentence(ran.output)
    assert said in ran.output
    assert list(tmp_path.iterdir()) == [source]


def test_dask_that_is_not_installed_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    ran = echograde("grade", csv_file(tmp_path), "-o", tmp_path / "out.csv", "--engine", "dask")
    assert ran.exit_code == 2
    assert "pip install 'echograde[dask]'" in ran.output
    assert not (tmp_path / "out.csv").exists()


# --- a cluster of its own ----------------------------------------------------------------------------------------------


def begin(*words: object) -> subprocess.Popen[str]:
    """`echograde WORDS --engine dask` in a session of its own, where every warning is an error."""
    command = [sys.executable, "-W", "error", "-m", "grading", *map(str, words), "--engine", "dask"]
    with hearing():
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)


def living(session: int) -> list[str]:
    """The processes of a session that have not ended."""
    found = subprocess.run(["ps", "-s", str(session), "-o", "stat=,args="], capture_output=True, text=True).stdout
    return [line for line in found.splitlines() if not line.startswith("Z")]


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="sessions and Ctrl-C as POSIX has them")
def test_ctrl_c_reaches_the_workers_through_their_owner_alone(many: Job) -> None:
    header, _, rows = many.source.read_text(encoding="utf-8").partition("\n")
    many.source.write_text(f"{header}\n{rows * 20}", encoding="utf-8")
    process = begin("grade", many.source, "-o", many.target, "-q")
    while process.poll() is None and len(list(many.target.parent.iterdir())) == 1:
        time.sleep(0.01)
    assert len(living(process.pid)) > 1
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate()
    assert (process.returncode, said) == (130, "echograde: stopped; nothing was written\n")
    assert list(many.target.parent.iterdir()) == [many.source]
    # one that was stopped may be on its way out for a moment
    until = time.monotonic() + 10
    while living(process.pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert living(process.pid) == []


def test_a_cluster_of_its_own_says_no_more_than_threads(tmp_path: Path) -> None:
    source, target = csv_file(tmp_path), tmp_path / "out.csv"
    threads = echograde("grade", source, "-o", target)
    expected = written(target)
    process = begin("grade", source, "-o", target)
    _, said = process.communicate()
    assert (process.returncode, said) == (threads.exit_code, threads.output)
    assert written(target) == expected


def test_an_error_in_a_row_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("mr_eroa,note\n0.4,x\n0.4\n")
    process = begin("grade", tmp_path / "in.csv")
    _, said = process.communicate()
    assert process.returncode == 2
    check_sentence(said, "in.csv: line 3 has 1 cells")


# --- data frames -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("partitions", [1, 7])
def test_a_dask_data_frame_by_partitions_is_graded_as_the_whole(partitions: int) -> None:
    studies = pd.read_csv(EXAMPLE, dtype=str, keep_default_na=False)
    frame = dask.dataframe.from_pandas(studies, npartitions=partitions)
    by = ["ase-2017", "esc-2021"]
    graded = frame.map_partitions(grade_frame, guidelines=by, meta=grade_frame(frame._meta, guidelines=by))
    whole = graded.compute(scheduler="synchronous")
    pd.testing.assert_frame_equal(whole, grade_frame(studies, guidelines=by))
    assert whole.dtypes.equals(graded.dtypes)
