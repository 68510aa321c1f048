"""A published table as HTML, as the paper prints it and as it is decided by; and the papers behind the tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType

from markupsafe import Markup

from grading.explanation.criteria import band_text
from grading.explanation.report import SEEN
from grading.explanation.rule_text import (
    certainty_text,
    condition_text,
    grade_of_rule,
    guards_text,
    lead_text,
    outcome_of_rule,
)
from grading.explanation.votes import step_name
from grading.reference.catalogue import load_catalogue
from grading.reference.condition import Condition
from grading.reference.guideline import list_guidelines, load_guideline, references
from grading.reference.row_reader import RESTS_ON
from grading.reference.scale import NO_GRADE
from grading.reference.table import LEAD, Caution, Group, Row, Rule, Stage, Table
from grading.writing import in_words, upper
from grading_app.html.render import piece, typeset
from grading_app.html.table import Cell, Piece, grade_chip, joined_html, marked, published, small, web_table

OUR_READING = "our reading"
#: the mark of a line that was not read in the paper itself
REPRODUCED = RESTS_ON[1]

_ROLES: Mapping[str, str] = MappingProxyType(
    {
        "criteria": "Each line is one criterion; those met for a grade are counted.",
        "quantitative": "The lines that are known are resolved to one grade.",
        "supportive": "Shown beside a result, never counted.",
    }
)


def table_html(table: Table) -> Markup:
    """One guideline's table for one valve: criteria with their cut-offs, rules in order, stages and cautions.

    >>> from grading.reference.guideline import load_guideline
    >>> "arrows and box in Figure 18" in table_html(load_guideline("ase-2017").tables["mitral"])
    True
    """
    groups = (_group(group, table) for group in table.groups.values())
    rest = (_rules(table), _stages(table), _cautions(table))
    return published(_head(table), *groups, *(part for part in rest if part))


def place(at: str, reading: str, rests_on: str = "") -> Markup:
    """Where a line stands in the paper, that it was seen in reproductions only, and what is our reading."""
    pieces: list[Piece] = [at] if at else []
    if rests_on == REPRODUCED:
        pieces.append(joined_html([" ", marked("reproductions only")]) if at else marked("reproductions only"))
    if reading:
        pieces.append(small(joined_html([marked(f"{OUR_READING}:"), f" {reading}"])))
    return joined_html(pieces)


def citation(paper: Mapping[str, str]) -> str:
    """A paper with its DOI as an address to copy."""
    return f"{paper['citation']}." + (f" https://doi.org/{paper['doi']}" if paper["doi"] else "")


def _head(table: Table) -> Markup:
    paper = references()[table.guideline]
    seen = f"This table was {SEEN[table.rests_on]}. Scheme: {table.scheme}."
    return piece("title", paper["title"], [citation(paper), seen])


def _group(group: Group, table: Table) -> Markup:
    steps = _named_steps(group)
    heads: list[Piece] = ["Criterion", *(_step_head(group, step) for step in steps), "Place"]
    rows = ([_criterion(row, group, table), *_bands(row, group, steps), _row_place(row)] for row in group.rows)
    return web_table(group.title, f"{group.at}. {_ROLES[group.role]}", heads, rows)


def _step_head(group: Group, step: str) -> Cell:
    name = step_name(group, step)
    return Cell(grade_chip(group.steps[step], name), name)


def _row_place(row: Row) -> Markup:
    return place(row.at, row.reading, row.rests_on)


def _named_steps(group: Group) -> list[str]:
    """The steps that some line argues for, in order: the columns the paper prints."""
    ends = [group.interval(label) for row in group.rows for label in row.labels if label != NO_GRADE]
    return [step for i, step in enumerate(group.steps, 1) if any(low <= i <= high for low, high in ends)]


def _criterion(row: Row, group: Group, table: Table) -> Markup:
    guards = guards_text(row, group, table) + ([row.note] if row.note else [])
    return joined_html([upper(load_catalogue()[row.name].label), *map(small, guards)])


def _bands(row: Row, group: Group, steps: Sequence[str]) -> list[Piece]:
    """One cell for each step of a line; a band such as 'severe or worse' spans the steps it covers, and stands in small
    print under its own step where another band has one of those to itself."""
    texts: dict[str, list[str]] = {}
    for band, label in enumerate(row.labels, 1):
        if label != NO_GRADE:
            texts.setdefault(label, []).append(_unbroken(band_text(row, band)) if row.scale else band_text(row, band))
    cells, after = list[Piece](), 0
    for label in sorted((label for label in texts if label not in _crossing(texts, group)), key=group.interval):
        low, high = _columns(label, group, steps)
        cells += [""] * (low - after)
        under = [other for other in _crossing(texts, group) if other.rstrip("+-") == label]
        pieces = [*_open_end(group, label), *(small(f"{step_name(group, o)}: {' or '.join(texts[o])}") for o in under)]
        cells.append(Cell(joined_html([" or ".join(texts[label]), *pieces]), step_name(group, label), high - low + 1))
        after = high + 1
    return [*cells, *[""] * (len(steps) - after)]


def _columns(label: str, group: Group, steps: Sequence[str]) -> tuple[int, int]:
    """The first and last column that a band covers."""
    names = list(group.steps)
    low, high = (steps.index(names[end - 1]) for end in group.interval(label))
    return low, high


def _crossing(labels: Collection[str], group: Group) -> list[str]:
    """The open bands that cover a step which has a band of its own in the same line."""
    own = {group.interval(label)[0] for label in labels if label[-1] not in "+-"}
    return [label for label in labels if label[-1] in "+-" and own & set(_covered(label, group))]


def _covered(label: str, group: Group) -> range:
    low, high = group.interval(label)
    return range(low, high + 1)


def _unbroken(limits: str) -> str:
    """A band that may break only between its two limits."""
    return limits.replace(" ", "\u00a0").replace("\u00a0and\u00a0", " and ")


def _open_end(group: Group, label: str) -> list[Markup]:
    return [small(step_name(group, label), "end")] if label[-1] in "+-" else []


def _rules(table: Table) -> Markup:
    rows = ([f"Rule {alike[0].number}", *_rule(alike, table)] for alike in _alike(table.rules))
    under = "The first rule that holds decides. A condition on what is not known does not hold."
    decision = web_table("Decision", under, ["", "When", "Answer", "Certainty", "Place"], rows)
    return decision + _lead(table)


def _lead(table: Table) -> Markup:
    """Where one quantity of each step leads, for a table that leaves the decision to the quantities."""
    if table.lead is None:
        return Markup()
    under = "The range spans what all measured quantities lead to. [P] published, [R] reading of this project."
    rows = (text.partition(": ")[::2] for text in lead_text(table.lead, table))
    return web_table("Where the quantities lead", under, ["Step", "Answer"], [[step, answer] for step, answer in rows])


def _alike(rules: Sequence[Rule]) -> Iterator[list[Rule]]:
    """Rules that follow one another and differ in their conditions only."""
    same = attrgetter("number", "grade", "low", "high", "certainty", "at", "reading")
    return (list(alike) for _, alike in groupby(rules, same))


def _rule(alike: Sequence[Rule], table: Table) -> list[Piece]:
    rule = alike[0]
    when = joined_html([_when(rule.when, table) for rule in alike], Markup("<br><b>or</b> "))
    return [when, _outcome(rule, table), certainty_text(rule), place(rule.at, rule.reading)]


def _when(conditions: Sequence[Condition], table: Table) -> Markup:
    return joined_html(
        [condition_text(condition, table) for condition in conditions] or ["otherwise"], Markup("<br>and ")
    )


def _outcome(rule: Rule, table: Table) -> Markup:
    if rule.grade == LEAD:
        return typeset(outcome_of_rule(rule, table))
    grade, low, high = (grade_chip(token, grade_of_rule(token, table)) for token in (rule.grade, rule.low, rule.high))
    if rule.low == rule.high:
        return grade
    return joined_html([grade, Markup("<br>"), low, " to ", high])


def _stage(stage: Stage, table: Table) -> list[Piece]:
    grades = joined_html([grade_chip(grade) for grade in stage.grades], " or ")
    return [stage.stage, grades, _when(stage.when, table) if stage.when else "always", stage.at]


def _stages(table: Table) -> Markup:
    if not table.stages:
        return Markup()
    rows = (_stage(stage, table) for stage in table.stages)
    under = "Beside the grade: the first line that is known to hold; else the stage stays blank."
    return web_table("Stages", under, ["Stage", "Grade", "When", "Place"], rows)


def _cautions(table: Table) -> Markup:
    if not table.cautions:
        return Markup()
    rows = (_caution(caution, table) for caution in table.cautions)
    return web_table("Cautions", "They never change the grade.", ["When", "Keep in mind", "Place"], rows)


def _caution(caution: Caution, table: Table) -> list[Piece]:
    return [_when(caution.when, table), caution.text, caution.at]


def sources_html() -> Markup:
    """Every paper with its DOI, what it is used for, and how each of its tables was seen."""
    heads = ["Paper", "What is used of it, and how it was seen"]
    return published(web_table("Papers", "", heads, (_paper(name, paper) for name, paper in references().items())))


def _paper(name: str, paper: Mapping[str, str]) -> list[Piece]:
    return [joined_html([paper["title"], small(citation(paper))]), joined_html(_uses(name, paper), Markup("<br>"))]


def _uses(name: str, paper: Mapping[str, str]) -> list[str]:
    lines = [upper(paper["used_for"])] if "used_for" in paper else []
    if name in list_guidelines():
        lines += [f"{upper(valve)}: {_seen(table)}" for valve, table in load_guideline(name).tables.items()]
    return lines


def _seen(table: Table) -> str:
    """How a table was seen, and how many of its lines otherwise."""
    rows = [row for _, row in table.rows()]
    other = [row.rests_on for row in rows if row.rests_on != table.rests_on]
    apart = f"; {len(other)} of {len(rows)} lines {SEEN[other[0]]}" if other else ""
    return f"{', '.join(map(in_words, table.grades))}; {SEEN[table.rests_on]}{apart}"
