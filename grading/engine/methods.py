"""The ways to work a quantity out: which follows from which, by what formula, for which valves, in order of preference:
PISA before volumetric."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from grading.engine import cmr_formulas, formulas, stroke_volumes
from grading.engine.formula import formula_of
from grading.reference.catalogue import load_catalogue
from grading.reference.scale import Numbers

_NAME = re.compile(r"[a-z]\w*")


def same(value: Numbers) -> Numbers:
    """The value itself: one quantity takes the place of another."""
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """`target` follows from `inputs` by `function`, for these valves.

    `root`: the measurement whose root the result shares. `ceiling`: a measurement that the result cannot exceed.
    `invalid_beside`: another valve whose leak makes it invalid. `bounded`: (quantity, ceiling) which the quantity must
    not exceed for the method to be used.
    """

    target: str
    valves: tuple[str, ...]
    name: str
    kind: str
    function: Callable[..., Any]
    inputs: tuple[str, ...]
    optional: Mapping[str, float]
    root: str
    ceiling: str = ""
    invalid_beside: str = ""
    bounded: tuple[str, str] | None = None

    @property
    def text(self) -> str:
        """'PISA: regurgitant_flow / peak_velocity'."""
        return f"{self.name}: {self.formula}"

    @property
    def formula(self) -> str:
        """'regurgitant_flow / peak_velocity', or the quantity whose place it takes."""
        return self.inputs[0] if self.function is same else formula_of(self.function).equation


def labelled(text: str) -> str:
    """An equation, or what it was worked out from, with the catalogue's labels in place of its names.

    >>> labelled("PISA: eroa * regurgitant_vti (eroa = 0.4 cm2)")
    'PISA: EROA * regurgitant VTI (EROA = 0.4 cm2)'
    """
    catalogue = load_catalogue()
    return _NAME.sub(lambda name: catalogue[name[0]].label if name[0] in catalogue else name[0], text)


_LETTERS: Final = {"m": "mitral", "a": "aortic", "t": "tricuspid", "p": "pulmonic"}
#: what kind of method it is, whatever it is called
PISA, VOLUMETRIC, CMR = "pisa", "volumetric", "cmr"
_VOLUMES = "regurgitant_volume_volumetric"
_FITS = ("regurgitant_volume", "lvot_stroke_volume")


def _method(
    target: str, valves: str, name: str, function: Callable[..., Any], inputs: str = "", *, kind: str = "",
    root: str = "", **limits: Any,
) -> Method:  # fmt: skip
    parameters = inspect.signature(function).parameters
    optional = {p.name: p.default for p in parameters.values() if p.default is not inspect.Parameter.empty}
    needed = tuple(inputs.split()) or tuple(p for p in parameters if p not in optional)
    return Method(
        target=target, valves=tuple(_LETTERS[v] for v in valves), name=name, kind=kind or VOLUMETRIC,
        function=function, inputs=needed, optional=optional, root=root or needed[0], **limits,
    )  # fmt: skip


METHODS = (
    _method("body_surface_area", "matp", "Du Bois", formulas.body_surface_area_du_bois, root="body_surface_area"),
    _method("lvot_stroke_volume", "map", "LVOT", stroke_volumes.lvot_stroke_volume),
    _method("mitral_stroke_volume", "ma", "mitral annulus", stroke_volumes.mitral_stroke_volume),
    _method("rvot_stroke_volume", "p", "RVOT", stroke_volumes.rvot_stroke_volume),
    _method("lv_stroke_volume", "m", "LV volumes", stroke_volumes.lv_stroke_volume),
    _method("regurgitant_flow", "mat", "PISA", formulas.regurgitant_flow, kind=PISA),
    _method("eroa", "mat", "PISA", formulas.eroa, kind=PISA, root="pisa_radius"),
    _method("regurgitant_volume", "mt", "PISA", formulas.regurgitant_volume, kind=PISA),
    _method("regurgitant_volume", "a", "PISA", formulas.regurgitant_volume, kind=PISA, ceiling="lvot_stroke_volume"),
    _method("total_stroke_volume", "m", "mitral annulus", same, "mitral_stroke_volume", invalid_beside="aortic"),
    _method("total_stroke_volume", "m", "LV volumes", same, "lv_stroke_volume"),
    _method("total_stroke_volume", "a", "LVOT", same, "lvot_stroke_volume"),
    _method("total_stroke_volume", "p", "RVOT", same, "rvot_stroke_volume"),
    _method("forward_stroke_volume", "mp", "LVOT", same, "lvot_stroke_volume"),
    _method("forward_stroke_volume", "a", "mitral annulus", same, "mitral_stroke_volume", invalid_beside="mitral"),
    _method(_VOLUMES, "map", "volumetric", formulas.regurgitant_volume_volumetric, root=_VOLUMES),
    _method("regurgitant_volume", "map", "volumetric", same, _VOLUMES),
    _method("regurgitant_fraction", "m", "LVOT forward flow", formulas.regurgitant_fraction_of_forward),
    _method("regurgitant_fraction", "a", "outflow tract total", formulas.regurgitant_fraction_of_total, bounded=_FITS),
    _method("regurgitant_fraction", "p", "outflow tract total", formulas.regurgitant_fraction_of_total),
    _method(
        "regurgitant_fraction",
        "a",
        "volumetric",
        formulas.regurgitant_fraction_volumetric,
        root=_VOLUMES,
        bounded=_FITS,
    ),
    _method("regurgitant_fraction", "p", "volumetric", formulas.regurgitant_fraction_volumetric, root=_VOLUMES),
    _method("eroa_volumetric", "ma", "volumetric", formulas.eroa_volumetric, root=_VOLUMES),
    _method("lv_end_diastolic_volume_index", "ma", "indexed", formulas.lv_end_diastolic_volume_index),
    _method("lv_end_systolic_diameter_index", "a", "indexed", formulas.lv_end_systolic_diameter_index),
    _method("cmr_regurgitant_volume", "m", "CMR", cmr_formulas.cmr_regurgitant_volume, kind=CMR),
    _method("cmr_regurgitant_volume", "a", "CMR", same, "cmr_reverse_volume", kind=CMR),
    _method("cmr_regurgitant_fraction", "m", "CMR", cmr_formulas.cmr_regurgitant_fraction_of_stroke, kind=CMR),
    _method("cmr_regurgitant_fraction", "ap", "CMR", cmr_formulas.cmr_regurgitant_fraction_of_forward, kind=CMR),
)
