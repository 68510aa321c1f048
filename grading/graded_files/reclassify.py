"""How rows move between two guidelines: a cross table of the grades in a graded file, one for each valve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from grading.errors import UsageError
from grading.formats.upload import Input
from grading.graded_files.counts import count_rows, grade_columns, opened
from grading.reference.guideline import load_guideline, references
from grading.reference.scale import by_severity

BLANK = "(rejected)"


def read_pairs(path: Input, first: str, second: str) -> dict[str, Counter[tuple[str, str]]]:
    """Pairs of grades by valve ('' for a file of one valve a row), from the grade columns of a graded file."""
    with opened(path) as source:
        found = grade_columns(source.header)
        valves = [valve for valve in found.get(first, {}) if valve in found.get(second, {})]
        if not valves:
            run = f"echograde grade IN -g {first} -g {second} -o {path.name}"
            raise UsageError(f"{path.name} holds no grades by both guidelines; run: {run}")
        groups = [[found[guideline][valve] for guideline in (first, second)] for valve in valves]
        counted = count_rows(source, groups, path.name)
    return {
        valve: Counter({(one or BLANK, other or BLANK): count for (one, other), count in found_pairs.counts.items()})
        for valve, found_pairs in zip(valves, counted, strict=True)
    }


def text(path: Input, first: str, second: str) -> str:
    """The cross tables in Markdown: rows by the first guideline, columns by the second."""
    for guideline in (first, second):
        load_guideline(guideline)
    names = references()[first]["short"], references()[second]["short"]
    covered = covered_pairs(read_pairs(path, first, second))
    tables = [_table(valve, counted, *names) for valve, counted in covered.items()]
    return "\n\n".join(tables) if tables else f"No valve is covered by both {first} and {second}."


def covered_pairs(pairs: Mapping[str, Mapping[tuple[str, str], int]]) -> dict[str, dict[tuple[str, str], int]]:
    """What `read_pairs` gives, without rows and valves that one guideline does not grade."""
    kept = {valve: {p: n for p, n in counted.items() if "not_covered" not in p} for valve, counted in pairs.items()}
    return {valve: counted for valve, counted in kept.items() if any(pair != (BLANK, BLANK) for pair in counted)}


def _table(valve: str, counted: Mapping[tuple[str, str], int], first: str, second: str) -> str:
    rows, columns = (by_severity(sorted({pair[side] for pair in counted})) for side in (0, 1))
    lines = [f"| {valve or 'all rows'}: {first} \\ {second} | {' | '.join(c.replace('_', ' ') for c in columns)} |"]
    lines.append(f"|---|{'---:|' * len(columns)}")
    for row in rows:
        cells = (str(counted.get((row, column), 0)) for column in columns)
        lines.append(f"| {row.replace('_', ' ')} | {' | '.join(cells)} |")
    return "\n".join(lines)
