"""The page on validation: its numbers are those of the tests that it names, and those of the tables."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from types import ModuleType

import pytest
from support.paths import ROOT
from support.random_cases import ROWS_TRIED, STUDIES_TRIED

from grading.explanation.readings import every_reading
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import list_guidelines, load_guideline

PAGE = (ROOT / "docs" / "trust" / "validation.md").read_text(encoding="utf-8")
#: (number of tests, what pytest is asked for)
ROWS = re.findall(r"(?m)^\|.*\| ([\d,]+) \| `python -m pytest ([^`]+)` \|$", PAGE)
TABLES = [table for name in list_guidelines() for table in load_guideline(name).tables.values()]


def collected(*asked: str) -> dict[str, int]:
    """How many tests there are of each file or test that is asked for."""
    options = ["--collect-only", "-q", "-o", "addopts=--import-mode=importlib", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options, *asked]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    tests = [line for line in ran.stdout.splitlines() if "::" in line]
    return {name: sum(line.startswith((f"{name}::", f"{name}[")) for line in tests) for name in asked}


def test_there_are_as_many_tests_as_the_page_says_and_not_many_more() -> None:
    stated = {asked: int(number.replace(",", "")) for number, asked in ROWS}
    assert len(stated) >= 8
    found = collected(*stated)
    assert {name: number for name, number in stated.items() if not 0.7 * found[name] <= number <= found[name]} == {}


def test_the_numbers_of_random_cases_are_right() -> None:
    assert f"on {sum(ROWS_TRIED):,} random cases of each table and {sum(STUDIES_TRIED):,} random studies" in PAGE


@pytest.fixture
def validation(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """What counts for the page when the site is built."""
    monkeypatch.syspath_prepend(ROOT / "docs")
    return import_module("site_pages.validation")


def test_the_table_of_proofs_holds_every_table_and_no_failure(validation: ModuleType) -> None:
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in validation.comparisons().splitlines()[2:]]
    assert len(lines) == len(TABLES) + 1
    *tables, total = [[int(cell.strip("*").replace(",", "")) for cell in line[1:]] for line in lines]
    assert [sum(column) for column in zip(*tables, strict=True)] == total
    assert total[4] == 0
    assert all(number > 0 for line in tables for number in line[:4])
    assert total[0] == sum(
        len((ROOT / "reference_tables" / "vectors" / f"{t.guideline}-{t.valve}.csv").read_text("utf-8").splitlines())
        - 1
        for t in TABLES
    )


def test_what_is_not_confirmed_is_counted(validation: ModuleType) -> None:
    said = validation.not_confirmed()
    every = every_reading()
    assert (
        f"{len(every)} decisions" in said and f"{sum(bool(one.guideline) for one in every)} of them in a table" in said
    )
    seen = [table for table in TABLES if table.rests_on == "reproductions"]
    assert f"{len(seen)} tables were seen in reproductions only" in said
    assert all(f"{table.guideline}-{table.valve}.md" in said for table in seen)
    errors = [number.error for number in load_catalogue().numbers.values() if number.error]
    assert f"Of {len(errors)} measurements with an error, {sum(not e.at for e in errors)} have one" in said
