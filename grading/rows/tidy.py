"""Results of a chunk below each other: a row for each study, valve and guideline instead of columns for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grading.columns.plan import Plan
from grading.reference.guideline import load_guideline
from grading.reference.measurement import VALVES
from grading.rows.coded import Coded
from grading.rows.grader import Graded
from grading.rows.result_names import column_prefix

#: name of a tidy column -> the result column of the graded file that it comes from
RESULTS: Mapping[str, str] = {
    "grade": "grade", "certainty": "certainty", "low": "grade_low", "high": "grade_high", "rule": "rule",
    "reason": "reason",
}  # fmt: skip
#: of these there are ordinal codes on request
CODED = ("grade", "low", "high")
_VALVES = ("", *VALVES)


def code_name(name: str) -> str:
    """'grade_code'."""
    return f"{name}_code"


def tidy_names(codes: bool) -> list[str]:
    """The columns of a tidy table."""
    return ["row", "id", "valve", "guideline", *RESULTS, *(map(code_name, CODED) if codes else ())]


def rank(guideline: str, valve: str, grade: str) -> int | None:
    """The place of a grade among the answers of a guideline for a valve, the mildest 0; None for what has none.

    >>> rank("esc-2021", "mitral", "severe"), rank("ase-2017", "mitral", "severe"), rank("ase-2017", "mitral", "")
    (1, 4, None)
    """
    table = load_guideline(guideline).tables.get(valve)
    return table.answers.index(grade) if table is not None and grade in table.answers else None


def tidy_columns(
    plan: Plan, guidelines: Sequence[str], graded: Graded, ids: pa.Array, before: int, codes: bool
) -> list[Coded]:
    """The columns of `tidy_names` for a chunk, ordered by row, then valve, then guideline.

    `ids` is what names the study of each row, `before` how many rows stand before the chunk. A row that was rejected,
    or whose valve is not known, is there and blank.
    """
    by_name = {column.name: column for column in graded.columns}
    of_rows = _valves_of_rows(graded)
    valves = plan.valves if plan.prefixed else ("",)
    blocks = [(valve, guideline) for valve in valves for guideline in guidelines]
    rows = np.repeat(np.arange(len(ids)), len(blocks))
    numbers = pa.array(np.arange(before + 1, before + len(ids) + 1)).cast(pa.string())
    columns = [
        Coded("row", rows, numbers),
        Coded("id", rows, pc.fill_null(ids.cast(pa.string()), "")),
        _woven("valve", [_same(_VALVES.index(valve), of_rows) if valve else of_rows for valve, _ in blocks]),
        _woven("guideline", [_constant(guideline, len(ids)) for _, guideline in blocks]),
    ]
    for name, result in RESULTS.items():
        parts = []
        for valve, guideline in blocks:
            prefix = column_prefix(plan, valve) + guideline.replace("-", "_")
            part = by_name[f"{prefix}_{result}"]
            assert isinstance(part, Coded)
            parts.append(part)
        columns.append(_woven(name, parts))
    ranked = {column.name: column for column in columns if codes and column.name in CODED}
    return columns + [_ranks(ranked[name], columns[2], columns[3]) for name in ranked]


def _valves_of_rows(graded: Graded) -> Coded:
    """The valve of every row where a row is about one; blank where it names none."""
    codes = np.zeros(len(graded.status), np.int32)
    for valve, only in graded.valves:
        codes[slice(None) if only is None else only] = _VALVES.index(valve)
    return Coded("valve", codes, list(_VALVES))


def _same(code: int, column: Coded) -> Coded:
    return Coded(column.name, np.full(len(column.codes), code, np.int32), column.texts)


def _constant(text: str, rows: int) -> Coded:
    return Coded("", np.zeros(rows, np.int32), [text])


def _woven(name: str, parts: Sequence[Coded]) -> Coded:
    """Columns of equal length as one: the first cell of each, then the second of each."""
    texts = [pa.array(part.texts, pa.string()) for part in parts]
    before = np.cumsum([0, *(len(some) for some in texts[:-1])])
    codes = [part.codes.astype(np.int32) + np.int32(start) for part, start in zip(parts, before, strict=True)]
    return Coded(name, np.stack(codes, axis=1).ravel(), pa.concat_arrays(texts))


def _ranks(grades: Coded, valves: Coded, guidelines: Coded) -> Coded:
    """The ordinal code of every grade, by the guideline and the valve of its row."""
    keys = [_few(column) for column in (guidelines, valves, grades)]
    shape = tuple(len(texts) for texts, _ in keys)
    places: NDArray[np.int64] = np.ravel_multi_index([codes for _, codes in keys], shape)
    ranks = (rank(*key) for key in _combinations([texts for texts, _ in keys]))
    texts = ["" if found is None else str(found) for found in ranks]
    return Coded(code_name(grades.name), places, texts)


def _few(column: Coded) -> tuple[list[str], NDArray[np.integer]]:
    """(its different texts, the code of every row in them)."""
    known = pa.array(column.texts, pa.string()).dictionary_encode()
    return known.dictionary.to_pylist(), known.indices.to_numpy()[column.codes]


def _combinations(texts: Sequence[Sequence[str]]) -> Iterable[tuple[str, str, str]]:
    first, second, third = texts
    return ((one, two, three) for one in first for two in second for three in third)
