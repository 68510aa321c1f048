"""A case as the query of a link, and back: names, numbers and words of the catalogue, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from grading.case import Case
from grading.errors import UsageError
from grading.reading.checks import is_missing, why_no_word
from grading.reference.catalogue import check_valve, load_catalogue
from grading.reference.guideline import DEFAULT_GUIDELINE, load_guideline, references
from grading.reference.measurement import VALVES, Number, Word
from grading.reference.units import read_unit, split_quantity
from grading_app.case.scope import QUESTIONS

#: more characters than any number with its unit needs; what is longer is not read
LONGEST_VALUE = 40
_ANSWERS = {question.name: question.answers for question in QUESTIONS}


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link asks for: values by catalogue name as text with unit, answers about the scope by the name of their
    question, and a sentence for each part refused."""

    valve: str = ""
    guideline: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()


def query(case: Case) -> str:
    """The query of a link to a case.

    >>> from grading import grade
    >>> query(grade("mitral", eroa="41 mm2", cw_jet="dense"))
    'valve=mitral&guideline=ase-2017&eroa=41+mm2&cw_jet=dense'
    """
    words = load_catalogue().words
    said = {"valve": case.valve, "guideline": case.guideline}
    for entered in case.reading.entered.values():
        word = words.get(entered.name)
        value = word.values[int(entered.value) - 1] if word else entered.text
        said[entered.name] = value
    return urlencode(said)


def read_query(pairs: Iterable[tuple[str, str]]) -> Linked:
    """What a link asks for, checked like anything typed. Nothing in a link raises; what cannot be used, or is given
    more than once, is refused in a sentence. A number that is out of range is kept: the form shows it with its
    sentence."""
    parts: dict[str, list[str]] = {}
    for name, value in pairs:
        parts.setdefault(name, []).append(value)
    refused: list[str] = []
    try:
        valve = check_valve(shortened(_once("valve", parts.get("valve", VALVES[:1]))))
        guideline = shortened(_once("guideline", parts.get("guideline", [DEFAULT_GUIDELINE])))
        covered = load_guideline(guideline).tables
    except UsageError as error:
        return Linked(refused=(f"The link was not used: {error}.",))
    if valve not in covered:
        refused.append(
            f"{references()[guideline]['short']} has no table for the {valve} valve: another guideline grades."
        )
    values: dict[str, str] = {}
    said: dict[str, str] = {}
    for name, given in parts.items():
        if len(given) == 1 and given[0] in _ANSWERS.get(name, ()):
            said[name] = given[0]
        elif name in ("valve", "guideline") or all(map(is_missing, given)):
            continue
        elif sentence := _refusal(name, given, valve):
            refused.append(sentence)
        else:
            values[name] = given[0]
    return Linked(valve, guideline, values, said, tuple(refused))


def _once(name: str, given: Sequence[str]) -> str:
    if len(given) > 1:
        raise UsageError(f"it gives the {name} more than once; give it once")
    return given[0]


def _refusal(name: str, given: Sequence[str], valve: str) -> str:
    """Why a part of a link is not used; '' when it is."""
    measurement = next((m for m in load_catalogue().enterable(valve) if m.name == name), None)
    if measurement is None:
        return f"The link names {shortened(name)!r}, which is no measurement of the {valve} valve; it was left out."
    if len(given) > 1:
        return f"The link gives {measurement.label} more than once; it was left out. Give it once."
    value = given[0]
    if len(value) > LONGEST_VALUE:
        return f"The link holds {len(value)} characters for {measurement.label}; it was left out."
    if isinstance(measurement, Word):
        no_word = measurement.read(value.strip()) is None
        return f"{why_no_word(measurement, value)}; it was left out of the case." if no_word else ""
    return "" if _is_number(measurement, value) else _no_number(measurement, value)


def _is_number(number: Number, value: str) -> bool:
    split = split_quantity(value)
    return split is not None and (not split[1] or read_unit(split[1]) in number.units)


def _no_number(number: Number, value: str) -> str:
    units = " or ".join(unit for unit in number.units if unit != "1")
    expected = "a number with a decimal point" + (f", in {units}" if units else "")
    return f"The link gives {number.label} as {value!r}: expected {expected}; it was left out."


def shortened(text: str) -> str:
    """A text from a link, cut where it is long."""
    return text if len(text) <= 3 * LONGEST_VALUE else f"{text[: 3 * LONGEST_VALUE]}…"
