"""What a file is, by its first bytes: a name for the sentence, and what to do with what is not read.

Endings are not asked: a web page is saved as .xls and an Excel workbook as .csv every day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import IO

#: how much is looked at, of the start and, of an archive, of the end
HEAD_BYTES = 4096
_TAIL_BYTES = 65_536

_AS_CSV = "open it and save the table as CSV UTF-8"
_NO_TABLE = "copy the measurements into a table and save it as CSV UTF-8"
_UNPACK = "unpack it and give the file that is inside"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its name here, what a sentence calls it, and the way out where it is not read."""

    name: str
    called: str
    way_out: str

    def refusal(self) -> str:
        """The sentence for a file of this kind that is not read.

        >>> KINDS["pdf"].refusal()
        'this is a PDF document, which is not read; copy the measurements into a table and save it as CSV UTF-8'
        """
        return f"this is {self.called}, which is not read; {self.way_out}"


def _kinds(*rows: tuple[str, str, str]) -> MappingProxyType[str, Kind]:
    return MappingProxyType({name: Kind(name, called, way_out) for name, called, way_out in rows})


KINDS = _kinds(
    ("xlsx", "an Excel workbook", _AS_CSV),
    ("xls", "an Excel workbook of the old kind (.xls)", _AS_CSV),
    ("xlsb", "a binary Excel workbook (.xlsb)", "save it as .xlsx or as CSV UTF-8"),
    ("xls_bare", "an Excel sheet from before 1997", "open it and save it as .xlsx or as CSV UTF-8"),
    ("ods", "an OpenDocument spreadsheet", _AS_CSV),
    ("encrypted_office", "an Office document locked with a password", "open it, remove the password and save it anew"),
    ("excel_xml", "an Excel workbook saved as XML of 2003", "open it and save it as .xlsx or as CSV UTF-8"),
    ("sylk", "a SYLK spreadsheet", "open it and save it as .xlsx or as CSV UTF-8"),
    ("html", "a web page (programs save one under the name .xls)", "open it and save the table as .xlsx or CSV UTF-8"),
    ("mht", "a web archive (programs save one under the name .xls)", "open it and save it as .xlsx or CSV UTF-8"),
    ("docx", "a Word document", _NO_TABLE),
    ("pptx", "a PowerPoint presentation", _NO_TABLE),
    ("office", "an Office document other than a workbook", _NO_TABLE),
    ("pdf", "a PDF document", _NO_TABLE),
    ("rtf", "a text document (RTF)", _NO_TABLE),
    ("image", "a picture", _NO_TABLE),
    ("gzip", "a file packed with gzip", _UNPACK),
    ("zstd", "a file packed with zstd", _UNPACK),
    ("zip", "a zip archive", _UNPACK),
    ("packed", "a file packed in another way than gzip, zstd or zip", _UNPACK),
    ("parquet", "a Parquet file", "give it the ending .parquet"),
    ("arrow", "a Feather file", "write it as Parquet or CSV"),
    ("arrow_stream", "a stream of columns as Feather holds them", "write it as Parquet or CSV"),
    ("data", "a data file for programs (ORC, Avro, Feather or HDF5)", "export it as Parquet or CSV UTF-8"),
    ("sav", "an SPSS data file", "export it from SPSS as CSV UTF-8"),
    ("por", "an SPSS portable file", "export it from SPSS as CSV UTF-8"),
    ("dta", "a Stata data file", "give `export delimited` in Stata"),
    ("sas7bdat", "a SAS data file", "export it from SAS as CSV"),
    ("xpt", "a SAS transport file", "export it from SAS as CSV"),
    ("dicom", "a DICOM file", "give a structured report, or export the measurements as a table"),
    ("fhir", "FHIR in JSON", "export the observations as a table"),
    ("fhir_ndjson", "FHIR in JSON, one resource a line", "export the observations as a table"),
    ("ndjson", "JSON, one object a line, not a table", "read it with pandas.read_json(lines=True) and write CSV UTF-8"),
    ("json", "JSON, not a table", "read it with pandas.json_normalize and write CSV UTF-8"),
    ("xml", "XML, not a table", "export the measurements as a table in CSV UTF-8"),
    ("hl7", "an HL7 message, not a table", "export the measurements as a table in CSV UTF-8"),
    ("sqlite", "an SQLite database", "export the table as CSV UTF-8"),
)

#: first bytes -> kind
_MAGIC = (
    (b"PAR1", "parquet"), (b"PARE", "parquet"), (b"ARROW1", "arrow"), (b"\xff\xff\xff\xff", "arrow_stream"),
    (b"ORC", "data"), (b"Obj\x01", "data"), (b"FEA1", "data"), (b"\x89HDF\r\n", "data"),
    (b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"),
    (b"BZh", "packed"), (b"\xfd7zXZ\0", "packed"), (b"7z\xbc\xaf", "packed"), (b"Rar!\x1a", "packed"),
    (b"\x04\x22\x4d\x18", "packed"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"\x09\x08\x10\0\0\x06", "xls_bare"), (b"\x09\x08\x08\0\0\x05", "xls_bare"), (b"\x09\0\x04\0", "xls_bare"),
    (b"$FL2", "sav"), (b"$FL3", "sav"), (b"<stata_dta>", "dta"),
    (b"HEADER RECORD*******L", "xpt"), (b"\0" * 12 + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf", "sas7bdat"),
    (b"SQLite format 3\0", "sqlite"), (b"%PDF-", "pdf"), (b"{\\rtf", "rtf"), (b"MSH|", "hl7"), (b"FHS|", "hl7"),
    (b"ID;P", "sylk"), (b"\x89PNG\r\n", "image"), (b"\xff\xd8\xff", "image"), (b"GIF8", "image"),
    (b"II*\0", "image"), (b"MM\0*", "image"), (b"BM", "image"),
)  # fmt: skip
#: the first element of a DICOM file without preamble: group 2 or 8, then a VR or a short length
_BARE_DICOM = re.compile(rb"(?s)[\x02\x08]\0..(UL|OB|UI|CS|DA|TM|SH|LO|..\0\0)")
#: kinds whose first bytes are letters that a header may begin with, too, but a header holds no such byte
_BINARY = frozenset({"parquet", "arrow", "data", "packed", "image"})
_NO_TEXT = re.compile(rb"[\0-\x08\x0e-\x1a]")
_OLD_STATA = re.compile(rb"(?s)[\x66-\x73][\x01\x02][\x01\x00]\0")
_HTML = re.compile(rb"(?is)(<\?xml[^>]*>\s*)?(<!--((?!-->).)*-->\s*)*<(!doctype\s+html|html|head|body|table|meta)\b")
_JSON = re.compile(rb'(?s)\s*(\[\s*[\[{\]"\d-]|\{\s*["}])')
_FHIR = re.compile(rb'"resourceType"\s*:')
_NEXT_OBJECT = re.compile(rb"(?s)\A\s*\{[^\n]*\}\s*?\r?\n\s*\{")
#: what a member of an Office archive is called -> kind; the first that is found counts
_MEMBERS = (
    (b"xl/workbook.bin", "xlsb"), (b"xl/workbook", "xlsx"), (b"word/document", "docx"), (b"ppt/presentation", "pptx"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"), (b"application/vnd.oasis.opendocument", "office"),
)  # fmt: skip


def kind_of(head: bytes) -> Kind | None:
    """The kind of a file that begins with `head` (some thousand bytes); None for text and for what is not known.

    An archive is 'zip' and every old Office document 'xls' here: `kind_of_file` looks further.

    >>> kind_of(b'{"resourceType": "Bundle"}').name, kind_of(b"id,mr_eroa_cm2")
    ('fhir', None)
    """
    name = _by_magic(head) or _by_text(head)
    return KINDS[name] if name else None


def kind_of_file(stream: IO[bytes]) -> Kind | None:
    """The kind of a file that can be sought in; its position is left at the start. At most 70 kB are read."""
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    kind = kind_of(head)
    if kind is KINDS["zip"]:
        kind = _archive(head + _tail(stream))
    elif kind is KINDS["xls"]:
        kind = _old_office(head, stream)
    stream.seek(0)
    return kind


def _by_magic(head: bytes) -> str | None:
    if head[128:132] == b"DICM":
        return "dicom"
    found = next((name for magic, name in _MAGIC if head.startswith(magic)), None)
    binary = bool(_NO_TEXT.search(head))
    if found or not binary:
        return found if binary or found not in _BINARY else None
    if _OLD_STATA.match(head):
        return "dta"
    return "dicom" if _BARE_DICOM.match(head) else None


def _by_text(head: bytes) -> str | None:
    """The kind of a file whose bytes are text."""
    if b"SPSS PORT FILE" in head[:400].replace(b"\r", b"").replace(b"\n", b"") or b"SPSSPORT" in head[:600]:
        return "por"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"MIME-Version:", b"Mime-Version:")):
        return "mht"
    if _HTML.match(text):
        return "html"
    if text.startswith(b"<?xml") or re.match(rb"<[A-Za-z][\w:.-]*(\s+xmlns|>\s*<)", text):
        return "excel_xml" if b"office:spreadsheet" in text else "xml"
    if not _JSON.match(text):
        return None
    lines = "_ndjson" if _NEXT_OBJECT.match(text) else ""
    return f"fhir{lines}" if _FHIR.search(text) else lines.lstrip("_") or "json"


def _tail(stream: IO[bytes]) -> bytes:
    size = stream.seek(0, 2)
    stream.seek(max(size - _TAIL_BYTES, 0))
    return stream.read(_TAIL_BYTES)


def _archive(ends: bytes) -> Kind:
    """The kind of a zip archive, by the names of members at its start and in its directory."""
    return KINDS[next((name for member, name in _MEMBERS if member in ends), "zip")]


def _old_office(head: bytes, stream: IO[bytes]) -> Kind:
    """What an old Office document is, by the names in the first sector of its directory."""
    size = 1 << min(int.from_bytes(head[30:32], "little"), 12)
    stream.seek((int.from_bytes(head[48:52], "little") + 1) * size)
    names = stream.read(4096)
    if "EncryptedPackage".encode("utf-16-le") in names:
        return KINDS["encrypted_office"]
    other = any(name.encode("utf-16-le") in names for name in ("WordDocument", "PowerPoint Document", "__nameid"))
    return KINDS["office" if other else "xls"]
