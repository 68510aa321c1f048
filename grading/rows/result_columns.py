"""The result columns of a graded chunk: grades, counts, reasons, derived values and their sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grading.columns.plan import Plan
from grading.engine.decide import Decision, decide_filled
from grading.engine.fill import fill
from grading.engine.methods import METHODS
from grading.engine.tally import Tally
from grading.explanation.reasons import agreement_text, sentence
from grading.explanation.sentence_keys import sentence_keys
from grading.reading.distinct import distinct
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import not_covered
from grading.reference.measurement import Number
from grading.reference.scale import CERTAINTIES, GRADES, Mask, status_of
from grading.reference.table import ALL
from grading.rows.coded import Coded, Values
from grading.rows.multivalve import unreliable
from grading.rows.result_names import column_prefix, derivable, derived_name, suffixes, tables_for

#: sentences kept for reuse; real data have some thousands
MOST_PHRASES = 200_000
REJECTED = "rejected"
#: how a valve with several answers, or a row with several valves, is summed up: the first of these that any of them has
STATUSES = (REJECTED, "graded", "indeterminate", "insufficient_data", "not_covered")


def criteria_tally(decision: Decision) -> Tally | None:
    """The counts to report: of all groups together where the rules count so, else of the group of criteria."""
    if decision.table.counts_all:
        return decision.tallies[ALL]
    group = decision.table.group("criteria")
    return decision.tallies[group.name] if group else None


def blank_column(name: str, rows: int) -> Coded | Values:
    """A result column that no row of a chunk fills, of the same kind as where some do."""
    bare = name.partition("_derived_")[2] or name.removeprefix("derived_")
    if any(derived_name(number) == f"derived_{bare}" for number in load_catalogue().numbers):
        return Values(name, np.full(rows, np.nan))
    return Coded(name, np.zeros(rows, np.int32), [""])


def decide_valve(
    guidelines: Sequence[str], valve: str, columns: Mapping[str, Any], rows: int, leaking: Mapping[str, Mask]
) -> dict[str, Decision | None]:
    """The decision of every guideline on one valve, None where it has no table for it. `leaking`: see `fill`."""
    filled = fill(valve, columns, leaking)
    tables = tables_for(guidelines, valve)
    return {name: decide_filled(table, filled, rows) if table else None for name, table in tables.items()}


def statuses(decision: Decision) -> NDArray[np.int8]:
    """The status of every row, as a position in STATUSES."""
    return np.array([STATUSES.index(status_of(grade)) for grade in GRADES], np.int8)[decision.grade]


class Phrases:
    """The reasons of one table's decisions; each distinct situation is put into words once in a run."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], str] = {}

    def of(self, decision: Decision) -> tuple[NDArray[np.int32], list[str]]:
        """(code of every row, sentence of every code)."""
        keys = sentence_keys(decision)
        first, codes = distinct(keys[0])
        for further in keys[1:]:
            of_its_own, others = distinct(further)
            first, codes = distinct(codes.astype(np.int64) * len(of_its_own) + others)
        sentences = []
        for row, key in zip(first.tolist(), zip(*(part[first].tolist() for part in keys), strict=True), strict=True):
            text = self._known.get(key)
            if text is None:
                if len(self._known) >= MOST_PHRASES:
                    self._known.clear()
                text = self._known[key] = sentence(decision, row)
            sentences.append(text)
        return codes, sentences


def valve_columns(
    plan: Plan, valve: str, decisions: Mapping[str, Decision | None], rejected: Mask, phrases: Mapping[str, Phrases]
) -> Iterator[Coded | Values]:
    """Every result column of one valve."""
    for guideline, decision in decisions.items():
        prefix = f"{column_prefix(plan, valve)}{guideline.replace('-', '_')}_"
        if decision is not None:
            yield from _decision_columns(prefix, decision, rejected, phrases[guideline])
            continue
        blank = np.where(rejected, np.int32(0), np.int32(1))
        for suffix in suffixes(guideline):
            text = {"grade": "not_covered", "reason": not_covered(guideline, valve)}.get(suffix, "")
            yield Coded(prefix + suffix, blank, ["", text])
    decision = next(filter(None, decisions.values()), None)
    if decision is not None:
        yield from _derived_columns(plan, list(decisions), valve, decision, rejected)


def _decision_columns(prefix: str, decision: Decision, rejected: Mask, phrases: Phrases) -> Iterator[Coded]:
    """The columns of one decision; a rejected row is blank in all of them."""
    anywhere = bool(rejected.any())

    def coded(suffix: str, codes: NDArray[np.integer], texts: Sequence[str]) -> Coded:
        return Coded(prefix + suffix, np.where(rejected, 0, codes) if anywhere else codes, ["", *texts])

    yield coded("grade", decision.grade, GRADES[1:])
    yield coded("certainty", decision.certainty, CERTAINTIES[1:])
    yield coded("grade_low", decision.low, GRADES[1:])
    yield coded("grade_high", decision.high, GRADES[1:])
    yield coded("quantitative_grade", *_agreements(decision))
    tally = criteria_tally(decision)
    numbers = [str(n) for n in range(len(list(decision.table.rows())) + 1)]
    for suffix, count in (
        ("mild_criteria", tally.counts.get("mild") if tally else None),
        ("severe_criteria", tally.counts.get("severe") if tally else None),
        ("criteria_assessed", tally.measured if tally else None),
    ):
        yield coded(suffix, np.zeros(len(rejected), np.int8) if count is None else count + np.int8(1), numbers)
    yield coded("rule", decision.rule, [str(rule.number) for rule in decision.table.rules])
    if decision.table.stages:
        yield coded("stage", decision.stage, [stage.stage for stage in decision.table.stages])
    codes, sentences = phrases.of(decision)
    yield coded("reason", codes + np.int32(1), sentences)


def _agreements(decision: Decision) -> tuple[NDArray[np.int16], list[str]]:
    """(code of every row from 1, text of every code): the step the quantities agree on, 0 where none was measured."""
    group = decision.table.group("quantitative")
    if group is None:
        return np.zeros(len(decision.rule), np.int16), []
    tally, steps = decision.tallies[group.name], len(group.steps) + 1
    low, high = tally.agree_low.astype(np.int16), tally.agree_high
    pairs = [agreement_text(group, low, high) for low in range(steps) for high in range(steps)]
    return (low * np.int16(steps) + high + np.int16(1)) * (tally.measured != 0), pairs


def _derived_columns(
    plan: Plan, guidelines: Sequence[str], valve: str, decision: Decision, rejected: Mask
) -> Iterator[Coded | Values]:
    """What was worked out where nothing was entered, and from what."""
    catalogue, filled, prefix = load_catalogue(), decision.filled, column_prefix(plan, valve)
    names = derivable(plan, guidelines, valve)
    rows = len(rejected)
    key = np.zeros(rows, np.int64)
    for name in names:
        sources = filled.sources.get(name)
        derived = np.zeros(rows, np.bool_) if sources is None else (sources > 1) & ~rejected
        if sources is not None:
            key = key * (len(METHODS) + 2) + np.where(derived, sources, 0)
        column = filled.columns.get(name)
        if isinstance(catalogue[name], Number):
            values = np.full(rows, np.nan) if column is None else np.where(derived, column, np.nan)
            yield Values(prefix + derived_name(name), values)
        else:
            codes = np.zeros(rows, np.int64) if column is None else np.where(derived, column, 0)
            yield Coded(prefix + derived_name(name), codes, ["", *catalogue.words[name].values])
    if names:
        first, inverse = distinct(key * ~rejected)
        texts = [_derived_from(decision, names, int(row), bool(rejected[row])) for row in first]
        yield Coded(prefix + "derived_from", inverse, texts)


def _derived_from(decision: Decision, names: Sequence[str], row: int, rejected: bool) -> str:
    origins = []
    for name in names:
        sources = decision.filled.sources.get(name)
        if rejected or sources is None or sources[row] < 2:
            continue
        if name in load_catalogue().numbers:
            method = decision.filled.method(name, row)
            origins.append(f"{name} by {method.name}" if method else name)
        else:
            derivation = load_catalogue().words[name].derivation
            origins.append(f"{name} by {derivation.place_for(decision.table.valve)}" if derivation else name)
    return "; ".join(origins)


def multivalve_cautions(
    plan: Plan, decisions: Mapping[str, Mapping[str, Decision | None]], rejected: Mapping[str, Mask]
) -> Iterator[Coded]:
    """What another leaking valve of the same row makes unreliable, one column for each valve of a prefixed table."""
    if not plan.prefixed:
        return
    by_valve = {valve: [d for d in by_guideline.values() if d is not None] for valve, by_guideline in decisions.items()}
    flags = list(unreliable(by_valve))
    for valve in plan.valves:
        own = [(rows, sentence) for flagged, _, rows, sentence in flags if flagged == valve]
        key = np.zeros(len(rejected[valve]), np.int64)
        for bit, (rows, _) in enumerate(own):
            key |= (rows & ~rejected[valve]).astype(np.int64) << bit
        first, codes = distinct(key)
        present = key[first].tolist()
        texts = ["; ".join(text for bit, (_, text) in enumerate(own) if code >> bit & 1) for code in present]
        yield Coded(f"{column_prefix(plan, valve)}cautions", codes, texts)
