"""The notebook of the documentation: every cell runs, and prints what stands below it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import ROOT

NOTEBOOK = json.loads((ROOT / "docs" / "paper.ipynb").read_text(encoding="utf-8"))


def ran(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "docs" / "run_notebook.py"), *map(str, words)]
    own = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=own, capture_output=True, text=True, check=False)


def test_every_cell_prints_what_stands_below_it() -> None:
    found = ran()
    assert (found.returncode, found.stdout) == (0, ""), (
        f"{found.stdout}{found.stderr}\nrenew it as docs/research/notebook.md says"
    )


def test_the_notebook_holds_its_figure_and_the_sentences_for_the_methods() -> None:
    answers = {cell["id"]: cell["outputs"] for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"}
    picture = next(one["data"]["image/png"] for one in answers["figure"] if "data" in one)
    assert base64.b64decode(picture).startswith(b"\x89PNG")
    assert "was graded with echograde" in "".join(answers["methods"][0]["text"])


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A notebook of two cells of which one says more than it prints."""
    cells = [
        {"cell_type": "code", "id": name, "metadata": {}, "source": source, "outputs": outputs, "execution_count": None}
        for name, source, outputs in (
            ("right", ["n = 2\n", "print(n)"], [{"name": "stdout", "output_type": "stream", "text": ["2\n"]}]),
            ("wrong", ["print(n + 1)"], [{"name": "stdout", "output_type": "stream", "text": ["4\n"]}]),
        )
    ]
    target = tmp_path / "small.ipynb"
    target.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return target


def test_a_cell_that_prints_something_else_is_named_and_can_be_renewed(small: Path) -> None:
    found = ran(small)
    assert (found.returncode, found.stdout) == (1, "cell wrong prints something else than the notebook holds:\n3\n\n")
    assert ran(small, "--renew").returncode == 0
    assert ran(small).returncode == 0


def test_a_cell_that_fails_fails_the_run(small: Path) -> None:
    small.write_text(small.read_text().replace("print(n + 1)", "print(m)"))
    found = ran(small)
    assert found.returncode == 1 and "NameError" in found.stderr
