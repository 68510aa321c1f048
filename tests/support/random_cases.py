"""Random rows for a table, seeded: values often exactly on, just below and just above a cut-off, direct and derived."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

Row = dict[str, float | str]
Draw = Callable[[random.Random], float | str]

#: how many rows of each table and how many studies are tried: in the quick tests, and in the slow ones
ROWS_TRIED, STUDIES_TRIED = (300, 4000), (60, 1500)
NO_YES = ("no", "yes")
#: cut-offs of any table of that valve, in canonical units; the draw goes on them and beside them
CUTS: dict[str, dict[str, tuple[float, ...]]] = {
    "mitral": {
        "eroa": (0.2, 0.3, 0.4), "eroa_volumetric": (0.2, 0.3, 0.4), "regurgitant_volume": (30, 45, 60),
        "regurgitant_fraction": (30, 40, 50), "vena_contracta_width": (0.3, 0.7),
        "vena_contracta_width_biplane": (0.3, 0.8), "jet_area_ratio": (40, 50), "e_wave_velocity": (120,),
        "vti_ratio": (1.4,),
    },
    "aortic": {
        "eroa": (0.1, 0.2, 0.3), "eroa_volumetric": (0.1, 0.2, 0.3), "regurgitant_volume": (30, 45, 60),
        "regurgitant_fraction": (30, 40, 50), "vena_contracta_width": (0.3, 0.6), "jet_width_ratio": (25, 65),
        "pressure_half_time": (200, 500), "aortic_end_diastolic_velocity": (20,),
    },
    "tricuspid": {
        "eroa": (0.2, 0.4, 0.6, 0.8), "eroa_volumetric": (0.75, 0.95, 1.15), "regurgitant_volume": (30, 45, 60, 75),
        "regurgitant_fraction": (16, 50), "vena_contracta_width": (0.3, 0.7),
        "vena_contracta_width_biplane": (0.3, 0.7, 1.4, 2.1), "vena_contracta_area_3d": (0.75, 0.95, 1.15),
        "jet_area_ratio": (50,), "e_wave_velocity": (100,),
    },
    "pulmonic": {
        "regurgitant_fraction": (20, 40), "regurgitant_volume": (30,), "jet_width_ratio": (70,),
        "pressure_half_time": (100,), "pr_index": (0.77,), "deceleration_time": (260,),
    },
}  # fmt: skip
RADIUS = {
    "mitral": (0.3, 0.6, 0.9, 1.0), "aortic": (0.3, 0.5, 0.7, 0.9), "tricuspid": (0.4, 0.55, 0.9), "pulmonic": (0.5,),
}  # fmt: skip
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "mitral": {
        "colour_jet": ("small_central", "intermediate", "large_central", "eccentric_wall_impinging"),
        "flow_convergence": ("none", "small", "intermediate", "large"),
        "mitral_inflow": ("a_wave_dominant", "variable", "e_wave_dominant"),
        "pulmonary_vein_flow": ("systolic_dominant", "systolic_blunting", "systolic_reversal"),
    },
    "aortic": {
        "colour_jet": ("small_central", "intermediate", "large_central", "eccentric_wall_impinging"),
        "flow_convergence": ("none", "small", "intermediate", "large"),
        "descending_aorta_reversal": ("none_or_brief", "intermediate", "holodiastolic"),
        "abdominal_aorta_reversal": ("none", "holodiastolic"),
    },
    "tricuspid": {
        "colour_jet": ("small_central", "intermediate", "large_central", "eccentric_wall_impinging"),
        "flow_convergence": ("none", "small", "intermediate", "large"),
        "tricuspid_inflow": ("a_wave_dominant", "variable", "e_wave_dominant"),
        "hepatic_vein_flow": ("systolic_dominant", "systolic_blunting", "systolic_reversal"),
    },
    "pulmonic": {
        "colour_jet": ("small_central", "intermediate", "large_central", "eccentric_wall_impinging"),
        "deceleration_rate": ("slow", "intermediate", "steep"), "early_termination": NO_YES,
        "pa_branch_reversal": NO_YES,
    },
}  # fmt: skip
#: words of every valve, each more or less rare by its own chance
COMMON: dict[str, tuple[float, tuple[str, ...]]] = {
    "cw_jet": (0.5, ("faint_or_incomplete", "dense", "dense_triangular", "sine_wave")),
    "flail_leaflet": (0.4, NO_YES),
    "coaptation_defect": (0.35, NO_YES),
    "jet_direction": (0.3, ("central", "central", "eccentric")),
    "regurgitation": (0.08, ("none", "trace", "present")),
    "image_quality": (0.06, ("adequate", "poor")),
    "clinical_discordance": (0.05, NO_YES),
    "atrial_fibrillation": (0.15, NO_YES),
    "holosystolic": (0.12, NO_YES),
    "low_flow": (0.3, NO_YES),
    "elliptical_orifice": (0.3, NO_YES),
    "mechanism": (0.7, ("primary", "secondary")),
    "symptoms": (0.6, NO_YES),
    "sex": (0.5, ("female", "male")),
}
#: a drawn value of 0 ("none seen") is possible for these
ZERO = ("eroa", "regurgitant_volume", "regurgitant_fraction", "vena_contracta_width")


#: common words that lean with the others
LEANING = ("cw_jet", "flail_leaflet", "coaptation_defect")


def near(cuts: tuple[float, ...]) -> Draw:
    """A draw on, just below, just above or well away from one of the cut-offs."""

    def draw(source: random.Random) -> float:
        cut = source.choice(cuts)
        shift = source.choice((0, 0, -1e-3, 1e-3, -0.02, 0.02, source.uniform(-0.6, 0.8)))
        return round(cut * (1 + shift), 6)

    return draw


def _between(low: float, high: float, digits: int = 2) -> Draw:
    return lambda source: round(source.uniform(low, high), digits)


def _among(*values: float | str) -> Draw:
    return lambda source: source.choice(values)


def _pisa(valve: str) -> dict[str, Draw]:
    return {
        "pisa_radius": near(RADIUS[valve]),
        "aliasing_velocity": _among(15, 14.9, 20, 25, 25.1, 28, 30, 31, 31.1, 35, 40, 40.1),
        "peak_velocity": _between(200, 600, 0),
        "regurgitant_vti": _between(40, 250, 0),
    }


VOLUMES: dict[str, Draw] = {
    "lvot_diameter": _between(1.7, 2.6, 1), "lvot_vti": _between(10, 28, 0),
    "mitral_annulus_diameter": _between(2.4, 3.8, 1), "mitral_annulus_vti": _between(6, 16, 0),
    "rvot_diameter": _between(1.8, 3.2, 1), "rvot_vti": _between(10, 30, 0),
    "lv_end_diastolic_volume": _between(70, 240, 0), "lv_end_systolic_volume": _between(25, 110, 0),
}  # fmt: skip
CHAMBERS: dict[str, Draw] = {
    "lv_end_diastolic_diameter": near((5.2, 5.8)), "lv_end_systolic_diameter": near((4.0, 5.0)),
    "lv_ejection_fraction": near((52, 54, 55, 60)), "la_volume_index": near((34,)),
    "rv_basal_diameter": near((4.1,)), "ra_area": near((18,)), "tapse": near((1.7,)),
    "rv_fractional_area_change": near((35,)), "body_surface_area": _among(1.5, 1.7, 1.83, 2.0),
    "height": _between(150, 195, 0), "weight": _between(45, 110, 0),
    "lv_size": _among("normal", "dilated"), "la_size": _among("normal", "dilated"),
    "rv_size": _among("normal", "dilated"), "ra_size": _among("normal", "dilated"),
    "lv_function": _among("reduced", "normal"), "rv_function": _among("reduced", "normal"),
}  # fmt: skip
CMR: dict[str, Draw] = {
    "cmr_regurgitant_volume": near((30, 45, 60)), "cmr_regurgitant_fraction": near((16, 20, 26, 30, 40, 48, 50)),
    "cmr_lv_stroke_volume": _between(60, 180, 0), "cmr_forward_volume": _between(40, 110, 0),
    "cmr_reverse_volume": _between(5, 75, 0),
}  # fmt: skip


def _leaning(words: tuple[str, ...], lean: int | None) -> Draw:
    """Words in order of severity: mostly the first (lean 0) or the last (lean -1), or any."""
    return lambda source: words[lean] if lean is not None and source.random() < 0.85 else source.choice(words)


def _some(source: random.Random, draws: dict[str, Draw], chance: float) -> Row:
    return {name: draw(source) for name, draw in draws.items() if source.random() < chance}


def _row(guideline: str, valve: str, source: random.Random) -> Row:
    row = _some(source, {name: near(cuts) for name, cuts in CUTS[valve].items()}, source.choice((0.0, 0.15, 0.3, 0.6)))
    lean = source.choice((None, None, 0, -1))
    words = {name: _leaning(among, lean) for name, among in WORDS[valve].items()}
    row |= _some(source, words, source.choice((0.0, 0.3, 0.6, 0.9)))
    for name, (chance, among) in COMMON.items():
        if source.random() < chance:
            row[name] = _leaning(among, lean if name in LEANING else None)(source)
    row |= _some(source, CHAMBERS, source.choice((0.0, 0.1, 0.4)))
    row |= _some(source, _pisa(valve), source.choice((0.0, 0.0, 0.4, 0.9, 1.0)))
    row |= _some(source, VOLUMES, source.choice((0.0, 0.0, 0.5, 1.0)))
    if guideline == "ase-2017-cmr" or (guideline, valve) == ("esc-2025", "aortic"):
        row |= _some(source, CMR, source.choice((0.2, 0.4, 0.8)))
    if source.random() < 0.1:
        row["convergence_angle"] = source.choice((90, 120, 180))
    if source.random() < 0.05:
        row[source.choice(ZERO)] = 0.0
    if source.random() < 0.03:
        row |= {"pisa_radius": 0.0}
    return row


def _possible(row: Row) -> Row:
    """The row inside the hard limits that a draw can cross."""
    for name, highest in (
        ("regurgitant_fraction", 100),
        ("jet_width_ratio", 100),
        ("jet_area_ratio", 100),
        ("pr_index", 1),
        ("lv_ejection_fraction", 95),
    ):
        if name in row:
            row[name] = min(float(row[name]), highest)
    return row


def random_rows(guideline: str, valve: str, n: int, seed: int) -> list[Row]:
    """`n` rows of that table: canonical numbers and words by the names of section 3; the same for the same seed."""
    source = random.Random(f"{guideline} {valve} {seed}")
    return [_possible(_row(guideline, valve, source)) for _ in range(n)]


def random_studies(n: int, seed: int) -> Iterator[dict[str, Row]]:
    """`n` studies of four valves, by valve; what is not a valve's own (flow, sex, size) is the same in all."""
    source = random.Random(f"studies {seed}")
    own = {name for words in WORDS.values() for name in words} | {name for cuts in CUTS.values() for name in cuts}
    own |= {*COMMON, *_pisa("mitral"), *CMR, "convergence_angle"} - {"sex", "symptoms", "atrial_fibrillation"}
    for _ in range(n):
        study = {valve: _possible(_row("ase-2017", valve, source)) for valve in CUTS}
        shared = {name: value for row in study.values() for name, value in row.items() if name not in own}
        yield {valve: {name: row[name] for name in row if name in own} | shared for valve, row in study.items()}
