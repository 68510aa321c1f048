"""Observations of FHIR R4 in JSON: a Bundle, one resource, or one resource a line, each with what qualifies it.

Numbers stay as they are written. Runs on bytes that nobody vouches for, so `fhir` has it run by `isolated`.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import IO, Any

import pyarrow as pa

from grading.errors import UsageError
from grading.formats.coded_values import SEX
from grading.formats.fhir_values import Resource, Written, list_of, text_at, values_of
from grading.formats.foreign import text_table
from grading.formats.reader_process import Facts

#: one JSON document is held whole; what is longer has one resource a line
LARGEST_DOCUMENT, LONGEST_LINE = 256 << 20, 64 << 20
#: what can be kept of an observation, and where it stands
KEEPABLE = ("subject", "effective", "encounter")
COLUMNS = (
    "study", "code", "meaning", "value", "unit", "absent", "site", "direction", "method", "point", "view", "derivation",
)  # fmt: skip
_USED = ("final", "amended", "corrected", "appended", "preliminary", "registered")
_ROWS = 20_000


def load_json(text: str) -> Any:
    """A JSON text with its numbers as `Written`. Raises UsageError for a key that is given twice, NaN and the like."""

    def refuse(name: str) -> None:
        raise UsageError(f"{name} is no number in JSON")

    return json.loads(
        text, parse_float=Written, parse_int=Written, parse_constant=refuse, object_pairs_hook=_without_doubles
    )


def _without_doubles(pairs: list[tuple[str, Any]]) -> Resource:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        double = next(key for key in keys if keys.count(key) > 1)
        raise UsageError(f"a JSON object gives {double[:60]!r} twice; correct it")
    return found


def observation_tables(stream: IO[bytes], keep: Sequence[str]) -> Generator[pa.Table, None, Facts]:
    """The reader for `isolated`: one row a number; the facts name the studies and what is odd."""
    for name in keep:
        if name not in KEEPABLE:
            raise UsageError(f"{name!r} cannot be kept of an observation; expected one of {', '.join(KEEPABLE)}")
    studies = _Studies(keep)
    rows: list[tuple[str, ...]] = []
    yield _table([])
    for resource in _resources(stream):
        kind = resource.get("resourceType")
        if kind == "Observation":
            rows += studies.rows(resource)
        elif kind in ("Patient", "DiagnosticReport"):
            studies.note(resource)
        else:
            studies.count(f"a resource of type {str(kind)[:40]}" if kind else "an object that is no FHIR resource")
        if len(rows) >= _ROWS:
            yield _table(rows)
            rows = []
    yield _table([*rows, *studies.last_rows()])
    return studies.facts()


def _resources(stream: IO[bytes]) -> Iterator[Resource]:
    """Every resource of a Bundle, a list, one document, or the lines of a file; Bundles within are opened too."""
    head = stream.read(LARGEST_DOCUMENT + 1)
    if len(head) <= LARGEST_DOCUMENT:
        text = _decoded(head)
        try:
            yield from _opened([load_json(text)])
            return
        except json.JSONDecodeError as error:
            if error.msg != "Extra data":
                raise UsageError(f"this is no JSON that can be read: {error.msg} in line {error.lineno}") from error
    stream.seek(0)
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise UsageError(f"line {number:,} is longer than {LONGEST_LINE >> 20} MB; give one resource a line")
        if line.strip():
            try:
                yield from _opened([load_json(_decoded(line))])
            except json.JSONDecodeError as error:
                raise UsageError(f"line {number:,} is no JSON that can be read: {error.msg}") from error


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("JSON is written in UTF-8, and this is not; save it anew") from error


def _opened(waiting: list[Any]) -> Iterator[Resource]:
    """The resources of documents, in their order, those of Bundles and lists instead of them."""
    waiting.reverse()
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += reversed(one)
        elif isinstance(one, dict) and one.get("resourceType") == "Bundle":
            if one.get("type") == "history":
                raise UsageError("a Bundle of type history holds old versions beside new ones; export a searchset")
            waiting += [_entry(entry) for entry in reversed(list_of(one.get("entry")))]
        elif isinstance(one, dict):
            yield one


def _entry(entry: Any) -> Any:
    """The resource of a Bundle's entry, with the address that others name it by."""
    resource = entry.get("resource") if isinstance(entry, dict) else None
    if isinstance(resource, dict) and resource.get("resourceType") != "Bundle":
        return {**resource, "\0url": text_at(entry, "fullUrl")}
    return resource


class _Studies:
    """Observations by study: those of one subject at one time, or that one diagnostic report names."""

    def __init__(self, keep: Sequence[str]) -> None:
        self._keep = keep
        self._numbers: dict[tuple[str, ...], int] = {}
        self._kept: list[dict[str, str]] = []
        self._sexes: dict[str, str] = {}
        self._subjects: dict[int, str] = {}
        self._passed: dict[str, int] = {}
        self._undated: set[int] = set()
        #: of studies that name no subject, what else tells them apart
        self._nameless: dict[int, tuple[str, ...]] = {}
        self._of: dict[str, int] = {}
        self._reports: list[list[str]] = []

    def count(self, what: str) -> None:
        self._passed[what] = self._passed.get(what, 0) + 1

    def note(self, resource: Resource) -> None:
        """Remember a patient's sex, or which observations a report puts together."""
        if resource.get("resourceType") == "DiagnosticReport":
            self._reports.append([text_at(one, "reference") for one in list_of(resource.get("result"))])
        elif text_at(resource, "gender") in ("male", "female"):
            for name in _addresses(resource):
                self._sexes[name] = "M DCM" if resource["gender"] == "male" else "F DCM"

    def rows(self, observation: Resource) -> Iterator[tuple[str, ...]]:
        """The numbers of an observation and of its components."""
        status = text_at(observation, "status")
        if status and status not in _USED:
            self.count(f"an observation of status {status[:30]}")
            return
        if "modifierExtension" in observation:
            self.count("an observation with a modifier extension, which may turn its meaning round")
            return
        number = self._study(observation)
        self._of |= dict.fromkeys(_addresses(observation), number)
        study = str(number)
        for value in values_of(observation):
            context = value.context
            yield (
                study, value.code, value.meaning, value.value, value.unit, value.absent, context.site,
                context.direction, context.method, context.point, context.view, value.derivation,
            )  # fmt: skip

    def _study(self, observation: Resource) -> int:
        subject, moment = _reference(observation, "subject"), _moment(observation)
        encounter = _reference(observation, "encounter")
        rest = () if subject else (encounter, _reference(observation, "device"))
        key = (subject, moment or f"\0{encounter}", *rest)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            if not subject:
                self._nameless[self._numbers[key]] = (moment, *rest)
            known = {"subject": subject, "effective": moment, "encounter": encounter}
            self._kept.append({name: known[name] for name in self._keep})
            self._subjects[self._numbers[key]] = subject
            if not moment:
                self._undated.add(self._numbers[key])
        return self._numbers[key]

    def last_rows(self) -> Iterator[tuple[str, ...]]:
        """The sex of every study's subject, where it is known."""
        for study, subject in self._subjects.items():
            if subject and (sex := self._sexes.get(subject)):
                yield (str(study), SEX, "", sex, *[""] * (len(COLUMNS) - 4))

    def _joined(self) -> dict[str, int]:
        """Studies that a report puts into another one."""
        into: dict[int, int] = {}
        for addresses in self._reports:
            numbers = {self._of[one] for one in addresses if one in self._of}
            numbers = {into.get(one, one) for one in numbers}
            if len({self._subjects[one] for one in numbers}) == 1:
                first = min(numbers)
                into = {one: first if other in numbers else other for one, other in into.items()}
                into |= {one: first for one in numbers if one != first}
        return {str(one): other for one, other in into.items()}

    def facts(self) -> Facts:
        """What is to be said of the studies, in numbers."""
        days: dict[tuple[str, str], int] = {}
        for subject, moment, *_ in self._numbers:
            if subject and moment[:1] != "\0":
                days[subject, moment[:10]] = days.get((subject, moment[:10]), 0) + 1
        return {
            "kept": self._kept,
            "joined": self._joined(),
            "passed": self._passed,
            "undated": len(self._undated),
            "nameless": {str(study): apart for study, apart in self._nameless.items()},
            "reported": sorted({self._of[one] for report in self._reports for one in report if one in self._of}),
            "same_day": sum(1 for count in days.values() if count > 1),
        }


def _moment(observation: Resource) -> str:
    period = observation.get("effectivePeriod")
    start = text_at(period, "start") if isinstance(period, dict) else ""
    return text_at(observation, "effectiveDateTime") or text_at(observation, "effectiveInstant") or start


def _reference(one: Resource, key: str) -> str:
    target = one.get(key)
    if not isinstance(target, dict):
        return ""
    identifier = target.get("identifier")
    named = text_at(identifier, "value") if isinstance(identifier, dict) else ""
    return text_at(target, "reference") or named or text_at(target, "display")


def _addresses(resource: Resource) -> Iterable[str]:
    identity = text_at(resource, "id")
    return [
        one for one in (f"{resource['resourceType']}/{identity}" if identity else "", text_at(resource, "\0url")) if one
    ]


def _table(rows: Sequence[tuple[str, ...]]) -> pa.Table:
    return text_table(COLUMNS, list(zip(*rows, strict=True)) if rows else [()] * len(COLUMNS))
