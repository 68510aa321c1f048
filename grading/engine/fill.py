"""Filling in what was not entered: which value follows from which, by what method, and where the two disagree.

An entered value is never overwritten, and the first method that gives a value keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from grading.engine.columns import ENTERED, NO_LEAK_ELSEWHERE, Columns, Filled, Flag, Withheld, known
from grading.engine.methods import METHODS, Method
from grading.engine.words import derivable, work_out
from grading.reference.catalogue import load_catalogue
from grading.reference.scale import Mask, Numbers
from grading.reference.table import Table
from grading.reference.units import clean

#: an entered and a derived value further apart than this share of the entered one are flagged
DISAGREEMENT = 0.20
#: two ways to one quantity, each a measurement of its own
SAME_QUANTITY = (("eroa", "eroa_volumetric"),)


def fill(valve: str, columns: Columns, leaking: Mapping[str, Mask] = NO_LEAK_ELSEWHERE) -> Filled:
    """Everything that follows from the entered columns of one valve. `leaking`: rows in which another valve leaks.

    A chain of formulas runs on unrounded values; float noise is cleared once, at its ends, so that a fraction that is
    exactly 50 % on paper is 50 here.
    """
    filled = Filled(dict(columns))
    with np.errstate(all="ignore"):
        for code, method in enumerate(METHODS, ENTERED + 1):
            if valve in method.valves and all(name in filled.columns for name in method.inputs):
                _apply(method, code, filled, leaking)
        _flag_more_than_the_ventricle_ejects(filled)
    for target in filled.sources:
        filled.columns[target] = clean(filled.columns[target])
    for name, other in SAME_QUANTITY:
        if name in filled.columns and other in filled.columns:
            apart = _apart(filled.columns[other], filled.columns[name])
            if apart.any():
                by = load_catalogue().numbers[other].label
                filled.flags.append(Flag(target=name, by=by, rows=apart, value=filled.columns[other], disagrees=True))
    for word in derivable(valve):
        work_out(word, valve, filled)
    return filled


def _apply(method: Method, code: int, filled: Filled, leaking: Mapping[str, Mask]) -> None:
    """Fill the method's target where it is unknown; flag what is impossible or disagrees with an entered value."""
    columns = filled.columns
    optional = {n: np.nan_to_num(columns[n], nan=default) for n, default in method.optional.items() if n in columns}
    value = method.function(*(columns[name] for name in method.inputs), **optional)
    if method.invalid_beside in leaking:
        void = leaking[method.invalid_beside] & ~np.isnan(value)
        filled.withheld.append(Withheld(target=method.target, beside=method.invalid_beside, rows=void))
        value = np.where(void, np.nan, value)
    value = _possible(method, value, filled)
    usable = ~np.isnan(value)
    column = columns.get(method.target)
    if column is None:
        columns[method.target] = value
        filled.sources[method.target] = usable.view(np.int8) * np.int8(code)
        return
    sources = filled.sources.setdefault(method.target, known(column).view(np.int8).copy())
    apart = _apart(value, column)
    if apart.any():
        filled.flags.append(Flag(target=method.target, by=method.text, rows=apart, value=value, disagrees=True))
    empty = usable & (sources == 0)
    columns[method.target] = np.where(empty, value, column)
    np.copyto(sources, np.int8(code), where=empty)


def _possible(method: Method, value: Numbers, filled: Filled) -> Numbers:
    """The value where it can be; flagged where it cannot: negative, out of range, or more than its ceiling."""
    columns = filled.columns
    if method.bounded is not None:
        value = _within_its_bound(method.bounded, value, filled)
    hard = load_catalogue().numbers[method.target].hard
    impossible = _more(0.0, value)
    if hard is not None:
        impossible |= value > hard.high + 1e-9
    above = np.zeros_like(impossible)
    if method.ceiling in columns:
        above = ~impossible & _more(value, columns[method.ceiling])
    for rows, ceiling in ((impossible, ""), (above, method.ceiling)):
        if rows.any():
            flag = Flag(target=method.target, by=method.text, rows=rows, value=value, disagrees=False, ceiling=ceiling)
            filled.flags.append(flag)
    return np.where(impossible | above, np.nan, value) if impossible.any() or above.any() else value


def _within_its_bound(bounded: tuple[str, str], value: Numbers, filled: Filled) -> Numbers:
    """The value where a quantity stays within its bound; where an entered one does not, that is flagged once."""
    quantity, ceiling = bounded
    if quantity not in filled.columns or ceiling not in filled.columns:
        return value
    above = _more(filled.columns[quantity], filled.columns[ceiling])
    if above.any() and not any(flag.ceiling == ceiling and flag.disagrees for flag in filled.flags):
        most = filled.columns[ceiling]
        flag = Flag(target=quantity, by=ceiling, rows=above, value=most, disagrees=True, ceiling=ceiling)
        filled.flags.append(flag)
    return np.where(above, np.nan, value)


def _flag_more_than_the_ventricle_ejects(filled: Filled) -> None:
    """Warn of a regurgitant volume above what the LV volumes eject; biplane volumes run low, so it is kept."""
    volume, most = (filled.columns.get(name) for name in ("regurgitant_volume", "lv_stroke_volume"))
    if volume is None or most is None:
        return
    above = _more(volume, most)
    if above.any():
        name = "lv_stroke_volume"
        flag = Flag(target="regurgitant_volume", by=name, rows=above, value=most, disagrees=True, ceiling=name)
        filled.flags.append(flag)


def _more(value: Numbers | float, other: Numbers) -> Mask:
    """Where a value is more than another, and not by float noise alone; that is looked for where there is any."""
    more: Mask = value > other
    return more & (clean(np.asarray(value)) > clean(other)) if more.any() else more


def _apart(value: Numbers, kept: Numbers) -> Mask:
    """Where two values are known and more than the allowed share of the kept one apart."""
    gap, allowed = value - kept, np.abs(kept)
    np.abs(gap, out=gap)
    allowed *= DISAGREEMENT
    allowed += 1e-9
    result: Mask = gap > allowed
    return result


def read_by(table: Table) -> frozenset[str]:
    """Every measurement that a table reads, itself or through something worked out."""
    return _read_for(table, {c.subject for caution in table.cautions for c in caution.when})


def graded_by(table: Table) -> frozenset[str]:
    """Those of them that can matter to a grade or a stage, and not to a caution alone."""
    return _read_for(table, set())


def _read_for(table: Table, used: set[str]) -> frozenset[str]:
    """What a table's criteria, rules and stages ask, and `used`, with all that these are worked out from."""
    catalogue = load_catalogue()
    conditions = [*table.conditions(), *(c for stage in table.stages for c in stage.when)]
    conditions += [c for _, row in table.rows() for c in (*row.given, *row.unless)]
    used = used | {row.name for _, row in table.rows()} | {c.subject for c in conditions}
    waiting = list(used)
    while waiting:
        name = waiting.pop()
        word = catalogue.words.get(name)
        inputs = set(word.derivation.inputs_for(table.valve)) if word and word.derivation else set()
        for method in METHODS:
            if method.target == name and table.valve in method.valves:
                inputs |= {*method.inputs, *method.optional}
        waiting += inputs - used
        used |= inputs
    return frozenset(used)
