"""The ways to work a quantity out: which follows from which, by what formula, for which valves, in order of preference:
PISA before volumetric."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from grading.engine import formulas
from grading.reference.catalogue import load_catalogue
from grading.reference.scale import Numbers

_NAME = re.compile(r"[a-z]\w*")


def same(value: Numbers) -> Numbers:
    """The value itself: one quantity takes the place of another."""
    return value


@dataclass(frozen=True, slots=True)
class Method:
    """`target` follows from `inputs` by `function`, for these valves."""

    target: str
    valves: tuple[str, ...]
    name: str
    function: Callable[..., Any]
    inputs: tuple[str, ...]
    optional: Mapping[str, float]

    @property
    def text(self) -> str:
        """'PISA: regurgitant_flow / peak_velocity'."""
        return f"{self.name}: {self.formula}"

    @property
    def formula(self) -> str:
        """'regurgitant_flow / peak_velocity', or the quantity whose place it takes."""
        return self.inputs[0] if self.function is same else equation(self.function)


@cache
def equation(function: Callable[..., Any]) -> str:
    """The equation that begins a formula's description.

    >>> equation(formulas.eroa)
    'regurgitant_flow / peak_velocity'
    """
    first = (inspect.getdoc(function) or "").splitlines()[0]
    return first.split(", ")[0].split(": ")[0].split("; ")[0].split(". ")[0].rstrip(".")


def labelled(text: str) -> str:
    """An equation, or what it was worked out from, with the catalogue's labels in place of its names.

    >>> labelled("PISA: eroa * regurgitant_vti (eroa = 0.4 cm2)")
    'PISA: EROA * regurgitant VTI (EROA = 0.4 cm2)'
    """
    catalogue = load_catalogue()
    return _NAME.sub(lambda name: catalogue[name[0]].label if name[0] in catalogue else name[0], text)


def _method(target: str, valves: str, name: str, function: Callable[..., Any], inputs: str = "") -> Method:
    letters = {"m": "mitral", "a": "aortic", "t": "tricuspid", "p": "pulmonic"}
    parameters = inspect.signature(function).parameters
    optional = {p.name: p.default for p in parameters.values() if p.default is not inspect.Parameter.empty}
    needed = tuple(inputs.split()) or tuple(p for p in parameters if p not in optional)
    return Method(target, tuple(letters[v] for v in valves), name, function, needed, MappingProxyType(optional))


METHODS = (
    _method("regurgitant_flow", "mat", "PISA", formulas.regurgitant_flow),
    _method("eroa", "mat", "PISA", formulas.eroa),
    _method("regurgitant_volume", "mat", "PISA", formulas.regurgitant_volume),
    _method("lvot_stroke_volume", "map", "LVOT", formulas.lvot_stroke_volume),
    _method("mitral_stroke_volume", "ma", "mitral annulus", formulas.mitral_stroke_volume),
    _method("rvot_stroke_volume", "p", "RVOT", formulas.rvot_stroke_volume),
    _method("lv_stroke_volume", "m", "LV volumes", formulas.lv_stroke_volume),
    _method("total_stroke_volume", "m", "mitral annulus", same, "mitral_stroke_volume"),
    _method("total_stroke_volume", "m", "LV volumes", same, "lv_stroke_volume"),
    _method("total_stroke_volume", "a", "LVOT", same, "lvot_stroke_volume"),
    _method("total_stroke_volume", "p", "RVOT", same, "rvot_stroke_volume"),
    _method("forward_stroke_volume", "mp", "LVOT", same, "lvot_stroke_volume"),
    _method("forward_stroke_volume", "a", "mitral annulus", same, "mitral_stroke_volume"),
    _method("regurgitant_volume_volumetric", "map", "volumetric", formulas.regurgitant_volume_volumetric),
    _method("regurgitant_volume", "map", "volumetric", same, "regurgitant_volume_volumetric"),
    _method("regurgitant_fraction", "m", "LVOT forward flow", formulas.regurgitant_fraction_of_forward),
    _method("regurgitant_fraction", "ap", "outflow tract total", formulas.regurgitant_fraction_of_total),
    _method("regurgitant_fraction", "a", "volumetric", formulas.regurgitant_fraction_volumetric),
    _method("eroa_volumetric", "ma", "volumetric", formulas.eroa_volumetric),
    _method("lv_end_diastolic_volume_index", "ma", "indexed", formulas.lv_end_diastolic_volume_index),
)
