"""A person's own cases as a file: valve, guideline, and measurement names with their values. Nothing else is in it.

A file is never trusted: what it names is looked up in the catalogue, and what it holds is read as if it were typed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from grading.case import Case
from grading.errors import UsageError
from grading.reading.values import ERROR, read_values
from grading.reference.catalogue import check_valve, load_catalogue
from grading.reference.guideline import load_guideline, not_covered

#: the first key of a file, with the number of its format
FORMAT, VERSION = "echograde cases", 1
#: the most that is read: bytes of a file, cases, and characters of one value
LONGEST, MOST, LONGEST_VALUE = 200_000, 100, 40
_KEYS = ("valve", "guideline", "values")


@dataclass(frozen=True, slots=True)
class SavedCase:
    """A case of one's own: values by catalogue name, as text with unit. It has no name, so that it names nobody."""

    valve: str
    guideline: str
    values: Mapping[str, str]


def saved_case(case: Case) -> SavedCase:
    """A graded case as one to save: what was entered and read. Raises UsageError for one that was not graded.

    >>> from grading import grade
    >>> dict(saved_case(grade("mitral", eroa="41 mm2", cw_jet="dense")).values)
    {'eroa': '41 mm2', 'cw_jet': 'dense'}
    """
    if case.decision is None or not case.reading.entered:
        raise UsageError(f"a case is saved when it is graded; this one is not: {case.reason}")
    words = load_catalogue().words
    values = {
        name: words[name].values[int(entered.value) - 1] if name in words else entered.text
        for name, entered in case.reading.entered.items()
    }
    return SavedCase(case.valve, case.guideline, MappingProxyType(values))


def written(cases: Sequence[SavedCase]) -> str:
    """The file of some cases.

    >>> case = SavedCase("mitral", "ase-2017", {"eroa": "41 mm2"})
    >>> read(written([case]).encode()) == (case,)
    True
    """
    rows = [{"valve": one.valve, "guideline": one.guideline, "values": dict(one.values)} for one in cases]
    return json.dumps({FORMAT: VERSION, "cases": rows}, indent=2, ensure_ascii=False) + "\n"


def read(data: bytes) -> tuple[SavedCase, ...]:
    """The cases of a file. Raises UsageError with a sentence for a file that is not whole and sound: none of it is
    used then.

    >>> read(b"{}")
    Traceback (most recent call last):
        ...
    grading.errors.UsageError: this is no file of saved cases; expected one that this page wrote
    """
    rows = _rows(data)
    if len(rows) > MOST:
        raise UsageError(f"the file holds {len(rows)} cases; at most {MOST} are read")
    return tuple(_case(row, f"case {place} of the file") for place, row in enumerate(rows, 1))


def _rows(data: bytes) -> list[Any]:
    if len(data) > LONGEST:
        raise UsageError(f"the file has {len(data)} bytes; saved cases have at most {LONGEST}")
    try:
        found = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        found = None
    known = isinstance(found, dict) and found.keys() == {FORMAT, "cases"} and isinstance(found["cases"], list)
    if not known or found[FORMAT] != VERSION:
        raise UsageError("this is no file of saved cases; expected one that this page wrote")
    return list(found["cases"])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Pairs of a file as a dictionary. Raises ValueError for a name that is there twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is there twice")
    return found


def _case(row: Any, where: str) -> SavedCase:
    if not isinstance(row, dict) or set(row) != set(_KEYS):
        raise UsageError(f"{where} does not hold {', '.join(_KEYS)}, and nothing else")
    valve, guideline, values = (row[key] for key in _KEYS)
    texts = isinstance(values, dict) and all(isinstance(text, str) for text in (valve, guideline, *values.values()))
    if not texts:
        raise UsageError(f"{where} holds something that is no text; values are texts such as '41 mm2'")
    try:
        known = check_valve(_cut(valve))
        covered = load_guideline(_cut(guideline)).tables
        if known not in covered:
            raise UsageError(not_covered(guideline, known))
        return SavedCase(known, guideline, _values(values, known))
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None


def _values(values: Mapping[str, str], valve: str) -> Mapping[str, str]:
    offered = {measurement.name for measurement in load_catalogue().enterable(valve)}
    for name, text in values.items():
        if name not in offered:
            raise UsageError(f"{_cut(name)!r} is no measurement of the {valve} valve")
        if len(text) > LONGEST_VALUE:
            raise UsageError(f"{name} has {len(text)} characters; a value has at most {LONGEST_VALUE}")
    reading = read_values(values)
    unread = [issue.message for issue in reading.issues if issue.severity == ERROR]
    if unread:
        raise UsageError(unread[0])
    if not reading.entered:
        raise UsageError("it holds no value")
    return MappingProxyType(dict(values))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
