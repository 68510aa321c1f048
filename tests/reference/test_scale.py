"""The notation of scales and units, and what it refuses."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from grading.errors import TableError
from grading.reference.scale import parse_scale
from grading.reference.units import HEADER_ENDINGS, UNITS, convert, ratio, read_number, read_unit, split_quantity


def test_a_descending_chain_is_read_by_rising_value() -> None:
    scale = parse_scale("severe < 200 <= moderate <= 500 < mild")
    bands = scale.band(np.array([199.9, 200, 500, 500.1, np.nan]))
    assert [scale.labels[b - 1] if b else None for b in bands] == ["severe", "moderate", "moderate", "mild", None]


@pytest.mark.parametrize(
    ("band", "text"), [(1, "< 0.20 cm2"), (2, ">= 0.20 and <= 0.30 cm2"), (3, "> 0.30 cm2")]
)  # fmt: skip
def test_a_band_keeps_the_digits_of_the_paper(band: int, text: str) -> None:
    assert parse_scale("mild < 0.20 <= moderate <= 0.30 < severe").text(band, "cm2") == text


def test_a_scale_is_cut_at_its_cut_offs_and_not_at_what_is_printed_of_them() -> None:
    moved = replace(parse_scale("mild < 0.20 <= severe"), cuts=(Fraction("0.21"),))
    assert moved.band(np.array([0.20, 0.21])).tolist() == [1, 2]
    assert moved.band(np.array([20.0, 21.0]), Fraction(100)).tolist() == [1, 2]


def test_no_unit_follows_any_value() -> None:
    assert parse_scale("mild < 0.20 <= moderate <= 0.30 < severe").text(1, "cm2", 3) == "any value"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("mild < 0.3 < severe", "belongs to no band"),
        ("mild <= 0.3 <= severe", "belongs to two bands"),
        ("mild < 0.3 <= moderate < 0.2 <= severe", "must rise"),
        ("mild < 0.3 <= moderate < 0.3 <= severe", "must rise"),
        ("mild > 0.3 >= severe", "is not '<' or '<='"),
        ("mild < x <= severe", "is not a number"),
        ("mild", "at least one cut-off"),
        ("mild < 0.3 <=", "at least one cut-off"),
    ],
)
def test_a_broken_chain_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(TableError, match=complaint):
        parse_scale(text)


@pytest.mark.parametrize("value", [0.1, 0.3, 0.6, 0.7, 0.29, 0.57, 1.1])
def test_every_route_to_a_value_gives_the_same_float(value: float) -> None:
    assert convert(value * 10, "mm", "cm") == value
    assert convert(value * 100, "mm2", "cm2") == value
    assert convert(value, "cm", "cm") == value


def test_conversion_keeps_what_is_no_number() -> None:
    assert math.isnan(convert(math.nan, "mm", "cm"))
    assert math.isinf(convert(math.inf, "mm", "cm"))
    assert convert(1e300, "mm", "cm") > 1e200


def test_units_of_different_kinds_do_not_convert() -> None:
    with pytest.raises(ValueError, match="measures"):
        ratio("cm", "cm2")


def test_every_unit_and_header_ending_can_be_read() -> None:
    assert all(read_unit(unit) == unit for unit in UNITS)
    assert set(HEADER_ENDINGS.values()) <= set(UNITS)


@pytest.mark.parametrize(
    "text", ["0,4", "<0.2", "~0.3", "1_000", "inf", "nan", "４", "0.4 cm2", "1,234.5", "--1", "0x1F", ""]
)
def test_what_is_not_a_plain_number(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("45 mm2", (45, "mm2")),
        ("0.4cm2", (0.4, "cm2")),
        ("5 m/s", (5, "m/s")),
        ("1e1", (10, "")),
        (".5", (0.5, "")),
        ("x", None),
    ],
)
def test_quantities(text: str, split: tuple[float, str] | None) -> None:
    assert split_quantity(text) == split
