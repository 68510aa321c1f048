"""Structured reports among DICOM files, read by pydicom: the records of each, and what tells it from others.

Everything here runs on bytes that nobody vouches for, so `dicom_sr` has it run by `isolated`.
"""

from __future__ import annotations

import io
import os
import warnings
import zipfile
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pyarrow as pa

from grading.errors import UsageError
from grading.formats.dicom_numbers import RECORD, code_of, first_item, records_of
from grading.formats.foreign import need, text_table
from grading.formats.kind import kind_of_file
from grading.formats.reader_process import Facts

#: a structured report is some ten kilobytes long
LARGEST_REPORT = 64 << 20
#: of a larger file, what is read to know what it is
_START = 1 << 20
REPORTS = ("1.2.840.10008.5.1.4.1.1.88.22", "1.2.840.10008.5.1.4.1.1.88.33", "1.2.840.10008.5.1.4.1.1.88.34")
ECHO_REPORT = "125200 DCM"
_UNDEFINED = 0xFFFFFFFF
_DAMAGED, _TOO_MUCH = "it is damaged or cut short", (MemoryError, RecursionError)


@dataclass(slots=True)
class _Folder:
    """What was found among many files."""

    studies: dict[str, int] = field(default_factory=dict)
    reports: list[dict[str, Any]] = field(default_factory=list)
    passed: dict[str, int] = field(default_factory=dict)
    damaged: list[tuple[str, str]] = field(default_factory=list)

    def count(self, what: str) -> None:
        self.passed[what] = self.passed.get(what, 0) + 1


def report_tables(
    stream: IO[bytes], folder: str | None, keep: Sequence[str], packed: bool = False
) -> Generator[pa.Table, None, Facts]:
    """The reader for `isolated`: the records of one report (`stream`), of every report in a folder, or, `packed`, of
    every one in a zip archive.

    The facts name every report: its file, study (a number), completeness, and what is to be kept of it.
    """
    need("pydicom", "dicom", "DICOM structured reports")
    _refuse_unknown(keep)
    found = _Folder()
    yield _table([])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if packed:
            for name, inside in _packed(stream, found):
                yield _table(_read(inside, name, keep, found))
        elif folder is None:
            records = _read(stream, "", keep, found)
            if not found.reports:
                reason = found.damaged[0][1] if found.damaged else f"it is {next(iter(found.passed))}"
                raise UsageError(f"this is no structured report that can be read: {reason}")
            yield _table(records)
        for path in _files(folder):
            name = os.path.relpath(path, folder)
            try:
                with open(path, "rb") as file:
                    yield _table(_read(file, name, keep, found))
            except OSError as error:
                found.damaged.append((name, error.strerror or "it cannot be opened"))
    return {"reports": found.reports, "passed": found.passed, "damaged": found.damaged}


def _files(folder: str | None) -> Iterator[str]:
    """Every file below a folder in a fixed order; hidden ones and links are left out."""
    if folder is None:
        return
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name[0] != ".")
        for name in sorted(names):
            path = Path(place, name)
            if name[0] != "." and path.is_file() and not path.is_symlink():
                yield str(path)


def _packed(stream: IO[bytes], found: _Folder) -> Iterator[tuple[str, IO[bytes]]]:
    """Every file of a zip archive in the order of their names, hidden ones left out; of one that is too large for a
    report its start."""
    with zipfile.ZipFile(stream) as archive:
        for member in sorted(archive.infolist(), key=lambda one: one.filename):
            parts = PurePosixPath(member.filename).parts
            if member.is_dir() or any(part[0] == "." or part == "__MACOSX" for part in parts):
                continue
            try:
                with archive.open(member) as inside:
                    whole = inside.read(_START if member.file_size > LARGEST_REPORT else LARGEST_REPORT)
            except Exception:  # each way of packing has errors of its own
                found.damaged.append((member.filename, "it cannot be unpacked"))
                continue
            yield member.filename, io.BytesIO(whole)


def _refuse_unknown(keep: Sequence[str]) -> None:
    from pydicom.datadict import keyword_dict

    folded = {keyword.casefold(): keyword for keyword in keyword_dict}
    for name in keep:
        if name not in keyword_dict:
            near = get_close_matches(name.casefold(), folded, n=1)
            hint = f" Did you mean {folded[near[0]]}?" if near else ""
            raise UsageError(f"there is no DICOM attribute {name!r}.{hint} Give its keyword, as StudyDate or PatientID")


def _read(stream: IO[bytes], name: str, keep: Sequence[str], found: _Folder) -> list[tuple[str, ...]]:
    """The records of a file, which is added to what was found; none where it is no report."""
    import pydicom

    kind = kind_of_file(stream)
    if kind is None or kind.name != "dicom":
        found.count(kind.called if kind else "a file of another kind")
        return []
    try:
        head = pydicom.dcmread(stream, stop_before_pixels=True, specific_tags=["SOPClassUID", "Modality"], force=True)
        if head.get("SOPClassUID") not in REPORTS:
            found.count("a DICOM file that is no report of measurements (an image, say)")
            return []
        if stream.seek(0, 2) > LARGEST_REPORT:
            found.damaged.append((name, f"it is larger than {LARGEST_REPORT >> 20} MB, which no report is"))
            return []
        stream.seek(0)
        dataset = pydicom.dcmread(stream, force=True)
        if not is_whole(dataset):
            raise EOFError
        number = len(found.reports) + 1
        records = [(str(number), *record) for record in records_of(dataset)]
        found.reports.append(_described(dataset, name, keep, found.studies))
    except Exception as error:  # what the parser says of it may hold what the file says of a patient
        found.damaged.append((name, "too large or nested too deeply" if isinstance(error, _TOO_MUCH) else _DAMAGED))
        return []
    return records


def is_whole(dataset: Any) -> bool:
    """False when the last element of a file is shorter than it says, which pydicom passes over."""
    for tag in list(dataset.keys())[-1:]:
        element = dataset.get_item(tag)
        length, value = getattr(element, "length", 0), element.value
        if isinstance(value, bytes) and length != _UNDEFINED and len(value) < length:
            return False
    return True


def _described(dataset: Any, name: str, keep: Sequence[str], studies: dict[str, int]) -> dict[str, Any]:
    """What tells a report from another of its study; a study's UID leaves as a number."""
    study = str(dataset.get("StudyInstanceUID", "")) or f"\0{len(studies)}"
    sex = str(dataset.get("PatientSex", ""))
    return {
        "file": name,
        "study": studies.setdefault(study, len(studies) + 1),
        "echo": code_of(first_item(dataset, "ConceptNameCodeSequence")) == ECHO_REPORT,
        "complete": dataset.get("CompletionFlag") == "COMPLETE",
        "verified": dataset.get("VerificationFlag") == "VERIFIED",
        "moment": f"{dataset.get('ContentDate', '')}{dataset.get('ContentTime', '')}",
        "sex": sex if sex in ("M", "F") else "",
        "kept": {one: text_value(dataset.get(one)) for one in keep},
    }


def text_value(value: Any) -> str | None:
    """An attribute's value as text; several are parted by a backslash, as DICOM writes them."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) and isinstance(value, Sequence):
        return "\\".join(str(one) for one in value)
    return str(value)


def _table(records: Sequence[tuple[str, ...]]) -> pa.Table:
    columns = list(zip(*records, strict=True)) if records else [()] * (1 + len(RECORD))
    return text_table(("report", *RECORD), columns)
