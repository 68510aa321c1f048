"""Which valves a reader's text names, and the part of it that is about the graded one."""

from __future__ import annotations

import re
from types import MappingProxyType

from grading.reference.measurement import VALVES

#: words of a text that name a valve; folded
_WORDS = MappingProxyType(
    {
        "mitral": "mitral", "mr": "mitral", "mv": "mitral",
        "aortic": "aortic", "ar": "aortic", "ai": "aortic", "av": "aortic",
        "tricuspid": "tricuspid", "tr": "tricuspid", "tv": "tricuspid",
        "pulmonic": "pulmonic", "pulmonary": "pulmonic", "pulm": "pulmonic", "pr": "pulmonic", "pv": "pulmonic",
    }
)  # fmt: skip
_SEPARATORS = re.compile(r"[,;|\n]|\s[+&]\s|\band\b|\bwith\b|\.\s")


def named_valves(folded: str) -> set[str]:
    """The valves that a folded text names."""
    return {_WORDS[word] for word in re.findall(r"[^\W\d_]+", folded) if word in _WORDS}


def part_about(folded: str, valve: str) -> tuple[str, str]:
    """(the part of a folded text that is about a valve, why there is none): the whole where it names no other one.

    `valve` is '' where the graded one is not known.

    >>> part_about("mild mr, moderate tr", "mitral"), part_about("moderate tr", "mitral")
    (('mild mr', ''), ('', 'it is about the tricuspid valve'))
    """
    named = named_valves(folded)
    if named <= {valve} or (not valve and len(named) == 1):
        return folded, ""
    others = " and ".join(name for name in VALVES if name in named and name != valve)
    if valve not in named and valve:
        return "", f"it is about the {others} valve"
    parts = [part for part in _SEPARATORS.split(folded) if part.strip()]
    parts = [p for part in parts for p in (part.split("/") if len(named_valves(part)) > 1 else [part])]
    own = [part.strip() for part in parts if named_valves(part) == {valve}]
    if all(len(named_valves(part)) == 1 for part in parts) and len(own) == 1:
        return own[0], ""
    return "", f"it is about the {others} valve too" if valve else f"it is about several valves: {others}"
