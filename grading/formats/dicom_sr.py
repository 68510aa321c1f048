"""DICOM structured reports of echo studies as a long table: one report is one study.

A study's key is a running number; its file is named as the user called it. No name, birth date or identifier of a
patient leaves the reader unless it is asked for by its keyword.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from grading.errors import UsageError, listed
from grading.formats.coded_values import SEX, CodedValue, LongLines
from grading.formats.codes import Context
from grading.formats.foreign import LongTable
from grading.formats.isolated import Reading
from grading.formats.reader_process import Limits
from grading.formats.upload import Input, Upload
from grading.reading.values import NOTE, WARNING

#: processor time that one file of a folder may cost on average [s], and what a folder may cost besides
_SECONDS_A_FILE, _SECONDS = 2, 120

_OTHER_REPORT = "a structured report without measurements of an echo study"


def read_reports(source: Input, keep: Sequence[str] = (), isolate: bool = True, packed: int = 0) -> LongTable:
    """The measurements of one report, or of all reports in a folder and the folders below it, or in a zip archive.

    Files that are no echo reports are counted and passed over. Of several reports of one study the latest complete one
    is used, and the others are named.

    Args:
        source: a file, or a folder.
        packed: how many files the source holds, when it is a zip archive.
        keep: DICOM keywords (StudyDate, PatientID ...) whose values become columns of the same name.
        isolate: False parses in this process, for reports that are trusted.
    Raises:
        UsageError: when there is no report with a measurement, or a keyword does not exist.
    """
    folder = source if isinstance(source, Path) and source.is_dir() else None
    data = None if folder else source.data if isinstance(source, Upload) else source
    files = sum(1 for _ in folder.rglob("*")) if folder else packed
    limits = Limits(cpu_seconds=_SECONDS + _SECONDS_A_FILE * files) if files else None
    lines = LongLines(keep)
    values: dict[int, list[CodedValue]] = defaultdict(list)
    options = {"folder": folder and str(folder), "keep": list(keep), "packed": bool(packed)}
    with Reading(
        reader="grading.formats.dicom_tree:report_tables", source=data, name=source.name or str(source),
        what="DICOM structured reports", options=options,
        limits=limits, isolate=isolate,
    ) as reading:  # fmt: skip
        for table in reading:
            for number, value in _values(table):
                values[number].append(value)
    reports = _described(reading.facts, values, source.name)
    used = _used(reports, reading.facts, lines)
    count = 0
    for study, one in enumerate(used, start=1):
        count += lines.add(str(study), one.file, one.values, one.kept)
    _report_passed(reading.facts, lines)
    if not count:
        raise UsageError(_nothing(source.name or str(source), reports, reading.facts, lines))
    read_as = "DICOM structured report" + (f"s, one a study ({len(used):,})" if files else "")
    return LongTable(table=lines.table(), read_as=read_as, issues=lines.issues())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Report:
    """One report: its file, its study (a number), what it holds, and what tells it from others of the study."""

    file: str
    study: int
    values: list[CodedValue]
    measures: bool
    echo: bool
    complete: bool
    moment: str
    verified: bool
    kept: dict[str, str | None]


def _values(table: pa.Table) -> Iterable[tuple[int, CodedValue]]:
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        number, code, meaning, value, unit, absent, *context, by_name, chosen, derivation = row
        yield (
            int(number),
            CodedValue(
                code, meaning, value, unit, Context(*context), chosen == "1", derivation, absent, by_name == "1"
            ),
        )


def _described(facts: dict[str, Any], values: dict[int, list[CodedValue]], name: str) -> list[_Report]:
    reports = []
    for number, one in enumerate(facts["reports"], start=1):
        own, sex = values[number], one.pop("sex")
        measures = LongLines.holds_any(own)
        if sex and not any(value.code == SEX for value in own):
            own.append(CodedValue(SEX, "", f"{sex} DCM", ""))
        reports.append(_Report(**{**one, "file": one["file"] or name}, values=own, measures=measures))
    return reports


def _used(reports: Sequence[_Report], facts: dict[str, Any], lines: LongLines) -> list[_Report]:
    """One report of each study: one with measurements, complete, the latest; in the order of the files."""
    studies: dict[int, list[_Report]] = defaultdict(list)
    for report in reports:
        if report.echo or report.measures:
            studies[report.study].append(report)
        else:
            facts["passed"][_OTHER_REPORT] = facts["passed"].get(_OTHER_REPORT, 0) + 1
    used = []
    for alike in studies.values():
        best = max(alike, key=lambda one: (one.measures, one.complete, one.moment, one.verified))
        used.append(best)
        others = [one.file for one in alike if one is not best]
        if others:
            kind = "the latest complete one" if best.complete else "the latest one"
            message = f"several reports of one study: {best.file} is used, {kind}; not used: {listed(others)}"
            lines.report(WARNING, str(len(used)), "", best.file, message)
        if not best.complete:
            lines.report(NOTE, str(len(used)), "", best.file, "the report does not say that it is complete")
    return used


def _report_passed(facts: dict[str, Any], lines: LongLines) -> None:
    for what, count in sorted(facts["passed"].items()):
        lines.report(NOTE, "", "", "", f"passed over: {what} ({count:,} file{'s' * (count != 1)})")
    for name, reason in facts["damaged"]:
        lines.report(WARNING, "", "", name, f"{name}: {reason}")


def _nothing(name: str, reports: Sequence[_Report], facts: dict[str, Any], lines: LongLines) -> str:
    """Why nothing can be graded."""
    if not any(one.echo or one.measures for one in reports):
        found = [f"{what} ({count:,})" for what, count in sorted(facts["passed"].items(), key=lambda one: -one[1])]
        found += [f"files that cannot be read ({len(facts['damaged']):,})"] if facts["damaged"] else []
        return f"{name}: no structured report of measurements is there (found: {', '.join(found) or 'no file'})"
    first = [one.message for one in lines.issues() if one.label][:3]
    return f"{name}: no report holds a measurement used for grading (found: {'; '.join(first) or 'no number'})"
