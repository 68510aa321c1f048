"""What is typed into a field, for every number of the catalogue: read in each of its units, or refused, never guessed."""

from __future__ import annotations

import pytest

from grading import grade
from grading.errors import TableError
from grading.reading.typed import bare_number, in_unit, offers, typed_quantity
from grading.reading.values import read_values
from grading.reference.catalogue import load_catalogue, parse_catalogue, read_toml, tables
from grading.reference.measurement import VALVES, Number
from grading.reference.units import convert
from grading.writing import plain, quantity

NUMBERS = [m for m in load_catalogue().enterable() if isinstance(m, Number)]
ASKED = [(number, unit) for number in NUMBERS for unit in number.units]


def ordinary(number: Number, unit: str) -> float:
    """A value in the middle of what is usual, in a unit, with a decimal part."""
    limits = number.soft or number.hard
    assert limits is not None and number.hard is not None
    low, high = max(limits.low, number.hard.low), min(limits.high, number.hard.high)
    return round(convert((low + high) / 2, number.unit, unit), 3)


@pytest.mark.parametrize(("number", "unit"), ASKED, ids=lambda one: getattr(one, "name", one))
def test_a_number_is_read_in_every_unit_with_a_point_and_with_a_comma(number: Number, unit: str) -> None:
    value = ordinary(number, unit)
    point, comma = f"{value:.2f}", f"{value:.2f}".replace(".", ",")
    expected = convert(float(point), unit, number.unit)
    bare = [typed_quantity(typed, unit) for typed in (point, comma, f" {comma} ")]
    own = [typed_quantity(quantity(typed, unit), other) for typed in (point, comma) for other in number.units]
    own = [] if unit == "1" else own
    for text in (*bare, *own):
        read = read_values({number.name: text})
        assert not read.rejected, text
        assert read.entered[number.name].value == expected, text


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number.name)
@pytest.mark.parametrize(
    "typed", ["<0.3", "0.3-0.5", "1,250", "1'250", "0,4,5", "0.4 0.5", "abc", "5 furlongs", "−0.3", "--1"]
)
def test_what_is_no_number_is_refused_with_a_sentence(number: Number, typed: str) -> None:
    for unit in number.units:
        issues = read_values({number.name: typed_quantity(typed, unit)}).issues
        assert [issue.severity for issue in issues] == ["error"]
        assert number.label in issues[0].message


@pytest.mark.hazard("decimal-comma")
@pytest.mark.parametrize("typed", ["0,53", "-0,53", "+0,53", ",53", "0,53 cm2", "53", "-53"])
def test_no_comma_and_no_sign_is_ever_dropped(typed: str) -> None:
    text = typed_quantity(typed, "cm2")
    assert float(text.split()[0]) == float(typed.split()[0].replace(",", "."))


def test_both_readings_of_a_comma_are_offered_where_both_are_ordinary() -> None:
    number = load_catalogue().numbers["pressure_half_time"]
    assert offers("1,100", number, "s") == ("1.100 s",)
    assert offers("1,100", number, "ms") == ("1100 ms",)
    assert "can be read in two ways: write '1.100' or '1100'" in grade("aortic", pressure_half_time="1,100").reason


@pytest.mark.parametrize(("number", "unit"), ASKED, ids=lambda one: getattr(one, "name", one))
def test_what_is_offered_is_read_without_a_word_and_an_ordinary_value_offers_nothing(number: Number, unit: str) -> None:
    value = ordinary(number, unit)
    assert offers(plain(value), number, unit) == ()
    offered = [offer for shown in number.units for offer in offers(plain(value), number, shown)]
    for offer in offered:
        assert read_values({number.name: offer}).issues == []


@pytest.mark.parametrize("number", [n for n in NUMBERS if n.unit_switch], ids=lambda number: number.name)
def test_a_switch_there_and_back_gives_the_number_that_was_typed(number: Number) -> None:
    first, second = number.units
    typed = plain(ordinary(number, first))
    there = in_unit(typed, number, first, second)
    assert float(there) == convert(float(typed), first, second)
    assert in_unit(there, number, second, first) == typed
    assert bare_number(quantity(there, second), number, first) == typed


def test_laboratories_write_units_as_they_are_asked() -> None:
    asked = {n.name: n.asked_unit for n in NUMBERS}
    assert (asked["peak_velocity"], asked["aliasing_velocity"], asked["regurgitant_vti"]) == ("m/s", "cm/s", "cm")
    switches = {n.name: n.unit_switch for n in NUMBERS}
    assert switches["pisa_radius"] == switches["vena_contracta_width"] != ""
    assert {switches[name] for name in ("regurgitant_vti", "aliasing_velocity", "lvot_vti")} == {""}
    assert all(len(valves) for valves in [[v for v in n.valves if v in VALVES] for n in NUMBERS])


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"asked_in": "mL"}, "asked_in = 'mL'; expected one of its units: cm2, mm2"),
        ({"unit_switch": "vena contracta and PISA radius"}, "shares the unit_switch 'vena contracta and PISA radius'"),
        ({"asked_in": "mm2"}, "shares the unit_switch 'orifice area' with"),
    ],
)
def test_a_catalogue_whose_form_would_mix_units_is_refused(row: dict[str, str], complaint: str) -> None:
    measured, derived = (read_toml(tables() / name) for name in ("measurements.toml", "derived.toml"))
    measured["numbers"]["eroa"] |= row
    with pytest.raises(TableError, match=complaint):
        parse_catalogue(measured, derived)


def test_the_usual_range_of_a_ratio_has_no_unit() -> None:
    assert (
        grade("mitral", vti_ratio=5).issues[0].message == "VTI ratio 5 is possible but unusual (usual: 0.3-4); check it"
    )
    assert "(usual: 100-700 cm/s)" in grade("mitral", peak_velocity=800).issues[0].message
