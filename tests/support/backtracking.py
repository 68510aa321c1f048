"""How many steps a backtracking matcher takes, counted: Python's own does not say, and seconds depend on the machine.

A small matcher of its own walks the tree that Python parses a pattern into, and counts every node that it tries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

Node = tuple[Any, Any]
MOST = 1_000_000
CATEGORIES = {
    codes.CATEGORY_DIGIT: r"\d", codes.CATEGORY_NOT_DIGIT: r"\D", codes.CATEGORY_SPACE: r"\s",
    codes.CATEGORY_NOT_SPACE: r"\S", codes.CATEGORY_WORD: r"\w", codes.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT)
#: one character of each kind, to find one that a class takes
SAMPLES = "1a-. \t(A_/,;\"'+<>=:!é²\n0%[]{}|e"


class TooManyError(Exception):
    """More than MOST steps."""


@dataclass(slots=True)
class Matcher:
    """A pattern applied to a text; `steps` counts the nodes that were tried."""

    text: str
    flags: int
    steps: int = 0
    groups: dict[int, tuple[int, int]] = field(default_factory=dict)

    def run(self, nodes: list[Node], place: int, at: int) -> Iterator[int]:
        """The ends of every match of the nodes from one on, at a place of the text."""
        if place == len(nodes):
            yield at
            return
        self.steps += 1
        if self.steps > MOST:
            raise TooManyError
        for end in self.one(nodes[place], at):
            yield from self.run(nodes, place + 1, end)

    def one(self, node: Node, at: int) -> Iterator[int]:
        """The ends of every match of one node."""
        kind, value = node
        if kind in REPEATS:
            yield from self.repeat(kind, *value, at=at, done=0)
        elif kind is codes.SUBPATTERN:
            for end in self.run(list(value[3]), 0, at):
                if value[0] is not None:
                    self.groups[value[0]] = (at, end)
                yield end
        elif kind is codes.BRANCH:
            for branch in value[1]:
                yield from self.run(list(branch), 0, at)
        elif kind in (codes.ASSERT, codes.ASSERT_NOT):
            direction, inner = value
            starts = [at] if direction > 0 else [at - inner.getwidth()[0]]
            found = starts[0] >= 0 and any(True for _ in self.run(list(inner), 0, starts[0]))
            if found == (kind is codes.ASSERT):
                yield at
        elif kind is codes.AT:
            if self.is_at(value, at):
                yield at
        elif kind is codes.GROUPREF:
            start, end = self.groups.get(value, (0, 0))
            if self.text.startswith(self.text[start:end], at):
                yield at + end - start
        elif at < len(self.text) and takes(node, self.text[at], self.flags):
            yield at + 1

    def repeat(self, kind: Any, least: int, most: int, body: Any, at: int, done: int) -> Iterator[int]:
        self.steps += 1
        if self.steps > MOST:
            raise TooManyError
        enough = done >= least
        if enough and kind is codes.MIN_REPEAT:
            yield at
        if done < most:
            for end in self.run(list(body), 0, at):
                if end > at or done < least:
                    yield from self.repeat(kind, least, most, body, end, done + 1)
        if enough and kind is codes.MAX_REPEAT:
            yield at

    def is_at(self, value: Any, at: int) -> bool:
        if value in (codes.AT_BEGINNING, codes.AT_BEGINNING_STRING):
            return at == 0
        if value in (codes.AT_END, codes.AT_END_STRING):
            return at == len(self.text)
        words = [
            0 <= place < len(self.text) and re.match(r"\w", self.text[place]) is not None for place in (at - 1, at)
        ]
        return (words[0] != words[1]) == (value is codes.AT_BOUNDARY)


def takes(node: Node, character: str, flags: int) -> bool:
    """True when a node that stands for one character takes it."""
    kind, value = node
    if kind is codes.ANY:
        return bool(flags & re.DOTALL) or character != "\n"
    if kind in (codes.LITERAL, codes.NOT_LITERAL):
        alike = character == chr(value) or (bool(flags & re.IGNORECASE) and character.lower() == chr(value).lower())
        return alike == (kind is codes.LITERAL)
    if kind is codes.IN:
        negated = value[0][0] is codes.NEGATE
        return negated != any(_in(item, character, flags) for item in value if item[0] is not codes.NEGATE)
    raise NotImplementedError(kind)


def _in(item: Node, character: str, flags: int) -> bool:
    kind, value = item
    if kind is codes.RANGE:
        return any(value[0] <= ord(c) <= value[1] for c in {character, character.lower()})
    if kind is codes.CATEGORY:
        return re.match(CATEGORIES[value], character, flags & re.ASCII) is not None
    return takes(item, character, flags)


def shortest(nodes: Iterable[Node], flags: int) -> str:
    """A short text that the nodes take."""
    return "".join(_shortest(node, flags) for node in nodes)


def _shortest(node: Node, flags: int) -> str:
    kind, value = node
    if kind in REPEATS:
        return shortest(value[2], flags) * value[0]
    if kind is codes.SUBPATTERN:
        return shortest(value[3], flags)
    if kind is codes.BRANCH:
        return shortest(value[1][0], flags)
    if kind in (codes.AT, codes.ASSERT, codes.ASSERT_NOT, codes.GROUPREF):
        return ""
    if kind is codes.LITERAL:
        return chr(value)
    return next((character for character in SAMPLES if takes(node, character, flags)), "\u0416")


def pumps(nodes: list[Node], flags: int, before: str = "") -> Iterator[tuple[str, str]]:
    """(what leads to a repeat, what it repeats) for every repeat without an end that counts, those within others too."""
    for place, (kind, value) in enumerate(nodes):
        lead = before + shortest(nodes[:place], flags)
        if kind in REPEATS:
            body = list(value[2])
            if value[1] > 100:
                yield from ((lead, text) for text in _samples(body, flags))
            yield from pumps(body, flags, lead)
        elif kind is codes.SUBPATTERN:
            yield from pumps(list(value[3]), flags, lead)
        elif kind is codes.BRANCH:
            for branch in value[1]:
                yield from pumps(list(branch), flags, lead)


def _samples(body: list[Node], flags: int) -> Iterator[str]:
    """Texts that a repeated part takes: a short one, and one of every character where it is one character."""
    if len(body) == 1 and body[0][0] in (codes.IN, codes.ANY, codes.LITERAL, codes.NOT_LITERAL):
        yield from (character for character in SAMPLES if takes(body[0], character, flags))
    yield shortest(body, flags) or "a"


def steps(pattern: str, flags: int, text: str, anywhere: bool) -> int:
    """Steps to find out that a pattern takes a text, or does not; `anywhere`: to find it wherever it stands in it."""
    tree = list(parser.parse(pattern, flags))
    matcher = Matcher(text, flags | parser.parse(pattern, flags).state.flags)
    try:
        if not anywhere:
            any(end == len(text) for end in matcher.run(tree, 0, 0))
        start = 0
        while anywhere and start <= len(text):
            end = next(matcher.run(tree, 0, start), start)
            start = max(end, start + 1)
    except TooManyError:
        return MOST
    return matcher.steps
