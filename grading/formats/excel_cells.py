"""Cells of a workbook that are shown otherwise than python-calamine reads them: errors, which it gives as blank (or, in
OpenDocument, as 0), formulas whose result was never saved, and numbers that are shown as percent.

This module walks the XML of an .xlsx sheet, and only when a search of its bytes finds one of them; .ods and .xls have
walks of their own.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from xml.etree import ElementTree
from xml.parsers import expat

CHUNK = 1 << 20
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})\Z")
_WORTH_WALKING = r"""\bt=["']e["']|<(\w+:)?f[ />]"""
#: number formats of Excel's own that show a percentage
PERCENT_FORMATS = (9, 10)
_MOST_NAMED = 3


@dataclass(slots=True)
class _Named:
    """Some cells, the first of them by name."""

    first: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, column: int) -> None:
        self.count += 1
        if self.count <= _MOST_NAMED:
            self.first.append(address(line, column))

    def text(self) -> str:
        more = self.count - len(self.first)
        return ", ".join(self.first) + (f" and {more:,} more" if more else "")


@dataclass(slots=True)
class Corrections:
    """Cells that are shown otherwise: line (from 1) -> column (from 0) -> text; None is a number shown as percent."""

    cells: dict[int, dict[int, str | None]] = field(default_factory=dict)
    percents: _Named = field(default_factory=_Named)
    formulas: _Named = field(default_factory=_Named)

    def put(self, line: int, column: int, text: str) -> None:
        """A cell that is shown as this text."""
        self.cells.setdefault(line, {})[column] = text

    def put_percent(self, line: int, column: int) -> None:
        """A cell whose number is shown a hundredfold."""
        self.cells.setdefault(line, {})[column] = None
        self.percents.add(line, column)

    def put_formula(self, line: int, column: int, formula: str) -> None:
        """A cell whose formula has no result."""
        self.put(line, column, f"={formula or '...'}")
        self.formulas.add(line, column)

    def apply(self, line: int, left: int, row: list[object]) -> None:
        """Put what is shown into a row whose first cell is in column `left`."""
        for column, text in self.cells[line].items():
            place = column - left
            if not 0 <= place < len(row):
                continue
            value = row[place]
            if text is not None:
                row[place] = text
            elif isinstance(value, int | float) and not isinstance(value, bool):
                row[place] = float(Decimal(repr(value)).scaleb(2))

    @property
    def notes(self) -> list[str]:
        """A sentence for each kind that a reader may not expect."""
        kinds = (
            (self.percents, "cells shown as percent are read as they are shown (52, where 0.52 is stored)"),
            (self.formulas, "formulas without a result; open the workbook in its program and save it"),
        )
        return [f"{sentence}: {cells.text()}" for cells, sentence in kinds if cells.count]


def letters(column: int) -> str:
    """0 is A, 26 is AA."""
    text = ""
    while column >= 0:
        text, column = chr(ord("A") + column % 26) + text, column // 26 - 1
    return text


def address(line: int, column: int) -> str:
    """Line 1, column 0 is A1."""
    return f"{letters(column)}{line}"


def xlsx_corrections(archive: zipfile.ZipFile, sheet: str) -> Corrections:
    """What is to be corrected in one sheet."""
    path = _sheet_path(archive, sheet)
    percents = _percent_styles(archive)
    walk = _Walk(percents)
    if path is not None and _worth_walking(archive, path, percents):
        for chunk in chunks(archive, path):
            walk.parser.Parse(chunk)
    return walk.found


def chunks(archive: zipfile.ZipFile, path: str) -> Iterator[bytes]:
    """The bytes of one member, some at a time."""
    with archive.open(path) as member:
        while chunk := member.read(CHUNK):
            yield chunk


def tag_of(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2].rpartition(":")[2]


def _sheet_path(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The member that holds a sheet, by the workbook's own list."""
    names = {name.casefold(): name for name in archive.namelist()}
    book = ElementTree.fromstring(archive.read(names["xl/workbook.xml"]))
    targets = ElementTree.fromstring(archive.read(names["xl/_rels/workbook.xml.rels"]))
    at = {one.get("Id"): one.get("Target", "") for one in targets}
    for one in book.iter():
        if tag_of(one.tag) == "sheet" and one.get("name") == sheet:
            identity = next((value for key, value in one.items() if tag_of(key) == "id"), None)
            target = at.get(identity, "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return names.get(path.casefold())
    return None


def _percent_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """The styles of cells that are shown as percent, as a cell names them."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    styles = ElementTree.fromstring(archive.read("xl/styles.xml"))
    formats = {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iter() if tag_of(one.tag) == "numFmt"}
    percent = {key for key, code in formats.items() if is_percent(code)} | {str(number) for number in PERCENT_FORMATS}
    cells = next((one for one in styles if tag_of(one.tag) == "cellXfs"), ())
    return frozenset(str(place) for place, one in enumerate(cells) if one.get("numFmtId") in percent)


def is_percent(code: str) -> bool:
    """True for a number format that shows a percentage; a sign in quotes is only text."""
    return "%" in re.sub(r'"[^"]*"|\\.', "", code)


def _worth_walking(archive: zipfile.ZipFile, path: str, percents: frozenset[str]) -> bool:
    styled = rf"""|\bs=["']({"|".join(sorted(percents))})["']""" if percents else ""
    pattern, before = re.compile((_WORTH_WALKING + styled).encode()), b""
    for chunk in chunks(archive, path):
        if pattern.search(before + chunk):
            return True
        before = chunk[-64:]
    return False


class _Walk:
    """One walk over a sheet's XML, cell by cell."""

    def __init__(self, percents: frozenset[str]) -> None:
        self.found = Corrections()
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._percents = percents
        self._cell: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._inside = ""
        self._line = self._column = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = tag_of(name)
        if tag == "row":
            self._line, self._column = int(attributes.get("r", self._line + 1)), -1
        elif tag == "c":
            self._cell, self._texts = attributes, {}
            self._place(attributes.get("r", ""))
        elif tag in ("v", "f"):
            self._inside, self._texts[tag] = tag, ""
            self.parser.CharacterDataHandler = self._text

    def _place(self, cell: str) -> None:
        match = _CELL.match(cell)
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
        tag = tag_of(name)
        if tag in ("v", "f"):
            self.parser.CharacterDataHandler = None
        elif tag == "c":
            self._finish()

    def _finish(self) -> None:
        value, kind = self._texts.get("v", ""), self._cell.get("t", "n")
        if kind == "e":
            self.found.put(self._line, self._column, value or "#ERROR")
        elif "f" in self._texts and not value and kind in ("n", "b"):
            self.found.put_formula(self._line, self._column, self._texts["f"])
        elif kind == "n" and value and self._cell.get("s", "") in self._percents:
            self.found.put_percent(self._line, self._column)
