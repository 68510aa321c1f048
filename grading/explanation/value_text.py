"""How a value stands in a sentence: with enough digits to be checked, or as a report prints it."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

from grading.reference.measurement import Number, Word
from grading.reference.table import Table
from grading.reference.units import NUMBER_PATTERN, UNITS, convert
from grading.writing import plain, quantity


def value_text(measurement: Number | Word, value: Any) -> str:
    """A value in its unit, with enough digits to be checked; or the word of a code."""
    if isinstance(measurement, Word):
        return measurement.text(measurement.values[int(value) - 1])
    return quantity(plain(float(np.round(value, measurement.decimals + 1))), measurement.unit)


def _rounded(value: float, decimals: int) -> str:
    """A number in so many decimals, a half rounded up as on paper: 0.25 is 0.3."""
    return str(Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def report_value(number: Number, value: float, table: Table | None) -> str:
    """A value as a report prints it: the catalogue's decimals, and more where fewer would move it into another band."""
    rows = [row for _, row in table.rows() if row.name == number.name and row.scale] if table else []
    for decimals in range(number.decimals, 10):
        text = _rounded(value, decimals)
        pairs = [np.array([value, float(text)]) for _ in rows]
        bands = [row.scale.band(pair, row.ratio) for row, pair in zip(rows, pairs, strict=True) if row.scale]
        if all(pair[0] == pair[1] for pair in bands):
            return quantity(text, number.unit)
    return quantity(plain(value), number.unit)


def in_unit(text: str, unit: str) -> str:
    """What a sentence says of a number's values, in another of its units: what has no unit, or a word, stays.

    >>> in_unit(">= 0.20 and < 0.40 cm2", "mm2"), in_unit("100 to 590 cm/s", "m/s"), in_unit("dense", "mm")
    ('>= 20 and < 40 mm2', '1 to 5.9 m/s', 'dense')
    """
    numbers, _, own = text.rpartition(" ")
    if own == unit or own not in UNITS or unit not in UNITS or UNITS[own][0] != UNITS[unit][0]:
        return text
    return f"{re.sub(NUMBER_PATTERN, lambda found: plain(convert(float(found[0]), own, unit)), numbers)} {unit}"
