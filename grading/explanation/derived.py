"""What was worked out: by which formula and from what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grading.engine.columns import ENTERED, known
from grading.engine.decide import Decision
from grading.engine.fill import read_by
from grading.explanation.value_text import value_text
from grading.explanation.views import DerivedView
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number, Word


def is_known(name: str, decision: Decision) -> bool:
    """True when a measurement was entered or worked out."""
    column = decision.filled.columns.get(name)
    return column is not None and bool(known(column)[0])


def derived(decision: Decision) -> Iterator[DerivedView]:
    """Everything that was worked out and is read."""
    catalogue, read = load_catalogue(), read_by(decision.table)
    for name, sources in decision.filled.sources.items():
        if sources[0] > ENTERED and name in read:
            measurement = catalogue[name]
            yield _number(measurement, decision) if isinstance(measurement, Number) else _word(measurement, decision)


def _number(number: Number, decision: Decision) -> DerivedView:
    filled = decision.filled
    method = filled.method(number.name)
    assert method is not None
    parts = [*method.inputs, *(name for name in method.optional if name in filled.columns)]
    return DerivedView(
        measurement=number.name,
        label=number.label,
        value=float(filled.columns[number.name][0]),
        unit=number.unit,
        method=method.text,
        parts=_parts(parts, decision),
    )


def _word(word: Word, decision: Decision) -> DerivedView:
    derivation = word.derivation
    assert derivation is not None
    return DerivedView(
        measurement=word.name,
        label=word.label,
        value=word.values[decision.filled.columns[word.name][0] - 1],
        unit=None,
        method=derivation.place_for(decision.table.valve),
        parts=_parts([name for name in derivation.inputs if is_known(name, decision)], decision),
    )


def _parts(names: Sequence[str], decision: Decision) -> str:
    """'pisa_radius = 0.9 cm, aliasing_velocity = 40 cm/s'."""
    catalogue, columns = load_catalogue(), decision.filled.columns
    return ", ".join(f"{name} = {value_text(catalogue[name], columns[name][0])}" for name in names)
