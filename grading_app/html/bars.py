"""One criterion as a bar: the paper's bands to scale in the colours of the grades, the value at its mark, the cut-offs
as printed.

HTML without scripts; it stands in the app and in the one-page report, on light and on dark paper.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grading.explanation.sentences import criterion_value
from grading.explanation.views import BandView, CriterionView
from grading_app.html.render import render
from grading_app.palette import GRADE_COLOURS

#: the open band at the upper end is drawn so long, as a share of the last cut-off; what lies beyond stands at its end
OPEN_END = 0.5
#: how far from the ends of the bar a value is marked at least
EDGE = 0.015


@dataclass(frozen=True, slots=True)
class Band:
    """A band of a bar: its text, its colour ('' for a band that argues for no grade), whether the value lies in it, and
    its share of the bar's width."""

    text: str
    colour: str
    is_own: bool
    share: float


def severity_bar(criterion: CriterionView) -> Markup:
    """The bar of one criterion, as HTML: numbers to scale, words in bands of one width."""
    shares = band_shares(criterion.bands)
    ends = list(itertools.accumulate(shares))
    numeric = criterion.bands[0].high is not None
    borders = (_border(below, above) for below, above in itertools.pairwise(criterion.bands)) if numeric else ()
    place = value_place(criterion)
    return render(
        "bar.html",
        label=bar_text(criterion),
        bands=[
            _band(band, band is criterion.own_band, share) for band, share in zip(criterion.bands, shares, strict=True)
        ],
        place=place,
        value=criterion_value(criterion).rpartition("= ")[2] if place is not None else "",
        cut_offs=list(zip(borders, ends, strict=False)),
    )


def bar_text(criterion: CriterionView) -> str:
    """The bar in words, for who does not see it."""
    bands = "; ".join(f"{band.text}: {band.called}" for band in criterion.bands)
    place = f"in the band {criterion.own_band.text}" if criterion.own_band else "not assessed"
    return f"{criterion.label}: {place}. Bands: {bands}"


def band_shares(bands: Sequence[BandView]) -> list[float]:
    """The share of the bar's width of each band: from 0 to the last cut-off to scale, and the open end."""
    highs = [band.high for band in bands[:-1]]
    if bands[0].high is None or any(high is None for high in highs):
        return [1 / len(bands)] * len(bands)
    edges = [0.0, *(float(high or 0) for high in highs)]
    whole = _end(bands)
    return [(high - low) / whole for low, high in itertools.pairwise([*edges, whole])]


def _end(bands: Sequence[BandView]) -> float:
    """Where a bar ends, in the table's unit."""
    last = bands[-1]
    return float(last.high if last.high is not None else (last.low or 0) * (1 + OPEN_END))


def value_place(criterion: CriterionView) -> float | None:
    """Where the value is marked, 0 to 1 of the bar's width; None for a word and for what was not assessed.

    The mark stays in the value's own band, also where that is a hair's breadth wide.
    """
    own = criterion.own_band
    if own is None or not criterion.in_band or not isinstance(criterion.value, float):
        return None
    shares = band_shares(criterion.bands)
    start = sum(shares[: criterion.in_band - 1])
    place = criterion.value / _end(criterion.bands)
    return min(max(place, start, EDGE), start + shares[criterion.in_band - 1], 1 - EDGE)


def _band(band: BandView, is_own: bool, share: float) -> Band:
    is_word = band.low is None and band.high is None
    text = f"{band.text}: {band.called}" if is_word else band.called
    return Band(text, GRADE_COLOURS[band.grade] if band.grade else "", is_own, share)


def _border(below: BandView, above: BandView) -> str:
    """The cut-off between two bands as the graded one of them has it: '>= 0.40', '< 0.3'."""
    clause = above.text.split(" and ")[0] if above.grade or not below.grade else below.text.split(" and ")[-1]
    return " ".join(clause.split()[:2])
