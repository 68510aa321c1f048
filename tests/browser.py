"""The app in a real browser: a server on a free port, and Chromium as Debian packages it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

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


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server started as a user starts it, from another folder."""
    port = free_port()
    command = [sys.executable, "-m", "grading", "app", "--no-browser", "--port", str(port)]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, server)
            yield address
        finally:
            server.terminate()
            server.wait()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTED
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/_stcore/health", timeout=1) as said:
            if said.status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the app did not start; exit code {server.poll()}")


@contextlib.contextmanager
def chromium(folder: Path, width: int = 1280, height: int = 900, dark: bool = False) -> Iterator[BrowserContext]:
    """A browser with a profile of its own in `folder`."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(folder), executable_path=CHROMIUM, headless=True, args=FLAGS, accept_downloads=True,
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light",
        )  # fmt: skip
        try:
            yield context
        finally:
            context.close()


def open_page(context: BrowserContext, address: str) -> Page:
    """A page of the app, shown to its end."""
    page = context.pages[0] if context.pages else context.new_page()
    page.goto(address)
    page.get_by_text("Nothing that is entered here is stored or sent on").wait_for()
    page.wait_for_function("!document.querySelector('[data-testid=\"stStatusWidget\"]')")
    return page


def required() -> bool:
    """True where a missing browser is a failure and not a reason to skip."""
    return bool(os.environ.get("ECHOGRADE_BROWSER"))
