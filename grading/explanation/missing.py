"""Why a criterion could not be worked out: what of it was entered, and what it still needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from grading.engine.columns import ENTERED, holds
from grading.engine.decide import Decision
from grading.engine.methods import METHODS, Method
from grading.explanation.derived import is_known
from grading.explanation.rule_text import measurement_text
from grading.explanation.value_text import value_text
from grading.explanation.votes import label, step_text
from grading.reference.catalogue import load_catalogue
from grading.reference.condition import Condition, Vocabulary, parse_condition
from grading.reference.derivation import ReadFromNumber
from grading.reference.measurement import Number, Word
from grading.reference.scale import NO_GRADE
from grading.reference.table import Row
from grading.reference.units import ratio
from grading.writing import joined

NOT_ENTERED = "not entered"
#: how a sentence begins of a number that no word is read off, however its context turns out
SAYS_NOTHING = "that says nothing"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A way to work a number out: the measurements at its roots that are known, and those that are missing."""

    method: Method
    known: tuple[str, ...]
    missing: tuple[str, ...]


def begun_text(names: Sequence[str], decision: Decision) -> str:
    """'PISA radius 0.9 cm entered', 'EROA 0.34 cm2 known' where it was worked out."""
    sources = [decision.filled.sources.get(name) for name in names]
    entered = all(source is None or source[0] == ENTERED for source in sources)
    return f"{entered_text(names, decision)} {'entered' if entered else 'known'}"


def entered_text(names: Sequence[str], decision: Decision) -> str:
    """'PISA radius 0.9 cm and peak velocity 500 cm/s'."""
    columns = decision.filled.columns
    return joined([f"{label(name)} {value_text(load_catalogue()[name], columns[name][0])}" for name in names])


def recipes(name: str, decision: Decision) -> Iterator[Recipe]:
    """Every way to work a number out for this valve, in order of preference."""
    for method in METHODS:
        if method.target == name and decision.table.valve in method.valves:
            leaves = [leaf for part in method.inputs for leaf in _leaves(part, decision)]
            known = [leaf for leaf in leaves if is_known(leaf, decision)]
            missing = [leaf for leaf in leaves if not is_known(leaf, decision)]
            yield Recipe(method, tuple(dict.fromkeys(known)), tuple(dict.fromkeys(missing)))


def _leaves(name: str, decision: Decision) -> tuple[str, ...]:
    """What a person would enter for a part: itself, or what it is worked out from in the way that lacks least."""
    if load_catalogue()[name].group != "derived":
        return (name,)
    ways = [(*recipe.known, *recipe.missing) for recipe in sorted(recipes(name, decision), key=_lacking)]
    return ways[0] if ways else (name,)


def _lacking(recipe: Recipe) -> int:
    return len(recipe.missing)


def started(name: str, decision: Decision) -> Recipe | None:
    """Of the ways to work a number out that were begun the one that lacks least; None where none was begun."""
    begun = [recipe for recipe in recipes(name, decision) if recipe.known and recipe.missing]
    return min(begun, key=_lacking, default=None)


def missing_text(row: Row, decision: Decision) -> str:
    """Why the measurement of a row is not known: 'PISA radius 0.9 cm entered; needs aliasing velocity'."""
    measurement = load_catalogue()[row.name]
    if isinstance(measurement, Number):
        return _number_text(measurement, decision)
    if measurement.derivation is None:
        return NOT_ENTERED
    if measurement.derivation.claims:
        return _claims_text(measurement, row.labels, decision)
    begun = (f"{begun_text(known, decision)}; {lacking}" for known, lacking in _readings(measurement, decision))
    return "; ".join(begun) or NOT_ENTERED


def lacks(name: str, decision: Decision, begun_with: str = "") -> str:
    """What a measurement that was begun still lacks: 'needs jet direction = central'; '' where nothing was begun.

    `begun_with`: of the ways to read a word those that this number begins, if there are any.
    """
    measurement = load_catalogue()[name]
    if isinstance(measurement, Number):
        recipe = started(name, decision)
        return f"needs {joined([label(part) for part in recipe.missing])}" if recipe else ""
    if measurement.derivation is None:
        return ""
    if measurement.derivation.claims:
        rows = (row.labels for _, row in decision.table.rows() if row.name == name)
        labels = next(rows, tuple(measurement.text(value) for value in measurement.values))
        text = _claims_text(measurement, labels, decision)
        return "" if text == NOT_ENTERED else text
    readings = list(_readings(measurement, decision))
    own = [lacking for known, lacking in readings if begun_with in known]
    return "; ".join(dict.fromkeys(own or [lacking for _, lacking in readings]))


def _number_text(number: Number, decision: Decision) -> str:
    recipe = started(number.name, decision)
    if recipe is None or (len(recipe.missing) > 1 and not any(is_idle(name, decision) for name in recipe.known)):
        return NOT_ENTERED
    return f"{begun_text(recipe.known, decision)}; needs {joined([label(n) for n in recipe.missing])}"


def is_idle(name: str, decision: Decision) -> bool:
    """True for a measurement that no assessed criterion reads and nothing was worked out from."""
    criteria = [(group, row) for group, row in decision.table.rows() if row.name == name]
    bands = [decision.tallies[group.name].bands.get(row.key) for group, row in criteria]
    return not any(band is not None and band[0] for band in bands) and name not in _parts_of_derived(decision)


def _parts_of_derived(decision: Decision) -> set[str]:
    """What was worked out from what: the parts of everything that was worked out."""
    parts: set[str] = set()
    for name, sources in decision.filled.sources.items():
        if sources[0] > 1:
            measurement = load_catalogue()[name]
            method = decision.filled.method(name) if isinstance(measurement, Number) else None
            if method is not None:
                parts |= {*method.inputs, *method.optional}
            elif isinstance(measurement, Word) and measurement.derivation:
                parts |= set(measurement.derivation.inputs)
    return parts


@cache
def conditions(texts: tuple[str, ...]) -> tuple[Condition, ...]:
    """The conditions of a derivation."""
    return tuple(parse_condition(text, Vocabulary(load_catalogue()), "derived.toml") for text in texts)


def fails(condition: Condition, decision: Decision) -> bool:
    """True when a condition is known not to hold."""
    mask = holds(condition, decision.filled.columns)
    return is_known(condition.subject, decision) and not (mask is not None and mask[0])


def _readings(word: Word, decision: Decision) -> Iterator[tuple[Sequence[str], str]]:
    """(what was entered, what that lacks) for every number that a word is read off."""
    assert word.derivation is not None
    lines = [line for line in word.derivation.lines if decision.table.valve in line.valves]
    for source in dict.fromkeys(line.source for line in lines):
        recipe = started(source, decision)
        if is_known(source, decision):
            yield [source], _line_text(word, [line for line in lines if line.source == source], decision)
        elif recipe is not None:
            yield recipe.known, f"needs {joined([label(name) for name in recipe.missing])}"


def _line_text(word: Word, lines: Sequence[ReadFromNumber], decision: Decision) -> str:
    guards = [conditions(line.given) for line in lines]
    held = any(all(is_known(c.subject, decision) and not fails(c, decision) for c in given) for given in guards)
    if held or not any(_names_word(line, decision) for line in lines):
        return f"{SAYS_NOTHING} of the {word.label}"
    unknown = [c for given in guards for c in given if not is_known(c.subject, decision)]
    if unknown:
        return f"needs {_needs(unknown)}"
    failing = [c for given in guards for c in given if fails(c, decision)]
    return f"read only with {joined(list(dict.fromkeys(measurement_text(c) for c in failing)))}"


def _names_word(line: ReadFromNumber, decision: Decision) -> bool:
    """True when a line would name a word for the value at hand, were its guards to hold."""
    number = load_catalogue()[line.source]
    assert isinstance(number, Number)
    band = line.scale.band(decision.filled.columns[line.source][:1], ratio(line.unit, number.unit))[0]
    return line.scale.labels[int(band) - 1] != NO_GRADE


def _needs(unknown: Sequence[Condition]) -> str:
    """'jet direction = central' where one answer would do, 'sex' where each answer reads another line."""
    texts: dict[str, list[str]] = {}
    for condition in unknown:
        texts.setdefault(condition.subject, []).append(measurement_text(condition))
    return joined([asked[0] if len(set(asked)) == 1 else label(subject) for subject, asked in texts.items()])


def _claims_text(word: Word, labels: Sequence[str], decision: Decision) -> str:
    """What each claim that argues for a grade lacks: 'for mild: needs LV size and LA size; for severe: ...'.

    `labels`: what each value of the word argues for.
    """
    assert word.derivation is not None
    texts = []
    for value, claim in word.derivation.claims.items():
        step, parts = labels[word.code(value) - 1], conditions(claim)
        if step not in (NO_GRADE, "not_severe") and not any(fails(condition, decision) for condition in parts):
            lacking = [c.subject for c in parts if not is_known(c.subject, decision)]
            texts.append(f"for {step_text(step)}: needs {joined([_part_text(name, decision) for name in lacking])}")
    if texts:
        return "; ".join(texts)
    parts_unknown = [name for name in word.derivation.inputs if not is_known(name, decision)]
    if len(parts_unknown) == len(word.derivation.inputs):
        return NOT_ENTERED
    needs = joined([_part_text(name, decision) for name in parts_unknown])
    return f"needs {needs}" if parts_unknown else "its parts do not settle it"


def _part_text(name: str, decision: Decision) -> str:
    """A missing part, with what was entered towards it: 'LV size (LV EDD 6 cm entered; needs sex)'."""
    measurement = load_catalogue()[name]
    if not isinstance(measurement, Word) or not measurement.derivation or not measurement.derivation.lines:
        return measurement.label
    readings = list(_readings(measurement, decision))
    begun = "; ".join(f"{begun_text(known, decision)}; {lacking}" for known, lacking in readings)
    return f"{measurement.label} ({begun})" if begun else measurement.label
