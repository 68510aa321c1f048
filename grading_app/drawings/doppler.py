"""The Doppler panel: the CW envelope of the leak on its axes, and how fast its velocity falls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grading.case import Case
from grading.reference.catalogue import load_catalogue
from grading.writing import plain, quantity
from grading_app.drawings.doppler_signal import HALF, Signal, signal_of, velocity_unit, word_of
from grading_app.drawings.findings import belongs, is_known, printed, value_text, word
from grading_app.drawings.heart_outline import SITES
from grading_app.drawings.svg import Point, dash, element, heading, line, path, smooth, straight, text
from grading_app.drawings.typeface import TEXT
from grading_app.palette import Theme

HEIGHT = 236.0
_LEFT, _RIGHT, _TOP, _BOTTOM, _EDGE = 76.0, 466.0, 74.0, 190.0, 472.0
#: the share of the height that a signal of unknown velocity takes
_SCHEMATIC = 0.75
#: where on the time axis it stands that the half-time was not entered
_ASIDE = 0.55
#: the flow the other way after a sine wave, lower than it
_REBOUND = ((1.0, 0.0), (1.05, -0.17), (1.1, -0.22), (1.15, -0.17), (1.2, 0.0))


@dataclass(frozen=True, slots=True)
class Plot:
    """Where a signal lies in the panel: a leak that flows away from the probe is drawn downwards."""

    signal: Signal
    down: bool

    @property
    def base(self) -> float:
        """The height of velocity zero."""
        return _TOP if self.down else _BOTTOM

    @property
    def along(self) -> Point:
        """Where the phase begins and ends."""
        return (_LEFT + 34, _RIGHT - 70) if self.down else (_LEFT + 24, _RIGHT)

    def y(self, share: float) -> float:
        """The height of a share of the velocity axis."""
        return self.base + (_BOTTOM - _TOP) * share * (1 if self.down else -1)

    def place(self, point: Point) -> Point:
        """A point of the signal as a point of the panel."""
        signal = self.signal
        scale = signal.peak / signal.axis[0] if signal.peak is not None and signal.axis else _SCHEMATIC
        start, end = self.along
        return start + (end - start) * point[0], self.y(point[1] * scale)


def doppler_panel(case: Case, theme: Theme) -> str:
    """The Doppler panel of a case, `HEIGHT` high."""
    plot = Plot(signal_of(case), SITES[case.valve].inlet)
    shapes = [_heading(case, theme), _axes(plot, theme), _envelope(plot, case, theme), _peak(plot, case, theme)]
    if not plot.down:
        shapes += [_half_time(plot, case, theme), _times(plot, theme)]
    return "".join(shapes)


def _heading(case: Case, theme: Theme) -> str:
    title = heading("CW Doppler", theme.ink)
    ink = theme.ink if is_known(case, "cw_jet") else theme.faint
    density = text((_EDGE, 22.0), " ".join(printed(case, "cw_jet")), ink, "end")
    names = ["holosystolic"] if word_of(case, "holosystolic") == "no" else ["deceleration_rate"]
    names += ["pr_index"] if belongs(case, "pr_index") and is_known(case, "pr_index") else ["early_termination"]
    said = [" ".join(printed(case, name)) for name in names if belongs(case, name) and is_known(case, name)]
    return title + density + text((_EDGE, 41.0), ", ".join(said), theme.ink, "end")


def _axes(plot: Plot, theme: Theme) -> str:
    """The velocity axis with its figures where the peak is known, the baseline, and the name of the phase."""
    ends = (_LEFT, _TOP), (_LEFT, _BOTTOM)
    shapes = line(*ends, theme.ink, stroke_width=1.5) + line((_LEFT, plot.base), (_EDGE, plot.base), theme.ink)
    phase = "systole" if plot.down else "diastole"
    shapes += text((sum(plot.along) / 2, HEIGHT - 6), phase, theme.ink, "middle")
    if plot.signal.axis is None:
        return shapes + text((_LEFT - 8, (_TOP + _BOTTOM) / 2 + 5), velocity_unit(), theme.faint, "end")
    end, step = plot.signal.axis
    for count in range(round(end / step) + 1):
        y = plot.y(count * step / end)
        said = plain(count * step) if count * step < end else quantity(plain(end), velocity_unit())
        shapes += line((_LEFT - 5, y), (_LEFT, y), theme.ink) + text((_LEFT - 9, y + 5), said, theme.ink, "end")
    return shapes


def _times(plot: Plot, theme: Theme) -> str:
    """The time axis in ms, where a slope was measured."""
    end = plot.signal.time
    if end is None:
        return ""
    unit, shapes = load_catalogue().numbers["pressure_half_time"].unit, ""
    for share in (0.0, 0.5, 1.0):
        x = plot.place((share, 0.0))[0]
        said = quantity(plain(end), unit) if share == 1.0 else plain(share * end)
        shapes += line((x, plot.base), (x, plot.base + 5), theme.ink)
        shapes += text((x, plot.base + 20), said, theme.ink, "end" if share == 1.0 else "middle")
    return shapes


def _outline(plot: Plot, case: Case) -> str:
    """The envelope as a path: straight where it falls along a line."""
    points: Sequence[Point] = [plot.place(point) for point in plot.signal.points]
    if not plot.down:
        return straight(points)
    if word(case, "cw_jet") == "dense_triangular":
        return smooth(points[:3]) + straight(points[2:]).replace("M", " L", 1)
    return smooth(points)


def _envelope(plot: Plot, case: Case, theme: Theme) -> str:
    """The envelope, filled as dense as the signal is; broken where the signal or its slope was not entered."""
    density, shape = word(case, "cw_jet"), _outline(plot, case)
    if density == "sine_wave" and plot.down:
        shape += " " + smooth([plot.place(point) for point in _REBOUND]).replace("M", "L", 1)
    edge: dict[str, str | float] = {"stroke": theme.ink, "stroke_width": 2.0, "class_": "envelope"}
    if density is None:
        return path(shape, **edge, **dash(known=False))
    broken = dash(plot.signal.slope_known)
    if density == "faint_or_incomplete":
        return _dots(theme) + path(shape, fill="url(#dots)", stroke_dasharray="2 5", **edge)
    return path(shape, fill=theme.faint, fill_opacity=0.55, **edge, **broken)


def _dots(theme: Theme) -> str:
    dots = "".join(element("circle", cx=x, cy=y, r=0.9, fill=theme.ink) for x, y in ((2, 2), (7, 6)))
    pattern = element("pattern", dots, id="dots", width=10.0, height=9.0, patternUnits="userSpaceOnUse")
    return element("defs", pattern)


def peak_text(case: Case) -> str:
    """'5.2 m/s', or 'not entered'."""
    peak = signal_of(case).peak
    return "not entered" if peak is None else quantity(plain(peak), velocity_unit())


def _peak(plot: Plot, case: Case, theme: Theme) -> str:
    x, y = plot.place(plot.signal.summit)
    words = f"{load_catalogue()['peak_velocity'].label} {peak_text(case)}"
    ink = theme.faint if plot.signal.peak is None else theme.ink
    place, anchor = ((max(x, _LEFT + 130), y + TEXT + 3), "middle") if plot.down else ((x + 6, y - 6), "start")
    return text(place, words, ink, anchor)


def _half_time(plot: Plot, case: Case, theme: Theme) -> str:
    """The point at which the pressure has halved, with its time; or that it was not entered."""
    words = f"PHT {value_text(case, load_catalogue()['pressure_half_time'])}"
    share = plot.signal.half_time
    if share is None:
        x, y = plot.place((_ASIDE, plot.signal.level(_ASIDE)))
        return text((x, y - 10), words, theme.faint)
    x, y = plot.place((share, HALF))
    marks = line((x, y), (x, plot.base), theme.ink, stroke_width=1.5, **dash(known=False))
    marks += line((_LEFT, y), (x, y), theme.ink, stroke_width=1.0, **dash(known=False))
    dot = element("circle", cx=x, cy=y, r=4.5, fill=theme.ink, stroke=theme.paper, stroke_width=1.5, class_="half-time")
    return marks + dot + text((x + 9, y - 7), words, theme.ink)


def doppler_sentences(case: Case) -> list[str]:
    """The Doppler panel in words."""
    signal, down = signal_of(case), SITES[case.valve].inlet
    said = [f"CW Doppler of the leak in {'systole' if down else 'diastole'}: {' '.join(printed(case, 'cw_jet'))}"]
    said.append(f"{load_catalogue()['peak_velocity'].label} {peak_text(case)}")
    names = (
        "holosystolic",
        "pressure_half_time",
        "deceleration_time",
        "deceleration_rate",
        "early_termination",
        "pr_index",
    )
    said += [" ".join(printed(case, name)) for name in names if belongs(case, name)]
    schematic = ["the height" if signal.peak is None else "", "" if signal.time else "time"]
    return [*said, f"{' and '.join(filter(None, schematic))} of the signal is schematic"] if any(schematic) else said
