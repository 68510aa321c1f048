"""Commands of the README whose output it states are run, and say that."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import ROOT, TESTS

BLOCKS = re.findall(
    r"```sh\n([^`]*)```\n\n```text\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
)

if not hasattr(os, "fork"):
    pytest.skip("the commands are those of a POSIX shell", allow_module_level=True)


def test_there_are_such_commands() -> None:
    assert len(BLOCKS) >= 4


@pytest.mark.parametrize(("commands", "stated"), BLOCKS, ids=[block[0].split("\n")[0][:60] for block in BLOCKS])
def test_a_command_says_what_the_readme_states(tmp_path: Path, commands: str, stated: str) -> None:
    shutil.copytree(TESTS / "data", tmp_path / "tests" / "data")
    shim = tmp_path / "echograde"
    shim.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m grading "$@"\n')
    shim.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    ran = subprocess.run(
        ["sh", "-c", commands], capture_output=True, text=True, cwd=tmp_path, env=environment, check=False
    )
    for part in stated.split("...\n"):
        assert part.strip() in ran.stdout, ran.stdout + ran.stderr
