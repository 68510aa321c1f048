"""The engine against the second reading of the specification, which shares no code with it, on random rows and studies.

Two readings by two hands: where they differ, one of them has slipped.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.paths import TESTS
from support.random_cases import ROWS_TRIED, STUDIES_TRIED, Row, random_rows, random_studies
from support.second_answer import Answer
from support.second_reading import TABLES, second_reading
from support.vectors import as_cell, read_vectors
from typer.testing import CliRunner

from grading.cli.main import app
from grading.columns.template import header_of
from grading.engine.decide import Decision, decide
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import load_guideline
from grading.reference.scale import CERTAINTIES, GRADES, status_of
from grading.reference.table import ALL

CATALOGUE = load_catalogue()
PREFIXES = {"mitral": "mr", "aortic": "ar", "tricuspid": "tr", "pulmonic": "pr"}
#: the second reading calls the three steps of TR and PR by their place on the ladder of four
LADDER = {"mild": "I", "moderate": "II", "severe": "IV"}
#: a table whose rows are parameters has no criteria to count
UNCOUNTED = (None, None, None)

#: (grade, certainty, low, high, rule, stage, criteria mild, severe, assessed, lowest and highest quantity)
Found = tuple[Any, ...]


def tried(counts: tuple[int, int]) -> list[Any]:
    """How many cases and by which seed: some in the quick tests, thousands in the slow ones."""
    quick, thousands = counts
    return [(quick, 1), pytest.param(thousands, 2, marks=pytest.mark.slow)]


def of_valve(valve: str, row: Row) -> Row:
    """A row without what is no measurement of the valve."""
    names = {measurement.name for measurement in CATALOGUE.enterable(valve)}
    return {name: value for name, value in row.items() if name in names}


def columns_of(rows: Sequence[Row]) -> dict[str, np.ndarray]:
    """Rows as the engine's columns, in canonical units."""
    columns: dict[str, np.ndarray] = {}
    for name in sorted({name for row in rows for name in row}):
        word = CATALOGUE.words.get(name)
        if word is None:
            columns[name] = np.array([row.get(name, np.nan) for row in rows], float)
        else:
            columns[name] = np.array([word.code(str(row[name])) if name in row else 0 for row in rows], np.int8)
    return columns


def by_engine(decision: Decision, row: int) -> Found:
    """The engine's answer for one row."""
    table = decision.table
    rule, stage = int(decision.rule[row]), int(decision.stage[row])
    return (
        GRADES[decision.grade[row]],
        CERTAINTIES[decision.certainty[row]],
        GRADES[decision.low[row]],
        GRADES[decision.high[row]],
        table.rules[rule - 1].number,
        table.stages[stage - 1].stage if stage else "",
        *_criteria(decision, row),
        *_quantities(decision, row),
    )


def _criteria(decision: Decision, row: int) -> tuple[int | None, ...]:
    tally = decision.tallies.get(ALL) or decision.tallies.get("specific")
    if tally is None:
        return UNCOUNTED
    mild = int(tally.counts["mild"][row]) if "mild" in tally.counts else None
    return mild, int(tally.counts["severe"][row]), int(tally.measured[row])


def _quantities(decision: Decision, row: int) -> tuple[str, str]:
    if decision.table.lead is None:
        return "", ""
    tally = decision.tallies[decision.table.lead.group]
    names = ["", *(LADDER.get(step, step) for step in tally.group.steps)]
    return names[tally.low[row]], names[tally.high[row]]


def by_second_reading(answer: Answer) -> Found:
    return (
        answer.grade,
        answer.certainty,
        answer.low,
        answer.high,
        answer.rule,
        answer.stage,
        answer.mild,
        answer.severe,
        answer.assessed,
        answer.quantitative_low,
        answer.quantitative_high,
    )


def differences(guideline: str, valve: str, count: int, seed: int) -> Iterator[tuple[Row, Found, Found]]:
    rows = [of_valve(valve, row) for row in random_rows(guideline, valve, count, seed)]
    decision = decide(load_guideline(guideline).tables[valve], columns_of(rows), count)
    for position, row in enumerate(rows):
        engine = by_engine(decision, position)
        second = by_second_reading(second_reading(guideline, valve, row))
        if engine != second:
            yield row, engine, second


@pytest.mark.parametrize(("count", "seed"), tried(ROWS_TRIED), ids=["quick", "thousands"])
@pytest.mark.parametrize(("guideline", "valve"), TABLES, ids="-".join)
def test_the_engine_answers_random_rows_as_the_second_reading_does(
    guideline: str, valve: str, count: int, seed: int
) -> None:
    assert list(differences(guideline, valve, count, seed))[:3] == []


# --- studies of several valves, through a file ------------------------------------------------------------------------


def study_cells(study: Mapping[str, Row]) -> dict[str, str]:
    """A study as one record: what all its valves share stands under its own header, the rest behind the valve's prefix."""
    shared = {
        name: value
        for name, value in study["mitral"].items()
        if CATALOGUE[name].shared and all(row.get(name) == value for row in study.values())
    }
    cells = {header_of(CATALOGUE[name]): str(value) for name, value in shared.items()}
    for valve, row in study.items():
        for name, value in of_valve(valve, row).items():
            if name not in shared:
                cells[f"{PREFIXES[valve]}_{header_of(CATALOGUE[name])}"] = str(value)
    return cells


def graded_file(records: Sequence[Mapping[str, str]], folder: Path, exit_code: int = 0) -> list[dict[str, str]]:
    """Records through a CSV file and the command."""
    headers = list(dict.fromkeys(header for record in records for header in record))
    source, target = folder / "studies.csv", folder / "graded.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, headers, restval="")
        writer.writeheader()
        writer.writerows(records)
    ran = CliRunner().invoke(app, ["grade", str(source), "-o", str(target), "--quiet"])
    assert ran.exit_code == exit_code, ran.output
    with target.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_file(record: Mapping[str, str], valve: str) -> tuple[str, ...]:
    """(grade, certainty, low, high, rule) of one valve in a graded record."""
    keys = ("grade", "certainty", "grade_low", "grade_high", "rule")
    return tuple(record[f"{valve}_ase_2017_{key}"] for key in keys)


@pytest.mark.parametrize(("count", "seed"), tried(STUDIES_TRIED), ids=["quick", "thousands"])
def test_random_studies_are_graded_in_a_file_as_the_second_reading_does(count: int, seed: int, tmp_path: Path) -> None:
    """Beside a leak of the other left-sided valve, volumes through its annulus do not vote."""
    studies = list(random_studies(count, seed))
    found = graded_file([study_cells(study) for study in studies], tmp_path)
    different = []
    for study, record in zip(studies, found, strict=True):
        rows = {valve: of_valve(valve, row) for valve, row in study.items()}
        for valve, row in rows.items():
            answer = second_reading("ase-2017", valve, row, rows)
            second = (answer.grade, answer.certainty, answer.low, answer.high, str(answer.rule))
            if in_file(record, valve) != second:
                different.append((valve, row, in_file(record, valve), second))
    assert different[:3] == []


STUDIES = read_vectors(TESTS / "data" / "study_vectors.csv")


@pytest.mark.parametrize("study", dict.fromkeys(row["id"] for row in STUDIES))
def test_a_study_vector_is_graded_in_a_file_as_it_demands(study: str, tmp_path: Path) -> None:
    rows = [row for row in STUDIES if row["id"] == study]
    # a file grades the valves that it has a column of
    record = {f"{PREFIXES[row['valve']]}_regurgitation": "" for row in rows}
    for token in rows[0]["inputs"].split():
        name, text = token.split("=", 1)
        prefix, _, rest = name.partition("_")
        is_own = prefix in PREFIXES.values()
        header, cell = as_cell(rest if is_own else name, text)
        record[f"{prefix}_{header}" if is_own else header] = cell
    (found,) = graded_file([record], tmp_path, exit_code=int(any(row["status"] == "rejected" for row in rows)))
    for row in rows:
        demanded = tuple(row[key] for key in ("grade", "certainty", "grade_low", "grade_high", "rule"))
        assert (in_file(found, row["valve"]), status(found, row["valve"])) == (demanded, row["status"]), row["valve"]


def status(record: Mapping[str, str], valve: str) -> str:
    """A valve's own status: its column where there is one, else what its grade stands for."""
    return record.get(f"{valve}_status") or status_of(record[f"{valve}_ase_2017_grade"])
