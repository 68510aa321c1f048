"""Which quantities rest on one measurement, and so are one witness."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from grading.engine.decide import Decision
from grading.engine.methods import METHODS
from grading.explanation.votes import counted, label, votes
from grading.reference.scale import NO_GRADE
from grading.writing import joined, upper

#: quantities that can rest on one another
QUANTITIES = (
    "pisa_radius", "eroa", "eroa_volumetric", "regurgitant_volume", "regurgitant_fraction",
    "cmr_regurgitant_volume", "cmr_regurgitant_fraction",
)  # fmt: skip
#: what a root that no one enters is called
_ROOTS: Final = {"regurgitant_volume_volumetric": "volumetric study"}
_COUNTS: Final = {2: ("both", "two"), 3: ("all", "three"), 4: ("all", "four")}


def root_of(name: str, decision: Decision, row: int) -> str:
    """The measurement that a quantity rests on in the end."""
    method = decision.filled.method(name, row)
    return name if method is None or method.root == name else root_of(method.root, decision, row)


def root_text(name: str) -> str:
    """How sentences call a root: 'PISA radius', 'volumetric study'."""
    return _ROOTS.get(name, label(name))


def one_witness(decision: Decision, row: int) -> tuple[str, list[str]]:
    """(root, the quantities that rest on it) for the root of most quantities; ('', []) where no two share one."""
    voiced = {name for tally in counted(decision) for name, _ in votes(tally, row)}
    by_root: dict[str, list[str]] = {}
    for name in QUANTITIES:
        if name in voiced:
            by_root.setdefault(root_of(name, decision, row), []).append(name)
    shared = max(by_root.items(), key=lambda pair: len(pair[1]), default=("", []))
    return shared if len(shared[1]) > 1 else ("", [])


def witness(decision: Decision, row: int) -> str:
    """A sentence when several quantities rest on one measurement (one PISA radius, one volumetric study), else ''."""
    source, names = one_witness(decision, row)
    if not names:
        return ""
    every, count = _COUNTS[len(names)]
    quantities = upper(joined([label(name) for name in names]))
    return f"{quantities} {every} rest on one {root_text(source)}: one witness, not {count}."


def witness_situations(decision: Decision) -> tuple[NDArray[np.integer], int]:
    """(codes, how many there can be) for what `witness` looks at: which quantities speak, and where each came from."""
    filled, rows = decision.filled, len(decision.rule)
    speaking = np.zeros(rows, np.int64)
    for bit, name in enumerate(QUANTITIES):
        for tally in counted(decision):
            for criterion in tally.group.rows:
                if criterion.name == name and criterion.key in tally.bands and not criterion.weak:
                    argues = np.array([False, *(step != NO_GRADE for step in criterion.labels)])
                    speaking |= argues[tally.bands[criterion.key]].astype(np.int64) << bit
    size = 1 << len(QUANTITIES)
    for name in QUANTITIES:
        methods = [code for code, method in enumerate(METHODS, 2) if method.target == name]
        if methods and name in filled.sources:
            # a code for each of its own methods keeps the number small
            places = np.zeros(len(METHODS) + 2, np.int64)
            places[methods] = np.arange(1, len(methods) + 1)
            speaking += size * places[filled.sources[name]]
        size *= len(methods) + 1
    return speaking, size
