"""The numbers of DICOM structured reports, each with what qualifies it, read by pydicom.

A report is a tree of containers; modifiers stand on a number or on any container above it, and the nearest one counts.
Everything here runs on bytes that nobody vouches for, so `dicom_sr` has it run by `isolated`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from grading.errors import UsageError
from grading.formats.coded_values import SEX
from grading.formats.codes import load_codes
from grading.formats.foreign import need, text_table
from grading.formats.kind import kind_of_file
from grading.formats.reader_process import Facts

#: a structured report is some ten kilobytes long
LARGEST_REPORT = 64 << 20
REPORTS = ("1.2.840.10008.5.1.4.1.1.88.22", "1.2.840.10008.5.1.4.1.1.88.33", "1.2.840.10008.5.1.4.1.1.88.34")
ECHO_REPORT = "125200 DCM"
#: columns of the records: the report's number, then texts
COLUMNS = (
    "report", "code", "meaning", "value", "unit", "absent", "site", "direction", "method", "point", "view",
    "chosen", "derivation",
)  # fmt: skip
_DAMAGED, _TOO_MUCH = "it is damaged or cut short", (MemoryError, RecursionError)
_OLD_SNOMED = ("SRT", "SNM3", "99SDM")
_CHOSEN = ("121410 DCM", "121411 DCM", "121412 DCM")
_SELECTION, _DERIVATION = "121404 DCM", "121401 DCM"
_DERIVATIONS = {"373098007 SCT": "mean"}
_MODIFYING = ("HAS CONCEPT MOD", "HAS ACQ CONTEXT")


@dataclass(frozen=True, slots=True)
class _Qualifiers:
    """What holds for a number: the words of the code table, or the code where the table has no word."""

    site: str = ""
    direction: str = ""
    method: str = ""
    point: str = ""
    view: str = ""
    derivation: str = ""


@dataclass(slots=True)
class _Folder:
    """What was found among many files."""

    studies: dict[str, int] = field(default_factory=dict)
    reports: list[dict[str, Any]] = field(default_factory=list)
    passed: dict[str, int] = field(default_factory=dict)
    damaged: list[tuple[str, str]] = field(default_factory=list)

    def count(self, what: str) -> None:
        self.passed[what] = self.passed.get(what, 0) + 1


def report_tables(stream: IO[bytes], folder: str | None, keep: Sequence[str]) -> Generator[pa.Table, None, Facts]:
    """The reader for `isolated`: the records of one report (`stream`), or of every report in a folder.

    The facts name every report: its file, study (a number), completeness, and what is to be kept of it.
    """
    need("pydicom", "dicom", "DICOM structured reports")
    _refuse_unknown(keep)
    found = _Folder()
    yield _table([])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if folder is None:
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
        number = len(found.reports) + 1
        records = [(str(number), *record) for record in _records(dataset)]
        found.reports.append(_described(dataset, name, keep, records, found.studies))
    except Exception as error:  # what the parser says of it may hold what the file says of a patient
        found.damaged.append((name, "too large or nested too deeply" if isinstance(error, _TOO_MUCH) else _DAMAGED))
        return []
    return records


def _described(
    dataset: Any, name: str, keep: Sequence[str], records: Sequence[tuple[str, ...]], studies: dict[str, int]
) -> dict[str, Any]:
    """What tells a report from another of its study; a study's UID leaves as a number."""
    study = str(dataset.get("StudyInstanceUID", "")) or f"\0{len(studies)}"
    sex = str(dataset.get("PatientSex", ""))
    return {
        "file": name,
        "study": studies.setdefault(study, len(studies) + 1),
        "echo": code_of(_first(dataset, "ConceptNameCodeSequence")) == ECHO_REPORT,
        "numbers": len(records),
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


def _records(dataset: Any) -> Iterator[tuple[str, ...]]:
    """Every number of a report, in its order, without a limit to the depth of the tree."""
    waiting = [(dataset, _Qualifiers())]
    while waiting:
        item, above = waiting.pop()
        children = list(item.get("ContentSequence") or ())
        own = _qualified(above, children)
        kind = item.get("ValueType", "CONTAINER")
        if kind == "NUM":
            yield _number(item, own, children)
        elif kind == "CODE" and (record := _word(item)):
            yield record
        waiting += [(child, own) for child in reversed(children)]


def _qualified(above: _Qualifiers, children: Sequence[Any]) -> _Qualifiers:
    codes, changes = load_codes(), {}
    for child in children:
        if child.get("ValueType") != "CODE" or child.get("RelationshipType") not in _MODIFYING:
            continue
        asked, value = code_of(_first(child, "ConceptNameCodeSequence")), _first(child, "ConceptCodeSequence")
        if name := codes.modifiers.get(asked):
            changes[name] = _word_of(name, value)
        elif asked == _DERIVATION:
            meaning = str(value.get("CodeMeaning", "")).casefold() if value is not None else ""
            changes["derivation"] = _DERIVATIONS.get(code_of(value), meaning or "unknown")
    return replace(above, **changes) if changes else above


def _word_of(modifier: str, value: Any) -> str:
    """The table's word for a modifier's value; a code that the table has not, by its meaning, else its meaning."""
    code = code_of(value)
    word = load_codes().word(modifier, code)
    meaning = " ".join(str(value.get("CodeMeaning", "")).casefold().split()) if value is not None else ""
    if word != code or not meaning:
        return word
    return meaning if meaning not in load_codes().values[modifier].values() else code


def _number(item: Any, own: _Qualifiers, children: Sequence[Any]) -> tuple[str, ...]:
    concept = _first(item, "ConceptNameCodeSequence")
    measured = _first(item, "MeasuredValueSequence")
    absent = _first(item, "NumericValueQualifierCodeSequence")
    unit = _first(measured, "MeasurementUnitsCodeSequence") if measured is not None else None
    chosen = any(
        code_of(_first(child, "ConceptNameCodeSequence")) == _SELECTION
        and code_of(_first(child, "ConceptCodeSequence")) in _CHOSEN
        for child in children
    )
    return (
        code_of(concept), _meaning_of(concept), _value(measured), str(unit.get("CodeValue", "")) if unit else "",
        _meaning_of(absent), own.site, own.direction, own.method, own.point, own.view, "1" if chosen else "",
        own.derivation,
    )  # fmt: skip


def _value(measured: Any) -> str:
    """A measured value as it was written; both of its forms when they contradict each other."""
    if measured is None:
        return ""
    texts = [_raw(measured, "NumericValue"), _raw(measured, "FloatingPointValue")]
    written = [text for text in texts if text]
    if len(written) == 2:
        try:
            one, other = map(float, written)
        except ValueError:
            return " / ".join(written)
        if abs(one - other) > 1e-6 * max(abs(one), abs(other)):
            return " / ".join(written)
    return written[0] if written else ""


def _raw(dataset: Any, keyword: str) -> str:
    """An element as it was written, whether or not it is a number."""
    try:
        element = dataset.get_item(keyword)
    except KeyError:
        return ""
    value = element.value if element is not None else None
    if isinstance(value, bytes) and keyword == "NumericValue":
        return value.decode("ascii", "replace").strip(" \0").partition("\\")[0]
    value = dataset.get(keyword)
    return "" if value is None else str(value)


def _word(item: Any) -> tuple[str, ...]:
    """The record of a coded answer that is used: the patient's sex, a reader's grade."""
    concept, value = _first(item, "ConceptNameCodeSequence"), _first(item, "ConceptCodeSequence")
    code = code_of(concept)
    if code != SEX and code.removesuffix(" LN") not in load_codes().grades:
        return ()
    known = code_of(value)
    word = known if code == SEX or known in load_codes().severity else _meaning_of(value)
    return (code, _meaning_of(concept), word, *[""] * (len(COLUMNS) - 4))


def _first(item: Any, keyword: str) -> Any:
    """The first item of a sequence; None where there is none."""
    sequence = item.get(keyword) if item is not None else None
    return sequence[0] if isinstance(sequence, Sequence) and len(sequence) else None


def code_of(item: Any) -> str:
    """A code as '59102-4 LN'; one of the older SNOMED schemes as the SCT code of the same concept. '' for none."""
    from pydicom.sr._snomed_dict import mapping

    if item is None:
        return ""
    value = str(item.get("CodeValue") or item.get("LongCodeValue") or item.get("URNCodeValue") or "").strip()
    scheme = str(item.get("CodingSchemeDesignator", "")).strip().upper()
    if scheme in _OLD_SNOMED:
        return f"{mapping['SRT'][value]} SCT" if value in mapping["SRT"] else f"{value} SRT"
    return f"{value} {scheme}".strip()


def _meaning_of(item: Any) -> str:
    return " ".join(str(item.get("CodeMeaning", "")).split())[:100] if item is not None else ""


def _table(records: Sequence[tuple[str, ...]]) -> pa.Table:
    columns = list(zip(*records, strict=True)) if records else [()] * len(COLUMNS)
    return text_table(COLUMNS, columns)
