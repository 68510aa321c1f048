"""Run a notebook from its first cell to its last in an empty folder: `python docs/run_notebook.py [FILE] [--renew]`.

It says which cells print something else than the notebook holds; with --renew it writes what they print and the figures
into it. The cells are plain Python: no kernel is needed.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

HERE = Path(__file__).parent
#: what differs from version to version of the tables
_DIGEST = re.compile(r"echograde \S+ \(tables [0-9a-f]+\)")


def figures() -> list[bytes]:
    """The figures that a cell left open, as PNG."""
    found = []
    for number in plt.get_fignums():
        out = io.BytesIO()
        plt.figure(number).savefig(out, format="png", dpi=80, metadata={"Software": None})
        found.append(out.getvalue())
    plt.close("all")
    return found


def run(notebook: dict[str, Any]) -> list[tuple[str, list[bytes]]]:
    """What every code cell prints, and its figures. Raises what a cell raises."""
    known: dict[str, Any] = {"__name__": "__main__"}
    answers = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile("".join(cell["source"]), cell["id"], "exec"), known)
            answers.append((out.getvalue(), figures()))
    return answers


def outputs_of(text: str, pictures: list[bytes]) -> list[dict[str, Any]]:
    """What a cell answered, as a notebook holds it."""
    stream = {"name": "stdout", "output_type": "stream", "text": text.splitlines(keepends=True)}
    shown = [
        {"data": {"image/png": base64.b64encode(picture).decode()}, "metadata": {}, "output_type": "display_data"}
        for picture in pictures
    ]
    return [*([stream] if text else []), *shown]


def printed(cell: dict[str, Any]) -> str:
    """What a notebook holds as printed by a cell."""
    return "".join("".join(one.get("text", [])) for one in cell["outputs"])


def main(file: Path, renew: bool) -> int:
    """Run a notebook; the number of cells that print something else than it holds."""
    notebook = json.loads(file.read_text(encoding="utf-8"))
    back = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(HERE / "data", Path(folder) / "data")
        os.chdir(folder)
        try:
            answers = run(notebook)
        finally:
            os.chdir(back)
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    if renew:
        for number, (cell, (text, pictures)) in enumerate(zip(cells, answers, strict=True), 1):
            cell["outputs"], cell["execution_count"] = outputs_of(text, pictures), number
        file.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return 0
    other = [
        (cell["id"], text)
        for cell, (text, pictures) in zip(cells, answers, strict=True)
        if _DIGEST.sub("", text) != _DIGEST.sub("", printed(cell))
        or bool(pictures) != ("image/png" in str(cell["outputs"]))
    ]
    for name, text in other:
        print(f"cell {name} prints something else than the notebook holds:\n{text}")
    return len(other)


if __name__ == "__main__":
    named = [Path(word).resolve() for word in sys.argv[1:] if word != "--renew"]
    sys.exit(min(1, main(named[0] if named else HERE / "paper.ipynb", "--renew" in sys.argv)))
