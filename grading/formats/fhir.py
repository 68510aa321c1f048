"""FHIR R4 observations as a long table: what one subject has at one time is one study.

A study's key is a running number. Who the subject is, and when, leaves the reader only when it is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from grading.errors import UsageError
from grading.formats.coded_values import CodedValue, LongLines
from grading.formats.codes import Context
from grading.formats.foreign import LongTable
from grading.formats.isolated import Reading
from grading.formats.upload import Input, Upload
from grading.reading.values import NOTE, WARNING
from grading.writing import joined as in_a_row

#: what tells observations without a subject apart, as `fhir_tree` gives it
_APART = ("time", "encounter", "device")


def read_observations(source: Input, keep: Sequence[str] = (), isolate: bool = True) -> LongTable:
    """The measurements of a Bundle, of one resource, or of a file with one resource a line.

    Args:
        source: the file.
        keep: subject, effective or encounter: they become columns of the same name.
        isolate: False parses in this process, for a file that is trusted.
    Raises:
        UsageError: when it is no FHIR in JSON, or holds no measurement used for grading.
    """
    lines = LongLines(keep)
    values: dict[int, list[CodedValue]] = defaultdict(list)
    with Reading(
        reader="grading.formats.fhir_tree:observation_tables", what="FHIR in JSON", name=source.name,
        source=source.data if isinstance(source, Upload) else source, options={"keep": list(keep)}, isolate=isolate,
    ) as reading:  # fmt: skip
        for table in reading:
            for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
                study, code, meaning, value, unit, absent, *context, derivation = row
                own = CodedValue(code, meaning, value, unit, Context(*context), False, derivation, absent)
                values[int(study)].append(own)
    facts = reading.facts
    joined = {int(study): into for study, into in facts["joined"].items()}
    for study, into in joined.items():
        values[into] += values.pop(study, [])
    studies = [study for study, _ in enumerate(facts["kept"], start=1) if study not in joined]
    count = 0
    nameless: list[int] = []
    for study, number in enumerate(studies, start=1):
        found = lines.add(str(study), source.name, values[number], facts["kept"][number - 1])
        count += found
        nameless += [number] if found and str(number) in facts["nameless"] else []
    _refuse_nameless(facts, nameless, source.name)
    _report(facts, len(studies), len(nameless), lines)
    if not count:
        first = [one.message for one in lines.issues() if one.label or "passed" in one.message][:3]
        found_instead = "; ".join(first) or "no observation"
        raise UsageError(f"{source.name}: no observation is a measurement used for grading (found: {found_instead})")
    read_as = f"FHIR observations, {len(studies):,} stud{'y' if len(studies) == 1 else 'ies'}"
    unsure = "no observation names a subject: name that of each" if nameless else ""
    return LongTable(table=lines.table(), read_as=read_as, issues=lines.issues(), unsure=unsure)


def _refuse_nameless(facts: dict[str, Any], nameless: Sequence[int], name: str) -> None:
    """Refuse observations without a subject that may be of several ones: nothing says which belong together."""
    if len(nameless) < 2 or set(nameless) <= set(facts["reported"]):
        return
    every = zip(*(facts["nameless"][str(study)] for study in nameless), strict=True)
    differ = [what for what, texts in zip(_APART, every, strict=True) if len(set(texts)) > 1]
    raise UsageError(
        f"{name}: observations name no subject and are not all of one {in_a_row(differ)}, so they may be of several "
        "patients; name the subject of each, or put those of each study into a DiagnosticReport or a file of their own"
    )


def _report(facts: dict[str, Any], studies: int, nameless: int, lines: LongLines) -> None:
    """What is to be said of the file as a whole."""
    for what, number in sorted(facts["passed"].items()):
        lines.report(NOTE, "", "", "", f"passed over: {what} ({number:,})")
    if nameless and studies > 1:
        studies_of = "1 study names" if nameless == 1 else f"{nameless:,} studies name"
        message = f"{studies_of} no subject; check that each is of one patient"
        lines.report(WARNING, "", "", "", message)
    elif nameless:
        lines.report(NOTE, "", "", "", "no observation names a subject: all are taken as one study")
    if facts["undated"] and not facts["nameless"]:
        message = (
            f"{facts['undated']:,} studies have no time: all observations of a subject without one are taken together"
        )
        lines.report(WARNING, "", "", "", message)
    if facts["same_day"]:
        message = (
            f"{facts['same_day']:,} subjects have observations at several times of one day, each taken as a study of "
            "its own; give the observations of one study the same time"
        )
        lines.report(WARNING, "", "", "", message)
