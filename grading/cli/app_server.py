"""Starting the front end: Streamlit in a process of its own, for this machine only or for a class on its network."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from grading.errors import UsageError

#: large files come and go; what allocators would keep of them for next time goes back to the system
LEAN_MEMORY = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "500000",
    "MALLOC_TRIM_THRESHOLD_": "1000000",
}


def command(port: int, browser: bool, for_class: bool = False) -> list[str]:
    """The command that serves the app, to this machine or `for_class`.

    Its other settings are in `.streamlit/config.toml` beside the script.

    Raises UsageError when Streamlit, or what a class needs beside it, is not installed.
    """
    package = find_spec("grading_app")
    if find_spec("streamlit") is None or package is None or package.origin is None:
        raise UsageError("the front end needs Streamlit, which is not installed; run: pip install 'echograde[app]'")
    if for_class:
        if find_spec("segno") is None:
            raise UsageError(
                "a class needs segno for its code, which is not installed; run: pip install 'echograde[app]'"
            )
        return [sys.executable, "-m", "grading_app.start.classroom", str(port), "browser" if browser else ""]
    script = Path(package.origin).parent / "start" / "app.py"
    options = [f"--server.port={port}"] if browser else [f"--server.port={port}", "--server.headless=true"]
    return [sys.executable, "-m", "streamlit", "run", str(script), *options]


def serve(port: int, browser: bool = True, for_class: bool = False) -> int:
    """Serve the app until it is stopped; the exit code of the server. Raises UsageError."""
    with subprocess.Popen(command(port, browser, for_class), env={**LEAN_MEMORY, **os.environ}) as server:
        try:
            return server.wait()
        except KeyboardInterrupt:
            # the server hears Ctrl-C too and ends by itself; a polite kill is passed on
            server.terminate()
            server.wait()
            return 0
