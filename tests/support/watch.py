"""A program watched from inside: what it writes to, starts and calls, as Python's own audit of it tells."""

from __future__ import annotations

import os
from pathlib import Path

from support.paths import ROOT, TESTS

WATCHED = Path(__file__).with_name("watched")


def watched(log: Path) -> dict[str, str]:
    """The environment of a program that is to be watched, and so of all that it starts."""
    paths = os.pathsep.join([str(WATCHED), str(ROOT), str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "WATCH_LOG": str(log)}


def notes(log: Path) -> list[str]:
    """What was seen, one line each, in order: 'process', "open '/tmp/x'", "socket.connect ('127.0.0.1', 80)" ..."""
    return log.read_text(encoding="utf-8").splitlines()
