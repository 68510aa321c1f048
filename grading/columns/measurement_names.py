"""The measurements of one case by the names that a person gives them: catalogue names, aliases, a unit in the name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grading.columns.headers import match, refusal
from grading.errors import UsageError
from grading.reference.catalogue import check_valve, load_catalogue


def by_catalogue_name(values: Mapping[str, Any], valve: str) -> dict[str, Any]:
    """Measurements by catalogue name; an alias such as `vc`, and a unit or the valve in the name (`mr_vc_mm`), count.

    Raises UsageError for a name of another valve, for one that is refused, and for a measurement that is given twice.

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
        named[canonical] = _with_unit(value, meaning.unit) if meaning is not None and meaning.unit else value
    return named


def _with_unit(value: Any, unit: str) -> Any:
    """A bare number with the unit of its name."""
    text = str(value).strip()
    return f"{text} {unit}" if text[-1:].isdigit() and value is not None and not isinstance(value, bool) else value
