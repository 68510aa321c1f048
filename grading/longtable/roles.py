"""Which columns of a long table, one measurement a line, hold the study, the label, the value, the unit, the valve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NoReturn

from grading.columns.headers import fold, match
from grading.errors import UsageError, nearest, option
from grading.longtable.repeats import RULES

#: role -> the option that names its column
ROLES = MappingProxyType({"id": "id", "name": "name", "value": "value", "unit": "unit_column", "valve": "valve_column"})

#: role -> how its column is usually called; the column of the valve is known by the catalogue
_USUAL = MappingProxyType(
    {
        "id": ("study_id", "study", "id", "exam_id", "exam", "examination", "echo_id", "accession", "accession_number"),
        "name": ("name", "label", "measurement", "measurement_name", "parameter"),
        "value": ("value", "result", "measurement_value"),
        "unit": ("unit", "units"),
    }
)


@dataclass(frozen=True, slots=True)
class LongColumns:
    """The headers of a long table's columns (`id` None: the whole file is one study), and the rule for repeats."""

    id: str | None
    name: str
    value: str
    unit: str | None
    valve: str | None
    repeats: str = "mean"

    def places(self, header: Sequence[str]) -> dict[str, int]:
        """Role -> index of its column. Raises UsageError for a column that is absent, shared or a measurement's."""
        named = {role: column for role in ROLES if (column := getattr(self, role)) is not None}
        for role, column in named.items():
            if header.count(column) != 1:
                found = f"appears {header.count(column)} times; rename one" if column in header else "is not there."
                raise UsageError(f"column {column!r} {found}{nearest(column, header)}", about=ROLES[role])
        if len(set(named.values())) < len(named):
            raise UsageError(f"one column is named for two things: {', '.join(f'{r} {c!r}' for r, c in named.items())}")
        if self.id is not None and (meant := match(self.id)) is not None:
            raise UsageError(f"column {self.id!r} reads as {meant.measurement}; rename it, to study_id say", about="id")
        if self.repeats not in RULES:
            raise UsageError(f"expected one of {', '.join(RULES)}, found {self.repeats!r}", about="repeats")
        return {role: header.index(column) for role, column in named.items()}


def guess_columns(
    header: Sequence[str], given: Mapping[str, str] | None = None, one_study: bool = False, repeats: str = "mean"
) -> LongColumns:
    """The columns of a long table: those `given` by role (id, name, value, unit, valve), the others by usual names.

    Raises UsageError when one that is needed is absent, or when two could be it.

    >>> guess_columns(["study_id", "measurement", "result", "unit"]).value
    'result'
    """
    columns = dict(given or {})
    if one_study and "id" in columns:
        both = f"{option('id', columns['id'])} and {option('one_study')}"
        raise UsageError(f"{both} contradict each other; give one of them")

    def find(role: str) -> str | None:
        return columns.get(role) or _guess(header, role)

    return LongColumns(
        None if one_study else find("id") or _absent(header, "id"),
        find("name") or _absent(header, "name"),
        find("value") or _absent(header, "value"),
        find("unit"),
        find("valve"),
        repeats,
    )


def _guess(header: Sequence[str], role: str) -> str | None:
    """The one column that is called as the role's usually is; None when there is none."""
    if role == "valve":
        candidates = [h for h in header if (found := match(h)) is not None and found.measurement == "valve"]
    else:
        usual = {fold(name) for name in _USUAL[role]}
        candidates = [h for h in header if fold(h) in usual]
    if len(candidates) > 1:
        several = " and ".join(repr(name) for name in candidates)
        raise UsageError(f"columns {several} could each hold the {role}; say which one with {option(ROLES[role])}")
    return candidates[0] if candidates else None


def _absent(header: Sequence[str], role: str) -> NoReturn:
    one_study = f", or {option('one_study')} when the whole file is one study" if role == "id" else ""
    raise UsageError(
        f"no column is called {', '.join(_USUAL[role][:3])} or the like to hold the {role} "
        f"(found: {', '.join(header)}); give {option(ROLES[role])}{one_study}"
    )
