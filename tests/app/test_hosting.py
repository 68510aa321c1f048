"""The app as an institution hosts it: an image that its linter accepts, and its command by somebody who may write nothing."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from streamlit import config
from streamlit.testing.v1 import AppTest
from support.browser import CHROMIUM, chromium, go, required, served, visit
from support.paths import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
HADOLINT = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="containers are Linux")


def instructions(stage: int) -> list[tuple[str, str]]:
    """The instructions of one stage of the Dockerfile, lines joined: [('FROM', 'python:3.11-slim AS wheel'), ...]."""
    whole = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^#.*\n", "", DOCKERFILE))
    lines = [line.split(maxsplit=1) for line in whole.splitlines() if line]
    starts = [place for place, (word, _) in enumerate(lines) if word == "FROM"]
    return [(word, rest) for word, rest in lines[starts[stage] : [*starts, None][stage + 1]]]


def environment() -> dict[str, str]:
    """What the image sets."""
    pairs = " ".join(rest for word, rest in instructions(1) if word == "ENV")
    return dict(re.findall(r"(\w+)=(\S+)", pairs))


# --- the image -------------------------------------------------------------------------------------------------------


@ON_LINUX
def test_the_linter_has_nothing_to_say_of_the_dockerfile() -> None:
    assert HADOLINT is not None
    ran = subprocess.run([HADOLINT, str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "")


def test_the_image_runs_what_was_built_before_it_as_nobody_and_is_asked_for_its_health() -> None:
    first, last = instructions(0), dict(instructions(1))
    assert first[0][1].endswith("AS wheel") and any("pip wheel" in rest for _, rest in first)
    assert "slim" in last["FROM"] and "latest" not in DOCKERFILE
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last["USER"]), "a number that Kubernetes can tell from root"
    assert "--constraint" in last["RUN"]
    assert "/healthcheck.py" in last["HEALTHCHECK"]
    assert last["CMD"] == '["echograde", "app", "--no-browser", "--port", "8501"]'


def test_only_what_is_installed_is_sent_to_the_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = {line[1:] for line in lines if line.startswith("!")}
    assert "*" in lines
    copied = {word for rest in re.findall(r"(?m)^COPY (.*)$", DOCKERFILE) for word in rest.split()[:-1]}
    assert {place.partition("/")[0] for place in copied} <= kept
    assert all((ROOT / name).exists() for name in kept)


def test_compose_is_as_its_reader_wants_it() -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        str(ROOT / "compose.yaml"),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_the_app_is_reached_by_the_proxy_alone_and_can_write_nothing() -> None:
    app, proxy = COMPOSE["services"]["echograde"], COMPOSE["services"]["proxy"]
    assert app["read_only"] and app["cap_drop"] == ["ALL"] and app["security_opt"] == ["no-new-privileges:true"]
    assert "ports" not in app and "volumes" not in app
    assert [COMPOSE["networks"][name] for name in app["networks"]] == [{"internal": True}]
    assert proxy["depends_on"]["echograde"]["condition"] == "service_healthy"
    assert ":" in proxy["image"] and "latest" not in proxy["image"]


def test_streamlit_knows_every_setting_that_is_given_to_it() -> None:
    given = {*environment(), *COMPOSE["services"]["echograde"]["environment"]}
    known = {
        f"STREAMLIT_{re.sub('(?<=[a-z])(?=[A-Z])', '_', key.replace('.', '_')).upper()}"
        for key in config.get_config_options()
    }
    asked = {name for name in given if name.startswith("STREAMLIT_")}
    assert len(asked) >= 6
    assert asked <= known


def test_the_proxy_asks_for_a_login_and_writes_no_address_into_a_log() -> None:
    text = (ROOT / "hosting" / "Caddyfile").read_text(encoding="utf-8")
    site = text.partition("\n{$ECHOGRADE_HOST} {")[2]
    assert "basic_auth" in site.partition("reverse_proxy")[0]
    # without the directive a site has no access log
    assert not re.search(r"(?m)^\s*log\b", site)
    assert {"request>uri", "request>headers", "request>remote_ip"} <= set(re.findall(r"(\S+) delete", text))
    asked = set(re.findall(r"\{\$(\w+)\}", text))
    assert asked <= COMPOSE["services"]["proxy"]["environment"].keys()


# --- the command, by somebody who may write nothing ------------------------------------------------------------------


def unprivileged() -> list[str]:
    """What takes its rights from a command: those of another user, or where that one cannot even reach Python, all that
    make root more than the others. Nothing where the tests are no root's."""
    if os.geteuid() != 0:
        return []
    prefixes = [
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"],
        ["setpriv", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"],
    ]
    # as the command does: Python that starts Python
    again = "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', 'import streamlit']))"
    check = [sys.executable, "-c", again]
    for prefix in prefixes:
        if (
            shutil.which("setpriv")
            and subprocess.run([*prefix, *check], capture_output=True, check=False).returncode == 0
        ):
            return prefix
    pytest.skip("root without setpriv cannot become anybody else")


@contextlib.contextmanager
def hosted(output: Path, **settings: str) -> Iterator[tuple[str, Path]]:
    """The address of the command of the image in its environment, by nobody, in an empty folder that is its home too
    and in which nothing can be written; and that folder."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o555)
    own = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    own |= {**environment(), "HOME": str(folder), "PYTHONPATH": str(ROOT), **settings}
    try:
        path = settings.get("STREAMLIT_SERVER_BASE_URL_PATH", "")
        with served(folder, own, output, before=unprivileged(), path=path) as address:
            yield address, folder
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def connect(address: str, host: str, origin: str) -> int:
    """The status by which the server answers a page of `origin` that asked for `host` and wants to keep connected."""
    place, _, path = address.removeprefix("http://").partition("/")
    name, port = place.split(":")
    lines = [
        f"GET /{path}/_stcore/stream HTTP/1.1", f"Host: {host}", f"Origin: {origin}", "Upgrade: websocket",
        "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", "",
    ]  # fmt: skip
    with socket.create_connection((name, int(port)), timeout=20) as server:
        server.sendall("\r\n".join(lines).encode())
        return int(server.recv(1000).split()[1])


#: typed into an address
MARK = "0.41379"


@ON_LINUX
def test_nobody_serves_the_app_from_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    output, host = tmp_path / "output", "echo.example.org"
    settings = {
        "STREAMLIT_SERVER_BASE_URL_PATH": "valves",
        "STREAMLIT_BROWSER_SERVER_ADDRESS": host,
        "STREAMLIT_SERVER_ALLOWED_HOSTS": f"{host} localhost",
        "STREAMLIT_SERVER_CORS_ALLOWED_ORIGINS": f"https://{host}",
    }
    with hosted(output, **settings) as (address, folder):
        port = address.split(":")[2].partition("/")[0]
        healthy = [sys.executable, str(ROOT / "hosting" / "healthcheck.py"), port]
        assert subprocess.run(healthy, env=os.environ | settings, capture_output=True, check=False).returncode == 0
        assert subprocess.run([*healthy[:-1], "9"], env=settings, capture_output=True, check=False).returncode == 1
        with urllib.request.urlopen(f"{address}/?valve=mitral&eroa={MARK}") as answer:
            assert answer.status == 200
        assert connect(address, host, f"https://{host}") == 101
        assert connect(address, "evil.example.org", f"https://{host}") != 101
        assert list(folder.iterdir()) == []
    said = output.read_text()
    assert MARK not in said
    assert f"http://{host}" in said
    assert "External URL" not in said and "Traceback" not in said


@ON_LINUX
@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM and not required(), reason="no Chromium")
def test_a_case_is_graded_below_a_path_and_nothing_of_it_is_logged(tmp_path: Path) -> None:
    output = tmp_path / "output"
    with hosted(output, STREAMLIT_SERVER_BASE_URL_PATH="valves") as (address, folder), chromium() as browser:
        with visit(browser) as page:
            go(page, f"{address}/?valve=mitral&eroa={MARK}cm2")
            assert "severe" in page.inner_text("body").casefold()
        assert list(folder.iterdir()) == []
    assert MARK not in output.read_text()


# --- Streamlit's own login -------------------------------------------------------------------------------------------

AUTH = {"redirect_uri": "https://echo.example.org/oauth2callback", "cookie_secret": "x", "client_id": "y", "client_secret": "z", "server_metadata_url": "https://login.example.org/"}  # fmt: skip


@pytest.mark.parametrize(
    ("secrets", "shown"), [({}, "No login is set up"), ({"auth": AUTH}, "")], ids=["none", "set up"]
)
def test_nothing_of_the_app_is_shown_before_the_login(secrets: dict[str, object], shown: str) -> None:
    page = AppTest.from_file(str(ROOT / "hosting" / "login_page.py"), default_timeout=60)
    for name, value in secrets.items():
        page.secrets[name] = value
    page.run()
    assert not page.exception
    assert [error.value[: len(shown)] for error in page.error] == ([shown] if shown else [])
    assert [button.label for button in page.button] == ([] if shown else ["Log in"])
    assert not page.markdown and not page.text_input and not page.number_input and not page.selectbox
