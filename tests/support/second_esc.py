"""Section 6 of the specification, the ESC/EACTS tables that define severe only, read a second time."""

from __future__ import annotations

from typing import Any

from support.second_answer import (
    Answer,
    both,
    either,
    grade_certainty,
    graded,
    indeterminate,
    insufficient,
    is_above,
    is_at_least,
    is_below,
    is_word,
    number,
)
from support.second_filling import Filled

#: severe or not, and the witness it rests on; None when not assessed
Row = tuple[bool, str]
Rows = dict[str, Row | None]


def _row(filled: Filled, name: str, claim: bool | None) -> Row | None:
    return None if claim is None else (claim, filled.roots.get(name, name))


def _destruction(filled: Filled) -> Row | None:
    claim = either(is_word(filled, "flail_leaflet", "yes"), is_word(filled, "coaptation_defect", "yes"))
    return _row(filled, "valve_destruction", claim)


def _colour(filled: Filled, *severe: str) -> Row | None:
    return _row(filled, "colour_jet", is_word(filled, "colour_jet", *severe))


def _reversal(filled: Filled, claim: bool | None) -> Row | None:
    """End-diastolic velocity in the descending aorta, or the word when there is none."""
    if claim is not None:
        return _row(filled, "aortic_end_diastolic_velocity", claim)
    claim = is_word(filled, "descending_aorta_reversal", "holodiastolic")
    return _row(filled, "descending_aorta_reversal", claim)


def _radius(filled: Filled, claim: bool | None, low: float, high: float) -> Row | None:
    aliasing = number(filled, "aliasing_velocity")
    return _row(filled, "pisa_radius", claim) if aliasing is not None and low <= aliasing <= high else None


def _orifice(filled: Filled, limit: float, *, stand_in: bool) -> Row | None:
    name = "eroa_volumetric" if stand_in and "eroa" not in filled else "eroa"
    return _row(filled, name, is_at_least(filled, name, limit))


def _mitral(filled: Filled, year: str) -> tuple[Rows, Rows]:
    secondary = filled.get("mechanism") == "secondary"
    plain = is_at_least(filled, "vena_contracta_width", 0.7)
    width = plain if plain is not None else is_at_least(filled, "vena_contracta_width_biplane", 0.8)
    wave = both(is_word(filled, "mitral_inflow", "e_wave_dominant"), is_above(filled, "e_wave_velocity", 120))
    jets = ("large_central", "eccentric_wall_impinging") if year == "2021" else ("large_central",)
    rows = {
        "valve_destruction": _destruction(filled),
        "colour_jet": _colour(filled, *jets),
        "flow_convergence": _row(filled, "flow_convergence", is_word(filled, "flow_convergence", "large")),
        "vena_contracta_width": _row(filled, "vena_contracta", width),
        "pulmonary_vein_flow": _row(
            filled, "pulmonary_vein_flow", is_word(filled, "pulmonary_vein_flow", "systolic_reversal")
        ),
        "e_wave": _row(filled, "e_wave", wave),
        "vti_ratio": _row(filled, "vti_ratio", is_above(filled, "vti_ratio", 1.4)),
    }
    if year == "2021":
        rows["cw_jet"] = _row(filled, "cw_jet", is_word(filled, "cw_jet", "dense_triangular"))
    area = 0.3 if secondary and filled.get("elliptical_orifice") == "yes" else 0.4
    volume = 45 if secondary and filled.get("low_flow") == "yes" else 60
    quantities = {
        "eroa": _orifice(filled, area, stand_in=True),
        "regurgitant_volume": _row(filled, "regurgitant_volume", is_at_least(filled, "regurgitant_volume", volume)),
        "regurgitant_fraction": _row(filled, "regurgitant_fraction", is_at_least(filled, "regurgitant_fraction", 50)),
    }
    return rows, quantities


def _aortic(filled: Filled, year: str) -> tuple[Rows, Rows]:
    eccentric = filled.get("jet_direction") == "eccentric"
    rows = {
        "valve_destruction": _destruction(filled),
        "vena_contracta_width": _row(filled, "vena_contracta_width", is_above(filled, "vena_contracta_width", 0.6)),
        "pressure_half_time": _row(filled, "pressure_half_time", is_below(filled, "pressure_half_time", 200)),
    }
    quantities = {
        "eroa": _orifice(filled, 0.3, stand_in=True),
        "regurgitant_volume": _row(filled, "regurgitant_volume", is_at_least(filled, "regurgitant_volume", 60)),
    }
    velocity = "aortic_end_diastolic_velocity"
    if year == "2021":
        rows["colour_jet"] = None if eccentric else _colour(filled, "large_central")
        rows["reversal"] = _reversal(filled, is_above(filled, velocity, 20))
    else:
        ratio = None if eccentric else is_at_least(filled, "jet_width_ratio", 65)
        rows["jet_width_ratio"] = _row(filled, "jet_width_ratio", ratio)
        rows["reversal"] = _reversal(filled, is_at_least(filled, velocity, 20))
        for name, limit in (("regurgitant_fraction", 50), ("cmr_regurgitant_fraction", 40)):
            quantities[name] = _row(filled, name, is_above(filled, name, limit))
    return rows, quantities


def _tricuspid(filled: Filled, year: str) -> tuple[Rows, Rows]:
    hepatic = is_word(filled, "hepatic_vein_flow", "systolic_reversal")
    rows = {
        "valve_destruction": _destruction(filled),
        "cw_jet": _row(filled, "cw_jet", is_word(filled, "cw_jet", "dense_triangular", "sine_wave")),
        "hepatic_vein_flow": _row(filled, "hepatic_vein_flow", hepatic),
    }
    quantities = {
        "eroa": _orifice(filled, 0.4, stand_in=False),
        "regurgitant_volume": _row(filled, "regurgitant_volume", is_at_least(filled, "regurgitant_volume", 45)),
    }
    if year == "2021":
        biplane = is_above(filled, "vena_contracta_width_biplane", 0.7)
        width = biplane if biplane is not None else is_above(filled, "vena_contracta_width", 0.7)
        wave = both(is_word(filled, "tricuspid_inflow", "e_wave_dominant"), is_at_least(filled, "e_wave_velocity", 100))
        rows["colour_jet"] = _colour(filled, "large_central", "eccentric_wall_impinging")
        rows["pisa_radius"] = _radius(filled, is_above(filled, "pisa_radius", 0.9), 25, 31)
        rows["e_wave"] = _row(filled, "e_wave", wave)
    else:
        width = is_at_least(filled, "vena_contracta_width", 0.7)
        rows["colour_jet"] = _colour(filled, "large_central")
        rows["pisa_radius"] = _radius(filled, is_at_least(filled, "pisa_radius", 0.9), 20, 30)
        rows["flow_convergence"] = _row(filled, "flow_convergence", is_word(filled, "flow_convergence", "large"))
        for name, limit in (("regurgitant_fraction", 50), ("vena_contracta_area_3d", 0.75)):
            quantities[name] = _row(filled, name, is_at_least(filled, name, limit))
    rows["vena_contracta_width"] = _row(filled, "vena_contracta", width)
    return rows, quantities


TABLES = {"mitral": _mitral, "aortic": _aortic, "tricuspid": _tricuspid}


def esc_answer(year: str, valve: str, filled: Filled) -> Answer:
    """The answer of an ESC table (year 2021 or 2025)."""
    others, quantities = TABLES[valve](filled, year)
    quantified = [row for row in quantities.values() if row is not None]
    rows = [row for row in others.values() if row is not None] + quantified
    return esc_decision(filled, [claim for claim, _ in rows], [c for c, _ in quantified], [root for _, root in rows])


def esc_decision(filled: Filled, claims: list[bool], quantified: list[bool], roots: list[str]) -> Answer:
    """The decision of section 6: the first rule that holds. `claims` are of all rows, `quantified` of the quantities."""
    severe, measured, q_severe, q_measured = sum(claims), len(claims), sum(quantified), len(quantified)
    counts: dict[str, Any] = {"severe": severe, "assessed": measured, "roots": frozenset(roots)}
    ends = "not_severe", "severe"
    if filled.get("clinical_discordance") == "yes":
        return indeterminate(1, *ends, **counts)
    if filled.get("regurgitation") in ("none", "trace"):
        if severe:
            return indeterminate(1, *ends, **counts)
        poor = filled.get("image_quality") == "poor"
        return graded(1, "not_severe", "single_parameter" if poor else "definite", **counts)
    if filled.get("image_quality") == "poor":
        return indeterminate(1, *ends, **counts)
    if measured == 0:
        return insufficient(2, **counts)
    certainty = grade_certainty(roots, severe in (0, measured))
    span = ends if 0 < severe < measured else ("", "")
    if q_measured:
        if q_severe == q_measured and 2 * severe >= measured:
            return graded(3, "severe", certainty, *span, **counts)
        if q_severe == 0 and 2 * severe <= measured:
            return graded(4, "not_severe", certainty, *span, **counts)
        return indeterminate(5, *ends, **counts)
    if measured < 2:
        return insufficient(10, **counts)
    if severe == measured:
        return graded(6, "severe", "probable", **counts)
    if severe == 0:
        return graded(7, "not_severe", "probable", **counts)
    if measured >= 4 and 4 * severe >= 3 * measured:
        return graded(8, "severe", "probable", *ends, **counts)
    if measured >= 4 and 4 * severe <= measured:
        return graded(8, "not_severe", "probable", *ends, **counts)
    return indeterminate(9, *ends, **counts)
