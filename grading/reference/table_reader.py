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
from grading.reference.scale import GRADES
from grading.reference.table import ALL, Caution, Group, Lead, Rule, Stage, Table

DECISIONS = "decisions"
CAUTIONS = "cautions.toml"
_TABLE_KEYS = (
    "guideline", "valve", "scheme", "rests_on", "next_test", "grades", "groups", "decision", "rules", "cautions",
    "stages",
)  # fmt: skip
_OPTIONAL = ("decision", "rules", "cautions", "stages")


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
        for place in ladder.values():
            known(place, LADDER, "place on the ladder", f"{self.file}: decision")
        return Vocabulary(self.catalogue, steps, numbers, ladder)

    def _decision(self, groups: dict[str, Group], vocabulary: Vocabulary) -> tuple[tuple[Rule, ...], Lead | None]:
        own: dict[str, Any] = self.data.get("decision", {})
        if ("rules" in self.data) == bool(own):
            raise TableError(f"{self.file}: give either `rules` or a [decision] that names a shared list")
        raises = own.get("raise", [])
        shared = self._included(own["rules"]) if own else {"rules": self.data["rules"]}
        take(shared, ("rules", "lead"), ("rules",), f"{self.file}: decision")
        reader = DecisionReader(self.file, vocabulary, self.grades, groups, own)
        rules = reader.rules(_with_own(shared["rules"], own.get("rule", []), self.file))
        if "lead" not in shared:
            return rules, None
        lead, last = reader.lead(shared["lead"], raises)
        return (*rules, last), lead

    def _included(self, name: str) -> dict[str, Any]:
        folder = tables() / DECISIONS
        names = sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))
        known(name, names, "shared list of rules", f"{self.file}: decision")
        file = folder / f"{name}.toml"
        self.read.append(file.read_bytes())
        return read_toml(file)

    def _shared_cautions(self) -> list[dict[str, Any]]:
        """Cautions of every table of this valve, or of those named."""
        file = tables() / CAUTIONS
        rows = []
        for row in read_toml(file)["cautions"]:
            take(row, ("valves", "guidelines", "when", "text", "at", "general"), ("valves", "text", "at"), CAUTIONS)
            of_guideline = row.get("guidelines", [self.data["guideline"]])
            if self.data["valve"] in row["valves"] and self.data["guideline"] in of_guideline:
                rows.append({key: row[key] for key in ("when", "text", "at", "general") if key in row})
        self.read.append(repr(rows).encode())
        return rows

    def _caution(self, data: dict[str, Any], vocabulary: Vocabulary) -> Caution:
        where = f"{self.file}: caution {data.get('text', '?')[:40]!r}"
        take(data, ("when", "text", "at", "general"), ("text", "at"), where)
        when = tuple(parse_condition(text, vocabulary, where) for text in data.get("when", []))
        return Caution(when, data["text"], data["at"], bool(data.get("general", False)))

    def _stage(self, data: dict[str, Any], vocabulary: Vocabulary) -> Stage:
        where = f"{self.file}: stage {data.get('stage', '?')}"
        take(data, ("stage", "grade", "when", "at"), ("stage", "grade", "when", "at"), where)
        for grade in data["grade"]:
            known(grade, self.grades, "grade", where)
        when = tuple(parse_condition(text, vocabulary, where) for text in data["when"])
        return Stage(data["stage"], tuple(data["grade"]), when, data["at"])


def _with_own(shared: list[dict[str, Any]], own: list[dict[str, Any]], file: str) -> list[dict[str, Any]]:
    """The shared rules with those that only this table has, each ahead of the shared rule that it names."""
    rules = list(shared)
    for row in own:
        ahead_of = row.get("ahead_of")
        place = next((i for i, rule in enumerate(rules) if rule["rule"] == ahead_of), None)
        if place is None:
            raise TableError(f"{file}: decision: a rule ahead of {ahead_of!r}, which the shared list does not have")
        rules.insert(place, {key: value for key, value in row.items() if key != "ahead_of"} | {"own": True})
    return rules


def read_table(file: Traversable, catalogue: Catalogue | None = None) -> Table:
    """One table from its file. Raises TableError naming file, row, what is wrong and what is allowed."""
    return _Reader(file, catalogue or load_catalogue()).table()
