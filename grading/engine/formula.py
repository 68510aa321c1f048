"""What a function of `formulas` works out: its equation as written, the number it gives, a remark, its source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from grading.reference.scale import Numbers

Function = TypeVar("Function", bound=Callable[..., Any])


ZOGHBI = "Zoghbi WA et al. J Am Soc Echocardiogr 2017;30:303-371, pp 310-313"


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """An equation as it is written, the catalogue's number it gives, what to know of it, and its source."""

    equation: str
    target: str
    remark: str
    source: str


def formula(equation: str, *, target: str, remark: str = "", source: str = ZOGHBI) -> Callable[[Function], Function]:
    """Say of a function what it works out; `formula_of` reads it."""

    def mark(function: Function) -> Function:
        setattr(function, _MARK, Formula(equation=equation, target=target, remark=remark, source=source))
        return function

    return mark


def formula_of(function: Callable[..., Any]) -> Formula:
    """What a function works out.

    >>> from grading.engine.formulas import eroa
    >>> formula_of(eroa).equation
    'regurgitant_flow / peak_velocity'
    """
    marked: Formula = getattr(function, _MARK)
    return marked


_MARK = "formula"


#: a number, or an array of them
Value = TypeVar("Value", float, Numbers)
