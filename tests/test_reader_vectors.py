"""Answers typed from the specification by one more reader, before the tables were read; a blank cell demands nothing.

What `reference_tables/vectors` does not hold: combinations of signs and quantities, what rests on one measurement, ranges
and stages, words worked out, limits, and unreadable words.
"""

from __future__ import annotations

from itertools import groupby

import pytest
from support.paths import TESTS
from support.vectors import read_vectors, values_of

from grading import grade

ANSWERS = ("grade_low", "grade_high", "certainty", "rule", "stage", "quantitative_grade")
COUNTS = {"mild_criteria": "mild", "severe_criteria": "severe", "criteria_assessed": ""}
VECTORS = read_vectors(TESTS / "data" / "reader_vectors.csv")
BY_TABLE = {table: list(rows) for table, rows in groupby(VECTORS, lambda row: (row["guideline"], row["valve"]))}


def found(row: dict[str, str]) -> dict[str, str]:
    """The program's answer, by the columns of a vector; '-' where it has none."""
    case = grade(row["valve"], row["guideline"], **values_of(row))
    answer = {"grade": case.grade or case.status} | {
        name: str(getattr(case.explanation, name) or "-") for name in ANSWERS
    }
    count = case.explanation.counts.get("specific")
    if count is not None:
        met = {step: str(one.met) for step, one in count.steps.items()} | {"": str(count.assessed)}
        answer |= {column: met[step] for column, step in COUNTS.items()}
    return answer


@pytest.mark.hazard("wrong-table")
@pytest.mark.parametrize("table", BY_TABLE, ids="-".join)
def test_the_program_answers_as_one_more_reader_does(table: tuple[str, str]) -> None:
    different = []
    for row in BY_TABLE[table]:
        answer = found(row)
        wrong = {name: said for name, said in answer.items() if row[name] and row[name] != said}
        if wrong:
            different.append((row["id"], row["inputs"], wrong))
    assert different == []


def test_every_vector_demands_an_answer() -> None:
    assert [row["id"] for row in VECTORS if not any(row[name] for name in ("grade", *ANSWERS, *COUNTS))] == []
    assert len({row["id"] for row in VECTORS}) == len(VECTORS)
