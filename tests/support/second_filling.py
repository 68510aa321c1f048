"""Section 4 of the specification read a second time: values worked out, and words from numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping

from support.second_answer import Value, Values, both, clean, either, is_above, is_at_least, is_below, is_word, number

#: highest possible derived values (section 3, hard)
HIGHEST = {
    "eroa": 5.0, "eroa_volumetric": 6.0, "regurgitant_volume": 400.0, "regurgitant_fraction": 100.0,
    "body_surface_area": 3.5, "cmr_regurgitant_volume": 400.0, "cmr_regurgitant_fraction": 100.0,
}  # fmt: skip
LEAK = (
    "eroa", "eroa_volumetric", "regurgitant_volume", "regurgitant_fraction", "vena_contracta_width",
    "vena_contracta_width_biplane", "vena_contracta_area_3d",
)  # fmt: skip
#: the valve whose leak invalidates volumes at the LVOT minus those at the mitral annulus
OTHER = {"mitral": "aortic", "aortic": "mitral"}

Amount = tuple[float, str]


class Filled(dict[str, Value]):
    """Entered and worked-out values of one valve; `roots` names the witness each number rests on."""

    def __init__(self, values: Values) -> None:
        super().__init__({name: value for name, value in values.items() if value not in ("", None)})
        self.roots = {name: name for name in self}

    def fill(self, name: str, value: float | None, root: str) -> bool:
        """Keep a worked-out value when none is there and it is possible; whether it was kept."""
        if name in self or value is None or clean(value) < 0 or clean(value) > HIGHEST.get(name, math.inf):
            return False
        self[name] = value
        self.roots[name] = root
        return True


def filled_values(valve: str, values: Values, others: Mapping[str, Values], *, own_radius_row: bool = False) -> Filled:
    """All values of a valve: entered, worked out, and words from numbers."""
    filled = Filled(values)
    if filled.get("colour_jet") == "eccentric_wall_impinging":
        filled["jet_direction"] = "eccentric"
    filled.fill("body_surface_area", _du_bois(filled), "body_surface_area")
    _fill_pisa(filled)
    _fill_volumes(valve, filled, _another_leaks(valve, others))
    _fill_cmr(valve, filled)
    _fill_jet(valve, filled, own_radius_row)
    _fill_chambers(filled)
    return filled


def _du_bois(filled: Filled) -> float | None:
    height, weight = number(filled, "height"), number(filled, "weight")
    return None if height is None or weight is None else 0.007184 * height**0.725 * weight**0.425


def _raw(filled: Filled, name: str) -> float | None:
    value = filled.get(name)
    return float(value) if isinstance(value, int | float) else None


def _fill_pisa(filled: Filled) -> None:
    names = ("pisa_radius", "aliasing_velocity", "peak_velocity")
    radius, aliasing, peak = (_raw(filled, name) for name in names)
    if radius is not None and aliasing is not None and peak:
        angle = _raw(filled, "convergence_angle")
        flow = 2 * math.pi * radius**2 * aliasing * (1 if angle is None else angle / 180)
        filled.fill("eroa", flow / peak, "pisa_radius")


def _through_orifice(filled: Filled) -> Amount | None:
    """The regurgitant volume that the orifice and its VTI give, when possible."""
    eroa, vti = _raw(filled, "eroa"), _raw(filled, "regurgitant_vti")
    if eroa is None or vti is None or clean(eroa * vti) > HIGHEST["regurgitant_volume"]:
        return None
    return eroa * vti, filled.roots["eroa"]


def _stroke_volume(filled: Filled, place: str) -> float | None:
    diameter, vti = _raw(filled, f"{place}_diameter"), _raw(filled, f"{place}_vti")
    return None if diameter is None or vti is None else math.pi / 4 * diameter**2 * vti


def _lv_stroke_volume(filled: Filled) -> float | None:
    diastolic, systolic = _raw(filled, "lv_end_diastolic_volume"), _raw(filled, "lv_end_systolic_volume")
    return None if diastolic is None or systolic is None else diastolic - systolic


def _another_leaks(valve: str, others: Mapping[str, Values]) -> bool:
    """Whether the other left-sided valve leaks by the same row, so that LVOT minus mitral volumes do not hold."""
    if valve not in OTHER or OTHER[valve] not in others:
        return False
    other = Filled(others[OTHER[valve]])
    _fill_pisa(other)
    return other.get("regurgitation") == "present" or any((number(other, name) or 0) > 0 for name in LEAK)


def _volumetric(valve: str, filled: Filled, another_leaks: bool) -> tuple[float, float] | None:
    """(regurgitant volume, total) by volumes, None when unknown, negative, impossible or invalid; never for TR."""
    if valve == "tricuspid":
        return None
    lvot, annulus = _stroke_volume(filled, "lvot"), _stroke_volume(filled, "mitral_annulus")
    total, forward = lvot, annulus
    if valve == "mitral":
        total = _lv_stroke_volume(filled) if annulus is None or another_leaks else annulus
        forward = lvot
    elif valve == "pulmonic":
        total, forward = _stroke_volume(filled, "rvot"), lvot
    elif another_leaks:
        return None
    if total is None or forward is None:
        return None
    volume = total - forward
    return (volume, total) if 0 <= clean(volume) <= HIGHEST["regurgitant_volume"] and total > 0 else None


def _fill_volumes(valve: str, filled: Filled, another_leaks: bool) -> None:
    by_volumes = _volumetric(valve, filled, another_leaks)
    total = None if valve == "tricuspid" else _stroke_volume(filled, "rvot" if valve == "pulmonic" else "lvot")
    entered = _raw(filled, "regurgitant_volume")
    volume = (entered, "regurgitant_volume") if entered is not None else _through_orifice(filled)
    beyond = valve == "aortic" and volume is not None and total is not None and clean(volume[0]) > clean(total)
    if beyond and entered is None:
        volume = None
    if volume is not None:
        filled.fill("regurgitant_volume", *volume)
        if total is not None and not beyond:
            whole = total + volume[0] if valve == "mitral" else total
            filled.fill("regurgitant_fraction", 100 * volume[0] / whole if whole else None, volume[1])
    if by_volumes is not None:
        filled.fill("regurgitant_volume", by_volumes[0], "volumes")
        if not beyond or entered is None:
            filled.fill("regurgitant_fraction", 100 * by_volumes[0] / by_volumes[1], "volumes")
        vti = _raw(filled, "regurgitant_vti")
        filled.fill("eroa_volumetric", by_volumes[0] / vti if vti else None, "volumes")


def _fill_cmr(valve: str, filled: Filled) -> None:
    """Section 10: volumes of magnetic resonance."""
    names = ("cmr_lv_stroke_volume", "cmr_forward_volume", "cmr_reverse_volume")
    stroke, forward, reverse = (_raw(filled, name) for name in names)
    if valve == "mitral":
        if stroke is not None and forward is not None:
            filled.fill("cmr_regurgitant_volume", stroke - forward, "cmr_volumes")
        volume = _raw(filled, "cmr_regurgitant_volume")
        if volume is not None and stroke:
            filled.fill("cmr_regurgitant_fraction", 100 * volume / stroke, filled.roots["cmr_regurgitant_volume"])
    elif valve in ("aortic", "pulmonic") and reverse is not None:
        filled.fill("cmr_regurgitant_volume", reverse, "cmr_volumes")
        if forward:
            filled.fill("cmr_regurgitant_fraction", 100 * reverse / forward, "cmr_volumes")


def _fill_jet(valve: str, filled: Filled, own_radius_row: bool) -> None:
    if valve not in ("mitral", "tricuspid"):
        return
    large = both(is_above(filled, "jet_area_ratio", 50), is_word(filled, "jet_direction", "central"))
    if large and "colour_jet" not in filled:
        filled["colour_jet"] = "large_central"
        filled.roots["colour_jet"] = "jet_area_ratio"
    radius, aliasing = number(filled, "pisa_radius"), number(filled, "aliasing_velocity")
    if "flow_convergence" in filled or own_radius_row or radius is None or aliasing is None:
        return
    if 30 <= aliasing <= 40:
        small, is_large = (radius <= 0.3, radius >= 1.0) if valve == "mitral" else (radius < 0.4, radius > 0.9)
        filled["flow_convergence"] = "small" if small else "large" if is_large else "intermediate"
        filled.roots["flow_convergence"] = "pisa_radius"


def _fill_word(filled: Filled, name: str, claim: bool | None, yes: str, no: str) -> None:
    if name not in filled and claim is not None:
        filled[name] = yes if claim else no


def _fill_chambers(filled: Filled) -> None:
    _fill_word(filled, "lv_size", _dilated_ventricle(filled), "dilated", "normal")
    if "sex" in filled:
        limit = 52 if filled["sex"] == "male" else 54
        _fill_word(filled, "lv_function", is_at_least(filled, "lv_ejection_fraction", limit), "normal", "reduced")
    _fill_word(filled, "la_size", is_above(filled, "la_volume_index", 34), "dilated", "normal")
    _fill_word(filled, "rv_size", is_above(filled, "rv_basal_diameter", 4.1), "dilated", "normal")
    _fill_word(filled, "ra_size", is_above(filled, "ra_area", 18), "dilated", "normal")
    low = is_below(filled, "tapse", 1.7), is_below(filled, "rv_fractional_area_change", 35)
    reduced = True if True in low else False if False in low else None
    _fill_word(filled, "rv_function", reduced, "reduced", "normal")


def _dilated_ventricle(filled: Filled) -> bool | None:
    if "sex" not in filled:
        return None
    male = filled["sex"] == "male"
    volume, surface = _raw(filled, "lv_end_diastolic_volume"), _raw(filled, "body_surface_area")
    if volume is not None and surface:
        return clean(volume / surface) > (74 if male else 61)
    return is_above(filled, "lv_end_diastolic_diameter", 5.8 if male else 5.2)


def chamber_row(filled: Values, sizes: tuple[str, ...], ventricle: str) -> str:
    """A chamber row (left_heart, left_ventricle, right_heart, right_ventricle): normal, enlarged, other, unknown.

    `sizes` are the chambers of the normal claim; "enlarged" is the ventricle dilated with normal function.
    """
    normal = both(*(is_word(filled, f"{size}_size", "normal") for size in sizes))
    dilated = is_word(filled, f"{ventricle}_size", "dilated")
    enlarged = both(dilated, is_word(filled, f"{ventricle}_function", "normal"))
    if normal:
        return "normal"
    if enlarged:
        return "enlarged"
    return "other" if normal is False and enlarged is False else "unknown"


def valve_destruction(filled: Values) -> bool | None:
    """Flail leaflet or coaptation defect."""
    return either(is_word(filled, "flail_leaflet", "yes"), is_word(filled, "coaptation_defect", "yes"))


def dense_jet_short_pht(filled: Values) -> bool | None:
    """The one combined criterion of PR."""
    dense = is_word(filled, "cw_jet", "dense", "dense_triangular", "sine_wave")
    return both(dense, is_below(filled, "pressure_half_time", 100))
