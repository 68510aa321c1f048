"""Words worked out from numbers and from other words, as derived.toml says."""

from __future__ import annotations

from functools import cache

import numpy as np

from grading.engine.columns import ENTERED, Filled, Flag, holds, known
from grading.reference.catalogue import load_catalogue
from grading.reference.condition import Condition, Vocabulary, parse_condition
from grading.reference.derivation import ReadFromNumber
from grading.reference.measurement import Word
from grading.reference.scale import Codes, Mask
from grading.reference.units import ratio


@cache
def derivable(valve: str) -> tuple[Word, ...]:
    """Words that can be worked out for a valve, each after those it is read from."""
    words = {w.name: w for w in load_catalogue().words.values() if w.derivation and valve in w.valves}
    ordered: dict[str, Word] = {}

    def place(word: Word) -> None:
        assert word.derivation is not None
        for name in word.derivation.inputs:
            if name in words and name not in ordered and words[name] is not word and not word.derivation.overrides:
                place(words[name])
        ordered.setdefault(word.name, word)

    for word in words.values():
        place(word)
    return tuple(ordered.values())


@cache
def _conditions(texts: tuple[str, ...]) -> tuple[Condition, ...]:
    return tuple(parse_condition(text, Vocabulary(load_catalogue()), "derived.toml") for text in texts)


def work_out(word: Word, valve: str, filled: Filled) -> None:
    """Work a word out where it was not entered."""
    assert word.derivation is not None
    if not any(name in filled.columns for name in word.derivation.inputs):
        return
    read = _by_claims(word, filled) if word.derivation.claims else _by_lines(word, valve, filled)
    if read is None:
        return
    entered = filled.columns.get(word.name)
    if entered is not None and word.derivation.overrides:
        _override(word, entered, read, filled)
    elif entered is None:
        filled.columns[word.name] = read
        filled.sources[word.name] = (read != 0).view(np.int8) * np.int8(ENTERED + 1)
    else:
        _flag_apart(word, valve, (entered != 0) & (read != 0) & (read != entered), filled)
        made = read * (entered == 0)
        filled.columns[word.name] = entered + made
        filled.sources[word.name] = (entered != 0).view(np.int8) + (made != 0).view(np.int8) * np.int8(ENTERED + 1)


def _flag_apart(word: Word, valve: str, apart: Mask, filled: Filled) -> None:
    """Rows where a number says another word than the one that was entered: a flag for each line that says so."""
    assert word.derivation is not None
    for line in word.derivation.lines if apart.any() else ():
        values = _read_line(word, line, valve, filled)
        rows = apart & (values != 0) if values is not None else np.zeros_like(apart)
        if values is not None and rows.any():
            names = [line.source, *(condition.subject for condition in _conditions(line.given))]
            by = " with ".join(load_catalogue()[name].label for name in dict.fromkeys(names))
            filled.flags.append(Flag(target=word.name, by=by, rows=rows, value=values, disagrees=True))
            apart = apart & ~rows


def _override(word: Word, entered: Codes, read: Codes, filled: Filled) -> None:
    """What a word implies stands against what was entered for it, and that is flagged."""
    assert word.derivation is not None
    apart = (entered != 0) & (read != 0) & (read != entered)
    if apart.any():
        by = " with ".join(load_catalogue()[name].label for name in word.derivation.inputs)
        flag = Flag(target=word.name, by=by, rows=apart, value=entered, disagrees=True, overridden=True)
        filled.flags.append(flag)
    made = (read != 0) & (read != entered)
    filled.columns[word.name] = np.where(made, read, entered)
    filled.sources[word.name] = (filled.columns[word.name] != 0).view(np.int8) + made.view(np.int8)


def _by_lines(word: Word, valve: str, filled: Filled) -> Codes | None:
    """The first line that says something decides."""
    read: Codes | None = None
    assert word.derivation is not None
    for line in word.derivation.lines:
        values = _read_line(word, line, valve, filled)
        if values is not None:
            read = values if read is None else read + values * (read == 0)
    return read


def _read_line(word: Word, line: ReadFromNumber, valve: str, filled: Filled) -> Codes | None:
    """The word that one line reads in every row, 0 for none; None where it can read it in no row."""
    column = filled.columns.get(line.source)
    conditions = [holds(condition, filled.columns) for condition in _conditions(line.given)]
    guards = [guard for guard in conditions if guard is not None]
    if column is None or valve not in line.valves or len(guards) < len(conditions):
        return None
    to_catalogue = ratio(line.unit, load_catalogue().numbers[line.source].unit)
    codes = np.array([0, *(0 if label == "-" else word.code(label) for label in line.scale.labels)], dtype=np.int8)
    values: Codes = codes.take(line.scale.band(column, to_catalogue), mode="clip")
    for guard in guards:
        values = values * guard
    return values


def _by_claims(word: Word, filled: Filled) -> Codes:
    """A claim holds when all its conditions are known to; the word is `otherwise` when every claim is known to fail."""
    assert word.derivation is not None
    rows = len(next(iter(filled.columns.values())))
    read = np.zeros(rows, dtype=np.int8)
    every_claim_failed = np.ones(rows, dtype=np.bool_)
    for value, texts in word.derivation.claims.items():
        met, failed = np.ones(rows, dtype=np.bool_), np.zeros(rows, dtype=np.bool_)
        for condition in _conditions(texts):
            true = holds(condition, filled.columns)
            if true is None:
                met[:] = False
                continue
            met &= true
            failed |= ~true & known(filled.columns[condition.subject])
        np.copyto(read, np.int8(word.code(value)), where=met)
        every_claim_failed &= failed
    if word.derivation.otherwise:
        np.copyto(read, np.int8(word.code(word.derivation.otherwise)), where=every_claim_failed)
    return read
