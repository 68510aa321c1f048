"""How the grade moves with measurement error, as HTML: the chance of each grade, a step either way, where it tips."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from markupsafe import Markup

from grading.explanation.sentences import outcome_text
from grading.explanation.value_text import in_unit
from grading.reference.catalogue import load_catalogue
from grading.uncertainty.answer import Chance, Quantity, Uncertainty
from grading.uncertainty.measurable import Measurable
from grading.uncertainty.outcomes import Outcome, Step, Tipping, WordStep
from grading.writing import in_words, upper
from grading_app.html.render import render
from grading_app.palette import filled

#: a segment narrower than this has no room for its word, which stands in the list below
ROOM = 0.13
#: the share of a strip that the value of a tick takes, and where the letters are large
TICK, LARGE_TICK = 0.07, 0.12
#: every measurement in the unit of the catalogue
_CATALOGUE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar: its share of the width, its word ('' where there is no room), its style ('' for no grade)."""

    share: float
    word: str
    style: str


@dataclass(frozen=True, slots=True)
class QuantityRow:
    """One quantity by one criterion: its label, mean and spread, share of draws in each band, and place."""

    label: str
    spread: str
    bands: str
    place: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """One value, what follows from it and its grade, and whether it is the value as entered."""

    value: str
    cells: tuple[str, ...]
    is_present: bool


def chances_html(answer: Uncertainty) -> Markup:
    """The share of draws with each grade, as one bar and as a list, mildest first."""
    words = {grade: f"{in_words(grade)} {percent(share)}" for grade, share in answer.grades.items()}
    return render(
        "chances.html",
        label="; ".join(words.values()),
        parts=[_segment(grade, share, words[grade]) for grade, share in answer.grades.items()],
        chances=[(_chance_text(chance), percent(chance.share)) for chance in answer.chances],
    )


def _segment(grade: str, share: float, words: str) -> Segment:
    return Segment(share, words if share >= ROOM else "", filled(grade))


def _chance_text(chance: Chance) -> str:
    return outcome_text(chance.grade, chance.grade_low, chance.grade_high)


def percent(share: float) -> str:
    """A share in percent, never rounded to what it is not.

    >>> percent(0.5449), percent(1.0), percent(0.9999), percent(0.0003)
    ('54 %', '100 %', '> 99 %', '< 1 %')
    """
    if 0 < share < 0.01:
        return "< 1 %"
    return "> 99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"


def quantities_html(quantities: Iterable[Quantity]) -> Markup:
    """Every quantity with its spread, and how often it lies in each band of each criterion."""
    return render("quantities.html", rows=[row for quantity in quantities for row in _quantity_rows(quantity)])


def _quantity_rows(quantity: Quantity) -> Iterator[QuantityRow]:
    decimals = load_catalogue().numbers[quantity.name].decimals
    spread = f"{quantity.mean:.{decimals}f} ± {quantity.standard_deviation:.{decimals}f} {quantity.unit}"
    for criterion in quantity.criteria:
        bands = (
            f"{band.text} ({in_words(band.argues_for or 'neither')}) {percent(band.share)}" for band in criterion.bands
        )
        yield QuantityRow(quantity.label, spread, "; ".join(bands), criterion.at or criterion.reading)


def steps_html(steps: Sequence[Step | WordStep], name: str, units: Mapping[str, str] = _CATALOGUE) -> Markup:
    """The case with `name` a step either way, or with each word; the value as entered in bold. `units`: those in which
    measurements are shown, by name."""
    follows = [value.label for value in steps[0].follows] if isinstance(steps[0], Step) else []
    return render(
        "steps.html", heads=["Value", *follows, "Grade"], rows=[_step_row(step, name, units) for step in steps]
    )


def _step_row(step: Step | WordStep, name: str, units: Mapping[str, str]) -> StepRow:
    if isinstance(step, WordStep):
        return StepRow(load_catalogue().words[name].text(step.value), (_outcome(step.outcome),), step.present)
    value, *follows = (
        in_unit(printed, units.get(of, ""))
        for of, printed in ((name, step.printed), *((value.name, value.printed) for value in step.follows))
    )
    return StepRow(value, (*follows, _outcome(step.outcome)), step.present)


def _outcome(outcome: Outcome) -> str:
    return outcome_text(outcome.grade, outcome.grade_low, outcome.grade_high)


def tipping_texts(points: Iterable[Tipping], unit: str) -> list[str]:
    """Each value at which the grade changes, in a unit: 'below 0.893 cm: moderate; from there on: severe'."""
    texts = []
    for point in points:
        side = ("below", "from there on") if point.belongs_above else ("up to", "above it")
        texts.append(
            f"{side[0]} {in_unit(point.printed, unit)}: {_outcome(point.below)}; {side[1]}: {_outcome(point.above)}"
        )
    return texts


@dataclass(frozen=True, slots=True)
class Tick:
    """Where a strip changes its grade, 0 to 1 of its width, the value there, and whether it stands in the lower row."""

    place: float
    text: str
    is_lower: bool


def strip_html(found: Measurable, value: float, room: float = TICK) -> Markup:
    """The grades along one measurement as one bar, with the value marked and a tick where another grade begins.

    `room`: the share of the width that the value of a tick takes; a tick without room is left out.
    """
    ends = [*(run.first for run in found.runs[1:]), found.high]
    return render(
        "strip.html",
        label="; ".join(f"{run.printed}: {_outcome(run.outcome)}" for run in found.runs),
        parts=[
            _segment(run.outcome.grade, found.share(end) - found.share(run.first), in_words(run.outcome.grade))
            for run, end in zip(found.runs, ends, strict=True)
        ],
        place=found.share(value),
        ticks=list(_ticks(found, room)),
        low=found.printed(found.low),
        high=found.printed(found.high),
    )


def _ticks(found: Measurable, room: float) -> Iterator[Tick]:
    """A tick for every change that has room for its value; the upper row also holds the ends, with their unit.

    The line of a tick in the lower row runs past no value in the upper one.
    """
    end, upper_free, lower_free = 1.5 * room, 1.5 * room, 0.0
    for run in found.runs[1:]:
        place = found.share(run.first)
        left, right = place - room / 2, place + room / 2
        if upper_free <= left and right <= 1 - end:
            upper_free = right
            yield Tick(place, f"{run.first:.{found.places}f}", False)
        elif upper_free <= place <= 1 - end and lower_free <= left:
            upper_free, lower_free = place, right
            yield Tick(place, f"{run.first:.{found.places}f}", True)


def runs_html(found: Measurable, value: float) -> Markup:
    """Every value that can be measured with its grade, as a table; the row of the value in bold."""
    here = found.at(value)
    rows = [StepRow(run.printed, (_outcome(run.outcome),), place == here) for place, run in enumerate(found.runs)]
    return render("runs.html", heads=[upper(found.number.label), "Grade"], rows=rows)
