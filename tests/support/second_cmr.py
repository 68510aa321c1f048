"""Section 10 of the specification, magnetic resonance, read a second time."""

from __future__ import annotations

from typing import Any

from support.second_answer import Answer, graded, indeterminate, insufficient, number
from support.second_ase import LADDERS, Situation, quantities_lead, step_of
from support.second_filling import Filled


def cmr_answer(valve: str, filled: Filled) -> Answer:
    """The answer of ASE 2017 by magnetic resonance."""
    return _left(valve, filled) if valve in ("mitral", "aortic") else _right(valve, filled)


def _left(valve: str, filled: Filled) -> Answer:
    """Rule 15 of 5.4 without signs, on the echo bands."""
    names = ("regurgitant_volume", "regurgitant_fraction")
    measured = {name: value for name in names if (value := number(filled, f"cmr_{name}")) is not None}
    steps = tuple(step_of(valve, name, value) for name, value in measured.items())
    if not steps:
        return insufficient(14)
    roots = tuple(filled.roots[f"cmr_{name}"] for name in measured)
    ordered = sorted(steps, key=LADDERS[valve].index)
    facts: dict[str, Any] = {"quantitative_low": ordered[0], "quantitative_high": ordered[-1]}
    return quantities_lead(Situation(valve=valve, steps=steps, roots=roots), facts)


def _right(valve: str, filled: Filled) -> Answer:
    """The band of the regurgitant fraction."""
    fraction = number(filled, "cmr_regurgitant_fraction")
    if fraction is None:
        return insufficient(2)
    if valve == "pulmonic":
        grade = "mild" if fraction < 20 else "moderate" if fraction <= 40 else "severe"
        return graded(3, grade, "single_parameter")
    if 26 <= fraction <= 48:
        return indeterminate(6, "moderate", "severe")
    return graded(3, "mild" if fraction < 16 else "moderate" if fraction < 26 else "severe", "single_parameter")
