"""What was worked out: by which formula and from what, and the sentences for values that do not fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from grading.engine.decide import Decision
from grading.engine.fill import DISAGREEMENT, ENTERED, Flag, known, read_by
from grading.engine.methods import METHODS, labelled
from grading.explanation.value_text import value_text
from grading.explanation.views import DerivedView
from grading.reference.catalogue import Number, Word, load_catalogue
from grading.writing import plain


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


def flag_wording(flag: Flag, source: int) -> tuple[str, str, str]:
    """The sentence around the kept value and the other one, where the kept one came from `source` (see Filled)."""
    measurement = load_catalogue()[flag.target]
    if not flag.disagrees:
        return f"{measurement.label} by {flag.by} would be ", "", ", which is impossible; it is not used, check"
    which = "entered" if source == ENTERED else "first"
    by = f" by {METHODS[source - 2].name}" if source > ENTERED and isinstance(measurement, Number) else ""
    head = f"{measurement.label} is " if by else f"{measurement.label} was entered as "
    apart = "" if isinstance(measurement, Word) else f", more than {plain(100 * DISAGREEMENT)} % apart"
    return head, f"{by}, but {flag.by} gives ", f"{apart}; the {which} value is kept, check both"


def flag_text(flag: Flag, row: int, decision: Decision) -> str:
    """The sentence for one value that could not be used, or that disagrees with the one that is kept."""
    measurement, sources = load_catalogue()[flag.target], decision.filled.sources.get(flag.target)
    by_labels = replace(flag, by=labelled(flag.by))
    head, middle, tail = flag_wording(by_labels, ENTERED if sources is None else int(sources[row]))
    other = value_text(measurement, flag.value[row])
    kept = value_text(measurement, decision.filled.columns[flag.target][row]) if flag.disagrees else ""
    return f"{head}{kept}{middle}{other}{tail}"
