"""What the proofs and the vectors of every table come to, counted when the site is built."""

from __future__ import annotations

from collections.abc import Iterator

from grading.explanation.readings import every_reading, readings_of
from grading.proofs.verify import TableProof, check_shared, verify
from grading.reading.vectors import read_vectors, vector_file
from grading.reference.catalogue import load_catalogue
from grading.reference.row_reader import RESTS_ON
from grading.reference.table import Table
from site_pages.markdown import table
from site_pages.tables import every_table, name_of, title_of

_HEADS = ("Table", "Vectors", "Situations", "Moves towards worse", "Cut-offs moved", "Failures", "Readings")


def vectors_of(one: Table) -> int:
    """How many vectors a table has."""
    return len(read_vectors(vector_file(one.guideline, one.valve)))


def comparisons() -> str:
    """A line a table, and the sum."""
    proofs = [verify(one) for one in every_table()]
    check_shared(proofs)
    rows = [_counts(proof) for proof in proofs]
    total = [sum(column) for column in zip(*rows, strict=True)]
    names = [f"[{title_of(one)}](../reference/tables/{name_of(one)}.md)" for one in every_table()]
    lines = [[name, *(f"{number:,}" for number in row)] for name, row in zip(names, rows, strict=True)]
    return table(_HEADS, [*lines, ["**all**", *(f"**{number:,}**" for number in total)]])


def _counts(proof: TableProof) -> tuple[int, ...]:
    readings = len(list(readings_of(proof.table)))
    found = (vectors_of(proof.table), proof.situations, proof.moves, proof.moved)
    return (*found, len(proof.failures), readings)


def not_confirmed() -> str:
    """What rests on no paper, or on no paper that was read, counted."""
    return "\n".join(f"* {line}" for line in _not_confirmed()) + "\n"


def _not_confirmed() -> Iterator[str]:
    every = every_reading()
    of_tables = sum(bool(one.guideline) for one in every)
    yield (
        f"**Readings.** {len(every)} decisions stand where the papers are silent, {of_tables} "
        "of them in a table. No panel confirmed any of them. [The list](readings.md)."
    )
    seen = [one for one in every_table() if one.rests_on == RESTS_ON[1]]
    names = ", ".join(f"[{title_of(one)}](../reference/tables/{name_of(one)}.md)" for one in seen)
    yield f"**Reproductions.** {len(seen)} tables were seen in reproductions only, not in the paper: {names}."
    errors = [number.error for number in load_catalogue().numbers.values() if number.error is not None]
    assumed = sum(bool(error.reading) for error in errors)
    yield (
        f"**Measurement errors.** Of {len(errors)} measurements with an error, {assumed} have one that this project "
        "assumes; no table prints it."
    )
