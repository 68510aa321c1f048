"""Parts in an object store, graded by a Dask cluster: whoever dies and whatever is damaged, every good part is graded once."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import dask
import distributed
import psutil
import pyarrow.parquet as pq
import pytest
from distributed.security import Security
from support.object_store import Store, object_store
from support.parted import echograde, everything, parted, spoil
from support.witness import at_most

from grading.parted.place import folder_of

pytestmark = pytest.mark.slow

NAMES = tuple(f"site={number % 2}/{number}" for number in range(6))


@pytest.fixture(autouse=True)
def _no_hang() -> Iterator[None]:
    with at_most(180):
        yield


@pytest.fixture
def store() -> Iterator[Store]:
    with object_store() as opened:
        yield opened


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[distributed.LocalCluster]:
    """Two workers of one thread behind certificates, which Dask's settings name for whoever connects."""
    security = Security.temporary()
    # a worker begins again in its own time, on a machine that does much else
    settings = {"distributed.comm.timeouts.connect": "300s"}
    for name, text in security.get_tls_config_for_role("client").items():
        if name in ("ca_file", "cert", "key"):
            (tmp_path / name).write_text(text)
            setting = "ca-file" if name == "ca_file" else f"client.{name}"
            settings[f"distributed.comm.tls.{setting}"] = str(tmp_path / name)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", silence_logs=50,
            security=security, protocol="tls://",
        ) as opened,
        dask.config.set(settings),
    ):  # fmt: skip
        yield opened


def held(store: Store, folder: str) -> dict[str, bytes]:
    """The objects of a folder, but for marks that it is there, which are made where the last object is removed."""
    found = store.objects.items()
    return {key.removeprefix(folder): data for key, data in found if key.startswith(folder) and key[-1] != "/"}


def test_one_worker_killed_and_one_part_damaged(
    tmp_path: Path, store: Store, cluster: distributed.LocalCluster
) -> None:
    source = parted(tmp_path / "in", "parquet", NAMES)
    echograde("grade", source, "-o", f"{tmp_path / 'disk'}/", "-q")
    expected = everything(tmp_path / "disk")
    damaged = f"{NAMES[3]}.parquet"
    whole = spoil(source / damaged)
    store.objects = {f"in/{name}": data for name, data in everything(source).items()}
    killed: list[int] = []
    workers = {worker.pid for worker in cluster.workers.values()}

    def kill(request: str, port: int) -> None:
        """Kill the worker that sends the second graded part, while it does."""
        if killed or request != f"PUT out/{NAMES[2]}.parquet":
            return
        for pid in workers:
            if any(c.laddr.port == port for c in psutil.Process(pid).net_connections()):
                killed.append(pid)
                os.kill(pid, signal.SIGKILL)

    store.meet = kill
    words = [store.url("in"), "-o", store.url("out"), "--engine", "dask", "--scheduler", cluster.scheduler_address]
    ran = echograde("grade", *words)
    assert len(killed) == 1
    assert (ran.exit_code, "6 parts: 1 not graded" in ran.output) == (1, True), ran.output
    assert f"echograde: {damaged}: not a readable Parquet file" in ran.output
    found = held(store, "out/")
    assert not [name for name in found if damaged in name or name == "_SUCCESS"]
    assert {name: found[name] for name in found if name != "_graded.run.json"} == {
        name: expected[name] for name in expected
        if damaged not in name and name not in ("_SUCCESS", "_graded.run.json")
    }  # fmt: skip

    store.objects[f"in/{damaged}"] = whole
    sent: list[str] = []
    store.meet = lambda request, port: sent.append(request)
    again = echograde("grade", *words, "--resume")
    assert "6 parts: all graded" in again.output
    assert [request for request in sent if request.startswith("PUT out/site")] == [f"PUT out/{damaged}"]
    assert held(store, "out/") == expected
    with folder_of(store.url("out")).opened(damaged) as stream:
        assert pq.read_metadata(stream).num_rows == pq.read_metadata(io.BytesIO(whole)).num_rows == 10


def test_a_part_that_kills_every_worker_is_named_and_the_others_are_graded(
    tmp_path: Path, store: Store, cluster: distributed.LocalCluster
) -> None:
    source = parted(tmp_path / "in", "csv", NAMES)
    store.objects = {f"in/{name}": data for name, data in everything(source).items()}
    deadly = f"{NAMES[4]}.csv"

    def kill(request: str, port: int) -> None:
        if request == f"PUT out/{deadly}":
            for pid in (worker.pid for worker in cluster.workers.values()):
                if pid and any(c.laddr.port == port for c in psutil.Process(pid).net_connections()):
                    os.kill(pid, signal.SIGKILL)

    store.meet = kill
    words = [store.url("in"), "-o", store.url("out"), "--engine", "dask", "--scheduler", cluster.scheduler_address]
    ran = echograde("grade", *words)
    assert ran.exit_code == 1, ran.output
    assert f"echograde: {deadly}: --engine dask: workers died one after the other" in ran.output
    assert "6 parts: 1 not graded" in ran.output
    assert deadly not in held(store, "out/")


def test_a_cluster_of_its_own_writes_what_threads_write(tmp_path: Path) -> None:
    source = parted(tmp_path / "in", "csv", NAMES)
    threads = echograde("grade", source, "-o", f"{tmp_path / 'threads'}/")
    workers = echograde("grade", source, "-o", f"{tmp_path / 'workers'}/", "--engine", "dask")
    assert workers.exit_code == threads.exit_code
    assert workers.output.replace("workers", "threads") == threads.output
    assert everything(tmp_path / "workers") == everything(tmp_path / "threads")
