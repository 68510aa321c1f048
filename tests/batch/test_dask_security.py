"""A cluster of our own takes orders from nobody else; one elsewhere takes its own certificates; both end in peace."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import dask
import distributed
import pytest
from distributed.security import Security
from support.paths import EXAMPLE, ROOT
from support.witness import at_most, check_sentence

from grading import UsageError
from grading.batch.dask_workers import cluster
from grading.batch.job import Job
from grading.batch.run import run

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _no_hang() -> Iterator[None]:
    with at_most(120):
        yield


def family(pid: int) -> Iterator[int]:
    """A process and all that it began."""
    yield pid
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            yield from family(int(stat.parent.name))


def living(session: int) -> list[str]:
    """The states of the processes of a session that have not ended."""
    states = subprocess.run(["ps", "-s", str(session), "-o", "stat="], capture_output=True, text=True).stdout.split()
    return [state for state in states if not state.startswith("Z")]


def listening(pid: int) -> list[tuple[str, int]]:
    """Where a process listens: the address as the system writes it, and the port."""
    sockets = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            sockets.add(os.readlink(descriptor))
        except OSError:
            continue
    lines = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]
    ]
    places = [line[1].split(":") for line in lines if line[3] == "0A" and f"socket:[{line[9]}]" in sockets]
    return [(address, int(port, 16)) for address, port in places]


def answer(port: int, tls: bool) -> bytes:
    """What a stranger is answered who asks for a page."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with ExitStack() as stack:
        talk = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
        try:
            talk = stack.enter_context(context.wrap_socket(talk)) if tls else talk
            talk.sendall(b"GET /info/main/workers.html HTTP/1.0\r\n\r\n")
            return talk.recv(4096)
        except OSError:
            return b""


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="listeners are found as Linux names them")
def test_a_cluster_of_our_own_answers_no_stranger() -> None:
    with cluster(None):
        places = {place for pid in family(os.getpid()) for place in listening(pid)}
        scheduler = distributed.get_client().scheduler.address
        answers = {(port, tls): answer(port, tls) for _, port in places for tls in (False, True)}
        with pytest.raises((OSError, ValueError, TypeError)):
            distributed.Client(scheduler.replace("tls", "tcp"), timeout=2)
        with pytest.raises((OSError, ValueError)):
            distributed.Client(scheduler, security=Security.temporary(), timeout=2)
    assert len(places) > 3
    assert {address for address, _ in places} == {"0100007F"}, "every listener is on 127.0.0.1"
    assert {text.split(b"\r\n")[0] for text in answers.values()} <= {b"", b"HTTP/1.1 404 Not Found"}


def certificates(place: Path, security: Security) -> dict[str, str]:
    """Dask's settings for the certificates of a cluster."""
    files = {}
    for name, text in security.get_tls_config_for_role("client").items():
        if name in ("ca_file", "cert", "key"):
            files[name] = str(place / name)
            Path(files[name]).write_text(text)
    return {
        "distributed.comm.tls.ca-file": files["ca_file"],
        "distributed.comm.tls.client.cert": files["cert"],
        "distributed.comm.tls.client.key": files["key"],
    }


def test_a_scheduler_takes_its_own_certificates(tmp_path: Path) -> None:
    security = Security.temporary()
    with distributed.LocalCluster(
        n_workers=1,
        processes=True,
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
        security=security,
        protocol="tls://",
    ) as other:
        job = Job(EXAMPLE, tmp_path / "out.csv", engine="dask", scheduler=other.scheduler_address)
        with pytest.raises(UsageError, match="asks for certificates") as caught:
            run(job)
        check_sentence(str(caught.value))
        with dask.config.set(certificates(tmp_path, security)):
            assert run(job).rows == 60


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
@pytest.mark.parametrize("delay", [0.0, 0.5, 1.0, 2.0, 4.0])
def test_a_stop_while_the_cluster_begins(tmp_path: Path, number: signal.Signals, delay: float) -> None:
    mark, hook = tmp_path / "begun", tmp_path / "hook"
    hook.mkdir()
    # the moment is counted from where Dask is imported, however busy the machine is
    (hook / "sitecustomize.py").write_text(
        "import sys, pathlib\n"
        "class Hook:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        name == 'distributed' and pathlib.Path({str(mark)!r}).touch()\n"
        "sys.meta_path.insert(0, Hook())\n"
    )
    command = [
        sys.executable,
        "-m",
        "grading",
        "grade",
        str(EXAMPLE),
        "-o",
        str(tmp_path / "out.csv"),
        "--engine",
        "dask",
        "-q",
    ]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(hook), str(ROOT)])},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    while not mark.exists():
        time.sleep(0.01)
    time.sleep(delay)
    process.send_signal(number)
    _, text = process.communicate()
    expected = (128 + number, "echograde: stopped; nothing was written\n")
    assert (process.returncode, text) in (expected, (1, "")), "or it was done before"
    if process.returncode != 1:
        assert sorted(path.name for path in tmp_path.iterdir()) == ["begun", "hook"]
    with at_most(20):
        while living(process.pid):
            time.sleep(0.1)


def test_what_a_worker_writes_as_it_dies_reaches_no_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    """As did the trace of a worker whose run had failed before it was begun."""
    with cluster(None) as (workers, _):
        assert workers.submit(_complain, 2).result() == 2
        os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"


def _complain(descriptor: int) -> int:
    os.write(descriptor, b"Traceback (most recent call last):\n")
    return descriptor
