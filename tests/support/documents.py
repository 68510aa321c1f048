"""The code blocks of a document, and a shell in which they are run in order as a reader runs them.

What stands in a comment above a block: `file: NAME` is saved under that name; `exit: N` ends with N; `run by: WHO` is run
elsewhere.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.paths import ROOT

_BLOCK = re.compile(
    r"^(?:<!-- (?P<key>file|exit|run by): (?P<value>[^>]+?) -->\n)?```(?P<language>[^\n`]*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
#: what is only shown, or saved for a block that follows
SAVED = ("csv", "toml", "json", "r")
LEFT_OUT = "...\n"
#: what runs a block that is a whole script
SCRIPTS = {"python": "python3", "r": "Rscript"}


@dataclass(frozen=True)
class Block:
    """One block: its language, its text, what the comment above it says, and its line in the document."""

    language: str
    text: str
    key: str
    value: str
    line: int


def blocks(text: str) -> Iterator[Block]:
    """The code blocks of a document; directives of the site are none."""
    for found in _BLOCK.finditer(text):
        if not found["language"].startswith("{"):
            line = text.count("\n", 0, found.start("text"))
            yield Block(found["language"], found["text"], found["key"] or "", found["value"] or "", line)


_ECHOGRADE = """#!/bin/sh
[ "$1" = app ] && set -- "$@" --help
exec {python} -m grading "$@"
"""
_PYTHON = """#!/bin/sh
if [ "$1 $2" = "-m venv" ]; then mkdir -p "$3" && ln -sfn {bin} "$3/bin"; else exec {python} "$@"; fi
"""
#: installs nothing, and knows which extras there are
_PIP = """#!{python}
import re, sys, tomllib
extras = tomllib.load(open({project!r}, "rb"))["project"]["optional-dependencies"]
named = [re.fullmatch(r"(?:\\.|echograde)(?:\\[(\\w+)\\])?", word) for word in sys.argv[2:] if not word.startswith("-")]
sys.exit(sys.argv[1] != "install" or not all(one and (one[1] is None or one[1] in extras) for one in named))
"""


@dataclass
class Reader:
    """Somebody who follows a document in an empty folder: saves what is to be saved, runs what is to be run."""

    folder: Path
    said: str = ""
    names: dict[str, Any] = field(default_factory=dict)

    @property
    def environment(self) -> Mapping[str, str]:
        """That of a shell in which echograde is installed."""
        path = f"{self.folder / '.bin'}:{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "PYTHONUTF8": "1"}

    def settle(self) -> None:
        """Put the programs in place that a reader has."""
        shims = self.folder / ".bin"
        shims.mkdir()
        python = shlex.quote(sys.executable)
        texts = {
            "echograde": _ECHOGRADE.format(python=python),
            "python3": _PYTHON.format(python=python, bin=shlex.quote(str(shims))),
            "pip": _PIP.format(python=sys.executable, project=str(ROOT / "pyproject.toml")),
        }
        for name, text in texts.items():
            (shims / name).write_text(text)
            (shims / name).chmod(0o755)

    def follow(self, block: Block) -> None:
        """Do what a block asks. Raises AssertionError where it does not come out as stated."""
        if block.key == "run by":
            return
        if block.key == "file":
            assert block.language in SAVED, f"line {block.line}: a {block.language} block is not a file"
            (self.folder / block.value).write_text(block.text, encoding="utf-8")
        elif block.language == "sh":
            self._run(block)
        elif block.language == "text":
            assert block.text.replace(LEFT_OUT, "").strip(), f"line {block.line}: it states nothing"
            for part in block.text.split(LEFT_OUT):
                assert part.strip("\n") in self.said, f"line {block.line}: not said:\n{part}\nbut:\n{self.said}"
        elif block.language == "python" and ">>>" in block.text:
            self._try(block)
        elif block.language in SCRIPTS:
            script = self.folder / f".script.{block.language}"
            script.write_text(block.text, encoding="utf-8")
            self._run(Block("sh", f"{SCRIPTS[block.language]} {script.name}", block.key, block.value, block.line))
        else:
            raise AssertionError(f"line {block.line}: nothing runs a block in {block.language!r}")

    def _run(self, block: Block) -> None:
        ran = subprocess.run(
            ["sh", "-e", "-c", block.text], cwd=self.folder, env=self.environment, check=False, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        self.said = ran.stdout
        expected = int(block.value) if block.key == "exit" else 0
        assert ran.returncode == expected, f"line {block.line}: ended with {ran.returncode}\n{ran.stdout}"

    def _try(self, block: Block) -> None:
        test = doctest.DocTestParser().get_doctest(block.text, self.names, f"line {block.line}", None, 0)
        test.globs = self.names
        wrong: list[str] = []
        doctest.DocTestRunner(verbose=False).run(test, out=wrong.append, clear_globs=False)
        assert not wrong, "".join(wrong)
