"""The measurements of one case by the names that a person gives them: catalogue names, aliases, a unit in the name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grading.columns.headers import match, refusal
from grading.errors import UsageError
from grading.reference.catalogue import check_valve, load_catalogue
from grading.reference.units import read_unit, split_quantity


def by_catalogue_name(values: Mapping[str, Any], valve: str) -> dict[str, Any]:
    """Measurements by catalogue name; an alias such as `vc`, and a unit or the valve in the name (`mr_vc_mm`), count.

    Raises UsageError for a name of another valve, for one that is refused, for a measurement that is given twice, and
    for a value in another unit than its name says.

    >>> by_catalogue_name({"vc_mm": 7, "cw_jet": "dense"}, "mitral")
    {'vena_contracta_width': '7 mm', 'cw_jet': 'dense'}
    """
    named: dict[str, Any] = {}
    for name, value in values.items():
        meaning = None if name in load_catalogue() else match(name)
        if meaning is None and name not in load_catalogue() and (reason := refusal(name)):
            raise UsageError(f"{name} is not taken: {reason}")
        if meaning is not None and meaning.valve not in ("", check_valve(valve)):
            raise UsageError(f"{name}={value} is about the {meaning.valve} valve, and {valve} is graded")
        canonical = meaning.measurement if meaning is not None else name
        if canonical in named:
            raise UsageError(f"{canonical} is given twice ({name}={value}); give it once")
        named[canonical] = _with_unit(value, meaning.unit, name) if meaning is not None and meaning.unit else value
    return named


def _with_unit(value: Any, unit: str, name: str) -> Any:
    """A number with the unit of its name. Raises UsageError where its own unit is another."""
    text = str(value).strip()
    split = None if value is None or isinstance(value, bool) else split_quantity(text)
    if split is None or split[1].startswith((",", ".")):
        return value
    typed = split[1]
    if typed and read_unit(typed) != unit:
        raise UsageError(f"{name}={text!r}: the name says {unit} and the value {typed}; correct one of them")
    return value if typed else f"{text} {unit}"
