"""README and docs: commands whose output is stated are run and say that, options exist, links lead somewhere."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from support.paths import ROOT, TESTS

from grading.cli.main import app

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in DOCUMENTS}
#: commands and what they are stated to print; '...' stands for lines left out
BLOCKS = [
    (name, commands, stated)
    for name, text in TEXTS.items()
    for commands, stated in re.findall(r"```sh\n([^`]*)```\n\n```text\n(.*?)```", text, re.DOTALL)
]
#: one line each, as a shell reads it, without what is said behind it
LINES = [
    (name, line.partition(" #")[0].strip())
    for name, text in TEXTS.items()
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("echograde ")
]
LINKS = [
    (name, link) for name, text in TEXTS.items() for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link
]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the commands are those of a POSIX shell")
@pytest.mark.parametrize(("name", "commands", "stated"), BLOCKS, ids=[f"{b[0]}: {b[1][:50]}" for b in BLOCKS])
def test_a_command_says_what_is_stated(tmp_path: Path, name: str, commands: str, stated: str) -> None:
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


def test_there_are_such_commands() -> None:
    assert {name for name, _, _ in BLOCKS} == {
        "README.md",
        "docs/agreement.md",
        "docs/citing.md",
        "docs/files.md",
        "docs/tidy.md",
    }


@pytest.mark.parametrize(("name", "line"), LINES, ids=[f"{name}: {line[:60]}" for name, line in LINES])
def test_the_options_of_a_command_exist(name: str, line: str) -> None:
    _, command, *words = shlex.split(line, comments=True)
    known = typer.main.get_group(app).commands[command]
    options = {option for parameter in known.params for option in (*parameter.opts, *parameter.secondary_opts)}
    pipe = words.index("|") if "|" in words else len(words)
    assert {word for word in words[:pipe] if re.match(r"-{1,2}[a-z]", word)} <= options


@pytest.mark.parametrize(("name", "link"), LINKS, ids=[f"{name} to {link}" for name, link in LINKS])
def test_a_link_leads_to_a_file(name: str, link: str) -> None:
    assert ((ROOT / name).parent / link).exists()
