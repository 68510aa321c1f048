"""The equations as HTML, each with a line worked out by the very function; and how words are read off numbers."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from grading.engine import spare_formulas
from grading.engine.formula import ZOGHBI, formula_of
from grading.engine.methods import METHODS, Method, labelled, same
from grading.explanation.rule_text import measurement_text
from grading.explanation.value_text import value_text
from grading.reference.catalogue import load_catalogue
from grading.reference.condition import Vocabulary, parse_condition
from grading.reference.derivation import ReadFromNumber
from grading.reference.guideline import references
from grading.reference.measurement import Word
from grading.reference.scale import NO_GRADE
from grading.writing import in_words, joined, plain, upper
from grading_app.html.render import piece
from grading_app.html.table import Piece, joined_html, published, small, web_table

#: invented hearts, one for each kind of volumetric method, in the catalogue's units and ordinary ranges
EXAMPLES: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "mitral": {
            "pisa_radius": 0.9, "aliasing_velocity": 40, "peak_velocity": 500, "regurgitant_vti": 140,
            "lvot_diameter": 2.0, "lvot_vti": 20, "mitral_annulus_diameter": 3.2, "mitral_annulus_vti": 15,
            "lv_end_diastolic_volume": 170, "lv_end_systolic_volume": 50, "body_surface_area": 1.9,
            "cmr_lv_stroke_volume": 120, "cmr_forward_volume": 70,
        },
        "aortic": {
            "lvot_diameter": 2.2, "lvot_vti": 30, "mitral_annulus_diameter": 3.0, "mitral_annulus_vti": 10,
            "eroa": 0.2, "regurgitant_vti": 200, "lv_end_systolic_diameter": 4.2, "body_surface_area": 1.9,
            "cmr_reverse_volume": 45, "cmr_forward_volume": 110,
        },
        "pulmonic": {
            "rvot_diameter": 2.5, "rvot_vti": 18, "lvot_diameter": 2.0, "lvot_vti": 20, "deceleration_time": 400,
            "pisa_radius": 1.0, "height": 170, "weight": 70,
        },
    }
)  # fmt: skip
#: the heart that the equations not used by default are worked out for
_SPARE = "pulmonic"

_NAME = re.compile(r"[a-z]\w*")
_POWER = re.compile(r"\^([\d.]+)")
_SIGNS = (("sqrt(", "√("), (" * ", " × "), (" - ", " − "))


def formulas_html() -> Markup:
    """Every equation that fills in a value, with a worked line; those not used by default; words read off numbers."""
    return published(_used(), _spare(), _words())


def rounded(name: str, value: float) -> float:
    """A number [catalogue unit] rounded as it is shown."""
    return round(float(value), load_catalogue().numbers[name].decimals + 1)


@cache
def example(valve: str) -> Mapping[str, float]:
    """The invented heart with all that follows from it; each value as it is shown, so that a reader finds the same.

    >>> example("mitral")["eroa"]
    0.407
    """
    values: dict[str, float] = dict(EXAMPLES[valve])
    for method in METHODS:
        if valve in method.valves and method.target not in values and all(n in values for n in method.inputs):
            values[method.target] = rounded(method.target, method.function(*(values[n] for n in method.inputs)))
    return MappingProxyType(values)


def worked(target: str, function: Callable[..., Any], inputs: Sequence[str], valve: str) -> str:
    """An equation with the numbers of an example put in, and what the function makes of them.

    >>> from grading.engine.formulas import eroa
    >>> worked("eroa", eroa, ("regurgitant_flow", "peak_velocity"), "mitral")
    '203.6 / 500 = 0.407 cm2'
    """
    values = {name: example(valve)[name] for name in inputs}
    numbers = {name: plain(value) for name, value in values.items()}
    result = rounded(target, function(*values.values()))
    return f"{_spelt(formula_of(function).equation, numbers)} = {value_text(load_catalogue()[target], result)}"


def spare() -> list[Callable[..., Any]]:
    """The equations that no method uses, in the order of their file."""
    used = {method.function for method in METHODS}
    return [
        f for f in vars(spare_formulas).values() if inspect.isfunction(f) and hasattr(f, "formula") and f not in used
    ]


def _spelt(text: str, words: Mapping[str, str]) -> str:
    """An equation with signs of print, its names replaced."""
    for typed, printed in _SIGNS:
        text = text.replace(typed, printed)
    return _NAME.sub(lambda name: words.get(name[0], {"pi": "π"}.get(name[0], name[0])), text)


def _labelled(text: str) -> str:
    return _spelt(labelled(text), {})


def _powers(text: str) -> Markup:
    return piece("powers", _POWER.split(text))


def _equation(target: str, function: Callable[..., Any], inputs: Sequence[str], valve: str) -> Markup:
    """The equation in words, what to know of it, its worked line, and the numbers in that line."""
    formula = formula_of(function)
    values = [
        f"{load_catalogue()[name].label} {value_text(load_catalogue()[name], example(valve)[name])}" for name in inputs
    ]
    lines: list[Piece] = [_powers(_labelled(formula.equation))]
    lines += [small(_labelled(formula.remark))] if formula.remark else []
    lines += [small(_powers(f"Worked: {worked(target, function, inputs, valve)}"), "worked"), small(", ".join(values))]
    return joined_html([*lines, *([small(f"Source: {formula.source}")] if formula.source != ZOGHBI else [])])


def _method(method: Method) -> list[Piece]:
    name = joined_html([upper(load_catalogue()[method.target].label), small(method.name)])
    if method.function is same:
        return [name, joined(method.valves), upper(load_catalogue()[method.inputs[0]].label)]
    (valve, *_) = (v for v in EXAMPLES if v in method.valves and all(n in example(v) for n in method.inputs))
    return [name, joined(method.valves), _equation(method.target, method.function, method.inputs, valve)]


def _used() -> Markup:
    under = (
        "In this order, and only where the value itself was not entered. The worked lines are of invented hearts. "
        f"Source, where a line names no other: {ZOGHBI}"
    )
    heads = ["Value", "Valves", "Equation"]
    return web_table("Values worked out from other values", under, heads, [_method(method) for method in METHODS])


def _spare() -> Markup:
    under = "Functions for those who want them; no grade rests on them."
    rows = [_spare_row(function) for function in spare()]
    return web_table("Equations not used by default", under, ["Value", "Equation"], rows)


def _spare_row(function: Callable[..., Any]) -> list[Piece]:
    target = formula_of(function).target
    before, _, after = function.__name__.partition(target)
    name = f"{in_words(before)}{load_catalogue()[target].label}{in_words(after).title()}"
    return [upper(name), _equation(target, function, tuple(inspect.signature(function).parameters), _SPARE)]


def _words() -> Markup:
    words = [word for word in load_catalogue().words.values() if word.derivation]
    under = "Only where the word itself was not entered, and only when what it is read from settles it."
    heads = ["Word", "Valves", "How", "Place"]
    return web_table("Words read off numbers and other words", under, heads, [_word(word) for word in words])


def _word(word: Word) -> list[Piece]:
    assert word.derivation is not None
    derivation = word.derivation
    lines = [_line(line) for line in derivation.lines]
    lines += [f"{word.text(value)} if {_all(texts)}" for value, texts in derivation.claims.items()]
    lines += (
        [f"{word.text(derivation.otherwise)} if what is above is known not to hold"] if derivation.otherwise else []
    )
    valves = [v for v in word.valves if derivation.claims or any(v in line.valves for line in derivation.lines)]
    return [upper(word.label), joined(valves), joined_html(lines, Markup("<br>")), _named(derivation.place)]


def _named(at: str) -> str:
    """A place with its paper called as people call it."""
    for name, paper in references().items():
        at = at.replace(name, paper["short"])
    return at


def _line(line: ReadFromNumber) -> str:
    bands = [(i, label) for i, label in enumerate(line.scale.labels, 1) if label != NO_GRADE]
    read = ", ".join(f"{in_words(label)} {line.scale.text(i, line.unit)}" for i, label in bands)
    guard = f", only if {_all(line.given)}" if line.given else ""
    where = f" ({joined(line.valves)}: {line.at})" if line.at else ""
    return f"{load_catalogue()[line.source].label}: {read}{guard}{where}"


def _all(texts: Sequence[str]) -> str:
    return joined(
        [measurement_text(parse_condition(text, Vocabulary(load_catalogue()), "derived.toml")) for text in texts]
    )
