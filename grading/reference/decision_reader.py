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
from grading.reference.row_reader import RECORDS, cited, known
from grading.reference.scale import CERTAINTIES, SEVERITY
from grading.reference.table import LEAD, NO_PULL, PULLS, Group, Lead, Outcome, Raise, Rule

#: what a rule's sentence may hold: {group}, {group.step}, {group.measured}, {next_test}, a word like {regurgitation}
PLACEHOLDER = re.compile(r"\{([\w.-]+)\}")
#: what a certainty that depends on the group may be: of all rows that agree, or of more than half of them
BY_GROUP = ("quantified", "majority")
_RULE_KEYS = ("rule", "when", "when_any", "cases", "grade", "range", "certainty", "because", "at", "reading", "own")
_CASE_KEYS = ("when", "grade", "range", "certainty", "because", "at", "reading")
#: words for the first and the last step or grade of a table, which a shared list may use
ENDS = ("lowest", "highest")
_OUTCOME = re.compile(r"(?P<words>[^][]+) \[(?P<mark>[PR])\]")


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
        self.named = dict(zip(ENDS, (ends[0], ends[-1]), strict=True))
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
        return Rule(
            number=row["rule"], when=self.conditions(row["when"], where), grade=grade, low=low, high=high,
            certainty=certainty, shared=self._shared_line(row), **self._texts(row, where),
        )  # fmt: skip

    def _shared_line(self, row: dict[str, Any]) -> str:
        name = self.texts.get("rules", "")
        return f"{name}: rule {row['rule']}, {' and '.join(row['when'])}" if name and not row.get("own") else ""

    def conditions(self, texts: list[str], where: str) -> tuple[Condition, ...]:
        """Conditions of a rule, in the steps and numbers of this table."""
        return tuple(parse_condition(text, self.vocabulary, where) for text in texts)

    def _texts(self, row: dict[str, Any], where: str) -> dict[str, str]:
        """The sentence, the place and the reading with what the table says put in: '{figure}' is 'Figure 18, p 333'."""
        texts = {}
        for name in ("because", "at", "reading"):
            text = row.get(name, "")
            for key, value in self.texts.items():
                text = text.replace(f"{{{key}}}", value)
            texts[name] = text
        self._placeholders(texts["because"], where)
        for name in ("at", "reading"):
            if left := PLACEHOLDER.search(texts[name]):
                raise TableError(f"{where}: `{name}` puts in {left[0]}, which the table does not say")
        return texts

    def _grade(self, token: str, where: str) -> str:
        token = self.named.get(token, token)
        group, dot, tally = token.partition(".")
        if not (dot and group in self.vocabulary.groups and tally in STEPS) and token != LEAD:
            known(token, tuple(dict.fromkeys((*RECORDS, *self.grades, "insufficient_data"))), "grade", where)
        return token

    def _ends(self, text: Any, where: str) -> tuple[str, str]:
        least, to, most = text.partition(" to ") if isinstance(text, str) else ("", "", "")
        if not to:
            raise TableError(f"{where}: range {text!r}: expected 'mild to severe'")
        low, high = self._grade(least, where), self._grade(most, where)
        if low in SEVERITY and high in SEVERITY and SEVERITY.index(low) >= SEVERITY.index(high):
            raise TableError(f"{where}: range {text!r}: the milder grade stands first")
        return low, high

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
        for name in row["steps"]:
            known(name, (*LADDER, *group.steps), "step", f"{where}.steps")
        pulls = tuple((PULLS.index(name), self.conditions(texts, where)) for name, texts in row.get("pull", {}).items())
        outcomes = tuple(self._outcomes(step, row["steps"], where) for step in group.steps)
        for line in group.rows:
            if line.labels != tuple(group.steps):
                raise TableError(f"{where}: {group.name}.{line.key} must name every step of its group once, in order")
        places = [self.vocabulary.ladder.get(step, step) for step in group.steps]
        shared = [line for line in row.get("raise", []) if line.get("step") in places or line.get("step") not in LADDER]
        every = tuple(self._raise(line, places, f"{where}: raise") for line in (*shared, *raises))
        lead = Lead(group=group.name, pulls=pulls, outcomes=outcomes, raises=every)
        rule = Rule(
            number=row["rule"], when=(), grade=LEAD, low=LEAD, high=LEAD, certainty="indeterminate",
            **self._texts(row, where),
        )  # fmt: skip
        return lead, rule

    def _outcomes(self, step: str, steps: Mapping[str, Mapping[str, str]], where: str) -> tuple[Outcome, ...]:
        place = self.vocabulary.ladder.get(step, step)
        where = f"{where}.steps.{place}"
        if place not in steps:
            raise TableError(f"{where}: it is missing; expected where one quantity of this step leads")
        take(steps[place], PULLS, (PULLS[NO_PULL],), where)
        return tuple(self._outcome(steps[place].get(pull, steps[place][PULLS[NO_PULL]]), where) for pull in PULLS)

    def _outcome(self, text: str, where: str) -> Outcome:
        """'severe'; 'mild to severe', which names no grade; 'moderate, moderate to severe'; ' [P]' or ' [R]' behind."""
        match = _OUTCOME.fullmatch(text)
        if match is None:
            raise TableError(f"{where}: {text!r} does not end in its mark; expected '[P]' published or '[R]' a reading")
        words = match["words"]
        grade, comma, ends = words.partition(", ")
        if not comma:
            ends = words
        low, high = self._ends(ends, where) if " to " in ends else (self._grade(ends, where),) * 2
        grade = self._grade(grade, where) if comma or low == high else "indeterminate"
        return Outcome(grade=grade, low=low, high=high, mark=match["mark"])

    def _raise(self, row: dict[str, Any], places: list[str], where: str) -> Raise:
        take(row, ("step", "to", "when", "because", "at", "reading"), ("step", "to", "when", "because"), where)
        cited(row, where)
        known(row["step"], places, "step", where)
        return Raise(
            step=places.index(row["step"]) + 1, to=self._grade(row["to"], where),
            when=self.conditions(row["when"], where), **self._texts(row, where),
        )  # fmt: skip
