"""What the tables of some guidelines ask for: their criteria, and which findings only refine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import load_guideline
from grading.reference.measurement import Word
from grading.reference.table import Table


def tables_of(guidelines: Sequence[str], valve: str) -> Iterator[Table]:
    """The tables that some guidelines have for a valve."""
    for guideline in guidelines:
        table = load_guideline(guideline).tables.get(valve)
        if table is not None:
            yield table


@cache
def criteria_of(guidelines: tuple[str, ...], valve: str) -> frozenset[str]:
    """The measurements that are criteria of a valve.

    >>> "eroa" in criteria_of(("ase-2017",), "mitral"), "mechanism" in criteria_of(("ase-2017",), "mitral")
    (True, False)
    """
    return frozenset(row.name for table in tables_of(guidelines, valve) for _, row in table.rows())


@cache
def decided_by(guidelines: tuple[str, ...], valve: str) -> frozenset[str]:
    """The findings by which rules decide before anything is counted: the record, the images, the fit with the patient.

    >>> sorted(decided_by(("ase-2017",), "mitral"))
    ['clinical_discordance', 'image_quality', 'regurgitation']
    """
    rules = (rule for table in tables_of(guidelines, valve) for rule in table.rules)
    return frozenset(condition.subject for rule in rules for condition in rule.when if condition.test is None)


def only_refines(name: str, guidelines: tuple[str, ...], valve: str) -> bool:
    """True for a word of context that is no criterion of a valve and that no rule decides by: where it cannot be read,
    what it would have decided is not assessed, and the valve is graded without it.

    >>> only_refines("mechanism", ("ase-2017",), "mitral"), only_refines("flail_leaflet", ("ase-2017",), "mitral")
    (True, False)
    """
    measurement = load_catalogue()[name]
    of_context = isinstance(measurement, Word) and measurement.group == "context" and name != "valve"
    return of_context and name not in criteria_of(guidelines, valve) | decided_by(guidelines, valve)
