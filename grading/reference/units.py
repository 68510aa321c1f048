"""Units: reading them, and the one place where a value is converted.

Conversion multiplies by an exact ratio and then clears float noise at nine decimals, because `6 * 0.1` is above `0.6`.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from functools import cache, lru_cache
from types import MappingProxyType
from typing import overload

import numpy as np

from grading.reference.scale import Numbers

#: unit -> (kind of quantity, how many of the kind's base unit it holds)
UNITS = MappingProxyType(
    {
        "mm": ("length", Fraction(1, 10)),
        "cm": ("length", Fraction(1)),
        "m": ("length", Fraction(100)),
        "in": ("length", Fraction(254, 100)),
        "mm2": ("area", Fraction(1, 100)),
        "cm2": ("area", Fraction(1)),
        "m2": ("area", Fraction(10000)),
        "mL": ("volume", Fraction(1)),
        "mL/s": ("flow", Fraction(1)),
        "mL/m2": ("volume index", Fraction(1)),
        "cm/m2": ("length index", Fraction(1)),
        "cm/s": ("velocity", Fraction(1)),
        "m/s": ("velocity", Fraction(100)),
        "ms": ("time", Fraction(1)),
        "s": ("time", Fraction(1000)),
        "%": ("share", Fraction(1)),
        "fraction": ("share", Fraction(100)),
        "kg": ("mass", Fraction(1)),
        "lb": ("mass", Fraction(45359237, 100_000_000)),
        "deg": ("angle", Fraction(1)),
        "1": ("ratio", Fraction(1)),
    }
)

#: words and signs of a unit, casefolded -> how it is written here
_WORDS = MappingProxyType(
    {
        word: symbol
        for symbol, words in {
            "mm": "millimeter millimeters millimetre millimetres millimètre millimètres millimetro millimetri mms "
            "milímetro milímetros milimetre мм 毫米",
            "cm": "centimeter centimeters centimetre centimetres zentimeter centimètre centimètres "
            "centimetro centimetri centímetro centímetros santimetre см 厘米",
            "m": "meter meters metre metres м 米",
            "in": "inch inches",
            "ml": "milliliter milliliters millilitre millilitres cc ccm cm3 cmcubed mls мл 毫升",
            "s": "sec secs second seconds sekunde sekunden seconde secondes sek seg sn с сек 秒",
            "ms": "msec msecs millisecond milliseconds millisekunde millisekunden msn мс мсек 毫秒",
            "%": "pct percent percentage prozent pourcent",
            "fraction": "frac",
            "cm2": "qcm 平方厘米",
            "mm2": "qmm 平方毫米",
            "kg": "кг kilogram kilograms kilogramme kilogrammes kgs",
            "lb": "lbs pound pounds",
            "deg": "degree degrees °",
            "1": "ratio",
        }.items()
        for word in words.split()
    }
)
_PER_SECOND = MappingProxyType({"mps": "m/s", "cmps": "cm/s", "cms": "cm/s", "mlps": "mL/s"})
_SPELLINGS = MappingProxyType({unit.casefold(): unit for unit in UNITS} | dict(_PER_SECOND))

#: endings of a column header, longest first: `eroa_mm2`, `la_volume_index_ml_m2`
HEADER_ENDINGS = MappingProxyType(
    {
        "ml_m2": "mL/m2",
        "cm_s": "cm/s",
        "m_s": "m/s",
        "cm2": "cm2",
        "mm2": "mm2",
        "pct": "%",
        "deg": "deg",
        "cm": "cm",
        "mm": "mm",
        "ml": "mL",
        "ms": "ms",
        "m2": "m2",
        "kg": "kg",
        "s": "s",
        "m": "m",
    }
)

NUMBER_PATTERN = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
#: a number that is not zero: a digit that is not stands before any power of ten
NONZERO_PATTERN = r"[+-]?[0.]*[1-9]"
#: longer texts are no quantity and no unit, and are not looked at: what a pattern does with a text has bounds
_LONGEST_QUANTITY, _LONGEST_UNIT = 100, 60
_LEAD = re.compile(r"^\s*(?:(?:unit|units)\b\s*[:=]?|(?:in|en)\b)\s+", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*(?P<before>[^()\[\]{}]*)[(\[{](?P<inside>[^()\[\]{}]*)[)\]}]\s*")
_QUANTITY = re.compile(rf"\s*(?P<number>{NUMBER_PATTERN})\s*(?P<unit>[^\s\d].*?)?\s*")


@cache
def ratio(unit: str, to: str) -> Fraction:
    """How many `to` are in one `unit`; both must measure the same kind of quantity."""
    (kind, size), (kind_to, size_to) = UNITS[unit], UNITS[to]
    if kind != kind_to:
        raise ValueError(f"{unit} measures {kind}, {to} measures {kind_to}")
    return size / size_to


@overload
def convert(values: float, unit: str, to: str) -> float: ...
@overload
def convert(values: Numbers, unit: str, to: str) -> Numbers: ...
def convert(values: Numbers | float, unit: str, to: str) -> Numbers | float:
    """`values` [unit] in unit `to`, by exact ratio, cleared of float noise at nine decimals. NaN stays NaN.

    >>> convert(6.0, "mm", "cm")
    0.6
    """
    exact = ratio(unit, to)
    with np.errstate(over="ignore", invalid="ignore"):
        given = np.asarray(values, dtype=np.float64)
        scaled = given if exact == 1 else given * exact.numerator / exact.denominator
        cleaned = clean(scaled)
    # 0 says that nothing was seen, and a tiny number does not, even where it is the least that there is
    if np.count_nonzero(cleaned) < np.count_nonzero(given):
        cleaned = np.where((cleaned == 0) & (given != 0), np.where(scaled == 0, given, scaled), cleaned)
    return cleaned if isinstance(values, np.ndarray) else float(cleaned)


def clean(values: Numbers) -> Numbers:
    """Clear float noise at nine decimals, so that 0.1 + 0.2 sits on 0.3."""
    return np.round(values, 9)


def read_unit(text: str) -> str | None:
    """The unit a person meant, or None: 'cm²', 'CM^2', 'sq cm' and 'square centimetres' are all 'cm2'.

    >>> read_unit("mm²"), read_unit("ml/m²"), read_unit("furlong")
    ('mm2', 'mL/m2', None)
    >>> read_unit("Millimetres"), read_unit("metres per second"), read_unit("cm·s⁻¹"), read_unit("mm squared")
    ('mm', 'm/s', 'cm/s', 'mm2')
    >>> read_unit("[mm]"), read_unit("in mm"), read_unit("millimetres (mm)"), read_unit("mm (cm)")
    ('mm', 'mm', 'mm', None)
    """
    if len(text) > _LONGEST_UNIT:
        return None
    return _read_unit(text) or _dressed_unit(text)


def _dressed_unit(text: str) -> str | None:
    """The unit of a text that says it in brackets, behind a word that leads to it, or twice."""
    bare = _LEAD.sub("", text)
    if (whole := _BRACKETS.fullmatch(bare)) is None:
        return _read_unit(bare) if bare != text else None
    before, inside = whole["before"].strip(), _read_unit(whole["inside"])
    return inside if not before or _read_unit(before) == inside else None


@lru_cache(maxsize=10_000)
def _read_unit(text: str) -> str | None:
    folded = unicodedata.normalize("NFKC", text).casefold().strip().replace("_", "/").replace("\u2212", "-")
    folded = re.sub(r"\bper cent\b", "%", folded)
    folded = re.sub(r"\bper\b", "/", folded)
    folded = re.sub(r"\s*\bsquared\b", "2", folded)
    folded = re.sub(r"\b(?:square|sq\.?)\s*([^\W\d]+)", r"\g<1>2", folded)
    folded = re.sub(r"\s*(?:\bsq\b\.?|\^\s*2|\*\*\s*2)", "2", folded)
    # 'm s-1', 'm.s-1' and 'm·s^-1' are metres per second
    folded = re.sub(r"[\s.*·⋅]\s*([^\W\d]+)\s*\^?\s*-1\b", r"/\1", folded)
    words = re.split(r"([/\s.]+|2)", folded)
    folded = re.sub(r"\s+", "", "".join(_WORDS.get(word, word) for word in words))
    return _SPELLINGS.get(folded) or _SPELLINGS.get(folded.replace(".", ""))


def read_number(text: str) -> float | None:
    """A plain decimal number with a point, or None. `0,4`, `<0.2`, `1_000`, `inf` and digits of other scripts are none,
    nor is what is no zero and reads as one.

    >>> read_number(" 0.40 "), read_number("0,40"), read_number("<0.2"), read_number("1e-400")
    (0.4, None, None, None)
    """
    stripped = text.strip()
    if re.fullmatch(NUMBER_PATTERN, stripped) is None:
        return None
    value = float(stripped)
    return None if value == 0 and re.match(NONZERO_PATTERN, stripped) else value


def split_quantity(text: str) -> tuple[float, str] | None:
    """The number and the words after it: '45 mm2' is (45.0, 'mm2'), '45' is (45.0, ''); None when it does not start
    so, or is too long to be one."""
    found = _QUANTITY.fullmatch(text) if len(text) <= _LONGEST_QUANTITY else None
    number = read_number(found["number"]) if found else None
    return (number, (found["unit"] or "").strip()) if found and number is not None else None
