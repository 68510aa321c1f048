"""Nothing that is entered is kept, sent on or logged: the pages are watched while they are used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.every_page import BEGIN
from support.paths import ROOT
from support.watch import notes, watched

CANARIES = {
    "a file written": ("open('kept', 'w')", "open 'kept'"),
    "a file appended to": ("__import__('pathlib').Path('kept').open('ab')", "open 'kept'"),
    "a call": ("__import__('socket').socket().connect_ex(('127.0.0.1', 9))", "socket.connect ('127.0.0.1', 9)"),
    "a name looked up": ("__import__('socket').getaddrinfo('127.0.0.1', 9)", "socket.getaddrinfo '127.0.0.1'"),
    "a program started": ("__import__('os').system(':')", "os.system b':'"),
    "a file read": ("open(__import__('os').devnull)", None),
}


@pytest.mark.parametrize(("statement", "seen"), CANARIES.values(), ids=CANARIES)
def test_what_is_watched_is_seen(tmp_path: Path, statement: str, seen: str | None) -> None:
    log = tmp_path / "log"
    subprocess.run([sys.executable, "-c", statement], cwd=tmp_path, env=watched(log), check=True)
    assert notes(log) == ["process", *([seen] if seen else [])]


PAGES = sorted(path.stem for path in (ROOT / "grading_app" / "pages").glob("[a-z]*.py"))
#: typed into a field, a file and a link
MARK = "0.41379"


@pytest.mark.hazard("told-on")
def test_no_page_writes_calls_or_prints_what_is_entered(tmp_path: Path) -> None:
    """The browser test does the same with the server; here the pages run by themselves, in seconds."""
    scripts, elsewhere, log = [], tmp_path / "elsewhere", tmp_path / "log"
    elsewhere.mkdir()
    for page in PAGES:
        script = tmp_path / f"{page}.py"
        script.write_text(f"from grading_app.pages.{page} import page\n\npage()\n", encoding="utf-8")
        scripts.append(str(script))
    command = [sys.executable, "-m", "support.every_page", *scripts, MARK]
    ran = subprocess.run(command, cwd=elsewhere, env=watched(log), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert notes(log)[-1] == f"os.system {BEGIN!r}"
    assert list(elsewhere.iterdir()) == []
    assert MARK not in ran.stdout + ran.stderr
