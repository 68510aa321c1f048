"""The strip below a beating heart: ECG, when each valve stands open, when blood leaks, and where the beat is."""

from __future__ import annotations

from grading.case import Case
from grading_app.drawings.beat import leak_window
from grading_app.drawings.heart_outline import SITES, WIDTH
from grading_app.drawings.svg import BLOOD, JET, element, line, path, smooth, text
from grading_app.palette import Theme

#: the height of the strip
STRIP = 132.0
_LEFT, _RIGHT, _ROW, _FIRST = 166.0, WIDTH - 12, 24.0, 56.0
_ECG = (
    *((0.0, 0.0), (0.012, -0.12), (0.03, 1.0), (0.05, -0.25), (0.068, 0.0), (0.2, 0.0), (0.27, 0.06), (0.33, 0.28)),
    *((0.38, 0.08), (0.42, 0.0), (0.78, 0.0), (0.82, 0.08), (0.85, 0.16), (0.88, 0.06), (0.91, 0.0), (1.0, 0.0)),
)
#: when a valve stands open
_OPEN = {True: ((0.0, 0.03), (0.45, 1.0)), False: ((0.1, 0.37),)}


def strip(case: Case, seconds: float, theme: Theme) -> str:
    """The strip of one case, `STRIP` high, with a line that moves along it once in so many seconds."""
    site, leak = SITES[case.valve], leak_window(case)
    inlet, outlet = ("tricuspid", "pulmonic") if site.right_heart else ("mitral", "aortic")
    colour = BLOOD[not site.right_heart]
    rows = (
        (f"{inlet} valve open", _OPEN[True], colour),
        (f"{outlet} valve open", _OPEN[False], colour),
        ("leak", ((leak.start, leak.end),), JET[1]),
    )
    shapes = [_ecg(theme), *(_row(place, *row, theme) for place, row in enumerate(rows))]
    return "".join([*shapes, _cursor(seconds, theme)])


def _x(time: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * time


def _ecg(theme: Theme) -> str:
    points = [(_x(time), 34 - 26 * height) for time, height in _ECG]
    return text((_LEFT - 10, 39.0), "ECG", theme.ink, "end") + path(smooth(points), stroke=theme.ink, stroke_width=1.6)


def _row(place: int, words: str, spans: tuple[tuple[float, float], ...], colour: str, theme: Theme) -> str:
    y = _FIRST + _ROW * place
    ground = line((_LEFT, y + 8), (_RIGHT, y + 8), theme.faint, stroke_width=1.0, stroke_opacity=0.5)
    bars = "".join(
        element("rect", x=_x(start), y=y + 1, width=_x(end) - _x(start), height=14.0, rx=3.0, fill=colour)
        for start, end in spans
    )
    return text((_LEFT - 10, y + 13), words, theme.ink, "end") + ground + bars


def _cursor(seconds: float, theme: Theme) -> str:
    """Where the beat is."""
    travel = "".join(
        element(
            "animate",
            attributeName=end,
            dur=f"{seconds:g}s",
            repeatCount="indefinite",
            values=f"{_LEFT:g};{_RIGHT:g}",
        )
        for end in ("x1", "x2")
    )
    look: dict[str, str | float] = {"stroke": theme.ink, "stroke_width": 2.0, "class_": "now"}
    return element("line", travel, x1=_LEFT, x2=_LEFT, y1=4.0, y2=STRIP - 6, **look)
