"""The data dictionary as HTML: every measurement with its units, ranges and why, and how it is measured."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from grading.columns.template import header_of
from grading.reading.checks import MISSING, span
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number, Range, Word
from grading.writing import joined, plain, quantity, upper
from grading_app.html.render import piece
from grading_app.html.table import Piece, joined_html, published, small, web_table


def measurements_html(valve: str | None = None) -> Markup:
    """What can be entered for a valve, or for any, one table for each kind of measurement.

    >>> "vena_contracta_width_cm" in measurements_html("mitral")
    True
    """
    measurements = load_catalogue().enterable(valve)
    groups = dict.fromkeys(measurement.group for measurement in measurements)
    heads = ["Measurement", "Unit or words", "Range", "How it is measured"]
    tables = (web_table(upper(g), "", heads, (_entry(m) for m in measurements if m.group == g)) for g in groups)
    return published(*tables, _missing())


def _entry(measurement: Number | Word) -> list[Piece]:
    others = len(measurement.aliases) + len(measurement.valve_aliases) + len(measurement.spellings)
    known_as = f"{others} other spelling{'' if others == 1 else 's'} of the header known" if others else ""
    code = piece("code", header_of(measurement))
    name = joined_html([upper(measurement.label), small(code), small(known_as)])
    about = joined_html([measurement.how, *map(small, _codes(measurement))])
    if isinstance(measurement, Word):
        return [name, joined(list(map(measurement.text, measurement.values))), "", about]
    return [name, _units(measurement), joined_html(_ranges(measurement)), about]


def _units(number: Number) -> Markup:
    units = ["a ratio" if unit == "1" else unit for unit in number.units]
    also = small(f"also {joined(units[1:])}") if units[1:] else ""
    return joined_html([units[0], also])


def _ranges(number: Number) -> Iterator[Markup]:
    if number.hard:
        yield joined_html([f"possible {_possible(number.hard, number)}", small(number.hard.why)])
    if number.soft:
        yield joined_html([f"usual {span(number.soft, number, number.unit)}", small(number.soft.why)])


def _possible(limits: Range, number: Number) -> str:
    zero = "0 or " if limits.zero else ""
    return quantity(f"{zero}{plain(limits.low)}-{plain(limits.high)}", number.unit)


def _codes(measurement: Number | Word) -> list[str]:
    if isinstance(measurement, Word):
        return []
    codes, error = measurement.loinc, measurement.error
    lines = [f"error, one standard deviation: {error.text(measurement.unit)} ({error.source})"] if error else []
    return lines + ([f"LOINC {', '.join(f'{code} ({valve})' for valve, code in codes.items())}"] if codes else [])


def _missing() -> Markup:
    tokens = ", ".join(token for token in MISSING if token)
    return piece("paragraph", f"Not measured: an empty cell, or one of {tokens}.")
