"""Everything that can matter to a grade of a valve: what its tables ask, and what that is worked out from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from grading.engine.methods import METHODS
from grading.reference.catalogue import load_catalogue
from grading.reference.table import Table
from grading.reference.uses import criteria_of, tables_of


@cache
def used_by(guidelines: tuple[str, ...], valve: str) -> frozenset[str]:
    """The measurements that the tables of a valve use, directly or for one that is worked out.

    >>> {"lvot_diameter", "la_volume_index", "sex"} <= used_by(("ase-2017",), "mitral")
    True
    >>> "rv_basal_diameter" in used_by(("ase-2017",), "mitral")
    False
    """
    waiting = [*criteria_of(guidelines, valve), *(n for t in tables_of(guidelines, valve) for n in _asked(t))]
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            waiting += _sources(name, valve)
    return frozenset(used)


def _asked(table: Table) -> Iterator[str]:
    """The measurements that conditions of a table ask: of rows, rules, cautions and stages."""
    conditions = [
        *table.conditions(),
        *(c for _, row in table.rows() for c in (*row.given, *row.unless)),
        *(c for caution in table.cautions for c in caution.when),
        *(c for stage in table.stages for c in stage.when),
    ]
    return (condition.subject for condition in conditions if condition.test is None)


def _sources(name: str, valve: str) -> Iterator[str]:
    """What a measurement can be worked out from."""
    for method in METHODS:
        if method.target == name and valve in method.valves:
            yield from (*method.inputs, *method.optional)
    word = load_catalogue().words.get(name)
    if word is not None and word.derivation is not None:
        yield from word.derivation.inputs
