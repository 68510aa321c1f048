"""A table as a sheet to hold beside the paper and to sign: one line a cut-off, with the vectors around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grading.engine.columns import ENTERED, holds
from grading.engine.decide import Decision, decide
from grading.explanation.criteria import bands_of
from grading.explanation.missing import conditions
from grading.explanation.rule_text import conditions_text, guards_text, lead_text, outcome_of_rule
from grading.reading.vectors import GradableVectors, gradable, read_vectors, vector_file
from grading.reference.catalogue import load_catalogue
from grading.reference.condition import Condition
from grading.reference.derivation import ReadFromNumber
from grading.reference.measurement import Word
from grading.reference.scale import NO_GRADE, Mask, Scale
from grading.reference.table import Group, Row, Rule, Table
from grading.reference.units import ratio
from grading.writing import in_words, plain, quantity


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
class OtherLine:
    """Where one step of the quantities leads, or a stage."""

    of: str
    says: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """Everything there is to check in one table, group by group, in the order of the paper's figure."""

    table: Table
    groups: dict[str, tuple[CutOffLine, ...]]
    rules: tuple[RuleLine, ...]
    others: tuple[OtherLine, ...]


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
    words = tuple(_words_read(table, witnesses))
    if words:
        groups["Words read off numbers"] = words
    rules = tuple(_rule(place, rule, table, witnesses) for place, rule in enumerate(table.rules, 1))
    return Checklist(table=table, groups=groups, rules=rules, others=tuple(_others(table)))


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

    def read_by(self, line: ReadFromNumber, given: Sequence[Condition], word: Word) -> NDArray[np.int8]:
        """The band of a number that a word is read off, in every vector; 0 where the word is not read so."""
        filled, number = self.decision.filled, load_catalogue().numbers[line.source]
        column = filled.columns.get(line.source)
        if column is None:
            return np.zeros(self.vectors.rows, np.int8)
        bands = line.scale.band(column, ratio(line.unit, number.unit))
        masks = [holds(condition, filled.columns) for condition in given]
        for mask in masks:
            bands = bands * mask if mask is not None else bands * 0
        sources = filled.sources.get(word.name)
        entered = filled.columns.get(word.name, 0) != 0 if sources is None else sources == ENTERED
        result: NDArray[np.int8] = bands * ~np.broadcast_to(entered, bands.shape)
        return result

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
    words = {
        "criterion": "; ".join([load_catalogue()[row.name].label, *guards_text(row, group, table)]),
        "place": row.at or group.at,
        "source": _source(row),
    }
    if row.scale is not None:
        labels = [band.label or "" for band in bands]
        called = [band.called for band in bands]
        yield from _cut_offs(row.scale, row.unit, row.name, (labels, called), assessed, words, witnesses)
        return
    for position, band in enumerate(bands, 1):
        if band.label:
            at = witnesses.nearest(assessed == position)
            yield CutOffLine(**words, printed=band.text, held=band.called, below="", at=at, above="")


def _cut_offs(
    scale: Scale, unit: str, name: str, texts: tuple[list[str], list[str]], assessed: NDArray[np.int8],
    words: Mapping[str, str], witnesses: Witnesses,
) -> Iterator[CutOffLine]:  # fmt: skip
    """A line for each cut-off of a scale; `texts`: what each band is labelled, and what it is called."""
    number = load_catalogue().numbers[name]
    values = witnesses.decision.filled.columns.get(name, np.full(witnesses.vectors.rows, np.nan))
    labels, called = texts
    for cut, printed in enumerate(scale.cuts):
        limit = float(printed * ratio(unit, number.unit))
        yield CutOffLine(
            **words,
            printed=_printed(scale, cut, labels, unit),
            held=_held(scale, cut, quantity(plain(limit), number.unit), called),
            below=witnesses.nearest((assessed == cut + 1) & (values < limit), values - limit),
            at=witnesses.nearest((assessed != 0) & (values == limit)),
            above=witnesses.nearest((assessed == cut + 2) & (values > limit), values - limit),
        )


def _printed(scale: Scale, cut: int, labels: list[str], unit: str) -> str:
    """What the paper prints on either side of a cut-off: 'mild <= 0.3 cm', 'I < 0.20, II >= 0.20 cm2'."""
    closed, digits = scale.closed[cut], scale.printed[cut]
    sides = [f"{labels[cut]} {'<' if closed else '<='} {digits}"] if labels[cut] else []
    sides += [f"{labels[cut + 1]} {'>=' if closed else '>'} {digits}"] if labels[cut + 1] else []
    return quantity(", ".join(sides).replace("_", " "), unit)


def _held(scale: Scale, cut: int, limit: str, called: list[str]) -> str:
    """To which side the cut-off itself belongs, in the catalogue's unit: '0.3 cm itself is mild, more is neither'."""
    below, above = called[cut], called[cut + 1]
    if scale.closed[cut]:
        return f"{limit} itself is {above}, less is {below}"
    return f"{limit} itself is {below}, more is {above}"


def _words_read(table: Table, witnesses: Witnesses) -> Iterator[CutOffLine]:
    """The cut-offs by which words are read off numbers that the table reads."""
    for word in load_catalogue().words.values():
        if word.derivation is None or word.name not in _deciding(table) or table.valve not in word.valves:
            continue
        for line in word.derivation.lines:
            if table.valve in line.valves:
                given = conditions(line.given)
                labels = ["" if label == NO_GRADE else label for label in line.scale.labels]
                called = [word.text(label) if label else "nothing" for label in labels]
                only = [f"only if {conditions_text(given, table)}"] if given else []
                number = load_catalogue()[line.source].label
                words = {
                    "criterion": "; ".join([f"{word.label} by {number}", *only]),
                    "place": line.at or word.derivation.place_for(table.valve),
                    "source": "as the place says",
                }
                assessed = witnesses.read_by(line, given, word)
                yield from _cut_offs(line.scale, line.unit, line.source, (labels, called), assessed, words, witnesses)


def _deciding(table: Table) -> set[str]:
    """The measurements that can move the grade: those of rows and conditions, and what these are read from."""
    conditions_of_all = [*table.conditions(), *(c for _, row in table.rows() for c in (*row.given, *row.unless))]
    names = {row.name for _, row in table.rows() if not row.entered_only} | {c.subject for c in conditions_of_all}
    waiting = list(names)
    while waiting:
        word = load_catalogue().words.get(waiting.pop())
        parts = set(word.derivation.inputs) if word and word.derivation else set()
        waiting += parts - names
        names |= parts
    return names


def _others(table: Table) -> Iterator[OtherLine]:
    """Where the quantities lead, and the stages."""
    for text in lead_text(table.lead, table) if table.lead else ():
        step, colon, says = text.partition(": ")
        of = f"where {step} leads" if colon else "a step that is raised"
        yield OtherLine(of=of, says=says or text, source="[P] published, [R] reading" if colon else _raised_at(table))
    for stage in table.stages:
        grades = " or ".join(in_words(grade) for grade in stage.grades)
        says = f"{grades} and {conditions_text(stage.when, table)}" if stage.when else grades
        yield OtherLine(of=f"stage {stage.stage}", says=says, source=stage.at)


def _raised_at(table: Table) -> str:
    """Where the raises of a table stand."""
    raises = table.lead.raises if table.lead else ()
    return "; ".join(dict.fromkeys(f"published ({r.at})" if r.at else f"reading: {r.reading}" for r in raises))


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
