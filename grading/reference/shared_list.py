"""A list of rules that several tables include, with what each table says beside it.

What a list asks of its tables is read off the list: numbers that its conditions call by name
(`specific.severe >= most`) and texts that its sentences put in (`{figure}`). A table that leaves one out, or says
something that the list does not ask, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from grading.errors import TableError, take
from grading.reference.catalogue import read_toml, tables
from grading.reference.condition import LADDER, Vocabulary, split_condition
from grading.reference.decision_reader import ENDS, PLACEHOLDER
from grading.reference.row_reader import known

FOLDER: Final = "decisions"
#: what a table may always say beside a list
_OWN_KEYS = ("rules", "rule", "raise", "ladder")


@dataclass(frozen=True, slots=True)
class SharedList:
    """The rules of a list with those of the table that includes it, and where the quantities lead.

    `content`: the bytes of the list, which the digest of the table covers.
    """

    rules: list[dict[str, Any]]
    lead: dict[str, Any] | None
    content: bytes


def include(own: dict[str, Any], vocabulary: Vocabulary, file: str) -> SharedList:
    """The list that a table's [decision] names, with the table's own rules in their places. Raises TableError."""
    where = f"{file}: decision"
    if "rules" not in own:
        raise TableError(f"{where}: 'rules' is missing; expected the name of a shared list")
    folder = tables() / FOLDER
    names = sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    known(own["rules"], names, "shared list of rules", where)
    source = folder / f"{own['rules']}.toml"
    data = read_toml(source)
    take(data, ("rules", "lead"), ("rules",), source.name)
    asked = asked_of_tables(data, vocabulary)
    take(own, (*_OWN_KEYS, *asked), asked, where)
    if "raise" in own and "lead" not in data:
        raise TableError(f"{where}: a step is raised, but {own['rules']} does not ask where the quantities lead")
    return SharedList(_with_own(data["rules"], own.get("rule", []), where), data.get("lead"), source.read_bytes())


def asked_of_tables(data: Mapping[str, Any], vocabulary: Vocabulary) -> list[str]:
    """The numbers and texts that a list leaves to the tables that include it."""
    steps = [step for group in vocabulary.groups.values() for step in group]
    answered = (*steps, *LADDER, *ENDS, *vocabulary.groups, *vocabulary.catalogue.words, "next_test")
    asked: dict[str, None] = {}
    for text in _texts(data):
        subject, _, value = split_condition(text)
        if "." in subject and value.isidentifier():
            asked[value] = None
        asked |= dict.fromkeys(name for name in PLACEHOLDER.findall(text) if "." not in name)
    return [name for name in asked if name not in answered]


def _texts(part: Any) -> Iterator[str]:
    """Every text of a list, however deep."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping | list):
        for value in part.values() if isinstance(part, Mapping) else part:
            yield from _texts(value)


def _with_own(shared: list[dict[str, Any]], own: list[dict[str, Any]], where: str) -> list[dict[str, Any]]:
    """The shared rules with those that only this table has, each ahead of the shared rule that it names."""
    rules = list(shared)
    numbers = list(dict.fromkeys(str(rule["rule"]) for rule in shared))
    for row in own:
        known(str(row.get("ahead_of", "")), numbers, "shared rule to stand ahead_of", where)
        place = next(i for i, rule in enumerate(rules) if rule["rule"] == row["ahead_of"])
        rules.insert(place, {key: value for key, value in row.items() if key != "ahead_of"} | {"own": True})
    return rules
