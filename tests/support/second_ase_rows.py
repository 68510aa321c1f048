"""Section 5 of the specification, ASE 2017, read a second time: what each row of the specific groups argues for."""

from __future__ import annotations

from support.second_answer import Values, is_at_least, is_word, number
from support.second_filling import Filled, chamber_row, dense_jet_short_pht, valve_destruction

MILD, SEVERE, NEITHER = "mild", "severe", "neither"
#: rows about a chamber: they never contradict a recorded none or trace
CHAMBERS = ("left_heart", "left_ventricle", "right_heart", "right_ventricle")


def by_word(values: Values, name: str, mild: tuple[str, ...] = (), severe: tuple[str, ...] = ()) -> str | None:
    """What a word argues for, None when it is not known."""
    if name not in values:
        return None
    return MILD if values[name] in mild else SEVERE if values[name] in severe else NEITHER


def by_claims(mild: bool | None, severe: bool | None) -> str | None:
    """What two claims about one number argue for, None when it is not known."""
    if mild is None and severe is None:
        return None
    return MILD if mild else SEVERE if severe else NEITHER


def _mitral_rows(values: Filled) -> dict[str, str | None]:
    width, biplane = number(values, "vena_contracta_width"), number(values, "vena_contracta_width_biplane")
    contracta = None
    if width is not None:
        contracta = by_claims(width <= 0.3, width >= 0.7)
    elif biplane is not None:
        contracta = by_claims(biplane <= 0.3, biplane > 0.8)
    return {
        "colour_jet": by_word(values, "colour_jet", ("small_central",), ("large_central",)),
        "vena_contracta_width": contracta,
        "flow_convergence": by_word(values, "flow_convergence", ("none", "small"), ("large",)),
        "mitral_inflow": by_word(values, "mitral_inflow", ("a_wave_dominant",)),
        "cw_jet": by_word(values, "cw_jet", ("faint_or_incomplete",)),
        "left_heart": _chamber(values, ("lv", "la"), "lv"),
        "flail_leaflet": by_word(values, "flail_leaflet", (), ("yes",)),
        "pulmonary_vein_flow": by_word(values, "pulmonary_vein_flow", (), ("systolic_reversal",)),
    }


def _chamber(values: Filled, sizes: tuple[str, ...], ventricle: str) -> str | None:
    return {"normal": MILD, "enlarged": SEVERE, "other": NEITHER, "unknown": None}[
        chamber_row(values, sizes, ventricle)
    ]


def _aortic_rows(values: Filled) -> dict[str, str | None]:
    width, ratio, half_time = (
        number(values, name) for name in ("vena_contracta_width", "jet_width_ratio", "pressure_half_time")
    )
    if is_word(values, "jet_direction", "eccentric"):
        ratio = None
    return {
        "vena_contracta_width": None if width is None else by_claims(width < 0.3, width > 0.6),
        "jet_width_ratio": None if ratio is None else by_claims(ratio < 25, ratio >= 65),
        "flow_convergence": by_word(values, "flow_convergence", ("none", "small"), ("large",)),
        "cw_jet": by_word(values, "cw_jet", ("faint_or_incomplete",)),
        "pressure_half_time": None if half_time is None else by_claims(half_time > 500, half_time < 200),
        "left_ventricle": _chamber(values, ("lv",), "lv"),
        "flail_leaflet": by_word(values, "flail_leaflet", (), ("yes",)),
        "descending_aorta_reversal": by_word(values, "descending_aorta_reversal", (), ("holodiastolic",)),
    }


def _tricuspid_rows(values: Filled) -> dict[str, str | None]:
    width = number(values, "vena_contracta_width")
    hepatic = by_word(values, "hepatic_vein_flow", ("systolic_dominant",), ("systolic_reversal",))
    destruction = valve_destruction(values)
    return {
        "colour_jet": by_word(values, "colour_jet", ("small_central",), ("large_central",)),
        "vena_contracta_width": None if width is None else by_claims(width < 0.3, width >= 0.7),
        "flow_convergence": by_word(values, "flow_convergence", ("none", "small"), ("large",)),
        "cw_jet": by_word(values, "cw_jet", ("faint_or_incomplete",), ("dense_triangular", "sine_wave")),
        # a rhythm that cannot be read leaves the row out too
        "hepatic_vein_flow": None if is_word(values, "atrial_fibrillation", "no") is False else hepatic,
        "tricuspid_inflow": by_word(values, "tricuspid_inflow", ("a_wave_dominant",)),
        "right_heart": _chamber(values, ("rv", "ra"), "rv"),
        "valve_destruction": None if destruction is None else by_claims(False, destruction),
    }


def _pulmonic_rows(values: Filled) -> dict[str, str | None]:
    wide, short = is_at_least(values, "jet_width_ratio", 70), dense_jet_short_pht(values)
    return {
        "colour_jet": by_word(values, "colour_jet", ("small_central",)),
        "cw_jet": by_word(values, "cw_jet", ("faint_or_incomplete",)),
        "deceleration_rate": by_word(values, "deceleration_rate", ("slow",)),
        "right_ventricle": _chamber(values, ("rv",), "rv"),
        "jet_width_ratio": None if wide is None else by_claims(False, wide),
        "dense_jet_short_pht": None if short is None else by_claims(False, short),
        "early_termination": by_word(values, "early_termination", (), ("yes",)),
        "pa_branch_reversal": by_word(values, "pa_branch_reversal", (), ("yes",)),
    }


ROWS = {
    "mitral": _mitral_rows, "aortic": _aortic_rows, "tricuspid": _tricuspid_rows, "pulmonic": _pulmonic_rows,
}  # fmt: skip
