"""One guideline table from its TOML file and the lists it includes, every row, rule and place checked on the way in."""

from __future__ import annotations

import hashlib
from importlib.resources.abc import Traversable
from typing import Any

from grading.errors import TableError, take
from grading.reference.catalogue import load_catalogue, read_toml, tables
from grading.reference.condition import LADDER, Vocabulary, parse_condition
from grading.reference.decision_reader import DecisionReader
from grading.reference.measurement import VALVES, Catalogue
from grading.reference.row_reader import RESTS_ON, RowReader, known
from grading.reference.scale import GRADES, by_severity
from grading.reference.shared_list import include
from grading.reference.table import ALL, Caution, Group, Lead, Rule, Stage, Table

CAUTIONS = "cautions.toml"
_TABLE_KEYS = (
    "guideline", "valve", "scheme", "rests_on", "next_test", "grades", "groups", "decision", "rules", "lead",
    "cautions", "stages",
)  # fmt: skip
_OPTIONAL = ("decision", "rules", "lead", "cautions", "stages")
_CAUTION_KEYS = ("when", "text", "at", "general")


class _Reader:
    """Reads one file and what it includes; `read` holds the bytes of both, which the digest covers."""

    def __init__(self, file: Traversable, catalogue: Catalogue) -> None:
        self.data, self.file, self.catalogue = read_toml(file), file.name, catalogue
        self.read = [file.read_bytes()]
        take(self.data, _TABLE_KEYS, [k for k in _TABLE_KEYS if k not in _OPTIONAL], self.file)
        known(self.data["valve"], VALVES, "valve", self.file)
        known(self.data["rests_on"], RESTS_ON, "rests_on", self.file)
        for grade in self.data["grades"]:
            known(grade, GRADES[1:], "grade", self.file)
        self.grades = tuple(self.data["grades"])
        if list(self.grades) != by_severity(self.grades):
            raise TableError(f"{self.file}: grades stand mildest first: {', '.join(by_severity(self.grades))}")

    def table(self) -> Table:
        """The whole table."""
        data = self.data
        rows = RowReader(self.file, self.catalogue, self.grades, data["rests_on"])
        groups = {name: rows.group(name, group) for name, group in data["groups"].items()}
        vocabulary = self._vocabulary(groups)
        rules, lead = self._decision(groups, vocabulary)
        cautions = [*self._shared_cautions(), *data.get("cautions", ())]
        return Table(
            guideline=data["guideline"], valve=data["valve"], scheme=data["scheme"], rests_on=data["rests_on"],
            next_test=data["next_test"], grades=self.grades, groups=groups, rules=rules, lead=lead,
            cautions=tuple(self._caution(caution, vocabulary) for caution in cautions),
            stages=tuple(self._stage(stage, vocabulary) for stage in data.get("stages", ())),
            digest=hashlib.sha256(b"\0".join(self.read)).hexdigest(),
        )  # fmt: skip

    def _vocabulary(self, groups: dict[str, Group]) -> Vocabulary:
        """What conditions may name; `all` where every counted group has the same steps."""
        steps = {name: tuple(group.steps) for name, group in groups.items()}
        counted = {tuple(group.steps) for group in groups.values() if group.counted}
        if len(counted) == 1:
            steps[ALL] = counted.pop()
        own = self.data.get("decision", {})
        numbers = {key: str(value) for key, value in own.items() if isinstance(value, int)}
        ladder = own.get("ladder", {})
        of_groups = [step for of_group in steps.values() for step in of_group]
        for step, place in ladder.items():
            known(step, of_groups, "step", f"{self.file}: decision.ladder")
            known(place, LADDER, "place on the ladder", f"{self.file}: decision.ladder")
        return Vocabulary(self.catalogue, steps, numbers, ladder)

    def _decision(self, groups: dict[str, Group], vocabulary: Vocabulary) -> tuple[tuple[Rule, ...], Lead | None]:
        """The rules in their order, and where the quantities lead: the table's own, or those of a list it names."""
        data, own = self.data, self.data.get("decision")
        if ("rules" in data) == (own is not None) or (own is not None and "lead" in data):
            raise TableError(f"{self.file}: give either `rules` or a [decision] that names a shared list")
        rows, lead = data.get("rules", []), data.get("lead")
        if own is not None:
            shared = include(own, vocabulary, self.file)
            self.read.append(shared.content)
            rows, lead = shared.rules, shared.lead
        reader = DecisionReader(self.file, vocabulary, self.grades, groups, own or {})
        rules = reader.rules(rows)
        if lead is None:
            return rules, None
        outcomes, last = reader.lead(lead, (own or {}).get("raise", []))
        return (*rules, last), outcomes

    def _shared_cautions(self) -> list[dict[str, Any]]:
        """Cautions of every table of this valve, or of those named."""
        rows = [row for row in shared_cautions(read_toml(tables() / CAUTIONS)) if self._concerns(row)]
        rows = [{key: row[key] for key in _CAUTION_KEYS if key in row} for row in rows]
        self.read.append(repr(rows).encode())
        return rows

    def _concerns(self, row: dict[str, Any]) -> bool:
        of_guideline = row.get("guidelines", [self.data["guideline"]])
        return self.data["valve"] in row["valves"] and self.data["guideline"] in of_guideline

    def _caution(self, data: dict[str, Any], vocabulary: Vocabulary) -> Caution:
        where = f"{self.file}: caution {data.get('text', '?')[:40]!r}"
        take(data, _CAUTION_KEYS, ("text", "at"), where)
        when = tuple(parse_condition(text, vocabulary, where) for text in data.get("when", []))
        if bool(when) == bool(data.get("general", False)):
            raise TableError(f"{where}: give either `when` or `general = true`")
        return Caution(when, data["text"], data["at"], not when)

    def _stage(self, data: dict[str, Any], vocabulary: Vocabulary) -> Stage:
        where = f"{self.file}: stage {data.get('stage', '?')}"
        take(data, ("stage", "grade", "when", "at"), ("stage", "grade", "when", "at"), where)
        for grade in data["grade"]:
            known(grade, self.grades, "grade", where)
        when = tuple(parse_condition(text, vocabulary, where) for text in data["when"])
        return Stage(data["stage"], tuple(data["grade"]), when, data["at"])


def shared_cautions(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of cautions.toml. Raises TableError for a valve or a guideline that does not exist."""
    papers = read_toml(tables() / "references.toml")
    take(data, ("cautions",), ("cautions",), CAUTIONS)
    rows: list[dict[str, Any]] = data["cautions"]
    for row in rows:
        where = f"{CAUTIONS}: {row.get('text', '?')[:40]!r}"
        take(row, ("valves", "guidelines", *_CAUTION_KEYS), ("valves", "text", "at"), where)
        for valve in row["valves"]:
            known(valve, VALVES, "valve", where)
        for guideline in row.get("guidelines", []):
            known(guideline, tuple(papers), "guideline", where)
    return rows


def read_table(file: Traversable, catalogue: Catalogue | None = None) -> Table:
    """One table from its file. Raises TableError naming file, row, what is wrong and what is allowed."""
    return _Reader(file, catalogue or load_catalogue()).table()
