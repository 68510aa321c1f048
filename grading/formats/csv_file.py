"""CSV files as they are found: how a file is written, its header, and its records in pieces of original bytes."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from grading.errors import UsageError, option
from grading.formats.csv_encoding import encoding_of, refuse_encoding
from grading.formats.csv_piece import DELIMITERS, NEWLINE, RETURN, CsvPiece, Dialect, Layout, record_ends, refuse_strays
from grading.formats.utf16 import UTF16, Chained, Readable, Utf16Stream

#: bytes read at a time; a piece is about this long, and never more than PIECE_RECORDS records
BLOCK_BYTES = 4 * 1024 * 1024
PIECE_RECORDS = 32_768
#: the header is looked for in so many bytes first
HEAD_BYTES = 65_536
#: a longer record is taken for a quote that was never closed
LONGEST_RECORD = 8 * 1024 * 1024
#: as many columns as a spreadsheet has
MOST_COLUMNS = 16_384


class CsvFile:
    """An open CSV file: `header`, `dialect`, and `pieces()`, one after the other, read once.

    `mark` is the UTF-8 byte order mark it begins with, or b"".

    Raises UsageError for what is no table; the sentence names the line.
    """

    def __init__(self, stream: Readable, name: str, delimiter: str | None = None, encoding: str | None = None,
                 block_bytes: int = BLOCK_BYTES, skip_lines: int = 0, units_row: bool = False) -> None:  # fmt: skip
        self.stream, self.name, self.skipped = stream, name, skip_lines
        self.block_bytes, self.piece_records = block_bytes, PIECE_RECORDS
        self._rest = self._read_start(encoding)
        blank = b" \t\r\n" + codecs.BOM_UTF8
        if not self._rest[:HEAD_BYTES].strip(blank) and not self._rest.strip(blank):
            raise UsageError(f"{name}: the file is empty; expected a header line and rows")
        self._more_until(2)
        _refuse_nul(self._rest, name, 1)
        # a UTF-16 file gets its own mark when it is written
        self.mark = codecs.BOM_UTF8 if self._rest.startswith(codecs.BOM_UTF8) and not self._recoded else b""
        self.dialect, skipped, line = self._detect(delimiter, encoding)
        self._rest = self._rest[skipped:]
        self._more_until(1)
        ends = self._first_ends()
        end = int(ends[0]) if len(ends) else len(self._rest)
        if end > LONGEST_RECORD:
            raise UsageError(_too_long(name, line))
        self.header_bytes, self._rest = self._rest[:end], self._rest[end:]
        refuse_strays(self.header_bytes, self.dialect.delimiter, name, line)
        self.header = self._split(self.header_bytes, line)
        self.header_line = line
        self._line = line + max(self.header_bytes.count(b"\n"), 1)
        #: the cells of the line below the header, where that holds units and no row
        self.units = self._take_record() if units_row else []

    def _take_record(self) -> list[str]:
        """The cells of the next record, which is then no row."""
        self._more_until(1)
        ends = self._first_ends()
        end = int(ends[0]) if len(ends) else len(self._rest)
        record, self._rest = self._rest[:end], self._rest[end:]
        cells = _parsed(record.decode(self.dialect.encoding, "replace"), self.dialect.delimiter)
        self._line += record.count(b"\n")
        return cells[0] if cells else []

    def peek(self, records: int) -> CsvPiece:
        """The first records as a piece; they stay to be read."""
        data = self._rest
        ends, inner = record_ends(data)
        more = b" "
        while len(ends) < records and len(data) <= LONGEST_RECORD and (more := self._read()):
            data += more
            ends, inner = record_ends(data)
        if len(data) > len(self._rest):
            self.stream = Chained(data[len(self._rest) :], self.stream)
        if not more and data and (not len(ends) or ends[-1] < len(data)):
            ends = np.append(ends, len(data))
        ends = ends[:records]
        stop = int(ends[-1]) if len(ends) else 0
        return self._piece(data[:stop], ends, inner[inner < stop], 0)

    def first_lines(self, lines: int) -> list[str]:
        """The first lines of the file from the header on, as text."""
        start = self.header_bytes + self._rest[:HEAD_BYTES]
        return start.decode(self.dialect.encoding, "replace").splitlines()[:lines]

    def _read_start(self, encoding: str | None) -> bytes:
        """The first bytes; a UTF-16 stream is recoded from here on."""
        self._recoded = ""
        start = self.stream.read(self.block_bytes)
        if encoding is not None and encoding.casefold().replace("_", "-").startswith("utf-16"):
            self._recoded = UTF16.get(start[:2], "utf-16-be" if "be" in encoding.casefold() else "utf-16-le")
        elif start[:2] in UTF16:
            self._recoded = UTF16[start[:2]]
        if self._recoded:
            self.stream = Utf16Stream(Chained(start, self.stream), self._recoded, self.name)
            return self._read()
        return start

    def _read(self) -> bytes:
        return self.stream.read(self.block_bytes)

    def _first_ends(self) -> NDArray[np.int64]:
        """Where the first records end; looked for in the first bytes, and in all where those do not hold two."""
        ends, _ = record_ends(self._rest[:HEAD_BYTES])
        return ends if len(ends) > 1 else record_ends(self._rest)[0]

    def _more_until(self, records: int) -> None:
        while len(self._first_ends()) < records and len(self._rest) <= LONGEST_RECORD and (more := self._read()):
            self._rest += more

    def _detect(self, delimiter: str | None, encoding: str | None) -> tuple[Dialect, int, int]:
        """The dialect, how many bytes stand before the header (a mark, an Excel 'sep=' line), and its line."""
        start = self._rest
        skipped = len(codecs.BOM_UTF8) if start.startswith(codecs.BOM_UTF8) else 0
        line = 1
        first = _first_line(start, skipped).rstrip(b"\r")
        if first.lower().startswith(b"sep=") and len(first) == 5:
            delimiter = delimiter or first[4:].decode("ascii", "replace")
            skipped += len(_first_line(start, skipped)) + 1
            line = 2
            first = _first_line(start, skipped)
        for _ in range(self.skipped):
            skipped += len(_first_line(start, skipped)) + 1
            line += 1
            first = _first_line(start, skipped)
        if self.skipped and skipped >= len(start):
            raise UsageError(f"{self.name}: it has no more lines than are skipped", about="skip_lines")
        outside = b"".join(first.split(b'"')[0::2])
        found = delimiter or max(DELIMITERS, key=lambda mark: outside.count(mark.encode()))
        if len(found.encode()) != 1 or found in '"\r\n':
            raise UsageError(f"{self.name}: {found!r} cannot stand between cells; use one of , ; | or tab")
        if self._recoded:
            return Dialect(found, "utf-8", True, self._recoded), skipped, line
        if encoding is not None:
            refuse_encoding(encoding, found)
        return Dialect(found, encoding or encoding_of(start), encoding is not None), skipped, line

    def _split(self, record: bytes, line: int) -> list[str]:
        try:
            text = record.decode(self.dialect.encoding)
        except UnicodeError as error:
            problem = f"line {line}: the header is not {self.dialect.encoding}; give {option('encoding')}"
            raise UsageError(f"{self.name}: {problem}") from error
        if record.count(b'"') % 2:
            raise UsageError(f"{self.name}: line {line}: a quote is opened and never closed; close or double it")
        rows = _parsed(text, self.dialect.delimiter)
        if not rows or not any(cell.strip() for cell in rows[0]):
            raise UsageError(f"{self.name}: line {line} is blank; expected the header")
        if len(rows[0]) > MOST_COLUMNS:
            raise UsageError(f"{self.name}: line {line}: {len(rows[0]):,} columns; at most {MOST_COLUMNS:,} are read")
        return rows[0]

    @property
    def layout(self) -> Layout:
        """What a piece needs to be read by itself."""
        return Layout(self.name, self.dialect, tuple(self.header))

    def pieces(self, row: int = 0) -> Iterator[CsvPiece]:
        """The records after the header; `row` rows stand before them in other files."""
        rest, more = b"", self._rest or self._read()
        self._rest = b""
        while True:
            # cut where a line ends, the records are all of a block, which is then handed on and not copied again
            end = more.rfind(b"\n") + 1 or len(more)
            data, behind = b"".join([rest, memoryview(more)[:end]]), more[end:]
            _refuse_nul(data, self.name, self._line)
            ends, inner = record_ends(data)
            last = int(ends[-1]) if len(ends) else 0
            if len(data) - last > LONGEST_RECORD or np.diff(ends, prepend=0).max(initial=0) > LONGEST_RECORD:
                self._refuse_long(data, ends)
            if not more and last < len(data):
                self._refuse_unclosed(data, last)
                ends = np.append(ends, len(data))
            for piece in self._cut(data, ends, inner, row):
                row += len(piece.kept)
                yield piece
            if not more:
                return
            rest, more = data[last:] + behind, self._read()

    def _cut(self, data: bytes, ends: NDArray[np.int64], inner: NDArray[np.int64], row: int) -> Iterator[CsvPiece]:
        """The records that end at `ends` as pieces of at most `piece_records`."""
        start = 0
        for first in range(0, len(ends), self.piece_records):
            some = ends[first : first + self.piece_records]
            stop = int(some[-1])
            within = inner[slice(*np.searchsorted(inner, (start, stop)))] - start
            own = data if (start, stop) == (0, len(data)) else data[start:stop]
            piece = self._piece(own, some - start, within, row)
            self._line += len(some) + len(within)
            row += len(piece.kept)
            start = stop
            yield piece

    def _piece(self, data: bytes, ends: NDArray[np.int64], inner: NDArray[np.int64], row: int) -> CsvPiece:
        view = np.frombuffer(data, np.uint8)
        starts = np.concatenate([np.zeros(1, np.int64), ends[:-1]])
        newline = view[ends - 1] == NEWLINE
        carriage = newline & (ends - starts > 1) & (view[np.maximum(ends - 2, 0)] == RETURN)
        bodies = ends - newline - carriage
        return CsvPiece(self.layout, data, bodies, ends, inner, np.flatnonzero(bodies > starts), row, self._line)

    def _refuse_long(self, data: bytes, ends: NDArray[np.int64]) -> None:
        starts = np.concatenate([[0], ends])
        first = int(np.flatnonzero(np.diff(np.append(starts, len(data))) > LONGEST_RECORD)[0])
        raise UsageError(_too_long(self.name, self._line + data.count(b"\n", 0, int(starts[first]))))

    def _refuse_unclosed(self, data: bytes, last: int) -> None:
        if data.count(b'"', last) % 2:
            line = self._line + data.count(b"\n", 0, last)
            raise UsageError(f"{self.name}: line {line}: a quote is opened and never closed; close or double it")


def _first_line(data: bytes, start: int) -> bytes:
    end = data.find(b"\n", start)
    return data[start:] if end < 0 else data[start:end]


def _parsed(text: str, delimiter: str) -> list[list[str]]:
    """One record's cells, however long they are."""
    limit = csv.field_size_limit(LONGEST_RECORD + 1)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    finally:
        csv.field_size_limit(limit)


def _refuse_nul(data: bytes, name: str, line: int) -> None:
    if b"\0" in data:
        line += data.count(b"\n", 0, data.index(b"\0"))
        raise UsageError(f"{name}: line {line}: the file holds NUL bytes, so it is not text; save it as CSV UTF-8")


def _too_long(name: str, line: int) -> str:
    return f"{name}: line {line}: a record over {LONGEST_RECORD >> 20} MB; is a quote not closed?"
