"""What python-calamine does not tell of an .xlsx sheet, out of its XML: error cells, which it gives as blank, formulas
whose result was never saved, and numbers that are shown as percent.

The XML is walked only when a search of its bytes finds one of them.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import IO
from xml.etree import ElementTree
from xml.parsers import expat

from grading.formats.foreign import text_of

_CHUNK = 1 << 20
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})\Z")
_WORTH_WALKING = re.compile(rb"""\bt=["']e["']|<(\w+:)?f[ />]""")
#: number formats of Excel's own that show a percentage
_PERCENT = (9, 10)
_MOST_NAMED = 3


@dataclass(slots=True)
class Corrections:
    """Cells that are shown otherwise than they were read: line (from 1) -> column (from 0) -> text."""

    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def apply(self, line: int, left: int, row: list[object]) -> None:
        """Put what is shown into a row whose first cell is in column `left`.

        A percentage is a number still, so that its column stays one of numbers.
        """
        for column, text in self.cells.get(line, {}).items():
            if 0 <= column - left < len(row):
                row[column - left] = float(text) if isinstance(row[column - left], float) else text


def corrections(stream: IO[bytes], kind: str, sheet: str) -> Corrections:
    """What is to be corrected in one sheet; nothing for kinds of workbook without such XML."""
    if kind != "xlsx":
        return Corrections()
    stream.seek(0)
    with zipfile.ZipFile(stream) as archive:
        path = _sheet_path(archive, sheet)
        percents = _percent_styles(archive)
        if path is None or not _worth_walking(archive, path, percents):
            return Corrections()
        walk = _Walk(percents)
        for chunk in _chunks(archive, path):
            walk.parser.Parse(chunk)
        return walk.result()


def _chunks(archive: zipfile.ZipFile, path: str) -> Iterator[bytes]:
    with archive.open(path) as member:
        while chunk := member.read(_CHUNK):
            yield chunk


def _tag(name: str) -> str:
    """A tag without its namespace."""
    return name.rpartition("}")[2].rpartition(":")[2]


def _sheet_path(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The member that holds a sheet, by the workbook's own list."""
    names = {name.casefold(): name for name in archive.namelist()}
    book = ElementTree.fromstring(archive.read(names["xl/workbook.xml"]))
    targets = ElementTree.fromstring(archive.read(names["xl/_rels/workbook.xml.rels"]))
    at = {one.get("Id"): one.get("Target", "") for one in targets}
    for one in book.iter():
        if _tag(one.tag) == "sheet" and one.get("name") == sheet:
            identity = next((value for key, value in one.items() if _tag(key) == "id"), None)
            target = at.get(identity, "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return names.get(path.casefold())
    return None


def _percent_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """The styles of cells that are shown as percent, as a cell names them."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    styles = ElementTree.fromstring(archive.read("xl/styles.xml"))
    formats = {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iter() if _tag(one.tag) == "numFmt"}
    percent = {key for key, code in formats.items() if "%" in re.sub(r'"[^"]*"|\\.', "", code)}
    percent |= {str(number) for number in _PERCENT}
    cells = next((one for one in styles if _tag(one.tag) == "cellXfs"), ())
    return frozenset(str(place) for place, one in enumerate(cells) if one.get("numFmtId") in percent)


def _worth_walking(archive: zipfile.ZipFile, path: str, percents: frozenset[str]) -> bool:
    styled = rf"""|\bs=["']({"|".join(sorted(percents))})["']""" if percents else ""
    pattern, before = re.compile(_WORTH_WALKING.pattern + styled.encode()), b""
    for chunk in _chunks(archive, path):
        if pattern.search(before + chunk):
            return True
        before = chunk[-64:]
    return False


class _Walk:
    """One walk over a sheet's XML, cell by cell."""

    def __init__(self, percents: frozenset[str]) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._percents = percents
        self._cell: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._inside = ""
        self._found = Corrections()
        self._at: dict[str, list[str]] = {"percent": [], "formula": []}
        self._line = self._column = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = _tag(name)
        if tag == "row":
            self._line, self._column = int(attributes.get("r", self._line + 1)), -1
        elif tag == "c":
            self._cell, self._texts = attributes, {}
            self._place(attributes.get("r", ""))
        elif tag in ("v", "f") and self._cell:
            self._inside, self._texts[tag] = tag, ""
            self.parser.CharacterDataHandler = self._text

    def _place(self, address: str) -> None:
        match = _CELL.match(address)
        if match is None:
            self._column += 1
            return
        column = 0
        for letter in match[1]:
            column = column * 26 + ord(letter) - 64
        self._line, self._column = int(match[2]), column - 1

    def _text(self, data: str) -> None:
        self._texts[self._inside] += data

    def _end(self, name: str) -> None:
        tag = _tag(name)
        if tag in ("v", "f"):
            self.parser.CharacterDataHandler = None
        elif tag == "c":
            self._finish()
            self._cell = {}

    def _finish(self) -> None:
        value, kind = self._texts.get("v", ""), self._cell.get("t", "n")
        if kind == "e":
            self._put(value or "#ERROR")
        elif "f" in self._texts and not value and kind in ("n", "b"):
            self._put(f"={self._texts['f'] or '...'}", "formula")
        elif kind == "n" and value and self._cell.get("s", "") in self._percents:
            try:
                self._put(text_of(float(Decimal(value) * 100)) or "", "percent")
            except InvalidOperation:
                return

    def _put(self, text: str, why: str = "") -> None:
        self._found.cells.setdefault(self._line, {})[self._column] = text
        if why:
            self._at[why].append(self._cell.get("r", f"row {self._line}"))

    def result(self) -> Corrections:
        """What was found, with a sentence for each kind that a reader may not expect."""
        for why, sentence in (
            ("percent", "shown as percent, so they are read as they are shown (52, where 0.52 is stored)"),
            ("formula", "formulas whose result was never saved: open the workbook in its program and save it"),
        ):
            cells = self._at[why]
            if cells:
                more = f" and {len(cells) - _MOST_NAMED} more" if len(cells) > _MOST_NAMED else ""
                self._found.notes.append(f"cells {', '.join(cells[:_MOST_NAMED])}{more} are {sentence}")
        return self._found
