"""Cells of an .xls sheet that are shown otherwise than python-calamine reads them; see `excel_cells`.

Records of the format as [MS-XLS] numbers them, in the stream 'Workbook' of an OLE container [MS-CFB].
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from grading.formats.excel_cells import PERCENT_FORMATS, Corrections, is_percent

_BOF, _EOF, _BOUNDSHEET, _FORMAT, _XF = 0x809, 0x0A, 0x85, 0x41E, 0xE0
_FORMULA, _NUMBER, _BOOLERR, _RK, _MULRK = 0x06, 0x203, 0x205, 0x27E, 0xBD
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_END = 0xFFFFFFFA


def xls_corrections(data: bytes, place: int) -> Corrections:
    """What is to be corrected in the sheet that stands at `place` in the workbook; nothing where it is not found."""
    found = Corrections()
    try:
        book = _workbook(data)
        starts, percents = _globals(book)
        if place < len(starts):
            _walk(book, starts[place], percents, found)
    except (struct.error, IndexError):
        return found
    return found


def _walk(book: bytes, start: int, percents: set[int], found: Corrections) -> None:
    depth = 0
    for number, data in _records(book, start):
        depth += (number == _BOF) - (number == _EOF)
        if depth == 0:
            return
        if depth == 1 and number in (_FORMULA, _NUMBER, _BOOLERR, _RK):
            line, column, style = struct.unpack_from("<HHH", data)
            if (code := _error(number, data)) is not None:
                found.put(line + 1, column, _ERRORS.get(code, "#ERROR"))
            elif style in percents:
                found.put_percent(line + 1, column)
        elif depth == 1 and number == _MULRK:
            line, column = struct.unpack_from("<HH", data)
            for more in range((len(data) - 6) // 6):
                if struct.unpack_from("<H", data, 4 + 6 * more)[0] in percents:
                    found.put_percent(line + 1, column + more)


def _error(number: int, data: bytes) -> int | None:
    """The error code of a cell's record; None when its value is none."""
    if number == _BOOLERR and data[7] == 1:
        return data[6]
    if number == _FORMULA and data[12:14] == b"\xff\xff" and data[6] == 2:
        return data[8]
    return None


def _globals(book: bytes) -> tuple[list[int], set[int]]:
    """Where each sheet begins, and the styles that show a percentage."""
    starts, percent, styles = [], set(PERCENT_FORMATS), []
    for number, data in _records(book, 0):
        if number == _BOUNDSHEET:
            starts.append(struct.unpack_from("<I", data)[0])
        elif number == _FORMAT and is_percent(data[4:].replace(b"\0", b"").decode("latin-1")):
            percent.add(struct.unpack_from("<H", data)[0])
        elif number == _XF:
            styles.append(struct.unpack_from("<H", data, 2)[0])
        elif number == _EOF:
            break
    return starts, {place for place, one in enumerate(styles) if one in percent}


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(book):
        number, size = struct.unpack_from("<HH", book, at)
        yield number, book[at + 4 : at + 4 + size]
        at += 4 + size


def _workbook(data: bytes) -> bytes:
    """The stream 'Workbook' of an OLE container; one so short that it lies in the small sectors is left alone."""
    size = 1 << min(data[30], 12)
    first_directory, _, smallest = struct.unpack_from("<III", data, 48)
    fat = _fat(data, size)
    directory = _chain(data, fat, first_directory, size)
    for at in range(0, len(directory), 128):
        name = directory[at : at + 64].decode("utf-16-le", "replace").partition("\0")[0]
        if name in ("Workbook", "Book"):
            start, length = struct.unpack_from("<II", directory, at + 116)
            return _chain(data, fat, start, size)[:length] if length >= smallest else b""
    return b""


def _fat(data: bytes, size: int) -> list[int]:
    """The next sector of every sector."""
    sectors = [one for one in struct.unpack_from("<109I", data, 76) if one < _END]
    more, count = struct.unpack_from("<II", data, 68)
    for _ in range(min(count, len(data) // size)):
        if more >= _END:
            break
        entries = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        sectors += [one for one in entries[:-1] if one < _END]
        more = entries[-1]
    fat: list[int] = []
    for sector in sectors[: len(data) // size]:
        fat += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    return fat


def _chain(data: bytes, fat: list[int], sector: int, size: int) -> bytes:
    parts: list[bytes] = []
    while sector < _END and len(parts) <= len(data) // size:
        parts.append(data[(sector + 1) * size : (sector + 2) * size])
        sector = fat[sector]
    return b"".join(parts)
