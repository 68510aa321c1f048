"""The house: the floors that `pyproject.toml` draws, kept; and what `explain` must not load."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
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
