"""The first table of a paper: how many rows have each grade, and the measurements of each by their medians and counts.

Numbers are given as median and quartiles, words as how many rows say them and the share of those that say anything.
What is not measured, or was refused, is counted as missing and in no median and no share.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from grading.columns.cells import read_column
from grading.columns.plan import Column
from grading.errors import UsageError
from grading.formats.csv_text import safe_text
from grading.graded_files.table import GradedTable
from grading.reading.cells import CellFormat, ReadColumn
from grading.reference.catalogue import load_catalogue, valve_of
from grading.reference.measurement import VALVES, Number, Word
from grading.reference.scale import Mask, by_severity
from grading.reference.units import read_number
from grading.writing import in_words, upper

#: the column of all rows, and that of rows without a grade
ALL, REJECTED = "all", "rejected"
#: texts of another column than a measurement's; one of more is no characteristic to count
MOST_TEXTS = 12
_NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it tells, and a text for all rows and for every grade."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableOne:
    """The table: the valve that it is about, what its columns are called (all rows, then grades from mild to severe),
    and its lines."""

    valve: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def table_one(
    graded: GradedTable, grades: str, how: CellFormat, valve: str | None = None, also: Sequence[str] = ()
) -> TableOne:
    """Counts and medians by the grade that stands in a column.

    Args:
        graded: the graded file.
        grades: the header of the grades, as 'mitral_ase_2017_grade'.
        how: how the cells of the file are written.
        valve: which rows are counted, where each row names its valve; by default the first that occurs.
        also: headers of further columns, as age. One that holds numbers and nothing else is given by its median, one of
            few different texts by their counts.
    Raises:
        UsageError: when one of `also` is no column, or one of many different texts.
    """
    named = next((valve for valve in VALVES if grades.startswith(f"{valve}_")), None) or valve or graded.valves[0]
    masks = _groups(graded, grades, named)
    columns = [column for column in graded.plan.columns if column.valve in ("", named)]
    read, others = _read(graded, columns, [_place(graded, header) for header in also], how)
    lines = [Line("Rows", tuple(f"{int(mask.sum()):,}" for mask in masks.values()))]
    for header, texts in zip(also, others, strict=True):
        lines += _other_lines(header, texts, how, list(masks.values()))
    for column, (values, usable) in zip(columns, read, strict=True):
        lines += _lines(column, values, usable, list(masks.values()))
    return TableOne(named, tuple(masks), tuple(lines))


def as_csv(table: TableOne) -> str:
    """The table as CSV that a spreadsheet can open safely."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["", *map(in_words, table.columns)])
    writer.writerows([safe_text(line.name), *line.cells] for line in table.lines)
    return out.getvalue()


def as_text(table: TableOne) -> str:
    """The table with tabs between its cells, which word processors and spreadsheets take as a table."""
    rows = [["", *map(in_words, table.columns)], *([safe_text(line.name), *line.cells] for line in table.lines)]
    return "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in rows) + "\n"


def _groups(graded: GradedTable, grades: str, valve: str) -> dict[str, Mask]:
    """The rows of the valve: all of them, and those of every grade that occurs."""
    column = graded.coded[graded.header.index(grades)]
    codes = column.indices.to_numpy()
    own = np.ones(graded.count, np.bool_)
    if graded.plan.valve_column is not None:
        valves = graded.coded[graded.plan.valve_column.index]
        is_own = np.array([valve_of(text) == valve for text in valves.dictionary.to_pylist()], np.bool_)
        own = is_own[valves.indices.to_numpy()]
    texts = column.dictionary.to_pylist()
    order = [*filter(None, by_severity(texts)), *(text for text in texts if not text)]
    masks = {text or REJECTED: own & (codes == texts.index(text)) for text in order}
    return {ALL: own, **{name: mask for name, mask in masks.items() if mask.any()}}


def _place(graded: GradedTable, header: str) -> int:
    if header not in graded.given:
        raise UsageError(f"there is no column {header!r}")
    return graded.header.index(header)


def _read(
    graded: GradedTable, columns: Sequence[Column], places: Sequence[int], how: CellFormat
) -> tuple[list[tuple[np.ndarray, Mask]], list[pa.DictionaryArray]]:
    """The values of the columns [the catalogue's unit] and which of them can be used, and the texts at the places, in
    one reading of the file."""
    parts: list[list[tuple[np.ndarray, Mask]]] = [[] for _ in columns]
    texts: list[list[pa.Array]] = [[] for _ in places]
    for _, cells in graded.cells([*(column.index for column in columns), *places]):
        for column, part in zip(columns, parts, strict=True):
            part.append(_usable(column, read_column(column, cells[column.index], how)))
        for place, text in zip(places, texts, strict=True):
            text.append(cells[place].dictionary_encode())
    read = [tuple(map(np.concatenate, zip(*part, strict=True))) if part else _no_values() for part in parts]
    return read, [_texts(part) for part in texts]  # type: ignore[return-value]


def _usable(column: Column, read: ReadColumn) -> tuple[np.ndarray, Mask]:
    found = load_catalogue()[column.measurement]
    if isinstance(found, Word):
        return read.values, (read.values > 0) & (read.values <= len(found.values)) & ~read.unusable
    return read.values, np.isfinite(read.values) & ~read.unusable & ~read.impossible


def _no_values() -> tuple[np.ndarray, Mask]:
    return np.zeros(0), np.zeros(0, np.bool_)


def _texts(parts: Sequence[pa.Array]) -> pa.DictionaryArray:
    whole = pa.chunked_array([pa.array([], pa.string()).dictionary_encode(), *parts]).unify_dictionaries()
    return whole.combine_chunks()


def _lines(column: Column, values: np.ndarray, usable: Mask, groups: Sequence[Mask]) -> list[Line]:
    """What the table says of one measurement."""
    found = load_catalogue()[column.measurement]
    name = upper(found.label)
    if isinstance(found, Number):
        unit = "" if found.unit == "1" else f" ({found.unit})"
        return _number_lines(f"{name}{unit}", values, usable, groups, found.decimals)
    said = [place for place in range(len(found.values)) if (usable & (values == place + 1)).any()]
    levels = [(in_words(found.values[place]), values == place + 1) for place in said]
    return _word_lines(name, levels, usable, groups)


def _other_lines(header: str, texts: pa.DictionaryArray, how: CellFormat, groups: Sequence[Mask]) -> list[Line]:
    """What the table says of a column that holds no measurement. Raises UsageError for one of many texts."""
    distinct, codes = texts.dictionary.to_pylist(), texts.indices.to_numpy()
    known = np.array([not how.is_missing(text) for text in distinct], np.bool_)[codes]
    numbers = [read_number(text.replace(how.decimal, ".")) for text in distinct]
    if all(number is not None for number, text in zip(numbers, distinct, strict=True) if not how.is_missing(text)):
        values = np.array([np.nan if number is None else number for number in numbers])[codes]
        return _number_lines(header, values, known, groups, 1)
    said = [text for text in distinct if not how.is_missing(text)]
    if len(said) > MOST_TEXTS:
        problem = f"column {header!r} holds {len(said):,} different texts"
        raise UsageError(f"{problem}; one of numbers, or of at most {MOST_TEXTS} texts, can be counted")
    return _word_lines(header, [(text, codes == distinct.index(text)) for text in sorted(said)], known, groups)


def _number_lines(name: str, values: np.ndarray, usable: Mask, groups: Sequence[Mask], decimals: int) -> list[Line]:
    cells = []
    for group in groups:
        here = values[group & usable]
        lower, median, higher = np.percentile(here, (25, 50, 75)) if len(here) else (np.nan,) * 3
        spread = f"{median:.{decimals}f} [{lower:.{decimals}f}, {higher:.{decimals}f}]"
        cells.append(spread if len(here) else _NOTHING)
    return [Line(f"{name}, median [quartiles]", tuple(cells)), *_missing(usable, groups)]


def _word_lines(name: str, levels: Sequence[tuple[str, Mask]], usable: Mask, groups: Sequence[Mask]) -> list[Line]:
    known = [int((group & usable).sum()) for group in groups]
    lines = []
    for level, said in levels:
        counts = [int((group & usable & said).sum()) for group in groups]
        cells = (
            f"{count:,} ({100 * count / of:.0f} %)" if of else _NOTHING for count, of in zip(counts, known, strict=True)
        )
        lines.append(Line(f"{name}: {level}, n (%)", tuple(cells)))
    return [*lines, *_missing(usable, groups)] if lines else []


def _missing(usable: Mask, groups: Sequence[Mask]) -> list[Line]:
    counts = [int((group & ~usable).sum()) for group in groups]
    return [Line("  missing, n", tuple(f"{count:,}" for count in counts))] if any(counts) else []
