"""One guideline table from its TOML file, every row, rule and place checked on the way in."""

from __future__ import annotations

import hashlib
import re
from fractions import Fraction
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

from grading.errors import TableError, nearest, take
from grading.reference.catalogue import VALVES, Catalogue, Number, load_catalogue, read_toml
from grading.reference.condition import Condition, parse_condition
from grading.reference.scale import CERTAINTIES, GRADES, NO_GRADE, Scale, parse_scale
from grading.reference.table import ALL, Caution, Group, Row, Rule, Stage, Table
from grading.reference.units import ratio

ROLES = ("criteria", "quantitative", "supportive")
#: how a line was seen: in the paper itself, or only in trustworthy reproductions of it
RESTS_ON = ("paper", "reproductions")
#: what a rule's sentence may hold: {group}, {group.step}, {group.measured}, {next_test}
PLACEHOLDER = re.compile(r"\{([\w.-]+)\}")

_TABLE_KEYS = (
    "guideline",
    "valve",
    "scheme",
    "rests_on",
    "next_test",
    "grades",
    "groups",
    "rules",
    "cautions",
    "stages",
)
_ROW_KEYS = (
    "measurement",
    "unit",
    "scale",
    "words",
    "given",
    "unless",
    "instead_of",
    "at",
    "reading",
    "note",
    "rests_on",
)


class _Reader:
    """Reads one file; keeps what every row needs to be checked against."""

    def __init__(self, data: dict[str, Any], file: str, catalogue: Catalogue) -> None:
        self.data, self.file, self.catalogue = data, file, catalogue
        take(data, _TABLE_KEYS, [k for k in _TABLE_KEYS if k not in ("cautions", "stages")], file)
        if data["valve"] not in VALVES:
            raise TableError(f"{file}: no valve {data['valve']!r}. Allowed: {', '.join(VALVES)}")
        self.known(data["rests_on"], RESTS_ON, "rests_on", file)
        for grade in data["grades"]:
            self.known(grade, GRADES[1:], "grade", file)
        self.grades = tuple(data["grades"])
        self.steps: dict[str, tuple[str, ...]] = {}

    def known(self, token: str, allowed: tuple[str, ...], what: str, where: str) -> None:
        if token not in allowed:
            raise TableError(f"{where}: no {what} {token!r}.{nearest(token, allowed)} Allowed: {', '.join(allowed)}")

    def conditions(self, texts: list[str], where: str, tallies: bool = True) -> tuple[Condition, ...]:
        groups = self.steps if tallies else {}
        return tuple(parse_condition(text, self.catalogue, where, groups) for text in texts)

    def cited(self, row: dict[str, Any], where: str) -> None:
        if not row.get("at") and not row.get("reading"):
            raise TableError(f"{where}: citation missing: give `at` (place in the paper) or `reading` (our decision)")

    def group(self, name: str, data: dict[str, Any]) -> Group:
        where = f"{self.file}: groups.{name}"
        take(data, ("title", "at", "role", "steps", "rows"), ("title", "at", "role", "rows"), where)
        self.known(data["role"], ROLES, "role", where)
        steps = data.get("steps", {grade: grade for grade in self.grades})
        for grade in steps.values():
            self.known(grade, self.grades, "grade", where)
        self.steps[name] = tuple(steps)
        if data["role"] != "supportive" and name != ALL:
            shared = self.steps.setdefault(ALL, tuple(steps))
            self.steps[ALL] = shared if shared == tuple(steps) else ()
        rows: dict[str, Row] = {}
        for row_name, row in data["rows"].items():
            rows[row_name] = self.row(row_name, row, rows, tuple(steps), f"{where}.{row_name}")
        return Group(name, data["title"], data["at"], data["role"], MappingProxyType(steps), tuple(rows.values()))

    def row(self, key: str, data: dict[str, Any], before: dict[str, Row], steps: tuple[str, ...], where: str) -> Row:
        take(data, _ROW_KEYS, (), where)
        self.cited(data, where)
        name = data.get("measurement", key)
        if name not in self.catalogue:
            known = [*self.catalogue.numbers, *self.catalogue.words]
            raise TableError(f"{where}: no measurement {name!r} in the catalogue.{nearest(name, known)}")
        original = before.get(data.get("instead_of", ""))
        if "instead_of" in data and original is None:
            raise TableError(f"{where}: it stands in for {data['instead_of']!r}, which is not a row above it")
        measurement = self.catalogue[name]
        if isinstance(measurement, Number):
            labels, scale, unit = self.number_bands(measurement, data, original, where)
            to_catalogue = ratio(unit, measurement.unit)
        else:
            labels, scale, unit = self.word_bands(name, data, where), None, ""
            to_catalogue = Fraction(1)
        for label in labels:
            if label != NO_GRADE:
                self.known(label.rstrip("+-"), steps, "step", where)
        rests_on = data.get("rests_on", self.data["rests_on"])
        self.known(rests_on, RESTS_ON, "rests_on", where)
        return Row(
            key, name, labels, scale, unit, to_catalogue,
            self.conditions(data.get("given", []), where, tallies=False),
            self.conditions(data.get("unless", []), where, tallies=False),
            data.get("instead_of", ""), data.get("at", ""), data.get("reading", ""), data.get("note", ""), rests_on,
        )  # fmt: skip

    def number_bands(
        self, measurement: Number, data: dict[str, Any], original: Row | None, where: str
    ) -> tuple[tuple[str, ...], Scale, str]:
        if "scale" not in data and original is not None and original.scale is not None:
            return original.labels, original.scale, original.unit
        take(data, _ROW_KEYS, ("unit", "scale"), where)
        self.known(data["unit"], measurement.units, "unit", where)
        try:
            scale = parse_scale(data["scale"])
        except TableError as error:
            raise TableError(f"{where}: {error}") from error
        return scale.labels, scale, data["unit"]

    def word_bands(self, name: str, data: dict[str, Any], where: str) -> tuple[str, ...]:
        take(data, _ROW_KEYS, ("words",), where)
        values = self.catalogue.words[name].values
        for value in data["words"]:
            self.known(value, values, f"value of {name}", where)
        return tuple(data["words"].get(value, NO_GRADE) for value in values)

    def rule(self, data: dict[str, Any]) -> Rule:
        where = f"{self.file}: rule {data.get('rule', '?')}"
        keys = ("rule", "when", "grade", "range", "certainty", "because", "at", "reading")
        take(data, keys, ("rule", "when", "certainty", "because"), where)
        self.cited(data, where)
        if "grade" not in data and "range" not in data:
            raise TableError(f"{where}: `grade` or `range` is needed")
        if not data["certainty"].endswith(".agree"):
            self.known(data["certainty"], CERTAINTIES[1:], "certainty", where)
        low, high = data.get("range", (data.get("grade"), data.get("grade")))
        for end in (low, high):
            self.named_grade(end, where)
        self.placeholders(data["because"], where)
        grade = data.get("grade", "indeterminate")
        when = self.conditions(data["when"], where)
        return Rule(
            data["rule"], when, grade, low, high, data["certainty"], data["because"],
            data.get("at", ""), data.get("reading", ""),
        )  # fmt: skip

    def named_grade(self, token: str, where: str) -> None:
        group, dot, tally = token.partition(".")
        if dot and group in self.steps and tally in ("low", "high", "agree", "agree_low", "agree_high"):
            return
        self.known(token, (*self.grades, "insufficient_data"), "grade", where)

    def placeholders(self, because: str, where: str) -> None:
        for placeholder in PLACEHOLDER.findall(because):
            group, dot, asked = placeholder.partition(".")
            steps = self.steps.get(group)
            if placeholder != "next_test" and (steps is None or (dot and asked not in (*steps, "measured"))):
                raise TableError(
                    f"{where}: no placeholder {{{placeholder}}}. Allowed: next_test, {', '.join(self.steps)}"
                )

    def caution(self, data: dict[str, Any]) -> Caution:
        where = f"{self.file}: caution {data.get('text', '?')[:40]!r}"
        take(data, ("when", "text", "at"), ("when", "text", "at"), where)
        return Caution(self.conditions(data["when"], where), data["text"], data["at"])

    def stage(self, data: dict[str, Any]) -> Stage:
        where = f"{self.file}: stage {data.get('stage', '?')}"
        take(data, ("stage", "grade", "when", "at"), ("stage", "grade", "when", "at"), where)
        for grade in data["grade"]:
            self.known(grade, self.grades, "grade", where)
        return Stage(data["stage"], tuple(data["grade"]), self.conditions(data["when"], where), data["at"])

    def table(self, digest: str) -> Table:
        data = self.data
        groups = {name: self.group(name, group) for name, group in data["groups"].items()}
        rules = tuple(self.rule(rule) for rule in data["rules"])
        cautions = tuple(self.caution(caution) for caution in data.get("cautions", ()))
        stages = tuple(self.stage(stage) for stage in data.get("stages", ()))
        return Table(
            data["guideline"], data["valve"], data["scheme"], data["rests_on"], data["next_test"], self.grades,
            MappingProxyType(groups), rules, cautions, stages, digest,
        )  # fmt: skip


def read_table(file: Traversable, catalogue: Catalogue | None = None) -> Table:
    """One table from its file. Raises TableError naming file, row, what is wrong and what is allowed."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return _Reader(read_toml(file), file.name, catalogue or load_catalogue()).table(digest)
