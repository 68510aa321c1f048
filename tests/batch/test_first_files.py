"""The three commands that README gives to whoever has a workbook, a folder of reports or a long table."""

from __future__ import annotations

import csv
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from support import make_reports, make_workbooks
from support.paths import ROOT

LONG = "study_id,label,value,unit\nP01,MR EROA,45,mm2\nP01,MR RVol,62,mL\nP02,MR EROA,12.5,mm2\nP02,MR RVol,20,mL\n"
COMMANDS = re.findall(
    r"(?m)^echograde (grade (?:studies\.xlsx|reports/|export\.csv) .*?)\s*#", (ROOT / "README.md").read_text("utf-8")
)
#: the first word of a command's input -> the grades of its rows
GRADES = {
    "studies.xlsx": {"ase_2017_grade": ["severe", "mild"]},
    "reports/": {
        "mitral_ase_2017_grade": ["severe", "insufficient_data"],
        "aortic_ase_2017_grade": ["insufficient_data", "insufficient_data"],
    },
    "export.csv": {"mitral_ase_2017_grade": ["severe", "mild"]},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What somebody has."""
    (tmp_path / "studies.xlsx").write_bytes(make_workbooks.xlsx())
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "1.dcm").write_bytes(make_reports.older(study="1"))
    (tmp_path / "reports" / "2.dcm").write_bytes(make_reports.newer(study="2"))
    (tmp_path / "export.csv").write_text(LONG)
    return tmp_path


def test_there_are_three() -> None:
    assert [shlex.split(command)[1] for command in COMMANDS] == list(GRADES)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_first_file_becomes_a_graded_csv(command: str, folder: Path) -> None:
    words = shlex.split(command)
    ended = subprocess.run(
        [sys.executable, "-m", "grading", *words], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    rows = list(csv.DictReader((folder / "graded.csv").read_text("utf-8").splitlines()))
    for column, grades in GRADES[words[1]].items():
        assert [row[column] for row in rows] == grades
