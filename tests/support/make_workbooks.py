"""Workbooks made in the test run: .xlsx by XlsxWriter, .ods and .xls byte by byte, for nothing that is kept writes them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

Rows = Sequence[Sequence[Any]]

STUDIES: Rows = (
    ("id", "valve", "EROA (mm²)", "RVol (mL)", "seen"),
    ("P01", "MR", 45.0, 62, "2026-04-03"),
    ("P02", "MR", 12.5, 20, None),
)


def xlsx(
    rows: Rows = STUDIES, also: Callable[[Any, Any], None] | None = None, sheets: Sequence[str] = ("Echo",)
) -> bytes:
    """A workbook with the same rows in every sheet; `also(book, first_sheet)` adds to it."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    for name in sheets:
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, column, value)
                elif value is not None:
                    sheet.write(line, column, value)
    if also:
        also(book, book.worksheets()[0])
    book.close()
    return stream.getvalue()


def with_member(workbook: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """The workbook with one member's text changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            data = old.read(member)
            new.writestr(member, change(data.decode()) if member == name else data)
    return stream.getvalue()


def ods(rows: Rows = STUDIES, cell: str = "") -> bytes:
    """An OpenDocument spreadsheet; `cell` is the XML of one more cell in a last row."""
    body = "".join("<table:table-row>" + "".join(map(_ods_cell, row)) + "</table:table-row>" for row in rows)
    body += f"<table:table-row>{cell}</table:table-row>" if cell else ""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="Echo">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
        manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        archive.writestr("META-INF/manifest.xml", manifest, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    kind = f'office:value-type="float" office:value="{value}"' if isinstance(value, int | float) else ""
    return f"<table:table-cell {kind or 'office:value-type=' + chr(34) + 'string' + chr(34)}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def xls(
    rows: Rows = STUDIES, errors: Sequence[tuple[int, int, int]] = (), styles: bytes = b"", cells: bytes = b""
) -> bytes:
    """A BIFF8 workbook of one sheet in an OLE container. `errors`: line, column (from 0) and error code (0x2A: #N/A);
    `styles` and `cells`: records that are added to the workbook and to the sheet."""
    name = b"Echo"
    head = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0x0DBB, 0x07CC, 0, 6))
    head += styles
    place = len(head) + 4 + 8 + len(name) + 4
    book = head + record(0x85, struct.pack("<IBBBB", place, 0, 0, len(name), 0) + name) + record(0x0A, b"")
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 0x07CC, 0, 6))
    sheet += record(0x200, struct.pack("<IIHHH", 0, len(rows) + 1, 0, max(map(len, rows)), 0))
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            at = struct.pack("<HHH", line, column, 0)
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                sheet += record(0x204, at + struct.pack("<HB", len(text) // 2, 1) + text)
            elif value is not None:
                sheet += record(0x203, at + struct.pack("<d", value))
    for line, column, code in errors:
        sheet += record(0x205, struct.pack("<HHHBB", line, column, 0, code, 1))
    return _container(book + sheet + cells + record(0x0A, b""))


def record(number: int, data: bytes) -> bytes:
    """A record of an old workbook."""
    return struct.pack("<HH", number, len(data)) + data


def _container(workbook: bytes) -> bytes:
    """The stream 'Workbook' in an OLE file: header, one sector of FAT, one of directory, then the stream."""
    data = workbook.ljust(-(-max(len(workbook), 4096) // 512) * 512, b"\0")
    sectors = len(data) // 512
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    fat += [0xFFFFFFFF] * (128 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * 4 * 108
    root = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
    entries = root + _entry("Workbook", 2, 0xFFFFFFFF, 2, len(data)) + bytes(256)
    return header + struct.pack("<128I", *fat) + entries + data


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    links = struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return text.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)
