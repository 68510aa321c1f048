"""The clinical specification read a second time, scalar and plain, sharing nothing with the program.

Typed from `clinical_spec.md` (edition 2) without sight of the tables or the engine, so that a difference is a slip of
one of the two readings. Rejected values are not its task: what it is given is taken as possible.
"""

from __future__ import annotations

from collections.abc import Mapping

from support.second_answer import Answer, Values
from support.second_ase import ase_decision, ase_situation
from support.second_bands import banded_answer
from support.second_cmr import cmr_answer
from support.second_esc import esc_answer
from support.second_filling import filled_values

TABLES = (
    ("ase-2017", "mitral"),
    ("ase-2017", "aortic"),
    ("ase-2017", "tricuspid"),
    ("ase-2017", "pulmonic"),
    ("esc-2021", "mitral"),
    ("esc-2021", "aortic"),
    ("esc-2021", "tricuspid"),
    ("esc-2025", "mitral"),
    ("esc-2025", "aortic"),
    ("esc-2025", "tricuspid"),
    ("acc-aha-2020", "aortic"),
    ("acc-aha-2020", "mitral"),
    ("hahn-zamorano-2017", "tricuspid"),
    ("tvarc-2023", "tricuspid"),
    ("ase-2017-cmr", "mitral"),
    ("ase-2017-cmr", "aortic"),
    ("ase-2017-cmr", "tricuspid"),
    ("ase-2017-cmr", "pulmonic"),
)


def second_reading(guideline: str, valve: str, values: Values, others: Mapping[str, Values] | None = None) -> Answer:
    """The answer of one table for the values of one valve.

    `values` by the names of section 3 (and `cmr_...`): numbers in canonical units, and words. `others`: the values of
    the row's other valves, by valve, for what another lesion invalidates.

    >>> second_reading("ase-2017", "mitral", {"eroa": 0.45}).grade
    'severe'
    """
    own_radius_row = valve == "tricuspid" and guideline in ("esc-2021", "esc-2025", "tvarc-2023")
    filled = filled_values(valve, values, others or {}, own_radius_row=own_radius_row)
    if guideline == "ase-2017":
        return ase_decision(ase_situation(valve, filled))
    if guideline == "ase-2017-cmr":
        return cmr_answer(valve, filled)
    if guideline in ("esc-2021", "esc-2025"):
        return esc_answer(guideline.removeprefix("esc-"), valve, filled)
    return banded_answer(guideline, valve, filled)
