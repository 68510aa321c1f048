"""Small files that claim or become something large, each in the reader's own child: a sentence, soon, in bounded memory."""

from __future__ import annotations

import io
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from functools import partial

import pytest
from support import make_observations, make_reports, make_workbooks

from grading.errors import UsageError
from grading.formats import isolated
from grading.formats.dicom_sr import read_reports
from grading.formats.excel import read_grid
from grading.formats.fhir import read_observations
from grading.formats.reader_process import Limits
from grading.formats.statistics_files import read_statistics_file
from grading.formats.upload import Upload

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="this system has no limits on memory")
SHEET = "xl/worksheets/sheet1.xml"


def with_data(workbook: bytes, name: str, data: bytes) -> bytes:
    """The workbook with one member replaced, packed as tightly as can be."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for member in old.namelist():
            new.writestr(member, data if member == name else old.read(member))
    return stream.getvalue()


def sheet(rows: bytes) -> bytes:
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return b"<worksheet " + space + b'><dimension ref="A1:XFD1048576"/><sheetData>' + rows + b"</sheetData></worksheet>"


def corner() -> bytes:
    """Two cells, as far apart as a sheet goes: two thousand million cells between them."""
    rows = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    return with_data(make_workbooks.xlsx(), SHEET, sheet(rows))


def zip_bomb() -> bytes:
    """A sheet of 200 MB in 200 kB."""
    row = b'<row r="1">' + b'<c r="A1" t="str"><v>' + b"0" * 10_000 + b"</v></c>" + b"</row>"
    return with_data(make_workbooks.xlsx(), SHEET, sheet(row * 20_000))


def laughs() -> bytes:
    """Entities that stand for entities."""
    entities = b"".join(b'<!ENTITY l%d "%s">' % (depth, b"&l%d;" % (depth - 1) * 10) for depth in range(1, 12))
    styles = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">' + entities + b"]><styleSheet>&l11;</styleSheet>"
    return with_data(make_workbooks.xlsx(), "xl/styles.xml", styles)


def strings() -> bytes:
    """A list of texts that says it holds four thousand million."""
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return with_data(
        make_workbooks.xlsx(),
        "xl/sharedStrings.xml",
        b"<sst " + space + b' count="4294967295" uniqueCount="4294967295"/>',
    )


def repeated() -> bytes:
    """An OpenDocument row repeated a million times with a cell repeated sixteen thousand times."""
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell>'
    whole = make_workbooks.ods(cell=cell)
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            data = old.read(name).replace(
                b"<table:table-row><table:table-cell table:number",
                b'<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number',
            )
            new.writestr(name, data)
    return stream.getvalue()


def nested(depth: int) -> bytes:
    """A report of containers in containers."""
    start = make_reports.report()
    item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    return start + (struct.pack("<HH2s2xI", 0x0040, 0xA730, b"SQ", 0xFFFFFFFF) + item) * depth


def deflated() -> bytes:
    """A report whose data set is 256 MB of nothing, deflated."""
    meta = make_reports.report(make_reports.size()).replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99")
    length = int.from_bytes(meta[140:144], "little") + 2
    place = meta.index(b"1.2.840.10008.1.2.1.99")
    head = bytearray(meta[: 144 + length])
    head[140:144], head[place - 2 : place] = struct.pack("<I", length), struct.pack("<H", 22)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = b"".join(packer.compress(bytes(1 << 24)) for _ in range(16)) + packer.flush()
    return bytes(head) + body


def long_element() -> bytes:
    """An element that says it is four gigabytes long."""
    return make_reports.report() + struct.pack("<HH2s2xI", 0x0040, 0xA730, b"SQ", 0xFFFFFFF0) + b"\0" * 100


def rows_of_spss() -> bytes:
    """An SPSS file that says it holds two thousand million rows."""
    return (
        b"$FL2"
        + b"@(#) SPSS DATA FILE".ljust(60)
        + struct.pack("<iiiii", 2, 1_000_000_000, 0, 0, 2_000_000_000)
        + bytes(200)
    )


def quantities() -> bytes:
    """Twenty thousand observations, each a study of its own: large, and no attack."""
    one = make_observations.observation("80071-4", 0.4, "cm2")
    return make_observations.lines(*({**one, "subject": {"reference": f"Patient/{place}"}} for place in range(20_000)))


CASES: dict[str, tuple[Callable[[Upload], object], Callable[[], bytes], str]] = {
    "two cells far apart": (read_grid, corner, "a: "),
    "zip bomb": (read_grid, zip_bomb, "a: "),
    "entities": (read_grid, laughs, "a: "),
    "many texts promised": (read_grid, strings, "a: "),
    "repeated cells": (read_grid, repeated, "a: "),
    "nested a hundred thousand deep": (read_reports, partial(nested, 100_000), "a: "),
    "nested a hundred deep": (read_reports, partial(nested, 100), "a: "),
    "deflated": (read_reports, deflated, "a: "),
    "a long element": (read_reports, long_element, "a: "),
    "rows promised": (read_statistics_file, rows_of_spss, "a: "),
    "deep JSON": (read_observations, lambda: b'{"a":[' * 2_000_000, "a: is nested too deeply"),
    "a long text": (read_observations, lambda: b'{"a": "' + b"x" * 80_000_000 + b'"}', "a: "),
    "many keys": (read_observations, lambda: b"[" + b"{}," * 10_000_000 + b"{}]", "a: "),
}


@pytest.mark.parametrize(("read", "make", "message"), CASES.values(), ids=CASES)
def test_a_sentence_and_soon(
    read: Callable[[Upload], object], make: Callable[[], bytes], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolated, "limits_for", lambda _: Limits(memory=1 << 27, cpu_seconds=20))
    data, start = make(), time.monotonic()
    with pytest.raises(UsageError) as error:
        read(Upload("a", data))
    assert (str(error.value).startswith(message), time.monotonic() - start < 120) == (True, True), error.value


def test_many_studies_are_no_attack() -> None:
    assert read_observations(Upload("a", quantities())).table.num_rows == 20_000
