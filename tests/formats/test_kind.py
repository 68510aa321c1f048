"""What a file is, by its first bytes."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from support import make_observations, make_reports, make_workbooks

from grading.formats.kind import KINDS, kind_of, kind_of_file

MALFORMED = Path(__file__).parent.parent / "malformed"


def archive(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name in names:
            file.writestr(name, b"x")
    return stream.getvalue()


def ole(*names: str) -> bytes:
    """An OLE file whose directory has these names."""
    text = b"".join(name.encode("utf-16-le").ljust(64, b"\0").ljust(128, b"\0") for name in names)
    return make_workbooks.xls()[:1024] + text.ljust(512, b"\0") + bytes(512)


def stream_of(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


KNOWN: list[tuple[bytes, str | None]] = [
    (make_workbooks.xlsx(), "xlsx"), (make_workbooks.xls(), "xls"), (make_workbooks.ods(), "ods"),
    (archive("xl/workbook.bin"), "xlsb"), (archive("[Content_Types].xml", "word/document.xml"), "docx"),
    (archive("ppt/presentation.xml"), "pptx"), (archive("a.csv"), "zip"), (archive(), "zip"),
    (ole("Root Entry", "WordDocument"), "office"), (ole("Root Entry", "EncryptedPackage"), "encrypted_office"),
    (gzip.compress(b"id", mtime=0), "gzip"), (pa.compress(b"id", "zstd", asbytes=True), "zstd"), (b"BZh91AY&SY\0\1", "packed"),
    (make_reports.older(), "dicom"), (make_reports.older(bare=True), "dicom"), (make_reports.older(bare=True, implicit=True), "dicom"),
    (make_observations.bundle(*make_observations.STUDY), "fhir"), (make_observations.lines(*make_observations.STUDY), "fhir_ndjson"),
    (b'[{"id": 1}]', "json"), (b'\xef\xbb\xbf {"id": 1}\n', "json"), (b'{"id": 1}\r\n{"id": 2}\r\n', "ndjson"),
    (b"$FL2@(#) SPSS DATA FILE", "sav"), (b"$FL3@(#)", "sav"), (b"ASCII SPSS PORT FILE" + b" " * 60, "por"),
    (b"<stata_dta><header>", "dta"), (b"\x72\x02\x01\0\x01\0", "dta"), (b"HEADER RECORD*******LIBRARY HEADER", "xpt"),
    (bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92", "sas7bdat"),
    (stream_of(pa.table({"a": [1]})), "arrow_stream"), (b"ARROW1\0\0\xff\xff\xff\xff", "arrow"), (b"ORC\x0a\x0b\0", "data"),
    (b"\n<!-- made by X -->\n<HTML><body>", "html"), (b"\xef\xbb\xbf<table border=1>", "html"),
    (b'<?xml version="1.0"?>\n<html xmlns="x">', "html"), (b'<?xml version="1.0"?><a/>', "xml"),
    (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "excel_xml"),
    (b"MIME-Version: 1.0\r\nX-Document", "mht"), (b"MSH|^~\\&|ECHO", "hl7"), (b"ID;PWXL;N;E", "sylk"),
    (b"SQLite format 3\0", "sqlite"), (b"%PDF-1.7", "pdf"), (b"{\\rtf1", "rtf"), (b"\x89PNG\r\n\x1a\n\0", "image"),
    (b"\xff\xd8\xff\xe0\0", "image"), (b"BM\x46\0\0\0\0\0\0\0", "image"),
    # headers that begin like something else
    (b"PAR1,mr_eroa_cm2\n1,0.4", None), (b"ORC,mr_eroa\n", None), (b"BMI,mr_eroa\n24,0.4", None), (b"GIF8,a\n", None),
    (b"[id],mr_eroa\n1,2\n", None), (b"{id},mr_eroa\n", None), (b"<20,mr_eroa\n", None), (b"<mr_eroa>,b\n", None),
    (b"id;mr_eroa\n", None), (b"", None), ("id,größe".encode("utf-16-le"), None), (b"sep=;\nid;a", None),
]  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), KNOWN, ids=range(len(KNOWN)))
def test_kind(data: bytes, expected: str | None) -> None:
    stream = io.BytesIO(data)
    kind = kind_of_file(stream)
    assert (kind and kind.name, stream.tell()) == (expected, 0)


@pytest.mark.parametrize("path", sorted(MALFORMED.glob("*.csv")), ids=lambda path: path.name)
def test_every_file_that_is_read_as_text_is_text(path: Path) -> None:
    names = (
        "gzip",
        "html",
        "json",
        "json_lines",
        "parquet_by_another_name",
        "pdf",
        "png",
        "rtf",
        "sqlite",
        "xls",
        "xlsx",
        "xml",
        "zip",
    )
    assert (kind_of(path.read_bytes()[:4096]) is not None) == (path.stem in names)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_refusal_says_what_it_is_and_the_way_out(kind: object) -> None:
    sentence = KINDS[kind.name].refusal()  # type: ignore[attr-defined]
    assert sentence == f"this is {kind.called}, which is not read; {kind.way_out}"  # type: ignore[attr-defined]
