"""The flow panel: what the flow in a vein or vessel next to the leak does, where it was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from grading.case import Case
from grading_app.drawings.findings import belongs, is_known, printed, word
from grading_app.drawings.svg import JET, Point, line, path, smooth, text
from grading_app.drawings.typeface import BOLD
from grading_app.palette import Theme

HEIGHT = 138.0
_VEIN: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "systolic_dominant": (1.0, 0.6, 1.0),
        "systolic_blunting": (0.35, 0.9, 1.0),
        "systolic_reversal": (-0.6, 0.9, 1.0),
    }
)
#: height of the systolic and of the diastolic flow by what was recorded, 1 forward, below 0 backward; and for how much
#: of diastole the latter lasts
FLOWS: Mapping[str, Mapping[str, tuple[float, float, float]]] = MappingProxyType(
    {
        "pulmonary_vein_flow": _VEIN,
        "hepatic_vein_flow": _VEIN,
        "descending_aorta_reversal": {
            "none_or_brief": (1.0, -0.2, 0.25),
            "intermediate": (1.0, -0.35, 0.6),
            "holodiastolic": (1.0, -0.6, 1.0),
        },
        "abdominal_aorta_reversal": {"none": (1.0, 0.0, 1.0), "holodiastolic": (1.0, -0.6, 1.0)},
        "pa_branch_reversal": {"no": (1.0, 0.0, 1.0), "yes": (1.0, -0.6, 1.0)},
    }
)
_BASE, _TALL, _NAMES, _WAVE = 84.0, 34.0, 68.0, 150.0


def recorded(case: Case) -> list[str]:
    """The flows that are known of a case."""
    return [name for name in FLOWS if belongs(case, name) and is_known(case, name)]


def flow_panel(case: Case, theme: Theme) -> str:
    """The traces of the flows that were recorded, side by side; nothing where none was."""
    return "".join(_trace(case, name, 8.0 + 240 * place, theme) for place, name in enumerate(recorded(case)))


def _trace(case: Case, name: str, left: float, theme: Theme) -> str:
    label, value = printed(case, name)
    start = left + _NAMES
    systole, diastole, lasts = FLOWS[name][word(case, name) or ""]
    waves = _wave(start, _WAVE / 2, systole, theme) + _wave(start + _WAVE / 2, _WAVE / 2 * lasts, diastole, theme)
    return "".join(
        (
            text((left, 18.0), label, theme.ink, font_weight=float(BOLD)),
            text((left, 36.0), value, theme.ink),
            text((left, _BASE - 12), "forward", theme.ink),
            text((left, _BASE + 20), "back", theme.ink),
            waves,
            line((start, _BASE), (start + _WAVE, _BASE), theme.ink),
            text((start + _WAVE / 4, HEIGHT - 8), "systole", theme.ink, "middle"),
            text((start + 3 * _WAVE / 4 + 4, HEIGHT - 8), "diastole", theme.ink, "middle"),
        )
    )


def _wave(start: float, length: float, height: float, theme: Theme) -> str:
    """One wave of flow; what runs backward has the colour of the leak."""
    shares = ((0.0, 0.0), (0.22, 0.8), (0.45, 1.0), (0.75, 0.6), (1.0, 0.0))
    points: list[Point] = [(start + length * along, _BASE - _TALL * height * tall) for along, tall in shares]
    fill = theme.faint if height > 0 else JET[1]
    return path(smooth(points) + " Z", fill=fill, fill_opacity=0.7, stroke=theme.ink, stroke_width=1.5)


def flow_sentences(case: Case) -> list[str]:
    """The flow panel in words, with what was not recorded."""
    return [" ".join(printed(case, name)) for name in FLOWS if belongs(case, name)]
