"""Where a valve leaks by what was entered of it: what makes stroke volumes through another valve invalid."""

from __future__ import annotations

import numpy as np

from grading.engine.columns import Columns
from grading.reference.catalogue import load_catalogue
from grading.reference.scale import Mask

#: whose leak makes volumes through whose annulus invalid
BESIDE = {"mitral": "aortic", "aortic": "mitral"}
#: entered quantities and vena contractas that are 0 only where nothing leaks
_QUANTITIES = (
    "eroa", "eroa_volumetric", "regurgitant_volume", "regurgitant_fraction", "vena_contracta_width",
    "vena_contracta_width_biplane", "vena_contracta_area_3d",
)  # fmt: skip
#: what gives an EROA by PISA
_PISA = ("pisa_radius", "aliasing_velocity", "peak_velocity")


def leaks(columns: Columns, rows: int) -> Mask:
    """Rows in which a valve is known to leak: recorded as present, or any quantity or vena contracta above 0.

    What was worked out from stroke volumes does not count, for that is what is in question.
    """
    known = np.zeros(rows, np.bool_)
    for name in _QUANTITIES:
        if name in columns:
            known |= columns[name] > 0
    if all(name in columns for name in _PISA):
        known |= np.logical_and.reduce([columns[name] > 0 for name in _PISA])
    if "regurgitation" in columns:
        known |= columns["regurgitation"] == load_catalogue().words["regurgitation"].code("present")
    return known
