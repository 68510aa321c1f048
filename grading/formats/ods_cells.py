"""Cells of an OpenDocument sheet that are shown otherwise than python-calamine reads them; see `excel_cells`.

A formula that ends in an error is stored as the number 0 or as an empty text, and shown as #N/A or Err:502. The content
is walked before python-calamine is asked, which never ends with one that is cut short.
"""

from __future__ import annotations

import re
import zipfile
from xml.parsers import expat

from grading.errors import UsageError
from grading.formats.excel_cells import Corrections, chunks, tag_of

_ERROR = re.compile(r"#[A-Z/0]{2,8}[!?]?\Z|Err:\d+\Z")
#: how often a cell may be repeated, and how many cells that are shown otherwise are held
_MOST_REPEATS, _MOST_CELLS = 16_384, 2_000_000


def ods_corrections(archive: zipfile.ZipFile, sheet: str | None) -> Corrections:
    """What is to be corrected in one sheet; None only checks the content. Raises ExpatError where it is not whole."""
    walk = _Walk(sheet)
    for chunk in chunks(archive, "content.xml"):
        walk.parser.Parse(chunk)
    walk.parser.Parse(b"", True)
    return walk.found


class _Walk:
    """One walk over the content, cell by cell, of the sheet that is wanted."""

    def __init__(self, sheet: str | None) -> None:
        self.found = Corrections()
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._sheet = sheet
        self._here = False
        self._cell: dict[str, str] | None = None
        self._shown = ""
        self._line = 1
        self._column = self._rows = 0
        self._odd: list[tuple[int, str, str]] = []
        self._count = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        own = {tag_of(key): value for key, value in attributes.items() if not key.startswith("calcext:")}
        tag = tag_of(name)
        if tag == "table":
            self._here, self._line = own.get("name") == self._sheet, 1
        elif tag == "table-row":
            self._rows, self._column, self._odd = int(own.get("number-rows-repeated", 1)), 0, []
        elif tag in ("table-cell", "covered-table-cell") and self._here:
            self._cell, self._shown = own, ""

    def _text(self, data: str) -> None:
        if self._cell is not None:
            self._shown += data

    def _end(self, name: str) -> None:
        tag = tag_of(name)
        if tag == "table":
            self._here = False
        elif tag == "table-row" and self._here:
            if self._odd:
                self._put_all(range(self._line, self._line + self._rows))
            self._line += self._rows
        elif tag in ("table-cell", "covered-table-cell") and self._cell is not None:
            repeats = int(self._cell.get("number-columns-repeated", 1))
            why, text = self._shown_otherwise()
            if why:
                self._odd += [(self._column + more, why, text) for more in range(min(repeats, _MOST_REPEATS))]
            self._column += repeats
            self._cell = None

    def _shown_otherwise(self) -> tuple[str, str]:
        """Why a cell is shown otherwise, and its text; '' for an ordinary cell."""
        assert self._cell is not None
        kind, text = self._cell.get("value-type", ""), self._shown.strip()
        if kind == "percentage":
            return "percent", ""
        if _ERROR.match(text) and ("formula" in self._cell or not self._cell.get("string-value", "x")):
            return "error", text
        if "formula" in self._cell and not kind:
            return "formula", self._cell["formula"].partition("=")[2]
        return "", ""

    def _put_all(self, lines: range) -> None:
        """Take what is odd in a row, as often as the row is repeated."""
        for line in lines:
            for column, why, text in self._odd:
                self._put(line, column, why, text)
            self._count += len(self._odd)
            if self._count > _MOST_CELLS:
                raise UsageError(f"more than {_MOST_CELLS:,} cells are errors, percentages or formulas")

    def _put(self, line: int, column: int, why: str, text: str) -> None:
        if why == "percent":
            self.found.put_percent(line, column)
        elif why == "formula":
            self.found.put_formula(line, column, text)
        else:
            self.found.put(line, column, text)
