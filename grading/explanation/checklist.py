"""A table as a sheet to hold beside the paper and to sign: one line a cut-off, with the vectors around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grading.engine.decide import Decision, decide
from grading.explanation.criteria import bands_of
from grading.explanation.report import NOTICE
from grading.explanation.rule_text import conditions_text, guards_text, outcome_of_rule
from grading.explanation.views import BandView
from grading.reading.vectors import GradableVectors, gradable, read_vectors, vector_file
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import load_guideline
from grading.reference.scale import Mask, Scale
from grading.reference.table import Group, Row, Rule, Table
from grading.version import VERSION
from grading.writing import plain, quantity

BOX = "[ ]"


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOffLine:
    """One cut-off, or one word: where it is printed and what, what is held, and the nearest vectors (ids, '' for none).

    A word has no vector below and above.
    """

    criterion: str
    place: str
    printed: str
    held: str
    source: str
    below: str
    at: str
    above: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """One line of the decision, and a vector that it decides."""

    number: int
    when: str
    answer: str
    source: str
    vector: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """Everything there is to check in one table, group by group, in the order of the paper's figure."""

    table: Table
    groups: dict[str, tuple[CutOffLine, ...]]
    rules: tuple[RuleLine, ...]


def checklist(table: Table) -> Checklist:
    """The sheet of one table. Without vectors at hand their places stay empty."""
    file = vector_file(table.guideline, table.valve)
    vectors = gradable(read_vectors(file) if file.is_file() else [])
    witnesses = Witnesses(vectors, decide(table, vectors.columns, vectors.rows))
    groups = {
        f"{group.title} ({group.at})": tuple(
            line for row in group.rows for line in _lines(group, row, table, witnesses)
        )
        for group in table.groups.values()
    }
    rules = tuple(_rule(place, rule, table, witnesses) for place, rule in enumerate(table.rules, 1))
    return Checklist(table=table, groups=groups, rules=rules)


@dataclass(frozen=True, slots=True)
class Witnesses:
    """The vectors of a table with what the engine made of them."""

    vectors: GradableVectors
    decision: Decision

    def bands(self, group: Group, row: Row) -> NDArray[np.int8]:
        """The band of a criterion in every vector, 0 where it is not assessed."""
        blank = np.zeros(self.vectors.rows, np.int8)
        bands: NDArray[np.int8] = self.decision.tallies[group.name].bands.get(row.key, blank)
        return bands

    def nearest(self, where: Mask, distance: NDArray[np.float64] | None = None) -> str:
        """The id of the vector that is nearest, and among those the one with the fewest inputs; '' for none."""
        places = np.flatnonzero(where).tolist()
        if not places:
            return ""
        far = np.zeros(self.vectors.rows) if distance is None else np.abs(distance)
        best = min(places, key=lambda place: (far[place], len(self.vectors.vectors[place].inputs), place))
        return self.vectors.vectors[best].id


def _lines(group: Group, row: Row, table: Table, witnesses: Witnesses) -> Iterator[CutOffLine]:
    bands, assessed = list(bands_of(row, group)), witnesses.bands(group, row)
    criterion = "; ".join([load_catalogue()[row.name].label, *guards_text(row, group, table)])
    place, source = row.at or group.at, _source(row)
    if row.scale is None:
        for position, band in enumerate(bands, 1):
            if band.label:
                yield CutOffLine(
                    criterion=criterion,
                    place=place,
                    printed=band.text,
                    held=band.called,
                    source=source,
                    below="",
                    at=witnesses.nearest(assessed == position),
                    above="",
                )
        return
    number = load_catalogue().numbers[row.name]
    blank = np.full(witnesses.vectors.rows, np.nan)
    values = witnesses.decision.filled.columns.get(row.name, blank)
    for cut in range(len(row.scale.cuts)):
        limit = float(row.scale.cuts[cut] * row.ratio)
        below, above = bands[cut], bands[cut + 1]
        yield CutOffLine(
            criterion=criterion,
            place=place,
            printed=_printed(row, cut, below, above),
            held=_held(row.scale, cut, quantity(plain(limit), number.unit), below, above),
            source=source,
            below=witnesses.nearest((assessed == cut + 1) & (values < limit), values - limit),
            at=witnesses.nearest((assessed != 0) & (values == limit)),
            above=witnesses.nearest((assessed == cut + 2) & (values > limit), values - limit),
        )


def _printed(row: Row, cut: int, below: BandView, above: BandView) -> str:
    """What the paper prints on either side of a cut-off: 'mild <= 0.3 cm', 'I < 0.20, II >= 0.20 cm2'."""
    assert row.scale is not None
    closed, digits = row.scale.closed[cut], row.scale.printed[cut]
    sides = [f"{below.label} {'<' if closed else '<='} {digits}"] if below.label else []
    sides += [f"{above.label} {'>=' if closed else '>'} {digits}"] if above.label else []
    return quantity(", ".join(sides).replace("_", " "), row.unit)


def _held(scale: Scale, cut: int, limit: str, below: BandView, above: BandView) -> str:
    """To which side the cut-off itself belongs, in the catalogue's unit: '0.3 cm itself is mild, more is neither'."""
    if scale.closed[cut]:
        return f"{limit} itself is {above.called}, less is {below.called}"
    return f"{limit} itself is {below.called}, more is {above.called}"


def _source(row: Row) -> str:
    """'published', 'reading: ...' or both, with the note of the line."""
    parts = ["published" if row.rests_on == "paper" else "published, seen in reproductions"] if row.at else []
    parts += [f"reading: {row.reading}"] if row.reading else []
    return "; ".join([*parts, row.note] if row.note else parts)


def _rule(place: int, rule: Rule, table: Table, witnesses: Witnesses) -> RuleLine:
    return RuleLine(
        number=rule.number,
        when=conditions_text(rule.when, table),
        answer=outcome_of_rule(rule, table),
        source=rule.source,
        vector=witnesses.nearest(witnesses.decision.rule == place),
    )


CUT_OFF_HEADS = ("Checked", "Place", "Criterion", "Printed", "Held", "Vector below", "at", "above", "Source")
RULE_HEADS = ("Checked", "Rule", "When", "Answer", "Vector", "Source")


def cut_off_cells(line: CutOffLine) -> tuple[str, ...]:
    """The cells under `CUT_OFF_HEADS`."""
    vectors = (line.below, line.at, line.above)
    return (BOX, line.place, line.criterion, line.printed, line.held, *vectors, line.source)


def rule_cells(line: RuleLine) -> tuple[str, ...]:
    """The cells under `RULE_HEADS`."""
    return (BOX, str(line.number), line.when, line.answer, line.vector, line.source)


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
    return "\n".join([*lines, SIGNATURE, "", NOTICE])


def _markdown(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
