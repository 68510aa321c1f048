"""The app in a real browser: a server on a free port, and Chromium as Debian packages it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
#: nothing but the page under test is fetched, and nothing is kept
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STARTED = 30
#: the last thing that a run of the app shows: its number
RUN = ".eg-run"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Address(str):
    """Where a server answers, and the process that was started for it."""

    process: int


@contextlib.contextmanager
def served(
    folder: Path,
    environment: Mapping[str, str] = os.environ,
    output: Path | None = None,
    options: Sequence[str] = (),
    before: Sequence[str] = (),
    path: str = "",
) -> Iterator[Address]:
    """The address of a server started as a user starts it, from another folder; `output` takes what it prints, `before`
    is what the command is started by, `path` where the environment has it serve."""
    port = free_port()
    command = [*before, sys.executable, "-m", "grading", "app", "--no-browser", "--port", str(port), *options]
    with (
        (output or Path(os.devnull)).open("wb") as file,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=file, stderr=subprocess.STDOUT) as server,
    ):
        try:
            address = Address(f"http://127.0.0.1:{port}" + f"/{path}" * bool(path))
            address.process = server.pid
            _wait(address, server)
            yield address
        finally:
            server.terminate()
            server.wait()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTED
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except urllib.error.HTTPError:
            return  # it answers, if only to refuse: a class is let in by its link
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"the app did not start; exit code {server.poll()}")


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; each visit has a profile of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def visit(browser: Browser, width: int = 1280, height: int = 900, dark: bool = False) -> Iterator[Page]:
    """An empty page of somebody who was never here."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", accept_downloads=True
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def go(page: Page, address: str) -> Page:
    """The page of the app at an address, shown to its end."""
    page.goto(address)
    page.locator(RUN).wait_for(state="attached")
    return page


@contextlib.contextmanager
def next_run(page: Page) -> Iterator[None]:
    """What is done in the body has a run of the app as its answer: leave when that run is shown to its end."""
    before = int(page.locator(RUN).get_attribute("data-run") or 0)
    yield
    page.wait_for_function(
        "([run, before]) => Number(document.querySelector(run)?.dataset.run ?? 0) > before", arg=[RUN, before]
    )


def required() -> bool:
    """True where a missing browser is a failure and not a reason to skip."""
    return bool(os.environ.get("ECHOGRADE_BROWSER"))
