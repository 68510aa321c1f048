"""Every vector through `grade`, `grade_frame` and a CSV file, one of each rule through `explain`: the demanded answer."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from support.vectors import ANSWERS, VECTORS, read_vectors, sheets, table_of, values_of
from typer.testing import CliRunner

from grading import Case, grade, grade_frame
from grading.cli.main import app
from grading.explanation.groups import counts
from grading.explanation.reasons import quantitative_grade

by_table = pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)


@cache
def demanded(path: Path) -> tuple[str, ...]:
    """The answers a vector file demands: a column that it leaves blank throughout is not asked."""
    rows = read_vectors(path)
    return tuple(key for key in (*ANSWERS, "stage") if any(row.get(key) for row in rows))


def described(answer: dict[str, object]) -> dict[str, str]:
    """The answers of `to_dict`, as a vector writes them."""
    if answer["status"] == "rejected":
        return dict.fromkeys((*ANSWERS, "stage"), "") | {"status": "rejected"}
    counts: dict[str, Any] = answer["counts"]  # type: ignore[assignment]
    found = {
        key: answer[key] for key in ("grade", "grade_low", "grade_high", "certainty", "rule", "quantitative_grade")
    }
    criteria: dict[str, Any] = counts.get("all") or counts.get("specific") or {}
    found |= {f"{step}_criteria": criteria.get(step, {}).get("met") for step in ("mild", "severe")}
    found |= {"criteria_assessed": criteria.get("assessed"), "status": answer["status"], "stage": answer["stage"]}
    return {key: "" if value is None else str(value) for key, value in found.items()}


def answered(case: Case) -> dict[str, str]:
    """The answers of a case, by its attributes."""
    keys = ("grade", "grade_low", "grade_high", "certainty", "rule", "status", "stage")
    answer: dict[str, Any] = {key: getattr(case, key) for key in keys} | {"quantitative_grade": None, "counts": {}}
    if case.decision is not None:
        by_name = {name: count.to_dict() for name, count in counts(case.decision).items()}
        answer |= {"quantitative_grade": quantitative_grade(case.decision, 0), "counts": by_name}
    return described(answer)


def results(headers: list[str], guideline: str, row: dict[str, object]) -> dict[str, str]:
    """The answers of one row of result columns."""
    prefix = guideline.replace("-", "_")
    found = {key: row.get(f"{prefix}_{key}") for key in (*ANSWERS, "stage")} | {"status": row["echograde_status"]}
    return {key: "" if pd.isna(value) else str(value) for key, value in found.items()}


def different(path: Path, rows: list[tuple[dict[str, str], dict[str, str]]]) -> list[str]:
    """Vectors whose answer is not the demanded one, with what differs."""
    return [
        f"{row['id']} ({row['place']}): {row['inputs']}: {key} is {found[key]!r}, demanded {row[key]!r}"
        for row, found in rows
        for key in demanded(path)
        if found[key] != row[key]
    ]


@by_table
def test_ids_are_unique_and_there_are_many(path: Path) -> None:
    ids = [row["id"] for row in read_vectors(path)]
    assert len(ids) == len(set(ids)) >= 50


@by_table
def test_grade(path: Path) -> None:
    guideline, valve = table_of(path)
    rows = [(r, answered(grade(valve, guideline, **values_of(r)))) for r in read_vectors(path)]
    assert different(path, rows) == []


@by_table
def test_grade_frame(path: Path) -> None:
    guideline, valve = table_of(path)
    for units, members in sheets(read_vectors(path)):
        headers = list(units)
        frame = pd.DataFrame([cells for _, cells in members], columns=headers, index=[row["id"] for row, _ in members])
        # among vectors are values typed in another unit than their header's, which would stop the run
        graded = grade_frame(frame, guideline, valve=valve, units={h: unit for h, unit in units.items() if unit})
        assert list(graded.index) == list(frame.index)
        found = [results(headers, guideline, row) for row in graded.to_dict("records")]
        assert different(path, [(row, f) for (row, _), f in zip(members, found, strict=True)]) == []


@by_table
def test_csv_file_by_command_line(path: Path, tmp_path: Path) -> None:
    guideline, valve = table_of(path)
    for number, (units, members) in enumerate(sheets(read_vectors(path))):
        headers = list(units)
        source, target = tmp_path / f"{number}.csv", tmp_path / f"{number}.out.csv"
        with source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ["id", *headers], restval="")
            writer.writeheader()
            writer.writerows({"id": row["id"]} | cells for row, cells in members)
        asked = ["grade", str(source), "-o", str(target), "--guideline", guideline, "--valve", valve]
        asked += [word for header, unit in units.items() if unit for word in ("--unit", f"{header}={unit}")]
        ran = CliRunner().invoke(app, asked)
        assert ran.exit_code == any(row["status"] == "rejected" for row, _ in members), ran.output
        with target.open(encoding="utf-8", newline="") as file:
            graded = list(csv.DictReader(file))
        assert [row["id"] for row in graded] == [row["id"] for row, _ in members]
        found = [results(headers, guideline, row) for row in graded]
        assert different(path, [(row, f) for (row, _), f in zip(members, found, strict=True)]) == []


@by_table
def test_one_vector_of_each_rule_is_explained_by_the_command_line(path: Path) -> None:
    guideline, valve = table_of(path)
    first = {(row["rule"], row["status"]): row for row in reversed(read_vectors(path))}
    rows = []
    for row in first.values():
        ran = CliRunner().invoke(app, ["explain", valve, *row["inputs"].split(), "--guideline", guideline, "--json"])
        assert ran.exit_code == (row["status"] == "rejected"), ran.output
        rows.append((row, described(json.loads(ran.stdout))))
    assert different(path, rows) == []
