"""The checklist of a table as Markdown: its heading, a line a cut-off with a box to tick, and the place to sign."""

from __future__ import annotations

from collections.abc import Iterator

from grading.explanation.checklist import Checklist, CutOffLine, OtherLine, RuleLine
from grading.explanation.report import NOTICE
from grading.reference.guideline import load_guideline
from grading.reference.table import Table
from grading.version import VERSION

BOX = "[ ]"
CUT_OFF_HEADS = ("Checked", "Place", "Criterion", "Printed", "Held", "Vector below", "at", "above", "Source")
RULE_HEADS = ("Checked", "Rule", "When", "Answer", "Vector", "Source")


def cut_off_cells(line: CutOffLine) -> tuple[str, ...]:
    """The cells under `CUT_OFF_HEADS`."""
    vectors = (line.below, line.at, line.above)
    return (BOX, line.place, line.criterion, line.printed, line.held, *vectors, line.source)


def rule_cells(line: RuleLine) -> tuple[str, ...]:
    """The cells under `RULE_HEADS`."""
    return (BOX, str(line.number), line.when, line.answer, line.vector, line.source)


OTHER_HEADS = ("Checked", "Of", "Says", "Source")


def other_cells(line: OtherLine) -> tuple[str, ...]:
    """The cells under `OTHER_HEADS`."""
    return (BOX, line.of, line.says, line.source)


def heading(table: Table) -> tuple[str, str, str]:
    """What is checked, against which paper, and which state of the table a signature is for."""
    paper = load_guideline(table.guideline)
    state = f"echograde {VERSION}, table {table.guideline}/{table.valve}, digest {table.digest}"
    return f"{paper.title}: {table.valve} regurgitation", f"{paper.cited}. Scheme: {table.scheme}.", state


SIGNATURE = "Checked against the paper by: ____________________   Date: ____________"


def checklist_text(sheet: Checklist) -> str:
    """The sheet as Markdown tables."""
    title, paper, state = heading(sheet.table)
    lines = [f"# {title}", "", paper, "", f"{state}.", ""]
    for name, group in sheet.groups.items():
        lines += [f"## {name}", "", *_markdown(CUT_OFF_HEADS, map(cut_off_cells, group)), ""]
    lines += ["## Decision: the first rule that holds", "", *_markdown(RULE_HEADS, map(rule_cells, sheet.rules)), ""]
    if sheet.others:
        lines += ["## Quantities and stages", "", *_markdown(OTHER_HEADS, map(other_cells, sheet.others)), ""]
    return "\n".join([*lines, SIGNATURE, "", NOTICE])


def _markdown(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
