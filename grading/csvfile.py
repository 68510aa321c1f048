"""CSV files in blocks of whole records: cells are parsed as text, and the original bytes of every record are kept.

Results are spliced onto those bytes, so that what was in a file reaches the output as it was.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from grading.errors import UsageError

BLOCK_BYTES = 4 * 1024 * 1024
LONGEST_RECORD = 64 * 1024 * 1024
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written.

    `skipped` is how many bytes stand before the header (a byte order mark, an Excel 'sep=' line).
    """

    delimiter: str
    encoding: str
    skipped: int
    header_line: int

    def text(self) -> str:
        """'comma, utf-8'."""
        return f"{DELIMITERS.get(self.delimiter, repr(self.delimiter))} between cells, {self.encoding}"


@dataclass(slots=True)
class Block:
    """Whole records of a file: each record's bytes without its line end, its line end, and its cells as text by
    column."""

    records: pa.Array
    endings: pa.Array
    cells: pa.Table
    first_row: int
    lines: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.records)


def record_ends(data: bytes) -> NDArray[np.int64]:
    """Where each record ends (after its newline): newlines inside quotes end none."""
    view = np.frombuffer(data, np.uint8)
    newlines = np.flatnonzero(view == 10)
    if b'"' in data:
        quotes = np.flatnonzero(view == 34)
        newlines = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
    return newlines + 1


class CsvFile:
    """An open CSV file: `header`, `dialect`, and `blocks()`, one after the other, read once."""

    def __init__(self, stream: BinaryIO, name: str, delimiter: str | None = None, encoding: str | None = None,
                 block_bytes: int = BLOCK_BYTES) -> None:  # fmt: skip
        self.stream, self.name, self.block_bytes = stream, name, block_bytes
        self._rest = self._read()
        if not self._rest.strip():
            raise UsageError(f"{name}: the file is empty; expected a header line and rows")
        while len(record_ends(self._rest)) < 2 and len(self._rest) < LONGEST_RECORD and (more := self._read()):
            self._rest += more
        self.dialect = self._detect(delimiter, encoding)
        self._rest = self._rest[self.dialect.skipped :]
        ends = record_ends(self._rest)
        end = int(ends[0]) if len(ends) else len(self._rest)
        self.header_bytes, self._rest = self._rest[:end], self._rest[end:]
        if b"\r" in self.header_bytes.rstrip(b"\r\n"):
            raise UsageError(f"{name}: lines end in carriage returns alone (old Macintosh); save it as CSV UTF-8")
        self.header = self._split(self.header_bytes)
        self._line = self.dialect.header_line + max(self.header_bytes.count(b"\n"), 1)

    def _read(self) -> bytes:
        data = self.stream.read(self.block_bytes)
        if b"\0" in data:
            if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise UsageError(f"{self.name}: the file is UTF-16; save it as CSV UTF-8")
            raise UsageError(f"{self.name}: the file holds NUL bytes, so it is not text; save it as CSV UTF-8")
        return data

    def _detect(self, delimiter: str | None, encoding: str | None) -> Dialect:
        start = self._rest
        skipped = 3 if start.startswith(b"\xef\xbb\xbf") else 0
        line = 1
        first = start[skipped:].split(b"\n", 1)[0].rstrip(b"\r")
        if first.lower().startswith(b"sep=") and len(first) == 5:
            delimiter = delimiter or first[4:].decode("ascii", "replace")
            skipped += start[skipped:].index(b"\n") + 1
            line = 2
            first = start[skipped:].split(b"\n", 1)[0]
        outside = b"".join(first.split(b'"')[0::2])
        found = max(DELIMITERS, key=lambda mark: outside.count(mark.encode()))
        if encoding is not None:
            _refuse_encoding(encoding)
        return Dialect(delimiter or found, encoding or _encoding(start), skipped, line)

    def _split(self, record: bytes) -> list[str]:
        try:
            text = record.decode(self.dialect.encoding)
        except UnicodeError as error:
            raise UsageError(f"{self.name}: the header is not {self.dialect.encoding}; give --encoding") from error
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=self.dialect.delimiter))
        if not rows or not any(cell.strip() for cell in rows[0]):
            raise UsageError(f"{self.name}: line {self.dialect.header_line} is blank; expected the header")
        return rows[0]

    def blocks(self) -> Iterator[Block]:
        """The records after the header. Raises UsageError naming the line when the file is not a table."""
        row, pending = 0, self._rest
        self._rest = b""
        while True:
            more = self._read()
            data = pending + more
            ends = record_ends(data)
            cut = int(ends[-1]) if len(ends) else 0
            whole, pending = (data[:cut], data[cut:]) if more else (data, b"")
            if len(pending) > LONGEST_RECORD:
                raise UsageError(
                    f"{self.name}: line {self._line + whole.count(10)}: a record over {LONGEST_RECORD >> 20} MB; is a "
                    "quote not closed?"
                )
            if whole:
                block = self._block(whole, row)
                row += len(block)
                self._line += whole.count(b"\n")
                yield block
            if not more:
                return

    def _refuse_stray_quotes(self, data: bytes) -> None:
        """A quote may open a cell or stand doubled in a quoted one; elsewhere it would move the cells behind it."""
        view = np.frombuffer(data, np.uint8)
        opening = np.flatnonzero(view == 34)[0::2]
        opening = opening[opening > 0]
        allowed = np.isin(view[opening - 1], np.frombuffer(self.dialect.delimiter.encode() + b'\n\r"', np.uint8))
        if not allowed.all():
            line = self._line + data.count(b"\n", 0, int(opening[~allowed][0]))
            raise UsageError(
                f"{self.name}: line {line}: a quote inside a cell that does not begin with one; quote the cell"
            )

    def _block(self, data: bytes, first_row: int) -> Block:
        if b'"' in data:
            self._refuse_stray_quotes(data)
        ends = record_ends(data)
        if len(ends) == 0 or ends[-1] != len(data):
            last = int(ends[-1]) if len(ends) else 0
            if data.count(b'"', last) % 2:
                line = self._line + data.count(b"\n", 0, last)
                raise UsageError(f"{self.name}: line {line}: a quote is opened and never closed; close or double it")
            ends = np.append(ends, len(data))
        starts = np.concatenate([[0], ends[:-1]])
        view = np.frombuffer(data, np.uint8)
        has_newline = view[ends - 1] == 10
        has_return = has_newline & (ends - starts > 1) & (view[np.maximum(ends - 2, 0)] == 13)
        body_ends = ends - has_newline - has_return
        newlines = np.flatnonzero(view == 10)
        lines = self._line + np.searchsorted(newlines, starts)
        offsets = np.empty(2 * len(ends) + 1, np.int32)
        offsets[0:-1:2], offsets[1::2], offsets[-1] = starts, body_ends, ends[-1]
        pieces = pa.Array.from_buffers(
            pa.binary(), 2 * len(ends), [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(data)]
        )
        kept = np.flatnonzero(body_ends > starts)
        records, endings = pieces.take(pa.array(2 * kept)), pieces.take(pa.array(2 * kept + 1))
        return Block(records, endings, self._cells(data, lines[kept]), first_row, lines[kept])

    def _cells(self, data: bytes, lines: NDArray[np.int64]) -> pa.Table:
        """Every cell as text, by position; as many rows as records, or a sentence that names the line."""
        names = [str(i) for i in range(len(self.header))]
        ragged: list[tuple[int | None, int]] = []

        def remember(row: pacsv.InvalidRow) -> str:
            ragged.append((row.number, row.actual_columns))
            return "error"

        try:
            table = pacsv.read_csv(
                pa.py_buffer(data),
                read_options=pacsv.ReadOptions(
                    column_names=names, block_size=len(data) + 1, use_threads=False, encoding=self.dialect.encoding
                ),
                parse_options=pacsv.ParseOptions(
                    delimiter=self.dialect.delimiter, newlines_in_values=True, ignore_empty_lines=True,
                    invalid_row_handler=remember,
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types={name: pa.string() for name in names}, strings_can_be_null=False, null_values=[]
                ),
            )  # fmt: skip
        except (pa.ArrowInvalid, UnicodeError) as error:
            if ragged:
                number, found = ragged[0]
                line = lines[number - 1] if number is not None and number <= len(lines) else lines[0]
                raise UsageError(
                    f"{self.name}: line {line} has {found} cells, the header has {len(names)}; is a cell with a "
                    f"{DELIMITERS.get(self.dialect.delimiter, 'delimiter')} in it not in quotes?"
                ) from error
            if "UTF8" in str(error) or isinstance(error, UnicodeDecodeError) or "decode" in str(error):
                raise UsageError(
                    f"{self.name}: after line {lines[0]}: bytes that are not {self.dialect.encoding}; "
                    "give --encoding (cp1252 for most Windows exports)"
                ) from error
            raise UsageError(f"{self.name}: near line {lines[0]}: {error}") from error
        if table.num_rows != len(lines):
            raise UsageError(
                f"{self.name}: lines {lines[0]}-{lines[-1]}: a quote or carriage return in a cell breaks the rows "
                f"({table.num_rows} rows where {len(lines)} lines were counted); put such cells in quotes"
            )
        return table


def _encoding(start: bytes) -> str:
    """UTF-8 when the bytes are, else Windows-1252."""
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        # a block may end inside a character
        if error.start < len(start) - 4:
            return "cp1252"
    return "utf-8"


def _refuse_encoding(encoding: str) -> None:
    """Only encodings whose commas, quotes and line ends are single ASCII bytes can be spliced. Raises UsageError."""
    try:
        plain_ascii = 'a,"\n'.encode(encoding) == b'a,"\n'
    except LookupError as error:
        raise UsageError(f"--encoding: no encoding {encoding!r}; try utf-8 or cp1252") from error
    if not plain_ascii:
        raise UsageError(f"--encoding: {encoding} is not read; save the file as CSV UTF-8")


def quoted(text: str, delimiter: str) -> str:
    """One cell as it must stand in a CSV file."""
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in (delimiter, '"', "\n", "\r")) else text


def splice(block: Block, columns: Sequence[pa.Array], delimiter: str, encoding: str) -> pa.Buffer:
    """The block's records with result cells (text, already quoted) behind them, each with its own line end.

    The last record of a file may lack a line end; it gets one.
    """
    mark = pa.scalar(delimiter.encode(), pa.binary())
    parts = [block.records, *(column.cast(pa.binary()) for column in columns)]
    lines = pc.binary_join_element_wise(*parts, mark)
    endings = pc.if_else(pc.equal(pc.binary_length(block.endings), 0), pa.scalar(b"\n", pa.binary()), block.endings)
    whole = pc.binary_join_element_wise(lines, endings, pa.scalar(b"", pa.binary()))
    _, offsets, data = whole.buffers()
    bounds = np.frombuffer(offsets, np.int32)[whole.offset : whole.offset + len(whole) + 1]
    return data.slice(int(bounds[0]), int(bounds[-1] - bounds[0]))
