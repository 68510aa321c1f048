"""The house: which module may import which, what `explain` must not load, and what leaves no trace."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

GRADING = Path(__file__).parents[1] / "grading"

#: each floor may import from itself and from floors before it
FLOORS = (
    ("errors", "scale", "units", "palette"),
    ("precision", "derivation", "catalogue", "condition", "table", "tablereader", "guideline"),
    ("formulas", "methods", "derived", "tally", "engine", "limits", "tokens", "reasons"),
    (
        "entry", "case", "report", "whatif", "criteria", "explain", "wording", "terminal", "severitybar", "casepage",
        "sidebyside", "sensitivity", "caselink", "form", "compare", "situations", "verify", "tabletext", "template",
        "readerwords", "gradewords", "categories", "agreement", "teaching", "quiz", "chances", "uncertainty",
        "outcomes", "sweep", "tipping", "svg", "findings", "heartshape", "heartnotes", "jetdrawing", "heartdrawing",
        "dopplershape", "dopplerdrawing", "flowdrawing", "drawings", "circulationdrawing", "ruletext", "webtable",
        "tablepage", "formulapage", "dictionarypage", "countbars", "crosstable",
    ),
    (
        "headers", "columns", "issues", "cells", "checks", "multivalve", "resultnames", "resultcolumns", "flags",
        "results", "rows", "slips", "frame",
        "labels", "repeats", "measured", "longcolumns", "longlayout", "corrections",
    ),
    (
        "utf16", "csvpiece", "csvfile", "records", "spreadsheet", "parquetfile", "work", "sources", "longsource",
        "sinks", "engines", "cluster", "batch", "gradedfile", "reclassify", "agree", "agreementtext", "agreementfigure", "progress", "frontend",
        "cli", "__main__", "upload", "refusals", "outputs", "inmemory", "looked", "gradedtable", "distribution",
        "arguments", "gradecommand",
    ),
)  # fmt: skip

HEAVY = ("pandas", "pandera", "pyarrow", "streamlit")


def imported(path: Path) -> set[str]:
    """The modules of `grading` that a module imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("grading."):
            names.add(node.module.removeprefix("grading."))
    return names


def floor_of(name: str) -> int:
    return next(i for i, modules in enumerate(FLOORS) if name in modules)


@pytest.mark.parametrize("path", sorted(GRADING.glob("*.py")), ids=lambda path: path.stem)
def test_no_module_imports_from_above(path: Path) -> None:
    if path.stem == "__init__":
        return
    above = {name for name in imported(path) if floor_of(name) > floor_of(path.stem)}
    assert above == set()


def test_nothing_below_the_readers_opens_a_file_but_the_loaders() -> None:
    low = [name for floor in FLOORS[:5] for name in floor if name not in ("catalogue", "guideline")]
    for name in low:
        calls = {n.func.id for n in ast.walk(ast.parse((GRADING / f"{name}.py").read_text(encoding="utf-8")))
                 if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}  # fmt: skip
        assert not calls & {"open", "print", "input"}, name


def test_explain_starts_without_the_heavy_libraries() -> None:
    program = (
        "import sys; from grading.cli.main import app\n"
        "app(['explain', 'mitral', 'eroa=0.3'], standalone_mode=False)\n"
        f"print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stderr.strip() == "[]"
    assert "MODERATE" in ran.stdout
