"""One column of the wide table out of the lines that give it: read, brought to one unit, repeats resolved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grading.longtable.labels import Meaning, wide_header
from grading.longtable.repeats import Given, Repeat, resolve
from grading.reading.cells import CellFormat, ReadColumn, read_numbers, read_words
from grading.reading.values import ERROR, NOTE, WARNING
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number, Word
from grading.reference.scale import Numbers
from grading.reference.units import clean, convert
from grading.writing import plain


@dataclass(frozen=True, slots=True)
class LineIssue:
    """One thing to report: its line in the file, the study's row (from 0; None: several), the wide column or label."""

    line: int
    row: int | None
    column: str
    value: str
    severity: str
    message: str


class Kind(NamedTuple):
    """What lines have in common: the label and unit as typed, and what they mean."""

    label: str
    unit: str
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a long table: the study of each (0 and up), its kind (an index), its value as typed, its line."""

    rows: NDArray[np.int32]
    kinds: NDArray[np.int32]
    texts: pa.Array
    lines: NDArray[np.int64]


def measure(
    lines: Lines, kinds: Sequence[Kind], studies: int, rule: str, how: CellFormat
) -> tuple[str, pa.Array, list[LineIssue]]:
    """Header, one text a study (blank where no line gives it), and issues of one measurement of one valve.

    The texts stay as typed where all lines have one unit; else they are brought to the catalogue's. The header names
    the unit unless a line gave none, so that the values can still be checked against another one.
    """
    meaning = kinds[lines.kinds[0]].meaning
    measurement = load_catalogue()[meaning.measurement]
    used = {int(kind): np.flatnonzero(lines.kinds == kind) for kind in np.unique(lines.kinds)}
    read = _read(lines, kinds, used, measurement, how)
    present = {kind: at for kind, at in used.items() if read.present[at].any()}
    unit = _common_unit(measurement, [kinds[kind].meaning for kind in present])
    assumed = [kind for kind in present if kinds[kind].meaning.assumed]
    header = wide_header(meaning.measurement, meaning.valve, None if assumed or unit in ("", "1") else unit)
    given = _in_unit(read, kinds, present, measurement, unit, how)

    def write(value: float) -> str:
        assert isinstance(measurement, Number)
        return _written(convert(float(clean(np.asarray(value))), measurement.unit, unit), how)

    texts, repeats = resolve(given, rule, studies, write if isinstance(measurement, Number) else None)
    issues = [
        *_unit_issues(lines, kinds, {kind: at[read.present[at]] for kind, at in present.items()}, header),
        *_refused_units(lines, kinds, given, header),
        *(_repeat_issue(repeat, lines, kinds, header, measurement.label) for repeat in repeats),
    ]
    return header, texts, issues


def _read(
    lines: Lines, kinds: Sequence[Kind], used: dict[int, NDArray[np.int64]], measurement: Number | Word, how: CellFormat
) -> Given:
    """The values of all lines as the check of cells will read them."""
    count = len(lines.rows)
    values, present, refused = np.zeros(count), np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    for kind, at in used.items():
        cells = _cells(lines.texts.take(pa.array(at)), kinds[kind].meaning, measurement, how)
        here = cells.unusable | (~np.isnan(cells.values) if isinstance(measurement, Number) else cells.values > 0)
        values[at], present[at] = cells.values, here
        refused[at] = here & (cells.unusable | cells.impossible | bool(kinds[kind].meaning.problem))
    return Given(lines.rows, lines.texts, values, present, refused)


def _cells(texts: pa.Array, meaning: Meaning, measurement: Number | Word, how: CellFormat) -> ReadColumn:
    if isinstance(measurement, Number):
        return read_numbers(texts, measurement, measurement.unit if meaning.problem else meaning.unit, how)
    return read_words(texts, measurement, how)


def _common_unit(measurement: Number | Word, meanings: Sequence[Meaning]) -> str:
    """The unit of all lines when they have one, else the catalogue's; '' for words."""
    if not isinstance(measurement, Number):
        return ""
    units = {meaning.unit for meaning in meanings if not meaning.problem}
    return units.pop() if len(units) == 1 else measurement.unit


def _in_unit(
    read: Given, kinds: Sequence[Kind], used: dict[int, NDArray[np.int64]], measurement: Number | Word, unit: str,
    how: CellFormat,
) -> Given:  # fmt: skip
    """The lines with their texts as they can stand in the column: in its unit, or with the unit that is refused."""
    pool, place, size = [read.texts], np.arange(len(read.texts)), len(read.texts)
    for kind, at in used.items():
        meaning = kinds[kind].meaning
        if meaning.problem:
            changed = at[read.present[at]]
            typed = read.texts.take(pa.array(changed))
            pool.append(pc.binary_join_element_wise(typed, pa.scalar(kinds[kind].unit or meaning.unit), " "))
        elif isinstance(measurement, Number) and meaning.unit != unit:
            changed = at[read.present[at] & np.isfinite(read.values[at])]
            pool.append(_all_written(convert(read.values[changed], measurement.unit, unit), how))
        else:
            continue
        place[changed] = size + np.arange(len(changed))
        size += len(changed)
    return Given(read.rows, pa.concat_arrays(pool).take(pa.array(place)), read.values, read.present, read.refused)


def _all_written(values: Numbers, how: CellFormat) -> pa.Array:
    distinct, codes = np.unique(values, return_inverse=True)
    return pa.array([_written(value, how) for value in distinct.tolist()], pa.string()).take(pa.array(codes))


def _written(value: float, how: CellFormat) -> str:
    return plain(value).replace(".", how.decimal)


def _unit_issues(
    lines: Lines, kinds: Sequence[Kind], present: dict[int, NDArray[np.int64]], header: str
) -> Iterator[LineIssue]:
    """Labels that give no unit, and those whose unit is not one of the measurement's."""
    for kind, at in present.items():
        label, meaning, first = kinds[kind].label, kinds[kind].meaning, int(lines.lines[at[0]])
        if meaning.problem:
            message = f"{_refusal(kinds[kind])} ({counted(len(at))})"
            yield LineIssue(first, None, header, kinds[kind].unit, WARNING, message)
        elif meaning.assumed and meaning.unit != "1":
            message = f"label {label!r} gives no unit: {meaning.unit} is assumed ({counted(len(at))})"
            yield LineIssue(first, None, header, "", NOTE, message)


def _refusal(kind: Kind) -> str:
    return f"label {kind.label!r}: {kind.meaning.problem}; correct the unit"


def _refused_units(lines: Lines, kinds: Sequence[Kind], given: Given, header: str) -> Iterator[LineIssue]:
    """The error of every study whose cell holds a value with a refused unit: its first line that cannot be used."""
    refused = np.flatnonzero(given.refused)
    _, first = np.unique(given.rows[refused], return_index=True)
    for at in refused[first].tolist():
        kind = kinds[lines.kinds[at]]
        if kind.meaning.problem:
            typed = given.texts[at].as_py()
            yield LineIssue(int(lines.lines[at]), int(given.rows[at]), header, typed, ERROR, _refusal(kind))


def _repeat_issue(repeat: Repeat, lines: Lines, kinds: Sequence[Kind], header: str, name: str) -> LineIssue:
    said = repeat.texts
    found = [kinds[lines.kinds[line]] for line in repeat.lines]
    if len({kind.unit for kind in found}) > 1:
        typed = lines.texts.take(pa.array(repeat.lines)).to_pylist()
        said = [f"{text} {kind.unit}".strip() for text, kind in zip(typed, found, strict=True)]
    if len({kind.label for kind in found}) > 1:
        said = [f"{kind.label!r} {text}" for kind, text in zip(found, said, strict=True)]
    message = f"{name} is given {len(said)} times ({', '.join(said)}): {repeat.said}"
    return LineIssue(int(lines.lines[repeat.lines[0]]), repeat.row, header, repeat.taken, NOTE, message)


def counted(lines: int) -> str:
    """'1 line', '12 lines'."""
    return f"{lines} line" if lines == 1 else f"{lines} lines"
