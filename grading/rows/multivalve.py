"""What another leaking valve makes unreliable, in a row that grades several valves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from grading.engine.decide import Decision
from grading.engine.methods import METHODS
from grading.errors import TableError, take
from grading.reference.catalogue import load_catalogue, read_toml, tables
from grading.reference.measurement import VALVES
from grading.reference.scale import GRADES, Mask

#: grades that do not say that a valve leaks
NO_LEAK = ("", "none", "trace", "insufficient_data", "not_covered")


@dataclass(frozen=True, slots=True)
class Coexisting:
    """Beside a leak of `other`, these measurements of `valve` are unreliable where they were entered, or are not worked
    out (`withheld`)."""

    valve: str
    other: str
    entered: tuple[str, ...]
    withheld: tuple[str, ...]
    text: str
    at: str


@cache
def cautions() -> tuple[Coexisting, ...]:
    """The cautions of multivalve.toml. Raises TableError for an unknown valve or measurement, and for one that is
    worked out all the same."""
    read = []
    for row in read_toml(tables() / "multivalve.toml")["cautions"]:
        where = f"multivalve.toml: {row.get('valve', '?')} beside {row.get('other', '?')}"
        take(row, ("valve", "other", "entered", "withheld", "text", "at"), ("valve", "other", "text", "at"), where)
        entered, withheld = tuple(row.get("entered", ())), tuple(row.get("withheld", ()))
        unknown = [v for v in (row["valve"], row["other"]) if v not in VALVES]
        unknown += [name for name in entered if name not in load_catalogue()]
        invalid = [m.target for m in METHODS if row["valve"] in m.valves and m.invalid_beside == row["other"]]
        unknown += [name for name in withheld if name not in invalid]
        if unknown:
            raise TableError(f"{where}: unknown {unknown[0]!r}")
        read.append(Coexisting(row["valve"], row["other"], entered, withheld, row["text"], row["at"]))
    return tuple(read)


def leaks(decisions: list[Decision]) -> Mask:
    """Rows in which a valve leaks, or may: graded above a trace, recorded as present, or assessed but not graded."""
    no_leak = [GRADES.index(grade) for grade in NO_LEAK]
    leaking = np.zeros(len(decisions[0].grade), np.bool_)
    ungraded = ~leaking
    assessed = leaking.copy()
    for decision in decisions:
        leaking |= ~np.isin(decision.grade, no_leak)
        ungraded &= decision.grade == GRADES.index("insufficient_data")
        assessed |= _assessed(decision)
    recorded = decisions[0].filled.columns.get("regurgitation")
    if recorded is not None:
        leaking |= recorded == load_catalogue().words["regurgitation"].code("present")
    return leaking | (ungraded & assessed)


def _assessed(decision: Decision) -> Mask:
    """Rows in which something of the valve itself was measured; chamber sizes are the heart's, not the leak's."""
    voiced = np.zeros(len(decision.grade), np.bool_)
    for voice in decision.tallies.values():
        for row in voice.group.rows:
            measurement = load_catalogue()[row.name]
            if row.key in voice.bands and not measurement.shared and measurement.group != "derived":
                voiced |= voice.bands[row.key] != 0
    return voiced


def unreliable(decisions: Mapping[str, list[Decision]]) -> Iterator[tuple[str, str, Mask, str]]:
    """(valve, measurement, rows, sentence) for everything that another leak makes unreliable."""
    for caution in cautions():
        if not decisions.get(caution.valve) or not decisions.get(caution.other):
            continue
        other = leaks(decisions[caution.other])
        filled = decisions[caution.valve][0].filled
        entries = [(name, filled.entered(name) & other) for name in caution.entered if name in filled.columns]
        entries += [
            (w.target, w.rows) for w in filled.withheld if w.beside == caution.other and w.target in caution.withheld
        ]
        for name, rows in entries:
            sentence = f"{load_catalogue()[name].label} of the {caution.valve} valve {caution.text} [{caution.at}]"
            yield caution.valve, name, rows, sentence
