"""How rows move between two guidelines: a cross table of the grades in a graded file, one for each valve."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from grading.errors import UsageError
from grading.guideline import load_guideline, references
from grading.scale import GRADES

BLANK = "(rejected)"


def read_pairs(path: Path, first: str, second: str) -> dict[str, Counter[tuple[str, str]]]:
    """Pairs of grades by valve ('' for a file of one valve a row), from the grade columns of a graded CSV file."""
    stems = [guideline.replace("-", "_") for guideline in (first, second)]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            start = file.readline()
            file.seek(0)
            delimiter = max(",;\t", key=start.count)
            rows = csv.DictReader(file, delimiter=delimiter)
            header = rows.fieldnames or []
            ending = f"{stems[0]}_grade"
            prefixes = [name.removesuffix(ending) for name in header if name.endswith(ending)]
            prefixes = [prefix for prefix in prefixes if f"{prefix}{stems[1]}_grade" in header]
            if not prefixes:
                run = f"echograde grade IN -g {first} -g {second} -o {path.name}"
                raise UsageError(f"{path.name} holds no grades by both guidelines; run: {run}")
            pairs: dict[str, Counter[tuple[str, str]]] = {prefix.rstrip("_"): Counter() for prefix in prefixes}
            for row in rows:
                for prefix in prefixes:
                    one, other = (row[f"{prefix}{stem}_grade"] or BLANK for stem in stems)
                    pairs[prefix.rstrip("_")][one, other] += 1
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}") from error
    return pairs


def text(path: Path, first: str, second: str) -> str:
    """The cross tables in Markdown: rows by the first guideline, columns by the second."""
    for guideline in (first, second):
        load_guideline(guideline)
    tables = []
    for valve, counted in read_pairs(path, first, second).items():
        covered = {pair: n for pair, n in counted.items() if "not_covered" not in pair}
        if any(pair != (BLANK, BLANK) for pair in covered):
            tables.append(_table(valve, covered, references()[first]["short"], references()[second]["short"]))
    return "\n\n".join(tables) if tables else f"No valve is covered by both {first} and {second}."


def _table(valve: str, counted: dict[tuple[str, str], int], first: str, second: str) -> str:
    def order(grades: set[str]) -> list[str]:
        return sorted(grades, key=lambda grade: GRADES.index(grade) if grade in GRADES else len(GRADES))

    rows, columns = (order({pair[side] for pair in counted}) for side in (0, 1))
    lines = [f"| {valve or 'all rows'}: {first} \\ {second} | {' | '.join(c.replace('_', ' ') for c in columns)} |"]
    lines.append(f"|---|{'---:|' * len(columns)}")
    for row in rows:
        cells = (str(counted.get((row, column), 0)) for column in columns)
        lines.append(f"| {row.replace('_', ' ')} | {' | '.join(cells)} |")
    return "\n".join(lines)
