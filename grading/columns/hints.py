"""Why a header that means nothing to us is not used, and what it may be meant for."""

from __future__ import annotations

import re

from grading.columns.headers import Match, match, refusal, split_unit
from grading.errors import listed, nearest, option
from grading.reference.catalogue import Number, load_catalogue


def hints(header: str) -> list[str]:
    """Why a header that means nothing to us is not used, and what it may be meant for; nothing for most."""
    reason = refusal(header)
    if reason:
        return [f"column {header!r} is not used: {reason}; name it with {option('columns')} if it is one of ours"]
    if checkbox := re.fullmatch(r"(.+?)___\w+", header):
        meaning = match(checkbox[1])
        return [] if meaning is None else [_checkbox(header, checkbox[1], meaning)]
    bare, _ = split_unit(header)
    near = nearest(bare.strip().replace(" ", "_"), [m.name for m in load_catalogue().enterable()])
    return [f"column {header!r} is not used.{near} Rename it, or name it with {option('columns')}"] if near else []


def _checkbox(header: str, base: str, meaning: Match) -> str:
    """How a column of REDCap checkboxes can be used: it holds 1 where one choice of several was ticked, else 0."""
    measurement = load_catalogue()[meaning.measurement]
    sentence = f"column {header!r} is a REDCap checkbox, one choice of several, and is not used"
    if isinstance(measurement, Number):
        return f"{sentence}; write the number into a column {base!r}"
    if measurement.read("1") is not None:
        return f"{sentence}; if its 1 means yes, name it with {option('columns', header, base)}"
    return f"{sentence}; write the choice in words ({listed(measurement.values)}) into a column {base!r}"
