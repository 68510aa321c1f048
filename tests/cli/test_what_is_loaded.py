"""What a command loads: most files are small, and then loading is most of the time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

IN = "id,valve,eroa_mm2,rvol_ml,comment\n007,MR,45,62,\n008,MR,25,,a note\n"
#: what only some runs need
HEAVY = {
    "pandas.core.frame", "pandera", "pydantic", "rich", "streamlit", "dask", "jinja2", "pydicom", "python_calamine", "pyreadstat", "xlsxwriter",
    "pyarrow.parquet", "grading.formats.excel", "grading.formats.dicom_sr", "grading.formats.fhir", "grading.longtable.pivot",
    "grading.longtable.roles", "grading.explanation.explanation",
}  # fmt: skip


def loaded(folder: Path, *words: str) -> set[str]:
    """The modules that a command loads."""
    command = [sys.executable, "-X", "importtime", "-m", "grading", *words]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=True)
    return {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines() if line.startswith("import time:")}


def test_a_csv_file_of_which_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(IN)
    assert loaded(tmp_path, "grade", "in.csv", "--quiet") & HEAVY == set()
    assert (tmp_path / "in.graded.csv").read_text().startswith("id,valve")


def test_a_case(tmp_path: Path) -> None:
    modules = loaded(tmp_path, "explain", "mitral", "eroa=0.4")
    assert "grading.explanation.explanation" in modules
    assert modules & (HEAVY - {"grading.explanation.explanation"} | {"pyarrow"}) == set()


@pytest.mark.parametrize("words", [("--version",), ("guidelines",)])
def test_what_needs_no_arrays_of_arrow(words: tuple[str, ...], tmp_path: Path) -> None:
    assert loaded(tmp_path, *words) & (HEAVY | {"pyarrow"}) <= {"grading.explanation.explanation"}


def test_what_was_refused_is_asked_of_the_schema(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(IN.replace("45", "4500000"))
    command = [sys.executable, "-X", "importtime", "-m", "grading", "grade", "in.csv", "--quiet"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 1
    assert {"pandas.core.frame", "pandera"} <= {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}
