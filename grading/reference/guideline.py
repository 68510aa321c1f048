"""The guidelines there are: their papers and their tables by valve."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from grading.errors import TableError, UsageError, nearest
from grading.reference.catalogue import read_toml, tables
from grading.reference.measurement import VALVES
from grading.reference.table import Table
from grading.reference.table_reader import read_table

#: the guideline that grades when none is named
DEFAULT_GUIDELINE = "ase-2017"


@dataclass(frozen=True, slots=True)
class Guideline:
    """One paper: its reference and its tables by valve."""

    id: str
    title: str
    citation: str
    doi: str
    tables: Mapping[str, Table]

    @property
    def cited(self) -> str:
        """The paper with its DOI, as texts name it."""
        return f"{self.citation}. doi {self.doi}"


@cache
def references() -> Mapping[str, Mapping[str, str]]:
    """The papers the tables come from, by id, from references.toml."""
    return MappingProxyType(read_toml(tables() / "references.toml"))


def list_guidelines() -> list[str]:
    """The ids of the guidelines there are tables for.

    >>> "ase-2017" in list_guidelines()
    True
    """
    return sorted(folder.name for folder in tables().iterdir() if folder.is_dir() and folder.name in references())


def covering(valve: str) -> list[str]:
    """The guidelines that have a table for a valve.

    >>> covering("pulmonic")
    ['ase-2017', 'ase-2017-cmr']
    """
    return [guideline for guideline in list_guidelines() if valve in load_guideline(guideline).tables]


def expand(guidelines: Iterable[str]) -> list[str]:
    """Guideline ids with 'all' spelled out, each once. Raises UsageError for an unknown id."""
    ids = [one for asked in guidelines for one in (list_guidelines() if asked == "all" else [asked])]
    return [load_guideline(one).id for one in dict.fromkeys(ids)]


@cache
def load_guideline(guideline: str) -> Guideline:
    """A guideline with its tables. Raises UsageError for an unknown id, TableError for a table that cannot be trusted.

    >>> sorted(load_guideline("ase-2017").tables)
    ['aortic', 'mitral', 'pulmonic', 'tricuspid']
    """
    if guideline not in list_guidelines():
        known = list_guidelines()
        raise UsageError(f"no guideline {guideline!r}.{nearest(str(guideline), known)} There are: {', '.join(known)}")
    paper = references()[guideline]
    read = {
        file.name.removesuffix(".toml"): read_table(file)
        for file in (tables() / guideline).iterdir()
        if file.name.endswith(".toml")
    }
    for valve, table in read.items():
        if (table.guideline, table.valve) != (guideline, valve):
            raise TableError(f"{guideline}/{valve}.toml says it is {table.guideline}/{table.valve}")
    ordered = {valve: read[valve] for valve in VALVES if valve in read}
    return Guideline(guideline, paper["title"], paper["citation"], paper["doi"], MappingProxyType(ordered))


def tables_digest() -> str:
    """The first twelve hex digits of a SHA-256 over the names and contents of all tables: equal tables, equal digest.

    >>> len(tables_digest())
    12
    """
    folders = [tables(), *(entry for entry in tables().iterdir() if entry.is_dir())]
    found = {f"{folder.name}/{file.name}": file for folder in folders for file in folder.iterdir()}
    digest = hashlib.sha256()
    for name in sorted(name for name in found if name.endswith(".toml")):
        content = found[name].read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:12]


def not_covered(guideline: str, valve: str) -> str:
    """The sentence for a valve a guideline has no table for."""
    covered = ", ".join(load_guideline(guideline).tables)
    return f"{guideline} does not grade {valve} regurgitation (it covers: {covered}); choose another guideline."


def check_covered(guideline: str, valve: str) -> str:
    """The id of a guideline that has a table for a valve. Raises UsageError for every other."""
    if valve not in load_guideline(guideline).tables:
        raise UsageError(not_covered(guideline, valve))
    return guideline
