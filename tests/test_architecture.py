"""The house: the floors that `pyproject.toml` draws, kept; and what `explain` must not load."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import ROOT

from grading.reference.guideline import tables_digest
from grading.version import VERSION

HEAVY = ("pandas", "pandera", "pyarrow", "streamlit")


def floors_of(checkout: Path) -> subprocess.CompletedProcess[str]:
    """import-linter, run on a checkout."""
    program = "import sys; from importlinter.cli import lint_imports_command as run; sys.path.insert(0, '.'); run()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=checkout, capture_output=True, text=True, check=False
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the packages and of the contracts."""
    for package in ("grading", "grading_app"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_floors_are_kept() -> None:
    ran = floors_of(ROOT)
    assert ran.returncode == 0, ran.stdout
    assert "0 broken" in ran.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("grading/reference/units.py", "from grading.engine import formulas", "Rooms import only from floors below"),
        ("grading/rows/grader.py", "from grading.longtable import roles", "Rooms import only from floors below"),
        ("grading/writing.py", "import grading_app.palette", "Rooms import only from floors below"),
        ("grading_app/html/table.py", "import grading_app.pages.case", "In the app"),
        ("grading/engine/tally.py", "from grading.engine import decide", "No circle of modules"),
        ("grading/explanation/report.py", "import pandas", "without a library of tables"),
        ("grading/formats/csv_file.py", "def read():\n    import pandas", "no module knows pandas"),
        ("grading_app/drawings/svg.py", "import streamlit", "know nothing of streamlit"),
    ],
)
def test_an_arrow_upwards_is_noticed(checkout: Path, module: str, line: str, contract: str) -> None:
    file = checkout / module
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    ran = floors_of(checkout)
    assert ran.returncode == 1
    _, _, complaints = ran.stdout.partition("Broken contracts")
    assert contract in " ".join(complaints.split()), ran.stdout


def test_explain_starts_without_the_heavy_libraries() -> None:
    program = (
        "import sys; from grading.cli.main import app\n"
        "app(['explain', 'mitral', 'eroa=0.3'], standalone_mode=False)\n"
        f"print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stderr.strip() == "[]"
    assert "MODERATE" in ran.stdout


def sentences_of(file: Path) -> list[tuple[int, str]]:
    """The texts of a module and their lines, docstrings aside."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body and isinstance(node.body[0], ast.Expr)
    }  # fmt: skip
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in prose)
    return [(node.lineno, node.value) for node in texts if isinstance(node.value, str)]


def flags_in(checkout: Path) -> list[str]:
    """Where a sentence of the library or the app names an option of the command line."""
    places = [*(checkout / "grading").rglob("*.py"), *(checkout / "grading_app").rglob("*.py")]
    return [
        f"{file.relative_to(checkout)}:{line}: {text}"
        for file in sorted(places)
        if "cli" not in file.relative_to(checkout).parts
        for line, text in sentences_of(file)
        if re.search(r"(?<!-)--[a-z]", text)
    ]


def test_no_sentence_of_the_library_names_a_flag_of_the_command() -> None:
    assert flags_in(ROOT) == []


def test_a_flag_in_a_sentence_is_noticed(checkout: Path) -> None:
    (checkout / "grading" / "case.py").write_text('"""A case, see --valve."""\nWHY = f"give --valve {1}"\n')
    assert flags_in(checkout) == ["grading/case.py:2: give --valve "]


def test_the_version_names_the_tables() -> None:
    ran = subprocess.run([sys.executable, "-m", "grading", "--version"], capture_output=True, text=True, check=True)
    assert re.fullmatch(rf"echograde {VERSION}, tables [0-9a-f]{{12}}\n", ran.stdout)
    assert ran.stdout.split()[-1] == tables_digest()
