"""Every reading of this project: what it decided where the papers are silent or can be read in two ways.

Each has an id that stays, so that a reader can object to one: it names the table and the line, or the measurement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from grading.explanation.rule_text import conditions_text, outcome_text, pull_text
from grading.explanation.terminal import wrapped
from grading.reference.catalogue import load_catalogue
from grading.reference.files import read_toml, tables
from grading.reference.guideline import list_guidelines, load_guideline, references
from grading.reference.measurement import Number
from grading.reference.table import Caution, Lead, Raise, Row, Rule, Table
from grading.writing import in_words, plain, quantity

#: how `at` of a sentence says that no paper prints it
_UNPRINTED = "reading: "
#: the mark of an outcome that no paper prints
_OURS = "R"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One decision of this project.

    Args:
        id: its name, which stays: 'ase-2017/mitral/vena_contracta_width_biplane'.
        guideline, valve: the table it belongs to; '' for one that all tables share.
        of: what was decided about, in words.
        says: what was decided, or why.
        published: the place in the paper of the rest of that line; '' where nothing of it is printed.
    """

    id: str
    guideline: str
    valve: str
    of: str
    says: str
    published: str = ""

    def to_dict(self) -> dict[str, str]:
        """The reading as plain data."""
        return asdict(self)


def every_reading(guideline: str | None = None, valve: str | None = None) -> list[Reading]:
    """The readings of every table, then those that all share; of one guideline or valve those of its tables alone.

    Raises UsageError for an unknown guideline; a valve is named as the catalogue names it.

    >>> [one.id for one in every_reading("ase-2017-cmr", "mitral")][:2]
    ['ase-2017-cmr/mitral/rule-14', 'ase-2017-cmr/mitral/rule-15']
    """
    papers = [load_guideline(name) for name in ([guideline] if guideline else list_guidelines())]
    found = [
        one
        for paper in papers
        for table in paper.tables.values()
        if valve in (None, table.valve)
        for one in readings_of(table)
    ]
    return found if guideline or valve else [*found, *_shared()]


def readings_of(table: Table) -> Iterator[Reading]:
    """The readings of one table: of its lines, its rules, where its quantities lead, and its cautions."""
    for group, row in table.rows():
        alone = sum(other.key == row.key for _, other in table.rows()) == 1
        yield from _of_row(row, row.key if alone else f"{group.name}.{row.key}", table)
    yield from _of_rules(table)
    if table.lead is not None:
        yield from _of_lead(table.lead, table)
    for caution in table.cautions:
        if caution.at.startswith(_UNPRINTED):
            yield _of_caution(caution, table)


def _reading(table: Table, line: str, of: str, says: str, published: str = "") -> Reading:
    return Reading(
        id=f"{table.guideline}/{table.valve}/{line}", guideline=table.guideline, valve=table.valve, of=of, says=says,
        published=published,
    )  # fmt: skip


def _of_row(row: Row, key: str, table: Table) -> Iterator[Reading]:
    label = load_catalogue()[row.name].label
    if row.reading:
        yield _reading(table, key, label, row.reading, row.at)
    if row.unless_reading:
        of = f"{label}, not if {conditions_text(row.unless, table)}"
        yield _reading(table, f"{key}/unless", of, row.unless_reading)


def _of_rules(table: Table) -> Iterator[Reading]:
    """One for each rule; the lines of a rule that decide alike say so once. A rule of the table's own may bear the
    number of one in the list that it shares."""
    shared = {rule.number for rule in table.rules if rule.shared}
    rules: dict[str, list[Rule]] = {}
    for rule in table.rules:
        own = not rule.shared and rule.number in shared
        rules.setdefault(f"{'own-' if own else ''}rule-{rule.number}", []).append(rule)
    for name, lines in rules.items():
        ours = [rule for rule in lines if rule.reading]
        if ours:
            says, published = ("; ".join(dict.fromkeys(filter(None, texts))) for texts in (
                [rule.reading for rule in ours], [rule.at for rule in ours]
            ))  # fmt: skip
            yield _reading(table, name, f"rule {ours[0].number}", says, published)


def _of_lead(lead: Lead, table: Table) -> Iterator[Reading]:
    for step, outcomes in zip(table.groups[lead.group].steps, lead.outcomes, strict=True):
        ours = [
            f"{pull_text(pull)}: {outcome_text(one)}"
            for pull, one in enumerate(outcomes[: 3 if lead.pulls else 1])
            if one.mark == _OURS
        ]
        if ours:
            yield _reading(table, f"lead-{step}", f"where {in_words(step)} leads", "; ".join(ours))
    for raised in lead.raises:
        if raised.reading:
            yield _of_raise(raised, lead, table)


def _of_raise(raised: Raise, lead: Lead, table: Table) -> Reading:
    step = list(table.groups[lead.group].steps)[raised.step - 1]
    of = f"{step} is {in_words(raised.to)} when {conditions_text(raised.when, table)}"
    asked = "-".join(condition.subject or condition.text.split()[0] for condition in raised.when)
    return _reading(table, f"raise-{step}-{asked}", of, raised.reading, raised.at)


def _of_caution(caution: Caution, table: Table) -> Reading:
    asked = "-".join(condition.subject for condition in caution.when) or "always"
    of = f"caution '{caution.text}'"
    return _reading(table, f"caution-{asked}", of, caution.at.removeprefix(_UNPRINTED))


def _shared() -> Iterator[Reading]:
    """The readings that no table holds by itself: words worked out, limits and errors of measurements, repeats."""
    for word in load_catalogue().words.values():
        if word.derivation is not None and word.derivation.reading:
            of = f"{word.label}, worked out from other values"
            yield Reading(id=f"derived/{word.name}", guideline="", valve="", of=of, says=word.derivation.reading)
    for number in load_catalogue().numbers.values():
        yield from _of_number(number)
    repeats = read_toml(tables() / "long_tables.toml")["repeats"]
    of = f"repeats lie apart when they differ by more than {repeats['errors']:.2f} errors"
    yield Reading(id="long-tables/repeats", guideline="", valve="", of=of, says=repeats["reading"])


def _of_number(number: Number) -> Iterator[Reading]:
    """What no paper prints of a number: its limits, where it usually lies, and an error that is assumed."""
    limits = {"possible": number.hard, "usual": number.soft} | {f"usual-{v}": r for v, r in number.soft_of.items()}
    for name, limit in limits.items():
        if limit is not None:
            low = "" if limit.low == -float("inf") else f"{plain(limit.low)} to "
            yield _of_measurement(number, name, f"{low or 'up to '}{plain(limit.high)}", limit.why)
    if number.usual is not None and number.usual.reading:
        values = " / ".join(plain(v) for v in (number.usual.low, number.usual.median, number.usual.high))
        yield _of_measurement(number, "percentiles", values, number.usual.reading)
    if number.error is not None and number.error.reading:
        error = number.error.text(number.unit)
        yield _reading_of(number, "error", f"{number.label}, error of one reading {error}", number.error.reading)


def _of_measurement(number: Number, name: str, values: str, says: str) -> Reading:
    return _reading_of(
        number, name, f"{number.label}, {name.replace('-', ' in ')} {quantity(values, number.unit)}", says
    )


def _reading_of(number: Number, name: str, of: str, says: str) -> Reading:
    return Reading(id=f"measurements/{number.name}/{name}", guideline="", valve="", of=of, says=says)


def readings_text(readings: list[Reading]) -> str:
    """Readings for a terminal, those of one table together, with the number of them."""
    lines, last = list[str](), ""
    for one in readings:
        title = f"{references()[one.guideline]['short']}, {one.valve}" if one.guideline else "Shared by all tables"
        if title != last:
            lines += ["", title] if lines else [title]
            last = title
        lines.append(f"  {one.id}")
        lines += wrapped(
            f"{one.of}: {one.says}" + (f" [the rest is published: {one.published}]" if one.published else ""), "    "
        )
    return "\n".join([*lines, "", f"{len(readings)} readings"])
