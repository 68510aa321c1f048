"""How the grade moves with measurement error, as HTML: the chance of each grade, a step either way, where it tips."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from grading.explanation.sentences import outcome_text
from grading.explanation.value_text import report_value
from grading.reference.catalogue import load_catalogue
from grading.uncertainty.answer import Chance, Quantity, Uncertainty
from grading.uncertainty.outcomes import Outcome, Step, Tipping, WordStep
from grading.writing import in_words
from grading_app.html.case import case_table
from grading_app.palette import filled

CSS = """
.eg-chances{display:flex;height:30px;border-radius:5px;overflow:hidden;border:1px solid currentColor;margin:6px 0}
.eg-chances span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;text-align:center;
  font-size:12px;line-height:28px}
.eg-open{background:repeating-linear-gradient(135deg,transparent 0 6px,
  color-mix(in srgb,currentColor 22%,transparent) 6px 12px)}
.eg-table tr.eg-now td,.eg-table tr.eg-now th{font-weight:700}
"""

#: a segment narrower than this has no room for its word, which stands in the list below
ROOM = 0.13


def chances_html(answer: Uncertainty) -> str:
    """The share of draws with each grade, as one bar and as a list, mildest first."""
    bar = "".join(
        _segment(grade, share, f"{in_words(grade)} {percent(share)}") for grade, share in answer.grades.items()
    )
    label = "; ".join(f"{in_words(grade)} {percent(share)}" for grade, share in answer.grades.items())
    rows = "".join(f"<li>{_words(chance)}: <strong>{percent(chance.share)}</strong></li>" for chance in answer.chances)
    return f'<div class="eg-chances" role="img" aria-label="{escape(label)}">{bar}</div><ul class="eg-list">{rows}</ul>'


def _segment(grade: str, share: float, words: str) -> str:
    word = words if share >= ROOM else ""
    width, style = f"flex:{share:.6f} 0 0", filled(grade)
    if not style:
        return f'<span class="eg-open" style="{width}">{escape(word)}</span>'
    return f'<span style="{width};{style}">{escape(word)}</span>'


def _words(chance: Chance) -> str:
    return escape(outcome_text(chance.grade, chance.grade_low, chance.grade_high))


def percent(share: float) -> str:
    """A share in percent, never rounded to what it is not.

    >>> percent(0.5449), percent(1.0), percent(0.9999), percent(0.0003)
    ('54 %', '100 %', '> 99 %', '< 1 %')
    """
    if 0 < share < 0.01:
        return "< 1 %"
    return "> 99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"


def quantities_html(quantities: Iterable[Quantity]) -> str:
    """Every quantity with its spread, and how often it lies in each band of each criterion."""
    rows = []
    for quantity in quantities:
        number = load_catalogue().numbers[quantity.name]
        spread = (
            f"{quantity.mean:.{number.decimals}f} ± {quantity.standard_deviation:.{number.decimals}f} {quantity.unit}"
        )
        for criterion in quantity.criteria:
            bands = "; ".join(
                f"{band.text} ({in_words(band.argues_for or 'neither')}) {percent(band.share)}"
                for band in criterion.bands
            )
            rows.append(
                f'<tr><th scope="row">{escape(quantity.label)}</th><td>{escape(spread)}</td><td>{escape(bands)}</td>'
                f"<td>{escape(criterion.at or criterion.reading)}</td></tr>"
            )
    return case_table(("Quantity", "Mean ± standard deviation", "Share of draws in each band", "Place"), rows)


def steps_html(steps: Sequence[Step | WordStep]) -> str:
    """The case with one value a step either way, or with each word; the value as entered in bold."""
    follows = [one.label for one in steps[0].follows] if isinstance(steps[0], Step) else []
    rows = []
    for step in steps:
        value = step.printed if isinstance(step, Step) else in_words(step.value)
        then = [one.printed for one in step.follows] if isinstance(step, Step) else []
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in (*then, _outcome(step.outcome)))
        mark = ' class="eg-now"' if step.present else ""
        note = " (as entered)" if step.present else ""
        rows.append(f'<tr{mark}><th scope="row">{escape(value + note)}</th>{cells}</tr>')
    return case_table(("Value", *follows, "Grade"), rows)


def _outcome(outcome: Outcome) -> str:
    return outcome_text(outcome.grade, outcome.grade_low, outcome.grade_high)


def tipping_texts(points: Iterable[Tipping]) -> list[str]:
    """Each value at which the grade changes: 'below 0.8921 cm moderate, from there on severe'."""
    texts = []
    for point in points:
        side = ("below", "from there on") if point.belongs_above else ("up to", "above it")
        texts.append(f"{side[0]} {point.printed}: {_outcome(point.below)}; {side[1]}: {_outcome(point.above)}")
    return texts


def strip_html(
    points: Sequence[Tipping], low: float, high: float, value: float | None, name: str, only: Outcome
) -> str:
    """The grades along one measurement from `low` to `high` [catalogue unit] as one bar, with the value marked.

    `only`: the outcome where nothing tips.
    """
    edges = [low, *(min(max(point.value, low), high) for point in points), high]
    outcomes = [points[0].below, *(point.above for point in points)] if points else [only]
    bar = "".join(
        _segment(outcome.grade, (end - start) / (high - low), in_words(outcome.grade))
        for start, end, outcome in zip(edges, edges[1:], outcomes, strict=False)
    )
    number = load_catalogue().numbers[name]
    mark = ""
    if value is not None and low <= value <= high:
        mark = f'<span class="eg-mark" style="left:{100 * (value - low) / (high - low):.2f}%"></span>'
    ends = f'<div class="eg-cuts"><span style="left:0;transform:none">{escape(report_value(number, low, None))}</span>'
    ends += f'<span style="right:0;transform:none">{escape(report_value(number, high, None))}</span></div>'
    label = "; ".join([f"{number.label}: {_outcome(outcomes[0])}", *tipping_texts(points)])
    return (
        f'<div style="position:relative;margin-top:16px">{mark}'
        f'<div class="eg-chances" role="img" aria-label="{escape(label)}">{bar}</div></div>{ends}'
    )
