"""What the first rows of an input say of its columns, before it is planned how they are read."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

import pyarrow as pa

from grading.batch.job import Job
from grading.batch.piece import TablePiece, Work, cells_of
from grading.batch.source import Source
from grading.columns.cells import as_text
from grading.columns.contents import Contents, Texts, counted
from grading.columns.header_place import MOST_LINES, find_header, is_known, joined_header, names_go_down
from grading.columns.plan import Plan
from grading.columns.summary_rows import looked_at, refuse_summary_rows
from grading.columns.unit_slips import SAMPLE_ROWS
from grading.errors import UsageError, listed, option
from grading.formats.csv_piece import CsvPiece
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number
from grading.reference.units import read_number, read_unit

#: cells that are looked at, and fewest rows of a table of very many columns
MOST_CELLS, FEWEST_ROWS = 400_000, 50
#: units that a sentence names
MOST_NAMED = 5


def contents_of(source: Source) -> Contents:
    """The different texts of a column by its index, from the first rows; nothing for what is no text."""
    known: dict[int, Texts] = {}
    pieces: list[Mapping[int, pa.Array]] = []
    beside = source.texts_beside

    def contents(index: int) -> Texts:
        if not pieces:
            pieces.extend(_cells(piece, range(len(source.header))) for piece in first_pieces(source))
        if index in beside:
            return {beside[index]: 1}
        if index not in known:
            known[index] = sum((Counter(counted(cells[index])) for cells in pieces if index in cells), Counter())
        return known[index]

    return contents


def first_pieces(source: Source) -> Sequence[Work]:
    """The first rows of a source, which stay to be read; few of a table of many columns."""
    rows = min(SAMPLE_ROWS, max(FEWEST_ROWS, MOST_CELLS // max(len(source.header), 1)))
    if source.csv is not None and not source.peeked:
        return [source.csv.peek(rows)]
    left, pieces = rows, []
    for piece in source.peek():
        pieces.append(piece.head(left) if isinstance(piece, CsvPiece) else piece)
        left -= len(piece)
        if left <= 0:
            break
    return pieces


def _cells(piece: Work, columns: Sequence[int]) -> Mapping[int, pa.Array]:
    """The cells of some columns, read together; without those that cannot be read, which is said where they are."""
    try:
        return cells_of(piece, columns)
    except (UsageError, pa.ArrowInvalid):
        cells: dict[int, pa.Array] = {}
        for index in columns:
            with contextlib.suppress(UsageError, pa.ArrowInvalid):
                cells |= cells_of(piece, [index])
        return cells


def header_hint(source: Source) -> str:
    """Where the header stands, when the line that was taken for it names nothing that is known; '' when it does."""
    if example := joined_header(source.header, _first_texts(source, range(len(source.header)))):
        return (
            "the header takes two lines, valves above and measurements below; join them into one, as in "
            f"{example!r}, and leave no line between it and the rows"
        )
    file = source.csv
    if file is None or any(map(is_known, source.header)):
        return ""
    alone = len(source.header) == 1
    names = listed(source.header, 3)
    problem = f"only one column was found ({names})" if alone else f"the first line names no measurement ({names})"
    from grading.longtable.roles import looks_long

    if looks_long(source.header):
        return f"{problem}: this looks like a long table, one measurement a line; give {option('layout', 'long')}"
    lines = file.first_lines(MOST_LINES)
    place = find_header(lines)
    if place is not None and names_go_down(lines, place):
        return f"{problem}: the measurements stand one under another; turn the table, so that each study is a line"
    if place is not None and (ways := place.ways(file.dialect.delimiter, file.skipped)):
        where = f"the header seems to stand in line {place.skip + file.header_line}"
        where = where if place.skip else "its cells seem to be parted by something else"
        return f"{problem}: {where}; give {ways}"
    return ""


def alone_hint(source: Source) -> str:
    """What a single column may come from, behind the sentence for why it is not graded; '' for several."""
    if source.csv is None or len(source.header) > 1:
        return ""
    ways = f"{option('skip_lines')} and {option('delimiter')}"
    problem = "the header may not be the first line, or its cells be parted by something else"
    return f" Only one column was found ({listed(source.header)}): {problem}; see {ways}"


def units_below(job: Job, source: Source) -> dict[str, str]:
    """The units of the line below the header, by header, when the user says that it holds units; it is then no row."""
    if not job.units_row:
        return {}
    if job.long is not None:
        raise UsageError("a table with one measurement a line names units in a column", about="units_row")
    if source.csv is not None:
        return dict(zip(source.header, source.csv.units, strict=False))
    pieces = source.peek()
    first = pieces[0] if pieces else None
    if not isinstance(first, TablePiece) or not len(first):
        return {}
    row = first.table.slice(0, 1).combine_chunks()
    texts = [as_text(column.combine_chunks()).to_pylist()[0] for column in row.columns]
    lines = None if first.lines is None else first.lines[1:]
    source.peeked[0] = replace(first, table=first.table.slice(1), lines=lines)
    # the rows behind it are numbered from the first that is one
    source.peeked[1:] = map(_one_up, source.peeked[1:])
    source.stream = map(_one_up, source.stream)
    return {header: text or "" for header, text in zip(source.header, texts, strict=True)}


def _one_up(piece: Work) -> Work:
    return replace(piece, row=piece.row - 1)


def refuse_units_row(source: Source, plan: Plan) -> None:
    """Raises UsageError when the first row holds units and no values."""
    own = [column for column in plan.columns if column.index not in source.texts_beside]
    numbers = [column for column in own if isinstance(load_catalogue()[column.measurement], Number)]
    if not numbers:
        return
    texts = _first_texts(source, [column.index for column in numbers])
    first = {column.header: text for column, text in zip(numbers, texts, strict=False) if text}
    if first and all(read_unit(text) and read_number(text) is None for text in first.values()):
        units = ", ".join(f"{header} {text}" for header, text in list(first.items())[:MOST_NAMED])
        where = f"line {source.csv.header_line + 1}" if source.csv is not None else "the first row"
        raise UsageError(f"{where} holds units ({units}): put them into the headers, or give {option('units_row')}")


def refuse_summary(source: Source, plan: Plan) -> None:
    """Raises UsageError when the first rows end in ones that sum up the others."""
    pieces = [piece for piece in first_pieces(source) if len(piece)]
    if pieces:
        cells = _cells(pieces[-1], list(chain(*looked_at(plan, len(source.header)))))
        blank = pa.nulls(len(pieces[-1]), pa.string())
        # what cannot be read, and a nest, are blank here: it is said where they are graded
        refuse_summary_rows(plan, len(source.header), len(pieces[-1]), lambda index: _plain(cells.get(index), blank))


def _plain(cells: pa.Array | None, blank: pa.Array) -> pa.Array:
    """Cells as text; blank for a nest, and for bytes that are no text."""
    try:
        return blank if cells is None or pa.types.is_nested(cells.type) else as_text(cells)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return blank


def _first_texts(source: Source, indexes: Sequence[int]) -> list[str]:
    """What stands in the first row of some columns, '' where it is blank or cannot be read; nothing without a row."""
    pieces = first_pieces(source)
    if not pieces or not len(pieces[0]):
        return []
    cells = _cells(pieces[0].head(1) if isinstance(pieces[0], CsvPiece) else pieces[0], indexes)
    first = {index: _plain(column.slice(0, 1), pa.nulls(1, pa.string())) for index, column in cells.items()}
    return [(first[index].to_pylist()[0] or "").strip() if index in first else "" for index in indexes]
