"""Is a number possible, is it plausible, and the sentence that says so. The ranges are the catalogue's."""

from __future__ import annotations

from grading.reference.catalogue import Number, Range
from grading.reference.units import convert
from grading.writing import plain, quantity


def span(limits: Range, number: Number, unit: str) -> str:
    """The range in a unit: '0-5 cm2' where zero is allowed, '5-150 cm/s' where not."""
    low, high = (plain(convert(end, number.unit, unit)) for end in (limits.low, limits.high))
    if limits.low == -float("inf"):
        return f"up to {high} {unit}"
    return f"{'0' if limits.zero else low}-{high} {unit}"


def impossible(number: Number, value: float, typed: str, unit: str) -> str:
    """Why a value outside the hard range is refused. `value` is in `unit`, `typed` as it was written."""
    assert number.hard is not None
    hard = number.hard
    low = convert(hard.low, number.unit, unit) if hard.low > -float("inf") else hard.low
    allowed = span(hard, number, unit).replace(" 1", "") if unit == "1" else span(hard, number, unit)
    if hard.zero and 0 < value < low:
        least = plain(low)
        found = f"is below {quantity(least, unit)}, the least that is no unit slip (allowed: 0, or {least} and up)"
    else:
        found = f"is outside {allowed}"
    other = number.plausible_unit(value, unit)
    hint = f"; {quantity(typed, other)} would be plausible: check the unit" if other else ": check the value"
    return f"{number.label} {quantity(typed, unit)} {found}{hint}"


def unusual(number: Number, value: float, typed: str, unit: str) -> str:
    """Why a value outside the soft range is flagged; it is graded all the same."""
    assert number.soft is not None
    usual = span(number.soft, number, unit)
    other = number.plausible_unit(value, unit)
    hint = f"; {quantity(typed, other)} would be plausible" if other else ""
    found = f"{number.label} {quantity(typed, unit)} is possible but unusual (usual: {usual})"
    return f"{found}{hint}; check it"
