"""Which columns of a long table, one measurement a line, hold the study, the label, the value, the unit, the valve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from types import MappingProxyType
from typing import NoReturn

from grading.columns.contents import Texts, holds_limits, unit_of
from grading.columns.headers import fold, match
from grading.errors import UsageError, nearest, option
from grading.longtable.contents import (
    holds_dates,
    holds_directions,
    holds_marks,
    holds_means,
    holds_units,
    holds_visits,
)
from grading.longtable.repeats import RULES
from grading.longtable.vocabulary import vocabulary
from grading.reference.languages import role_elsewhere

#: role -> the option that names its column
ROLES = MappingProxyType({"id": "id", "name": "name", "value": "value", "unit": "unit_column", "valve": "valve_column"})
#: the same with the roles that are found by what stands in their columns
OPTIONS = MappingProxyType({**ROLES, "direction": "direction_column", "chosen": "chosen_column"})


@dataclass(frozen=True, slots=True)
class LongColumns:
    """The headers of a long table's columns, and the rule for repeats.

    Args:
        id: names the study; None: the whole file is one.
        unit, valve, direction, chosen, derivation: None where there is none.
        also: further columns that name the study together with `id`.
        of_a_study: columns that differ between studies and not within one.
        keep: columns, or labels, that are kept in the wide table.
        limits: holds marks ('<') that make limits of the values.
        blank: columns in which nothing was found so far; they are watched.
        rest: columns of which nothing is known.
    """

    id: str | None
    name: str
    value: str
    unit: str | None = None
    valve: str | None = None
    repeats: str = "mean"
    _: KW_ONLY
    also: tuple[str, ...] = ()
    direction: str | None = None
    chosen: str | None = None
    derivation: str | None = None
    limits: str | None = None
    of_a_study: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The columns that name the study together; none when the file is one study."""
        return () if self.id is None else (self.id, *self.also)

    def places(self, header: Sequence[str]) -> dict[str, int]:
        """Role -> index of its column; those of the whole study under 'study COLUMN', watched ones 'blank COLUMN'.

        Raises UsageError for a column that is absent, shared or a measurement's.
        """
        roles = (*OPTIONS, "derivation", "limits")
        named = {role: column for role in roles if (column := getattr(self, role)) is not None}
        for role, column in [*named.items(), *(("id", column) for column in self.also)]:
            if header.count(column) != 1:
                problem = f"appears {header.count(column)} times; rename one" if column in header else "is not there."
                raise UsageError(f"column {column!r} {problem}{nearest(column, header)}", about=OPTIONS.get(role, role))
        used = [*named.items(), *(("id", column) for column in self.also)]
        if len({column for _, column in used}) < len(used):
            raise UsageError(f"one column is named for two things: {', '.join(f'{r} {c!r}' for r, c in used)}")
        for column in self.ids:
            if (meaning := match(column)) is not None:
                problem = f"column {column!r} reads as {meaning.measurement}; rename it, to study_id say"
                raise UsageError(problem, about="id")
        if self.repeats not in RULES:
            raise UsageError(f"expected one of {', '.join(RULES)}, found {self.repeats!r}", about="repeats")
        studies = dict.fromkeys((*self.also, *self.of_a_study, *(name for name in self.keep if name in header)))
        places = {role: header.index(column) for role, column in named.items()}
        places |= {f"study {column}": header.index(column) for column in studies}
        return places | {f"blank {column}": header.index(column) for column in self.blank}


def guess_columns(
    header: Sequence[str], given: Mapping[str, str] | None = None, one_study: bool = False, repeats: str = "mean",
    also: Sequence[str] = (), keep: Sequence[str] = (), first: Mapping[str, Texts] | None = None,
) -> LongColumns:  # fmt: skip
    """The columns of a long table: those `given` by role, the others by usual names or by what stands in them.

    Args:
        header: the headers.
        given: role (id, name, value, unit, valve, direction, chosen) -> column.
        one_study: the whole file is one study.
        repeats: the rule for repeats.
        also: further columns that name the study.
        keep: columns or labels to be kept.
        first: header -> the texts of the first lines, where they are known.
    Raises:
        UsageError: when a column that is needed is absent, or when two could be it.

    >>> guess_columns(["study_id", "measurement", "result", "unit"]).value
    'result'
    >>> guess_columns(["id", "name", "value", "uom"], first={"uom": {"mm": 2, "cm²": 1}}).unit
    'uom'
    """
    named = dict(given or {})
    if one_study and "id" in named:
        both = f"{option('id', named['id'])} and {option('one_study')}"
        raise UsageError(f"{both} contradict each other; give one of them")

    def find(role: str) -> str | None:
        return named.get(role) or _by_name(header, role)

    id_ = None if one_study else find("id") or _absent(header, "id")
    name, value = find("name") or _absent(header, "name"), find("value") or _absent(header, "value")
    valve = find("valve")
    taken = {*also, *named.values(), *filter(None, (id_, name, value, valve))}
    known = first or {}
    free = {column: _filled(known.get(column, {})) for column in header if column not in taken and not match(column)}
    limits = next((column for column, texts in free.items() if holds_limits(column, texts)), None)
    free.pop(limits or "", None)
    unit = named.get("unit") or _unit_column(free)
    direction = named.get("direction") or _direction_column(free)
    chosen = named.get("chosen") or _by_name([c for c, texts in free.items() if holds_marks(texts)], "chosen")
    derivation = _derivation_column(free)
    taken |= set(filter(None, (unit, direction, chosen, derivation, limits)))
    rest = {column: texts for column, texts in free.items() if column not in taken}
    of_a_study = tuple(column for column, texts in rest.items() if _tells_studies_apart(column, texts))
    return LongColumns(
        id_, name, value, unit, valve, repeats, also=tuple(also), direction=direction, chosen=chosen,
        derivation=derivation, limits=limits,
        keep=tuple(dict.fromkeys(name for name in keep if name not in (id_, *also))),
        blank=tuple(column for column, texts in rest.items() if column in known and not texts),
        of_a_study=of_a_study, rest=tuple(column for column in rest if column not in (*of_a_study, *keep)),
    )  # fmt: skip


def _by_name(header: Sequence[str], role: str) -> str | None:
    """The one column that is called as the role's usually is; None when there is none."""
    if role == "valve":
        columns = [h for h in header if (meaning := match(h)) is not None and meaning.measurement == "valve"]
        return _only(role, columns)
    for names in vocabulary().names[role]:
        usual = {fold(name) for name in names}
        if columns := [column for column in header if fold(column) in usual]:
            return _only(role, columns)
    columns = [column for column in header if role_elsewhere(column) == role]
    return _only(role, columns) if columns else None


def _only(role: str, columns: Sequence[str]) -> str | None:
    if len(columns) > 1:
        several = " and ".join(repr(name) for name in columns)
        raise UsageError(f"columns {several} could each hold the {role}; say which one with {option(OPTIONS[role])}")
    return columns[0] if columns else None


def _filled(texts: Texts) -> Texts:
    return {text: lines for text, lines in texts.items() if text.strip()}


def _unit_column(free: Mapping[str, Texts]) -> str | None:
    """The column of units: by what stands in it, whatever it is called, or by its name."""
    named = [column for column in free if unit_of(column) == ""]
    partly = [column for column in named if any(map(vocabulary().is_unit, free[column]))]
    columns = list(dict.fromkeys([*partly, *(column for column, texts in free.items() if holds_units(texts))]))
    if not columns:
        return _by_name(list(free), "unit") or _only("unit", named)
    # columns that say the same of every line are one
    return _only("unit", [columns[0], *(column for column in columns[1:] if free[column] != free[columns[0]])])


def _direction_column(free: Mapping[str, Texts]) -> str | None:
    """The column of the direction of flow: by what stands in it, first the one with a usual name, or by its name."""
    columns = [column for column, texts in free.items() if holds_directions(texts)]
    return _by_name(columns, "direction") or _only("direction", columns) or _by_name(list(free), "direction")


def _derivation_column(free: Mapping[str, Texts]) -> str | None:
    """The column that says which lines are means of others: by what stands in it, or by its name."""
    columns = [column for column, texts in free.items() if holds_means(texts)]
    return columns[0] if len(columns) == 1 else _first_by_name(columns or list(free), "derivation")


def _first_by_name(header: Sequence[str], role: str) -> str | None:
    """The first column that is called as the role's usually is, the best name first."""
    usual = [fold(name) for names in vocabulary().names[role] for name in names]
    return min((c for c in header if fold(c) in usual), key=lambda c: usual.index(fold(c)), default=None)


def _tells_studies_apart(column: str, texts: Texts) -> bool:
    return vocabulary().tells_studies_apart(column) or holds_dates(texts) or holds_visits(texts)


def _absent(header: Sequence[str], role: str) -> NoReturn:
    one_study = f", or {option('one_study')} when the whole file is one study" if role == "id" else ""
    usual = [name for names in vocabulary().names[role] for name in names]
    raise UsageError(
        f"no column is called {', '.join(usual[:3])} or the like to hold the {role} "
        f"(found: {', '.join(header)}); give {option(OPTIONS[role])}{one_study}"
    )


def looks_long(header: Sequence[str]) -> bool:
    """True when the headers are those of a table with one measurement a line.

    >>> looks_long(["study_id", "label", "value", "unit"]), looks_long(["study_id", "mr_eroa_cm2"])
    (True, False)
    """
    try:
        guess_columns(header, one_study=True)
    except UsageError:
        return False
    return True
