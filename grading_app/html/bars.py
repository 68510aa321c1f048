"""One criterion as a bar: the paper's bands in the colours of the grades, the value marked, the cut-offs as printed.

HTML without scripts; it stands in the app and in the one-page report, on light and on dark paper.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

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


def severity_bar(criterion: Mapping[str, Any]) -> str:
    """The bar of one criterion of `Case.to_dict()`, as HTML."""
    bands, here = criterion["bands"], criterion["in_band"]
    parts = [_band(band, place == here) for place, band in enumerate(bands, 1)]
    numeric = bands[0]["high"] is not None
    if here and numeric:
        at = (here - 1 + share_of_band(float(criterion["value"]), bands[here - 1])) / len(bands)
        parts.append(f'<span class="eg-mark" style="left:{100 * at:.2f}%"></span>')
    bar = f'<div class="eg-bar" role="img" aria-label="{escape(described(criterion))}">{"".join(parts)}</div>'
    return bar + (_cut_offs(criterion) if numeric else "")


def described(criterion: Mapping[str, Any]) -> str:
    """The bar in words, for who does not see it."""
    bands = "; ".join(f"{band['text']}: {band['called']}" for band in criterion["bands"])
    here = criterion["in_band"]
    found = f"in the band {criterion['bands'][here - 1]['text']}" if here else "not assessed"
    return f"{criterion['label']}: {found}. Bands: {bands}"


def share_of_band(value: float, band: Mapping[str, float | None]) -> float:
    """How far into its band a value lies, 0 to 1; an open band has no end, and is approached as the value grows."""
    low, high = band["low"], band["high"]
    if high is None:
        assert low is not None
        return min(0.95, (value - low) / (value - low + low / 2)) if value > low else 0.0
    start = low or 0.0
    return min(max((value - start) / (high - start), 0.0), 1.0)


def _band(band: Mapping[str, Any], here: bool) -> str:
    word = band["low"] is None and band["high"] is None
    said = escape(f"{band['text']}: {band['called']}" if word else band["called"])
    marks = " eg-here" if here else ""
    if band["grade"] is None:
        return f'<span class="eg-band eg-neither{marks}">{said}</span>'
    fill = GRADE_COLOURS[band["grade"]]
    # the ink is set inside, so that the frame of the band keeps the ink of the page
    inner = f'<span style="color:{ink_on(fill)}">{said}</span>'
    return f'<span class="eg-band{marks}" style="background:{fill}">{inner}</span>'


def _cut_offs(criterion: Mapping[str, Any]) -> str:
    """The cut-offs under the borders they belong to, in the paper's digits."""
    bands: Sequence[Mapping[str, Any]] = criterion["bands"]
    texts = [_border(below, above) for below, above in itertools.pairwise(bands)]
    spans = (
        f'<span style="left:{100 * place / len(bands):.2f}%">{escape(text)}</span>'
        for place, text in enumerate(texts, 1)
    )
    return f'<div class="eg-cuts" aria-hidden="true">{"".join(spans)}</div>'


def _border(below: Mapping[str, Any], above: Mapping[str, Any]) -> str:
    """The cut-off between two bands as the graded one of them has it: '>= 0.40', '< 0.3'."""
    clause = (
        above["text"].split(" and ")[0] if above["grade"] or not below["grade"] else below["text"].split(" and ")[-1]
    )
    return " ".join(clause.split()[:2])
