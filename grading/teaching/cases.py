"""Teaching cases: invented findings, each with the answer it demands. They are read from `teaching_cases.toml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cache
from types import MappingProxyType
from typing import Any

from grading.case import Case, grade
from grading.errors import TableError, UsageError, listed, nearest, take
from grading.reading.values import ERROR, read_values
from grading.reference.catalogue import check_valve, load_catalogue, read_toml, tables
from grading.reference.guideline import list_guidelines, load_guideline
from grading.reference.scale import CERTAINTIES
from grading.reference.table import Table
from grading.teaching.quiz import UNGRADED

FILE = "teaching_cases.toml"
KINDS = ("mild", "moderate", "severe", "discordant", "indeterminate", "insufficient", "none", "trap")
#: how much a case asks of a learner, least first
LEVELS = ("beginner", "intermediate", "advanced")
#: the kinds that stand for a valve in a row of examples
EXAMPLES = ("mild", "moderate", "severe", "discordant")
#: the two cases of a valve that stand beside each other
SIDES = ("mild side", "severe side")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The answer a case demands. `low` and `high` are None where there is too little to grade by; `stage` is the stage
    of the disease, where the table gives one."""

    grade: str
    certainty: str
    rule: int
    low: str | None = None
    high: str | None = None
    stage: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeachingCase:
    """An invented case: findings, the answer worked out by hand from the paper, and what it teaches.

    `values` are by catalogue name, as a person types them. `level` is one of `LEVELS`, `stage` one of `SIDES` or empty;
    `trap` names the known mistake of a case of kind 'trap' and is empty for the others. `moves` is the measurement
    that takes the grade through its steps, where one does.
    """

    id: str
    valve: str
    guideline: str
    title: str
    story: str
    kind: str
    level: str
    values: Mapping[str, Any]
    expect: Expected
    teaches: str
    trap: str = ""
    stage: str = ""
    moves: str = ""

    @property
    def typed(self) -> dict[str, str]:
        """The values as text, as a form takes them."""
        return {name: str(value) for name, value in self.values.items()}


def _allow(value: object, allowed: Sequence[object], what: str, where: str) -> None:
    if value not in allowed:
        near = nearest(str(value), map(str, allowed))
        raise TableError(f"{where}: no {what} {value!r}.{near} Allowed: {', '.join(map(str, allowed))}")


def _take(row: dict[str, Any], record: type[TeachingCase | Expected], where: str) -> None:
    """Refuse keys the record does not have, and ask for those that have no default."""
    needed = [field.name for field in fields(record) if field.default is MISSING]
    take(row, [field.name for field in fields(record)], needed, where)


def _expected(row: dict[str, Any], table: Table, where: str) -> Expected:
    _take(row, Expected, where)
    _allow(row["grade"], (*table.answers, *UNGRADED), "grade", where)
    _allow(row["certainty"], CERTAINTIES[1:], "certainty", where)
    _allow(row["rule"], sorted({rule.number for rule in table.rules}), "rule", where)
    for end in (row[key] for key in ("low", "high") if key in row):
        _allow(end, table.answers, "grade", where)
    _allow(row.get("stage"), (None, *dict.fromkeys(stage.stage for stage in table.stages)), "stage", where)
    return Expected(**row)


def _values(row: dict[str, Any], valve: str, where: str) -> Mapping[str, Any]:
    names = [measurement.name for measurement in load_catalogue().enterable(valve)]
    for name in row:
        if name not in names:
            raise TableError(f"{where}: no measurement {name!r} of the {valve} valve.{nearest(name, names)}")
    reading = read_values(row)
    unread = [issue.message for issue in reading.issues if issue.severity == ERROR]
    unread += [f"{name} holds no value" for name in row if not unread and name not in reading.entered]
    if unread:
        raise TableError(f"{where}: {unread[0]}")
    return MappingProxyType(row)


def _case(row: dict[str, Any], file: str) -> TeachingCase:
    where = f"{file}: case {row.get('id', '?')!r}"
    _take(row, TeachingCase, where)
    _allow(row["guideline"], list_guidelines(), "guideline", where)
    tables = load_guideline(row["guideline"]).tables
    _allow(row["valve"], tuple(tables), f"valve of {row['guideline']}", where)
    _allow(row["kind"], KINDS, "kind", where)
    _allow(row["level"], LEVELS, "level", where)
    _allow(row.get("stage", ""), ("", *SIDES), "stage", where)
    _allow(row.get("moves", ""), ("", *row["values"]), "measurement to move", where)
    if bool(row.get("trap")) != (row["kind"] == "trap"):
        raise TableError(f"{where}: `trap` names the mistake of a case of kind 'trap', and of no other")
    expect = _expected(row["expect"], tables[row["valve"]], f"{where}, expect")
    return TeachingCase(**row | {"values": _values(row["values"], row["valve"], where), "expect": expect})


def read_teaching_cases(data: dict[str, Any], file: str = FILE) -> tuple[TeachingCase, ...]:
    """The cases of one TOML dictionary, in its order. Raises TableError naming file, case and what is wrong."""
    take(data, ("cases",), ("cases",), file)
    cases: dict[str, TeachingCase] = {}
    for row in data["cases"]:
        case = _case(row, file)
        if case.id in cases:
            raise TableError(f"{file}: case {case.id!r} is there twice; give one of them another id")
        cases[case.id] = case
    return tuple(cases.values())


@cache
def load_teaching_cases() -> tuple[TeachingCase, ...]:
    """All cases of this version, read once.

    >>> load_teaching_cases()[0].id
    'mitral-soft-apical-murmur'
    """
    return read_teaching_cases(read_toml(tables() / FILE))


def teaching_case(id: str) -> TeachingCase:
    """One case by its id. Raises UsageError for one that does not exist, with the nearest."""
    cases = {case.id: case for case in load_teaching_cases()}
    if id not in cases:
        raise UsageError(f"no teaching case {id!r}.{nearest(id, cases)} There are: {listed(list(cases))}")
    return cases[id]


def graded(case: TeachingCase) -> Case:
    """The case as the program grades it.

    >>> graded(teaching_case("mitral-two-against-one")).certainty
    'majority'
    """
    return grade(case.valve, case.guideline, **case.values)


def _of(valve: str) -> list[TeachingCase]:
    known = check_valve(valve)
    return [case for case in load_teaching_cases() if case.valve == known]


def stage_pair(valve: str) -> tuple[TeachingCase, TeachingCase]:
    """The two cases of a valve to draw beside each other: the mild and the severe one. Raises UsageError."""
    mild, severe = (next(case for case in _of(valve) if case.stage == side) for side in SIDES)
    return mild, severe


def moving_case(valve: str) -> TeachingCase:
    """The case of a valve to move one measurement of. Raises UsageError.

    >>> moving_case("mitral").moves
    'pisa_radius'
    """
    return next(case for case in _of(valve) if case.moves)


def examples(valve: str) -> tuple[TeachingCase, ...]:
    """The first case of a valve of each kind of `EXAMPLES`. Raises UsageError.

    >>> [case.kind for case in examples("aortic")]
    ['mild', 'moderate', 'severe', 'discordant']
    """
    cases = _of(valve)
    return tuple(next(case for case in cases if case.kind == kind) for kind in EXAMPLES)
