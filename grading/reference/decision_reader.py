"""The decision of a guideline table: rules in their order, and where one quantity of each step leads.

A table holds its own list, or names one of `reference_tables/decisions/` that several tables share, with the numbers
and the place that are its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from grading.errors import TableError, take
from grading.reference.condition import LADDER, STEPS, Condition, Vocabulary, parse_condition
from grading.reference.row_reader import cited, known
from grading.reference.scale import CERTAINTIES
from grading.reference.table import LEAD, NO_PULL, PULLS, Group, Lead, Outcome, Raise, Rule

#: what a rule's sentence may hold: {group}, {group.step}, {group.measured}, {next_test}, a word like {regurgitation}
PLACEHOLDER = re.compile(r"\{([\w.-]+)\}")
#: what a certainty that depends on the group may be: of all rows that agree, or of more than half of them
BY_GROUP = ("quantified", "majority")
#: grades that stand without a range
NO_RANGE = ("insufficient_data", "not_covered")
_RULE_KEYS = ("rule", "when", "when_any", "cases", "grade", "range", "certainty", "because", "at", "reading", "own")
_CASE_KEYS = ("when", "grade", "range", "certainty", "because", "at", "reading")


class DecisionReader:
    """Reads the rules of one table. `own`: what the table says of a shared list (numbers, texts, its ladder)."""

    def __init__(
        self,
        file: str,
        vocabulary: Vocabulary,
        grades: tuple[str, ...],
        groups: Mapping[str, Group],
        own: dict[str, Any],
    ) -> None:
        self.file, self.vocabulary, self.groups = file, vocabulary, groups
        first = next(iter(groups.values()))
        ends = list(dict.fromkeys(first.steps.values()))
        self.named = {"lowest": ends[0], "highest": ends[-1]}
        self.grades = grades
        self.texts = {key: value for key, value in own.items() if isinstance(value, str)}

    def rules(self, rows: list[dict[str, Any]]) -> tuple[Rule, ...]:
        """Every alternative of every rule, in order."""
        return tuple(rule for row in rows for rule in self._alternatives(row))

    def _alternatives(self, row: dict[str, Any]) -> Iterator[Rule]:
        where = f"{self.file}: rule {row.get('rule', '?')}"
        take(row, _RULE_KEYS, ("rule",), where)
        shared = {key: value for key, value in row.items() if key not in ("when", "when_any", "cases")}
        for case in row.get("cases", [{}]):
            take(case, _CASE_KEYS, (), where)
            for alternative in row.get("when_any", [[]]):
                when = [*row.get("when", []), *alternative, *case.get("when", [])]
                yield self._rule({**shared, **case, "when": when}, where)

    def _rule(self, row: dict[str, Any], where: str) -> Rule:
        take(row, _RULE_KEYS, ("because",), where)
        cited(row, where)
        if "grade" not in row and "range" not in row:
            raise TableError(f"{where}: `grade` or `range` is needed")
        grade = self._grade(row["grade"], where) if "grade" in row else "indeterminate"
        low, high = self._ends(row["range"], where) if "range" in row else (grade, grade)
        certainty = row.get("certainty", "indeterminate" if grade == "indeterminate" else "")
        self._certainty(certainty, where)
        because = self._text(row["because"])
        self._placeholders(because, where)
        return Rule(
            number=row["rule"], when=self.conditions(row["when"], where), grade=grade, low=low, high=high,
            certainty=certainty, because=because, at=self._text(row.get("at", "")),
            reading=self._text(row.get("reading", "")), shared=self._shared_line(row),
        )  # fmt: skip

    def _shared_line(self, row: dict[str, Any]) -> str:
        name = self.texts.get("rules", "")
        return f"{name}: rule {row['rule']}, {' and '.join(row['when'])}" if name and not row.get("own") else ""

    def conditions(self, texts: list[str], where: str) -> tuple[Condition, ...]:
        """Conditions of a rule, in the steps and numbers of this table."""
        return tuple(parse_condition(text, self.vocabulary, where) for text in texts)

    def _text(self, text: str) -> str:
        """A place with what the table says put in: '{figure}' is 'Figure 18, p 333'."""
        for key, value in self.texts.items():
            text = text.replace(f"{{{key}}}", value)
        return text

    def _grade(self, token: str, where: str) -> str:
        token = self.named.get(token, token)
        group, dot, tally = token.partition(".")
        if not (dot and group in self.vocabulary.groups and tally in STEPS) and token != LEAD:
            known(token, (*self.grades, "insufficient_data"), "grade", where)
        return token

    def _ends(self, text: str, where: str) -> tuple[str, str]:
        low, to, high = text.partition(" to ")
        if not to:
            raise TableError(f"{where}: range {text!r}: expected 'mild to severe'")
        return self._grade(low, where), self._grade(high, where)

    def _certainty(self, token: str, where: str) -> None:
        group, dot, kind = token.partition(".")
        if not (dot and group in self.vocabulary.groups and kind in BY_GROUP):
            known(token, CERTAINTIES[1:], "certainty", where)

    def _placeholders(self, because: str, where: str) -> None:
        for placeholder in PLACEHOLDER.findall(because):
            group, dot, asked = placeholder.partition(".")
            steps = self.vocabulary.groups.get(group)
            if placeholder == "next_test" or placeholder in self.vocabulary.catalogue.words:
                continue
            if steps is None or (dot and asked not in (*steps, "measured")):
                allowed = ", ".join(("next_test", *self.vocabulary.groups))
                raise TableError(f"{where}: no placeholder {{{placeholder}}}. Allowed: {allowed}")

    def lead(self, row: dict[str, Any], raises: list[dict[str, Any]]) -> tuple[Lead, Rule]:
        """Where one quantity of each step leads, and the rule that leaves the decision to it."""
        where = f"{self.file}: lead"
        keys = ("rule", "group", "pull", "steps", "raise", "because", "at", "reading")
        take(row, keys, ("rule", "group", "steps", "because"), where)
        cited(row, where)
        known(row["group"], tuple(self.groups), "group", where)
        group = self.groups[row["group"]]
        for name in row.get("pull", {}):
            known(name, PULLS[1:], "pull", where)
        pulls = tuple((PULLS.index(name), self.conditions(texts, where)) for name, texts in row.get("pull", {}).items())
        outcomes = tuple(self._outcomes(step, row["steps"], where) for step in group.steps)
        for line in group.rows:
            if line.labels != tuple(group.steps):
                raise TableError(f"{where}: {group.name}.{line.key} must name every step of its group once, in order")
        every = [self._raise(r, group, where) for r in (*row.get("raise", []), *raises)]
        lead = Lead(group=group.name, pulls=pulls, outcomes=outcomes, raises=tuple(r for r in every if r is not None))
        rule = Rule(
            number=row["rule"], when=(), grade=LEAD, low=LEAD, high=LEAD, certainty="indeterminate",
            because=row["because"], at=self._text(row.get("at", "")), reading=self._text(row.get("reading", "")),
        )  # fmt: skip
        return lead, rule

    def _outcomes(self, step: str, steps: Mapping[str, Mapping[str, str]], where: str) -> tuple[Outcome, ...]:
        place = self.vocabulary.ladder.get(step, step)
        known(place, tuple(steps), "step", where)
        return tuple(self._outcome(steps[place].get(pull, steps[place][PULLS[NO_PULL]]), where) for pull in PULLS)

    def _outcome(self, text: str, where: str) -> Outcome:
        """'severe'; 'mild to severe', which names no grade; 'moderate, moderate to severe'; ' [P]' or ' [R]' behind."""
        words, _, mark = text.partition(" [")
        grade, comma, ends = words.partition(", ")
        if not comma:
            ends = words
        low, high = self._ends(ends, where) if " to " in ends else (self._grade(ends, where),) * 2
        grade = grade if comma or low == high else "indeterminate"
        return Outcome(grade=grade, low=low, high=high, mark=mark.rstrip("]"))

    def _raise(self, row: dict[str, Any], group: Group, where: str) -> Raise | None:
        """A raise of one step; None where the table does not have the step."""
        take(row, ("step", "to", "when", "because", "at", "reading"), ("step", "to", "when", "because"), where)
        cited(row, where)
        known(row["step"], LADDER, "step", where)
        own = [i for i, step in enumerate(group.steps, 1) if self.vocabulary.ladder.get(step, step) == row["step"]]
        if not own:
            return None
        return Raise(
            step=own[0], to=self._grade(row["to"], where), when=self.conditions(row["when"], where),
            because=row["because"], at=self._text(row.get("at", "")), reading=self._text(row.get("reading", "")),
        )  # fmt: skip
