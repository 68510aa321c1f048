"""Starting the front end: Streamlit in a process of its own, on this machine only."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from grading.errors import UsageError


def command(port: int, browser: bool) -> list[str]:
    """The command that serves the app. Its other settings are in `.streamlit/config.toml` beside the script.

    Raises UsageError when Streamlit is not installed.
    """
    package = find_spec("grading_app")
    if find_spec("streamlit") is None or package is None or package.origin is None:
        raise UsageError("the front end needs Streamlit, which is not installed; run: pip install 'echograde[app]'")
    script = Path(package.origin).parent / "start" / "app.py"
    options = [f"--server.port={port}"] if browser else [f"--server.port={port}", "--server.headless=true"]
    return [sys.executable, "-m", "streamlit", "run", str(script), *options]


def serve(port: int, browser: bool = True) -> int:
    """Serve the app until it is stopped; the exit code of the server. Raises UsageError."""
    with subprocess.Popen(command(port, browser)) as server:
        try:
            return server.wait()
        except KeyboardInterrupt:
            # the server hears Ctrl-C too and ends by itself; a polite kill is passed on
            server.terminate()
            server.wait()
            return 0
