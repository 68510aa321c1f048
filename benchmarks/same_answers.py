"""Are the answers of several contenders, and the input cells they hand through, the same in every row?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv
from rivals import ANSWERS
from study_files import study_table

GIVEN = tuple(study_table(1).column_names)


def different_rows(source: Path, graded: dict[str, Path]) -> dict[str, int]:
    """How many rows of each graded file differ: in an answer from the first one's, in an input cell from `source`.

    The numbers of a Parquet file are no texts; there only the answers are compared.
    """
    given = texts(source, GIVEN)
    answers = None
    counts = {}
    for name, path in graded.items():
        header = _header(path)
        prefix = "" if "grade" in header else "ase_2017_"
        found = texts(path, [prefix + answer for answer in ANSWERS])
        answers = found if answers is None else answers
        pairs = list(zip(answers, found, strict=True))
        if path.suffix == ".csv":
            pairs += zip(given, texts(path, GIVEN), strict=True)
        counts[name] = _different(pairs)
    return counts


def texts(path: Path, names: Sequence[str]) -> list[pa.ChunkedArray]:
    """These columns of a file as text; nothing is a blank."""
    if path.suffix == ".parquet":
        table = pq.read_table(path, columns=list(names))
    else:
        wanted = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), include_columns=list(names))
        table = csv.read_csv(path, convert_options=wanted)
    return [pc.fill_null(table[name].cast(pa.string()), "") for name in names]


def _header(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        return pq.read_schema(path).names
    with path.open(encoding="utf-8") as lines:
        return next(lines).rstrip("\n").split(",")


def _different(pairs: Sequence[tuple[pa.ChunkedArray, pa.ChunkedArray]]) -> int:
    """Rows in which a pair of columns differs; all of them when a column is longer than the other."""
    if any(len(one) != len(other) for one, other in pairs):
        return max(len(column) for pair in pairs for column in pair)
    differs = pc.not_equal(*pairs[0])
    for one, other in pairs[1:]:
        differs = pc.or_(differs, pc.not_equal(one, other))
    return pc.sum(differs).as_py() or 0
