"""A guideline table as text: every row with its cut-offs and place, every rule with its conditions and source."""

from __future__ import annotations

from grading.explanation.criteria import cut_offs
from grading.explanation.report import NOTICE, SEEN
from grading.explanation.rule_text import certainty_text, conditions_text, guards_text, lead_text, outcome_of_rule
from grading.explanation.terminal import wrapped
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import Guideline, list_guidelines, load_guideline
from grading.reference.table import Group, Row, Rule, Table


def guidelines_text() -> str:
    """The guidelines there are, with the valves each covers."""
    lines = [f"{'id':<20} {'valves':<38} paper"]
    for guideline in map(load_guideline, list_guidelines()):
        lines += wrapped(f"{guideline.id:<20} {', '.join(guideline.tables):<38} {guideline.title}", "", " " * 60)
    return "\n".join(lines)


def guideline_text(guideline: Guideline) -> str:
    """One guideline: its paper and what it covers."""
    lines = [guideline.title, *wrapped(guideline.cited), ""]
    for valve, table in guideline.tables.items():
        lines += wrapped(f"{valve}: {', '.join(table.grades)}; {SEEN[table.rests_on]}")
    return "\n".join([*lines, "", f"One table: echograde guidelines {guideline.id} {next(iter(guideline.tables))}"])


def table_text(table: Table) -> str:
    """One table as it stands in its file: groups, rules in order, cautions."""
    paper = load_guideline(table.guideline)
    lines = [f"{paper.title}: {table.valve} regurgitation", *wrapped(paper.cited)]
    lines += wrapped(f"Transcribed: {SEEN[table.rests_on]}. Grades: {', '.join(table.grades)}.")
    for group in table.groups.values():
        lines += ["", *_group(group, table)]
    lines += ["", "Decision: the first rule that holds", *(line for rule in table.rules for line in _rule(rule, table))]
    if table.lead is not None:
        lines += ["", "Where one quantity of each step leads ([P] published, [R] reading)"]
        lines += [line for text in lead_text(table.lead, table) for line in wrapped(text, "  ", "    ")]
    if table.cautions:
        lines += ["", "Cautions (they never change the grade)"]
        for caution in table.cautions:
            when = "always" if caution.general else conditions_text(caution.when, table)
            lines += wrapped(f"{when}: {caution.text} [{caution.at}]", "  ")
    return "\n".join([*lines, "", *wrapped(NOTICE)])


def _group(group: Group, table: Table) -> list[str]:
    lines = wrapped(f"{group.title} ({group.at})")
    if any(step != grade for step, grade in group.steps.items()):
        lines += wrapped("grades: " + ", ".join(f"{step} = {grade}" for step, grade in group.steps.items()), "  ")
    return lines + [line for row in group.rows for line in _row(group, row, table)]


def _row(group: Group, row: Row, table: Table) -> list[str]:
    label = load_catalogue()[row.name].label
    parts = [f"{label}: {cut_offs(row)}", *guards_text(row, group, table)]
    parts += ["shown, never counted"] if row.weak else []
    parts += [SEEN[row.rests_on]] if row.rests_on != table.rests_on else []
    parts += [text for text in (row.note, f"reading: {row.reading}" if row.reading else "") if text]
    return wrapped(f"{'; '.join(parts)} [{row.at or 'reading'}]", "  ")


def _rule(rule: Rule, table: Table) -> list[str]:
    text = f"{conditions_text(rule.when, table)}: {outcome_of_rule(rule, table)} ({certainty_text(rule)})"
    return wrapped(f"{rule.number:>2}. {text} [{rule.source}]", "  ", "    ")
