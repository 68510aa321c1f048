"""One criterion as a bar: the paper's bands in the colours of the grades, the value marked, the cut-offs as printed.

HTML without scripts; it stands in the app and in the one-page report, on light and on dark paper.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from html import escape

from grading.explanation.views import BandView, CriterionView
from grading_app.palette import GRADE_COLOURS, ink_on

CSS = """
.eg-bar{position:relative;display:flex;gap:2px;margin-top:14px}
.eg-band{flex:1 1 0;min-width:0;padding:2px 3px;font-size:12px;line-height:1.3;text-align:center;
  overflow-wrap:anywhere;border-radius:3px;border:1px solid transparent}
.eg-band.eg-neither{border:1px dashed currentColor;opacity:.75}
.eg-band.eg-here{outline:2px solid currentColor;outline-offset:1px;font-weight:700}
.eg-mark{position:absolute;top:-13px;width:0;height:0;margin-left:-6px;border-left:6px solid transparent;
  border-right:6px solid transparent;border-top:11px solid currentColor}
.eg-cuts{position:relative;height:17px;font-size:12px}
.eg-cuts span{position:absolute;transform:translateX(-50%);white-space:nowrap}
"""


def severity_bar(criterion: CriterionView) -> str:
    """The bar of one criterion, as HTML."""
    parts = [_band(band, band is criterion.own_band) for band in criterion.bands]
    numeric = criterion.bands[0].high is not None
    if criterion.own_band and criterion.in_band and isinstance(criterion.value, float):
        at = (criterion.in_band - 1 + share_of_band(criterion.value, criterion.own_band)) / len(criterion.bands)
        parts.append(f'<span class="eg-mark" style="left:{100 * at:.2f}%"></span>')
    bar = f'<div class="eg-bar" role="img" aria-label="{escape(bar_text(criterion))}">{"".join(parts)}</div>'
    return bar + (_cut_offs(criterion.bands) if numeric else "")


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


def _band(band: BandView, is_own: bool) -> str:
    is_word = band.low is None and band.high is None
    text = escape(f"{band.text}: {band.called}" if is_word else band.called)
    marks = " eg-here" if is_own else ""
    if band.grade is None:
        return f'<span class="eg-band eg-neither{marks}">{text}</span>'
    fill = GRADE_COLOURS[band.grade]
    # the ink is set inside, so that the frame of the band keeps the ink of the page
    inner = f'<span style="color:{ink_on(fill)}">{text}</span>'
    return f'<span class="eg-band{marks}" style="background:{fill}">{inner}</span>'


def _cut_offs(bands: Sequence[BandView]) -> str:
    """The cut-offs under the borders they belong to, in the paper's digits."""
    texts = [_border(below, above) for below, above in itertools.pairwise(bands)]
    spans = (
        f'<span style="left:{100 * place / len(bands):.2f}%">{escape(text)}</span>'
        for place, text in enumerate(texts, 1)
    )
    return f'<div class="eg-cuts" aria-hidden="true">{"".join(spans)}</div>'


def _border(below: BandView, above: BandView) -> str:
    """The cut-off between two bands as the graded one of them has it: '>= 0.40', '< 0.3'."""
    clause = above.text.split(" and ")[0] if above.grade or not below.grade else below.text.split(" and ")[-1]
    return " ".join(clause.split()[:2])
