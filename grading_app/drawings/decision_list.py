"""The decision of a table as a drawing: its rules from the top, each with its questions and what a yes answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from grading.explanation.rule_text import condition_text, grade_of_rule, lead_text, outcome_of_rule
from grading.reference.condition import Condition
from grading.reference.guideline import references
from grading.reference.table import LEAD, PULLS, Lead, Outcome, Rule, Table
from grading.writing import in_words
from grading_app.drawings.svg import Drawing, Point, arrow, document, element, text
from grading_app.drawings.typeface import BOLD, REGULAR, wrapped
from grading_app.palette import GRADE_COLOURS, Theme
from grading_app.signs import with_signs

_WIDTH, _EDGE, _SIZE, _LEADING = 460.0, 8.0, 14.0, 18.0
#: where the way down runs, where questions stand and how much room they have, where answers stand
_WAY, _ASKED, _ROOM, _ANSWER = 18.0, 34.0, 236.0, 304.0
_PAD, _GAP, _BAR = 8.0, 16.0, 7.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a yes leads to: a grade, its range in words, and the grades at both ends ('' where they vary)."""

    grade: str
    between: str
    low: str
    high: str

    @property
    def words(self) -> str:
        """The answer in one line."""
        return f"{self.grade}, {self.between}" if self.between else self.grade


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of a rule: the alternatives of what it asks beyond what the whole rule asks, and its answer."""

    asked: tuple[str, ...]
    answer: Answer


@dataclass(frozen=True, slots=True)
class Block:
    """One rule: what all its lines ask, and its lines in order."""

    number: int
    asked: tuple[str, ...]
    branches: tuple[Branch, ...]


def decision_list(table: Table, theme: Theme) -> Drawing:
    """The decision of a table: each rule in its order, what it asks, and the grade and range of each answer.

    >>> from grading.reference.guideline import load_guideline
    >>> from grading_app.palette import THEMES
    >>> decision_list(load_guideline("esc-2021").tables["mitral"], THEMES["light"]).title
    'ESC 2021: how mitral regurgitation is decided'
    """
    blocks = blocks_of(table)
    shapes, y = list[str](), _EDGE
    for place, block in enumerate(blocks):
        drawn, bottom = _block(block, y, theme)
        shapes.append(drawn)
        if place < len(blocks) - 1:
            shapes.append(_way_on(y + _LEADING, bottom + _GAP, theme))
        y = bottom + _GAP
    if table.lead is not None:
        drawn, y = _lead(table.lead, table, y, theme)
        shapes.append(drawn)
    title = f"{references()[table.guideline]['short']}: how {table.valve} regurgitation is decided"
    return document(title, " ".join(_sentences(blocks, table)), (_WIDTH, y + _EDGE), theme, shapes)


def blocks_of(table: Table) -> list[Block]:
    """The rules of a table as they are drawn: what all lines of a rule ask stands once, above them."""
    return [_block_of(number, list(rules), table) for number, rules in groupby(table.rules, attrgetter("number"))]


def _block_of(number: int, rules: Sequence[Rule], table: Table) -> Block:
    common = [condition for condition in rules[0].when if all(condition in rule.when for rule in rules)]
    branches = []
    for _, alike in groupby(rules, attrgetter("grade", "low", "high")):
        lines = list(alike)
        asked = [_asked([c for c in rule.when if c not in common], table) for rule in lines]
        branches.append(Branch(tuple(dict.fromkeys(asked)), _answer(lines[0], table)))
    shared = tuple(condition_text(c, table) for c in common)
    if len(branches) == 1 and branches[0].asked == ("",):
        return Block(number, (), (Branch((" and ".join(shared),), branches[0].answer),))
    return Block(number, shared, tuple(branches))


def _asked(conditions: Sequence[Condition], table: Table) -> str:
    return " and ".join(condition_text(condition, table) for condition in conditions)


def _answer(rule: Rule, table: Table) -> Answer:
    if rule.grade == LEAD:
        return Answer(outcome_of_rule(rule, table), "", "", "")
    grade, *ends = (grade_of_rule(token, table) for token in (rule.grade, rule.low, rule.high))
    low, high = (end if end in GRADE_COLOURS else "" for end in (rule.low, rule.high))
    return Answer(grade, "" if rule.low == rule.high else " to ".join(ends), low, high)


def _sentences(blocks: Sequence[Block], table: Table) -> Iterator[str]:
    """The drawing in words, for someone who cannot see it."""
    for block in blocks:
        whole = f", if {' and '.join(block.asked)}" if block.asked else ""
        lines = (f"{' or '.join(filter(None, b.asked)) or 'otherwise'}: {b.answer.words}" for b in block.branches)
        yield f"Rule {block.number}{whole}: {'; '.join(lines)}."
    yield from (f"Where the quantities lead, {said}." for said in (lead_text(table.lead, table) if table.lead else ()))


def _lines(words: str, room: float, weight: int = REGULAR) -> list[str]:
    return wrapped(with_signs(words), room, _SIZE, weight)


def _words(lines: Sequence[str], place: Point, theme: Theme, weight: int = REGULAR) -> str:
    x, y = place
    return "".join(
        text((x, y + _LEADING * (row + 0.75)), words, theme.ink, font_size=_SIZE, font_weight=float(weight))
        for row, words in enumerate(lines)
    )


def _box(place: Point, size: Point, theme: Theme) -> str:
    return element(
        "rect", x=place[0], y=place[1], width=size[0], height=size[1], rx=5.0, fill="none", stroke=theme.faint
    )


def _way_on(start: float, end: float, theme: Theme) -> str:
    """The way down from one rule to the next, which a no takes."""
    return arrow([(_WAY, start), (_WAY, (start + end) / 2), (_WAY, end - 2)], theme.faint, 2.0)


def _block(block: Block, top: float, theme: Theme) -> tuple[str, float]:
    """One rule from `top` down, and where it ends."""
    heading = _lines(f"Only if {' and '.join(block.asked)}:", _WIDTH - _ASKED - _EDGE) if block.asked else []
    number = text((_WAY, top + 0.9 * _LEADING), str(block.number), theme.ink, "middle", font_weight=float(BOLD))
    shapes = [number, _words(heading, (_ASKED, top), theme)]
    y = top + _LEADING * len(heading) + (4 if heading else 0)
    for branch in block.branches:
        drawn, y = _branch(branch, y, theme)
        shapes.append(drawn)
        y += 6
    return "".join(shapes), y - 6


def _branch(branch: Branch, top: float, theme: Theme) -> tuple[str, float]:
    asked = _question(branch)
    room = _WIDTH - _EDGE - _ANSWER - _BAR - 2 * _PAD
    grade = _lines(branch.answer.grade, room, BOLD)
    between = _lines(branch.answer.between, room)
    height = 2 * _PAD + _LEADING * max(len(asked), len(grade) + len(between))
    middle = top + height / 2
    shapes = [
        _box((_ASKED, top), (_ROOM + 2 * _PAD, height), theme),
        _words(asked, (_ASKED + _PAD, top + _PAD), theme),
        arrow([(_ASKED + _ROOM + 2 * _PAD, middle), (_ANSWER - 9, middle), (_ANSWER - 3, middle)], theme.faint, 2.0),
        _coloured((_ANSWER, top), (_WIDTH - _EDGE - _ANSWER, height), branch.answer, theme),
        _words(grade, (_ANSWER + _BAR + _PAD, top + _PAD), theme, BOLD),
        _words(between, (_ANSWER + _BAR + _PAD, top + _PAD + _LEADING * len(grade)), theme),
    ]
    return "".join(shapes), top + height


def _question(branch: Branch) -> list[str]:
    """The alternatives of one line; the last one of a rule may ask nothing more."""
    lines = list[str]()
    for place, asked in enumerate(branch.asked):
        lines += _lines(f"{'or ' if place else ''}{asked or 'otherwise'}", _ROOM)
    return lines


def _coloured(place: Point, size: Point, answer: Answer, theme: Theme) -> str:
    """The box of an answer with a bar in the colours of its grade, or of the two ends of its range."""
    (x, y), (_, height) = place, size
    ends = dict.fromkeys((answer.high, answer.low))
    bars = [
        element(
            "rect", x=x, y=y + height / len(ends) * row, width=_BAR, height=height / len(ends),
            fill=GRADE_COLOURS.get(end, theme.paper), stroke=theme.faint,
        )
        for row, end in enumerate(ends)
    ]  # fmt: skip
    return _box(place, size, theme) + "".join(bars)


def _lead(lead: Lead, table: Table, top: float, theme: Theme) -> tuple[str, float]:
    """Where one quantity of each step leads: a row for each step, worst first, a column for where the signs point."""
    pulls = (2, 0, 1) if lead.pulls else (0,)
    group = table.groups[lead.group]
    heads: Mapping[int, str] = {0: "otherwise" if lead.pulls else "leads to"} | {
        pull: f"signs for {PULLS[pull]}" for pull in pulls if pull
    }
    left = _ASKED + 50
    wide = (_WIDTH - _EDGE - left) / len(pulls)
    title = _lines(
        "Where a quantity of each step leads; the range spans what all of them lead to", _WIDTH - 2 * _EDGE, BOLD
    )
    shapes = [_words(title, (_EDGE, top), theme, BOLD)]
    y = top + _LEADING * len(title) + 4
    for place, pull in enumerate(pulls):
        shapes.append(_words([heads[pull]], (left + wide * place + 4, y), theme))
    y += _LEADING + 4
    for step, outcomes in reversed(list(zip(group.steps, lead.outcomes, strict=True))):
        answers = [_outcome(outcomes[pull]) for pull in pulls]
        texts = [_lines(answer.words, wide - _BAR - _PAD - 6) for answer in answers]
        height = _PAD + _LEADING * max(map(len, texts))
        shapes.append(_words([in_words(step)], (_EDGE, y + _PAD / 2), theme, BOLD))
        for place, (answer, lines) in enumerate(zip(answers, texts, strict=True)):
            x = left + wide * place
            shapes.append(_coloured((x, y), (wide - 4, height), answer, theme))
            shapes.append(_words(lines, (x + _BAR + 5, y + _PAD / 2), theme))
        y += height + 4
    for said in lead_text(lead, table)[len(group.steps) :]:
        lines = _lines(said, _WIDTH - 2 * _EDGE)
        shapes.append(_words(lines, (_EDGE, y), theme))
        y += _LEADING * len(lines)
    return "".join(shapes), y


def _outcome(outcome: Outcome) -> Answer:
    between = "" if outcome.low == outcome.high else f"{in_words(outcome.low)} to {in_words(outcome.high)}"
    return Answer(in_words(outcome.grade), between, outcome.low, outcome.high)
