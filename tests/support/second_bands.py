"""Section 7 of the specification, banded tables by concordance, read a second time."""

from __future__ import annotations

from typing import Any

from support.second_answer import (
    Answer,
    either,
    grade_certainty,
    graded,
    indeterminate,
    insufficient,
    is_above,
    is_at_least,
    number,
)
from support.second_filling import Filled, chamber_row

THREE = ("mild", "moderate", "severe")
TWO = ("progressive", "severe")
FIVE = ("mild", "moderate", "severe", "massive", "torrential")
MODERATE_OR_LESS, SEVERE_OR_MORE = (0, 1), (2, 4)
#: places on the scale that a row allows, lowest and highest, and the witness it rests on
Interval = tuple[int, int]
Row = tuple[Interval, str]


def _banded(filled: Filled, name: str, *cuts: float, above: bool = False) -> Row | None:
    """One grade a band; `above`: the last band begins above its cut-off, not at it."""
    value = number(filled, name)
    if value is None:
        return None
    place = sum(value > cut if above and cut == cuts[-1] else value >= cut for cut in cuts)
    return (place, place), filled.roots[name]


def _orifice(filled: Filled) -> str:
    return "eroa" if "eroa" in filled else "eroa_volumetric"


def _area(filled: Filled, name: str) -> Row | None:
    """75, 95, 115 mm2: three-dimensional vena contracta area and volumetric orifice."""
    row = _banded(filled, name, 0.75, 0.95, 1.15)
    if row is None:
        return None
    place = row[0][0]
    return (MODERATE_OR_LESS if place == 0 else (place + 1, place + 1)), row[1]


def _open(row: Row | None) -> Row | None:
    """A row whose third band is severe or more."""
    return (SEVERE_OR_MORE, row[1]) if row is not None and row[0] == (2, 2) else row


def _acc_aortic(filled: Filled) -> list[Row | None]:
    reversal = filled.get("abdominal_aorta_reversal") == "holodiastolic"
    eccentric = filled.get("jet_direction") == "eccentric"
    return [
        None if eccentric else _banded(filled, "jet_width_ratio", 25, 65),
        _banded(filled, "vena_contracta_width", 0.3, 0.6, above=True),
        _banded(filled, "regurgitant_volume", 30, 60),
        _banded(filled, "regurgitant_fraction", 30, 50),
        _banded(filled, _orifice(filled), 0.1, 0.3),
        ((2, 2), "abdominal_aorta_reversal") if reversal else None,
    ]


def _acc_mitral(filled: Filled) -> list[Row | None]:
    shared = [
        _banded(filled, "regurgitant_volume", 60),
        _banded(filled, "regurgitant_fraction", 50),
        _banded(filled, _orifice(filled), 0.4),
    ]
    if filled.get("mechanism") != "primary":
        return shared
    eccentric = filled.get("jet_direction") == "eccentric"
    jet = None if eccentric else _banded(filled, "jet_area_ratio", 40, above=True)
    return [*shared, jet, _banded(filled, "vena_contracta_width", 0.7)]


def _hahn_zamorano(filled: Filled) -> list[Row | None]:
    return [
        _banded(filled, "vena_contracta_width_biplane", 0.3, 0.7, 1.4, 2.1),
        _banded(filled, "eroa", 0.2, 0.4, 0.6, 0.8),
        _area(filled, "vena_contracta_area_3d"),
        _area(filled, "eroa_volumetric"),
    ]


def _tvarc(filled: Filled) -> list[Row | None]:
    aliasing = number(filled, "aliasing_velocity")
    radius = _open(_banded(filled, "pisa_radius", 0.55, 0.9))
    return [
        *_hahn_zamorano(filled),
        radius if aliasing is not None and 15 <= aliasing <= 25 else None,
        _banded(filled, "regurgitant_volume", 30, 45, 60, 75),
        _open(_banded(filled, "regurgitant_fraction", 16, 50)),
    ]


TABLES = {
    ("acc-aha-2020", "aortic"): (THREE, _acc_aortic),
    ("acc-aha-2020", "mitral"): (TWO, _acc_mitral),
    ("hahn-zamorano-2017", "tricuspid"): (FIVE, _hahn_zamorano),
    ("tvarc-2023", "tricuspid"): (FIVE, _tvarc),
}


def banded_answer(guideline: str, valve: str, filled: Filled) -> Answer:
    """The answer of a banded table, with the stage where there are stages."""
    scale, table = TABLES[guideline, valve]
    rows = [row for row in table(filled) if row is not None]
    answer = banded_decision(scale, filled, [interval for interval, _ in rows], [root for _, root in rows])
    if guideline != "acc-aha-2020":
        return answer
    if valve == "aortic" and answer.grade == "severe" and chamber_row(filled, ("lv",), "lv") == "normal":
        return indeterminate(6, "moderate", "severe", roots=answer.roots)
    return Answer(**{**answer.__dict__, "stage": _stage(valve, answer.grade, filled)})


def banded_decision(scale: tuple[str, ...], filled: Filled, intervals: list[Interval], roots: list[str]) -> Answer:
    """The decision of section 7: the first rule that holds. Intervals are places on the scale."""
    facts: dict[str, Any] = {"roots": frozenset(roots)}
    inner = [max(low for low, _ in intervals), min(high for _, high in intervals)] if intervals else [0, 0]
    low, high = min(inner), max(inner)
    if filled.get("clinical_discordance") == "yes":
        return indeterminate(1, scale[0], scale[-1], **facts)
    record, poor = filled.get("regurgitation"), filled.get("image_quality") == "poor"
    if record in ("none", "trace"):
        if inner[0] > 0:
            return indeterminate(1, str(record), scale[high], **facts)
        return graded(1, str(record), "single_parameter" if poor else "definite", **facts)
    if poor:
        return indeterminate(1, scale[0], scale[-1], **facts)
    if not intervals:
        return insufficient(2)
    if low == high:
        return graded(3, scale[low], grade_certainty(roots, True), **facts)
    ends = scale[low], scale[high]
    if low >= scale.index("severe"):
        return graded(4, scale[low], grade_certainty(roots, False), *ends, **facts)
    if len(intervals) >= 3 and inner[0] - inner[1] == 1:
        votes = [sum(first <= place <= last for first, last in intervals) for place in (low, high)]
        if votes[0] != votes[1] and 2 * max(votes) > len(intervals):
            grade = scale[low] if votes[0] > votes[1] else scale[high]
            return graded(5, grade, grade_certainty(roots, False), *ends, **facts)
    return indeterminate(6, *ends, **facts)


def _stage(valve: str, grade: str, filled: Filled) -> str:
    """Stages of ACC/AHA 2020: B, C (secondary MR), C1, C2, D, or blank."""
    if grade in ("mild", "moderate", "progressive"):
        return "B"
    if grade != "severe" or "symptoms" not in filled:
        return ""
    if filled["symptoms"] == "yes":
        return "D"
    if valve == "mitral" and filled.get("mechanism") != "primary":
        return "C" if filled.get("mechanism") == "secondary" else ""
    failing = _failing_ventricle(valve, filled)
    return "" if failing is None else "C2" if failing else "C1"


def _failing_ventricle(valve: str, filled: Filled) -> bool | None:
    pumping = is_above(filled, "lv_ejection_fraction", 60 if valve == "mitral" else 55)
    weak = None if pumping is None else not pumping
    if valve == "mitral":
        return either(weak, is_at_least(filled, "lv_end_systolic_diameter", 4.0))
    wide = is_above(filled, "lv_end_systolic_diameter", 5.0)
    diameter, surface = number(filled, "lv_end_systolic_diameter"), filled.get("body_surface_area")
    index = round(diameter / float(surface), 9) if diameter is not None and surface else None
    return either(weak, wide, False if index is None else index > 2.5)
