"""What a person types into one field, in the words that `read_values` takes: with the field's unit, and a comma as the
decimal mark where it can be nothing else."""

from __future__ import annotations

import math
import re

import numpy as np

from grading.reading.checks import AMBIGUOUS_COMMA
from grading.reference.measurement import Number
from grading.reference.units import UNITS, convert, read_unit, split_quantity
from grading.writing import plain, quantity

#: '0,45 cm2', ',45', '-0,3': one comma among digits, and behind it a unit or nothing
_COMMA = re.compile(r"(?P<before>[+-]?\d*),(?P<after>\d+(?:\s*[^\s\d.,].*)?)", re.ASCII | re.DOTALL)
#: longer texts are no quantity
_LONGEST = 100


def with_point(text: str) -> str:
    """A typed number with a point for its decimal comma; '1,250', which may be 1250 as well, stays as it is.

    >>> with_point("0,45 cm2"), with_point(",45"), with_point("-0,3"), with_point("1,250 mL"), with_point("0,450")
    ('0.45 cm2', '.45', '-0.3', '1,250 mL', '0.450')
    """
    stripped = text.strip()
    if len(stripped) > _LONGEST or AMBIGUOUS_COMMA.fullmatch(stripped):
        return stripped
    found = _COMMA.fullmatch(stripped)
    return f"{found['before']}.{found['after']}" if found else stripped


def typed_quantity(text: str, unit: str) -> str:
    """What was typed into a field that asks in `unit`, as `read_values` takes it: a bare number gets the unit, and what
    is no number stays as it was typed, to be refused.

    >>> typed_quantity("0,45", "cm2"), typed_quantity("5.2 m/s", "cm/s"), typed_quantity("<0.3", "cm")
    ('0.45 cm2', '5.2 m/s', '<0.3')
    """
    pointed = with_point(text)
    split = split_quantity(pointed)
    return quantity(pointed, unit) if split and not split[1] else pointed


def in_unit(text: str, number: Number, unit: str, to: str) -> str:
    """What was typed into a field, when the field changes from one unit to another: a bare number is converted, a
    number with a unit of its own and what is no number stay.

    >>> from grading.reference.catalogue import load_catalogue
    >>> eroa = load_catalogue().numbers["eroa"]
    >>> in_unit("0,35", eroa, "cm2", "mm2"), in_unit("35 mm2", eroa, "cm2", "mm2")
    ('35', '35 mm2')
    """
    split = split_quantity(with_point(text))
    return plain(convert(split[0], unit, to)) if split and not split[1] else text


def bare_number(text: str, number: Number, unit: str) -> str:
    """A quantity such as '45 mm2' as the bare number of a field that asks in `unit`; what is none stays."""
    split = split_quantity(with_point(text))
    given = read_unit(split[1]) if split and split[1] else number.unit
    return plain(convert(split[0], given, unit)) if split and given in number.units else text


def offers(text: str, number: Number, unit: str) -> tuple[str, ...]:
    """What may have been meant by a value that a field asking in `unit` refuses, or finds odd: as it stands in another
    unit, or either reading of a comma. Only what is an ordinary value is offered.

    >>> from grading.reference.catalogue import load_catalogue
    >>> numbers = load_catalogue().numbers
    >>> offers("9.5", numbers["pisa_radius"], "cm"), offers("520", numbers["peak_velocity"], "m/s")
    (('9.5 mm',), ('520 cm/s',))
    >>> offers("1,250", numbers["lv_end_diastolic_volume"], "mL"), offers("1,250", numbers["pressure_half_time"], "ms")
    ((), ())
    >>> offers("1,150", numbers["pressure_half_time"], "ms"), offers("<0.3", numbers["eroa"], "cm2")
    (('1150 ms',), ())
    """
    stripped = text.strip()
    if AMBIGUOUS_COMMA.fullmatch(stripped):
        both = (typed_quantity(stripped.replace(",", mark, 1), unit) for mark in (".", ""))
        return tuple(one for one in both if _is_ordinary(one, number))
    split = split_quantity(typed_quantity(text, unit))
    given = read_unit(split[1]) if split else None
    if split is None or given not in number.units or _is_ordinary(quantity(plain(split[0]), given), number):
        return ()
    other = number.plausible_unit(split[0], given)
    return (quantity(plain(split[0]), other),) if other else ()


def typed_error(text: str, unit: str) -> float | None:
    """A standard deviation typed into a field that asks in `unit` ('%' or that of a number); None for what is none.

    >>> typed_error("0,5 mm", "cm"), typed_error("10 %", "%"), typed_error("-1", "%"), typed_error("5 mm", "%")
    (0.05, 10.0, None, None)
    """
    split = split_quantity(typed_quantity(text, "" if unit == "1" else unit))
    if split is None or not 0 <= split[0] < math.inf:
        return None
    given = read_unit(split[1]) if split[1] else unit
    same_kind = given is not None and UNITS[given][0] == UNITS[unit][0]
    return convert(split[0], str(given), unit) if same_kind else None


def _is_ordinary(text: str, number: Number) -> bool:
    split = split_quantity(text)
    given = read_unit(split[1]) if split and split[1] else number.unit
    if split is None or given not in number.units:
        return False
    value = np.array([convert(split[0], given, number.unit)])
    return not any(limits.outside(value)[0] for limits in (number.hard, number.soft) if limits is not None)
