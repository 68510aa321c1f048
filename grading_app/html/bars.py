"""One criterion as a bar: the paper's bands in the colours of the grades, the value marked, the cut-offs as printed.

HTML without scripts; it stands in the app and in the one-page report, on light and on dark paper.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from markupsafe import Markup

from grading.explanation.views import BandView, CriterionView
from grading_app.html.render import render
from grading_app.palette import GRADE_COLOURS


@dataclass(frozen=True, slots=True)
class Band:
    """A band of a bar: its text, its colour ('' for a band that argues for no grade), whether the value lies in it."""

    text: str
    colour: str
    is_own: bool


def severity_bar(criterion: CriterionView) -> Markup:
    """The bar of one criterion, as HTML."""
    numeric = criterion.bands[0].high is not None
    return render(
        "bar.html",
        label=bar_text(criterion),
        bands=[_band(band, band is criterion.own_band) for band in criterion.bands],
        place=_place(criterion),
        cut_offs=[_border(below, above) for below, above in itertools.pairwise(criterion.bands)] if numeric else [],
    )


def bar_text(criterion: CriterionView) -> str:
    """The bar in words, for who does not see it."""
    bands = "; ".join(f"{band.text}: {band.called}" for band in criterion.bands)
    place = f"in the band {criterion.own_band.text}" if criterion.own_band else "not assessed"
    return f"{criterion.label}: {place}. Bands: {bands}"


def share_of_band(value: float, band: BandView) -> float:
    """How far into its band a value lies, 0 to 1; an open band has no end, and is approached as the value grows."""
    low, high = band.low, band.high
    if high is None:
        assert low is not None
        return min(0.95, (value - low) / (value - low + low / 2)) if value > low else 0.0
    start = low or 0.0
    return min(max((value - start) / (high - start), 0.0), 1.0)


def _place(criterion: CriterionView) -> float | None:
    """Where the value is marked, 0 to 1 of the bar's width; None for a word and for what was not assessed."""
    if not (criterion.own_band and criterion.in_band and isinstance(criterion.value, float)):
        return None
    return (criterion.in_band - 1 + share_of_band(criterion.value, criterion.own_band)) / len(criterion.bands)


def _band(band: BandView, is_own: bool) -> Band:
    is_word = band.low is None and band.high is None
    text = f"{band.text}: {band.called}" if is_word else band.called
    return Band(text, GRADE_COLOURS[band.grade] if band.grade else "", is_own)


def _border(below: BandView, above: BandView) -> str:
    """The cut-off between two bands as the graded one of them has it: '>= 0.40', '< 0.3'."""
    clause = above.text.split(" and ")[0] if above.grade or not below.grade else below.text.split(" and ")[-1]
    return " ".join(clause.split()[:2])
