"""How a word is worked out from numbers and other words, as `derived.toml` holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from grading.errors import TableError, take
from grading.reference.scale import Scale, parse_scale


@dataclass(frozen=True, slots=True)
class ReadFromNumber:
    """One way to read a word off a number: the scale's labels are the word's values."""

    source: str
    unit: str
    scale: Scale
    given: tuple[str, ...]
    valves: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a word is worked out, by `lines` or by `claims`; see derived.toml. `overrides`: also against an entry.

    `place`: where it is printed and what was decided by this project, in words; `reading`: the latter alone; `inputs`:
    the measurements it reads, in the order they are written.
    """

    lines: tuple[ReadFromNumber, ...]
    claims: Mapping[str, tuple[str, ...]]
    otherwise: str
    place: str
    overrides: bool = False
    reading: str = ""
    inputs: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", self._inputs(self.lines))

    def place_for(self, valve: str) -> str:
        """Where it stands, for one valve."""
        return next((line.at for line in self.lines if line.at and valve in line.valves), self.place)

    def inputs_for(self, valve: str) -> tuple[str, ...]:
        """What it reads for one valve."""
        return self._inputs(line for line in self.lines if valve in line.valves)

    def _inputs(self, lines: Iterable[ReadFromNumber]) -> tuple[str, ...]:
        lines = list(lines)
        conditions = [text for line in lines for text in line.given] + [c for cs in self.claims.values() for c in cs]
        names = [line.source for line in lines] + [text.split()[0] for text in conditions]
        return tuple(dict.fromkeys(names))


def read_derivation(
    row: dict[str, Any], word: str, values: tuple[str, ...], every_valve: tuple[str, ...], where: str
) -> Derivation:
    """A derivation as derived.toml holds it. Raises TableError naming the row.

    A line that names no valve holds for every one.
    """
    if "at" not in row and "reading" not in row:
        raise TableError(f"{where}: neither `at` (published) nor `reading` (ours)")
    if ("lines" in row) == ("claims" in row):
        raise TableError(f"{where}: exactly one of `lines` and `claims` is needed")
    lines = []
    for line in row.get("lines", ()):
        take(line, ("from", "unit", "scale", "given", "valves", "at"), ("from", "unit", "scale"), where)
        scale = parse_scale(line["scale"])
        given, valves = tuple(line.get("given", ())), tuple(line.get("valves", every_valve))
        lines.append(ReadFromNumber(line["from"], line["unit"], scale, given, valves, line.get("at", "")))
    claims = {value: tuple(conditions) for value, conditions in row.get("claims", {}).items()}
    named = {label for line in lines for label in line.scale.labels} - {"-"} | set(claims)
    for value in named | ({row["otherwise"]} if "otherwise" in row else set()):
        if value not in values:
            raise TableError(f"{where}: {word} has no value {value!r}. Allowed: {', '.join(values)}")
    seen = ", seen in reproductions" if row.get("rests_on") == "reproductions" else ""
    places = [row["at"] + seen] if "at" in row else []
    places += [f"reading: {row['reading']}"] if "reading" in row else []
    return Derivation(
        tuple(lines), claims, row.get("otherwise", ""), "; ".join(places), bool(row.get("overrides", False)),
        row.get("reading", ""),
    )  # fmt: skip
